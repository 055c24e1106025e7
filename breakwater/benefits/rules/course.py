"""How an application goes its way: its stages, why a benefit was refused or lost, and by which day what is due."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

STARTED, SUBMITTED, APPROVED, RENEWING = "started", "submitted", "approved", "renewing"
DENIED, LOST, APPEALING, ENDED = "denied", "lost", "appealing", "ended"

MOVES: Mapping[str, tuple[str, ...]] = {
    STARTED: (SUBMITTED, ENDED),
    SUBMITTED: (APPROVED, DENIED, ENDED),
    APPROVED: (APPROVED, RENEWING, LOST, ENDED),
    RENEWING: (APPROVED, LOST, ENDED),
    DENIED: (APPROVED, APPEALING, ENDED),
    LOST: (APPROVED, APPEALING, ENDED),
    APPEALING: (APPROVED, DENIED, LOST, ENDED),
    ENDED: (),
}
"""Where an application can go from where it stands. PostgreSQL keeps the same (migration ``0002_walls``)."""

PROCEDURAL, SUBSTANTIVE, UNKNOWN = "procedural", "substantive", "unknown"

GROUNDS: Mapping[str, str] = {
    PROCEDURAL: "for paperwork", SUBSTANTIVE: "for a reason in law", UNKNOWN: "for a reason not known",
}  # fmt: skip

REASONS: Mapping[str, tuple[str, str]] = {
    "papers": (PROCEDURAL, "Papers were missing or late"),
    "interview": (PROCEDURAL, "The interview was missed"),
    "renewal": (PROCEDURAL, "The renewal form did not come back"),
    "mail": (PROCEDURAL, "Mail came back, or nobody could be reached"),
    "income": (SUBSTANTIVE, "Income is too high"),
    "resources": (SUBSTANTIVE, "They own too much"),
    "category": (SUBSTANTIVE, "Not in a group that the program helps"),
    "medical": (SUBSTANTIVE, "Not disabled by the program's rule"),
    "work": (SUBSTANTIVE, "A work rule, or how the job ended"),
    "moved": (SUBSTANTIVE, "They live somewhere else now"),
    "not_told": (UNKNOWN, "The notice does not say"),
    "other": (UNKNOWN, "Something else"),
}
"""Why something was refused or stopped, and whether that was about papers or about the right to it."""


def may_move(stage: str, to: str) -> bool:
    """Whether an application can go there from here."""
    return to in MOVES[stage]


def ground(reason: str) -> str:
    """Whether somebody lost for paperwork, for a reason in law, or nobody knows for which."""
    return REASONS[reason][0]


@dataclass(frozen=True)
class Share:
    """How many of all losses were for paperwork. What nobody knows stays among all, and is told beside it."""

    procedural: int
    substantive: int
    unknown: int

    @property
    def all(self) -> int:
        """Every loss, those of unknown reason too."""
        return self.procedural + self.substantive + self.unknown

    @property
    def percent(self) -> int | None:
        """The share in percent; ``None`` of no losses at all."""
        return round(100 * self.procedural / self.all) if self.all else None


def share(reasons: Iterable[str]) -> Share:
    """The losses by what they were for."""
    grounds = [ground(reason) for reason in reasons]
    return Share(*(grounds.count(one) for one in (PROCEDURAL, SUBSTANTIVE, UNKNOWN)))


@dataclass(frozen=True, kw_only=True)
class Terms:
    """When a program's renewal is due and when its notice about it goes out, counted from the last day it holds.

    Args:
        renew_by: the day of the last month by which a renewal is filed; that last day itself without it.
        notice_days: how many days before the last day the office writes.
    """

    renew_by: int | None
    notice_days: int


_ADDRESS_BEFORE = timedelta(days=14)
_AT_LEAST = timedelta(days=3)


def renewal_due(last_day: date, terms: Terms) -> date:
    """By which day a renewal is filed, so that nothing stops."""
    if terms.renew_by is None:
        return last_day
    return min(last_day, last_day.replace(day=min(terms.renew_by, last_day.day)))


def address_due(last_day: date, terms: Terms, *, today: date) -> date | None:
    """By which day somebody asks whether the mail still finds them: before the office writes. ``None``: it is over."""
    before = last_day - timedelta(days=terms.notice_days) - _ADDRESS_BEFORE
    soonest = today + _AT_LEAST
    return max(before, soonest) if soonest < last_day else None


def noon_of(day: date, zone: tzinfo) -> datetime:
    """The middle of a day where the agency is: from when days are counted that follow it."""
    return datetime.combine(day, time(12), tzinfo=zone)
