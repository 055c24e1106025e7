"""A clock of a case stands still for a reason that its law allows, and runs on."""

from uuid import UUID

from django.forms import Form
from django.http import Http404, HttpResponse

from breakwater.cases.forms.clocks import PauseForm
from breakwater.cases.models import Case
from breakwater.cases.views.act import act, done, seen
from breakwater.clocks.actions import pause, resume
from breakwater.clocks.models import Clock
from breakwater.trust.access import Request
from breakwater.trust.journal import see
from breakwater.ui.pages import refusals_on


def pausing(request: Request, clock_id: UUID) -> HttpResponse:
    """Let a clock stand still."""
    clock, case = _clock(request, clock_id)
    form = PauseForm(request.POST or None, clock=clock, now=request.now)
    if form.is_valid():
        request.actor.must("cases.work", case.circle)
        with refusals_on(form):
            pause(clock, **form.cleaned_data, at=request.now, by=request.actor)
            return done(request, case.pk)
    return act(request, case, form, clock.label, "Pause the clock", about=_WHY)


def resuming(request: Request, clock_id: UUID) -> HttpResponse:
    """Let a clock run on."""
    clock, case = _clock(request, clock_id)
    form = Form(request.POST or None)
    if form.is_valid():
        request.actor.must("cases.work", case.circle)
        with refusals_on(form):
            resume(clock, at=request.now, by=request.actor)
            return done(request, case.pk)
    return act(request, case, form, clock.label, "Let the clock run on")


_WHY = "What was left of its time is left when it runs on. Whoever reads the case sees that it stands still."


def _clock(request: Request, clock_id: UUID) -> tuple[Clock, Case]:
    request.actor.must("cases.read")
    clock = see(Clock, clock_id, by=request.actor)
    if clock.episode is None:
        raise Http404
    return clock, seen(request, clock.episode)
