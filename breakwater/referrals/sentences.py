"""How the chronology tells what happened to referrals, beds and hand-offs."""

from django.db.models import TextChoices

from breakwater.cases.timeline import says
from breakwater.cases.timeline.sentences import Facts
from breakwater.referrals import events
from breakwater.referrals.models import Placement, Stage, Told
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


def _need(facts: Facts) -> str:
    return _label(Domain, facts.get("need"))


def _label(labels: type[TextChoices], code: object) -> str:
    """A code in words, or the code itself when it is not known any more."""
    return dict(labels.choices).get(str(code), str(code)).lower()
