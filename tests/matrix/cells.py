"""One cell of the matrix: somebody asks for a surface by a verb about a record; and what is wrong with the answer."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client

from breakwater.kernel.keys import new_key
from tests.architecture.world import Address
from tests.matrix.canaries import Canary
from tests.matrix.oracle import ABSENT, DENY, PERMIT, SIGN_IN, Asked, Record, Who, answer, may_know
from tests.matrix.surfaces import HOLDS, POLICIES, Policy
from tests.matrix.world import World
from tests.paper import plain

SAFE = ("GET", "HEAD", "OPTIONS")
_STATUS = {
    SIGN_IN: {302, 401},
    DENY: {403},
    ABSENT: {404},
}
_SENT_ON = {303}
_SHOWN = {200, 302, 303}
_DONE = {200, 204, 302, 303, 409, 422, 429}
_NOT_DONE = {403, 404, 409, 422, 451}
"""An act that is refused to somebody who may read the page; what it names besides may not be there for them."""
_NO_SUCH_VERB = 405
WRITTEN_FOR_AUDIT = {"trust_sighting", "trust_decision", "trust_session", "messaging_mark"}
"""That somebody looked and how far, that they were turned away, and once a minute that their session lives."""
WRITTEN_FOR_AN_ACT = WRITTEN_FOR_AUDIT | {"trust_receipt", "trust_knock"}
"""A receipt is claimed before anybody is asked, and taken back with everything else when the act does not happen."""
_OVERRIDE = {"headers": {"X-HTTP-Method-Override": "POST", "X-Method-Override": "DELETE"}}

_MOVED = """
    SELECT oid, moved FROM (
        SELECT oid, pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
            + pg_stat_get_xact_tuples_deleted(oid) AS moved
        FROM unnest('{{{tables}}}'::oid[]) AS oid OFFSET 0
    ) AS counted WHERE moved > 0
"""
"""What ``pg_stat_xact_user_tables`` tells, without looking for the tables, and the indexes of each, every time."""
_OF_NOBODY_HELPED = {"", "own", "listing", "premises", "directory"}
"""What is no look at anything confidential: about nobody, what a place says of itself, and how somebody signs in."""


@dataclass(frozen=True)
class Cell:
    """Who asks for what, how, about whom."""

    page: Address
    verb: str
    actor: str
    record: str
    overridden: bool = False

    def __str__(self) -> str:
        way = f"{self.verb}{' overridden' if self.overridden else ''}"
        return f"{way} {self.page.name} by {self.actor} about {self.record}"

    @property
    def policy(self) -> Policy:
        return POLICIES[self.page.name]

    @property
    def holds(self) -> str:
        return self.policy.holds or next((HOLDS[one] for one in self.page.ids), "")


@dataclass
class Answer:
    """What came back, and which tables moved while it was made."""

    status: int
    body: bytes
    headers: bytes
    no_store: bool
    moved: Counter[str] = field(default_factory=Counter)


def moved() -> Counter[str]:
    """How many rows of each table were written in this transaction so far, those taken back as well."""
    tables = _tables()
    with connection.cursor() as cursor:
        cursor.execute(_asks_what_moved())
        return Counter({tables[oid]: many for oid, many in cursor.fetchall()})


@cache
def _tables() -> dict[int, str]:
    """Every table by its number; they are the same in all copies of one database, and no test makes one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT oid, relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        return dict(cursor.fetchall())


@cache
def _asks_what_moved() -> str:
    """The tables stand in the statement: to write down a hundred numbers took longer than to count the rows."""
    return _MOVED.format(tables=",".join(map(str, _tables())))


def try_it(
    world: World, cell: Cell, before: Counter[str], *, look: Callable[[], None] | None = None
) -> Answer:
    """Ask, have a ``look`` at what it wrote, and undo it; ``before`` is brought up to date.

    No wall is put up for them here: the door has to do that, as for anybody who comes.
    """
    client, where = world.client(cell.actor), cell.page.at(world.ids(cell.record))
    with transaction.atomic():
        found = _send(client, cell, where, world)
        after = moved()
        if look:
            look()
        transaction.set_rollback(True)
    change = Counter({name: many - before[name] for name, many in after.items() if many != before[name]})
    before.clear()
    before.update(after)
    headers = "\n".join(
        [*(f"{name}: {value}" for name, value in found.items()), found.cookies.output()]
    ).encode()
    body = b"" if found.streaming else plain(found.content)
    return Answer(found.status_code, body, headers, found.get("Cache-Control") == "no-store", change)


def sample(world: World, cell: Cell) -> dict[str, Any]:
    """The form as it is sent: placeholders filled in, with a fresh key."""
    ids = world.ids(cell.record)
    sent = {
        name: ids[value] if isinstance(value, str) and value.startswith("@") else value
        for name, value in cell.policy.sends.items()
    }
    return sent | {"idempotency_key": _key(world, cell.actor)}


def expected(world: World, cell: Cell, record: Record) -> frozenset[str]:
    """What the oracle says."""
    policy = cell.policy
    asked = Asked(
        holds=cell.holds, reads=policy.reads, does=policy.does, writes=cell.verb not in SAFE and bool(policy.does),
        far=policy.far, at_home=policy.at_home, public=policy.public, keyed=policy.keyed, by_guests=policy.by_guests,
    )  # fmt: skip
    return answer(world.who[cell.actor], asked, record, world.now)


def wrong(world: World, cell: Cell, given: Answer) -> list[str]:
    """Everything that is wrong with an answer; nothing, as a rule."""
    said = expected(world, cell, world.records[cell.record])
    return [
        f"{cell}: {sentence}"
        for sentence in (
            *_wrong_status(world, cell, given, said),
            *_told_too_much(world, cell, given),
            *_wrote_too_much(cell, given, said),
            *([] if _asks_unknown(world, cell) else _left_no_trace(cell, given, said)),
            *([] if given.no_store else ["may be kept by a cache"]),
        )
    ]


def may_hear(world: World, who: Who, canary: Canary) -> bool:
    """Whether an actor may know a canary at all, wherever it is shown."""
    record = world.records[canary.record]
    return may_know(who, record, canary.holds, canary.segments, world.now)


def _send(client: Client, cell: Cell, where: str, world: World) -> HttpResponse:
    more: dict[str, Any] = _OVERRIDE if cell.overridden else {}
    if cell.verb in SAFE:
        asked = f"{where}?_method=POST" if cell.overridden else where
        return client.generic(cell.verb, asked, **more)
    if cell.verb == "POST":
        sent = sample(world, cell) | ({"_method": "DELETE"} if cell.overridden else {})
        return client.post(where, sent, **more)
    return client.generic(cell.verb, where, headers={"Idempotency-Key": _key(world, cell.actor)})


def _key(world: World, actor: str) -> str:
    known = world.actors.get(actor)
    return str(new_key(known.user.pk if known and known.user else ""))


def _wrong_status(world: World, cell: Cell, given: Answer, said: frozenset[str]) -> Iterator[str]:
    if given.status == _NO_SUCH_VERB:
        return
    allowed: set[int] = set()
    for one in said:
        if one == PERMIT:
            allowed |= _SHOWN if cell.verb in SAFE and not cell.policy.by_get else _DONE
        else:
            allowed |= _STATUS[one] | (_SENT_ON if cell.policy.sent_on else set())
    if said == {DENY} and cell.verb not in SAFE and cell.policy.does:
        looked = Cell(cell.page, "GET", cell.actor, cell.record)
        if PERMIT in expected(world, looked, world.records[cell.record]):
            allowed |= _NOT_DONE
    if given.status not in allowed:
        yield f"{given.status}, and the oracle says {' or '.join(sorted(said))}"


def _told_too_much(world: World, cell: Cell, given: Answer) -> Iterator[str]:
    who = world.who[cell.actor]
    for canary in world.cage.heard_in(given.body):
        if not may_hear(world, who, canary):
            yield f"tells {canary.text}"
    for canary in world.cage.heard_in(given.headers):
        yield f"tells {canary.text} in a header"


def _wrote_too_much(cell: Cell, given: Answer, said: frozenset[str]) -> Iterator[str]:
    is_act = said == {PERMIT} and (cell.verb == "POST" or bool(cell.policy.by_get))
    audit = WRITTEN_FOR_AUDIT if cell.verb in SAFE else WRITTEN_FOR_AN_ACT
    if not is_act and (written := set(given.moved) - audit):
        yield f"wrote to {', '.join(sorted(written))}"


def _asks_unknown(world: World, cell: Cell) -> bool:
    """Whether somebody who is not signed in comes without the key of a page: no agency could keep that."""
    return cell.policy.keyed and not world.who[cell.actor].role


def _left_no_trace(cell: Cell, given: Answer, said: frozenset[str]) -> Iterator[str]:
    """One decision is written down and nothing else when somebody is turned away; who is told leaves a look or an act.

    Whoever is not signed in belongs to no agency that could keep it: they are asked to sign in, and nothing is told.
    """
    if SIGN_IN in said or given.status == _NO_SUCH_VERB:
        return
    looked = given.moved["trust_sighting"] + given.moved["trust_entry"]
    if given.status in (403, 404):
        if given.moved["trust_decision"] != 1:
            yield f"was turned away, and {given.moved['trust_decision']} decisions say so"
        if given.moved["trust_sighting"]:
            yield "was turned away, and it is written that they were shown something"
    elif cell.verb in SAFE and given.moved["trust_decision"]:
        yield f"was answered, and {given.moved['trust_decision']} decisions say otherwise"
    elif cell.holds not in _OF_NOBODY_HELPED and not looked:
        yield "was answered, and nothing says so"
