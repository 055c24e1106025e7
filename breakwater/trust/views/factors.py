"""Add, name and remove passkeys, an app that shows codes, and recovery codes."""

from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST

from breakwater.trust.access import Request
from breakwater.trust.actions.challenges import challenge, take_challenge
from breakwater.trust.actions.factors import (
    CODE_IS_WRONG,
    add_authenticator,
    add_passkey,
    make_recovery_codes,
    remove_authenticator,
    remove_passkey,
    rename_passkey,
)
from breakwater.trust.factors import Factors, new_secret, picture_of, step_of
from breakwater.trust.forms import AuthenticatorForm, NameForm, NewPasskeyForm
from breakwater.trust.guessing import try_secret
from breakwater.trust.middleware import accepts_secret, before_a_factor, needs_no_receipt
from breakwater.trust.models import Challenge, Passkey, User
from breakwater.trust.passkeys import Made, ask_to_make, made
from breakwater.trust.receipts import shown_once
from breakwater.trust.sealed import Unreadable, seal, unseal
from breakwater.trust.views.own import changed, me, only_fresh
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other

_NOT_MADE = "No passkey was made. Press the button, and follow what your browser asks."
_TOO_OLD = "This page was open too long. Scan the new picture."


@only_fresh
def new_passkey(request: Request) -> HttpResponse:
    """Add a passkey."""
    form = NewPasskeyForm(request.POST or None)
    if form.is_valid():
        found = _made(request, form)
        if found is None:
            form.add_error(None, _NOT_MADE)
            return page(request, "trust/passkey.html", form=form)
        key = request.session.session_key or ""
        with refusals_on(form):
            add_passkey(found, name=form.cleaned_data["name"], key=key, at=request.now, by=request.actor)
            return changed(request)
    return page(request, "trust/passkey.html", form=form)


@before_a_factor
@needs_no_receipt
@require_POST
def asked_to_make(request: Request) -> JsonResponse:
    """What a browser is asked to make a passkey."""
    user = me(request)
    what, state = ask_to_make(request, user, Factors(user).passkeys)
    token = challenge(Challenge.Kind.NEW_PASSKEY, state, at=request.now, user=user)
    return JsonResponse({"asked": what, "step": token})


@before_a_factor
@require_POST
def naming(request: Request, passkey_id: UUID) -> HttpResponse:
    """Call a passkey something else."""
    passkey = get_object_or_404(Passkey, pk=passkey_id, by=request.actor.user_id)
    form = NameForm(request.POST)
    form.full_clean()
    rename_passkey(passkey, name=form.cleaned_data.get("name", ""), by=request.actor)
    return see_other(request, url("trust:own"))


@before_a_factor
@require_POST
def passkey_removal(request: Request, passkey_id: UUID) -> HttpResponse:
    """Remove a passkey."""
    passkey = get_object_or_404(Passkey, pk=passkey_id, by=request.actor.user_id)
    return _remove_passkey(request, passkey)


@only_fresh
def _remove_passkey(request: Request, passkey: Passkey) -> HttpResponse:
    remove_passkey(passkey, key=request.session.session_key or "", at=request.now, by=request.actor)
    return changed(request)


@accepts_secret
@only_fresh
def authenticator(request: Request) -> HttpResponse:
    """Add an app that shows codes. Until its first code is right nothing is kept: the page holds the secret, sealed."""
    form = AuthenticatorForm(request.POST or None)
    user = me(request)
    offered = _offered(request, form, user)
    status = _first_code(request, form, offered, user)
    if form.is_valid():
        key, code = request.session.session_key or "", form.cleaned_data["one_time_code"]
        with refusals_on(form):
            add_authenticator(offered, code=code, key=key, at=request.now, by=request.actor)
            return changed(request)
    sealed = seal(offered.encode(), what=_offer_is(user)).hex()
    picture = mark_safe(picture_of(offered, user))  # noqa: S308 - drawn here, of squares
    return page(
        request, "trust/authenticator.html", status=status, form=form, secret=offered, sealed=sealed,
        picture=picture,
    )  # fmt: skip


@only_fresh
@require_POST
def authenticator_removal(request: Request) -> HttpResponse:
    """Remove the app."""
    remove_authenticator(key=request.session.session_key or "", at=request.now, by=request.actor)
    return changed(request)


@only_fresh
@require_POST
def codes(request: Request) -> HttpResponse:
    """New recovery codes, shown this once."""
    made_now = make_recovery_codes(key=request.session.session_key or "", at=request.now, by=request.actor)
    changed(request)
    return shown_once(request, page(request, "trust/codes.html", status=200, codes=made_now))


def _made(request: Request, form: NewPasskeyForm) -> Made | None:
    said = form.cleaned_data
    user = request.actor.user
    asked = take_challenge(said["step"], Challenge.Kind.NEW_PASSKEY, at=request.now, user=user)
    return made(request, asked.asked, said["passkey"]) if asked else None


def _first_code(request: Request, form: AuthenticatorForm, offered: str, user: User) -> int | None:
    """Try the first code, slowed down like any other. Mistakes with a new app do not shut the front door."""
    if not form.is_valid():
        return None
    code = form.cleaned_data["one_time_code"]
    tried = try_secret(
        request, user.username, lambda: step_of(code, offered, at=request.now) is not None, wrong=CODE_IS_WRONG,
        by="new app",
    )  # fmt: skip
    if not tried.is_right:
        form.add_error(None, tried.sentence)
    return tried.status


def _offered(request: Request, form: AuthenticatorForm, user: User) -> str:
    """The secret that this page offered before, or a new one."""
    if not form.is_bound:
        return new_secret()
    try:
        return unseal(bytes.fromhex(request.POST.get("sealed", "")), what=_offer_is(user)).decode()
    except (Unreadable, ValueError):
        form.add_error(None, _TOO_OLD)
        return new_secret()


def _offer_is(user: User) -> str:
    return f"offered to {user.pk}"
