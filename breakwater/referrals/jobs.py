"""Every minute: beds that were held and not taken up are let go, and what is free is offered to who is next."""

from datetime import datetime

from django.db.models import QuerySet

from breakwater.clocks.jobs import for_each_agency, look_at
from breakwater.clocks.models import Clock
from breakwater.kernel.db import now_by_the_database
from breakwater.kernel.jobs import every
from breakwater.referrals.actions.holds import let_go
from breakwater.referrals.actions.turns import offer_free_beds
from breakwater.referrals.actions.waiting import OFFER, follow_offer
from breakwater.referrals.models import Hold, Wait, lost_rounds
from breakwater.resources.models import Program
from breakwater.trust.access import acting, system_for
from breakwater.trust.models import Agency


@every("* * * * *", "referrals.let_go")
def let_go_everywhere(timestamp: int) -> None:
    """End the rounds whose bed is no longer held, so that nobody goes on waiting for it."""
    at = now_by_the_database()
    for_each_agency(lambda agency: let_go_of(agency, at=at))


def let_go_of(agency: Agency, *, at: datetime) -> int:
    """End those of one agency, each by itself, after it heard that their time was missed. How many there were."""
    by = system_for(agency, now=at)
    with acting(by):
        lost = list(lost_rounds().filter(agency=agency))
    if lost:
        look_at(agency, at=at)
    ended = 0
    for round_ in lost:
        with acting(by):
            ended += let_go(round_, at=at, by=by)
    return ended


@every("* * * * *", "referrals.offer_on")
def offer_on_everywhere(timestamp: int) -> None:
    """Offer what is free to who is next on each list, and let go what nobody answered in time."""
    at = now_by_the_database()
    for_each_agency(lambda agency: offer_on(agency, at=at))


def offer_on(agency: Agency, *, at: datetime) -> int:
    """One agency's lists, each by itself, and the offers to its own people. How many beds were offered."""
    by = system_for(agency, now=at)
    with acting(by):
        lists = list(Program.objects.filter(pk__in=Wait.objects.open().received_by(by).values("program")))
        missed = list(_run_out_for(agency))
    offered = 0
    for program in lists:
        with acting(by):
            offered += len(offer_free_beds(program, at=at, by=by))
    if missed:
        look_at(agency, at=at)
    for hold in missed:
        with acting(by):
            follow_offer(hold, at=at, by=by)
    return offered


def _run_out_for(agency: Agency) -> QuerySet[Hold]:
    """Offers to an agency's people that stand no longer, and whose clock still runs."""
    clocks = Clock.objects.running().of_agency(agency).filter(kind=OFFER)
    standing = Hold.objects.standing().values("pk")
    return Hold.objects.filter(pk__in=clocks.values("about")).exclude(pk__in=standing)
