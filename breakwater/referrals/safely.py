"""What a packet tells of how to keep somebody safe: the de-escalation card and the safety plan."""

from breakwater.cases.models import Case
from breakwater.kernel.text import Ours
from breakwater.plans.library import FORM
from breakwater.plans.models import Lesson, SafetyPlan
from breakwater.plans.overview import card_of
from breakwater.referrals.lines import Line, line, said
from breakwater.trust.access import Actor

OF_PLAN = {"card", "safety_plan"}
"""Sections that tell words of the safety plan, and so are protected as it is."""


def card(case: Case, by: Actor) -> list[Line]:
    """What the next worker does, and leaves, when it gets hard."""
    found = card_of(
        case.person, Lesson.objects.of_episode(case.pk).not_apart(), next(iter(plans(case)), None)
    )
    return said(
        line("speaks", "Speaks", found.speaks),
        line("worse", "Leave out: it makes it worse", "\n".join(found.worse)),
        line(
            "helps", "Do: it helps", *(part for one, how in found.helps for part in (one, Ours(f"({how})")))
        ),
        line("signs", "How it shows", "\n".join(found.signs)),
        line("strengths", "Speak to", "\n".join(found.strengths)),
    )


def safety_plan(case: Case, by: Actor) -> list[Line]:
    """The plan as it stands, in the person's words; what it still lacks is said."""
    return [
        line(code, section.title["en"], plan.words[code] or Ours("Nothing yet"))
        for plan in plans(case)
        for code, section in FORM.sections.items()
    ]


def plans(case: Case) -> list[SafetyPlan]:
    """The safety plan as it stands, if there is one."""
    return list(SafetyPlan.objects.versions(case.pk)[:1])
