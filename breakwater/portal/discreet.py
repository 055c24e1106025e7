"""What every answer to somebody who is nobody's user has in common: no word of ours, and nothing kept."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from breakwater.portal.library import LASTING, SPEECH
from breakwater.ui.headers import CONTENT_SECURITY_POLICY

Answer = Callable[[HttpRequest], HttpResponse]

PLACE, HELD, SITE, ROOM = "/notes/", "/form/", "/answers/", "/our-room/"
_A_REFUSAL, _OURS = 400, 500
_EXITS = sorted({"/".join(one.split("/")[:3]) for one in LASTING.exits.values()})
_POLICY = CONTENT_SECURITY_POLICY.replace("form-action 'self'", " ".join(["form-action 'self'", *_EXITS]))


class Discreet:
    """Nothing under the person's address says what this is, whatever goes wrong there and whoever noticed.

    A browser follows whoever leaves without script from our form to the page of an exit, and to nothing else.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; a refusal that is not the page's own becomes a plain page without a name."""
        response = self.get_response(request)
        is_behind = getattr(response, "is_behind", False)
        if not (is_behind or request.path.startswith((PLACE, HELD, SITE, ROOM))):
            return response
        if response.status_code >= _A_REFUSAL and not getattr(response, "is_discreet", False):
            response = _nothing(response, HELD if is_behind else _place(request))
        response.headers.setdefault("Content-Security-Policy", _POLICY)
        response.headers["Cache-Control"] = "no-store"
        return response


def _place(request: HttpRequest) -> str:
    """The first page of those who came here."""
    return next((one for one in (HELD, SITE, ROOM) if request.path.startswith(one)), PLACE)


def discreet(response: HttpResponse) -> HttpResponse:
    """Declare that an answer was made for the person's page."""
    response.is_discreet = True  # type: ignore[attr-defined]  # a mark, read by the middleware
    return response


def nothing(place: str = "", *, status: int = 404) -> str:
    """The page that says that nothing is here, in every language, and whom to call; perhaps with a way back.

    Something of ours that did not answer is told apart from what is not there: their code still opens it in a minute.

    Who came for their own copy finds the exit here as well. The number of the emergency services tells nobody what this
    is; the one of a line that listens would.
    """
    said = {language: SPEECH[language].says for language in SPEECH}
    leads = {"place": place, "exit": LASTING.exit() if place == PLACE else "", "is_ours": status >= _OURS}
    return render_to_string("portal/nothing.html", {"said": said, "says": next(iter(said.values())), **leads})


def _nothing(answer: HttpResponse, place: str) -> HttpResponse:
    body = nothing(place, status=answer.status_code)
    allowed = {"Allow": answer["Allow"]} if "Allow" in answer else {}
    return HttpResponse(body, status=answer.status_code, headers=allowed)
