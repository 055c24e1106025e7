"""What an agency keeps for itself, and what was asked and told about a record: by the acts of the product."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar
from uuid import uuid4

from django.db import transaction
from django.urls import reverse

from breakwater.cases.actions.screening import find_circumstance
from breakwater.cases.models import Case
from breakwater.duties.testing import a_duty, a_prompt
from breakwater.messaging.testing import a_device
from breakwater.people.models import Person
from breakwater.portal.testing import a_church, a_room_device
from breakwater.resources.actions.ours import set_up_beds
from breakwater.resources.models import Claim
from breakwater.resources.testing import a_place_of
from breakwater.trust.access import Actor
from breakwater.trust.actions.agencies import appoint
from breakwater.trust.actions.drafts import keep_draft
from breakwater.trust.actions.factors import add_passkey
from breakwater.trust.actions.handed import start_reset
from breakwater.trust.actions.keeping import put_hold
from breakwater.trust.actions.looks import flag_record
from breakwater.trust.actions.requests import check_asker
from breakwater.trust.actions.reviews import begin_review
from breakwater.trust.actions.roles import make_role
from breakwater.trust.actions.units import add_unit
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Agency, Appointment
from breakwater.trust.passkeys import Made
from breakwater.trust.rules.law import Unlawful
from breakwater.trust.testing import (
    a_concern,
    a_medical_emergency,
    a_request,
    an_actor,
    an_erasure,
    an_incident,
    an_involvement,
    an_odd_look,
    as_seen_by,
)
from tests.matrix.canaries import Cage

T = TypeVar("T")


@dataclass
class Team:
    """Who of an agency does what here, and the session in which the colleague is signed in."""

    owner: Actor
    colleague: Actor
    officer: Actor
    supervisor: Actor
    key: str = ""


def the_house(team: Team) -> dict[str, Any]:
    """Who works there, in which unit and as what, a review of that, the duty table, and how people sign in."""
    at, agency = team.owner.now, team.owner.agency
    ids = {"duty_id": a_duty(by=team.owner).pk, "@duty": str(a_duty(by=team.owner, topic="elder").pk)}
    chief = an_actor(Role.ADMINISTRATOR, agency=agency, now=at, name="Chief")
    told: dict[str, Any] = {"at": at, "by": chief}
    newcomer = appoint(
        username=f"new-{uuid4().hex[:8]}", name="Newcomer", password=None, role=Role.INTAKE_WORKER, unit=None, **told
    )  # fmt: skip
    ids |= {
        "appointment_id": newcomer.pk,
        "@appointment": str(newcomer.pk),
        "unit_id": add_unit(name="Harbor watch", **told).pk,
        "role_id": make_role(name="Night reader", capabilities=["cases.read"], because="", **told).pk,
        "review_id": begin_review(**told).pk,
    }
    lost = an_actor(Role.PRIVACY_OFFICER, agency=agency, now=at, name="Lost")
    as_seen_by(chief)
    reset, _ = start_reset(Appointment.objects.get(user=lost.user), takes_factors=False, **told)
    as_seen_by(team.colleague)
    passkey = add_passkey(
        Made(uuid4().bytes, b"a public key", 0), name="Mine", key=team.key, at=at, by=team.colleague
    )
    left = keep_draft(reverse("cases:intake"), {}, at=at - timedelta(days=1), by=as_seen_by(lost))
    as_seen_by(team.colleague)
    ids |= {"way_id": a_device(by=team.colleague).pk, "draft_id": left.pk}
    as_seen_by(team.owner)
    church = a_church()
    device = a_room_device(church, by=team.owner)
    ids |= {"place_id": church.pk, "room_link_id": device.link_id, "room_device_id": device.pk}
    ours = a_place_of(agency, at=at)
    (bed,) = set_up_beds(ours, ["M1"], kind="detox", at=at, by=as_seen_by(chief))
    ids |= {
        "own_place_id": ours.pk,
        "own_bed_id": bed.pk,
        "@bed": bed.mark,
        "organization_id": ours.organization_id,
    }
    ids |= {"claim_id": Claim.objects.get(agency=agency, ended_at=None).pk}
    return ids | {"reset_id": reset.pk, "passkey_id": passkey.pk}


def on_the_desk(name: str, case: Case, beside: str, *, team: Team, cage: Cage) -> dict[str, Any]:
    """What a privacy officer owes an answer."""
    officer, at = team.officer, team.owner.now
    asked = a_request(case.circle, by=as_seen_by(team.owner), words=cage.word(name, "asked", "request"))
    check_asker(asked, how="known", words="", at=at, by=team.owner)
    erasure = an_erasure(case.circle, at=at, by=as_seen_by(officer))
    flagged = Person.objects.get(pk=beside).circle
    happened = cage.word(name, "incident", "incident")
    found = an_incident(by=as_seen_by(officer), happened=happened)
    return {
        "request_id": asked.pk,
        "erasure_id": erasure.pk,
        "legal_hold_id": put_hold(case.circle, reason="A lawsuit.", at=at, by=officer).pk,
        "flag_id": flag_record(flagged, news_on=None, at=at, by=officer).pk,
        "look_id": an_odd_look(case.circle, of=team.supervisor, by=officer).pk,
        "incident_id": found.pk,
        "@judged": found.judged(),
        "@written": found.written(),
    }


def told_outside(name: str, case: Case, duty: Any, *, team: Agency, by: Actor, cage: Cage) -> dict[str, Any]:
    """What is so, what the duty table asks, and who was told: as far as the law lets anybody be told."""
    told: dict[str, Any] = {"circle": case.circle, "at": by.now, "by": as_seen_by(by)}
    close = cage.word(name, "close", "who")
    threat, nature = cage.word(name, "threat", "threat"), cage.word(name, "nature", "care")
    facts = {"kind": "weapon", "words": cage.word(name, "weapon", "care"), "at": by.now, "by": by}
    return {
        "@close": close,
        "@team": str(team.pk),
        "@way": "consent",
        "@lately": (by.now - timedelta(days=1)).strftime("%Y-%m-%d %H:%M"),
        "@yesterday": (by.now - timedelta(days=1)).date().isoformat(),
        "circumstance_id": find_circumstance(case, **facts).pk,
        "prompt_id": a_prompt(case, duty, by=by, at=by.now).pk,
        "involvement_id": an_involvement(answer="agreed", name=close, **told).pk,
        "concern_id": _if_lawful(lambda: a_concern(team, told=threat, **told).pk, by, cage, threat),
        "emergency_id": _if_lawful(lambda: a_medical_emergency(nature=nature, **told).pk, by, cage, nature),
    }


def _if_lawful(act: Callable[[], T], by: Actor, cage: Cage, text: str) -> T | None:
    """What the law does not let out is not written, and its canary is none."""
    try:
        with transaction.atomic():
            return act()
    except Unlawful:
        by.refused.clear()
        cage.forget(text)
        return None
