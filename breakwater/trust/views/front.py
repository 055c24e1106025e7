"""The front door: a name and a password, the second step, a passkey alone; and the way out."""

from django.contrib.auth import authenticate, logout
from django.http import HttpResponse, JsonResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from breakwater.trust.access import Request, acting, knocking_as
from breakwater.trust.actions.challenges import challenge, take_challenge, waiting
from breakwater.trust.actions.knocks import note_knock
from breakwater.trust.actions.sessions import hold_sign_in
from breakwater.trust.drafts import keeps_drafts
from breakwater.trust.entering import come_in
from breakwater.trust.events import RecoveryCodeUsed, SignedOut
from breakwater.trust.factors import Factors
from breakwater.trust.forms import PasskeyForm, SecondForm, SignInForm
from breakwater.trust.guessing import Tried, try_secret
from breakwater.trust.journal import record
from breakwater.trust.knocks import caller
from breakwater.trust.middleware import (
    accepts_secret,
    before_a_factor,
    ends_sessions,
    open_while_confined,
    public,
)
from breakwater.trust.models import Appointment, Challenge, Provider, Session, User
from breakwater.trust.pace import paced
from breakwater.trust.passkeys import ask_to_sign, whose
from breakwater.trust.proving import takes_code, who_signed, works_today
from breakwater.trust.receipts import what_was_kept
from breakwater.ui.pages import as_read, page, see_other

_WRONG = "This name and password do not match, or the account is not in use."
_WRONG_CODE = "This code is not right, or it was used before. Wait for the next one."
_WRONG_PASSKEY = "This passkey did not let you in. Try again, or sign in with your name and password."
_TOO_LATE = "That took too long. Begin again with your name and password."


@public
@accepts_secret
@ends_sessions
def sign_in(request: Request) -> HttpResponse:
    """Sign in, and go back to where one was turned away, with what one had typed."""
    form = SignInForm(request.POST or None)
    status = None
    if form.is_valid():
        found: list[Appointment] = []
        name = form.cleaned_data["username"]
        tried = try_secret(request, name, lambda: _knows(request, form, found), wrong=_WRONG, last=False)
        if tried.is_right:
            return after_one(request, found[0], how=Session.How.PASSWORD)
        form.add_error(None, tried.sentence)
        status = tried.status
    return _door(request, form, status)


@public
@accepts_secret
@ends_sessions
@require_POST
def second(request: Request) -> HttpResponse:
    """The second step: a code from an app, or a recovery code."""
    token = request.POST.get("second", "")
    asked = waiting(token, Challenge.Kind.SECOND, at=request.now)
    appointment = works_today(asked.user, request) if asked and asked.user else None
    if appointment is None:
        return _again(request, Tried(_TOO_LATE))
    form = SecondForm(request.POST)
    if form.is_valid():
        kind: list[str] = []
        name, code = appointment.user.username, form.cleaned_data["one_time_code"]
        tried = try_secret(
            request, name, lambda: _takes(kind, code, appointment.user, request), wrong=_WRONG_CODE
        )
        if tried.is_right:
            if not _is_still_asked(token, appointment, request):
                return _again(request, Tried(_TOO_LATE))
            return _in_by_code(request, appointment, kind[0])
        form.add_error("one_time_code", tried.sentence)
        return _second_step(request, appointment.user, form, status=tried.status or 422)
    return _second_step(request, appointment.user, form, status=422)


@public
@open_while_confined
@before_a_factor
@require_POST
@paced("passkeys")
def asked(request: Request) -> JsonResponse:
    """What a passkey is to sign: any of ours at the front door, one of theirs when somebody is signed in."""
    user = request.actor.user if request.actor else None
    what, state = ask_to_sign(request, Factors(user).passkeys if user else None)
    token = challenge(Challenge.Kind.PASSKEY, state, at=request.now, user=user)
    return JsonResponse({"asked": what, "step": token})


@public
@accepts_secret
@ends_sessions
@require_POST
def passkey(request: Request) -> HttpResponse:
    """Come in by a passkey alone: it is with its owner, and has seen that it is them."""
    form = PasskeyForm(request.POST)
    form.full_clean()
    answer, token = form.cleaned_data.get("passkey", ""), form.cleaned_data.get("step", "")
    found: list[Appointment] = []
    handle, _ = whose(answer)
    tried = try_secret(
        request,
        handle.hex() or token,
        lambda: _signs(request, token, answer, found),
        wrong=_WRONG_PASSKEY,
        by="key",
    )
    if not tried.is_right:
        return _again(request, tried)
    note_knock(caller(request, found[0].user.username), got_in=True, at=request.now)
    come_in(request, found[0], how=Session.How.PASSKEY)
    return onward(request)


@before_a_factor
@ends_sessions
@require_POST
def sign_out(request: Request) -> HttpResponse:
    """End this session."""
    record(SignedOut(), by=request.actor, at=request.now)
    logout(request)
    return see_other(request, "/")


def after_one(request: Request, appointment: Appointment, *, how: str) -> HttpResponse:
    """One factor was right: on to the second where there is one, in where there is none."""
    user = appointment.user
    with knocking_as(user.pk):
        has_second = Factors(user).has_any
    if has_second:
        return _second_step(request, user, SecondForm(), status=200)
    note_knock(caller(request, user.username), got_in=True, at=request.now)
    come_in(request, appointment, how=how)
    return onward(request)


def onward(request: Request) -> HttpResponse:
    """On to where they were turned away; with what they had typed there, unless that page keeps drafts itself."""
    where, user = here(request), request.actor.user
    kept = what_was_kept(request.POST.get("kept", ""), user=user) if user else None
    if kept is None or keeps_drafts(str(kept["form"])):
        return see_other(request, where)
    return page(
        request, "ui/again.html", status=200, to=kept["form"], typed=kept["fields"], key=kept["key"],
        said=as_read(kept["fields"]), had_files=kept.get("had_files", False),
        sentence="You are signed in again. What you typed was not lost, and is not saved yet.",
    )  # fmt: skip


def here(request: Request, address: str = "") -> str:
    """Where they want to go, when that is one of our addresses; else the first page."""
    where = address or request.POST.get("next") or request.GET.get("next") or "/"
    return where if url_has_allowed_host_and_scheme(where, allowed_hosts={request.get_host()}) else "/"


def _door(request: Request, form: SignInForm, status: int | None) -> HttpResponse:
    has_single = Provider.objects.exists()
    return page(
        request, "trust/sign_in.html", status=status, form=form, next=here(request),
        kept=request.POST.get("kept", ""), has_single=has_single,
    )  # fmt: skip


def _again(request: Request, tried: Tried) -> HttpResponse:
    """Back at the front door, with the reason."""
    form = SignInForm({"username": ""})
    form.errors.clear()
    form.add_error(None, tried.sentence)
    return _door(request, form, tried.status or 422)


def _second_step(request: Request, user: User, form: SecondForm, *, status: int) -> HttpResponse:
    token = request.POST.get("second") or challenge(Challenge.Kind.SECOND, {}, at=request.now, user=user)
    with knocking_as(user.pk):
        has = Factors(user)
        has_passkey, has_app = bool(has.passkeys), has.authenticator is not None
    return page(
        request, "trust/second.html", status=status, form=form, token=token, next=here(request),
        kept=request.POST.get("kept", ""), has_passkey=has_passkey, has_app=has_app,
    )  # fmt: skip


def _is_still_asked(token: str, appointment: Appointment, request: Request) -> bool:
    """Whether nothing ended this sign-in while the code was on its way. Their sign-in is held before what it asked."""
    hold_sign_in(appointment.user)
    return take_challenge(token, Challenge.Kind.SECOND, at=request.now) is not None


def _in_by_code(request: Request, appointment: Appointment, kind: str) -> HttpResponse:
    come_in(request, appointment, how=kind)
    if kind == Session.How.RECOVERY:
        with acting(request.actor):
            record(RecoveryCodeUsed(), about=appointment.user_id, by=request.actor, at=request.now)
    return onward(request)


def _knows(request: Request, form: SignInForm, found: list[Appointment]) -> bool:
    """Whether name and password are of somebody who works somewhere today."""
    user = authenticate(request, **form.cleaned_data)
    appointment = works_today(user, request) if isinstance(user, User) else None
    found += [appointment] if appointment else []
    return appointment is not None


def _takes(kind: list[str], code: str, user: User, request: Request) -> bool:
    kind.append(takes_code(code, user, request))
    return bool(kind[-1])


def _signs(request: Request, token: str, answer: str, found: list[Appointment]) -> bool:
    user = who_signed(request, token, answer)
    appointment = works_today(user, request) if user else None
    found += [appointment] if appointment else []
    return appointment is not None
