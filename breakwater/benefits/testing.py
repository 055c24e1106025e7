"""Ready-made pre-screens and applications at each stage, made by real actions."""

from datetime import date, datetime, timedelta
from typing import Any

from breakwater.benefits.actions.applying import (
    Proof,
    begin_application,
    book_interview,
    screen_benefits,
    submit,
    want_papers,
)
from breakwater.benefits.actions.notices import Letter, note_notice
from breakwater.benefits.models import Application, Paper, Screening
from breakwater.benefits.rules.screening import Household
from breakwater.cases.models import Case
from breakwater.trust.access import Actor


def a_screening(case: Case, *, by: Actor, at: datetime | None = None, **told: Any) -> Screening:
    """A pre-screen of somebody with a child and nearly no money."""
    household = Household(**({"size": 2, "income": 100, "resources": 20, "age": 30, "children": True} | told))
    return screen_benefits(case, household, at=at or by.now, by=by)


def an_application(
    case: Case, *, by: Actor, program: str = "snap", is_expedited: bool = False, at: datetime | None = None
) -> Application:
    """An application that was begun."""
    return begin_application(case, program, is_expedited=is_expedited, at=at or by.now, by=by)


def a_submitted_application(
    case: Case, *, by: Actor, at: datetime | None = None, **facts: Any
) -> Application:
    """An application that was handed in."""
    at = at or by.now
    proof = Proof(how="online", hand="worker", confirmation="SN-4471-09")
    return submit(an_application(case, by=by, at=at, **facts), proof, submitted_at=at, at=at, by=by)


def some_papers(
    application: Application, *, by: Actor, due_in: int = 10, at: datetime | None = None
) -> list[Paper]:
    """Two papers that the office wants within days."""
    at = at or by.now
    due_on = (at + timedelta(days=due_in)).astimezone(by.zone).date()
    return want_papers(application, ["Pay slips of October", "The lease"], due_on=due_on, at=at, by=by)


def an_interview(application: Application, *, by: Actor, at: datetime | None = None) -> Application:
    """An interview in three days."""
    at = at or by.now
    return book_interview(application, interview_at=at + timedelta(days=3), at=at, by=by)


def told(
    application: Application, kind: str, *, by: Actor, at: datetime | None = None, **facts: Any
) -> Application:
    """A notice that came today, dated today: approved for half a year, or refused for missing papers."""
    at = at or by.now
    today: date = at.astimezone(by.zone).date()
    if kind == "approved":
        facts = {"holds_from": today, "holds_until": today + timedelta(days=180)} | facts
    elif kind in ("denied", "stopped"):
        facts = {"reason": "papers"} | facts
    said: dict[str, Any] = {"kind": kind, "dated": today} | facts
    note_notice(application, Letter(**said), at=at, by=by)
    application.refresh_from_db()
    return application
