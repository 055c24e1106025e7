"""How the chronology tells what happened to referrals, beds, waiting lists, rides and hand-offs."""

from django.db.models import TextChoices

from breakwater.cases.timeline import reads, says
from breakwater.cases.timeline.sentences import Facts, within
from breakwater.kernel.events import Event
from breakwater.kernel.text import Filled, Ours
from breakwater.referrals import events
from breakwater.referrals.library import ROUNDS, WAITS
from breakwater.referrals.models import Hold, Meeting, Placement, Ride, Round, Stage, Told, Wait
from breakwater.resources.models import Bed, Domain

# What the rows behind an entry say: which bed, which house, who drives, whom we asked. Of those who hide where they are
# nothing is named: a record is read by others than those who wrote it.
_BED = """(SELECT b.label || ', ' || p.name FROM resources_bed b JOIN resources_place p ON p.id = b.place_id
    JOIN trust_agency a ON a.id = b.agency_id
    WHERE b.id = {bed} AND NOT p.is_confidential AND a.kind <> 'victim_service')"""
_HOLD = "(SELECT {what} FROM referrals_hold h WHERE h.round_id = r.id ORDER BY h.starts_at LIMIT 1)"
_HOUSE = """(SELECT p.name FROM resources_program g JOIN resources_place p ON p.id = g.place_id
    LEFT JOIN trust_agency a ON a.id = g.agency_id
    WHERE g.id = r.program_id AND NOT p.is_confidential AND coalesce(a.kind, '') <> 'victim_service')"""
_ASKED = """(SELECT string_agg(coalesce(a.name, p.name), ', ' ORDER BY coalesce(a.name, p.name))
    FROM referrals_ask k JOIN resources_program g ON g.id = k.program_id JOIN resources_place p ON p.id = g.place_id
    LEFT JOIN trust_agency a ON a.id = k.to_agency_id
    WHERE k.round_id = r.id AND NOT p.is_confidential AND coalesce(a.kind, '') <> 'victim_service')"""
_DRIVES = """(SELECT coalesce(nullif(x.contractor, ''), a.name) FROM referrals_ride x
    JOIN trust_agency a ON a.id = coalesce(x.to_agency_id, x.from_agency_id)
    WHERE x.id = r.ride_id AND a.kind <> 'victim_service')"""
_DRIVER = """(SELECT u.name FROM referrals_ride x JOIN trust_user u ON u.id = x.driver_id
    JOIN trust_agency a ON a.id = coalesce(x.to_agency_id, x.from_agency_id)
    WHERE x.id = r.ride_id AND a.kind <> 'victim_service')"""
_FIRST = "(SELECT x.asked_at = r.joined_at FROM referrals_ride x WHERE x.id = r.ride_id)"
_TO = """(SELECT r.to_name WHERE NOT EXISTS (
    SELECT 1 FROM trust_agency a WHERE a.id = r.to_agency_id AND a.kind = 'victim_service'))"""

_events: tuple[type[Event], ...] = (events.PersonPlaced, events.PersonArrived)
for _event in _events:
    reads(_event, "referrals_placement", bed=_BED.format(bed="r.bed_id"))
reads(
    events.BedLeft, "referrals_placement", bed=_BED.format(bed="r.bed_id"), why="(r.reason)", words="r.words"
)
reads(events.RoundOpened, "referrals_round", places=_ASKED)
reads(
    events.BedOffered, "referrals_round", bed=_HOLD.format(what=_BED.format(bed="h.bed_id")),
    house=_HOLD.format(
        what="(SELECT a.name FROM trust_agency a WHERE a.id = h.to_agency_id AND a.kind <> 'victim_service')"
    ),
)  # fmt: skip
reads(events.RoundClosed, "referrals_round", held=_HOLD.format(what="h.ended_how"))
_events = (events.WaitBegun, events.OfferReceived, events.OfferOver, events.TurnSkipped, events.WaitOver)
for _event in _events:
    reads(_event, "referrals_wait", house=_HOUSE)
_events = (events.RideAsked, events.RideStands)
for _event in _events:
    reads(_event, "referrals_passenger", drives=_DRIVES, driver=_DRIVER, first=_FIRST)
_events = (
    events.ReferralMade, events.ReferralAcknowledged, events.ReferralAccepted, events.ReferralDeclined,
    events.HelpStarted, events.ReferralOnHold, events.LoopClosed,
)  # fmt: skip
for _event in _events:
    reads(_event, "referrals_referral", to=_TO)
_events = (
    events.HandoffOffered, events.HandoffAccepted, events.HandoffDeclined, events.FirstContactConfirmed,
)  # fmt: skip
for _event in _events:
    reads(_event, "referrals_handoff", to=_TO)


@says(events.ReferralMade)
def _made(facts: Facts) -> str:
    to = facts.get("to")
    if to:
        return Filled("{to} was asked for help: {need_label}.", to=to, need_label=_need(facts))
    return Filled("Help was asked for: {need_label}.", need_label=_need(facts))


@says(events.ReferralAcknowledged)
def _acknowledged(facts: Facts) -> str:
    return Filled("{receiver_label} has read the referral.", receiver_label=_receiver(facts))


@says(events.ReferralAccepted)
def _accepted(facts: Facts) -> str:
    return Filled("{receiver_label} will help.", receiver_label=_receiver(facts))


@says(events.ReferralDeclined)
def _declined(facts: Facts) -> str:
    return Filled(
        "{receiver_label} declined the referral for {need_label}: {reason_label}.",
        receiver_label=_receiver(facts), need_label=_need(facts),
        reason_label=_label(Stage.Reason, facts.get("reason")),
    )  # fmt: skip


@says(events.HelpStarted)
def _started(facts: Facts) -> str:
    return Filled("{receiver_label} has begun to help.", receiver_label=_receiver(facts))


@says(events.ReferralOnHold)
def _on_hold(facts: Facts) -> str:
    return Filled("{receiver_label} cannot go on for a while.", receiver_label=_receiver(facts))


@says(events.LoopClosed)
def _closed(facts: Facts) -> str:
    told = {"need_label": _need(facts), "told_label": _label(Told, facts.get("told_by"))}
    if facts.get("code") == "need_met":
        return Filled("The need for {need_label} was met, told by {told_label}.", **told)
    return Filled(
        "The need for {need_label} was not met, told by {told_label}: {reason_label}.",
        reason_label=_label(Stage.Reason, facts.get("reason")), **told,
    )  # fmt: skip


@says(events.PersonPlaced)
def _placed(facts: Facts) -> str:
    bed = facts.get("bed")
    return f"A bed is held for them: {bed}." if bed else "A bed is held for them."


@says(events.PersonArrived)
def _arrived(facts: Facts) -> str:
    bed = facts.get("bed")
    return (
        f"They reached the bed that was held for them: {bed}."
        if bed
        else "They reached the bed held for them."
    )


@says(events.BedLeft)
def _left(facts: Facts) -> str:
    how: str = _label(Placement.Ending, facts.get("ended_how"))
    if facts.get("why") in ROUNDS.reasons:
        why = within(ROUNDS.reasons[str(facts["why"])].label)
        how = Filled("{how_label}, {why_label}", how_label=how, why_label=why)
    bed = facts.get("bed")
    if bed:
        return Filled("{bed}, is free again: {how_label}.", bed=bed, how_label=how)
    return Filled("The bed is free again: {how_label}.", how_label=how)


@says(events.RoundOpened)
def _opened(facts: Facts) -> str:
    kind, places = _label(Bed.Kind, facts.get("kind")), facts.get("places")
    if places:
        return Filled("A bed was asked for ({kind_label}): {places}.", kind_label=kind, places=places)
    return Filled("A bed was asked for ({kind_label}).", kind_label=kind)


@says(events.BedOffered)
def _offered(facts: Facts) -> str:
    house, bed = facts.get("house"), facts.get("bed")
    if house and bed:
        return f"{house} said yes first, and holds a bed: {bed}."
    return f"{house} said yes first, and holds a bed." if house else "The first place said yes."


@says(events.RoundClosed)
def _round_closed(facts: Facts) -> str:
    how = facts.get("how")
    if how == Round.Ending.TAKEN_UP:
        return "Places are asked no longer: the bed was taken up."
    if how == Round.Ending.CALLED_OFF:
        return "Places are asked no longer: it was called off."
    if facts.get("held"):
        ended = _label(Hold.Ending, facts["held"])
        return Filled("The bed that was held is held no longer: {ended_label}.", ended_label=ended)
    return "Places are asked no longer: nobody said yes."


@says(events.HandoffOffered)
def _handoff(facts: Facts) -> str:
    to = facts.get("to")
    return (
        f"{to} was asked to take the case over." if to else "Another agency was asked to take the case over."
    )


@says(events.HandoffAccepted)
def _taken_over(facts: Facts) -> str:
    return Filled(
        "{receiver_label} will take the case over. Until its first contact the case stays where it is.",
        receiver_label=_receiver(facts),
    )


@says(events.HandoffTakenInto)
def _taken_into(facts: Facts) -> str:
    return "A case that another agency handed over was taken over into this one."


@says(events.HandoffDeclined)
def _not_taken_over(facts: Facts) -> str:
    return Filled("{receiver_label} will not take the case over.", receiver_label=_receiver(facts))


@says(events.FirstContactConfirmed)
def _confirmed(facts: Facts) -> str:
    return Filled(
        "The hand-off is complete: {receiver_label} has reached the person, told by {told_label}.",
        receiver_label=_receiver(facts), told_label=_label(Told, facts.get("told_by")),
    )  # fmt: skip


@says(events.HandoffMeetingHeld)
def _met(facts: Facts) -> str:
    how, came = _label(Meeting.Kind, facts.get("kind")), _label(Meeting.Outcome, facts.get("outcome"))
    return Filled("For the hand-off there was {how_label}: {came_label}.", how_label=how, came_label=came)


@says(events.OfferOver)
def _offer_over(facts: Facts) -> str:
    how, house = _label(Hold.Ending, facts.get("how")), facts.get("house")
    if house:
        return Filled(
            "The bed they were offered at {house} is held for them no longer: {how_label}.",
            house=house,
            how_label=how,
        )
    return Filled("The bed they were offered is held for them no longer: {how_label}.", how_label=how)


@says(events.WaitBegun)
def _wait(facts: Facts) -> str:
    house = facts.get("house")
    return f"They were put on a waiting list: {house}." if house else "They were put on a waiting list."


@says(events.OfferReceived)
def _turn(facts: Facts) -> str:
    house = facts.get("house")
    return (
        f"It is their turn: {house} holds a bed for them."
        if house
        else "It is their turn: a bed is held for them."
    )


@says(events.TurnSkipped)
def _skipped(facts: Facts) -> str:
    reason = str(facts.get("reason"))
    why = within(WAITS.skips.get(reason, reason))
    return Filled("The house passed them over for a while: {why_label}.", why_label=why)


@says(events.WaitOver)
def _waited(facts: Facts) -> str:
    how = _label(Wait.Ending, facts.get("how"))
    return Filled("They stand on the waiting list no longer: {how_label}.", how_label=how)


@says(events.RideStands)
def _ride(facts: Facts) -> str:
    code, driver, drives = str(facts.get("code")), facts.get("driver"), facts.get("drives")
    if code == Ride.Stage.ASSIGNED and drives:
        who = f"{driver}, {drives}" if driver else drives
        return f"Their ride: a driver is found ({who})."
    stage = Ours("taken off it") if code == "left" else _label(Ride.Stage, code)
    return Filled("Their ride: {stage_label}.", stage_label=stage)


@says(events.RideAsked)
def _ride_asked(facts: Facts) -> str:
    drives = facts.get("drives")
    if facts.get("first") is False and drives:
        return f"They were put on a ride that was arranged already: {drives} drives."
    if facts.get("first") is False:
        return "They were put on a ride that was arranged already."
    return f"A ride was asked for: {drives} drives." if drives else "A ride was asked for."


def _receiver(facts: Facts) -> str:
    """Whom we asked, as far as it may be named."""
    return str(facts["to"]) if facts.get("to") else Ours("The receiver")


def _need(facts: Facts) -> Ours:
    return _label(Domain, facts.get("need"))


def _label(labels: type[TextChoices], code: object) -> Ours:
    """A code in words, or the code itself when it is not known any more."""
    return within(dict(labels.choices).get(str(code), str(code)))
