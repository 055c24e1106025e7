"""Single sign-on: to an agency's own place to sign in, and back."""

import secrets
from typing import NamedTuple

from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from breakwater.kernel.errors import Refused
from breakwater.trust.access import Request
from breakwater.trust.actions.challenges import challenge, take_challenge, waiting
from breakwater.trust.actions.knocks import note_knock
from breakwater.trust.actions.single import connect_identity, disconnect_identity
from breakwater.trust.elsewhere import said_elsewhere
from breakwater.trust.entering import come_in
from breakwater.trust.forms import WordForm
from breakwater.trust.guessing import try_secret
from breakwater.trust.knocks import caller
from breakwater.trust.middleware import accepts_secret, acts_by_link, ends_sessions, public
from breakwater.trust.models import Challenge, Identity, Provider, Session
from breakwater.trust.pace import paced
from breakwater.trust.proving import works_today
from breakwater.trust.sealed import keyed
from breakwater.trust.single import KNOWN, send, subject_of
from breakwater.trust.views.front import after_one, here, onward
from breakwater.trust.views.own import changed, only_fresh
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on

_SECONDS = 300
_UNKNOWN = "No agency here has this word."
_NOT_LET_IN = (
    "Your agency's sign-in did not let you in here. If you pressed twice, you may be in: open the first page. Else sign"
    " in with your name first, and connect it on the page “Your sign-in”."
)


@public
@ends_sessions
@paced("elsewhere", verb="POST")
def single(request: Request) -> HttpResponse:
    """Which agency's sign-in; then a link that leads there."""
    form = WordForm(request.POST or None)
    if form.is_valid():
        provider = Provider.objects.filter(word=form.cleaned_data["word"].casefold()).first()
        if provider is not None:
            with refusals_on(form):
                return _on_the_way(request, provider)
        else:
            form.add_error("word", _UNKNOWN)
    return page(request, "trust/single.html", form=form, next=here(request))


@only_fresh
@require_POST
def connecting(request: Request) -> HttpResponse:
    """Connect one's sign-in at the agency's provider."""
    provider = Provider.objects.filter(agency=request.actor.agency_id).first()
    if provider is None:
        raise Refused("Your agency has no sign-in of its own here.")
    return _on_the_way(request, provider, connects=True)


@only_fresh
@require_POST
def disconnecting(request: Request) -> HttpResponse:
    """Let the provider let one in no more."""
    disconnect_identity(key=request.session.session_key or "", at=request.now, by=request.actor)
    return changed(request)


@public
@acts_by_link
@accepts_secret
@ends_sessions
def back(request: Request) -> HttpResponse:
    """They come back from a provider, in the browser that left."""
    found: list[_Back] = []
    state = request.GET.get("state", "")
    tried = try_secret(
        request, state, lambda: _comes_back(request, state, found), wrong=_NOT_LET_IN, by="single", last=False
    )
    if not tried.is_right:
        return _stays_out(request, tried.sentence, tried.status or 422)
    came = found[0]
    if came.connects:
        key = request.session.session_key or ""
        connect_identity(came.provider, came.subject, key=key, at=request.now, by=request.actor)
        return changed(request)
    return _in(request, came)


class _Back(NamedTuple):
    """Who came back from where, and whether to be connected or to come in."""

    provider: Provider
    subject: str
    connects: bool


def _in(request: Request, came: _Back) -> HttpResponse:
    """In, when the agency vouches that two factors were asked for there; else on to the second step."""
    identity = (
        Identity.objects.filter(provider=came.provider, subject=came.subject).select_related("user").first()
    )
    appointment = works_today(identity.user, request) if identity else None
    if appointment is None or appointment.agency_id != came.provider.agency_id:
        return _stays_out(request, _NOT_LET_IN, 422)
    if not came.provider.asks_for_two:
        return after_one(request, appointment, how=Session.How.SINGLE)
    note_knock(caller(request, appointment.user.username), got_in=True, at=request.now)
    come_in(request, appointment, how=Session.How.SINGLE, asked_for_two=True)
    return onward(request)


def _stays_out(request: Request, sentence: str, status: int) -> HttpResponse:
    return page(request, "trust/single.html", status=status, form=WordForm(), next="/", trouble=sentence)


def _on_the_way(request: Request, provider: Provider, *, connects: bool = False) -> HttpResponse:
    """A page with the way there. A link, not a form: a form of ours may lead nowhere else."""
    here_again = f"{request.scheme}://{request.get_host()}{url('trust:single_back')}"
    found = said_elsewhere(request, "about", lambda: KNOWN.about(provider, at=request.now))
    sent = send(provider, found, back=here_again)
    browser = secrets.token_urlsafe(24)
    user = request.actor.user if connects else None
    expected = sent.expected | {"browser": keyed(browser, what="browser")}
    state = challenge(Challenge.Kind.SINGLE, expected, at=request.now, user=user)
    response = page(request, "trust/away.html", status=200, where=sent.address(state), issuer=provider.issuer)
    response.set_cookie(
        settings.SINGLE_COOKIE, browser, max_age=_SECONDS, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return response


def _comes_back(request: Request, state: str, found: list[_Back]) -> bool:
    """Whether this browser was sent, once and lately, and the provider names somebody to us.

    What was asked is over when the provider has named somebody: of a link that is pressed twice at once the later press
    is refused there, and takes nothing from the first.
    """
    asked, code = waiting(state, Challenge.Kind.SINGLE, at=request.now), request.GET.get("code", "")
    browser = keyed(request.COOKIES.get(settings.SINGLE_COOKIE, ""), what="browser")
    if asked is None or not secrets.compare_digest(browser, asked.asked["browser"]):
        return False
    if asked.user_id is not None and (request.actor is None or request.actor.user_id != asked.user_id):
        return False
    provider = Provider.objects.filter(pk=asked.asked["provider"]).first()
    if provider is None:
        return False
    try:
        subject = said_elsewhere(
            request, "subject", lambda: subject_of(provider, code, asked.asked, at=request.now)
        )
    except Refused:
        return False
    if take_challenge(state, Challenge.Kind.SINGLE, at=request.now) is None:
        return False
    found.append(_Back(provider, subject, connects=asked.user_id is not None))
    return True
