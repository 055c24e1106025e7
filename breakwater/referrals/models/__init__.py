from breakwater.referrals.models.handoff import Handoff, HandoffStage, HandoffStageCode
from breakwater.referrals.models.letters import Hearing, LetterQuerySet, oldest_due_first
from breakwater.referrals.models.loop import Referral, ReferralStage, Stage, Told
from breakwater.referrals.models.placement import Placement, free_beds, houses_to_call, taken_beds

__all__ = [
    "Handoff",
    "HandoffStage",
    "HandoffStageCode",
    "Hearing",
    "LetterQuerySet",
    "Placement",
    "Referral",
    "ReferralStage",
    "Stage",
    "Told",
    "free_beds",
    "houses_to_call",
    "oldest_due_first",
    "taken_beds",
]
