"""When somebody is asked again by an instrument. It is a date on a page: nothing rings, and nobody must."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

DATE, CONTACT, INCIDENT, CHANGE, NOT_AGAIN = "date", "contact", "incident", "change", "never"
WAYS = (DATE, CONTACT, INCIDENT, CHANGE)


@dataclass(frozen=True, kw_only=True)
class Repeat:
    """How often one asks again.

    Args:
        how: of ``WAYS``, or ``NOT_AGAIN``.
        from_days: with a date, after how many days.
        says: the same in words.
    """

    how: str
    from_days: int = 0
    says: str = ""

    def starting(self, asked_on: date) -> date | None:
        """From which day on one asks again; ``None`` where that hangs on no date."""
        return asked_on + timedelta(days=self.from_days) if self.how == DATE else None


def last_of_each(assessments: Iterable[Any]) -> list[Any]:
    """The last completed one of each instrument that is not being asked now, from assessments with the latest first."""
    found: dict[str, Any] = {}
    open_ones = set()
    for one in assessments:
        if one.is_open:
            open_ones.add(one.instrument)
        elif one.is_completed:
            found.setdefault(one.instrument, one)
    return [one for key, one in found.items() if key not in open_ones]


def due_again(assessments: Iterable[Any], today: date) -> list[Any]:
    """Those by which one asks again from today on or since before, the longest due first."""
    found = [one for one in last_of_each(assessments) if one.again_from and one.again_from <= today]
    return sorted(found, key=lambda one: (one.again_from, one.title))
