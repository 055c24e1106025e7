"""Before something grave: is whoever sits at this session still who signed in?"""

from typing import cast
from uuid import UUID

from django import forms

from breakwater.trust.access import Request
from breakwater.trust.actions.sessions import hold_sign_in
from breakwater.trust.entering import prove_again
from breakwater.trust.events import RecoveryCodeUsed
from breakwater.trust.guessing import try_secret
from breakwater.trust.journal import record
from breakwater.trust.models import User
from breakwater.trust.proving import takes_code, who_signed
from breakwater.trust.rules.factors import is_fresh

_NOT_YOURS = "This code or passkey is not yours, or it was used before."


def is_still_them(request: Request, form: forms.Form) -> bool:
    """Whether what a form of ``forms.ask_again`` brings is theirs; else it says why. Guesses count as at the door.

    The password is asked for only where there is nothing better. A code that was right is used up, whatever follows.
    """
    user = User.objects.get(pk=cast(UUID, request.actor.user_id))
    if "password" in form.fields:
        typed = form.cleaned_data["password"]
        tried = try_secret(
            request, user.username, lambda: user.check_password(typed), wrong="This is not your password."
        )
    else:
        tried = try_secret(request, user.username, lambda: _is_theirs(request, form, user), wrong=_NOT_YOURS)
        request.stands = True
    if not tried.is_right:
        form.add_error("password" if "password" in form.fields else "one_time_code", tried.sentence)
    return tried.is_right


def is_fresh_for(request: Request) -> bool:
    """Whether they proved themselves a short while ago: then they are not asked again."""
    return is_fresh(request.actor.visit.proved_at, now=request.now)


def goes_on(request: Request) -> None:
    """What it was asked for is done: their session goes on under a new key."""
    prove_again(request)


def _is_theirs(request: Request, form: forms.Form, user: User) -> bool:
    said = form.cleaned_data
    hold_sign_in(user)
    if said.get("passkey"):
        signer = who_signed(request, said.get("step", ""), said["passkey"])
        return signer is not None and signer.pk == user.pk
    kind = takes_code(said.get("one_time_code", ""), user, request)
    if kind == "recovery":
        record(RecoveryCodeUsed(), about=user.pk, by=request.actor, at=request.now)
    return bool(kind)
