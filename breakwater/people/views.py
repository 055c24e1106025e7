from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from breakwater.people.actions.callers import choose_word, end_word, hand_code, try_caller
from breakwater.people.actions.households import join_household, leave_household
from breakwater.people.actions.persons import add_name, correct, end_name
from breakwater.people.actions.reach import (
    add_contact_point,
    add_supporter,
    change_safety,
    end_contact_point,
    end_supporter,
)
from breakwater.people.apart import with_what_is_apart
from breakwater.people.callers import how_to_wait, last_tries
from breakwater.people.forms import (
    CallerForm,
    ContactPointForm,
    EndingForm,
    HouseholdForm,
    NameForm,
    SafetyForm,
    SafeWordForm,
    SupporterForm,
    WhoForm,
)
from breakwater.people.matching import possible_matches
from breakwater.people.models import ContactPoint, Membership, Name, Person, SafeWord, Supporter
from breakwater.trust.access import Request
from breakwater.trust.guessing import try_secret
from breakwater.trust.journal import see
from breakwater.trust.middleware import accepts_secret
from breakwater.trust.pace import paced
from breakwater.trust.receipts import shown_once
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other


def who(request: Request, person_id: UUID) -> HttpResponse:
    """Correct what is written about a person."""
    person = see(Person, person_id, by=request.actor, related=("changed_by",))
    with_what_is_apart(person, request.actor)
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


def name(request: Request, person_id: UUID) -> HttpResponse:
    """Add something they are called."""
    person = see(Person, person_id, by=request.actor)
    form = NameForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            add_name(person, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("desk:person", person.pk))
    return _act(request, person, form, "Another name")


def safe_word(request: Request, person_id: UUID) -> HttpResponse:
    """The person chooses by which word they are known on the phone."""
    person = see(Person, person_id, by=request.actor)
    form = SafeWordForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            choose_word(person, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("people:caller", person.pk))
    standing = SafeWord.objects.visible_to(request.actor).of(person).first()
    return page(request, "people/safe_word.html", person=person, form=form, standing=standing)


@require_POST
@paced("codes", verb="POST")
def safe_word_code(request: Request, person_id: UUID) -> HttpResponse:
    """Hand a code to somebody who is there and chose no word. It is shown this once."""
    person = see(Person, person_id, by=request.actor)
    code = hand_code(person, at=request.now, by=request.actor)
    return shown_once(
        request, page(request, "people/safe_word_code.html", status=200, person=person, code=code)
    )


@require_POST
def safe_word_ending(request: Request, person_id: UUID) -> HttpResponse:
    """The person has no word any more."""
    person = see(Person, person_id, by=request.actor)
    end_word(person, at=request.now, by=request.actor)
    return see_other(request, url("people:safe_word", person.pk))


@accepts_secret
def caller(request: Request, person_id: UUID) -> HttpResponse:
    """Somebody calls and says that they are this person: did they say the person's word?"""
    person = see(Person, person_id, by=request.actor)
    form, matches, status = CallerForm(request.POST or None), None, None
    if form.is_valid():
        with refusals_on(form):
            matches, status = _tried(request, person, form)
    return page(
        request, "people/caller.html", status=status, person=person, form=form, matches=matches,
        standing=SafeWord.objects.visible_to(request.actor).of(person).first(), tries=last_tries(person, request.actor),
    )  # fmt: skip


@paced("search", verb="POST")
def household(request: Request, person_id: UUID) -> HttpResponse:
    """Say with whom they belong together: a name first, then one of those who are known."""
    person = see(Person, person_id, by=request.actor)
    form = HouseholdForm(request.POST or None)
    found = []
    if form.is_valid():
        chosen, part = form.cleaned_data["with_person"], form.cleaned_data["part"]
        with refusals_on(form):
            if chosen:
                with_ = see(Person, chosen, by=request.actor)
                join_household(person, with_=with_, part=part, at=request.now, by=request.actor)
                return see_other(request, url("desk:person", person.pk))
        matches = possible_matches(request.actor, name=form.cleaned_data["name"])
        found = [one for one in matches if one.person_id != person.pk]
    return page(request, "people/household.html", person=person, form=form, found=found)


def name_ending(request: Request, name_id: UUID) -> HttpResponse:
    """They are not called this any more."""
    return _end(request, see(Name, name_id, by=request.actor, related=("person",)), end_name)


def contact_point_safety(request: Request, contact_point_id: UUID) -> HttpResponse:
    """A way to reach them is safer, or less safe, than it was."""
    point = see(ContactPoint, contact_point_id, by=request.actor, related=("person",))
    form = SafetyForm(request.POST or None, point=point)
    if form.is_valid():
        with refusals_on(form):
            change_safety(point, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("desk:person", point.person_id))
    return _act(request, point.person, form, "Is it safe to reach them like this?", about=point.value)


def contact_point_ending(request: Request, contact_point_id: UUID) -> HttpResponse:
    """A way to reach them holds no longer."""
    point = see(ContactPoint, contact_point_id, by=request.actor, related=("person",))
    return _end(request, point, end_contact_point)


def supporter_ending(request: Request, supporter_id: UUID) -> HttpResponse:
    """Somebody is no longer round them."""
    return _end(request, see(Supporter, supporter_id, by=request.actor, related=("person",)), end_supporter)


def leaving(request: Request, membership_id: UUID) -> HttpResponse:
    """They do not belong to the household any more."""
    return _end(
        request, see(Membership, membership_id, by=request.actor, related=("person",)), leave_household
    )


def _tried(request: Request, person: Person, form: CallerForm) -> tuple[bool | None, int | None]:
    """Whether it was their word, and the status of the answer; neither while whoever guesses has to wait."""
    said, by, at = form.cleaned_data["word"], request.actor, request.now
    tried = try_secret(
        request, str(person.pk), lambda: try_caller(person, said, at=at, by=by), wrong="No.", by="safe word",
        waits=how_to_wait,
    )  # fmt: skip
    if tried.status:
        form.add_error(None, tried.sentence)
        return None, tried.status
    return tried.is_right, 200


def _end(request: Request, row: Any, end: Callable[..., None]) -> HttpResponse:
    """One press ends it; the page asks first where somebody came by a link."""
    form = EndingForm(request.POST or None)
    if request.POST:
        with refusals_on(form):
            end(row, at=request.now, by=request.actor)
            return see_other(request, url("desk:person", row.person_id))
    return _act(request, row.person, form, "This holds no longer")


def _act(
    request: Request, person: Person, form: Form, title: str, latest: int | None = None, about: str = ""
) -> HttpResponse:
    return page(request, "people/act.html", person=person, form=form, title=title, latest=latest, about=about)
