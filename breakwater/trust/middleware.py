"""The keeper of the door: no actor, no page; one transaction a request; every unsafe request once."""

from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse, QueryDict
from django.urls import Resolver404
from django.utils import timezone
from django.utils.translation import override

from breakwater.kernel.db import constraint_of
from breakwater.kernel.errors import NotPermitted, Refused
from breakwater.kernel.reserve import only_reads
from breakwater.kernel.views import found_at
from breakwater.trust import receipts
from breakwater.trust.access import ITSELF, Actor, AtTheDoor, acting
from breakwater.trust.door import enter
from breakwater.trust.elsewhere import AskFirst, hear
from breakwater.trust.journal import AsksWhy, write_sightings
from breakwater.trust.turned_away import note_turned_away, write_refusals_as
from breakwater.trust.turning import factor_first, say_why_first, sign_in_first
from breakwater.ui.pages import page, send_again
from breakwater.ui.views import not_found

View = Callable[..., HttpResponse]
_KEPT_BY_THE_DATABASE = {
    "an_open_case_has_an_accountable_owner": (
        "This would leave the case without anybody accountable. Assign it first."
    ),
    "an_open_case_has_a_running_clock": (
        "This would leave the case without a running clock. Book the next contact first."
    ),
    "a_duty_queue_has_a_running_alarm": (
        "A case in the duty queue keeps its alarm running until somebody takes it."
    ),
    "an_open_case_is_within_reach": "Your agency would no longer reach an open case of its own here.",
}
_NO_ROOM = (
    "The disk of this server is nearly full: everything can be read, and nothing is saved until there is room. What you"
    " typed stands below. Send it again later: it counts once. What cannot wait, do and write down on paper."
)
_SAFE = ("GET", "HEAD", "OPTIONS")
_DAMAGED = (
    "Some of this text arrived damaged: it is not UTF-8. Go back, where it still is, and send it again."
)
_NOT_DONE = 400
_SHOWN_AGAIN = 422
"""The act did not happen, and the page with the form was shown once more: what is on it was seen."""
_SHOWS = (200, _SHOWN_AGAIN)
_A_STREAM = "text/event-stream"
"""What a page asks for that watches by itself: it is no sign that somebody sits there."""


def public(view: View) -> View:
    """Declare that a view may be seen by anyone, signed in or not."""
    view.is_public = True  # type: ignore[attr-defined]  # a mark on a function
    return view


def needs_no_receipt(view: View) -> View:
    """Declare that what a view writes may be written twice: the last text wins."""
    view.needs_no_receipt = True  # type: ignore[attr-defined]  # a mark on a function
    return view


def only_looks(view: View) -> View:
    """Declare that a view changes nothing, though it is asked by POST: what is asked stays out of addresses.

    It is treated as a page that is read: it waits neither for the disk nor for whoever ends its session.
    """
    view.only_looks = True  # type: ignore[attr-defined]  # a mark on a function
    return needs_no_receipt(view)


def acts_by_link(view: View) -> View:
    """Declare that a view does something though it is asked by GET: another server sends the browser back so."""
    view.acts_by_link = True  # type: ignore[attr-defined]  # a mark on a function
    return view


def alike_for_colleagues(view: View) -> View:
    """Declare that a view shows everybody of an agency in one role the same, and nothing about anybody.

    Many whose pages ask for it in the same moment may be given one answer, when the door was asked about each.
    """
    view.is_alike = True  # type: ignore[attr-defined]  # a mark on a function
    return view


def accepts_secret(view: View) -> View:
    """Declare that something is guessed here: a password, a code, a key. Guesses elsewhere are an error."""
    view.accepts_secret = True  # type: ignore[attr-defined]  # a mark on a function
    return view


def ends_sessions(view: View) -> View:
    """Declare that a view ends sessions, perhaps its own: it waits for what they are doing, and holds none."""
    view.ends_sessions = True  # type: ignore[attr-defined]  # a mark on a function
    return view


def open_while_confined(view: View) -> View:
    """Declare that a view is there while somebody else holds the device: nothing else is, not even the way in."""
    view.open_while_confined = True  # type: ignore[attr-defined]
    return view


def before_a_factor(view: View) -> View:
    """Declare that a view is open to somebody who must add a second factor before anything else."""
    view.before_a_factor = True  # type: ignore[attr-defined]  # a mark on a function
    return view


class Keeper:
    """Owns the transaction of every request, names its actor, and turns refusals into answers."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: AtTheDoor) -> HttpResponse:
        """Answer the request; a promise that PostgreSQL keeps until the commit is told in words."""
        try:
            return self._answer_within(request)
        except IntegrityError as error:
            sentence = _KEPT_BY_THE_DATABASE.get(constraint_of(error) or "")
            if sentence is None:
                raise
            return page(request, "ui/refused.html", status=422, sentence=sentence)

    def _answer_within(self, request: AtTheDoor) -> HttpResponse:
        """Answer the request inside one transaction; what another server must say first is asked before another one."""
        request.now = timezone.now()
        while True:
            itself: list[Actor] = []
            known = ITSELF.set(itself)
            try:
                return self._begun(request, itself)
            except AskFirst as first:
                hear(request, first)
            finally:
                ITSELF.reset(known)

    def _begun(self, request: AtTheDoor, itself: list[Actor]) -> HttpResponse:
        """The answer; short of success it leaves only what was shown.

        Raises:
            AskFirst: somebody elsewhere must answer before. Nothing was written.
        """
        request.receipt = None
        with transaction.atomic():
            request.actor = _actor_of(request)
            if _lies_behind(request):
                request.actor, response = None, _nothing_behind()
            else:
                response = self._answer_as_they_read(request)
            if response.status_code >= _NOT_DONE and not getattr(request, "stands", False):
                transaction.set_rollback(True)
            elif request.actor:
                filters = _filters_of(request, request.actor)
                write_sightings(request.actor, _page_of(request), *filters, beside=request.receipt)
        if request.actor and (request.actor.refused or response.status_code >= _NOT_DONE):
            _write_what_outlives(request, request.actor, response)
        for one in itself:
            write_refusals_as(one)
        return response

    def _answer_as_they_read(self, request: AtTheDoor) -> HttpResponse:
        """Time in their zone, words in their language; a stranger reads English."""
        actor = request.actor
        with timezone.override(actor.zone if actor else None), override(actor.language if actor else None):
            response = self.get_response(request)
            if isinstance(first := getattr(response, "waits_for", None), AskFirst):
                raise first
            if actor and response.status_code in _SHOWS:
                response = _asked_once_more(request, actor, response)
            return response

    def process_view(
        self, request: AtTheDoor, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Turn strangers to the sign-in page, and answer a repeated request with its first result."""
        if getattr(view, "is_public", False):
            return None
        actor = request.actor
        if actor is None:
            return sign_in_first(request)
        due_at = actor.visit.factor_due_at
        if due_at and due_at <= request.now and not getattr(view, "before_a_factor", False):
            return factor_first(request)
        return None if request.method in _SAFE else self._answer_unsafe(request, actor, view, args, kwargs)

    def _answer_unsafe(
        self, request: AtTheDoor, actor: Actor, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """What somebody sent: whole, and once."""
        if not receipts.is_whole(request):
            return page(request, "ui/refused.html", status=400, sentence=_DAMAGED)
        if getattr(view, "needs_no_receipt", False):
            return None
        if only_reads() and not _goes_on_without_room(view):
            return send_again(request, _NO_ROOM, status=503, same_key=True)
        return receipts.answer_once(request, actor, lambda: self._answer(request, view, args, kwargs))

    def process_exception(self, request: AtTheDoor, error: Exception) -> HttpResponse | None:
        """A refusal that no form could show becomes a page that says why; a flagged record asks for a reason first."""
        if isinstance(error, AskFirst):
            return _not_yet(error)
        if isinstance(error, AsksWhy):
            return say_why_first(request, error)
        if not isinstance(error, Refused):
            return None
        status = 403 if isinstance(error, NotPermitted) else getattr(error, "status", 422)
        return page(request, "ui/refused.html", status=status, sentence=str(error))

    def _answer(
        self, request: AtTheDoor, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (Refused, AsksWhy, AskFirst) as refusal:
            return cast(HttpResponse, self.process_exception(request, refusal))


def _goes_on_without_room(view: View) -> bool:
    """Whether it is needed to read, or to be gone: both write a line, for which room was kept back."""
    return getattr(view, "accepts_secret", False) or getattr(view, "ends_sessions", False)


def _lies_behind(request: AtTheDoor) -> bool:
    """Whether somebody else holds the device, and this is not what they were given it for."""
    if request.actor is None or request.actor.visit.confined_to is None:
        return False
    return not getattr(_view_of(request), "open_while_confined", False)


def _not_yet(first: AskFirst) -> HttpResponse:
    """No answer: it carries out of the view for whom the request waits, and is never sent."""
    response = HttpResponse(status=503)
    response.waits_for = first  # type: ignore[attr-defined]  # a mark, read where the transaction is taken back
    return response


def _nothing_behind() -> HttpResponse:
    """The same for every address, ours or not: nothing is there. The page that stands for it says no word of ours."""
    response = HttpResponse(status=404, headers={"Cache-Control": "no-store"})
    response.is_behind = True  # type: ignore[attr-defined]  # a mark, read where the page without a name is made
    return response


def _asked_once_more(request: AtTheDoor, actor: Actor, response: HttpResponse) -> HttpResponse:
    """Who reads by somebody's leave is asked once more when the page is ready: it may be taken back meanwhile."""
    return response if actor.is_still_let_in(timezone.now()) else not_found(request, Http404())


def _write_what_outlives(request: AtTheDoor, actor: Actor, response: HttpResponse) -> None:
    """What is written down although the act was undone: who was refused or turned away, and what was shown again."""
    note_turned_away(actor, response.status_code, request.resolver_match)
    write_refusals_as(actor)
    if response.status_code == _SHOWN_AGAIN:
        with acting(actor):
            write_sightings(actor, _page_of(request), request.GET, again=True)


def _filters_of(request: AtTheDoor, actor: Actor) -> tuple[QueryDict, ...]:
    """What a list was asked for by; whoever looks for somebody sends it, so that no address says whom."""
    return (request.GET, request.POST) if actor.looked else (request.GET,)


def _actor_of(request: AtTheDoor) -> Actor | None:
    """Who asks, by the session's cookie."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    if not key:
        return None
    is_safe = request.method in _SAFE
    view = _view_of(request) if not is_safe or request.META.get("QUERY_STRING") else None
    only_shows = getattr(view, "only_looks", is_safe and not getattr(view, "acts_by_link", False))
    return enter(
        key,
        now=request.now,
        only_shows=only_shows,
        holds=not only_shows and not getattr(view, "ends_sessions", False),
        lives="X-By-Itself" not in request.headers and request.headers.get("Accept") != _A_STREAM,
    )


def _view_of(request: AtTheDoor) -> View | None:
    """What will answer; found once for a request."""
    try:
        request.found = found_at(request.path_info)
    except Resolver404:
        return None
    return request.found.func


def _page_of(request: AtTheDoor) -> str:
    match = request.resolver_match
    return match.view_name if match else ""
