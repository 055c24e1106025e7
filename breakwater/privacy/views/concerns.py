from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from breakwater.kernel.text import mark_of
from breakwater.people.models import Person
from breakwater.privacy.emergency_forms import ConcernForm
from breakwater.privacy.facts import facts_about
from breakwater.trust.access import Request
from breakwater.trust.actions.concerns import end_concern, law_on_concern, tell_concern
from breakwater.trust.journal import see, see_shared
from breakwater.trust.library import law_of
from breakwater.trust.models import Concern
from breakwater.trust.rules.law import Refusal
from breakwater.trust.rules.wording import paragraphs
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other


def concern(request: Request, person_id: UUID) -> HttpResponse:
    """Tell a security team: the facts are chosen, shown word for word with the law's answer, then told."""
    person = see(Person, person_id, by=request.actor)
    request.actor.must("trust.disclose", person.circle)
    form = ConcernForm(request.POST or None, actor=request.actor, facts=facts_about(person, request.actor))
    reading = form.reading() if form.is_valid() else ""
    shown = mark_of({"reading": reading})
    if reading and request.POST.get("shown") == shown:
        with refusals_on(form):
            told = tell_concern(form.warned(), circle=person.circle, at=request.now, by=request.actor)
            return see_other(request, url("privacy:told", told.pk))
    return page(
        request, "privacy/concern.html", person=person, form=form, shown=shown,
        parts=paragraphs(reading) if reading else [],
        **_answer(request, person, form, reading),
    )  # fmt: skip


def concerns(request: Request) -> HttpResponse:
    """What the actor's security team was told, for as long as it may know."""
    request.actor.must("trust.read_concerns")
    told = list(Concern.objects.told_to(request.actor).select_related("from_agency"))
    request.actor.saw("trust.concern", [one.pk for one in told])
    return page(request, "privacy/concerns.html", told=[(one, paragraphs(one.told)) for one in told])


def told(request: Request, concern_id: UUID) -> HttpResponse:
    """One concern, at either end of it: what was told, and nothing that lies behind."""
    request.actor.must("trust.read_concerns")
    found = see_shared(Concern, concern_id, by=request.actor, related=("from_agency", "to_agency", "by"))
    is_ours = found.from_agency_id == request.actor.agency_id
    person = (
        Person.objects.visible_to(request.actor).filter(circle=found.circle_id).first() if is_ours else None
    )
    return page(
        request, "privacy/told.html", concern=found, parts=paragraphs(found.told), is_ours=is_ours,
        person=person, is_open=found.is_open(request.now),
    )  # fmt: skip


@require_POST
def concern_ending(request: Request, concern_id: UUID) -> HttpResponse:
    """Nobody need worry any more."""
    found = see_shared(Concern, concern_id, by=request.actor, related=("from_agency", "to_agency", "circle"))
    end_concern(found, at=request.now, by=request.actor)
    return see_other(request, url("privacy:told", found.pk))


def _answer(request: Request, person: Person, form: ConcernForm, reading: str) -> dict[str, Any]:
    """What the law says to it, before anything leaves: a permit with its obligations, or a refusal with its code."""
    ways = list(law_of(request.actor.agency).ways.values())
    if not reading:
        return {"permit": None, "refusal": None, "ways": ways}
    answer = law_on_concern(form.warned(), circle=person.circle, at=request.now, by=request.actor)
    refused = isinstance(answer, Refusal)
    return {"permit": None if refused else answer, "refusal": answer if refused else None, "ways": ways}
