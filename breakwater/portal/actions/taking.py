"""What a receiver without accounts does by its link to a hand-off: it takes the case over, says no, confirms a contact.

Like all that comes by a link it is written down by Breakwater itself, acting for those who offered the case, as told by
whom the receiver says it is.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from breakwater.kernel.errors import Refused
from breakwater.portal.actions.site import Said, held_open, note_answered, say_answered, source_of
from breakwater.portal.answering import Site
from breakwater.portal.library import LINKS
from breakwater.portal.models import SiteLink
from breakwater.referrals.actions.handoff import accept_case, confirm_contact, decline_case
from breakwater.referrals.actions.letters import Word
from breakwater.referrals.actions.meeting import Together, note_meeting
from breakwater.referrals.models import Handoff, HandoffStage, HandoffStageCode, Meeting, Told
from breakwater.trust.access import acting, system_for


@transaction.atomic
def take_case(site: Site, said: Said, *, at: datetime) -> HandoffStage:
    """They will take the case over. Until they have reached the person it is ours, and the link goes on opening.

    Raises:
        Refused: nobody is named who says so.
        Overtaken: it was answered, taken back or closed a moment ago.
    """
    with acting(system_for(site.agency, now=at)) as by:
        link, handoff = held_open(site, said, at=at)
        stage = accept_case(handoff, word=_word(said, handoff), at=at, by=by)
        good_until = Greatest(F("expires_at"), at + LINKS.contact_lasts)
        SiteLink.objects.filter(pk=link.pk).update(expires_at=good_until)
        say_answered(link, "accepted", at=at, by=by)
    return stage


@transaction.atomic
def leave_case(site: Site, said: Said, *, at: datetime) -> HandoffStage:
    """They will not take the case over, and say why. It uses the link up.

    Raises:
        Refused: nobody is named who says so, or nothing is said about why.
        Overtaken: it was answered, taken back or closed a moment ago.
    """
    with acting(system_for(site.agency, now=at)) as by:
        link, handoff = held_open(site, said, at=at)
        stage = decline_case(handoff, word=_word(said, handoff), at=at, by=by)
        note_answered(link, "declined", at=at, by=by)
    return stage


@transaction.atomic
def confirm_reached(site: Site, said: Said, *, at: datetime) -> Handoff:
    """They have reached the person, by themselves or together with us: the hand-off is complete, and the link used up.

    Raises:
        Refused: nobody is named who says so, or it is said to lie ahead.
        Overtaken: it was not accepted, is complete already, or was taken back.
    """
    with acting(system_for(site.agency, now=at)) as by:
        link, handoff = held_open(site, said, at=at)
        word, when = _word(said, handoff), _when(said, at=at)
        if said.how and handoff.stage == HandoffStageCode.ACCEPTED:
            told = Together(
                kind=said.how, outcome=Meeting.Outcome.SPOKE, receiver=word.source, words=said.words
            )
            note_meeting(handoff, told, held_at=when, at=at, by=by)
        else:
            confirm_contact(handoff, word=word, at=max(when, handoff.stages.latest("at").at), by=by)
        note_answered(link, "first_contact", at=at, by=by)
    return handoff


def _when(said: Said, *, at: datetime) -> datetime:
    """When they reached the person, as they say; before their own yes it counts from that.

    Raises:
        Refused: it has not come yet.
    """
    if said.told_at and said.told_at > at:
        raise Refused("You can only say that you reached them once you have. Check the time.")
    return said.told_at or at


def _word(said: Said, handoff: Handoff) -> Word:
    return Word(told_by=Told.RECEIVER, source=source_of(said, handoff.to_name), words=said.words)
