"""Keep one part of a record apart by a law: whichever part it is, in the same two acts."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse

from breakwater.people.actions.apart import protect_fact
from breakwater.people.apart import facts_of, with_what_is_apart
from breakwater.people.models import Person
from breakwater.privacy.forms.protection import FactProtectionForm, LoweringForm, PartProtectionForm
from breakwater.privacy.parts import Part, see_part
from breakwater.trust.access import Request
from breakwater.trust.actions.protecting import protect_part
from breakwater.trust.journal import see
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other


def part_protection(request: Request, part_id: UUID) -> HttpResponse:
    """Put one part of a record under the protection of a law that asks for more than the rest of it."""
    part, one = see_part(part_id, by=request.actor)
    form = PartProtectionForm(request.POST or None, protected=[*one.circle.segments, *one.segments])
    if form.is_valid():
        with refusals_on(form):
            protect_part(one, form.cleaned_data["segments"], at=request.now, by=request.actor)
            return see_other(request, part.back(one))
    return page(request, "privacy/part_protection.html", form=form, **_about(part, one))


def part_lowering(request: Request, part_id: UUID) -> HttpResponse:
    """Take one part of a record out of the protection of a law."""
    part, one = see_part(part_id, by=request.actor)
    request.actor.must("trust.lower_segments", one.circle)
    form = LoweringForm(request.POST or None, protected=one.segments)
    if form.is_valid():
        with refusals_on(form):
            part.lower(one, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, part.back(one))
    return page(request, "privacy/part_lowering.html", form=form, **_about(part, one))


def fact_protection(request: Request, person_id: UUID) -> HttpResponse:
    """Keep one fact about a person apart from the rest of who they are."""
    person = see(Person, person_id, by=request.actor)
    facts = facts_of(person, with_what_is_apart(person, request.actor))
    form = FactProtectionForm(request.POST or None, protected=person.circle.segments, facts=facts)
    if form.is_valid():
        with refusals_on(form):
            fact, segments = form.cleaned_data["fact"], form.cleaned_data["segments"]
            protect_fact(person, fact, segments, at=request.now, by=request.actor)
            return see_other(request, url("desk:person", person.pk))
    return page(request, "privacy/fact_protection.html", form=form, person=person)


def _about(part: Part, one: Any) -> dict[str, Any]:
    case = one.case if part.panel else None
    return {
        "part": one, "case": case, "person": case.person if case else one.person, "noun": part.noun,
        "which": part.tells(one), "since": part.since(one), "laws": one.protections(), "back": part.back(one),
        "by": getattr(one, "by", None),
    }  # fmt: skip
