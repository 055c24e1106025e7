"""Ready-made rows of the duty table, and prompts."""

from datetime import date, datetime
from typing import Any

from breakwater.cases.models import Case
from breakwater.duties.actions.prompts import ask_by_hand
from breakwater.duties.actions.table import Row, write_duty
from breakwater.duties.actions.weighing import Threat
from breakwater.duties.models import Duty, Prompt
from breakwater.trust.access import Actor, system_for


def a_row(**facts: Any) -> Row:
    """A row as somebody filled it in: child abuse, two hours by voice, two days in writing."""
    defaults: dict[str, Any] = {
        "jurisdiction": "Harbor County", "topic": "child", "force": "mandatory",
        "trigger": "Whoever has reason to think that a child is hurt or neglected.",
        "citation": "Harbor County Code 0-000 (made up)", "deadline_oral_min": 120, "deadline_written_h": 48,
        "report_to": "County hotline", "agency_phone": "(555) 010-0000", "reviewed_by": "Made-up counsel",
        "reviewed_on": date(2026, 1, 5), "review_due": date(2036, 1, 5),
    }  # fmt: skip
    return Row(**(defaults | facts))


def a_duty(*, by: Actor, at: datetime | None = None, **facts: Any) -> Duty:
    """A row of the table of the actor's agency."""
    at = at or by.now
    return write_duty(a_row(**facts), at=at, by=system_for(by.agency, now=at))


def a_prompt(case: Case, duty: Duty, *, by: Actor, at: datetime, aware_at: datetime | None = None) -> Prompt:
    """A worker asked a row on a case."""
    return ask_by_hand(case, duty, aware_at=aware_at or at, at=at, by=by)


def a_threat(at: datetime, **facts: Any) -> Threat:
    """A threat to somebody, weighed whole: the neighbor was warned."""
    defaults: dict[str, Any] = {
        "victim": "The neighbor in 4B", "threat": "I will cut him when he comes home.", "means": "A kitchen knife.",
        "imminence": "Tonight; he comes home at nine.", "options": ["warn_victim", "police", "hospital"],
        "action": "warn_victim", "action_words": "He can stay away tonight; the police come at nine.", "when": at,
        "warned": "The neighbor in 4B", "told": "Do not go home tonight: somebody said he would hurt you there.",
        "facts": {
            "why_serious": "He holds the knife.", "how_they_can_lessen_it": "He can stay with his sister.",
            "source": "Said to me on the phone.",
        },
    }  # fmt: skip
    return Threat(**(defaults | facts))
