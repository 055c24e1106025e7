"""A place without accounts answers what it was asked: those who asked write down what it said, and who there said so.

It said so by phone, or by a link and a code; which of the two stands in the source. Its yes wins like any other.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from breakwater.kernel.errors import NotPermitted, Refused
from breakwater.referrals.actions.answering import asked_back, must_say_why, say, still_awaited, won_by
from breakwater.referrals.actions.letters import hold_case
from breakwater.referrals.actions.rounds import close_round, end_hold, locked_round, must_stand
from breakwater.referrals.models import Ask, Hold, Question, Round
from breakwater.trust.access import Actor
from breakwater.trust.models import Circle

LONGEST_SOURCE = 200


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What a place said: who there, how it came, and in which words."""

    source: str
    words: str = ""
    reason: str = ""


@transaction.atomic
def hear_yes(ask: Ask, heard: Heard, *, at: datetime, by: Actor) -> Hold:
    """They keep a place. Of all who say yes one is first, by the rows of the database; until when, by its clock.

    Raises:
        NotPermitted: somebody else asked them.
        Refused: they have accounts and answer themselves, or nobody is named who says so.
        Overtaken: another place was faster, or nobody asks any more.
    """
    ask = _awaited(ask, heard, by=by)
    hold = won_by(ask, None, by=by)
    ask.source, ask.answer = heard.source, heard.words
    say(ask, Ask.Stage.ACCEPTED, at=at, by=by)
    return hold


@transaction.atomic
def hear_no(ask: Ask, heard: Heard, *, at: datetime, by: Actor) -> Ask:
    """They cannot, and say why.

    Raises:
        NotPermitted: somebody else asked them.
        Refused: they have accounts and answer themselves, or nobody is named who says so, or there is no reason.
        Overtaken: it was answered or called off a moment ago.
    """
    must_say_why(heard.reason, heard.words)
    ask = _awaited(ask, heard, by=by)
    ask.source, ask.reason, ask.answer = heard.source, heard.reason, heard.words
    say(ask, Ask.Stage.DECLINED, at=at, by=by)
    return ask


@transaction.atomic
def hear_question(ask: Ask, heard: Heard, *, at: datetime, by: Actor) -> Question:
    """They want to know something first.

    Raises:
        NotPermitted: somebody else asked them.
        Refused: they have accounts and ask themselves, nobody is named who asks, or nothing is asked.
        Overtaken: their last question has no reply yet, or nobody asks any more.
    """
    return asked_back(_awaited(ask, heard, by=by), heard.words, at=at, by=by)


@transaction.atomic
def hear_taking_back(ask: Ask, heard: Heard, *, at: datetime, by: Actor) -> Hold:
    """They cannot keep it after all. The round is over, and whoever asked asks again.

    Raises:
        NotPermitted: somebody else asked them.
        Refused: they have accounts, nobody is named who says so, or nothing is said about why.
        Overtaken: it is held no longer.
    """
    _permit(ask, heard, by=by)
    if not heard.words.strip():
        raise Refused("Say why, in a few words.")
    found = Round.objects.get(pk=ask.round_id)
    hold_case(found.case_id)
    found = locked_round(found)
    hold: Hold = Hold.objects.lock(Hold.objects.get(ask=ask))
    must_stand(hold)
    end_hold(hold, Hold.Ending.WITHDRAWN, f"{heard.source}: {heard.words}", at=at, by=by)
    close_round(found, Round.Ending.RAN_OUT, at=at, by=by)
    return hold


def _awaited(ask: Ask, heard: Heard, *, by: Actor) -> Ask:
    _permit(ask, heard, by=by)
    return still_awaited(ask)


def _permit(ask: Ask, heard: Heard, *, by: Actor) -> None:
    if ask.from_agency_id != by.agency_id:
        raise NotPermitted("Only those who asked write down what a place said.")
    if ask.to_agency_id is not None:
        raise Refused("They have an account, and answer this themselves.")
    by.must("referrals.place", Circle(pk=Round.objects.values_list("circle", flat=True).get(pk=ask.round_id)))
    if not heard.source.strip():
        raise Refused("Say who there says so, so that they can be called back.")
