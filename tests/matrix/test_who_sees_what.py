"""SP-01, SP-18: every page and act, by everybody, about records of each kind: what is answered, told and written."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from itertools import product
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection

from breakwater.referrals.models import Ask, Hold, Question
from breakwater.trust.access import Actor
from breakwater.trust.testing import as_seen_by
from tests.matrix.acts import DONE, act_of, sent
from tests.matrix.canaries import Canary
from tests.matrix.cells import Cell, may_hear, moved, try_it, wrong
from tests.matrix.leaks import listening
from tests.matrix.register import pages
from tests.matrix.share import share
from tests.matrix.surfaces import POLICIES
from tests.matrix.world import OWNERS, TEAM, World, answered_about

_PROTECTED = ("hers", "dry")
_OTHER_VERBS = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE")
_FROM_ELSEWHERE = ("manager", "administrator", "partner", "receiver", "advocate", "nurse", "guard", "nobody")
"""For a protected record: who wrote it, and one of each kind of those who did not."""
_TELL_OF_MANY = ("desk:now", "trust:draft", "privacy:concerns")
_SHOWN = 60
OFFICER = "officer"
Heard = dict[Cell, set[Canary]]
_READ_LISTS = ("manager", "officer", "partner", "receiver", "advocate", "nurse")
_READS_BY_ID = "manager"


@dataclass
class Told:
    """What was shown, and written of the look, by what was asked for: each is looked at again below."""

    last_before: int
    heard: Heard = field(default_factory=dict)
    written: dict[Cell, tuple[set[Canary], set[UUID]]] = field(default_factory=dict)

    def read(self, by: Actor, ids: set[UUID]) -> None:
        """The ids in what is written of one look: all others are older than the first question, or undone."""
        as_seen_by(by)
        with connection.cursor() as cursor:
            cursor.execute("SELECT unnest(ids) FROM trust_sighting WHERE id > %s", [self.last_before])
            ids |= {one for (one,) in cursor.fetchall()}


def found_wrong(world: World, cells: Iterable[Cell], told: Told) -> list[str]:
    """Try them, one after another; everything that is wrong, in answers and in logs, the first of it in full.

    Who is shown the most is remembered with what they were shown: it is asked for again below.
    """
    before, found = moved(), list[str]()
    with listening(world.cage, found):
        for cell in cells:
            ids = set[UUID]()
            look = partial(told.read, world.actors[cell.actor], ids) if is_read(cell) else None
            given = try_it(world, cell, before, look=look)
            found += wrong(world, cell, given)
            if is_looked_at(cell):
                told.heard[cell] = world.cage.heard_in(given.body)
            if look:
                is_shown = given.status == HTTPStatus.OK
                told.written[cell] = world.cage.heard_in(given.body) if is_shown else set(), ids
    return found[:_SHOWN]


def is_read(cell: Cell) -> bool:
    """Whether it is a look at a list by one of those who read many, or at a page about somebody."""
    readers = (_READS_BY_ID,) if cell.page.ids else _READ_LISTS
    return cell.verb == "GET" and not cell.overridden and cell.record == "plain" and cell.actor in readers


def is_looked_at(cell: Cell) -> bool:
    """Whether it is a look at what tells of the record, by one of those who are shown the most of it."""
    looks = cell.verb == "GET" and not cell.overridden and cell.actor in (OWNERS[cell.record], OFFICER)
    return looks and bool(cell.page.ids or cell.page.name in _TELL_OF_MANY)


@pytest.fixture(scope="module")
def told(world: World) -> Told:
    """What was told above."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sequence_last_value(pg_get_serial_sequence('trust_sighting', 'id'))")
        return Told(last_before=cursor.fetchone()[0] or 0)


def cells_of(actor: str, record: str) -> Iterator[Cell]:
    """They ask for every page about a record, and do every act; pages about nobody are asked for once."""
    for page in pages().values():
        if page.ids or record == "plain":
            yield Cell(page, "GET", actor, record)
            yield Cell(page, "POST", actor, record)


@pytest.mark.parametrize("actor", TEAM)
def test_everybody_is_answered_as_the_oracle_says(world, actor, whole, told):
    assert found_wrong(world, share(cells_of(actor, "plain"), whole=whole), told) == []


@pytest.mark.parametrize("actor", _FROM_ELSEWHERE)
@pytest.mark.parametrize("record", _PROTECTED)
def test_a_protected_record_is_told_as_the_oracle_says(world, actor, record, whole, told):
    assert found_wrong(world, share(cells_of(actor, record), whole=whole), told) == []


@pytest.mark.parametrize("verb", _OTHER_VERBS)
def test_another_verb_tells_no_more_and_does_nothing(world, verb, whole, told):
    """Asked by whoever could do the act, and by somebody who could not."""
    cells = (
        Cell(page, verb, actor, "plain")
        for page in pages().values()
        for actor in (POLICIES[page.name].by, "partner")
    )
    assert found_wrong(world, share(cells, whole=whole), told) == []


def test_a_verb_is_not_overridden_by_a_header_or_a_field(world, whole, told):
    """Asked by whoever could do the act."""
    acts = (page for page in pages().values() if POLICIES[page.name].does)
    cells = (
        Cell(page, verb, POLICIES[page.name].by, "plain", overridden=True)
        for page in acts
        for verb in ("GET", "HEAD")
    )
    assert found_wrong(world, share(cells, whole=whole), told) == []


def test_what_may_be_known_is_really_shown(world, told):
    """The matrix would be easy to pass with empty pages: each canary is seen by somebody who may."""
    for record in OWNERS:
        assert unseen(world, record, told.heard) == set()


def unseen(world: World, record: str, heard: Heard) -> set[str]:
    """The canaries of a record that nobody was shown who may know them.

    What was shown above is known. Pages that showed another record's words of the same place are asked first, and then
    page by page until all were seen.
    """
    before, lookers = moved(), (OWNERS[record], OFFICER)
    waiting = {
        one
        for one in world.cage.known.values()
        if one.record == record and any(may_hear(world, world.who[name], one) for name in lookers)
    }.difference(*(told for cell, told in heard.items() if cell.record == record))
    told_on = places_told(heard)
    known = dict(heard)
    for knows_better in (True, False):
        for cell in looks_at(record, lookers):
            waits_for = {one.where for one in waiting}
            if cell in known or not (told_on[cell.page.name] & waits_for if knows_better else waits_for):
                continue
            known[cell] = world.cage.heard_in(try_it(world, cell, before).body)
            waiting -= known[cell]
    return {one.text for one in waiting}


def places_told(heard: Heard) -> dict[str, set[str]]:
    """Of which places each page told, about whichever record."""
    found: dict[str, set[str]] = defaultdict(set)
    for cell, told in heard.items():
        found[cell.page.name] |= {one.where for one in told}
    return found


def looks_at(record: str, lookers: tuple[str, ...]) -> Iterator[Cell]:
    """Every page that tells of a record, by each of them, in each state it can be in."""
    for page in sorted(pages().values(), key=lambda page: "case_id" not in page.ids):
        states = (record, answered_about(record)) if "application_id" in page.ids else (record,)
        if page.ids or page.name in _TELL_OF_MANY:
            yield from (Cell(page, "GET", name, about) for name, about in product(lookers, states))


_LIES_IN = "circle"
_HANGS_ON = (
    (Ask, "round__circle"),
    (Question, "ask__round__circle"),
    (Hold, "round__circle"),
    (Hold, "wait__circle"),
)
"""What lies between two agencies and in no circle, and by which way it is about somebody."""


def whose(world: World) -> dict[UUID, str]:
    """Which record a row belongs to, by its id: of every table that lies in a circle, or hangs on what does."""
    found: dict[UUID, str] = {}
    for record, owner in OWNERS.items():
        as_seen_by(world.actors[owner])
        for model in apps.get_models():
            if any(one.name == _LIES_IN for one in model._meta.concrete_fields):
                within = model._default_manager.filter(circle=world.cases[record].circle_id)
                found |= dict.fromkeys(within.values_list("pk", flat=True), record)
        for model, way in _HANGS_ON:
            within = model._default_manager.filter(**{way: world.cases[record].circle_id})
            found |= dict.fromkeys(within.values_list("pk", flat=True), record)
    return found


def test_everybody_whose_words_stand_on_a_page_stands_in_what_is_written_of_the_look(world, told):
    """Which page is the shape of what was asked; the ids are who came of it, and how many."""
    read = [cell for actor in _READ_LISTS for cell in cells_of(actor, "plain") if is_read(cell)]
    found_wrong(world, [cell for cell in read if cell not in told.written], told)
    belongs, forgotten, lists = whose(world), [], 0
    for cell in read:
        heard, written = told.written[cell]
        named = {belongs[one] for one in written if one in belongs}
        stand = {one.record for one in heard if one.holds != "draft" and one.record in OWNERS}
        lists += bool(stand) and not cell.page.ids
        forgotten += [f"{cell.page.name} by {cell.actor} tells of {one}" for one in sorted(stand - named)]
    assert forgotten == []
    assert lists > len(_READ_LISTS)


_BESIDE = {
    "procrastinate_jobs": "args::text || coalesce(lock, '') || coalesce(queueing_lock, '')",
    "trust_entry": "verb || facts::text",
    "trust_sighting": "page || what || ids::text",
    "trust_session": 'session_data || "where"',
    "trust_receipt": "fingerprint || coalesce(headers::text, '')",
}
"""What is written beside a record while somebody works on it, and holds ids, codes and moments only."""


@pytest.mark.parametrize("table", _BESIDE)
def test_nothing_is_told_by_what_is_written_beside_a_record(world, table):
    read = 0
    assert sent(world, act_of("cases:note")).status_code in DONE
    for actor in (*OWNERS.values(), "officer", "guard", "receiver"):
        as_seen_by(world.actors[actor])
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {_BESIDE[table]} FROM {table}")
            rows = [str(one).encode() for (one,) in cursor.fetchall()]
        read += len(rows)
        assert world.cage.heard_in(b"\n".join(rows)) == set()
    assert read
