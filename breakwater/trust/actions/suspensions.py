"""Stop an agency at once, and let it work again."""

from datetime import datetime

from django.db import transaction

from breakwater.kernel.db import refuse_if
from breakwater.kernel.errors import NotPermitted, Refused
from breakwater.trust.access import Actor
from breakwater.trust.actions.sessions import end_everything_of
from breakwater.trust.events import AgencySuspended, SuspensionLifted
from breakwater.trust.journal import record
from breakwater.trust.models import Agency, Appointment, Suspension, User


@transaction.atomic
def suspend(*, reason: str, looked_after_by: Agency | None, at: datetime, by: Actor) -> Suspension:
    """Stop the actor's agency: every session of its people ends, nobody comes in, both walls close to them.

    Its clocks are still announced, and letters to it wait.

    Args:
        looked_after_by: the agency that sees the list of its open cases meanwhile.

    Raises:
        Refused: it does not say why, or the agency would look after itself.
        Overtaken: it is suspended already.
    """
    by.must("trust.suspend")
    if not reason.strip():
        raise Refused("Say why the agency is suspended.")
    if looked_after_by == by.agency:
        raise Refused("A suspended agency cannot look after its own cases. Name another.")
    made = Suspension(
        agency=by.agency, reason=reason.strip(), by=by.user, looked_after_by=looked_after_by, starts_at=at
    )
    told = AgencySuspended(
        suspension_id=made.pk, looked_after_by=looked_after_by.pk if looked_after_by else None
    )
    record(told, about=made.pk, to_agency=looked_after_by, by=by, at=at)
    for one in User.objects.filter(pk__in=Appointment.objects.filter(agency=by.agency).values("user")):
        end_everything_of(one)
    with refuse_if("one_standing_suspension_per_agency", "This agency is suspended already."):
        made.save(force_insert=True)
    return made


@transaction.atomic
def let_look_after(suspension: Suspension, *, agency: Agency, at: datetime, by: Actor) -> None:
    """Another agency sees the list of a suspended agency's open cases from now on. Done at the machine.

    Raises:
        NotPermitted: somebody who is signed in asks for it.
        Refused: the suspension was lifted, or the agency would look after itself.
    """
    found = _standing(suspension, by=by)
    if agency.pk == found.agency_id:
        raise Refused("A suspended agency cannot look after its own cases. Name another.")
    found.looked_after_by = agency
    found.save(update_fields=["looked_after_by"])
    told = AgencySuspended(suspension_id=found.pk, looked_after_by=agency.pk)
    record(told, about=found.pk, to_agency=agency, by=by, at=at)


@transaction.atomic
def lift(suspension: Suspension, *, because: str, at: datetime, by: Actor) -> None:
    """Let an agency work again. Done at the machine: nobody of it can be signed in.

    Raises:
        NotPermitted: somebody who is signed in asks for it.
        Refused: it does not say why, or was lifted already.
    """
    found = _standing(suspension, by=by)
    if not because.strip():
        raise Refused("Say why the agency may work again.")
    found.ends_at, found.lifted_because = at, because.strip()
    found.save(update_fields=["ends_at", "lifted_because"])
    told = SuspensionLifted(suspension_id=found.pk)
    record(told, about=found.pk, to_agency=found.looked_after_by, by=by, at=at)


def _standing(suspension: Suspension, *, by: Actor) -> Suspension:
    if by.user is not None:
        raise NotPermitted("A suspension is lifted at the machine, and nowhere else.")
    held = Suspension.objects.select_for_update(of=("self",)).select_related("looked_after_by")
    found = held.get(pk=suspension.pk)
    if found.ends_at is not None or found.agency_id != by.agency_id:
        raise Refused("This suspension was lifted already.")
    return found
