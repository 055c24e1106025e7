from uuid import UUID

from django.http import HttpResponse

from breakwater.assessments.calling import whom_to_call
from breakwater.cases.looked_after import looked_after_for
from breakwater.cases.models import Case
from breakwater.cases.others import left_intakes
from breakwater.cases.schemes import SCHEMES, scheme
from breakwater.desk import board, panels
from breakwater.desk.lately import happened, last_hours
from breakwater.desk.loads import CLOSED_WITHIN, closed_lately, loads
from breakwater.desk.search import find
from breakwater.people.apart import facts_of, with_what_is_apart
from breakwater.people.models import Person
from breakwater.referrals.to_answer import waiting_for_us
from breakwater.trust.access import Request
from breakwater.trust.journal import Shows, see
from breakwater.trust.live import in_circle, of_agency, watching
from breakwater.trust.middleware import only_looks
from breakwater.trust.pace import paced
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, see_other

_FILTERS = (
    ("all", "All open"),
    ("mine", "Mine"),
    ("nobodys", "Nobody's"),
    ("breaching", "Breaching"),
    ("danger", "In danger"),
)


def now(request: Request) -> HttpResponse:
    """The board: what breaches next. Whoever administers and reads no case goes on to the people of their agency."""
    if not request.actor.may("cases.read") and request.actor.may("trust.administer"):
        return see_other(request, url("administration:people"))
    request.actor.must("cases.read")
    asked = board.Asked.read(request.GET)
    pinned, rows = board.board(request.actor, asked, on=Shows.on(request))
    shown = [*pinned, *rows[: board.PER_PAGE]]
    return page(
        request, "desk/now.html", rows=shown, asked=asked, filters=[*_FILTERS, ("lately", last_hours(request.actor))],
        lately=happened(request.actor, [one.case_id for one in shown]) if asked.which == "lately" else {},
        counted=board.counts(request.actor, intake=url("cases:intake")),
        scheme_names={key: one.short for key, one in SCHEMES.items()}, case_url="/case/",
        codes=[one.code for one in scheme(request.actor.agency.scheme).codes], unit=request.actor.unit,
        previous=asked.previous(), next=asked.next() if len(rows) > board.PER_PAGE else "",
        live=watching(request, of_agency(request.actor)), **waiting_for_us(request.actor),
    )  # fmt: skip


def caseloads(request: Request) -> HttpResponse:
    """Who carries what, for whoever chooses who is accountable; and what was closed lately."""
    request.actor.must("cases.read")
    request.actor.must("cases.assign")
    return page(
        request, "desk/caseloads.html", loads=loads(request.actor), closed=closed_lately(request.actor),
        days=CLOSED_WITHIN.days, left=left_intakes(request.actor, url("cases:intake")),
        kept=looked_after_for(request.actor),
    )  # fmt: skip


def case(request: Request, case_id: UUID) -> HttpResponse:
    """The case page: everything about one episode."""
    found = see(Case, case_id, by=request.actor, related=("person", "agency", "unit"))
    with_what_is_apart(found.person, request.actor)
    return page(
        request, "desk/case.html", case=found, person=found.person,
        live=watching(request, in_circle("care", found.circle_id)), **panels.of_case(found, request.actor),
        **whom_to_call(request.actor),
    )  # fmt: skip


def person(request: Request, person_id: UUID) -> HttpResponse:
    """A person: who they are, earlier episodes, what worked last time."""
    found = see(Person, person_id, by=request.actor)
    facts = facts_of(found, with_what_is_apart(found, request.actor))
    return page(
        request, "desk/person.html", person=found, facts=facts, **panels.of_person(found, request.actor)
    )


@only_looks
@paced("search", verb="POST")
def search(request: Request) -> HttpResponse:
    """One box over every person and case the actor may see. Whom they look for stays out of the address."""
    request.actor.must("people.read")
    asked = request.POST.get("q", "").replace("\x00", "").strip()[:200]
    found = find(request.actor, asked, more="more" in request.POST) if asked else None
    return page(request, "desk/search.html", status=200, asked=asked, found=found)
