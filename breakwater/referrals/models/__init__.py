from breakwater.referrals.models.asking import Ask, Question, Round, won_rounds
from breakwater.referrals.models.handoff import (
    Handoff,
    HandoffStage,
    HandoffStageCode,
    Meeting,
    Takeover,
    our_cases,
)
from breakwater.referrals.models.holding import Hold, lost_rounds
from breakwater.referrals.models.letters import Hearing, LetterQuerySet, oldest_due_first
from breakwater.referrals.models.loop import Referral, ReferralStage, Stage, Told
from breakwater.referrals.models.placement import (
    Placement,
    free_beds,
    given_since_told,
    houses_to_call,
    phones_of_bed,
    taken_beds,
)
from breakwater.referrals.models.promised import bed_is_expected, bed_is_slept_in, somebody_asks_or_waits
from breakwater.referrals.models.rides import Passenger, Ride, Stop
from breakwater.referrals.models.waitlist import ListRule, Skip, Wait

__all__ = [
    "Ask",
    "Handoff",
    "HandoffStage",
    "HandoffStageCode",
    "Hearing",
    "Hold",
    "LetterQuerySet",
    "ListRule",
    "Meeting",
    "Passenger",
    "Placement",
    "Question",
    "Referral",
    "ReferralStage",
    "Ride",
    "Round",
    "Skip",
    "Stage",
    "Stop",
    "Takeover",
    "Told",
    "Wait",
    "bed_is_expected",
    "bed_is_slept_in",
    "free_beds",
    "given_since_told",
    "houses_to_call",
    "lost_rounds",
    "oldest_due_first",
    "our_cases",
    "phones_of_bed",
    "somebody_asks_or_waits",
    "taken_beds",
    "won_rounds",
]
