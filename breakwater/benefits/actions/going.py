"""What every act on an application begins and ends with: hold it, move it on, and watch what is due."""

from collections.abc import Iterable
from datetime import datetime

from breakwater.attachments.actions import Peg
from breakwater.benefits.models import Application, Notice, Paper
from breakwater.benefits.rules.course import may_move
from breakwater.cases.actions.holding import keep_held, locked
from breakwater.cases.models import Closure
from breakwater.clocks.actions import Promise, replace, stop
from breakwater.clocks.library import profile
from breakwater.clocks.models import Clock
from breakwater.kernel.errors import Overtaken
from breakwater.kernel.events import Event
from breakwater.trust.access import Actor
from breakwater.trust.journal import record

FILING, PAPERS, INTERVIEW, STATUS = "benefit_filing", "benefit_papers", "benefit_interview", "benefit_status"
LAST_DAY, HEARING, KEPT = "benefit_last_day", "benefit_hearing", "benefit_kept"
RENEWAL, ADDRESS = "benefit_renewal", "benefit_address"

_BESIDE = (RENEWAL, ADDRESS, "snap_recertification")
"""What comes months later runs beside the case: it neither keeps it open nor counts as a promise to the person."""


def on_its_way(application: Application, *, by: Actor) -> Application:
    """The application, locked with its case until the act ends, when it has not ended.

    The case may be closed: a notice comes when it comes.

    Raises:
        NotPermitted: another agency holds the case.
        Overtaken: the application has ended.
    """
    locked(application.case, by=by)
    found: Application = Application.objects.lock(application)
    if found.ends_at is not None:
        raise Overtaken(f"This application has ended: {found.get_ended_how_display().lower()}.")
    return found


def move(application: Application, to: str) -> None:
    """Let an application go where it can go from where it stands.

    Raises:
        Overtaken: it stands somewhere else.
    """
    if not may_move(application.stage, to):
        raise Overtaken(
            f"{application.label}: it stands at “{application.get_stage_display()}”. Open the page again."
        )
    application.stage = to


def watch(
    application: Application,
    kind: str,
    *,
    since: datetime,
    until: datetime | None = None,
    at: datetime,
    by: Actor,
) -> Clock:
    """Let a clock run about an application, in place of one of its kind that runs."""
    beside = kind in _BESIDE or Closure.objects.standing().filter(case=application.case_id).exists()
    promise = Promise(kind=kind, about=application.pk, started_at=since, until=until)
    episode = None if beside else application.case_id
    return replace(promise, circle=application.circle, episode=episode, at=at, by=by)


def unwatch(
    application: Application, kinds: Iterable[str] | None = None, *, excuse: str = "", at: datetime, by: Actor
) -> None:
    """Stop the clocks of these kinds, or every clock about it: kept, or excused where it is said why."""
    running = Clock.objects.running().of(application.pk).select_related("circle")
    wanted = running if kinds is None else running.filter(kind__in=list(kinds))
    for clock in wanted:
        stop(clock, how=Clock.Ended.EXCUSED if excuse else Clock.Ended.MET, excuse=excuse, at=at, by=by)
    keep_held(application.case_id, circle=application.circle, at=at, by=by)


def clock_of(application: Application, what: str, otherwise: str, *, by: Actor) -> tuple[str, bool]:
    """Which kind of clock a program has for something, and whether a law says how long it runs."""
    kind = application.terms.clocks.get(what, otherwise)
    return kind, profile(by.agency.profile).spec(kind).limit is not None


def tell(event: Event, application: Application, *, at: datetime, by: Actor) -> None:
    """Write it into the journal of its case."""
    record(event, about=application.pk, circle=application.circle, episode=application.case_id, by=by, at=at)


def peg(what: str, row: Application | Notice | Paper, *, by: Actor) -> Peg:
    """What the files of an application, of one of its papers or of a notice hang on."""
    return Peg(
        what=what, about=row.pk, circle_id=row.circle_id, from_agency_id=by.agency_id, opens=row.information
    )
