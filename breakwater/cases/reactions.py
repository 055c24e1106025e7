"""What cases do about news."""

from breakwater.cases.actions.gates import reached_no_more
from breakwater.cases.actions.leaving import empty_queue, hand_over_all
from breakwater.cases.actions.owners import TO_BE_ACCOUNTABLE
from breakwater.kernel.events import on
from breakwater.people.events import ContactPointChanged
from breakwater.people.models import ContactPoint
from breakwater.trust.access import Actor
from breakwater.trust.events import PersonDismissed, PersonMoved, UnitClosed
from breakwater.trust.models import Appointment, Entry, Unit, User

_NOT_TO_BE_USED = ("ended", ContactPoint.Safety.UNSAFE.value)


@on(PersonDismissed, PersonMoved)
def hold_what_they_held(entry: Entry, by: Actor) -> None:
    """Somebody no longer works on cases here: their cases go to the duty queue they came from, and its alarms run.

    The page hands them over in the act; this holds whatever came in between.
    """
    works = Appointment.objects.standing(by.now).visible_to(by).that_may(TO_BE_ACCOUNTABLE)
    moved = User.objects.filter(appointments=entry.facts["appointment_id"])
    for worker in moved.exclude(pk__in=works.values("user")):
        hand_over_all(worker, to=None, at=by.now, by=by)


@on(ContactPointChanged, when=lambda changed: changed.safety in _NOT_TO_BE_USED)
def take_back_that_they_are_reached(entry: Entry, by: Actor) -> None:
    """A way to reach somebody ended, or is not safe: with the last one goes the gate that leaned on it."""
    if entry.facts["safety"] in _NOT_TO_BE_USED and entry.about:
        reached_no_more(entry.about, at=by.now, by=by)


@on(UnitClosed)
def empty_its_queue(entry: Entry, by: Actor) -> None:
    """A unit works no more: what waits in its duty queue waits in the agency's."""
    for unit in Unit.objects.filter(pk=entry.facts["unit_id"]):
        empty_queue(unit, at=by.now, by=by)
