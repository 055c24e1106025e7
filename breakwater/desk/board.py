"""The board: my agency's open cases, ordered by what breaches next; before them those in which a danger is now.

One statement for the rows, one for the counts. No clock says who dies first: a visit within four hours stands behind
twenty calls that are late. So whoever is in danger now stands on top.

Walks the index of running clocks in the order they are due, takes each case at its first clock, and only then asks what
a page shows of these fifty (``rows``): it costs the same whether the agency has two hundred open cases or twenty
thousand.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from breakwater.cases.known import by_level
from breakwater.cases.others import may_take_over, untouched_since
from breakwater.clocks.library import LABELS
from breakwater.desk.asked import FILTERS, Asked
from breakwater.desk.lately import since
from breakwater.desk.rows import FIRST_PAGE, LATER_PAGE, OF_THE_FUNCTION, SEEN, WHAT_WAS_READ
from breakwater.kernel.cipher import Place
from breakwater.trust.access import Actor
from breakwater.trust.encrypted import opened
from breakwater.trust.journal import Shows

PER_PAGE = 50
COUNTED_TO = 1000
COUNTED_CLOSELY_TO = 250
"""Up to so many open cases each code and the unit are counted too: more would cost more than the page itself."""

# ``cases_next`` and ``cases_in_danger_now`` ask the wall of a case once for what lies in its circle: see 0009, 0011.
# A clock that stands still breaches nothing: a case stands by its first that ticks (0016).
# How many are wanted stands in the statement: of a number that it is told each time PostgreSQL believes that it may
# be a tenth of all, and then plans anew for every page, which takes as long as to answer.
_ROWS = """
    WITH pinned AS MATERIALIZED (
        SELECT n.case_id, n.due_at, n.due_soon_at, n.clock_id FROM cases_in_danger_now n
        WHERE n.agency_id = %(agency)s {narrowed}
        ORDER BY n.due_at, n.clock_id
        LIMIT {pinned}
    ), rest AS MATERIALIZED (
        SELECT n.case_id, n.due_at, n.due_soon_at, n.clock_id FROM cases_next n
        WHERE n.agency_id = %(agency)s AND n.case_id <> ALL (ARRAY(SELECT case_id FROM pinned)) {narrowed}
        ORDER BY n.due_at, n.clock_id
        LIMIT {limit}{skipped}
    ){seen}
    SELECT
        (SELECT json_agg(json_build_array(case_id, due_at, due_soon_at) ORDER BY due_at, clock_id) FROM pinned),
        (SELECT json_agg(json_build_array(case_id, due_at, due_soon_at) ORDER BY due_at, clock_id) FROM rest),
        {told}
"""
told_by = OF_THE_FUNCTION

_OWNED = """AND EXISTS (
    SELECT 1 FROM cases_assignment a
    WHERE a.case_id = n.case_id AND a.part = 'owner' AND a.ends_at IS NULL AND {by})"""

_DANGER = """AND EXISTS (
    SELECT 1 FROM cases_danger d
    WHERE d.case_id = n.case_id AND d.ends_at IS NULL AND d.level IN ('likely', 'now') OFFSET 0)"""

_NARROWED = {
    "danger": _DANGER,
    "lately": """AND EXISTS (
    SELECT 1 FROM trust_entry e
    WHERE e.episode = n.case_id AND e.recorded_at > %(lately)s AND e.verb NOT LIKE 'clocks.%%' OFFSET 0)""",
    "mine": _OWNED.format(by="a.worker_id = %(user)s"),
    "worker": _OWNED.format(by="a.worker_id = %(worker)s"),
    "nobodys": _OWNED.format(by="a.worker_id IS NULL"),
    "breaching": "AND n.due_at <= %(now)s AND n.paused_at IS NULL",
    "unit": "AND n.unit_id = %(unit)s",
    "code": """AND EXISTS (
    SELECT 1 FROM cases_triage g WHERE g.case_id = n.case_id AND g.ends_at IS NULL AND g.code = %(code)s)""",
}


_COUNTS = """
    SELECT counted.*, begun.*, waiting.*
    FROM cases_counted(%(most)s::integer, %(few)s::integer, %(unit)s::uuid, %(now)s) counted, (
        SELECT count(*), min(coalesce(begun_at, kept_at)) FROM trust_draft
        WHERE by_id = %(user)s AND agency_id = %(agency)s AND (taken_at IS NULL OR kept_at > taken_at)
            AND form LIKE %(begun)s) begun, (
        {waiting}) waiting"""
_NOBODYS = "SELECT 0, NULL::timestamptz"
_LEFT = "SELECT count(*), min(since) FROM trust_left_behind(%(intake)s, %(untouched)s)"
_NO_COUNTS = (0, 0, 0, 0, 0, None, 0, None, 0, None)


@dataclass(frozen=True, slots=True)
class ClockShown:
    """A running clock on the board."""

    label: str
    due_at: datetime
    soon_at: datetime
    is_paused: bool


@dataclass(frozen=True, slots=True)
class Level:
    """The one tier of a case, with what it comes from: it is never told without."""

    tier: str
    title: str
    told_at: datetime
    rater: str
    is_judged: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One case on the board."""

    case_id: UUID
    number: str
    known_as: str
    person_id: UUID
    state: str
    owner: str
    is_mine: bool
    is_nobodys: bool
    triage: tuple[str, str, int] | None
    level: Level | None
    step: str
    step_due_at: datetime | None
    last_contact_at: datetime | None
    clocks: list[ClockShown]
    dangers: list[tuple[str, str]]
    """Each level that stands, the worst first, and to whom: ``now``, ``self, worker``."""
    is_pinned: bool = False
    """Whether it stands on top because a danger is now."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases each filter would show.

    ``is_more``: there are more than were counted. ``is_close``: the unit and the codes were counted too.
    ``begun``: intakes that the actor began and did not save, the oldest ``begun_at``. ``left``: those that colleagues
    began and left, the oldest ``left_at``, where the actor may take them over.
    """

    which: dict[str, int]
    in_unit: int
    by_code: Counter[str]
    is_more: bool
    is_close: bool
    begun: int
    begun_at: datetime | None
    left: int
    left_at: datetime | None


def board(actor: Actor, asked: Asked, on: Shows | None = None) -> tuple[list[Row], list[Row]]:
    """Who is in danger now, on the first page; and one page of the rest, with one row more when there is a next one.

    ``on`` a page, the statement that reads them writes down that they were shown.
    """
    pinned, rest = _rows(actor, asked, on)
    actor.saw("cases.case", [row.case_id for row in [*pinned, *rest[:PER_PAGE]]], written=on is not None)
    return pinned, rest


def _rows(actor: Actor, asked: Asked, on: Shows | None) -> tuple[list[Row], list[Row]]:
    narrowed = [asked.which] if asked.which != "all" else []
    narrowed += ["unit"] if asked.unit else []
    narrowed += ["worker"] if asked.worker else []
    narrowed += ["code"] if asked.code else []
    cases = LATER_PAGE if asked.page > 1 else FIRST_PAGE
    sql = _ROWS.format(
        narrowed=" ".join(_NARROWED[one] for one in narrowed), pinned=PER_PAGE, limit=PER_PAGE + 1,
        skipped=" OFFSET %(offset)s" if asked.page > 1 else "",
        seen=SEEN.format(cases=cases, most=PER_PAGE) if on else "",
        told=WHAT_WAS_READ if on else told_by.format(cases=cases),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            sql,
            {
                "agency": actor.agency_id, "user": actor.user_id, "now": actor.now,
                "lately": since(actor), "unit": asked.unit, "worker": asked.worker, "code": asked.code,
                "offset": (asked.page - 1) * PER_PAGE, **(on.told(actor) if on else {}),
            },
        )  # fmt: skip
        answer: tuple[Any, ...] = cursor.fetchone() or (None, None, None)
    pinned, rest, told = (part or {} for part in answer)
    return (
        [_row(one, told[one[0]], actor, is_pinned=True) for one in pinned if one[0] in told],
        [_row(one, told[one[0]], actor) for one in rest if one[0] in told],
    )


def counts(actor: Actor, *, intake: str) -> Counts:
    """How many cases each filter would show, up to ``COUNTED_TO``; and what was begun at ``intake``."""
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNTS.format(waiting=_LEFT if may_take_over(actor) else _NOBODYS),
            {
                "most": COUNTED_TO, "few": COUNTED_CLOSELY_TO, "now": actor.now,
                "unit": actor.unit.pk if actor.unit else None,
                "user": actor.user_id, "agency": actor.agency_id, "begun": f"{intake}%",
                "intake": intake, "untouched": untouched_since(actor),
            },
        )  # fmt: skip
        *which, in_unit, by_code, begun, begun_at, left, left_at = cursor.fetchone() or _NO_COUNTS
    return Counts(
        dict(zip(FILTERS, which, strict=True)), in_unit or 0, Counter(by_code or {}),
        is_more=which[0] >= COUNTED_TO, is_close=which[0] <= COUNTED_CLOSELY_TO, begun=begun, begun_at=begun_at,
        left=left, left_at=left_at,
    )  # fmt: skip


def _row(first: list[str], told: list[Any], actor: Actor, *, is_pinned: bool = False) -> Row:
    case_id, due_at, due_soon_at = first
    (number, known_as, person_id, worker_id, worker, unit, scheme, code, urgency,
     *level, step_id, step, step_due_at, contact_at, clocks, dangers) = told  # fmt: skip
    now = actor.now
    return Row(
        case_id=UUID(case_id),
        number=number,
        known_as=known_as,
        person_id=UUID(person_id),
        state=_state(due_at, due_soon_at, now, is_still=all(clock[3] for clock in clocks or ())),
        owner=worker or (f"{unit} queue" if unit else "Duty queue"),
        is_mine=bool(actor.user and worker_id == str(actor.user.pk)),
        is_nobodys=worker_id is None,
        triage=(code, scheme, urgency) if code else None,
        level=_level(*level),
        step=opened(step, Place("plans_step", "words", step_id)) if step else "",
        step_due_at=_moment(step_due_at),
        last_contact_at=_moment(contact_at),
        clocks=[_clock(clock) for clock in clocks or ()],
        dangers=by_level(dangers or ()),
        is_pinned=is_pinned,
    )


def _moment(told: str | None) -> datetime | None:
    return datetime.fromisoformat(told) if told else None


def _state(due_at: str, soon_at: str, now: datetime, *, is_still: bool) -> str:
    if is_still:
        return "ok"
    if datetime.fromisoformat(due_at) <= now:
        return "missed"
    return "soon" if datetime.fromisoformat(soon_at) <= now else "ok"


def _level(tier: str | None, title: str, at: str, rater: str | None, is_judged: bool) -> Level | None:
    return Level(tier, title, datetime.fromisoformat(at), rater or "Breakwater", is_judged) if tier else None


def _clock(clock: tuple[str, str, str, str | None]) -> ClockShown:
    kind, due_at, soon_at, paused_at = clock
    due, soon = datetime.fromisoformat(due_at), datetime.fromisoformat(soon_at)
    return ClockShown(LABELS.get(kind, kind), due, soon, paused_at is not None)
