"""What referrals may announce of beds, rounds, waiting lists and rides."""

from uuid import UUID

from breakwater.kernel.events import Event


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


class HostTold(Event):
    """Those who keep a bed hear what those who placed somebody there wrote down."""

    placement_id: UUID
    code: str


class RideBedGone(Event):
    """The bed that a ride goes to was given up."""

    ride_id: UUID


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
