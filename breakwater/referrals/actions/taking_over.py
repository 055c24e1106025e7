"""What a receiver does with a case of its own: takes a hand-off over into one that is open, and completes it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from breakwater.cases.actions.again import hear_again
from breakwater.cases.actions.intake import Story
from breakwater.cases.models import Case
from breakwater.referrals.actions.handoff import HAND_OFF, to_take_over
from breakwater.referrals.actions.letters import Word, tell
from breakwater.referrals.events import HandoffTakenInto
from breakwater.referrals.models import Handoff, HandoffStageCode, Takeover
from breakwater.trust.access import Actor
from breakwater.trust.journal import record
from breakwater.trust.models import Entry


@transaction.atomic
def take_over_into(
    handoff: Handoff, case: Case, story: Story, *, at: datetime, by: Actor, **known: object
) -> Case:
    """The receiver has an open case for the person: what the packet told goes into that, as ``hear_again`` does it.

    Who takes it over before anybody accepted has accepted with it. Whoever answers for the case answers for it still.
    Where the worker spoke with the person, that completes the hand-off.

    Raises:
        NotPermitted: the case was not offered to the actor's agency, or another agency holds the open one.
        Refused: it was declined or taken back, the open case is closed by now, or a danger or a code is less than it
            was and nothing says why.
        Overtaken: the receiver has taken it over already.
    """
    handoff = to_take_over(handoff, at=at, by=by)
    hear_again(case, story, at=at, by=by, **known)
    taken = Takeover.objects.create(circle=case.circle, case=case, came_from=handoff.pk, at=at, by=by.user)
    news = HandoffTakenInto(handoff_id=handoff.pk)
    record(news, about=taken.pk, circle=case.circle, episode=case.pk, by=by, at=at)
    return case


@transaction.atomic
def hear_contact(entry: Entry, *, by: Actor) -> None:
    """The receiver reached the person of a case with which it took hand-offs over. Later contacts change nothing."""
    for handoff in Handoff.objects.received_by(by).filter(pk__in=_taken_over_with(entry)).order_by("pk"):
        if (
            entry.at >= handoff.offered_at
            and Handoff.objects.lock(handoff).stage == HandoffStageCode.ACCEPTED
        ):
            who = f"{entry.by.name}, {by.agency.name}" if entry.by else by.agency.name
            at = max(entry.at, handoff.stages.latest("at").at)
            tell(handoff, HandoffStageCode.FIRST_CONTACT, Word(source=who[:200]), kind=HAND_OFF, at=at, by=by)


def _taken_over_with(entry: Entry) -> set[UUID]:
    """The hand-offs for which the case of an entry was opened, or which went into it."""
    if (case_id := entry.episode) is None:
        return set()
    opened = Case.objects.filter(pk=case_id).exclude(came_from=None).values_list("came_from", flat=True)
    into = Takeover.objects.filter(case=case_id).values_list("came_from", flat=True)
    return {one for one in (*opened, *into) if one}
