from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q
from django.http import HttpResponse

from breakwater.cases.models import Case
from breakwater.cases.others import read_by_others
from breakwater.kernel.text import name_key
from breakwater.people.models import Person, Supporter
from breakwater.trust.access import Actor, Request
from breakwater.trust.journal import see
from breakwater.trust.library import law_of
from breakwater.trust.models import Agency, Decision, Glass, Grant, Opening, Segment, Sighting, User
from breakwater.trust.rules.accounting import Disclosure, accounted, fit_to_hand_over, gathered
from breakwater.trust.rules.law import BREAK_GLASS, PURPOSES
from breakwater.ui.pages import page

_LOOKED = timedelta(days=30)


def seen(request: Request, person_id: UUID) -> HttpResponse:
    """Who saw a record, and why; or the copy of it that the person is given."""
    person = see(Person, person_id, by=request.actor)
    request.actor.must("trust.review", person.circle)
    if request.GET.get("for") == "person":
        whole = "whole" in request.GET
        told = _for_the_person(person, request.actor, whole=whole)
        return page(request, "privacy/accounting.html", person=person, whole=whole, **told)
    return page(request, "privacy/seen.html", person=person, days=_LOOKED.days, **_all(person, request.actor))


def _all(person: Person, actor: Actor) -> dict[str, Any]:
    """Who may read, what was opened in emergencies, what left, and who of our own looked."""
    grants = Grant.objects.filter(circle=person.circle_id).select_related("agency", "only_for")
    broken = Glass.objects.visible_to(actor).filter(circle=person.circle_id)
    return {
        "grants": list(grants.defer("only_for__password").order_by("-starts_at")),
        "broken": list(
            broken.select_related("by", "agency", "owner").defer("by__password").order_by("-opened_at")
        ),
        "left": gathered(_disclosures(person, actor)),
        "looked": _looked(person, actor),
        "others": read_by_others(person.circle_id),
        "said": _why_said(person, actor),
        "purposes": PURPOSES,
    }


def _for_the_person(person: Person, actor: Actor, *, whole: bool) -> dict[str, Any]:
    """What they may be given: no worker's name, and nothing that would endanger them if somebody else reads it.

    Args:
        whole: they asked for the rest as well, and it is safe.
    """
    law = law_of(actor.agency).accounting
    told = _disclosures(person, actor)
    grants = Grant.objects.standing(actor.now).filter(circle=person.circle_id).exclude(agency=actor.agency_id)
    reads = list(grants.select_related("agency", "consent").order_by("starts_at"))
    safe_reads = [one for one in reads if one.agency.kind != Agency.Kind.VICTIM_SERVICE]
    every, safe = (accounted(one, law, at=actor.now) for one in (told, fit_to_hand_over(told)))
    return {
        "lines": every if whole else safe,
        "reads": reads if whole else safe_reads,
        "left_out": len(every) - len(safe) + len(reads) - len(safe_reads),
        "emergencies": list(
            Glass.objects.visible_to(actor).filter(circle=person.circle_id).order_by("opened_at")
        ),
        "ours": "" if actor.agency.kind == Agency.Kind.VICTIM_SERVICE else actor.agency.name,
        "law": law,
        "purposes": PURPOSES,
    }


def _disclosures(person: Person, actor: Actor) -> list[Disclosure]:
    """What this agency let out of the circle, as plain values."""
    permits = Decision.objects.filter(
        agency=actor.agency_id, circle=person.circle_id, answer=Decision.Answer.PERMIT
    )
    left = permits.exclude(act=BREAK_GLASS).filter(Q(recipient__isnull=False) | ~Q(recipient_name=""))
    unsafe = _must_not_know(person, actor)
    return _to_medical_staff(person, actor, unsafe) + [
        Disclosure(
            at=one.at, to=one.recipient.name if one.recipient else one.recipient_name, purpose=one.purpose,
            what=one.what, basis=one.basis, signed=bool(one.consents), endangers=_endangers(one, unsafe),
        )
        for one in left.select_related("recipient").order_by("at")
    ]  # fmt: skip


def _to_medical_staff(person: Person, actor: Actor, unsafe: list[str]) -> list[Disclosure]:
    """What others told medical staff out of this agency's record, with the facts of its law."""
    broken = Glass.objects.filter(circle=person.circle_id, owner=actor.agency_id).exclude(discloser="")
    law = law_of(actor.agency).emergencies["medical"].law
    return [
        Disclosure(
            at=one.opened_at, to=f"{one.recipient_name}, {one.recipient_affiliation}", purpose="ETREAT",
            what=f"Opened in a medical emergency, and told by {one.discloser}", basis=law, signed=False,
            endangers=any(name in name_key(f"{one.recipient_name} {one.discloser}") for name in unsafe),
        )
        for one in broken.order_by("opened_at")
    ]  # fmt: skip


def _must_not_know(person: Person, actor: Actor) -> list[str]:
    """The names of those round the person who must not know, as they are compared."""
    round_them = Supporter.objects.visible_to(actor).filter(person=person, must_not_know=True, ends_at=None)
    return [key for one in round_them if (key := name_key(one.name))]


def _endangers(one: Decision, unsafe: list[str]) -> bool:
    """Whether a line says that there is a victim-service agency, where somebody is, or what was said of whom."""
    if one.recipient and one.recipient.kind == Agency.Kind.VICTIM_SERVICE:
        return True
    words = name_key(f"{one.recipient_name} {one.what}")
    return Segment.LOCATION in one.segments or any(name in words for name in unsafe)


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
