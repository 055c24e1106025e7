from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.http import HttpResponse

from breakwater.people.models import Person
from breakwater.trust.access import Actor, Request
from breakwater.trust.library import law_of
from breakwater.trust.models import Consent, Decision, Glass, User
from breakwater.trust.rules.law import Law
from breakwater.ui.pages import page

_SOON = timedelta(days=14)
_LATELY = timedelta(days=7)
_REVIEWED = timedelta(days=30)
_MOST = 50


def desk(request: Request) -> HttpResponse:
    """What a privacy officer owes an answer: emergencies to review, consents that end, what was refused."""
    request.actor.must("trust.review")
    law = law_of(request.actor.agency)
    return page(
        request, "privacy/desk.html", law=law, **_emergencies(request.actor, law), **_consents(request.actor),
        refused=_refused(request.actor, law),
    )  # fmt: skip


def _emergencies(actor: Actor, law: Law) -> dict[str, Any]:
    """What was opened and not reviewed, oldest first; what was reviewed lately; and who opens very often."""
    broken = Glass.objects.visible_to(actor).select_related("by", "agency", "owner").defer("by__password")
    waiting = list(broken.to_review().order_by("opened_at")[:_MOST])
    often = (
        Glass.objects.visible_to(actor)
        .filter(opened_at__gt=actor.now - timedelta(days=1))
        .values("by").annotate(times=Count("pk")).filter(times__gte=law.glass.many_in_a_day)
    )  # fmt: skip
    names = {one.pk: one.name for one in User.objects.filter(pk__in=[one["by"] for one in often])}
    return {
        "waiting": [(one, one.opened_at + law.glass.review) for one in waiting],
        "reviewed": list(broken.filter(reviewed_at__gt=actor.now - _REVIEWED).order_by("-reviewed_at")[:_MOST]),
        "often": [(names.get(one["by"], ""), one["times"]) for one in often],
    }  # fmt: skip


def _consents(actor: Actor) -> dict[str, Any]:
    """Consents that end soon, with the person whose they are."""
    ending = list(
        Consent.objects.visible_to(actor).standing(actor.now)
        .filter(agency=actor.agency_id, ends_at__lt=actor.now + _SOON)
        .select_related("recipient").order_by("ends_at")[:_MOST]
    )  # fmt: skip
    people = Person.objects.visible_to(actor).filter(circle__in=[one.circle_id for one in ending])
    found = {one.circle_id: one for one in people}
    actor.saw("people.person", [one.pk for one in found.values()])
    return {"ending": [(one, found.get(one.circle_id)) for one in ending]}


def _refused(actor: Actor, law: Law) -> list[tuple[Decision, Any]]:
    """What the law refused lately, newest first: who asked, and why not."""
    refused = Decision.objects.filter(
        agency=actor.agency_id, answer=Decision.Answer.REFUSE, at__gt=actor.now - _LATELY
    )
    lately = refused.select_related("by").defer("by__password").order_by("-at")[:_MOST]
    return [(one, law.refusals.get(one.code)) for one in lately]
