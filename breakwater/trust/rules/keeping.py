"""How long what is kept: the rules of the law as plain values, and what they come to for one record."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

LAST_ENTRY, LAST_DISCLOSURE, LAST_CONSENT, LAST_ANSWER, BIRTH = (
    "last_entry", "last_disclosure", "last_consent", "last_answer", "birth",
)  # fmt: skip
AFTER = {
    LAST_ENTRY: "the last thing that was done for them",
    LAST_DISCLOSURE: "the last time something was told elsewhere",
    LAST_CONSENT: "the end of their last consent",
    LAST_ANSWER: "the last answer to what they asked",
    BIRTH: "their birth",
}
"""What a rule counts from."""
ANYBODY = "*"


@dataclass(frozen=True, kw_only=True)
class Keeping:
    """One rule: what, how many years, after what, and which kinds of agencies it binds."""

    code: str
    label: str
    after: str
    years: int
    until_age: int
    agencies: Collection[str]
    not_for: Collection[str]
    law: str
    verified: bool

    def binds(self, kind: str) -> bool:
        """Whether it binds an agency of this kind."""
        return (ANYBODY in self.agencies or kind in self.agencies) and kind not in self.not_for


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What a rule says about one record: since when it counts, until when the law wants it kept, and the agency."""

    rule: str
    happened: datetime
    by_law: datetime
    until: datetime


def last_of(kept: Iterable[Kept], *, asked: bool) -> datetime | None:
    """The moment from which every rule lets a record go.

    Args:
        asked: the person asks for it. Then what an agency keeps longer than the law wants does not count.
    """
    return max((one.by_law if asked else one.until for one in kept), default=None)


def of_a_minor(
    rules: Mapping[str, Keeping], *, kind: str, born: date | None, opened_at: datetime, own: Mapping[str, int]
) -> list[Kept]:
    """What rules say that count from somebody's birth: of whoever was a minor when their record was begun.

    Args:
        own: how many years the agency itself keeps what, by rule.
    """
    counting = [one for one in rules.values() if one.after == BIRTH and one.binds(kind)] if born else []
    return [
        Kept(
            rule=one.code, happened=_years_after(born, 0), by_law=_years_after(born, one.until_age + one.years),
            until=_years_after(born, one.until_age + max(one.years, own.get(one.code, 0))),
        )
        for one in counting
        if born and opened_at < _years_after(born, one.until_age)
    ]  # fmt: skip


def _years_after(day: date | None, years: int) -> datetime:
    """The beginning of the same day, years later. Of the 29th of February it is the first of March."""
    if day is None:
        raise ValueError("nobody is born on no day")
    try:
        later = day.replace(year=day.year + years)
    except ValueError:
        later = date(day.year + years, 3, 1)
    return datetime.combine(later, time(), tzinfo=UTC)
