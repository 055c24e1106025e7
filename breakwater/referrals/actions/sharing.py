"""Before a letter tells who somebody is: ask whether it may, and carry out what the permit asks for."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from breakwater.cases.models import Case
from breakwater.referrals.rules import purpose_of
from breakwater.resources.models import Bed, Domain
from breakwater.trust.access import Actor
from breakwater.trust.actions.leaving import Leaving, Recipient, goes_along, may_leave, what_the_law_says
from breakwater.trust.models import Agency
from breakwater.trust.rules.law import REFER, Refusal


@dataclass(frozen=True, kw_only=True)
class Telling:
    """What a letter tells, to whom.

    Args:
        need: the domain of the need, or nothing when a whole case goes.
        what: in words, for the accounting of disclosures.
    """

    act: str
    to_agency: Agency | None
    to_name: str
    information: Collection[str]
    what: str
    need: str = ""
    segments: Collection[str] = ()


def goes_with(case: Case, telling: Telling, *, at: datetime, by: Actor) -> str:
    """What goes along with a letter that tells who somebody is: the notice, and the scope of the consent.

    Raises:
        Unlawful: it may not be told.
    """
    return goes_along(may_leave(_leaving(case, telling), case.circle, at=at, by=by), by)


def may_tell_the_host(case: Case, bed: Bed, known_as: str, *, at: datetime, by: Actor) -> None:
    """Another agency that keeps the bed may be told a name, where no law protects it or the person agreed.

    Raises:
        Unlawful: it may not be told.
    """
    if not known_as or bed.agency_id == by.agency_id:
        return
    telling = Telling(
        act=REFER, to_agency=bed.agency, to_name="", information=("who", "needs"), need=Domain.HOUSING,
        what="A bed, with their name",
    )  # fmt: skip
    goes_with(case, telling, at=at, by=by)


def would_go_with(case: Case, telling: Telling, *, at: datetime, by: Actor) -> str | None:
    """What would go along if it were told at this moment; ``None`` when it may not be. Nothing is written down."""
    answer = what_the_law_says(_leaving(case, telling), case.circle, at=at, by=by)
    return None if isinstance(answer, Refusal) else goes_along(answer, by)


def may_still_be_told(case: Case, telling: Telling, *, at: datetime, by: Actor) -> bool:
    """Whether what a letter tells might be told at this moment. Nothing is written down."""
    return would_go_with(case, telling, at=at, by=by) is not None


def _leaving(case: Case, telling: Telling) -> Leaving:
    return Leaving(
        act=telling.act, to=Recipient.of(telling.to_agency, name=telling.to_name), purpose=purpose_of(telling.need),
        information=frozenset(telling.information), segments=frozenset(telling.segments), what=telling.what,
        about=case.pk,
    )  # fmt: skip
