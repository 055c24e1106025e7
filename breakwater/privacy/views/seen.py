from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max
from django.http import HttpResponse

from breakwater.cases.models import Case
from breakwater.cases.others import read_by_others
from breakwater.people.disclosed import disclosures, told_to_them
from breakwater.people.models import Person
from breakwater.trust.access import Actor, Request
from breakwater.trust.journal import see
from breakwater.trust.models import Glass, Grant, Opening, Sighting, User
from breakwater.trust.rules.accounting import gathered
from breakwater.trust.rules.law import PURPOSES
from breakwater.ui.pages import page

_LOOKED = timedelta(days=30)


def seen(request: Request, person_id: UUID) -> HttpResponse:
    """Who saw a record, and why; or the copy of it that the person is given."""
    person = see(Person, person_id, by=request.actor)
    request.actor.must("trust.review", person.circle)
    if request.GET.get("for") == "person":
        whole = "whole" in request.GET
        owner = person.circle.opened_by_id
        told = told_to_them(
            person.circle_id, request.actor.agency, opened_by=owner, at=request.now, whole=whole
        )
        return page(request, "privacy/accounting.html", person=person, whole=whole, purposes=PURPOSES, **told)
    return page(request, "privacy/seen.html", person=person, days=_LOOKED.days, **_all(person, request.actor))


def _all(person: Person, actor: Actor) -> dict[str, Any]:
    """Who may read, what was opened in emergencies, what left, and who of our own looked."""
    grants = Grant.objects.visible_to(actor).filter(circle=person.circle_id)
    broken = Glass.objects.visible_to(actor).filter(circle=person.circle_id)
    return {
        "grants": list(
            grants.select_related("agency", "only_for").defer("only_for__password").order_by("-starts_at")
        ),
        "broken": list(
            broken.select_related("by", "agency", "owner").defer("by__password").order_by("-opened_at")
        ),
        "left": gathered(disclosures(person.circle_id, actor.agency)),
        "looked": _looked(person, actor),
        "others": read_by_others(person.circle_id),
        "said": _why_said(person, actor),
        "purposes": PURPOSES,
    }


def _why_said(person: Person, actor: Actor) -> list[Opening]:
    """What was said before a flagged record opened, latest first."""
    said = Opening.objects.visible_to(actor).filter(circle=person.circle_id, at__gt=actor.now - _LOOKED)
    return list(said.select_related("by").defer("by__password").order_by("-at"))


def _looked(person: Person, actor: Actor) -> list[dict[str, Any]]:
    """Who of this agency looked lately, how often, and when last."""
    cases = Case.objects.visible_to(actor).filter(person=person).values_list("pk", flat=True)
    looks = Sighting.objects.filter(
        agency=actor.agency_id, seen_at__gt=actor.now - _LOOKED, ids__overlap=[person.pk, *cases]
    )
    counted = list(looks.values("by").annotate(times=Count("pk"), last=Max("seen_at")).order_by("-last"))
    names = {one.pk: one.name for one in User.objects.filter(pk__in=[row["by"] for row in counted])}
    return [{"name": names.get(row["by"], "Breakwater"), **row} for row in counted]
