from uuid import UUID

from django.http import Http404, HttpResponse

from breakwater.cases.models import Case
from breakwater.people.models import Person
from breakwater.privacy.forms.circle import GuestForm, LessForm, OutForm
from breakwater.referrals.actions.out_of_a_record import held_in, leave_record
from breakwater.trust.access import Request
from breakwater.trust.actions.standing import let_in, let_out, narrow_standing
from breakwater.trust.journal import see, see_shared
from breakwater.trust.library import law_of
from breakwater.trust.models import Decision, Grant
from breakwater.trust.rules.law import PURPOSES
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other


def circle(request: Request, person_id: UUID) -> HttpResponse:
    """Who stands in a person's circle of care: since when, until when, on which ground, and what they may know."""
    request.actor.must("people.read")
    person = see(Person, person_id, by=request.actor)
    opener = person.circle.opened_by
    grants = list(Grant.objects.visible_to(request.actor).of_circle(person.circle_id))
    request.actor.saw("trust.grant", [one.pk for one in grants])
    return page(
        request, "privacy/circle.html", person=person, opener=opener, purposes=PURPOSES,
        is_ours=opener.pk == request.actor.agency_id, why=Decision.objects.why_let_in(person.circle_id),
        standing=sorted(
            (one for one in grants if one.stands(request.now)), key=lambda one: one.agency_id != opener.pk
        ),
        ended=[one for one in grants if not one.stands(request.now)],
        notices=law_of(opener).notices_on(person.circle.segments),
    )  # fmt: skip


def letting_in(request: Request, person_id: UUID) -> HttpResponse:
    """Let another agency into the circle, as far as the law lets it."""
    person = see(Person, person_id, by=request.actor)
    request.actor.must("trust.share", person.circle)
    form = GuestForm(request.POST or None, actor=request.actor)
    if form.is_valid():
        with refusals_on(form):
            let_in(form.guest(), circle=person.circle, at=request.now, by=request.actor)
            return see_other(request, url("privacy:circle", person.pk))
    return page(request, "privacy/letting_in.html", form=form, person=person)


def narrowing(request: Request, grant_id: UUID) -> HttpResponse:
    """Leave an agency that stands there less, or a shorter time."""
    found, person = _standing(request, grant_id)
    form = LessForm(request.POST or None, grant=found, actor=request.actor)
    if form.is_valid():
        with refusals_on(form):
            narrow_standing(found, **form.less(), at=request.now, by=request.actor)
            return see_other(request, url("privacy:circle", person.pk))
    return page(request, "privacy/standing_narrowing.html", form=form, person=person, grant=found)


def letting_out(request: Request, grant_id: UUID) -> HttpResponse:
    """Let an agency out, from this moment."""
    found, person = _standing(request, grant_id)
    form = OutForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            let_out(found.circle, agency=found.agency, at=request.now, by=request.actor)
            return see_other(request, url("privacy:circle", person.pk))
    others = Case.objects.open().visible_to(request.actor).exclude(agency=request.actor.agency)
    theirs = others.filter(person=person, agency=found.agency).first()
    return page(
        request, "privacy/letting_out.html", form=form, person=person, grant=found, theirs=theirs
    )  # fmt: skip


def leaving(request: Request, person_id: UUID) -> HttpResponse:
    """Our own agency leaves the circle of another, from this moment, when nothing of ours is open there."""
    person = see(Person, person_id, by=request.actor)
    form = OutForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            leave_record(person.circle, at=request.now, by=request.actor)
            return see_other(request, url("desk:now"))
    held = held_in(person.circle, request.actor)
    return page(request, "privacy/leaving.html", form=form, person=person, held=held)


def _standing(request: Request, grant_id: UUID) -> tuple[Grant, Person]:
    """A standing in a circle of ours, with the person whose circle it is."""
    found = see_shared(Grant, grant_id, by=request.actor, related=("agency", "circle", "consent"))
    person = Person.objects.visible_to(request.actor).filter(circle=found.circle_id).first()
    if person is None:
        raise Http404
    request.actor.must("trust.share", found.circle)
    return found, person
