from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from breakwater.people.models import Person
from breakwater.privacy.emergency_forms import CloseForm, TellingForm
from breakwater.trust.access import Request
from breakwater.trust.actions.family import say_who_may_know, take_back, tell_somebody_close
from breakwater.trust.journal import see
from breakwater.trust.models import Involvement
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other


def family(request: Request, person_id: UUID) -> HttpResponse:
    """What the person said about telling those close to them; and a new word of theirs."""
    request.actor.must("people.read")
    person = see(Person, person_id, by=request.actor)
    form = CloseForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            say_who_may_know(form.close(), circle=person.circle, at=request.now, by=request.actor)
            return see_other(request, url("privacy:family", person.pk))
    said = list(Involvement.objects.visible_to(request.actor).of_circle(person.circle_id))
    request.actor.saw("trust.involvement", [one.pk for one in said])
    return page(request, "privacy/family.html", person=person, form=form, said=said)


@require_POST
def taking_back(request: Request, involvement_id: UUID) -> HttpResponse:
    """What was said holds no longer."""
    found = see(Involvement, involvement_id, by=request.actor)
    take_back(found, at=request.now, by=request.actor)
    person = Person.objects.visible_to(request.actor).get(circle=found.circle_id)
    return see_other(request, url("privacy:family", person.pk))


def telling(request: Request, person_id: UUID) -> HttpResponse:
    """Somebody close asks, or is told."""
    person = see(Person, person_id, by=request.actor)
    request.actor.must("trust.disclose", person.circle)
    form = TellingForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        with refusals_on(form):
            tell_somebody_close(
                said["name"], said["told"], circle=person.circle, at=request.now, by=request.actor,
                can_be_asked=said["asked"] == "yes", best_interest=said["best_interest"],
            )  # fmt: skip
            return see_other(request, url("privacy:family", person.pk))
    return page(request, "privacy/telling.html", person=person, form=form)
