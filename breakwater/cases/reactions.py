"""What cases do about news."""

from breakwater.cases.actions.owners import leave_team, release
from breakwater.cases.models import Assignment
from breakwater.kernel.events import on
from breakwater.trust.access import Actor
from breakwater.trust.events import PersonDismissed
from breakwater.trust.models import Entry


@on(PersonDismissed)
def hold_what_they_held(entry: Entry, by: Actor) -> None:
    """Somebody no longer works here: their cases go to the duty queue they came from, and its alarms run.

    Where they only helped, they leave the team. The second time there is nothing left to do.
    """
    left = Assignment.objects.standing().filter(agency=by.agency_id, worker=entry.about)
    for held in left.select_related("case__circle", "case__unit", "worker"):
        if held.part == Assignment.Part.OWNER:
            release(held.case, unit=held.case.unit, at=by.now, by=by)
        else:
            leave_team(held.case, worker=held.worker, at=by.now, by=by)
