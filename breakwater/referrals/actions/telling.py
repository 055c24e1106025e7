"""Who of us is told what somebody at the other end of an ask, a bed or a ride wrote down. Told twice is told once."""

from uuid import UUID

from breakwater.cases.models import Assignment, Case
from breakwater.messaging.actions.notices import News, tell_workers
from breakwater.referrals.models import Ride
from breakwater.trust.access import Actor


def tell_owners(
    case_id: UUID,
    cause: UUID,
    *,
    kind: str = "change",
    is_urgent: bool = False,
    wrote: UUID | None = None,
    by: Actor,
) -> None:
    """Whoever of us is accountable for a case; nobody in particular is the duty queue.

    Nobody is told of a case that went home: it leads nowhere for us.

    Args:
        wrote: who wrote it down; whoever is accountable is not told what they wrote themselves.
    """
    found = Assignment.objects.owners().filter(case=case_id, agency=by.agency_id)
    owners = set(found.values_list("worker", flat=True))
    if (wrote and wrote in owners) or not (owners or Case.objects.filter(pk=case_id).exists()):
        return
    news = News(kind=kind, cause=cause, about=case_id, is_urgent=is_urgent, by_whom="referrals.place")
    tell_workers(news, owners - {None}, at=by.now, by=by)


def tell_duty(
    kind: str, cause: UUID, *, about: UUID, by_whom: str, is_urgent: bool = False, by: Actor
) -> None:
    """The duty queue, and by the ways they chose those of us who may do something about it."""
    news = News(kind=kind, cause=cause, about=about, is_urgent=is_urgent, by_whom=by_whom)
    tell_workers(news, set(), at=by.now, by=by)


def tell_driver(ride: Ride, cause: UUID, *, is_urgent: bool = False, by: Actor) -> None:
    """Who of us drives; the duty queue where nobody does yet."""
    news = News(kind="ride", cause=cause, about=ride.pk, is_urgent=is_urgent, by_whom="referrals.place")
    tell_workers(news, {ride.driver_id} if ride.driver_id else set(), at=by.now, by=by)
