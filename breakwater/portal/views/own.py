"""The person's own page. It has one address, so that a browser's history holds one line and no page."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST

from breakwater.kernel.errors import Refused
from breakwater.kernel.keys import is_key_of
from breakwater.people.models import ContactPoint
from breakwater.portal.actions.own import (
    Press,
    ask_for_a_call,
    confirm_need_met,
    leave_copy,
    note_opened,
    open_copy,
    say_how_safe,
    take_consent_back,
)
from breakwater.portal.discreet import PLACE, discreet
from breakwater.portal.forms import CallForm, CodeForm, SafetyForm
from breakwater.portal.holding import Holder, holding, left_as, was_left
from breakwater.portal.library import LASTING, SPEECH
from breakwater.portal.reading import shown_to
from breakwater.referrals.models import Referral
from breakwater.trust.access import Request
from breakwater.trust.guessing import try_secret
from breakwater.trust.middleware import accepts_secret, public
from breakwater.trust.models import Consent
from breakwater.trust.receipts import KEY_FIELD, is_whole
from breakwater.ui.pages import page

_MINUTE = timedelta(minutes=1)
_FORGET = '"cache"'


@public
@accepts_secret
def notes(request: Request) -> HttpResponse:
    """The copy while it is open; else the box for its code."""
    if request.method == "POST":
        return _knock(request)
    if was_left(request):
        return _gone(request, _box(request))
    with holding(request) as holder:
        return _copy(request, holder) if holder else _box(request)


@public
@require_POST
def out(request: Request) -> HttpResponse:
    """Leave at once: the copy is closed, the browser forgets, and somewhere else opens."""
    with holding(request, though_left=True) as holder:
        where = LASTING.exit(holder.agency.profile) if holder else LASTING.exit()
    response = _gone(request, _go_to(where))
    response.delete_cookie(settings.CSRF_COOKIE_NAME, samesite="Strict")
    return response


@public
@require_POST
def call(request: Request) -> HttpResponse:
    """They ask to be called."""
    form = CallForm(request.POST)
    words = form.cleaned_data["words"] if form.is_valid() else ""
    return _act(request, ask_for_a_call, words=words)


@public
@require_POST
def need_met(request: Request, referral_id: UUID) -> HttpResponse:
    """They confirm that a need was met."""
    return _act(
        request,
        lambda holder, press: confirm_need_met(holder, holder.see("steps", Referral, referral_id), press),
    )


@public
@require_POST
def way(request: Request, contact_point_id: UUID) -> HttpResponse:
    """They say how safe a way to reach them is."""
    form = SafetyForm(request.POST)
    safety = form.cleaned_data["safety"] if form.is_valid() else ""

    def say(holder: Holder, press: Press) -> object:
        point = holder.see("reach", ContactPoint, contact_point_id)
        return say_how_safe(holder, point, safety=safety, press=press)

    return _act(request, say)


@public
@require_POST
def taking_back(request: Request, consent_id: UUID) -> HttpResponse:
    """They take a consent back."""
    return _act(
        request,
        lambda holder, press: take_consent_back(holder, holder.see("holds", Consent, consent_id), press),
    )


def _gone(request: Request, response: HttpResponse) -> HttpResponse:
    """The copy is closed, and the browser forgets that there was one."""
    with holding(request, though_left=True) as holder:
        if holder:
            leave_copy(holder, at=request.now)
    for name in (settings.NOTES_COOKIE, settings.LEFT_COOKIE):
        response.delete_cookie(name, samesite="Strict")
    response.headers["Clear-Site-Data"] = _FORGET
    return response


def _knock(request: Request) -> HttpResponse:
    """Somebody tries a code."""
    form = CodeForm(request.POST)
    if not is_whole(request) or not form.is_valid():
        return _box(request, SPEECH["en"].says["wrong"], status=422)
    said, keys = form.cleaned_data, list[str]()

    def fits() -> bool:
        keys.append(open_copy(said["one_time_code"], said["second"]))
        return bool(keys[-1])

    wrong = SPEECH["en"].says["wrong"]
    tried = try_secret(request, said["one_time_code"], fits, wrong=wrong, by="copy", waits=_wait)
    return (
        _opened(request, keys[-1]) if tried.is_right else _box(request, tried.sentence, status=tried.status)
    )


def _opened(request: Request, key: str) -> HttpResponse:
    """The copy is open: its browser holds the key from here on."""
    request.COOKIES[settings.NOTES_COOKIE] = key
    with holding(request, though_left=True) as holder:
        if holder:
            note_opened(holder, at=request.now)
    response = _go_to(PLACE)
    is_secure = settings.SESSION_COOKIE_SECURE
    response.delete_cookie(settings.LEFT_COOKIE, samesite="Strict")
    response.set_cookie(settings.NOTES_COOKIE, key, httponly=True, samesite="Strict", secure=is_secure)
    return response


def _act(request: Request, does: Callable[[Holder, Press], object], *, words: str = "") -> HttpResponse:
    """Do something once while the copy is open, and go back to it; what cannot be done is said in their words."""
    with holding(request) as holder:
        if holder is None:
            return _go_to(PLACE)
        key = _key(request, holder)
        if key is None:
            return _copy(request, holder, holder.speech.says["gone_stale"], status=422)
        try:
            does(holder, Press(key=key, at=request.now, words=words))
        except (Refused, Http404, ObjectDoesNotExist):
            return _copy(request, holder, holder.speech.says["not_now"], status=422)
    return _go_to(PLACE)


def _key(request: Request, holder: Holder) -> UUID | None:
    """The key of the form, when it was made for this copy and arrived whole."""
    try:
        key = UUID(request.POST.get(KEY_FIELD, ""))
    except ValueError:
        return None
    return key if is_whole(request) and is_key_of(key, holder.copy_id) else None


def _copy(request: Request, holder: Holder, said: str = "", *, status: int = 200) -> HttpResponse:
    shown = shown_to(holder, at=request.now)
    response = discreet(
        page(request, "portal/copy.html", status=status, said=said, left=left_as(LASTING.open_for), **shown)
    )
    response.headers["Refresh"] = f"{shown['seconds']}; url={PLACE}"
    return response


def _box(request: Request, said: str = "", *, status: int | None = None) -> HttpResponse:
    languages = [(code, one.says) for code, one in SPEECH.items()]
    return discreet(
        page(
            request, "portal/code.html", status=status, said=said, languages=languages, exit=LASTING.exit(),
            says=SPEECH["en"].says, language="en", left=left_as(LASTING.open_for),
        )
    )  # fmt: skip


def _wait(length: timedelta) -> str:
    minutes = max(1, -(-length // _MINUTE))
    return " ".join(one.says["too_often"].format(minutes=minutes) for one in SPEECH.values())


def _go_to(where: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": where, "Cache-Control": "no-store"})
