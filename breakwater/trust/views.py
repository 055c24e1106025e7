from typing import Any

from django.contrib.auth import authenticate, login, logout
from django.http import HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from breakwater.kernel.errors import Refused
from breakwater.trust.access import Actor, Request, acting, actor_for
from breakwater.trust.actions.drafts import drop_draft, keep_draft
from breakwater.trust.actions.knocks import note_knock
from breakwater.trust.drafts import keeps_drafts
from breakwater.trust.events import SignedIn, SignedOut
from breakwater.trust.forms import SignInForm
from breakwater.trust.journal import record
from breakwater.trust.knocks import Caller, caller, wait_before
from breakwater.trust.middleware import only_looks, public
from breakwater.trust.models import Appointment, User
from breakwater.trust.receipts import KEY_FIELD, what_was_kept
from breakwater.trust.rules import wait_in_words
from breakwater.ui.pages import page, see_other

_NOT_TYPED = (KEY_FIELD, "csrfmiddlewaretoken")


@public
def sign_in(request: Request) -> HttpResponse:
    """Sign in, and go back to where one was turned away, with what one had typed."""
    where = _here(request.POST.get("next") or request.GET.get("next") or "/", request)
    form = SignInForm(request.POST or None)
    status = None
    if form.is_valid():
        who = caller(request, form.cleaned_data["username"])
        if until := wait_before(who, at=request.now):
            form.add_error(None, wait_in_words(until - request.now))
            status = 429
        elif _comes_in(request, form, who):
            return _onward(request, where)
        else:
            form.add_error(None, "This name and password do not match, or the account is not in use.")
    kept = request.POST.get("kept", "")
    return page(request, "trust/sign_in.html", status=status, form=form, next=where, kept=kept)


@require_POST
def sign_out(request: Request) -> HttpResponse:
    """End this session."""
    record(SignedOut(), by=request.actor, at=request.now)
    logout(request)
    return see_other(request, "/")


@only_looks
@require_POST
def draft(request: Request) -> HttpResponse:
    """Keep what is being typed, as it is typed. No receipt is needed: the last text wins."""
    form = request.GET.get("form", "")
    if request.GET.get("drop"):
        drop_draft(form, by=request.actor)
        return see_other(request, _here(form, request))
    fields = {name: request.POST.getlist(name) for name in request.POST if name not in _NOT_TYPED}
    keep_draft(form, fields, at=request.now, by=request.actor)
    return HttpResponse(status=204)


def _here(address: str, request: Request) -> str:
    """The address, when it is one of ours; else the first page."""
    return address if url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}) else "/"


def _comes_in(request: Request, form: SignInForm, who: Caller) -> bool:
    """Whether whoever knocks comes in. That they knocked is written down either way, and stands."""
    user = authenticate(request, **form.cleaned_data)
    got_in = isinstance(user, User) and _begin(request, user)
    note_knock(who, got_in=got_in, at=request.now)
    request.stands = True
    return got_in


def _onward(request: Request, where: str) -> HttpResponse:
    """On to where they were turned away; with what they had typed there, unless that page keeps drafts itself."""
    user = request.actor.user
    kept = what_was_kept(request.POST.get("kept", ""), user=user) if user else None
    if kept is None or keeps_drafts(str(kept["form"])):
        return see_other(request, where)
    return page(
        request, "ui/again.html", status=200, to=kept["form"], typed=kept["fields"], key=kept["key"],
        sentence="You are signed in again. What you typed was not lost, and is not saved yet.",
    )  # fmt: skip


def _begin(request: Request, user: User) -> bool:
    """Begin the session of somebody who works somewhere today; keep what they typed while signed out."""
    appointment = (
        Appointment.objects.standing(request.now).filter(user=user).select_related("user", "agency").first()
    )
    if appointment is None:
        return False
    login(request, user)
    actor = request.actor = actor_for(appointment, now=request.now)
    kept = what_was_kept(request.POST.get("kept", ""), user=user)
    with acting(actor):
        record(SignedIn(), by=actor, at=request.now)
        if kept:
            _restore(kept, request, actor)
    return True


def _restore(kept: dict[str, Any], request: Request, actor: Actor) -> None:
    try:
        keep_draft(str(kept["form"]), kept["fields"], at=request.now, by=actor)
    except Refused:
        return
