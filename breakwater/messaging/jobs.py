"""Notices go as soon as they may; every minute those are tried whose moment has come, and urgent ones go on."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from breakwater.clocks.jobs import for_each_agency
from breakwater.kernel.jobs import every, job
from breakwater.messaging.actions.notices import go_on, hear_refusal_by_mark
from breakwater.messaging.actions.sending import send
from breakwater.messaging.models import Notice
from breakwater.trust.access import acting, system_for
from breakwater.trust.models import Agency

_AT_ONCE = 200
"""How many of one agency are tried in a minute, so that no other waits for long."""


@job("messaging.send")
def send_one(notice_id: str, agency_id: str) -> None:
    """One notice that was just asked for."""
    by = system_for(Agency.objects.get(pk=agency_id), now=timezone.now())
    with acting(by):
        send(UUID(notice_id), at=by.now, by=by)


@job("messaging.refused")
def refused(mark: str, agency_id: str) -> None:
    """Somebody wants no more notices, at a number that their agency keeps without a token."""
    by = system_for(Agency.objects.get(pk=agency_id), now=timezone.now())
    with acting(by):
        hear_refusal_by_mark(mark, at=by.now, by=by)


@every("* * * * *", "messaging.send_due")
def send_due_everywhere(timestamp: int) -> None:
    """What waits, agency by agency."""
    at = timezone.now()
    for_each_agency(lambda agency: send_due(agency, at=at))


def send_due(agency: Agency, *, at: datetime) -> int:
    """One agency's, each by itself. Where nothing answers, nothing more is tried in this minute. How many went."""
    by, closed, went = system_for(agency, now=at), set(), 0
    with acting(by):
        waiting = list(Notice.objects.visible_to(by).due(at).values_list("pk", "channel")[:_AT_ONCE])
    for notice_id, channel in waiting:
        if channel in closed:
            continue
        with acting(by):
            came_to = send(notice_id, at=at, by=by)
        went += came_to == Notice.State.SENT
        if came_to == "unreachable":
            closed.add(channel)
    return went


@every("* * * * *", "messaging.go_on")
def go_on_everywhere(timestamp: int) -> None:
    """Urgent notices that nobody looked at in time go on to somebody else."""
    at = timezone.now()
    for_each_agency(lambda agency: go_on_of(agency, at=at))


def go_on_of(agency: Agency, *, at: datetime) -> int:
    """One agency's, each by itself. How many there were."""
    by = system_for(agency, now=at)
    with acting(by):
        unanswered = list(Notice.objects.visible_to(by).unanswered(at))
    for notice in unanswered:
        with acting(by):
            go_on(notice, at=at, by=by)
    return len(unanswered)
