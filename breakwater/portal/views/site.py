"""The page of a site without accounts: one letter or ask, by a link and a code. Its address is the same for all."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from breakwater.attachments.shown import given_out
from breakwater.kernel.errors import Refused
from breakwater.kernel.keys import is_key_of, new_key
from breakwater.portal.actions.asked import (
    ask_back,
    keep_no_longer,
    keep_none,
    keep_place,
    note_ask_read,
    tell_program_room,
)
from breakwater.portal.actions.site import (
    Said,
    ask_first,
    note_letter_read,
    open_file,
    open_link,
    say_no,
    say_yes,
    tell_own_room,
)
from breakwater.portal.actions.taking import confirm_reached, leave_case, take_case
from breakwater.portal.answering import ASK, HAND_OFF, REFERRAL, Site, answering
from breakwater.portal.discreet import SITE, discreet
from breakwater.portal.forms import LinkForm, SiteAskForm, SiteForm, SiteHandoffForm, SiteRoomForm
from breakwater.portal.library import SPEECH
from breakwater.portal.models import SiteQuestion
from breakwater.referrals.rules import facts_in_words, reading_of
from breakwater.trust.access import Request
from breakwater.trust.guessing import try_secret
from breakwater.trust.middleware import accepts_secret, public
from breakwater.trust.receipts import KEY_FIELD, is_whole
from breakwater.trust.rules import wait_in_words
from breakwater.ui.pages import page, refusals_on

WRONG = "This link and this code open nothing. Look at both once more, or call those who sent the link."
_Acts = Mapping[str, Callable[..., object]]
_ANSWERS: Mapping[str, _Acts] = {
    REFERRAL: {"yes": say_yes, "no": say_no, "question": ask_first},
    ASK: {"yes": keep_place, "no": keep_none, "question": ask_back, "back": keep_no_longer},
    HAND_OFF: {"yes": take_case, "no": leave_case, "question": ask_first, "reached": confirm_reached},
}
"""What can be pressed, by what the link leads to."""
_FORMS: Mapping[str, type[forms.Form]] = {REFERRAL: SiteForm, ASK: SiteAskForm, HAND_OFF: SiteHandoffForm}
_ROOM: _Acts = {REFERRAL: tell_own_room, ASK: tell_program_room}


@public
@accepts_secret
def letter(request: Request) -> HttpResponse:
    """The letter while it is open; else the boxes for the link and its code."""
    if request.method == "POST":
        return _knock(request)
    with answering(request, at=request.now) as site:
        return _letter(request, site) if site else _box(request)


@public
@require_POST
def answer(request: Request) -> HttpResponse:
    """They say yes or no, ask something first, take their yes back, or have reached whom they take over."""
    pressed = request.POST.get("answer", "")
    if not any(pressed in acts for acts in _ANSWERS.values()):
        return _go_to(SITE)

    def say(site: Site, form: Any) -> object:
        act = _ANSWERS[site.kind].get(pressed)
        return act(site, form.said(), at=request.now) if act else None

    return _act(request, lambda site: _FORMS[site.kind], say)


@public
@require_POST
def room(request: Request) -> HttpResponse:
    """They say how much room they have."""

    def tell(site: Site, form: Any) -> object:
        told, act = form.cleaned_data, _ROOM.get(site.kind)
        return act(site, Said(who=told["who"]), told["free"], at=request.now) if act else None

    return _act(request, lambda _: SiteRoomForm, tell)


@public
@require_GET
def file(request: Request, site_file_id: UUID) -> HttpResponse:
    """A file that goes along, for whoever holds its letter open; for everybody else nothing is there."""
    with answering(request, at=request.now) as site:
        files = site.files(request.now) if site else []
        found = next((one for one, _ in files if one.pk == site_file_id), None)
        if site is None or found is None:
            raise Http404
        try:
            open_file(site, found, at=request.now)
        except Refused as refusal:
            raise Http404 from refusal
        return given_out(found.attachment)


def _knock(request: Request) -> HttpResponse:
    """Somebody tries a link and a code. Guesses are counted by link, and by where they come from."""
    form = LinkForm(request.POST)
    if not is_whole(request) or not form.is_valid():
        return _box(request, WRONG, letters=request.POST.get("letters", ""), status=422)
    letters, keys = form.cleaned_data["letters"], list[str]()

    def fits() -> bool:
        keys.append(open_link(letters, form.cleaned_data["one_time_code"]))
        return bool(keys[-1])

    tried = try_secret(request, letters, fits, wrong=WRONG, by="link", waits=wait_in_words)
    if not tried.is_right:
        return _box(request, tried.sentence, letters=letters, status=tried.status)
    return _opened(request, keys[-1])


def _opened(request: Request, key: str) -> HttpResponse:
    """The letter is open: its browser holds the key from here on. What may be read no longer stays closed."""
    request.COOKIES[settings.ANSWER_COOKIE] = key
    with answering(request, at=request.now) as site:
        if site is None:
            return _box(request, WRONG, status=422)
        if site.kind == ASK:
            note_ask_read(site, at=request.now)
        elif site.is_open:
            note_letter_read(site, at=request.now)
    response = _go_to(SITE)
    is_secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(settings.ANSWER_COOKIE, key, httponly=True, samesite="Strict", secure=is_secure)
    return response


def _act(
    request: Request, form_of: Callable[[Site], type[forms.Form]], does: Callable[[Site, Any], object]
) -> HttpResponse:
    """Do something while the letter is open, and go back to it; what cannot be done is said where it was typed.

    A time is read by the clock of those who sent the letter, as all times on the page are told.
    """
    with answering(request, at=request.now) as site, timezone.override(site.agency.zone if site else None):
        if site is None or not site.is_live:
            return _go_to(SITE)
        form = form_of(site)(request.POST)
        if not _is_for(request, site):
            return _letter(request, site, form, said="This page was open for too long. Press it once more.")
        if form.is_valid():
            with refusals_on(form):
                does(site, form)
                return _go_to(SITE)
        return _letter(request, site, form)


def _is_for(request: Request, site: Site) -> bool:
    """Whether the form was made for this letter and arrived whole."""
    try:
        key = UUID(request.POST.get(KEY_FIELD, ""))
    except ValueError:
        return False
    return is_whole(request) and is_key_of(key, site.link_id)


def _letter(request: Request, site: Site, form: forms.Form | None = None, *, said: str = "") -> HttpResponse:
    if not site.is_live:
        return discreet(page(request, "portal/site_answered.html", by=site.agency, stands=site.stands))
    told: dict[str, Any] = {
        "said": said, "key": lambda: str(new_key(site.link_id)), "zone": site.agency.zone, "closes_at": site.closes_at,
        "sender": site.agency.name, "lines": site.lines(request.now),
        "room": form if isinstance(form, SiteRoomForm) else SiteRoomForm(auto_id="room_%s"),
    }  # fmt: skip
    shown = _SHOWN[site.kind](request, site, form)
    response = discreet(page(request, **told, **shown))
    left = max(site.closes_at - request.now, timedelta(0))
    response.headers["Refresh"] = f"{int(left.total_seconds()) + 1}; url={SITE}"
    return response


def _referral(request: Request, site: Site, form: forms.Form | None) -> dict[str, Any]:
    found = site.letter()
    return _with_it(request, site) | {
        "template": "portal/site.html", "letter": found,
        "reading": reading_of(found, from_name=found.from_agency.name, need=found.get_need_display()),
        "form": form if isinstance(form, SiteForm) else SiteForm(),
    }  # fmt: skip


def _hand_off(request: Request, site: Site, form: forms.Form | None) -> dict[str, Any]:
    found = site.letter()
    due = SPEECH["en"].moment(found.due_at, site.agency.zone) if found.due_at else ""
    return _with_it(request, site) | {
        "template": "portal/site_packet.html", "packet": found.packet, "stands": site.stands, "due": due,
        "form": form if isinstance(form, SiteHandoffForm) else SiteHandoffForm(),
    }  # fmt: skip


def _with_it(request: Request, site: Site) -> dict[str, Any]:
    """What goes along with a letter, and what was asked by its link."""
    return {
        "questions": list(SiteQuestion.objects.by_link(site.link_id)),
        "files": site.files(request.now),
    }


def _ask(request: Request, site: Site, form: forms.Form | None) -> dict[str, Any]:
    found = site.ask()
    return {
        "template": "portal/site_ask.html", "ask": found, "reading": facts_in_words(found.facts), "hold": site.hold(),
        "questions": list(found.questions.order_by("at", "pk")),
        "form": form if isinstance(form, SiteAskForm) else SiteAskForm(),
    }  # fmt: skip


_SHOWN: Mapping[str, Callable[..., dict[str, Any]]] = {REFERRAL: _referral, ASK: _ask, HAND_OFF: _hand_off}


def _box(request: Request, said: str = "", *, letters: str = "", status: int | None = None) -> HttpResponse:
    return discreet(page(request, "portal/site_code.html", status=status, said=said, letters=letters))


def _go_to(where: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": where, "Cache-Control": "no-store"})
