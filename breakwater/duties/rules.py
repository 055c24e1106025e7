"""When a danger asks anew, which clocks a prompt starts. Plain values in, plain values out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

REPORT, WRITTEN = "duty_report", "duty_written"
_LEVELS = ("none", "possible", "likely", "now")


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """A clock that a prompt starts; without ``until`` the profile says how long."""

    kind: str
    until: datetime | None


def has_risen(before: str | None, after: str) -> bool:
    """Whether a danger is greater than when it was read last. Read as before, it asks nothing that was not asked."""
    return before not in _LEVELS or _LEVELS.index(after) > _LEVELS.index(before)


def is_young_enough(age: int | None, under: int | None) -> bool:
    """Whether a signal asks about somebody of this age. Whose age nobody knows is asked about by hand."""
    return under is None or (age is not None and age < under)


def age_wanted(age: int | None, pressing: Iterable[str], of_an_age: Mapping[str, int]) -> int | None:
    """Below which age the table would ask about a danger that presses, while nobody knows how old they are."""
    if age is not None:
        return None
    return max((of_an_age[code] for to in pressing if (code := f"danger_{to}") in of_an_age), default=None)


def deadlines(aware_at: datetime, *, oral_min: int | None, written_h: int | None) -> list[Deadline]:
    """The clocks of a prompt, counted from the moment somebody knew."""
    oral = aware_at + timedelta(minutes=oral_min) if oral_min else None
    written = aware_at + timedelta(hours=written_h) if written_h else None
    if oral and written:
        return [Deadline(kind=REPORT, until=oral), Deadline(kind=WRITTEN, until=written)]
    return [Deadline(kind=REPORT, until=oral or written)]


def kept_by(how: str, *, oral_min: int | None, written_h: int | None) -> tuple[str, ...]:
    """The clocks that a report keeps. A word on the phone does not replace the form that is owed besides."""
    return (REPORT,) if how == "voice" and oral_min and written_h else (REPORT, WRITTEN)
