from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from breakwater.kernel.errors import Refused
from breakwater.people.emergency import found_in_emergency
from breakwater.people.models import Person
from breakwater.privacy.forms.sharing import EmergencyForm, ReviewForm
from breakwater.trust.access import Request
from breakwater.trust.actions.glass import break_glass, close_glass, review_glass
from breakwater.trust.journal import see_shared
from breakwater.trust.library import law_of
from breakwater.trust.middleware import accepts_secret, ends_sessions
from breakwater.trust.models import Glass, Segment, Sighting
from breakwater.trust.step_up import goes_on, is_still_them
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other


@accepts_secret
@ends_sessions
def emergency(request: Request) -> HttpResponse:
    """Open a record of another agency in an emergency. What stays closed and what is not there look the same."""
    request.actor.must("trust.break_glass")
    form = EmergencyForm(request.POST or None, actor=request.actor)
    status = None
    if form.is_valid() and is_still_them(request, form):
        said = form.cleaned_data
        try:
            found = found_in_emergency(name=said["name"], born=said["born"], phone=said["phone"])
            break_glass(found, form.why(), at=request.now, by=request.actor)
            goes_on(request)
            return see_other(request, url("privacy:opened"))
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = getattr(refusal, "status", None)
    return page(request, "privacy/emergency.html", status=status, form=form)


def opened(request: Request) -> HttpResponse:
    """What this worker opened, and may still read."""
    request.actor.must("trust.break_glass")
    through = list(Glass.objects.open(request.now).filter(by=request.actor.user_id).select_related("owner"))
    people = Person.objects.visible_to(request.actor).filter(circle__in=[one.circle_id for one in through])
    found = {one.circle_id: one for one in people}
    request.actor.saw("people.person", [one.pk for one in found.values()])
    law = law_of(request.actor.agency)
    notice = law.notices[law.regimes[Segment.PART2].notice]
    shown = [(one, found.get(one.circle_id)) for one in through]
    return page(request, "privacy/opened.html", opened=shown, notice=notice)


@require_POST
def closing(request: Request, glass_id: UUID) -> HttpResponse:
    """Done before the time is over."""
    close_glass(_glass(request, glass_id), by=request.actor)
    return see_other(request, url("privacy:opened"))


def review(request: Request, glass_id: UUID) -> HttpResponse:
    """What was opened, why, and what was read there; and whether it was right."""
    glass = _glass(request, glass_id)
    request.actor.must("trust.review")
    form = ReviewForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            review_glass(glass, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("privacy:desk"))
    read = Sighting.objects.filter(glass=glass.pk).order_by("seen_at")
    person = Person.objects.visible_to(request.actor).filter(circle=glass.circle_id).first()
    due_at = glass.opened_at + law_of(glass.owner).glass.review
    return page(
        request, "privacy/review.html", glass=glass, form=form, read=read, person=person, due_at=due_at
    )


def _glass(request: Request, glass_id: UUID) -> Glass:
    return see_shared(Glass, glass_id, by=request.actor, related=("by", "agency", "owner", "reviewed_by"))
