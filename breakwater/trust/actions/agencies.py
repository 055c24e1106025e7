"""Found an agency; appoint and dismiss its people."""

from datetime import datetime

from django.db import transaction

from breakwater.kernel.errors import Refused
from breakwater.trust.access import Actor
from breakwater.trust.actions.passwords import give_password
from breakwater.trust.actions.sessions import end_everything_of
from breakwater.trust.capabilities import Role
from breakwater.trust.events import PersonAppointed, PersonDismissed
from breakwater.trust.journal import record
from breakwater.trust.models import Agency, Appointment, Unit, User


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
    *, username: str, name: str, password: str | None, role: str, unit: Unit | None, at: datetime, by: Actor
) -> Appointment:
    """Somebody starts to work for the actor's agency. Without a password they cannot sign in yet.

    Raises:
        Refused: the sign-in name is taken, or the password is easy to guess.
    """
    by.must("trust.administer")
    if role == Role.SYSTEM:
        raise Refused("Nobody can be appointed as Breakwater itself.")
    if User.objects.filter(username__iexact=username).exists():
        raise Refused("This sign-in name is taken.")
    user = User(username=username, name=name)
    give_password(user, password, agency=by.agency, has_factor=False)
    user.save()
    appointment = Appointment.objects.create(user=user, agency=by.agency, unit=unit, role=role, starts_at=at)
    record(PersonAppointed(appointment_id=appointment.pk, role=role), about=user.pk, by=by, at=at)
    return appointment


@transaction.atomic
def dismiss(appointment: Appointment, *, at: datetime, by: Actor) -> None:
    """Somebody's work for the agency ends now, and with it every session they have.

    Raises:
        Refused: it has already ended, or it is at another agency.
    """
    by.must("trust.administer")
    appointment = Appointment.objects.select_for_update().get(pk=appointment.pk)
    if appointment.agency_id != by.agency_id or appointment.ends_at is not None:
        raise Refused("This appointment is not yours to end, or has already ended.")
    appointment.ends_at = at
    appointment.save(update_fields=["ends_at"])
    end_everything_of(appointment.user)
    record(PersonDismissed(appointment_id=appointment.pk), about=appointment.user_id, by=by, at=at)
