"""Tell medical staff in an emergency, with the facts of 42 CFR 2.51(c); and look at it afterwards."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.trust.access import Actor
from breakwater.trust.actions.leaving import Leaving, Recipient, may_leave
from breakwater.trust.events import MedicalEmergencyReviewed, MedicalStaffTold
from breakwater.trust.journal import record
from breakwater.trust.library import law_of
from breakwater.trust.models import Circle, Information, MedicalEmergency, Segment
from breakwater.trust.rules.law import DISCLOSE

_CLOCKS_DIFFER = timedelta(minutes=2)


@dataclass(frozen=True, kw_only=True)
class MedicalTelling:
    """Who of the medical staff was told what, by whom, when, and what the emergency was."""

    recipient_name: str
    recipient_affiliation: str
    discloser: str
    when: datetime
    nature: str
    no_consent: str
    told: str


@transaction.atomic
def tell_medical_staff(
    telling: MedicalTelling, *, circle: Circle, at: datetime, by: Actor
) -> MedicalEmergency:
    """Medical staff learn what they need in an emergency; each of the four facts is in the person's own record.

    Raises:
        Unlawful: one of the facts is missing, or another law keeps the record closed in emergencies too.
        Refused: the person could have been asked, nothing was told, or the moment is still to come.
    """
    by.must("trust.disclose", circle)
    if not telling.no_consent.strip():
        raise Refused("Write why the person could not be asked first. While they can, ask them.")
    if not telling.told.strip():
        raise Refused("Write what was told. No more than the emergency needs.")
    if telling.when > at + _CLOCKS_DIFFER:
        raise Refused("They cannot have been told in the future. Check day and time.")
    facts = {
        "recipient_name": telling.recipient_name, "recipient_affiliation": telling.recipient_affiliation,
        "discloser": telling.discloser, "when": telling.when.isoformat(), "nature": telling.nature,
    }  # fmt: skip
    leaving = Leaving(
        act=DISCLOSE, to=Recipient(name=telling.recipient_name, kind="medical"), purpose="ETREAT",
        information=frozenset({Information.WHO, Information.CARE}), segments=frozenset({Segment.PART2}),
        what=telling.told, facts=facts, emergency=True,
    )  # fmt: skip
    permit = may_leave(leaving, circle, at=at, by=by)
    notices = law_of(by.agency).notices
    made = MedicalEmergency.objects.create(
        circle=circle, agency=by.agency, recipient_name=telling.recipient_name, discloser=telling.discloser,
        recipient_affiliation=telling.recipient_affiliation, nature=telling.nature, told=telling.told,
        no_consent=telling.no_consent, notice="\n".join(notices[one] for one in permit.notices),
        at=telling.when, by=by.user,
    )  # fmt: skip
    record(MedicalStaffTold(emergency_id=made.pk), about=made.pk, circle=circle, by=by, at=at)
    return made


@transaction.atomic
def review_medical_emergency(
    emergency: MedicalEmergency, *, words: str, at: datetime, by: Actor
) -> MedicalEmergency:
    """Somebody else looks at what was told, and why. The first look stands.

    Raises:
        NotPermitted: the reviewer told it themselves.
        Overtaken: somebody has looked already.
    """
    by.must("trust.review", emergency.circle)
    held: MedicalEmergency = MedicalEmergency.objects.lock(emergency)
    if held.by_id == by.user_id:
        raise NotPermitted("Somebody else reviews what you told.")
    if held.reviewed_at is not None:
        raise Overtaken("Somebody looked at this a moment ago.")
    held.reviewed_at, held.reviewed_by, held.review_words = at, by.user, words
    held.save(update_fields=["reviewed_at", "reviewed_by", "review_words"])
    record(
        MedicalEmergencyReviewed(emergency_id=held.pk), about=held.pk, circle=emergency.circle, by=by, at=at
    )
    return held
