from uuid import UUID

from django.http import HttpResponse

from breakwater.people.models import Person
from breakwater.privacy.forms.protection import LoweringForm, ProtectionForm
from breakwater.trust.access import Request
from breakwater.trust.actions.consents import lower_segment, raise_segments
from breakwater.trust.journal import see
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other


def protection(request: Request, person_id: UUID) -> HttpResponse:
    """Put a whole record under the protection of another law."""
    person = see(Person, person_id, by=request.actor)
    form = ProtectionForm(request.POST or None, protected=person.circle.segments)
    if form.is_valid():
        with refusals_on(form):
            raise_segments(person.circle, form.cleaned_data["segments"], at=request.now, by=request.actor)
            return see_other(request, url("privacy:agreed", person.pk))
    return page(request, "privacy/protection.html", form=form, person=person)


def lowering(request: Request, person_id: UUID) -> HttpResponse:
    """Take a whole record out of the protection of a law."""
    person = see(Person, person_id, by=request.actor)
    request.actor.must("trust.lower_segments", person.circle)
    form = LoweringForm(request.POST or None, protected=person.circle.segments)
    if form.is_valid():
        with refusals_on(form):
            lower_segment(person.circle, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("privacy:agreed", person.pk))
    return page(request, "privacy/lowering.html", form=form, person=person)
