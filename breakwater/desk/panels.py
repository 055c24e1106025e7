"""What the case page and the person page show, in order."""

from typing import Any

from breakwater.cases.models import (
    Assignment,
    Attempt,
    Barrier,
    Case,
    Closure,
    Danger,
    FollowUp,
    Gate,
    Triage,
)
from breakwater.cases.rules import GATES, missing_gates
from breakwater.cases.schemes import scheme
from breakwater.cases.timeline import Asked, chronology_of
from breakwater.clocks.library import LABELS
from breakwater.clocks.models import Clock
from breakwater.people.models import ContactPoint, Person, Supporter
from breakwater.plans.models import Need, Step
from breakwater.trust.access import Actor

CASE_PANELS = (
    "desk/_clocks.html",
    "desk/_gates.html",
    "plans/_steps.html",
    "plans/_needs.html",
)
ASIDE_PANELS = (
    "desk/_dangers.html",
    "desk/_follow_ups.html",
    "desk/_who.html",
    "desk/_owner.html",
    "desk/_barriers.html",
    "desk/_supporters.html",
)
BELOW = ("desk/_chronology.html",)
"""On a phone this comes after what stands aside: dangers and safe contact are read first."""
LATEST = 12


def of_case(case: Case, actor: Actor) -> dict[str, Any]:
    """Everything the case page shows, in one query for each noun."""
    gates = {gate.kind: gate for gate in Gate.objects.standing().filter(case=case).select_related("by")}
    triage = Triage.objects.standing().filter(case=case).first()
    return {
        "panels": CASE_PANELS,
        "aside": ASIDE_PANELS,
        "below": BELOW,
        "clocks": list(Clock.objects.running().in_episode(case.pk).order_by("due_at")),
        "gates": [(kind, Gate.Kind(kind).label, gates.get(kind)) for kind in GATES],
        "missing": [Gate.Kind(kind).label for kind in missing_gates(gates)],
        "triage": triage,
        "triage_code": triage and _code(triage),
        "dangers": list(Danger.objects.standing().filter(case=case).select_related("by").order_by("to")),
        "assignments": list(Assignment.objects.standing().filter(case=case).select_related("worker", "unit")),
        "barriers": list(Barrier.objects.filter(case=case).order_by("ends_at", "-starts_at")),
        "follow_ups": _follow_ups(case),
        "clock_labels": LABELS,
        "closure": Closure.objects.standing().filter(case=case).select_related("by").first(),
        "contact_points": list(ContactPoint.objects.filter(person=case.person_id, ends_at=None)),
        "supporters": list(Supporter.objects.filter(person=case.person_id, ends_at=None)),
        "needs": Need.objects.of_episode(case.pk).in_order_of_work(),
        "steps": list(Step.objects.of_episode(case.pk)),
        "entries": chronology_of(case, Asked(only="story"), most=LATEST),
    }


def of_person(person: Person, actor: Actor) -> dict[str, Any]:
    """Everything the person page shows."""
    closures = Closure.objects.standing()
    episodes = list(
        Case.objects.visible_to(actor).filter(person=person).select_related("agency").order_by("-asked_at")
    )
    ended = {one.case_id: one for one in closures.filter(case__in=episodes)}
    return {
        "episodes": [(case, ended.get(case.pk)) for case in episodes],
        "worked": [one for one in ended.values() if one.what_worked],
        "contact_points": list(ContactPoint.objects.filter(person=person).order_by("ends_at", "starts_at")),
        "supporters": list(Supporter.objects.filter(person=person, ends_at=None)),
        "names": list(person.names.filter(ends_at=None)),
        "corrections": list(person.corrections.select_related("by").order_by("-recorded_at")[:20]),
    }


def _code(triage: Triage) -> Any:
    return scheme(triage.scheme).code(triage.code)


def _follow_ups(case: Case) -> list[tuple[FollowUp, list[Attempt]]]:
    owed = list(FollowUp.objects.standing().filter(case=case).order_by("planned_for"))
    tried: dict[Any, list[Attempt]] = {}
    for one in Attempt.objects.filter(follow_up__in=owed).select_related("by").order_by("at"):
        tried.setdefault(one.follow_up_id, []).append(one)
    return [(one, tried.get(one.pk, [])) for one in owed]
