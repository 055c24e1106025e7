"""Keep one part of a record apart by a law: whichever part it is, in the same two acts."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse

from breakwater.people.actions.apart import lower_fact, protect_fact
from breakwater.people.apart import FIELDS, kept_apart
from breakwater.people.models import Person
from breakwater.privacy.forms.protection import LoweringForm, PartProtectionForm
from breakwater.privacy.parts import PARTS, Part
from breakwater.trust.access import Request
from breakwater.trust.actions.protecting import lower_part, protect_part
from breakwater.trust.journal import see
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other

View = Callable[..., HttpResponse]


def protection_of(kind: str) -> View:
    """The page on which a part of this kind is kept apart."""

    def protection(request: Request, **ids: UUID) -> HttpResponse:
        """Put one part of a record under the protection of a law that asks for more than the rest of it."""
        part = PARTS[kind]
        one = part.seen(ids[f"{kind}_id"], by=request.actor)
        form = PartProtectionForm(request.POST or None, protected=[*one.circle.segments, *one.segments])
        if form.is_valid():
            with refusals_on(form):
                protect_part(one, form.cleaned_data["segments"], at=request.now, by=request.actor)
                return see_other(request, part.back(one))
        return page(request, "privacy/part_protection.html", form=form, **_about(kind, part, one))

    return protection


def lowering_of(kind: str) -> View:
    """The page on which a part of this kind is taken out of the protection of a law."""

    def lowering(request: Request, **ids: UUID) -> HttpResponse:
        """Take one part of a record out of the protection of a law."""
        part = PARTS[kind]
        one = part.seen(ids[f"{kind}_id"], by=request.actor)
        request.actor.must("trust.lower_segments", one.circle)
        form = LoweringForm(request.POST or None, protected=one.segments)
        if form.is_valid():
            with refusals_on(form):
                lower_part(one, **form.cleaned_data, at=request.now, by=request.actor)
                return see_other(request, part.back(one))
        return page(request, "privacy/part_lowering.html", form=form, **_about(kind, part, one))

    return lowering


def fact_protection(request: Request, person_id: UUID, fact: str) -> HttpResponse:
    """Keep one fact about a person apart from the rest of who they are."""
    person, field = see(Person, person_id, by=request.actor), _field(fact)
    apart = kept_apart(person, request.actor).get(field)
    laws = apart.segments if apart else []
    form = PartProtectionForm(request.POST or None, protected=[*person.circle.segments, *laws])
    if form.is_valid():
        with refusals_on(form):
            protect_fact(person, field, form.cleaned_data["segments"], at=request.now, by=request.actor)
            return see_other(request, url("desk:person", person.pk))
    return page(request, "privacy/part_protection.html", form=form, **_of_fact(person, field, apart))


def fact_lowering(request: Request, person_id: UUID, fact: str) -> HttpResponse:
    """Take one fact about a person out of the protection of a law."""
    person, field = see(Person, person_id, by=request.actor), _field(fact)
    request.actor.must("trust.lower_segments", person.circle)
    apart = kept_apart(person, request.actor).get(field)
    form = LoweringForm(request.POST or None, protected=apart.segments if apart else [])
    if form.is_valid() and apart:
        with refusals_on(form):
            lower_fact(apart, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("desk:person", person.pk))
    return page(request, "privacy/part_lowering.html", form=form, **_of_fact(person, field, apart))


def _about(kind: str, part: Part, one: Any) -> dict[str, Any]:
    case = one.case if part.panel else None
    return {
        "part": one, "case": case, "person": case.person if case else one.person, "noun": part.noun,
        "which": part.tells(one), "since": part.since(one), "laws": one.protections(), "back": part.back(one),
        "lowering": url(f"privacy:{kind}_lowering", one.pk),
    }  # fmt: skip


def _of_fact(person: Person, field: str, apart: Any) -> dict[str, Any]:
    return {
        "part": None, "case": None, "person": person, "noun": "fact", "which": FIELDS[field], "since": None,
        "laws": apart.protections() if apart else [], "back": url("desk:person", person.pk),
        "lowering": url("privacy:fact_lowering", person.pk, field.replace("_", "-")),
    }  # fmt: skip


def _field(fact: str) -> str:
    """The field that an address means.

    Raises:
        Http404: nothing of the kind can be kept apart.
    """
    field = fact.replace("-", "_")
    if field not in FIELDS:
        raise Http404
    return field
