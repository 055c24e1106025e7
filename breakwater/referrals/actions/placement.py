"""Beds: hold one for somebody, write down that they arrived, left, moved, or did not come.

Two agencies may know: the one that placed, and the one that keeps the bed. Either may write down what
happened at it; the side that placed keeps the clock, and follows (``staying``) when it hears from the host.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from breakwater.cases.actions.holding import episode_of, held
from breakwater.cases.actions.moments import happened
from breakwater.cases.models import Case
from breakwater.clocks.actions import Promise, start
from breakwater.kernel.db import refuse_if
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.referrals.actions.accepting import must_be_accepted, must_be_given_here, must_say_why
from breakwater.referrals.actions.letters import hold_case
from breakwater.referrals.actions.sharing import may_tell_the_host
from breakwater.referrals.actions.staying import ARRIVED, follow_stay
from breakwater.referrals.events import HostReported, HostTold, PersonPlaced
from breakwater.referrals.models import Placement
from breakwater.resources.models import Bed
from breakwater.trust.access import Actor
from breakwater.trust.actions.circles import hold_circle
from breakwater.trust.journal import record

ARRIVAL = "placement_arrival"
EXPECTED = "expected"
_TAKEN, _HELD = "one_person_in_a_bed_at_a_time", "a_held_bed_is_given_to_nobody_else"
_HOLDS = "one_bed_for_a_case_at_a_time"


@dataclass(frozen=True, kw_only=True)
class Guest:
    """What those who keep the bed are told: a name or nothing, and when it is likely to be free again."""

    known_as: str = ""
    leaves_about: datetime | None = None


@transaction.atomic
def place(
    case: Case, bed: Bed, *, guest: Guest, at: datetime, by: Actor, is_promised: bool = False
) -> Placement:
    """Hold a bed for somebody. The arrival clock runs from now, and those who keep the bed hear of it.

    Args:
        is_promised: those who keep the bed said yes to it, or offered it; else no more is taken than they accept.

    Raises:
        Refused: the case is closed, the bed is not in use, others get it by phone only, or the house takes nobody now.
        Unlawful: the host is told a name, and a law protects it. Without a name a bed may always be held.
        Overtaken: somebody else took the bed a moment ago, or the person already holds one.
    """
    by.must("referrals.place", case.circle)
    hold_circle(case.circle)
    case = held(case, by=by)
    may_tell_the_host(case, bed, guest.known_as, at=at, by=by)
    if not is_promised:
        must_be_accepted(bed, at=at, by=by)
    placement = _hold(case, bed, guest, at=at, by=by)
    _expect(placement, episode=placement.case_id, at=at, by=by)
    _placed(placement, at=at, by=by)
    return placement


@transaction.atomic
def arrive(
    placement: Placement, *, happened_at: datetime | None = None, at: datetime, by: Actor
) -> Placement:
    """They reached the bed, now or when it is told: the clock of their arrival stops as of then.

    Raises:
        Overtaken: it is known already, or the bed is no longer held.
        Refused: it cannot have happened then.
    """
    _permit(placement, by=by)
    placement = _standing(placement, by=by)
    if placement.arrived_at is not None:
        raise Overtaken("They have already arrived.")
    then = happened(happened_at, since=placement.starts_at, at=at)
    placement.arrived_at, placement.due_at = then, None
    placement.save(update_fields=["arrived_at", "due_at"])
    _tell(placement, ARRIVED, at=then, by=by)
    return placement


@transaction.atomic
def leave(
    placement: Placement, *, words: str = "", happened_at: datetime | None = None, at: datetime, by: Actor
) -> Placement:
    """They left the bed, now or when it is told; from that moment it is free.

    Raises:
        Overtaken: the bed is no longer held.
        Refused: they never arrived, or cannot have left then.
    """
    _permit(placement, by=by)
    placement = _standing(placement, by=by)
    if placement.arrived_at is None:
        raise Refused(
            "They have not arrived yet. Write down that they did not come, or that the bed is not needed."
        )
    then = happened(happened_at, since=placement.arrived_at, at=at)
    return _end(placement, Placement.Ending.LEFT, words, at=then, by=by)


@transaction.atomic
def miss(placement: Placement, *, words: str = "", at: datetime, by: Actor) -> Placement:
    """They did not come; from this moment the bed is free.

    Raises:
        Overtaken: they have arrived after all, or the bed is no longer held.
    """
    _permit(placement, by=by)
    return _end(_awaited(placement, by=by), Placement.Ending.DID_NOT_COME, words, at=at, by=by)


@transaction.atomic
def cancel(placement: Placement, *, words: str, at: datetime, by: Actor) -> Placement:
    """The bed is not needed, or cannot be kept; from this moment it is free.

    Raises:
        Overtaken: they have arrived, or the bed is no longer held.
        Refused: nothing is said about why.
    """
    _permit(placement, by=by)
    if not words.strip():
        raise Refused("Say why: the other side reads it.")
    return _end(_awaited(placement, by=by), Placement.Ending.CANCELED, words, at=at, by=by)


@transaction.atomic
def cannot_take(placement: Placement, *, reason: str, words: str = "", at: datetime, by: Actor) -> Placement:
    """The house cannot take them, and says why: those who placed them hear it at once, and look on.

    Raises:
        NotPermitted: another agency keeps the bed.
        Refused: no reason of the table is chosen, or another one is not told in words.
        Overtaken: they have arrived, or the bed is no longer held.
    """
    by.must("referrals.answer")
    if placement.host_id != by.agency_id:
        raise NotPermitted("Only those who keep the bed can say that they cannot take somebody.")
    must_say_why(reason, words)
    (placement := _awaited(placement, by=by)).reason = reason
    return _end(placement, Placement.Ending.CANNOT_TAKE, words, at=at, by=by)


@transaction.atomic
def move(placement: Placement, bed: Bed, *, at: datetime, by: Actor, is_promised: bool = False) -> Placement:
    """From one bed to another. In the same house they have arrived at once; elsewhere they are expected.

    Raises:
        Refused: it is the same bed, the bed is not in use, others get it by phone only, or the house takes nobody now.
        Overtaken: somebody else took the bed a moment ago; the one they have stays theirs.
    """
    if placement.agency_id != by.agency_id:
        raise NotPermitted("Only those who placed somebody can move them to another bed.")
    by.must("referrals.place", placement.circle)
    hold_circle(placement.circle)
    placement = _standing(placement, by=by)
    if bed.pk == placement.bed_id:
        raise Refused("They are in this bed already.")
    may_tell_the_host(placement.case, bed, placement.known_as, at=at, by=by)
    if not is_promised and bed.place_id != placement.bed.place_id:
        must_be_accepted(bed, at=at, by=by)
    in_turn(bed.pk, placement.bed_id)
    stays = placement.arrived_at is not None and bed.place_id == placement.bed.place_id
    at = _end(placement, Placement.Ending.MOVED, "", at=at, by=by).ends_at or at
    guest = Guest(known_as=placement.known_as, leaves_about=placement.leaves_about)
    moved = _hold(placement.case, bed, guest, at=at, by=by)
    _placed(moved, at=at, by=by)
    if stays:
        return arrive(moved, at=at, by=by)
    _expect(moved, episode=episode_of(moved.case_id), at=at, by=by)
    return moved


def _permit(placement: Placement, *, by: Actor) -> None:
    if placement.agency_id == by.agency_id:
        by.must("referrals.place", placement.circle)
        return
    by.must("referrals.place")
    if placement.host_id != by.agency_id:
        raise NotPermitted("Neither did your agency place them, nor does it keep the bed.")


def _standing(placement: Placement, *, by: Actor) -> Placement:
    """The stay while it stands, locked; for the side that placed after its case, as in every other act."""
    if placement.agency_id == by.agency_id:
        hold_case(placement.case_id)
    found: Placement = Placement.objects.lock(placement)
    if found.ends_at is not None:
        raise Overtaken(f"This bed is no longer held for them: {found.get_ended_how_display().lower()}.")
    return found


def _awaited(placement: Placement, *, by: Actor) -> Placement:
    found = _standing(placement, by=by)
    if found.arrived_at is not None:
        raise Overtaken("They have arrived. Write down that they left when they leave.")
    return found


def _hold(case: Case, bed: Bed, guest: Guest, *, at: datetime, by: Actor) -> Placement:
    must_be_given_here(bed, by=by)
    in_turn(bed.pk)
    if bed.is_out_now() or not Bed.objects.in_service(at).filter(pk=bed.pk).exists():
        raise Refused("This bed is not in use now. Choose another.")
    taken = f"{bed.label} was just taken. These are still free."
    holds = "They already hold a bed. Move them, or end that stay first."
    with refuse_if(_TAKEN, taken), refuse_if(_HELD, taken), refuse_if(_HOLDS, holds):
        return Placement.objects.create(
            circle=case.circle, case=case, bed=bed, agency=by.agency, host_id=bed.agency_id, starts_at=at,
            known_as=guest.known_as, leaves_about=guest.leaves_about, by=by.user,
        )  # fmt: skip


def in_turn(*beds: UUID | None) -> None:
    """Let those who ask for the same beds go one after another.

    The exclusion constraint alone keeps beds to one; but two who check it at once wait for each other, and
    PostgreSQL can end that only by breaking one of them off.
    """
    list(
        Bed.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=filter(None, beds))
        .order_by("pk")
    )


def _expect(placement: Placement, *, episode: UUID | None, at: datetime, by: Actor) -> None:
    promise = Promise(kind=ARRIVAL, about=placement.pk, started_at=at)
    clock = start(promise, circle=placement.circle, episode=episode, at=at, by=by)
    placement.due_at = clock.due_at
    placement.save(update_fields=["due_at"])


def _placed(placement: Placement, *, at: datetime, by: Actor) -> None:
    record(
        PersonPlaced(placement_id=placement.pk, bed_id=placement.bed_id),
        about=placement.pk, circle=placement.circle, episode=placement.case_id, by=by, at=at,
    )  # fmt: skip
    _tell_the_host(placement, EXPECTED, at=at, by=by)


def _end(placement: Placement, how: Placement.Ending, words: str, *, at: datetime, by: Actor) -> Placement:
    placement.ends_at, placement.ended_how = max(at, placement.arrived_at or placement.starts_at), how
    placement.words, placement.ended_by, placement.due_at = words, by.user, None
    placement.save(update_fields=["ends_at", "ended_how", "reason", "words", "ended_by", "due_at"])
    _tell(placement, how, at=at, by=by)
    return placement


def _tell(placement: Placement, code: str, *, at: datetime, by: Actor) -> None:
    if placement.agency_id == by.agency_id:
        follow_stay(placement, code, at=at, by=by)
        _tell_the_host(placement, code, at=at, by=by)
        return
    news = HostReported(placement_id=placement.pk, code=code)
    record(news, about=placement.pk, to_agency=placement.agency, by=by, at=at)


def _tell_the_host(placement: Placement, code: str, *, at: datetime, by: Actor) -> None:
    """Another agency that keeps the bed hears what those who placed somebody there wrote down."""
    if placement.host_id != by.agency_id:
        news = HostTold(placement_id=placement.pk, code=code)
        record(news, about=placement.pk, to_agency=placement.host, by=by, at=at)
