"""A new password for somebody who lost theirs: started by an administrator, chosen by whose it is."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from breakwater.kernel.errors import NotPermitted
from breakwater.trust.access import Request, knocking_as
from breakwater.trust.actions.knocks import note_knock
from breakwater.trust.actions.passwords import approve_reset, reset_for, start_reset, use_reset
from breakwater.trust.forms import ResetForm, StartResetForm
from breakwater.trust.guessing import try_secret
from breakwater.trust.knocks import caller
from breakwater.trust.middleware import accepts_secret, ends_sessions, public
from breakwater.trust.models import Appointment, Reset, User
from breakwater.trust.proving import works_today
from breakwater.trust.receipts import shown_once
from breakwater.ui.pages import page, refusals_on, see_other

_WRONG = "This name and code do not match, or the code is too old. Ask for a new one."


@public
@accepts_secret
@ends_sessions
def reset(request: Request) -> HttpResponse:
    """Choose a new password with the code that an administrator handed over."""
    form = ResetForm(request.POST or None)
    status = None
    if form.is_valid():
        said = form.cleaned_data
        found: list[tuple[Reset, Appointment]] = []
        name = said["username"]
        tried = try_secret(request, name, lambda: _fits(request, form, found), wrong=_WRONG, last=False)
        if tried.is_right:
            with refusals_on(form):
                use_reset(found[0][0], said["new_password"], found[0][1], at=request.now)
                note_knock(caller(request, name), got_in=True, at=request.now)
                return see_other(request, "/sign-in/")
        else:
            form.add_error(None, tried.sentence)
            status = tried.status
    return page(request, "trust/reset.html", status=status, form=form)


@ends_sessions
def resets(request: Request) -> HttpResponse:
    """Let somebody choose a new password; and those that wait for a second person."""
    _must_see(request)
    form = StartResetForm(request.POST or None, actor=request.actor)
    if form.is_valid():
        said = form.cleaned_data
        with refusals_on(form):
            started, code = start_reset(
                said["who"], takes_factors=said["lost"] == "all", at=request.now, by=request.actor
            )
            return shown_once(
                request, page(request, "trust/handed.html", status=200, reset=started, code=code)
            )
    waiting = Reset.objects.open(request.now).filter(agency=request.actor.agency_id, code="")
    waiting = waiting.select_related("by", "started_by").order_by("started_at")
    return page(request, "trust/resets.html", form=form, waiting=waiting)


@require_POST
def approval(request: Request, reset_id: UUID) -> HttpResponse:
    """A second person agrees, and hands the code over."""
    waits = get_object_or_404(Reset.objects.select_related("by"), pk=reset_id, agency=request.actor.agency_id)
    code = approve_reset(waits, at=request.now, by=request.actor)
    return shown_once(request, page(request, "trust/handed.html", status=200, reset=waits, code=code))


def _must_see(request: Request) -> None:
    if not (request.actor.may("trust.administer") or request.actor.may("trust.review")):
        raise NotPermitted("Your role does not allow this: seeing who needs a new password.")


def _fits(request: Request, form: ResetForm, found: list[tuple[Reset, Appointment]]) -> bool:
    """Whether there is such a reset of such a person who works here today."""
    said = form.cleaned_data
    user = User.objects.filter(username__iexact=said["username"], is_active=True).first()
    appointment = works_today(user, request) if user else None
    if appointment is None:
        return False
    with knocking_as(appointment.user_id):
        open_one = reset_for(appointment.user, said["one_time_code"], at=request.now)
    found += [(open_one, appointment)] if open_one else []
    return open_one is not None
