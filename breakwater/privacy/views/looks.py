from uuid import UUID

from django.http import HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from breakwater.people.models import Person
from breakwater.privacy.forms.looks import FlagForm, LookedIntoForm, WhyForm
from breakwater.trust.access import Request
from breakwater.trust.actions.looks import answer_odd_look, flag_record, say_why, unflag_record
from breakwater.trust.journal import see, see_shared
from breakwater.trust.models import Flag, OddLook, Opening, Sighting
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other

_MOST = 100


def look(request: Request, look_id: UUID) -> HttpResponse:
    """A look that asks for an explanation: whose, at what, and what it was."""
    found = see_shared(OddLook, look_id, by=request.actor, related=("agency", "by", "answered_by"))
    request.actor.must("trust.look_into")
    form = LookedIntoForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            answer_odd_look(found, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("privacy:desk"))
    person = Person.objects.visible_to(request.actor).filter(circle=found.circle_id).first()
    seen = Sighting.objects.filter(by=found.by_id, seen_at__range=(found.first_at, found.last_at))
    said = Opening.objects.filter(circle=found.circle_id, by=found.by_id, at__lte=found.last_at).order_by(
        "-at"
    )
    return page(
        request, "privacy/look.html", look=found, form=form, person=person, seen=seen.order_by("seen_at")[:_MOST],
        opening=said.first(), most=_MOST,
    )  # fmt: skip


def flagging(request: Request, person_id: UUID) -> HttpResponse:
    """Mark a record at which everybody says why before it opens."""
    person = see(Person, person_id, by=request.actor)
    request.actor.must("trust.look_into", person.circle)
    form = FlagForm(request.POST or None)
    if request.POST and form.is_valid():
        with refusals_on(form):
            flag_record(person.circle, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("privacy:desk"))
    return page(
        request, "privacy/act.html", form=form, person=person, title="Ask everybody why they open this record",
        act="Ask from now", back=url("privacy:agreed", person.pk),
    )  # fmt: skip


@require_POST
def unflagging(request: Request, flag_id: UUID) -> HttpResponse:
    """Nobody is asked any more."""
    flag = see_shared(Flag, flag_id, by=request.actor, related=("circle",))
    unflag_record(flag, at=request.now, by=request.actor)
    return see_other(request, url("privacy:desk"))


def why(request: Request, flag_id: UUID) -> HttpResponse:
    """Say why, before the record opens. The page tells nothing of it."""
    request.actor.must("people.read")
    flag = see_shared(Flag, flag_id, by=request.actor, related=("circle",))
    form = WhyForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            say_why(flag, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, _next(request))
    return page(request, "privacy/why.html", form=form)


def _next(request: Request) -> str:
    """Where they were going, when it is on this site."""
    where = request.GET.get("next", "")
    return where if url_has_allowed_host_and_scheme(where, allowed_hosts=None) else url("desk:now")
