"""Your sign-in: what somebody comes in by, where they are signed in, and what was changed about it."""

from collections.abc import Callable
from functools import wraps
from typing import cast
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from breakwater.trust.access import Request
from breakwater.trust.actions.languages import read_in
from breakwater.trust.actions.passwords import change_password
from breakwater.trust.actions.sessions import end_other_sessions, end_session, know_of_change, say_of_device
from breakwater.trust.carried import is_carried, mark, unmark
from breakwater.trust.entering import carry, go_on_changed
from breakwater.trust.factors import Factors
from breakwater.trust.forms import LanguageForm, NameForm, PasswordForm, ProofForm
from breakwater.trust.house import HOUSE
from breakwater.trust.middleware import accepts_secret, before_a_factor, ends_sessions
from breakwater.trust.models import Entry, Provider, Session, User
from breakwater.trust.sealed import keyed
from breakwater.trust.step_up import goes_on, is_fresh_for, is_still_them
from breakwater.trust.views.front import here
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other
from breakwater.ui.words.catalogs import catalog_of

View = Callable[..., HttpResponse]
_TOLD = {
    "trust.factor_added": "A way to sign in was added",
    "trust.factor_removed": "A way to sign in was removed",
    "trust.recovery_codes_made": "New recovery codes were made",
    "trust.recovery_code_used": "A recovery code was used",
    "trust.password_changed": "The password was changed",
    "trust.device_marked": "It was said whether a device goes along",
    "trust.signed_out_by_another": "An administrator ended your sessions",
    "trust.reset_started": "An administrator started a reset",
    "trust.reset_approved": "A second person agreed to a reset",
    "trust.reset_used": "A new password was chosen by a reset",
}
_LATEST = 12


def only_fresh(view: View) -> View:
    """Ask whether it is still them before a page on which they change how they sign in."""

    @wraps(view)
    def asked_first(request: Request, *args: object, **kwargs: object) -> HttpResponse:
        if is_fresh_for(request):
            return view(request, *args, **kwargs)
        back = request.path if request.method == "GET" else url("trust:own")
        return see_other(request, f"{url('trust:proof')}?{urlencode({'next': back})}")

    return before_a_factor(ends_sessions(asked_first))


@before_a_factor
def own(request: Request) -> HttpResponse:
    """Factors, sessions, and what was changed lately."""
    user = me(request)
    open_now = list(Session.objects.filter(user=user, expire_date__gt=request.now).order_by("-seen_at"))
    sessions = [(handle_of(one), one) for one in open_now]
    key = request.session.session_key
    here_now = next((handle for handle, one in sessions if one.session_key == key), "")
    changes = (
        Entry.objects.filter(about=user.pk, verb__in=_TOLD)
        .select_related("by")
        .order_by("-id")[: _LATEST + 1]
    )
    return page(
        request, "trust/own.html", has=Factors(user), sessions=sessions, here_now=here_now, user=user,
        changes=[(one, _TOLD[one.verb]) for one in changes], rename=NameForm(),
        speaks=LanguageForm(initial={"language": user.language}), catalog=catalog_of(request.actor.language),
        most=_LATEST, goes_along=is_carried(request), house=HOUSE,
        provider=Provider.objects.filter(agency=request.actor.agency_id).first(),
    )  # fmt: skip


@accepts_secret
@before_a_factor
@ends_sessions
def proof(request: Request) -> HttpResponse:
    """Is it still you? Asked before something is changed, when the last proof lies a while back."""
    form = ProofForm(request.POST or None, actor=request.actor)
    if form.is_valid() and is_still_them(request, form):
        goes_on(request)
        return see_other(request, here(request))
    return page(request, "trust/proof.html", form=form, next=here(request))


@only_fresh
def password(request: Request) -> HttpResponse:
    """Choose a new password. All other sessions end."""
    form = PasswordForm(request.POST or None)
    if form.is_valid():
        key = request.session.session_key or ""
        with refusals_on(form):
            change_password(form.cleaned_data["new_password"], key=key, at=request.now, by=request.actor)
            return changed(request)
    return page(request, "trust/password.html", form=form, has=Factors(me(request)))


@before_a_factor
@ends_sessions
@require_POST
def ending(request: Request) -> HttpResponse:
    """End one session, or all but this one."""
    key = request.session.session_key or ""
    which = request.POST.get("which", "")
    if which == "others":
        end_other_sessions(key, at=request.now, by=request.actor)
        return see_other(request, url("trust:own"))
    for one in Session.objects.filter(user=request.actor.user_id):
        if handle_of(one) == which:
            end_session(one, at=request.now, by=request.actor)
    return see_other(request, url("trust:own"))


@before_a_factor
@ends_sessions
@require_POST
def device(request: Request) -> HttpResponse:
    """Say that this device goes along, or that it no longer does: for that they prove that it is them."""
    if request.POST.get("goes_along") == "yes":
        carry(request)
        say_of_device(goes_along=True, at=request.now, by=request.actor)
        return mark(see_other(request, url("trust:own")))
    if not is_fresh_for(request):
        return see_other(request, f"{url('trust:proof')}?{urlencode({'next': url('trust:own')})}")
    say_of_device(goes_along=False, at=request.now, by=request.actor)
    return unmark(see_other(request, url("trust:own")))


@before_a_factor
@require_POST
def language(request: Request) -> HttpResponse:
    """They read in another language from now on."""
    form = LanguageForm(request.POST)
    if form.is_valid():
        read_in(form.cleaned_data["language"], by=request.actor)
    return see_other(request, url("trust:own"))


@before_a_factor
@require_POST
def known(request: Request) -> HttpResponse:
    """They know what was changed."""
    know_of_change(request.session.session_key or "")
    return see_other(request, here(request))


def handle_of(session: Session) -> str:
    """What a session is called on a page, under whichever key it goes on: its key is the secret that opens it."""
    return keyed(f"{session.user_id} {session.began_at.isoformat()}", what="session")[:16]


def changed(request: Request) -> HttpResponse:
    """A factor was changed: the session goes on under a new key."""
    go_on_changed(request, has_factor=Factors(me(request)).has_any)
    return see_other(request, url("trust:own"))


def me(request: Request) -> User:
    """Whoever is signed in, with everything that is kept about their sign-in."""
    return User.objects.get(pk=cast(UUID, request.actor.user_id))
