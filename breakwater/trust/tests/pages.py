"""Pages that do as little as a page can: what the stories of the keeper, the receipts and the drafts happen on."""

from collections.abc import Iterator
from contextlib import contextmanager
from select import select
from uuid import UUID

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path

from breakwater.kernel.db import run_sql
from breakwater.kernel.errors import NotPermitted, Refused
from breakwater.trust.access import acting, system_for
from breakwater.trust.actions.circles import open_circle
from breakwater.trust.actions.leaving import refuse
from breakwater.trust.drafts import draft_of
from breakwater.trust.middleware import public
from breakwater.trust.models import Agency, Decision
from breakwater.ui.pages import page, see_other

TIDE = "The tide is out. Wait for it."
troubles: list[Exception] = []
"""What the next acts run into, one each."""


@contextmanager
def running_into(*errors: Exception) -> Iterator[None]:
    """The next acts on the pages here run into these, one each."""
    troubles[:] = errors
    yield
    troubles.clear()


def circle(request: HttpRequest) -> HttpResponse:
    """Open a circle and go on to it; or show what was typed here and not yet saved."""
    if request.method == "GET":
        return HttpResponse(draft_of(request).get("words", ""))
    opened = open_circle(at=request.now, by=request.actor)
    if troubles:
        raise troubles.pop(0)
    return see_other(request, f"/opened/{opened.pk}/")


def slow(request: HttpRequest) -> HttpResponse:
    """The same, with time for somebody to press twice."""
    run_sql("SELECT pg_sleep(0.4)")
    return circle(request)


def struck(request: HttpRequest) -> HttpResponse:
    """The same; but while there are troubles, PostgreSQL drops the connection in the middle of it."""
    if not troubles:
        return circle(request)
    open_circle(at=request.now, by=request.actor)
    run_sql("SELECT pg_terminate_backend(pg_backend_pid())")
    raise troubles.pop()


def endless(request: HttpRequest) -> HttpResponse:
    """The same; but while there are troubles, a statement with what was typed comes to no end."""
    if not troubles:
        return circle(request)
    open_circle(at=request.now, by=request.actor)
    run_sql("SELECT pg_sleep(20), %s::text", (request.POST["words"],))
    return circle(request)


def idle(request: HttpRequest) -> HttpResponse:
    """The same; but while there are troubles, nothing more is said to PostgreSQL until it has enough."""
    if not troubles:
        return circle(request)
    open_circle(at=request.now, by=request.actor)
    select([connection.connection.fileno()], [], [], 20)
    return circle(request)


def refused(request: HttpRequest) -> HttpResponse:
    """Write, and then think better of it."""
    open_circle(at=request.now, by=request.actor)
    raise Refused(TIDE)


def never(request: HttpRequest) -> HttpResponse:
    """Write, and then find that it was not allowed."""
    open_circle(at=request.now, by=request.actor)
    raise NotPermitted("Your role does not allow this.")


def missing(request: HttpRequest) -> HttpResponse:
    """Write, and then find nothing."""
    open_circle(at=request.now, by=request.actor)
    raise Http404


def broken(request: HttpRequest) -> HttpResponse:
    """Write, and then break."""
    open_circle(at=request.now, by=request.actor)
    raise RuntimeError("a plank is loose")


def shown(request: HttpRequest) -> HttpResponse:
    """Show something confidential: to a look with 200, to an act that did not happen with the same page and 422."""
    request.actor.saw("trust.circle", [request.actor.agency_id])
    return page(request, "ui/refused.html", sentence="Say more.")


def fragment(request: HttpRequest) -> HttpResponse:
    """Do something and answer with a piece of a page."""
    opened = open_circle(at=request.now, by=request.actor)
    return HttpResponse(f"<p>{opened.pk}</p>", headers={"HX-Trigger": "saved"})


@public
def harbor(request: HttpRequest) -> HttpResponse:
    """Anyone may see this."""
    return HttpResponse("Welcome.")


@public
def shut(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """Whoever is nobody's colleague presses, and Breakwater itself is refused."""
    with acting(system_for(Agency.objects.get(pk=agency_id), now=request.now)) as by:
        refuse(Decision(agency=by.agency, act="refer", at=by.now, purpose="TREAT"), "P2-CON-02", by=by)


urlpatterns = [
    *(
        path(f"quay/{view.__name__}/", view)
        for view in (circle, slow, struck, endless, idle, refused, never, missing, broken, shown)
    ),
    path("quay/fragment/", fragment),
    path("quay/harbor/", harbor),
    path("quay/shut/<uuid:agency_id>/", shut),
    path("", include("breakwater.server.urls")),
]

handler404 = "breakwater.ui.views.not_found"
handler500 = "breakwater.ui.views.broken"
