"""How the chronology tells what happened to referrals, beds, waiting lists, rides and hand-offs."""

from django.db.models import TextChoices

from breakwater.cases.timeline import says
from breakwater.cases.timeline.sentences import Facts
from breakwater.referrals import events
from breakwater.referrals.library import WAITS
from breakwater.referrals.models import Hold, Meeting, Placement, Ride, Stage, Told, Wait
from breakwater.resources.models import Domain


@says(events.ReferralMade)
def _made(facts: Facts) -> str:
    return f"Help was asked for: {_need(facts)}."


@says(events.ReferralDeclined)
def _declined(facts: Facts) -> str:
    return f"The referral for {_need(facts)} was declined: {_label(Stage.Reason, facts.get('reason'))}."


@says(events.LoopClosed)
def _closed(facts: Facts) -> str:
    told = f"told by {_label(Told, facts.get('told_by'))}"
    if facts.get("code") == "need_met":
        return f"The need for {_need(facts)} was met, {told}."
    return f"The need for {_need(facts)} was not met, {told}: {_label(Stage.Reason, facts.get('reason'))}."


@says(events.BedLeft)
def _left(facts: Facts) -> str:
    return f"The bed is free again: {_label(Placement.Ending, facts.get('ended_how'))}."


@says(events.FirstContactConfirmed)
def _confirmed(facts: Facts) -> str:
    told = _label(Told, facts.get("told_by"))
    return f"The hand-off is complete: the receiver has reached the person, told by {told}."


@says(events.HandoffMeetingHeld)
def _met(facts: Facts) -> str:
    how, came = _label(Meeting.Kind, facts.get("kind")), _label(Meeting.Outcome, facts.get("outcome"))
    return f"For the hand-off there was {how}: {came}."


@says(events.OfferOver)
def _offer_over(facts: Facts) -> str:
    return f"The bed they were offered is held for them no longer: {_label(Hold.Ending, facts.get('how'))}."


@says(events.TurnSkipped)
def _skipped(facts: Facts) -> str:
    reason = str(facts.get("reason"))
    return f"The house passed them over for a while: {WAITS.skips.get(reason, reason).lower()}."


@says(events.WaitOver)
def _waited(facts: Facts) -> str:
    return f"They stand on the waiting list no longer: {_label(Wait.Ending, facts.get('how'))}."


@says(events.RideStands)
def _ride(facts: Facts) -> str:
    code = str(facts.get("code"))
    return f"Their ride: {'taken off it' if code == 'left' else _label(Ride.Stage, code)}."


def _need(facts: Facts) -> str:
    return _label(Domain, facts.get("need"))


def _label(labels: type[TextChoices], code: object) -> str:
    """A code in words, or the code itself when it is not known any more."""
    return dict(labels.choices).get(str(code), str(code)).lower()
