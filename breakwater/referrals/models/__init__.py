from breakwater.referrals.models.handoff import Handoff, HandoffStage
from breakwater.referrals.models.loop import Referral, Stage
from breakwater.referrals.models.placement import Placement

__all__ = ["Handoff", "HandoffStage", "Placement", "Referral", "Stage"]
