"""What a stay does to the case of those who placed: its clock, its story, and whether they are safe tonight."""

from datetime import datetime
from uuid import uuid5

from django.db import transaction

from breakwater.cases.actions.holding import keep_held
from breakwater.cases.actions.screening import lost
from breakwater.cases.models import Case, Gate
from breakwater.clocks.actions import stop
from breakwater.clocks.models import Clock
from breakwater.referrals.actions.letters import holds_case, is_news
from breakwater.referrals.events import BedLeft, PersonArrived
from breakwater.referrals.models import Placement
from breakwater.trust.access import Actor
from breakwater.trust.journal import record
from breakwater.trust.models import Entry

ARRIVED = "arrived"
_BED_GONE = "Their bed is no longer held."


@transaction.atomic
def hear_host(entry: Entry, *, by: Actor) -> None:
    """The side that placed takes in what the host wrote down. Hearing it again changes nothing."""
    placement, code = Placement.objects.filter(pk=entry.about or "").first(), entry.facts["code"]
    if placement is None or not holds_case(placement.case_id):
        return
    placement = Placement.objects.lock(placement)
    if is_news(uuid5(placement.pk, code), by=by):
        follow_stay(placement, code, at=entry.at, by=by)


def follow_stay(placement: Placement, code: str, *, at: datetime, by: Actor) -> None:
    """The side that placed, which holds the case: its clock stops, its own story is written, the case stays held.

    A bed that is gone takes *safe tonight* along, where the bed was part of it.
    """
    for clock in Clock.objects.running().of(placement.pk).select_related("circle"):
        kept = code == ARRIVED
        excuse = "" if kept else str(Placement.Ending(code).label)
        stop(clock, how=Clock.Ended.MET if kept else Clock.Ended.EXCUSED, excuse=excuse, at=at, by=by)
    ids = {"placement_id": placement.pk, "bed_id": placement.bed_id}
    event = PersonArrived(**ids) if code == ARRIVED else BedLeft(**ids, ended_how=code)
    record(event, about=placement.pk, circle=placement.circle, episode=placement.case_id, by=by, at=at)
    if code not in (ARRIVED, Placement.Ending.MOVED):
        _no_longer_safe(placement, at=at, by=by)
    keep_held(placement.case_id, circle=placement.circle, at=max(at, by.now), by=by)


def _no_longer_safe(placement: Placement, *, at: datetime, by: Actor) -> None:
    """*Safe tonight* is lost in an open case without another bed, when it was met since they had this one.

    What was met before they had a bed was met by something else, and stands.
    """
    case = Case.objects.open().filter(pk=placement.case_id).select_related("circle").first()
    if case is None or Placement.objects.standing().filter(case=case).exists():
        return
    met = Gate.objects.standing().filter(case=case, kind=Gate.Kind.SAFE_TONIGHT)
    for gate in met.filter(starts_at__gte=_housed_since(placement)):
        lost(gate, case, because=_BED_GONE, at=at, by=by)


def _housed_since(placement: Placement) -> datetime:
    """Since when they had a bed without a break: whoever was moved had the one before."""
    moved = Placement.objects.filter(case=placement.case_id, ended_how=Placement.Ending.MOVED)
    before, since = dict(moved.values_list("ends_at", "starts_at")), placement.starts_at
    while since in before:
        since = before.pop(since)
    return since
