"""Write the duty table: a row, and each time it changes or is read again, a new version of it."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from breakwater.duties.events import DutyWritten
from breakwater.duties.models import Duty
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.kernel.ids import new_id
from breakwater.trust.access import Actor
from breakwater.trust.journal import record


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of the duty table as somebody filled it in."""

    jurisdiction: str
    topic: str
    force: str
    trigger: str
    citation: str
    reporter_roles: tuple[str, ...] = ()
    deadline_oral_min: int | None = None
    deadline_written_h: int | None = None
    report_to: str = ""
    agency_phone: str = ""
    form: str = ""
    immunity: str = ""
    reviewed_by: str = ""
    reviewed_on: date | None = None
    review_due: date | None = None


@transaction.atomic
def write_duty(row: Row, *, at: datetime, by: Actor) -> Duty:
    """A row that the table did not have.

    Raises:
        Refused: it does not say where its law stands, or who read it and until when that holds.
    """
    by.must("duties.keep")
    return _write(row, line=new_id(), version=1, at=at, by=by)


@transaction.atomic
def revise_duty(duty: Duty, row: Row, *, at: datetime, by: Actor) -> Duty:
    """Another version takes its place; the one before stays readable, and on the prompts that it opened.

    Raises:
        Overtaken: somebody has revised it meanwhile.
    """
    by.must("duties.keep")
    if not Duty.objects.visible_to(by).standing().filter(pk=duty.pk).update(ends_at=max(at, duty.starts_at)):
        raise Overtaken("Somebody revised this row a moment ago. Open the page again to see how it stands.")
    return _write(row, line=duty.line, version=duty.version + 1, at=max(at, duty.starts_at), by=by)


def _write(row: Row, *, line: UUID, version: int, at: datetime, by: Actor) -> Duty:
    if reason := _why_not_whole(row, today=at.astimezone(by.zone).date()):
        raise Refused(reason)
    said = asdict(row) | {"reporter_roles": sorted(row.reporter_roles)}
    duty = Duty.objects.create(agency=by.agency, line=line, version=version, by=by.user, starts_at=at, **said)
    record(DutyWritten(duty_id=duty.pk, topic=duty.topic, version=version), about=duty.pk, by=by, at=at)
    return duty


def _why_not_whole(row: Row, *, today: date) -> str:
    if not row.jurisdiction.strip() or not row.citation.strip() or not row.trigger.strip():
        return "Write for which jurisdiction this is, when it applies, and where its law stands."
    reviewed = (bool(row.reviewed_by.strip()), row.reviewed_on is not None, row.review_due is not None)
    if any(reviewed) and not all(reviewed):
        return "Who reviewed it, on which day, and when it is due again: write all three, or none."
    if row.reviewed_on and row.review_due and not row.reviewed_on <= today:
        return "Nobody can have reviewed it on a day that is still to come."
    if row.reviewed_on and row.review_due and row.review_due <= row.reviewed_on:
        return "The next review comes after the last one."
    return ""
