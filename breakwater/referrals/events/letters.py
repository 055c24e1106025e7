"""What referrals may announce of letters: referrals and hand-offs."""

from uuid import UUID

from breakwater.kernel.events import Event


class ReferralMade(Event):
    """Somebody was asked to help with a need."""

    referral_id: UUID
    need: str
    to_agency_id: UUID | None = None


class ReferralAnswered(Event):
    """The receiver wrote down a stage on its own side."""

    referral_id: UUID
    stage_id: UUID
    code: str


class ReferralAcknowledged(Event):
    """The receiver has read the referral."""

    referral_id: UUID


class ReferralAccepted(Event):
    """The receiver will help."""

    referral_id: UUID


class ReferralDeclined(Event):
    """The receiver will not help; somebody else is to be found."""

    referral_id: UUID
    need: str
    reason: str


class HelpStarted(Event):
    """The receiver has begun to help."""

    referral_id: UUID


class ReferralOnHold(Event):
    """The receiver cannot go on for a while."""

    referral_id: UUID


class LoopClosed(Event):
    """The need was met or not, as told by the person or a second source."""

    referral_id: UUID
    need: str
    code: str
    told_by: str
    reason: str = ""


class ReferralWithdrawn(Event):
    """The sender took the referral back."""

    referral_id: UUID


class HandoffOffered(Event):
    """Another agency was asked to take a case over."""

    handoff_id: UUID
    to_agency_id: UUID | None = None


class HandoffAnswered(Event):
    """The receiver wrote down a stage of a hand-off on its own side."""

    handoff_id: UUID
    stage_id: UUID
    code: str


class HandoffAccepted(Event):
    """The receiver will take the case over. Until its first contact the case stays where it is."""

    handoff_id: UUID


class HandoffTakenInto(Event):
    """A case that another agency offered was taken over into the one that is open here."""

    handoff_id: UUID


class HandoffDeclined(Event):
    """The receiver will not take the case over."""

    handoff_id: UUID


class FirstContactConfirmed(Event):
    """The receiver has reached the person: the hand-off is complete."""

    handoff_id: UUID
    told_by: str


class HandoffWithdrawn(Event):
    """The sender keeps the case after all."""

    handoff_id: UUID


class HandoffMeetingHeld(Event):
    """A call with three or a visit together, as part of a hand-off."""

    handoff_id: UUID
    meeting_id: UUID
    kind: str
    outcome: str


class HandoffMeetingTold(Event):
    """The receiver wrote down a call with three or a visit together on its own side."""

    handoff_id: UUID
    meeting_id: UUID
