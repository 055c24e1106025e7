from uuid import UUID

from django.http import HttpResponse

from breakwater.people.models import Person
from breakwater.privacy.emergency_forms import LookedForm, MedicalForm
from breakwater.trust.access import Request
from breakwater.trust.actions.medical import review_medical_emergency, tell_medical_staff
from breakwater.trust.journal import see
from breakwater.trust.models import MedicalEmergency
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other


def medical(request: Request, person_id: UUID) -> HttpResponse:
    """Tell medical staff in an emergency, with the facts of 42 CFR 2.51(c); and what was told before."""
    person = see(Person, person_id, by=request.actor)
    request.actor.must("trust.disclose", person.circle)
    form = MedicalForm(request.POST or None, now=request.now, initial={"discloser": request.actor.name})
    if form.is_valid():
        with refusals_on(form):
            made = tell_medical_staff(form.telling(), circle=person.circle, at=request.now, by=request.actor)
            return see_other(request, url("privacy:medical_told", made.pk))
    before = list(MedicalEmergency.objects.visible_to(request.actor).of_circle(person.circle_id))
    request.actor.saw("trust.medicalemergency", [one.pk for one in before])
    return page(request, "privacy/medical.html", person=person, form=form, before=before)


def medical_told(request: Request, emergency_id: UUID) -> HttpResponse:
    """What medical staff were told, and what somebody else said of it."""
    request.actor.must("people.read")
    found = see(MedicalEmergency, emergency_id, by=request.actor, related=("agency", "by", "reviewed_by"))
    form = LookedForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            words = form.cleaned_data["words"]
            review_medical_emergency(found, words=words, at=request.now, by=request.actor)
            return see_other(request, url("privacy:medical_told", found.pk))
    person = Person.objects.visible_to(request.actor).get(circle=found.circle_id)
    return page(request, "privacy/medical_told.html", emergency=found, person=person, form=form)
