"""SP-05: whether a hidden record is there or not, the same is asked of PostgreSQL and the same comes back.

Time cannot be tested without luck; what takes it can. Behind a hidden id and behind one that never was stand the same
statements in the same order, each with as many rows, and PostgreSQL goes the same way for both. What is left is the one
row that row security looks at and withholds: a handful of pages of memory, bounded here.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from cProfile import Profile
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection, transaction

from breakwater.cases.testing import a_case
from breakwater.kernel import plans
from breakwater.kernel.cipher import opened
from breakwater.kernel.db import run_sql
from breakwater.people.models import Person
from breakwater.trust.access import put_up_walls
from breakwater.trust.testing import as_seen_by
from tests.architecture.world import OPEN, Address
from tests.matrix.cells import Cell, sample
from tests.matrix.register import pages
from tests.matrix.world import OWNERS, World

HIDDEN = ("hers", "dry")
_FEW_CALLS, _FEW_STATEMENTS = 10, 20
_ONCE_MORE = 4
_MOST_ROWS = 6
"""How many rows more PostgreSQL may look at for one that it withholds: the row itself, and its grants."""
_EACH_TIME_NEW = re.compile(
    rb'(name="(?:csrfmiddlewaretoken|idempotency_key)" value|data-now|datetime)="[^"]*"|zq\w*'
)
_SEALED = re.compile(rb'(?<=\?page=)[^"]+')
"""What a page says to be kept live: sealed anew each time, and it holds the moment."""


@dataclass
class Overheard:
    """The statements of one request: their text, their values, and how many rows came back."""

    said: list[tuple[str, Any, int]] = field(default_factory=list)

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Let it be done, and remember it."""
        done = execute(sql, params, many, context)
        self.said.append((sql, params, context["cursor"].rowcount))
        return done

    def steps(self) -> list[tuple[str, int]]:
        """What was asked and how much came back, without the names of savepoints."""
        return [(re.sub(r'"?s\d+_x\d+"?', "a savepoint", sql), rows) for sql, _, rows in self.said]


@contextmanager
def overhearing() -> Iterator[Overheard]:
    """What is asked of PostgreSQL in here; undone afterwards."""
    heard = Overheard()
    with transaction.atomic():
        with connection.execute_wrapper(heard):
            yield heard
        transaction.set_rollback(True)


def asked(world: World, page: Address, verb: str, ids: dict[str, Any]) -> Overheard:
    """A stranger asks for an address."""
    client, typed = world.client("partner"), sample(world, Cell(page, verb, "partner", "plain"))
    with overhearing() as heard:
        client.get(page.at(ids)) if verb == "GET" else client.post(page.at(ids), typed)
    return heard


@dataclass
class Listened:
    """What one answer took: the statements, and how often each function of ours was called."""

    statements: Overheard
    calls: Counter[str]


@dataclass
class Pairs:
    """What was asked of an address with the id of something hidden, and with one that never was: each of them once."""

    world: World
    known: dict[tuple[str, str, str], tuple[Listened, Listened]] = field(default_factory=dict)

    def of(self, page: Address, verb: str, record: str) -> tuple[Listened, Listened]:
        """Both of one address, as they were asked first."""
        key = page.name, verb, record
        if key not in self.known:
            self.known[key] = self.anew(page, verb, record)
        return self.known[key]

    def anew(self, page: Address, verb: str, record: str) -> tuple[Listened, Listened]:
        """Both, asked now."""
        nothing = {one: uuid4() for one in page.ids}
        return listened(self.world, page, verb, self.world.ids(record)), listened(
            self.world, page, verb, nothing
        )


@pytest.fixture(scope="module")
def pairs(world) -> Pairs:
    """What all tests of the module asked so far."""
    return Pairs(world)


@pytest.mark.parametrize("record", HIDDEN)
@pytest.mark.parametrize("verb", ["GET", "POST"])
def test_behind_a_hidden_id_and_one_that_never_was_the_same_is_asked(pairs, record, verb):
    told = []
    for page in guarded():
        hidden, nothing = (one.statements for one in pairs.of(page, verb, record))
        assert len(hidden.said) > 1
        if hidden.steps() != nothing.steps():
            told.append(f"{verb} {page.name}: {differing(hidden, nothing)}")
    assert told == []


def guarded() -> list[Address]:
    """Every address with the id of something that may be hidden."""
    return [page for page in pages().values() if set(page.ids) - OPEN.keys()]


def differing(one: Overheard, other: Overheard) -> list[tuple[str, int]]:
    """What was asked for the one only."""
    return [step for step in one.steps() if step not in other.steps()]


@pytest.mark.parametrize("record", HIDDEN)
def test_postgresql_goes_the_same_way_for_both(world, pairs, record):
    """Each statement that asks for an id, from whichever address, once."""
    asks: dict[str, tuple[Any, Any, int]] = {}
    for page in guarded():
        hidden, nothing = (one.statements for one in pairs.of(page, "GET", record))
        for (sql, mine, _), (_, other, _) in zip(hidden.said, nothing.said, strict=True):
            if sql.lstrip().startswith("SELECT") and str(mine) != str(other):
                asks.setdefault(sql, (mine, other, len(page.ids)))
    assert len(asks) > _FEW_STATEMENTS
    for sql, (mine, other, ids) in asks.items():
        (way, cost), (other_way, other_cost) = planned(world, sql, mine), planned(world, sql, other)
        assert way == other_way, sql
        assert abs(cost - other_cost) <= _MOST_ROWS * ids, sql


@pytest.mark.parametrize("record", HIDDEN)
@pytest.mark.parametrize("verb", ["GET", "POST"])
def test_our_own_code_does_as_much_for_both(pairs, record, verb):
    """Call by call: what takes time in Python is the same, so that only PostgreSQL's few pages of memory are left.

    Asked again where it differs: what is worked out once and kept is worked out for whoever asks first.
    """
    differ = [page for page in guarded() if not as_much(*pairs.of(page, verb, record))]
    assert [page.name for page in differ if not as_much(*pairs.anew(page, verb, record))] == []


def as_much(hidden: Listened, nothing: Listened) -> bool:
    """Whether each function of ours was called as often for what is hidden as for what never was."""
    assert sum(hidden.calls.values()) > _FEW_CALLS
    return hidden.calls == nothing.calls


def listened(world: World, page: Address, verb: str, ids: dict[str, Any]) -> Listened:
    """A stranger asks for an address, while what is asked of PostgreSQL is heard and every call of ours is counted.

    But for which statements a connection keeps planned, and what it still has to undo: that hangs on whoever asked
    before, whatever they asked for.
    """
    run_sql("SELECT 1")
    counts = Profile(subcalls=False, builtins=False)
    with counts:
        statements = asked(world, page, verb, ids)
    called = Counter[str]()
    for one in counts.getstats():
        where = one.code.co_filename
        if "/breakwater/" in where and where != plans.__file__:
            called[f"{where}:{one.code.co_qualname}"] += one.callcount
    return Listened(statements, called)


def planned(world: World, sql: str, params: Any) -> tuple[list[str], int]:
    """How PostgreSQL goes about a statement, step by step, and how many rows it looks at.

    Rows and not pages: in how many pages they lie hangs on what other tests wrote there and took back.
    """
    put_up_walls(world.actors["partner"])
    with connection.cursor() as cursor:
        cursor.execute(sql, params)  # what is read for the first time is read from elsewhere
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {sql}", params)
        found = cursor.fetchone()[0]
    plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return list(steps_of(plan)), looked_at(plan)


def looked_at(plan: dict[str, Any]) -> int:
    """How many rows each step of a plan gave or left out, in all. What a function says once is no row of a table."""
    here = (
        plan["Actual Rows"]
        + plan.get("Rows Removed by Filter", 0)
        + plan.get("Rows Removed by Index Recheck", 0)
    )
    if plan["Node Type"] == "Result" and not plan.get("Plans"):
        here = 0
    return int(here * plan["Actual Loops"]) + sum(looked_at(part) for part in plan.get("Plans", ()))


def steps_of(plan: dict[str, Any]) -> Iterator[str]:
    """The steps of a plan, from the top."""
    yield f"{plan['Node Type']} {plan.get('Index Name', plan.get('Relation Name', ''))}"
    for part in plan.get("Plans", ()):
        yield from steps_of(part)


NEVER_TWICE_THE_SAME = {
    "trust:authenticator": "it shows a new secret each time",
    "ui:patterns": "it shows what clocks look like, and holds nothing of anybody",
    "trust:single_back": "it is no page; a guess is counted there",
}
"""Pages that differ by themselves."""
SEARCHED = {
    "desk:search": {"q": "Robin"},
    "cases:matches": {"known_as": "Robin Twinn", "phone": "(212) 555-0142", "birth_date": "1990-01-02"},
}


def lists() -> list[Address]:
    """What is about nobody in particular: lists, counts, choices, search, and what matches."""
    return [page for page in pages().values() if not page.ids and page.name not in NEVER_TWICE_THE_SAME]


def shown_on(world: World, actor: str, page: Address) -> bytes:
    """A page as it is opened, and as it answers a search; without what is new each time."""
    with overhearing():
        client = world.client(actor)
        answers = [client.get(page.at({}))]
        if page.name in SEARCHED:
            answers.append(client.post(page.at({}), SEARCHED[page.name]))
    return b"".join(_EACH_TIME_NEW.sub(b"", _SEALED.sub(unsealed, one.content)) for one in answers)


def unsealed(found: re.Match[bytes]) -> bytes:
    """What a sealed word says, but for how far somebody has been told: alike, it is as long, and watches the same."""
    said = json.loads(opened(found[0].decode(), secret=settings.SECRET_KEY, what_for="pages that watch"))
    del said["snapshot"], said["at"]
    return json.dumps(said).encode()


@pytest.mark.parametrize("actor", ["partner", "manager", "officer", "administrator"])
def test_no_list_count_choice_search_or_match_changes_with_a_record_that_is_hidden(world, actor):
    """Asked again of those that differ: a minute may have gone by, and a page tells how long something waits."""
    differ = lists()
    for _ in range(_ONCE_MORE):
        differ = differ and that_change(world, actor, differ)
    assert [page.name for page in differ] == []


def that_change(world: World, actor: str, asked: list[Address]) -> list[Address]:
    """The pages on which something is different once there are hidden records that match."""
    before = [shown_on(world, actor, page) for page in asked]
    with transaction.atomic():
        for record in HIDDEN:
            by = as_seen_by(world.actors[OWNERS[record]])
            a_case(
                by=by, at=world.now, known_as="Robin Twinn", birth_date=date(1990, 1, 2),
                contact_points=[{"kind": "phone", "value": "(212) 555-0142", "safety": "safe", "how": ""}],
            )  # fmt: skip
            assert Person.objects.filter(known_as="Robin Twinn").exists()
        after = [shown_on(world, actor, page) for page in asked]
        transaction.set_rollback(True)
    return [page for page, was, now in zip(asked, before, after, strict=True) if was != now]
