"""What a person may ask about their own record, and by when they have an answer. Plain values in, plain values out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

ACCESS, AMENDMENT, ACCOUNTING, ERASURE = "access", "amendment", "accounting", "erasure"
KINDS = {
    ACCESS: "To see their record, or to have a copy",
    AMENDMENT: "To change what is written",
    ACCOUNTING: "To whom their record went",
    ERASURE: "That their record is erased",
}
"""What they ask for."""

_MONTHS = 12


@dataclass(frozen=True, kw_only=True)
class Ground:
    """On which ground a request may be refused; and whether the person may have somebody else look again."""

    code: str
    label: str
    second_look: bool
    law: str


@dataclass(frozen=True, kw_only=True)
class Right:
    """What the law says about one kind of request."""

    kind: str
    label: str
    days: int
    extension_days: int
    extensions: int
    free_in_months: int
    law: str
    grounds: Mapping[str, Ground]


def last_day(received: date, right: Right, *, extended: int = 0) -> date:
    """The last day on which an answer is in time."""
    return received + timedelta(days=right.days + extended * right.extension_days)


def is_free(received: date, right: Right, earlier: Iterable[date]) -> bool:
    """Whether the person pays nothing: for what the law gives a fee for, the first within so many months.

    Args:
        received: when this one was asked for.
        right: what the law says about it.
        earlier: when others of its kind were asked for, and granted.
    """
    since = _months_before(received, right.free_in_months)
    return bool(right.free_in_months) and not any(since < one <= received for one in earlier)


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * _MONTHS + day.month - 1 - months, _MONTHS)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise ValueError(f"{day} has no day {months} months before")
