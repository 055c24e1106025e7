"""The chronology of a case, in two statements however long it is: entries, and the words of what they are about.

The journal holds no words; these are read from the rows themselves, behind the same wall.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from breakwater.cases.models import SPOKE, Case
from breakwater.cases.rules import is_late
from breakwater.cases.timeline.sentences import sentence_of
from breakwater.cases.timeline.sources import (
    AMENDED,
    APART,
    ATTEMPT,
    HEARD,
    KEPT_APART,
    LABELED,
    NOTE,
    OPEN,
    ROWS,
    SOURCES,
    WHO,
)
from breakwater.kernel.cipher import Place
from breakwater.kernel.days import day_after, start_of_day
from breakwater.trust.access import Actor
from breakwater.trust.encrypted import opened
from breakwater.trust.models import Entry, Flag, Segment

ONLY = {
    "all": "Everything",
    "story": "Without the clocks that ran as promised",
    "contacts": "Contacts and attempts",
    "notes": "Notes",
    "acts": "What was done and decided",
    "clocks": "Clocks",
}
"""What a reader may narrow the chronology to."""

_CONTACTS = ("call", "visit", "message", "meeting", "advocacy")
_CLOCKS = Q(verb__startswith="clocks.")
_RAN = ("clocks.clock_started", "clocks.clock_stopped", "clocks.clock_due_soon")
_NARROWED = {
    "story": ~Q(verb__in=_RAN),
    "contacts": Q(verb__in=(ATTEMPT, "cases.contact_taken_back")) | Q(verb=NOTE, facts__kind__in=_CONTACTS),
    "notes": Q(verb__in=(NOTE, AMENDED)),
    "acts": ~_CLOCKS & ~Q(verb__in=(NOTE, AMENDED)),
    "clocks": _CLOCKS,
}
_NOT_FOR_THE_PERSON = _CLOCKS | Q(verb="cases.danger_read", facts__to="worker")


@dataclass(frozen=True, kw_only=True)
class Amended:
    """A later text of a note."""

    version: int
    words: str
    reason: str
    by: str
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True)
class TakenBack:
    """They were not reached after all: why, and who said so."""

    reason: str
    by: str
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True)
class Told:
    """One line of the chronology."""

    entry_id: int
    verb: str
    at: datetime
    recorded_at: datetime
    by: str
    sentence: str
    due_at: datetime | None = None
    words: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    amendments: list[Amended] = field(default_factory=list)
    note_id: UUID | None = None
    attempt_id: UUID | None = None
    is_contact: bool = False
    taken_back: TakenBack | None = None
    segments: list[str] = field(default_factory=list)

    @property
    def protected(self) -> list[str]:
        """Which laws keep it apart from the rest of the record, in words."""
        return [str(Segment(one).label) for one in self.segments]

    @property
    def is_late(self) -> bool:
        """Whether it was written down well after it happened."""
        return is_late(self.at, self.recorded_at)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a reader wants to see: which sort, from which day, until which day.

    ``for_person`` leaves out the clocks, and what was judged about dangers to a worker.
    """

    only: str = "all"
    since: date | None = None
    until: date | None = None
    for_person: bool = False


EVERYTHING = Asked()


def chronology_of(
    case: Case,
    asked: Asked = EVERYTHING,
    *,
    most: int | None = None,
    skip: int = 0,
    oldest_first: bool = False,
) -> list[Told]:
    """What happened in a case, newest first unless asked otherwise, in two queries."""
    order = ("at", "pk") if oldest_first else ("-at", "-pk")
    entries = _entries(case, asked).select_related("by").order_by(*order)
    return tell(list(entries[skip : skip + most if most else None]))


def latest_of(case_id: UUID, *, most: int) -> QuerySet[Entry]:
    """The newest entries of a case, without the clocks that ran as promised."""
    told = Entry.objects.of_episode(case_id).filter(_NARROWED["story"])
    return told.select_related("by").defer("by__password").order_by("-at", "-pk")[:most]


def lately_of(cases: Sequence[UUID], since: datetime, *, each: int, by: Actor) -> QuerySet[Any]:
    """The newest entries of each case that were written down since then, without clocks; and ``many``, how many.

    Of a record at which one says why before it opens nothing, until that was said.
    """
    told = Entry.objects.filter(~_CLOCKS, episode__in=cases, recorded_at__gt=since)
    open_ones = told.filter(~Exists(Flag.objects.asking(OuterRef("circle"), by)))
    newest = Window(RowNumber(), partition_by="episode", order_by=("-at", "-pk"))
    counted = open_ones.annotate(newest=newest, many=Window(Count("pk"), partition_by="episode"))
    found = counted.filter(newest__lte=each).select_related("by").defer("by__password")
    return found.order_by("-at", "-pk")


def tell(entries: Sequence[Entry]) -> list[Told]:
    """Entries as lines of a chronology, in one query; of what a law keeps apart from the reader there is no line."""
    words = _words_of(entries)
    laws = {entry.pk: words.get((APART, entry.about), OPEN) for entry in entries}
    return [_told(entry, words, laws[entry.pk]["segments"]) for entry in entries if laws[entry.pk]["is_open"]]


def how_many(case: Case, asked: Asked = EVERYTHING) -> int:
    """How many lines a chronology has."""
    return _entries(case, asked).count()


def _entries(case: Case, asked: Asked) -> Any:
    wanted = _NARROWED.get(asked.only, Q())
    if asked.since:
        wanted &= Q(at__gte=start_of_day(asked.since, case.agency.zone))
    if asked.until:
        wanted &= Q(at__lt=day_after(asked.until, case.agency.zone))
    if asked.for_person:
        wanted &= ~_NOT_FOR_THE_PERSON
    return Entry.objects.of_episode(case.pk).filter(wanted)


def _told(entry: Entry, words: Mapping[Any, Mapping[str, Any]], segments: list[str]) -> Told:
    row, heard = words.get((entry.verb, entry.about), {}), words.get((HEARD, entry.pk), {})
    facts = {**entry.facts, **row}
    due_at = facts.get("due_at")
    return Told(
        entry_id=entry.pk,
        verb=entry.verb,
        at=entry.at,
        recorded_at=entry.recorded_at,
        by=entry.by.name if entry.by else ", ".join(filter(None, heard.values())) or "Breakwater",
        sentence=sentence_of(entry.verb, facts),
        due_at=datetime.fromisoformat(due_at) if due_at else None,
        words=row.get("words") or "",
        facts=[(label, str(row[key])) for key, label in LABELED if row.get(key)],
        amendments=[_amended(one) for one in row.get("amendments") or ()],
        note_id=entry.about if entry.verb == NOTE else None,
        attempt_id=entry.about if entry.verb == ATTEMPT else None,
        is_contact=_is_contact(entry),
        taken_back=_taken_back(row.get("taken_back")),
        segments=segments,
    )


def _is_contact(entry: Entry) -> bool:
    if entry.verb == NOTE:
        return bool(entry.facts.get("reached"))
    return entry.verb == ATTEMPT and entry.facts.get("outcome") in SPOKE


def _amended(row: Mapping[str, Any]) -> Amended:
    return Amended(
        version=row["version"], words=row["words"], reason=row["reason"], by=row["by"] or "Breakwater",
        recorded_at=datetime.fromisoformat(row["recorded_at"]),
    )  # fmt: skip


def _taken_back(row: Mapping[str, Any] | None) -> TakenBack | None:
    if row is None:
        return None
    at = datetime.fromisoformat(row["recorded_at"])
    return TakenBack(reason=row["reason"], by=row["by"] or "Breakwater", recorded_at=at)


def _words_of(entries: Sequence[Entry]) -> dict[tuple[str, UUID | int | None], dict[str, Any]]:
    """What the rows behind the entries say, by verb and id, and who did what was heard of; in one statement."""
    verbs = sorted({entry.verb for entry in entries} & set(ROWS))
    following = [entry.pk for entry in entries if entry.facts.get(HEARD)]
    if not entries:
        return {}
    asked = [KEPT_APART, *(ROWS[verb] for verb in verbs), *([WHO] if following else [])]
    ids = [entry.about for entry in entries if entry.verb in ROWS]
    told: dict[str, Any] = {
        "ids": ids,
        "following": following,
        "all": [entry.about for entry in entries if entry.about],
    }
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked), told)
        return {
            (verb, number or about): row if number or verb == APART else _readable(verb, about, row)
            for verb, about, number, row in cursor.fetchall()
        }


def _readable(verb: str, about: UUID, row: dict[str, Any]) -> dict[str, Any]:
    """The same, with every encrypted cell decrypted in its own place."""
    table, columns = SOURCES[verb]
    for name, column in columns.items():
        if column.startswith("r.") and isinstance(row[name], str):
            row[name] = opened(row[name], Place(table, column.removeprefix("r."), str(about)))
    for one in row.get("amendments") or ():
        for name in ("words", "reason"):
            one[name] = opened(one[name], Place("cases_amendment", name, one["id"]))
    if last := row.get("taken_back"):
        last["reason"] = opened(last["reason"], Place("cases_notreached", "reason", last["id"]))
    if row.get("way"):
        row["way"] = opened(row["way"], Place("people_contactpoint", "value", row["way_id"]))
    return row
