"""What referrals may announce.

A letter has two ends, and each keeps a journal of its own. What the receiver does, it announces as news for
the sender (``ReferralAnswered``, ``HandoffAnswered``, ``HostReported``); the sender's side follows with its
clocks, and with an entry in the story of its case.
"""

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


class PersonPlaced(Event):
    """A bed is held for somebody."""

    placement_id: UUID
    bed_id: UUID


class PersonArrived(Event):
    """Somebody reached the bed that was held for them."""

    placement_id: UUID
    bed_id: UUID


class BedLeft(Event):
    """Somebody no longer holds a bed: left, moved, did not come, or no longer needs it."""

    placement_id: UUID
    bed_id: UUID
    ended_how: str


class HostReported(Event):
    """Those who run the bed wrote down an arrival or a departure on their own side."""

    placement_id: UUID
    code: str


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


class RoundOpened(Event):
    """Several places were asked for a bed at once."""

    round_id: UUID
    kind: str
    asked: int


class PlaceAsked(Event):
    """A place was asked for a bed."""

    ask_id: UUID


class AskAnswered(Event):
    """A place that was asked for a bed said yes or no."""

    ask_id: UUID
    code: str


class QuestionPut(Event):
    """A place that was asked for a bed wants to know something first."""

    ask_id: UUID


class QuestionReplied(Event):
    """Those who ask for a bed replied to a question."""

    ask_id: UUID


class AskCalledOff(Event):
    """A place need not answer any more: the bed is found, or no longer needed."""

    ask_id: UUID


class BedOffered(Event):
    """The first place said yes and holds a bed."""

    round_id: UUID
    hold_id: UUID


class HoldEnded(Event):
    """A bed that was held is so no longer: taken up, given back, or taken back by the place."""

    hold_id: UUID
    how: str


class RoundClosed(Event):
    """Places are asked no longer: a bed was taken up, the hold ran out, or it was called off."""

    round_id: UUID
    how: str


class WaitBegun(Event):
    """Somebody was put on a waiting list."""

    wait_id: UUID
    program_id: UUID


class WaitConfirmed(Event):
    """A bed is still wanted."""

    wait_id: UUID


class WaitOver(Event):
    """Somebody waits no longer: they took a bed, left the list, or were taken off it."""

    wait_id: UUID
    how: str
    reason: str = ""


class ListChanged(Event):
    """A house has somebody more on its list, or somebody less: they took a bed, or left."""

    wait_id: UUID


class TakenOffList(Event):
    """The house took somebody off its list."""

    wait_id: UUID


class PassedOver(Event):
    """The house passes somebody over for a while."""

    skip_id: UUID


class TurnSkipped(Event):
    """Somebody who waits was passed over for a while."""

    wait_id: UUID
    reason: str


class OfferMade(Event):
    """A bed became free, and the house offers it to who is next."""

    hold_id: UUID


class OfferReceived(Event):
    """It is their turn: a bed is held for somebody who waited."""

    wait_id: UUID
    hold_id: UUID


class OfferEnded(Event):
    """An offer stands no longer: taken up, not taken, or taken back by the house."""

    hold_id: UUID
    how: str


class OfferOver(Event):
    """A bed that was offered to somebody who waited is held for them no longer."""

    wait_id: UUID
    hold_id: UUID
    how: str


class ListRuleSaid(Event):
    """A house said whom it puts first on a list, and how long an offer stands."""

    program_id: UUID


class RideAsked(Event):
    """A ride was asked for, or somebody was put on one."""

    ride_id: UUID
    passenger_id: UUID


class RideMoved(Event):
    """The other end of a ride asks one to drive, or wrote down how it stands."""

    ride_id: UUID
    code: str


class RideStands(Event):
    """How the ride of somebody stands: a driver is found, picked up, arrived, did not happen, called off, or left."""

    ride_id: UUID
    passenger_id: UUID
    code: str
