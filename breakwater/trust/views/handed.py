"""A code that is handed over: whoever joins, and whoever lost their password, chooses one with it."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from breakwater.kernel.errors import NotPermitted
from breakwater.trust.access import Request, knocking_as
from breakwater.trust.actions.handed import approve_reset, handed_to, start_reset, use_handed
from breakwater.trust.actions.knocks import note_knock
from breakwater.trust.forms import GivenCodeForm, StartResetForm
from breakwater.trust.guessing import try_secret
from breakwater.trust.knocks import caller
from breakwater.trust.middleware import accepts_secret, ends_sessions, public
from breakwater.trust.models import Appointment, HandedCode, User
from breakwater.trust.proving import works_today
from breakwater.trust.receipts import shown_once
from breakwater.ui.pages import page, refusals_on, see_other

_WRONG = "This name and code do not match, or the code is too old. Ask for a new one."


@public
@accepts_secret
@ends_sessions
def given_code(request: Request) -> HttpResponse:
    """Choose a password with the code that an administrator handed over."""
    form = GivenCodeForm(request.POST or None)
    status = None
    if form.is_valid():
        said = form.cleaned_data
        found: list[tuple[HandedCode, Appointment]] = []
        name = said["username"]
        tried = try_secret(request, name, lambda: _fits(request, form, found), wrong=_WRONG, last=False)
        if tried.is_right:
            with refusals_on(form):
                use_handed(found[0][0], said["new_password"], found[0][1], at=request.now)
                note_knock(caller(request, name), got_in=True, at=request.now)
                return see_other(request, "/sign-in/")
        else:
            form.add_error(None, tried.sentence)
            status = tried.status
    return page(request, "trust/given_code.html", status=status, form=form)


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
    waiting = HandedCode.objects.open(request.now).filter(agency=request.actor.agency_id, code="")
    waiting = waiting.select_related("user", "started_by").order_by("started_at")
    return page(request, "trust/resets.html", form=form, waiting=waiting)


@require_POST
def approval(request: Request, reset_id: UUID) -> HttpResponse:
    """A second person agrees, and hands the code over."""
    ours = HandedCode.objects.select_related("user").filter(agency=request.actor.agency_id)
    waits = get_object_or_404(ours, pk=reset_id)
    code = approve_reset(waits, at=request.now, by=request.actor)
    return shown_once(request, page(request, "trust/handed.html", status=200, reset=waits, code=code))


def _must_see(request: Request) -> None:
    if not (request.actor.may("trust.administer") or request.actor.may("trust.review")):
        raise NotPermitted("Your role does not allow this: seeing who needs a new password.")


def _fits(request: Request, form: GivenCodeForm, found: list[tuple[HandedCode, Appointment]]) -> bool:
    """Whether such a code was handed to such a person, who works somewhere today."""
    said = form.cleaned_data
    user = User.objects.named(said["username"]).filter(is_active=True).first()
    appointment = works_today(user, request) if user else None
    if appointment is None:
        return False
    with knocking_as(appointment.user_id):
        handed = handed_to(appointment.user, said["one_time_code"], at=request.now)
    found += [(handed, appointment)] if handed else []
    return handed is not None
