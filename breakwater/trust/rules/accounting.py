"""To whom a record went: all of it for those who answer for it, and what the law asks for when the person asks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from breakwater.trust.rules.law import Accounting


@dataclass(frozen=True, kw_only=True)
class Disclosure:
    """Something left a circle once.

    Args:
        signed: the person had agreed to it in writing.
        endangers: whoever reads it over the person's shoulder would learn where somebody hides, or that they told.
    """

    at: datetime
    to: str
    purpose: str
    what: str
    basis: str
    signed: bool
    endangers: bool = False


@dataclass(frozen=True, kw_only=True)
class Line:
    """The same thing, to the same recipient, for the same purpose: how often, first and last."""

    to: str
    purpose: str
    what: str
    basis: str
    first: datetime
    last: datetime
    times: int


def gathered(disclosures: Iterable[Disclosure]) -> list[Line]:
    """Disclosures with the repeated ones in one line, as 45 CFR 164.528(b)(3) allows; the latest first."""
    groups: dict[tuple[str, str, str, str], list[datetime]] = {}
    for one in disclosures:
        groups.setdefault((one.to, one.purpose, one.what, one.basis), []).append(one.at)
    lines = [
        Line(
            to=to, purpose=purpose, what=what, basis=basis, first=min(times), last=max(times), times=len(times)
        )
        for (to, purpose, what, basis), times in groups.items()
    ]  # fmt: skip
    return sorted(lines, key=lambda line: (line.last, line.to), reverse=True)


def accounted(disclosures: Iterable[Disclosure], law: Accounting, *, at: datetime) -> list[Line]:
    """What the person is told when they ask: so many years back, without what the law leaves out."""
    since = _years_before(at, law.years)
    return gathered(
        one
        for one in disclosures
        if since <= one.at <= at
        and one.purpose not in law.leaves_out
        and not (one.signed and law.leaves_out_signed)
    )


def fit_to_hand_over(disclosures: Iterable[Disclosure]) -> list[Disclosure]:
    """What may stand on paper that somebody else can read: nothing that would endanger the person."""
    return [one for one in disclosures if not one.endangers]


def _years_before(at: datetime, years: int) -> datetime:
    """The same day so many years ago; of the 29th of February, the day after."""
    try:
        return at.replace(year=at.year - years)
    except ValueError:
        return at.replace(year=at.year - years, month=3, day=1)
