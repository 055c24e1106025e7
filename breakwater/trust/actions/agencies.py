"""Found an agency; appoint, move and dismiss its people."""

from datetime import datetime

from django.db import transaction

from breakwater.kernel.errors import Refused
from breakwater.trust.access import Actor
from breakwater.trust.actions.handed import come_in_by_two
from breakwater.trust.actions.passwords import give_password
from breakwater.trust.actions.reviews import answer_for
from breakwater.trust.actions.sessions import end_everything_of
from breakwater.trust.capabilities import BUILT_IN, Role
from breakwater.trust.events import PersonAppointed, PersonDismissed, PersonMoved
from breakwater.trust.journal import record
from breakwater.trust.models import AccessAnswer, Agency, AgencyRole, Appointment, Unit, User


@transaction.atomic
def found_agency(
    *,
    name: str,
    kind: str,
    time_zone: str,
    at: datetime,
    units: tuple[str, ...] = (),
    profile: str = "us",
    scheme: str = "uk-mhts-2015",
) -> Agency:
    """A new agency with its units. Done at the machine, before anybody can sign in.

    Args:
        profile: which set of clocks binds it.
        scheme: which triage scheme it works by.
    """
    agency = Agency.objects.create(
        name=name, kind=kind, time_zone=time_zone, founded_at=at, profile=profile, scheme=scheme
    )
    for unit in units:
        Unit.objects.create(agency=agency, name=unit)
    return agency


@transaction.atomic
def appoint(
    *,
    username: str,
    name: str,
    password: str | None,
    role: str | AgencyRole,
    unit: Unit | None,
    at: datetime,
    by: Actor,
) -> Appointment:
    """Somebody starts to work for the actor's agency. Without a password they cannot sign in until they are invited.

    Raises:
        Refused: the sign-in name is taken, the password is easy to guess, or there is no such role or unit.
    """
    by.must("trust.administer")
    if User.objects.named(username).exists():
        raise Refused("This sign-in name is taken.")
    user = User(username=username, name=name)
    give_password(user, password, agency=by.agency, has_factor=False)
    user.save()
    return _begin(user, role, unit, at=at, by=by)


@transaction.atomic
def appoint_again(
    appointment: Appointment, *, role: str | AgencyRole, unit: Unit | None, at: datetime, by: Actor
) -> Appointment:
    """Somebody who was dismissed works here again. Their old password opens nothing: they are invited anew.

    Raises:
        Refused: they work here, or elsewhere, or there is no such role or unit.
    """
    by.must("trust.administer")
    user = User.objects.select_for_update().get(pk=appointment.user_id)
    if appointment.agency_id != by.agency_id or Appointment.objects.filter(user=user, ends_at=None).exists():
        raise Refused("Only somebody who worked here, and works nowhere now, can be appointed again.")
    user.is_active = True
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])
    again = _begin(user, role, unit, at=at, by=by)
    come_in_by_two(again, at=at, by=by)
    return again


@transaction.atomic
def move(
    appointment: Appointment, *, role: str | AgencyRole, unit: Unit | None, at: datetime, by: Actor
) -> Appointment:
    """Somebody works in another role or unit from now on. The old rights end at once, and every session with them.

    What one person alone gave back of their sign-in lately opens nothing in a role in which two give it back.

    Raises:
        Refused: the appointment is their own, another agency's, or over; or nothing would change.
    """
    before = _theirs(appointment, by=by)
    _must_be_ours(role, unit, by=by)
    if (before.own_role or before.role, before.unit_id) == (role, unit.pk if unit else None):
        raise Refused("This is their role and their unit already.")
    before.ends_at = at
    before.save(update_fields=["ends_at"])
    after = Appointment.objects.create(
        user=before.user, agency=by.agency, unit=unit, **_as(role), starts_at=at, by=by.user
    )
    end_everything_of(before.user)
    come_in_by_two(after, at=at, by=by)
    answer_for(before, AccessAnswer.Answer.CHANGED, at=at, by=by)
    record(PersonMoved(appointment_id=after.pk, role=after.role), about=after.user_id, by=by, at=at)
    return after


@transaction.atomic
def dismiss(appointment: Appointment, *, at: datetime, by: Actor) -> None:
    """Somebody's work for the agency ends now, and with it every session and every code they were handed.

    Raises:
        Refused: the appointment is their own, another agency's, or over.
    """
    ended = _theirs(appointment, by=by)
    ended.ends_at = at
    ended.save(update_fields=["ends_at"])
    User.objects.filter(pk=ended.user_id).update(is_active=False)
    end_everything_of(ended.user)
    answer_for(ended, AccessAnswer.Answer.ENDED, at=at, by=by)
    record(PersonDismissed(appointment_id=ended.pk), about=ended.user_id, by=by, at=at)


def _begin(user: User, role: str | AgencyRole, unit: Unit | None, *, at: datetime, by: Actor) -> Appointment:
    _must_be_ours(role, unit, by=by)
    made = Appointment.objects.create(
        user=user, agency=by.agency, unit=unit, **_as(role), starts_at=at, by=by.user
    )
    record(PersonAppointed(appointment_id=made.pk, role=made.role), about=user.pk, by=by, at=at)
    return made


def _theirs(appointment: Appointment, *, by: Actor) -> Appointment:
    """The appointment, held, when it is the actor's to change: nobody gives or takes rights of their own."""
    by.must("trust.administer")
    found = Appointment.objects.select_for_update(of=("self",)).select_related("user", "own_role")
    found = found.get(pk=appointment.pk)
    if found.agency_id != by.agency_id or found.ends_at is not None:
        raise Refused("This appointment is not yours to end, or has already ended.")
    if found.user_id == by.user_id:
        raise Refused("Nobody changes their own appointment. Ask another administrator.")
    return found


def _must_be_ours(role: str | AgencyRole, unit: Unit | None, *, by: Actor) -> None:
    if role == Role.SYSTEM:
        raise Refused("Nobody can be appointed as Breakwater itself.")
    is_ours = role.agency_id == by.agency_id if isinstance(role, AgencyRole) else role in BUILT_IN
    if not is_ours or (isinstance(role, AgencyRole) and role.ended_at is not None):
        raise Refused("There is no such role here. Choose one of the list.")
    if unit is not None and (unit.agency_id != by.agency_id or unit.closed_at is not None):
        raise Refused("There is no such unit here, or it is closed. Choose another.")


def _as(role: str | AgencyRole) -> dict[str, str | AgencyRole]:
    if isinstance(role, AgencyRole):
        return {"role": Role.OWN, "own_role": role}
    return {"role": role}
