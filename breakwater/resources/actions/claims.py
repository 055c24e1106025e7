"""An agency claims its own listing: one of its people says so, a second confirms it, and whoever claims it too is told.

Letters to a listing arrive at the agency that holds it. So nobody gets one by a word of their own, and nobody gets one
that another agency holds or claims: they agree, or whoever keeps the machine decides.
"""

from datetime import datetime

from django.db import transaction

from breakwater.kernel.db import refuse_if
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.resources.events import ListingClaimed, ListingContested, ListingGranted, ListingReleased
from breakwater.resources.models import Claim, Organization
from breakwater.trust.access import Actor
from breakwater.trust.journal import record
from breakwater.trust.models import Agency


@transaction.atomic
def claim_listing(organization: Organization, *, proof: str, at: datetime, by: Actor) -> Claim:
    """Say that an organization of the directory is the actor's own agency. A second person confirms it.

    Raises:
        Refused: nothing is said about how that is known, or the organization is not listed any more.
        Overtaken: the agency claims or holds a listing already.
    """
    by.must("resources.import")
    if not proof.strip():
        raise Refused("Say how others can check that this listing is yours.")
    organization = _listed(_locked(organization))
    sentence = "Your agency claims or holds a listing already. Withdraw it or give it up first."
    if Organization.objects.filter(agency=by.agency).exists():
        raise Overtaken(sentence)
    with refuse_if("an_agency_claims_one_listing_at_a_time", sentence):
        claim = Claim.objects.create(
            organization=organization, agency=by.agency, proof=proof.strip(), by=by.user, asked_at=at
        )
    record(ListingClaimed(claim_id=claim.pk), about=claim.pk, by=by, at=at)
    others = _others(claim)
    for told in (None, *others) if others else ():
        record(ListingContested(claim_id=claim.pk), about=claim.pk, to_agency=told, by=by, at=at)
    return claim


@transaction.atomic
def confirm_claim(claim: Claim, *, at: datetime, by: Actor) -> Claim:
    """A second person of the agency confirms: from now on letters to the listing arrive there.

    Raises:
        NotPermitted: it is another agency's claim.
        Refused: it is their own word, the organization is not listed any more, or another agency holds or claims it.
        Overtaken: it was confirmed or ended a moment ago.
    """
    claim = _waiting(claim, by=by)
    if by.user is not None and claim.by_id == by.user.pk:
        raise Refused("Somebody else of your agency confirms it: two people look before letters arrive here.")
    if others := _others(claim):
        raise Refused(
            f"{others[0].name} holds or claims this listing too. One of you takes it back, or whoever keeps Breakwater"
            " here decides."
        )
    return grant(claim, at=at, by=by)


@transaction.atomic
def withdraw_claim(claim: Claim, *, at: datetime, by: Actor) -> Claim:
    """The claim is taken back before it was granted.

    Raises:
        NotPermitted: it is another agency's claim.
        Overtaken: it was confirmed or ended a moment ago.
    """
    return _end(_waiting(claim, by=by), Claim.Ending.WITHDRAWN, at=at, by=by)


@transaction.atomic
def give_up_listing(claim: Claim, *, at: datetime, by: Actor) -> Claim:
    """The agency holds the listing no more: letters to it go to nobody with accounts. Its beds stay its own.

    Raises:
        NotPermitted: it is another agency's.
        Overtaken: it does not hold it any more.
    """
    claim = _open(claim, by=by)
    if claim.granted_at is None:
        raise Overtaken("This listing was not granted yet. Withdraw the claim.")
    _release(claim.organization)
    return _end(claim, Claim.Ending.GIVEN_UP, at=at, by=by)


@transaction.atomic
def decide_against(claim: Claim, *, at: datetime, by: Actor) -> Claim:
    """Whoever keeps the machine has decided that the listing is another agency's.

    Raises:
        NotPermitted: it is not Breakwater itself that acts.
        Overtaken: it ended a moment ago.
    """
    if by.user is not None:
        raise NotPermitted("Whoever keeps Breakwater here decides between two agencies.")
    claim = _open(claim, by=by)
    if claim.granted_at is not None:
        _release(claim.organization)
    return _end(claim, Claim.Ending.REFUSED, at=at, by=by)


def grant(claim: Claim, *, at: datetime, by: Actor) -> Claim:
    """The listing is theirs. To be called with the listing held.

    Raises:
        Refused: it is not listed any more; what is taken from it meanwhile lists nobody.
    """
    _listed(claim.organization)
    claim.granted_at, claim.granted_by = max(at, claim.asked_at), by.user
    claim.save(update_fields=["granted_at", "granted_by"])
    claim.organization.agency = claim.agency
    claim.organization.save(update_fields=["agency"])
    record(ListingGranted(claim_id=claim.pk), about=claim.pk, by=by, at=at)
    return claim


def _locked(organization: Organization) -> Organization:
    """The listing, held: of two who claim it at once the second sees the first."""
    return Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)


def _listed(organization: Organization) -> Organization:
    if organization.retired_at is not None:
        raise Refused("This organization is not listed any more.")
    return organization


def _others(claim: Claim) -> list[Agency]:
    """Who else holds or claims the same listing."""
    claimed = Claim.objects.open().filter(organization=claim.organization).select_related("agency")
    found = {one.agency for one in claimed} | {claim.organization.agency} - {None}
    return sorted((one for one in found if one and one != claim.agency), key=lambda one: one.name)


def _open(claim: Claim, *, by: Actor) -> Claim:
    """The claim, held after its listing, while it stands."""
    by.must("resources.import")
    if claim.agency_id != by.agency_id:
        raise NotPermitted("Another agency says that this listing is its own.")
    organization = _locked(claim.organization)
    found: Claim = Claim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
    if found.ended_at is not None:
        raise Overtaken(f"This claim has ended: {found.get_ended_how_display().lower()}.")
    found.organization = organization
    return found


def _waiting(claim: Claim, *, by: Actor) -> Claim:
    found = _open(claim, by=by)
    if found.granted_at is not None:
        raise Overtaken("This listing is your agency's already.")
    return found


def _release(organization: Organization) -> None:
    organization.agency = None
    organization.save(update_fields=["agency"])


def _end(claim: Claim, how: Claim.Ending, *, at: datetime, by: Actor) -> Claim:
    others = _others(claim)
    claim.ended_at, claim.ended_how = max(at, claim.granted_at or claim.asked_at), how
    claim.save(update_fields=["ended_at", "ended_how"])
    news = ListingReleased(claim_id=claim.pk, how=str(how))
    for told in (None, *others):
        record(news, about=claim.pk, to_agency=told, by=by, at=at)
    return claim
