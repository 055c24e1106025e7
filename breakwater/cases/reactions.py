"""What cases do about news."""

from breakwater.cases.actions.leaving import empty_queue, hand_over_all
from breakwater.cases.actions.owners import TO_BE_ACCOUNTABLE
from breakwater.kernel.events import on
from breakwater.trust.access import Actor
from breakwater.trust.events import PersonDismissed, PersonMoved, UnitClosed
from breakwater.trust.models import Appointment, Entry, Unit, User


@on(PersonDismissed, PersonMoved)
def hold_what_they_held(entry: Entry, by: Actor) -> None:
    """Somebody no longer works on cases here: their cases go to the duty queue they came from, and its alarms run.

    The page hands them over in the act; this holds whatever came in between.
    """
    works = Appointment.objects.standing(by.now).visible_to(by).that_may(TO_BE_ACCOUNTABLE)
    moved = User.objects.filter(appointments=entry.facts["appointment_id"])
    for worker in moved.exclude(pk__in=works.values("user")):
        hand_over_all(worker, to=None, at=by.now, by=by)


@on(UnitClosed)
def empty_its_queue(entry: Entry, by: Actor) -> None:
    """A unit works no more: what waits in its duty queue waits in the agency's."""
    for unit in Unit.objects.filter(pk=entry.facts["unit_id"]):
        empty_queue(unit, at=by.now, by=by)
