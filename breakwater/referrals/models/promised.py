"""What somebody expects of a house: so long, neither the bed nor the kind of room goes."""

from uuid import UUID

from breakwater.referrals.models.asking import Ask
from breakwater.referrals.models.holding import Hold
from breakwater.referrals.models.placement import Placement
from breakwater.referrals.models.waitlist import Wait
from breakwater.resources.given import says_why_it_stays
from breakwater.trust.access import Actor


@says_why_it_stays("bed", "bed for good")
def bed_is_expected(bed_id: UUID, by: Actor) -> str:
    """Somebody holds the bed, or is on the way to it."""
    if Hold.objects.standing().given_by(by).filter(bed=bed_id).exists():
        return "This bed is held for somebody. Take it back first, so that they hear of it: Our house, Held."
    if Placement.objects.expected().hosted_by(by).filter(bed=bed_id).exists():
        return "Somebody is expected in this bed. Say first that you cannot take them: Our house, Expected."
    return ""


@says_why_it_stays("bed for good")
def bed_is_slept_in(bed_id: UUID, by: Actor) -> str:
    """Somebody sleeps there."""
    if Placement.objects.standing().hosted_by(by).filter(bed=bed_id).exists():
        return "Somebody sleeps in this bed. Close it when they have left."
    return ""


@says_why_it_stays("program")
def somebody_asks_or_waits(program_id: UUID, by: Actor) -> str:
    """An answer is awaited, or somebody stands on the list."""
    if Ask.objects.received_by(by).waiting().filter(program=program_id).exists():
        return "Somebody waits for your answer about this. Answer it first: Our house."
    if Wait.objects.open().received_by(by).filter(program=program_id).exists():
        return "Somebody stands on the waiting list. Take them off first, so that they hear of it."
    return ""
