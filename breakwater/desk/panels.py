"""What the case page and the person page show, in order."""

from itertools import groupby
from typing import Any

from django.db.models import Model, QuerySet

from breakwater.assessments.models import Alert, Assessment, Override, Result
from breakwater.assessments.rules.crosswalk import asks_to_read_again, most_urgent
from breakwater.assessments.rules.repeating import due_again, last_of_each
from breakwater.benefits.models import Application, Paper, Screening
from breakwater.cases.judging import PRESSING, is_too_calm, worst
from breakwater.cases.models import (
    Assignment,
    Attempt,
    Barrier,
    Case,
    Circumstance,
    Closure,
    Danger,
    FollowUp,
    Gate,
    Triage,
)
from breakwater.cases.rules import GATES, missing_gates
from breakwater.cases.schemes import scheme
from breakwater.cases.timeline import latest_of, tell
from breakwater.clocks.library import LABELS
from breakwater.clocks.models import Clock
from breakwater.desk.promises import about_what, near_and_later
from breakwater.duties.library import OF_AN_AGE
from breakwater.duties.models import Prompt
from breakwater.duties.rules import age_wanted
from breakwater.kernel.together import Together
from breakwater.messaging.held_up import held_up_within
from breakwater.messaging.models import Message, Thread
from breakwater.people.models import ContactPoint, Person, Supporter, beside
from breakwater.plans.models import Lesson, Need, Safeguard, SafetyPlan, Step, in_order_of_work
from breakwater.plans.overview import card_of
from breakwater.referrals.models import Handoff, Passenger, Placement, Referral, Round, Wait, phones_of_bed
from breakwater.referrals.to_answer import how_many_within
from breakwater.trust.access import Actor
from breakwater.trust.models import Consent

MOST_CORRECTIONS = 20

CASE_PANELS = (
    "desk/_clocks.html",
    "assessments/_assessments.html",
    "desk/_gates.html",
    "plans/_steps.html",
    "plans/_needs.html",
    "benefits/_benefits.html",
    "referrals/_referrals.html",
    "messaging/_panel.html",
)
ASIDE_PANELS = (
    "desk/_dangers.html",
    "desk/_who.html",
    "plans/_safety.html",
    "plans/_card.html",
    "duties/_duties.html",
    "referrals/_placement.html",
    "desk/_follow_ups.html",
    "desk/_owner.html",
    "referrals/_handoff.html",
    "desk/_barriers.html",
    "desk/_supporters.html",
)
BELOW = ("desk/_chronology.html",)
"""On a phone this comes after what stands aside: dangers and safe contact are read first."""
PARTS = (
    ("who", "Who"),
    ("dangers", "Dangers"),
    ("card", "When it gets hard"),
    ("gates", "Stabilization"),
    ("steps", "Next steps"),
    ("safety-plan", "Safety plan"),
    ("referrals", "Help"),
    ("placement", "Bed"),
    ("follow-ups", "Follow-up"),
    ("messages", "Messages"),
    ("chronology", "Chronology"),
)
"""Where a phone jumps to from the head, most urgent first: one thumb, no scrolling past twenty panels."""
LATEST, LATEST_MESSAGES = 12, 3
"""How many lines of the chronology the case page shows, and how many messages."""


_ALWAYS = {
    "panels": CASE_PANELS, "aside": ASIDE_PANELS, "below": BELOW, "parts": PARTS, "clock_labels": LABELS,
}  # fmt: skip
"""What each case page shows its parts by."""


def _written(question: QuerySet[Any]) -> QuerySet[Any]:
    """With the name of who wrote it, and nothing else of theirs."""
    return question.select_related("by").defer("by__password")


OF_CASE = Together(
    ("case", "person"),
    by="desk_case",
    clocks=lambda case, person: Clock.objects.running().in_episode(case).order_by("due_at", "pk"),
    gates=lambda case, person: _written(Gate.objects.standing().filter(case=case)),
    triages=lambda case, person: Triage.objects.standing().filter(case=case),
    dangers=lambda case, person: _written(Danger.objects.standing().filter(case=case)).order_by("to"),
    circumstances=lambda case, person: (
        Circumstance.objects.standing().filter(case=case).order_by("starts_at")
    ),
    assessments=lambda case, person: _written(Assessment.objects.of_episode(case)),
    alerts=lambda case, person: Alert.objects.of_episode(case),
    results=lambda case, person: Result.objects.of_episode(case),
    overrides=lambda case, person: Override.objects.of_episode(case),
    prompts=lambda case, person: Prompt.objects.of_episode(case),
    assignments=lambda case, person: (
        Assignment.objects.standing()
        .filter(case=case)
        .select_related("worker", "unit")
        .defer("worker__password")
    ),
    barriers=lambda case, person: Barrier.objects.filter(case=case).order_by("-ends_at", "starts_at", "pk"),
    follow_ups=lambda case, person: FollowUp.objects.standing().filter(case=case).order_by("planned_for"),
    attempts=lambda case, person: (
        Attempt.objects.counted()
        .filter(follow_up__case=case, follow_up__ends_at=None)
        .order_by("follow_up", "at", "pk")
    ),
    closures=lambda case, person: _written(Closure.objects.standing().filter(case=case)),
    contact_points=lambda case, person: ContactPoint.objects.filter(person=person, ends_at=None),
    supporters=lambda case, person: Supporter.objects.filter(person=person, ends_at=None),
    needs=lambda case, person: Need.objects.of_episode(case),
    safety_plans=lambda case, person: SafetyPlan.objects.versions(case)[:1],
    safeguards=lambda case, person: Safeguard.objects.of_episode(case).standing(),
    lessons=lambda case, person: Lesson.objects.of_episode(case),
    steps=lambda case, person: Step.objects.of_episode(case).defer("worker__password"),
    applications=lambda case, person: Application.objects.of_episode(case),
    papers=lambda case, person: Paper.objects.missing_in(case),
    screenings=lambda case, person: Screening.objects.of_episode(case).defer("told", "answers")[:1],
    benefit_clocks=lambda case, person: (
        Clock.objects.running()
        .filter(about__in=Application.objects.filter(case=case).values("pk"))
        .order_by("due_at", "pk")
    ),
    referrals=lambda case, person: Referral.objects.of_episode(case),
    placements=lambda case, person: Placement.objects.of_episode(case),
    bed_phones=lambda case, person: phones_of_bed(case),
    rounds=lambda case, person: Round.objects.of_episode(case).defer("hold_for"),
    waits=lambda case, person: Wait.objects.of_episode(case).with_position().defer("facts", "offer_for"),
    rides=lambda case, person: Passenger.objects.of_episode(case),
    latest_messages=lambda case, person: _written(Message.objects.latest_of(case, LATEST_MESSAGES)),
    entries=lambda case, person: latest_of(case, most=LATEST),
    handoffs=lambda case, person: Handoff.objects.of_episode(case).defer("packet"),
)

SELDOM: dict[type[Model], tuple[str, ...]] = {
    Circumstance: ("circumstances",),
    Assessment: ("assessments", "alerts", "results", "overrides"),
    Prompt: ("prompts",),
    Closure: ("closures",),
    SafetyPlan: ("safety_plans",),
    Safeguard: ("safeguards",),
    Lesson: ("lessons",),
    Application: ("applications", "papers", "benefit_clocks"),
    Screening: ("screenings",),
    Placement: ("placements", "bed_phones"),
    Round: ("rounds",),
    Wait: ("waits",),
    Passenger: ("rides",),
    Thread: ("latest_messages",),
    Handoff: ("handoffs",),
}
"""What most cases have none of, by that of which there must be one in the case: the function asks no further without.

To set up a question costs PostgreSQL more than to find that there is no row, and half of the questions are such.
"""


def of_case(case: Case, actor: Actor) -> dict[str, Any]:
    """Everything the case page shows: one statement for all the nouns, one for the words of the chronology."""
    figures = how_many_within(actor), held_up_within(case.pk, actor)
    found, (waiting, held_up) = OF_CASE.ask_beside(*figures, case=case.pk, person=case.person_id)
    gates = {gate.kind: gate for gate in found["gates"]}
    judged = {one.assessment_id: one.tier for one in found["overrides"]}
    tiers = {one.assessment_id: one.tier for one in found["results"]} | judged
    triage = next(iter(found["triages"]), None)
    code = triage and scheme(triage.scheme).code(triage.code)
    levels = {one.to: one.level for one in found["dangers"]}
    highest = most_urgent(found["assessments"], tiers)
    plan = next(iter(found["safety_plans"]), None)
    tried = {key: list(some) for key, some in groupby(found["attempts"], lambda one: one.follow_up_id)}
    known: dict[str, Any] = found | _ALWAYS | _to_beware_of(case.person, found)
    return known | {
        "to_answer": waiting,
        "held_up": held_up,
        "gates": [(kind, Gate.Kind(kind).label, gates.get(kind)) for kind in GATES],
        "in_danger_now": "now" in levels.values() and not found["closures"],
        "missing": [Gate.Kind(kind).label for kind in missing_gates(gates)],
        "age_wanted": _age_wanted(case.person, levels, actor),
        "triage": triage,
        "triage_code": code,
        "too_calm": code and is_too_calm(code.fits, levels),
        "proposes_more": highest and asks_to_read_again(tiers[highest.pk], worst(levels), pressing=PRESSING),
        "follow_ups": [(one, tried.get(one.pk, [])) for one in found["follow_ups"]],
        "running": near_and_later(found["clocks"], actor.now),
        "about_what": about_what(found),
        "closure": next(iter(found["closures"]), None),
        "tiers": tiers,
        "judged": judged,
        **_asked_again(found["assessments"], actor),
        "most_urgent": highest,
        "needs": in_order_of_work(found["needs"]),
        "plan": plan,
        "card": card_of(case.person, found["lessons"], plan),
        "entries": tell(found["entries"]),
    }


def _asked_again(assessments: list[Assessment], actor: Actor) -> dict[str, Any]:
    """By what one asks again: from today or since before, and later. A date, and nothing that rings."""
    due = due_again(assessments, actor.now.astimezone(actor.zone).date())
    return {
        "due_again": due,
        "later": [one for one in last_of_each(assessments) if one.again and one not in due],
    }


def _to_beware_of(person: Person, found: dict[str, list[Any]]) -> dict[str, Any]:
    hidden_from = [person.must_not_know, *(one.name for one in found["supporters"] if one.must_not_know)]
    return {
        "keep_from": [one for one in hidden_from if one],
        "not_safe": [one for one in found["contact_points"] if one.safety == ContactPoint.Safety.UNSAFE],
    }


def _age_wanted(person: Person, levels: dict[str, str], actor: Actor) -> int | None:
    pressing = [to for to, level in levels.items() if level in PRESSING]
    return age_wanted(person.age(actor.now.astimezone(actor.zone).date()), pressing, OF_AN_AGE)


def of_person(person: Person, actor: Actor) -> dict[str, Any]:
    """Everything the person page shows."""
    cases = Case.objects.visible_to(actor) if actor.may("cases.read") else Case.objects.none()
    episodes = list(cases.filter(person=person).select_related("agency").order_by("-asked_at"))
    endings = list(Closure.objects.filter(case__in=episodes).order_by("-starts_at", "-pk"))
    ended = {one.case_id: one for one in endings if one.ends_at is None}
    return {
        "episodes": [(case, ended.get(case.pk)) for case in episodes],
        "worked": [one for one in endings if one.what_worked],
        "contact_points": list(ContactPoint.objects.filter(person=person).order_by("ends_at", "starts_at")),
        "supporters": list(Supporter.objects.filter(person=person, ends_at=None)),
        "names": list(person.names.filter(ends_at=None)),
        "household": list(beside(person, actor)),
        "consents": list(Consent.objects.visible_to(actor).of_circle(person.circle_id).standing(actor.now)),
        "corrections": list(
            person.corrections.select_related("by").order_by("-recorded_at")[: MOST_CORRECTIONS + 1]
        ),
        "most_corrections": MOST_CORRECTIONS,
    }
