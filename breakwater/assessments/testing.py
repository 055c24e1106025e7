"""Ready-made assessments."""

from datetime import datetime
from typing import Any

from breakwater.assessments.actions.asking import answer, begin, complete
from breakwater.assessments.models import Alert, Assessment
from breakwater.cases.models import Case
from breakwater.trust.access import Actor


def an_assessment(
    case: Case, *, by: Actor, instrument: str = "phq-2", at: datetime | None = None, **facts: Any
) -> Assessment:
    """An instrument that is being asked."""
    return begin(
        case, instrument=instrument, mode=facts.pop("mode", "interview"), at=at or by.now, by=by, **facts
    )


def a_completed_assessment(
    case: Case, *, by: Actor, said: dict[str, Any] | None = None, at: datetime | None = None, **facts: Any
) -> Assessment:
    """An instrument that was asked, with what it came to."""
    begun = an_assessment(case, by=by, at=at, **facts)
    answer(begun, said or {"1": "2", "2": "2"}, at=at or by.now, by=by)
    complete(begun, at=at or by.now, by=by)
    begun.refresh_from_db()
    return begun


def an_alert(case: Case, *, by: Actor, at: datetime | None = None) -> Alert:
    """Somebody said in the rapid assessment that they might end their life today."""
    begun = an_assessment(case, by=by, instrument="rapid-crisis", at=at)
    (alert,) = answer(begun, {"self": "now"}, at=at or by.now, by=by)
    return alert
