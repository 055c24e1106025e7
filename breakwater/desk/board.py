"""The board: my agency's open cases, ordered by what breaches next; before them those in which a danger is now.

One statement for who is in danger now, the same for the rest, one for the counts. No clock says who dies first: a visit
within four hours stands behind twenty calls that are late. So whoever is in danger now stands on top.

Walks the index of running clocks in the order they are due, takes each case at its first clock, and only then asks what
a page shows of these fifty: it costs the same whether the agency has two hundred open cases or twenty thousand.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db import connection

from breakwater.assessments.rules.definition import TIERS
from breakwater.clocks.library import LABELS
from breakwater.kernel.cipher import Place
from breakwater.kernel.text import Ours
from breakwater.trust.access import Actor
from breakwater.trust.encrypted import opened

PER_PAGE = 50
COUNTED_TO = 1000
COUNTED_CLOSELY_TO = 250
"""Up to so many open cases each code and the unit are counted too: more would cost more than the page itself."""
FILTERS = ("all", "mine", "nobodys", "breaching")
"""Those that are counted; ``danger`` is not: it would cost a walk over every case."""
_WORST_FIRST = ("now", "likely", "possible")

# ``cases_next`` and ``cases_at_a_glance`` ask the wall of a case once for what lies in its circle; see the migration.
# OFFSET 0 keeps PostgreSQL from reading every case first and choosing these fifty afterwards. How many are wanted
# stands in the statement: of a number that it is told each time PostgreSQL believes that it may be a tenth of all, and
# then plans anew for every page, which takes as long as to answer.
_ROWS = """
    WITH first AS MATERIALIZED (
        SELECT n.case_id, n.number, n.person_id, n.clock_id, n.due_at, n.due_soon_at FROM {source} n
        WHERE n.agency_id = %(agency)s {narrowed}
        ORDER BY n.due_at, n.clock_id
        LIMIT {limit}{skipped}
    )
    SELECT first.case_id, first.number, p.known_as, p.id, first.due_at, first.due_soon_at, shown.worker_id,
        (SELECT u.name FROM trust_user u WHERE u.id = shown.worker_id),
        (SELECT un.name FROM trust_unit un WHERE un.id = shown.unit_id),
        shown.scheme, shown.code, shown.urgency,
        told.tier, told.title, told.ends_at, told.rater, told.is_judged,
        step.id, step.words, step.due_at, contact.happened_at, shown.clocks, shown.dangers
    FROM first
    JOIN people_person p ON p.id = first.person_id
    CROSS JOIN LATERAL (SELECT one.* FROM cases_at_a_glance one WHERE one.case_id = first.case_id OFFSET 0) shown
    LEFT JOIN LATERAL (
        SELECT last.* FROM (
            SELECT DISTINCT ON (s.instrument) s.title, s.ends_at, r.name AS rater,
                coalesce(judged.tier, came_to.tier) AS tier, judged.tier IS NOT NULL AS is_judged
            FROM assessments_assessment s
            JOIN LATERAL (
                SELECT f.tier FROM assessments_result f
                WHERE f.assessment_id = s.id ORDER BY f.number DESC LIMIT 1) came_to ON true
            LEFT JOIN LATERAL (
                SELECT o.tier FROM assessments_override o
                WHERE o.assessment_id = s.id ORDER BY o.at DESC, o.id DESC LIMIT 1) judged ON true
            LEFT JOIN trust_user r ON r.id = s.by_id
            WHERE s.case_id = first.case_id AND coalesce(judged.tier, came_to.tier) <> ''
            ORDER BY s.instrument, s.ends_at DESC, s.starts_at DESC, s.id) last
        ORDER BY array_position(%(tiers)s, last.tier::text) DESC, last.ends_at DESC LIMIT 1) told ON true
    LEFT JOIN LATERAL (
        SELECT s.id, s.words, s.due_at FROM plans_step s
        WHERE s.case_id = first.case_id AND s.ends_at IS NULL ORDER BY s.due_at LIMIT 1) step ON true
    LEFT JOIN LATERAL (
        SELECT n.happened_at FROM cases_note n
        WHERE n.case_id = first.case_id AND n.reached ORDER BY n.happened_at DESC LIMIT 1) contact ON true
    ORDER BY first.due_at, first.clock_id
"""

_OWNED = """AND EXISTS (
    SELECT 1 FROM cases_assignment a
    WHERE a.case_id = n.case_id AND a.part = 'owner' AND a.ends_at IS NULL AND {by})"""

_DANGER = """AND EXISTS (
    SELECT 1 FROM cases_danger d
    WHERE d.case_id = n.case_id AND d.ends_at IS NULL AND d.level IN ('likely', 'now') OFFSET 0)"""

_NARROWED = {
    "danger": _DANGER,
    "rest": "AND n.case_id <> ALL (%(pinned)s::uuid[])",
    "mine": _OWNED.format(by="a.worker_id = %(user)s"),
    "nobodys": _OWNED.format(by="a.worker_id IS NULL"),
    "breaching": "AND n.due_at <= %(now)s",
    "unit": "AND n.unit_id = %(unit)s",
    "code": """AND EXISTS (
    SELECT 1 FROM cases_triage g WHERE g.case_id = n.case_id AND g.ends_at IS NULL AND g.code = %(code)s)""",
}

_COUNTS = "SELECT * FROM cases_counted(%(most)s::integer, %(few)s::integer, %(unit)s::uuid, %(now)s)"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of the board was asked for. Anything that makes no sense is read as everything."""

    which: str = "all"
    unit: UUID | None = None
    code: str = ""
    page: int = 1

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Asked":
        """From the address."""
        which = query.get("which", "all")
        page = query.get("page", "1")
        try:
            unit = UUID(query["unit"]) if query.get("unit") else None
        except ValueError:
            unit = None
        return cls(
            which=which if which in (*FILTERS, "danger") else "all",
            unit=unit,
            code=query.get("code", "")[:8].replace("\x00", ""),
            page=int(page) if page.isdecimal() and len(page) < 6 and int(page) else 1,  # noqa: PLR2004 - far enough
        )

    @property
    def is_everything(self) -> bool:
        """Whether nothing is filtered out."""
        return self.which == "all" and not self.unit and not self.code

    def next(self) -> str:
        """The query of the page after this one."""
        return self._at(self.page + 1)

    def previous(self) -> str:
        """The query of the page before this one, or nothing on the first."""
        return self._at(self.page - 1) if self.page > 1 else ""

    def _at(self, page: int) -> str:
        asked = {"which": self.which, "unit": self.unit or "", "code": self.code, "page": page}
        return "?" + urlencode({name: value for name, value in asked.items() if value})


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
    """

    which: dict[str, int]
    in_unit: int
    by_code: Counter[str]
    is_more: bool
    is_close: bool


def board(actor: Actor, asked: Asked) -> tuple[list[Row], list[Row]]:
    """Who is in danger now, on the first page; and one page of the rest, with one row more when there is a next one."""
    pinned = [
        replace(row, is_pinned=True) for row in _rows(actor, replace(asked, page=1), "cases_in_danger_now")
    ]
    pinned = pinned[:PER_PAGE]
    rest = _rows(actor, asked, "cases_next", pinned=[row.case_id for row in pinned])
    shown = pinned if asked.page == 1 else []
    actor.saw("cases.case", [row.case_id for row in [*shown, *rest[:PER_PAGE]]])
    return shown, rest


def _rows(actor: Actor, asked: Asked, source: str, *, pinned: Collection[UUID] | None = None) -> list[Row]:
    narrowed = [asked.which] if asked.which != "all" else []
    narrowed += ["unit"] if asked.unit else []
    narrowed += ["code"] if asked.code else []
    narrowed += ["rest"] if pinned else []
    sql = _ROWS.format(
        source=source, narrowed=" ".join(_NARROWED[one] for one in narrowed), limit=PER_PAGE + 1,
        skipped=" OFFSET %(offset)s" if asked.page > 1 else "",
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            sql,
            {
                "agency": actor.agency_id, "user": actor.user_id, "now": actor.now,
                "unit": asked.unit, "code": asked.code, "offset": (asked.page - 1) * PER_PAGE, "tiers": list(TIERS),
                "pinned": list(pinned or ()),
            },
        )  # fmt: skip
        return [_row(values, actor) for values in cursor.fetchall()]


def counts(actor: Actor) -> Counts:
    """How many cases each filter would show, counted up to ``COUNTED_TO`` open ones."""
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNTS,
            {
                "most": COUNTED_TO, "few": COUNTED_CLOSELY_TO, "now": actor.now,
                "unit": actor.unit.pk if actor.unit else None,
            },
        )  # fmt: skip
        *which, in_unit, by_code = cursor.fetchone() or (0, 0, 0, 0, 0, None)
    return Counts(
        dict(zip(FILTERS, which, strict=True)), in_unit or 0, Counter(by_code or {}),
        is_more=which[0] >= COUNTED_TO, is_close=which[0] <= COUNTED_CLOSELY_TO,
    )  # fmt: skip


def _row(values: tuple[Any, ...], actor: Actor) -> Row:
    (case_id, number, known_as, person_id, due_at, due_soon_at, worker_id, worker, unit, scheme, code, urgency,
     *level, step_id, step, step_due_at, contact_at, clocks, dangers) = values  # fmt: skip
    now = actor.now
    return Row(
        case_id=case_id,
        number=number,
        known_as=known_as,
        person_id=person_id,
        state="missed" if due_at <= now else "soon" if due_soon_at <= now else "ok",
        owner=worker or (f"{unit} queue" if unit else "Duty queue"),
        is_mine=bool(actor.user and worker_id == actor.user.pk),
        is_nobodys=worker_id is None,
        triage=(code, scheme, urgency) if code else None,
        level=_level(*level),
        step=opened(step, Place("plans_step", "words", str(step_id))) if step else "",
        step_due_at=step_due_at,
        last_contact_at=contact_at,
        clocks=[_clock(clock) for clock in clocks or ()],
        dangers=_by_level(dangers or ()),
    )


def _level(
    tier: str | None, title: str, told_at: datetime, rater: str | None, is_judged: bool
) -> Level | None:
    return Level(tier, title, told_at, rater or "Breakwater", is_judged) if tier else None


_WHOM = {
    "self": Ours("self"), "from_other": Ours("from somebody else"), "others": Ours("others"),
    "community": Ours("community"), "worker": Ours("worker"),
}  # fmt: skip
"""To whom somebody is a danger, or by whom they are in one, in a word."""


def _by_level(dangers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    whom: dict[str, list[str]] = {}
    for to, level in dangers:
        whom.setdefault(level, []).append(_WHOM.get(to, to))
    return [(level, ", ".join(whom[level])) for level in _WORST_FIRST if level in whom]


def _clock(clock: tuple[str, str, str, str | None]) -> ClockShown:
    kind, due_at, soon_at, paused_at = clock
    due, soon = datetime.fromisoformat(due_at), datetime.fromisoformat(soon_at)
    return ClockShown(LABELS.get(kind, kind), due, soon, paused_at is not None)
