from uuid import UUID

from django.forms import Form
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from breakwater.people.actions import add_contact_point, add_supporter, correct
from breakwater.people.forms import ContactPointForm, MatchForm, SupporterForm, WhoForm
from breakwater.people.matching import possible_matches
from breakwater.people.models import Person
from breakwater.trust.access import Request
from breakwater.trust.journal import see
from breakwater.trust.middleware import only_looks
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other


@only_looks
@require_POST
def matches(request: Request) -> HttpResponse:
    """Possible matches for what is being typed."""
    request.actor.must("people.read")
    name, born, phone = MatchForm(request.POST).read()
    found = possible_matches(request.actor, name=name, born=born, phone=phone)
    return page(request, "people/_matches.html", status=200, matches=found)


def who(request: Request, person_id: UUID) -> HttpResponse:
    """Correct what is written about a person."""
    person = see(Person, person_id, by=request.actor, related=("changed_by",))
    form = WhoForm(
        request.POST or None, initial={name: getattr(person, name) for name in WhoForm.base_fields}
    )
    if form.is_valid():
        with refusals_on(form):
            changes = dict(form.cleaned_data)
            correct(person, version=changes.pop("version"), changes=changes, at=request.now, by=request.actor)
            return see_other(request, url("desk:person", person.pk))
    person.refresh_from_db()
    return _act(request, person, form, "Who they are", latest=person.version)


def contact_point(request: Request, person_id: UUID) -> HttpResponse:
    """Add a way to reach a person."""
    person = see(Person, person_id, by=request.actor)
    form = ContactPointForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            add_contact_point(person, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("desk:person", person.pk))
    return _act(request, person, form, "A way to reach them")


def supporter(request: Request, person_id: UUID) -> HttpResponse:
    """Add somebody round the person."""
    person = see(Person, person_id, by=request.actor)
    form = SupporterForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            add_supporter(person, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("desk:person", person.pk))
    return _act(request, person, form, "Somebody round them")


def _act(request: Request, person: Person, form: Form, title: str, latest: int | None = None) -> HttpResponse:
    return page(request, "people/act.html", person=person, form=form, title=title, latest=latest)
