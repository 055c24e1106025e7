"""The lines of a safety plan, offered where a worker writes what was agreed."""

from collections.abc import Iterator
from uuid import UUID

from breakwater.cases.own_words import tells
from breakwater.plans.library import FORM
from breakwater.plans.models import SafetyPlan
from breakwater.plans.rules import entries_of
from breakwater.trust.access import Actor


@tells
def of_safety_plan(case_id: UUID, by: Actor) -> Iterator[tuple[str, str]]:
    """Every entry of the newest version, under the code of its section."""
    plan = SafetyPlan.objects.versions(case_id).first()
    if plan is None:
        return
    by.saw("plans.safetyplan", [plan.pk])
    for code in FORM.sections:
        yield from ((code, entry) for entry in entries_of(plan.words[code]))
