"""Before a letter tells who somebody is: ask whether it may, and carry out what the permit asks for."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from breakwater.cases.models import Case
from breakwater.referrals.rules import purpose_of
from breakwater.trust.access import Actor
from breakwater.trust.actions.leaving import Leaving, Recipient, may_leave
from breakwater.trust.library import law_of
from breakwater.trust.models import Agency, Consent
from breakwater.trust.rules.sharing import Permit

_KIND_OF = {
    Agency.Kind.POLICE_LIAISON: "police",
    Agency.Kind.THREAT_MANAGEMENT: "security",
}
"""What an agency is to the person, when it does not first of all help them."""


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
    agency = telling.to_agency
    kind = _KIND_OF.get(Agency.Kind(agency.kind), "care") if agency else "care"
    to = Recipient(agency=agency, name="" if agency else telling.to_name, kind=kind)
    leaving = Leaving(
        act=telling.act, to=to, purpose=purpose_of(telling.need), information=frozenset(telling.information),
        segments=frozenset(telling.segments), what=telling.what, about=case.pk,
    )  # fmt: skip
    return _along(may_leave(leaving, case.circle, at=at, by=by), by)


def _along(permit: Permit, by: Actor) -> str:
    """The obligations of a permit as the receiver reads them."""
    notices = [law_of(by.agency).notices[notice] for notice in permit.notices]
    consents = (
        Consent.objects.filter(pk__in=permit.consents) if "attach_consent" in permit.obligations else ()
    )
    scopes = [
        f"Shared by the person's consent{_until(one, by)}, for {one.get_purpose_display().lower()}: {one.what}"
        for one in consents
    ]
    return "\n".join([*notices, *scopes])


def _until(consent: Consent, by: Actor) -> str:
    day = consent.last_day(by.zone)
    return f" until {day:%B} {day.day}, {day.year}" if day else ""
