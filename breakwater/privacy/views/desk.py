from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.http import HttpResponse

from breakwater.privacy.keeping import on_the_desk, people_of
from breakwater.privacy.views.incidents import standing_of
from breakwater.trust.access import Actor, Request
from breakwater.trust.actions.requests import is_looked_at_again
from breakwater.trust.library import law_of
from breakwater.trust.models import (
    Consent,
    Decision,
    Flag,
    Glass,
    Incident,
    OddLook,
    RecordRequest,
    User,
)
from breakwater.trust.rules.law import Law
from breakwater.trust.turned_away import LOOK
from breakwater.ui.pages import page

_SOON = timedelta(days=14)
_LATELY = timedelta(days=7)
_REVIEWED = timedelta(days=30)
_MOST = 50


def desk(request: Request) -> HttpResponse:
    """What a privacy officer owes an answer: what people ask, what got out, who looked, what was opened, what ends."""
    request.actor.must("trust.review")
    law = law_of(request.actor.agency)
    return page(
        request, "privacy/desk.html", law=law, most=_MOST,
        **_emergencies(request.actor, law), **_consents(request.actor),
        refused=_refused(request.actor, law), **_requests(request.actor), **_looks(request.actor),
        **(on_the_desk(request.actor) if request.actor.may("trust.erase") else {}),
        incidents=[(one, standing_of(one, request)) for one in _incidents(request.actor)],
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


def _requests(actor: Actor) -> dict[str, Any]:
    """What people asked about their records and waits for an answer, what is due first; and what is looked at again."""
    asked = RecordRequest.objects.visible_to(actor)
    waiting = list(asked.open().order_by("due_at")[:_MOST])
    again = list(asked.to_look_at_again().order_by("appealed_at")[:_MOST])
    people = people_of([*waiting, *again], actor)
    again = [one for one in again if is_looked_at_again(one, actor)]
    return {
        "asked": [(one, people.get(one.circle_id)) for one in waiting],
        "again": [(one, people.get(one.circle_id)) for one in again],
    }


def _looks(actor: Actor) -> dict[str, Any]:
    """Looks that ask for an explanation, those that were explained lately, and records at which one says why."""
    if not actor.may("trust.look_into"):
        return {"odd": [], "explained": [], "flags": []}
    found = OddLook.objects.visible_to(actor).select_related("by").defer("by__password")
    odd = list(found.to_answer().order_by("first_at")[:_MOST])
    explained = list(found.filter(answered_at__gt=actor.now - _REVIEWED).order_by("-answered_at")[:_MOST])
    flags = list(Flag.objects.visible_to(actor).standing().order_by("-starts_at")[:_MOST])
    people = people_of([*odd, *explained, *flags], actor)
    return {
        "odd": [(one, people.get(one.circle_id)) for one in odd],
        "explained": [(one, people.get(one.circle_id)) for one in explained],
        "flags": [(one, people.get(one.circle_id)) for one in flags],
    }


def _incidents(actor: Actor) -> list[Incident]:
    """What got out and is not closed, known longest first."""
    if not actor.may("trust.look_into"):
        return []
    found = Incident.objects.visible_to(actor).open().select_related("agency")
    return list(found.prefetch_related("affected", "told").order_by("discovered_on")[:_MOST])


def _consents(actor: Actor) -> dict[str, Any]:
    """Consents that end soon, with the person whose they are."""
    ending = list(
        Consent.objects.visible_to(actor).standing(actor.now)
        .filter(agency=actor.agency_id, ends_at__lt=actor.now + _SOON)
        .select_related("recipient").order_by("ends_at")[:_MOST]
    )  # fmt: skip
    found = people_of(ending, actor)
    return {"ending": [(one, found.get(one.circle_id)) for one in ending]}


def _refused(actor: Actor, law: Law) -> list[tuple[Decision, Any]]:
    """What the law refused lately, newest first: who asked, and why not."""
    refused = Decision.objects.filter(
        agency=actor.agency_id, answer=Decision.Answer.REFUSE, at__gt=actor.now - _LATELY
    ).exclude(act=LOOK)
    lately = refused.select_related("by").defer("by__password").order_by("-at")[:_MOST]
    return [(one, law.refusals.get(one.code)) for one in lately]
