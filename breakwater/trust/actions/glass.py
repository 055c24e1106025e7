"""Break the glass: open a record of another agency in an emergency; close it; say afterward whether it was right."""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.kernel.ids import new_id
from breakwater.trust.access import Actor
from breakwater.trust.actions.leaving import refuse
from breakwater.trust.events import GlassBroken, GlassReviewed
from breakwater.trust.journal import record
from breakwater.trust.library import FACTS, law_of
from breakwater.trust.models import Decision, Glass
from breakwater.trust.rules.law import BREAK_GLASS


@dataclass(frozen=True, kw_only=True)
class Emergency:
    """Why a record is opened, and for how long."""

    reason: str
    words: str
    lasts: timedelta
    staff: "MedicalStaff | None" = None


@dataclass(frozen=True, kw_only=True)
class MedicalStaff:
    """For whom of the medical staff it is opened, who tells them, and why nobody can ask the person (42 CFR 2.51)."""

    recipient_name: str
    recipient_affiliation: str
    discloser: str
    no_consent: str


@transaction.atomic
def break_glass(circles: Collection[UUID], why: Emergency, *, at: datetime, by: Actor) -> list[Glass]:
    """Open what other agencies wrote about one person, to read, for this actor alone and for a while.

    PostgreSQL decides what opens: nothing that a law keeps closed in emergencies, and substance use treatment only with
    the facts of its own law. What stays closed and what does not exist are refused in the same words.

    Args:
        circles: where the person is known, as far as anybody may find out.

    Raises:
        Unlawful: no reason was written, a fact of a medical emergency is missing, or nothing opens.
        Refused: it would be open for longer than is allowed, or medical staff is named and it is no medical emergency.
    """
    by.must("trust.break_glass")
    glass = law_of(by.agency).glass
    asked = Decision(agency=by.agency, by=by.user, act=BREAK_GLASS, at=at, purpose="ETREAT")
    if len(why.words.strip()) < glass.reason_characters:
        refuse(asked, "BTG-01", by=by)
    if not timedelta() < why.lasts <= glass.longest:
        raise Refused(f"It can be open for at most {glass.longest.total_seconds() / 3600:g} hours at a time.")
    if why.staff:
        _must_be_medical(why, why.staff, asked, at=at, by=by)
    opened = [one for one in (_open(circle, why, at=at) for circle in circles) if one]
    if not opened:
        refuse(asked, "BTG-02", by=by)
    broken = list(Glass.objects.filter(pk__in=opened).select_related("circle", "owner").order_by("pk"))
    for one in broken:
        _tell(one, at=at, by=by)
    return broken


@transaction.atomic
def close_glass(glass: Glass, *, by: Actor) -> None:
    """Whoever opened it is done before its time is over. Twice is once."""
    if by.user_id != glass.by_id:
        raise NotPermitted("Only whoever opened this can close it before its time.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT trust_close_glass(%s)", (glass.pk,))


@transaction.atomic
def review_glass(glass: Glass, *, outcome: str, words: str, at: datetime, by: Actor) -> None:
    """Say whether opening the record was right. The first answer stands.

    Raises:
        NotPermitted: the reviewer opened it themselves.
        Refused: it was found wrong without a word.
        Overtaken: somebody else has said so already.
    """
    by.must("trust.review")
    glass = (
        Glass.objects.select_for_update(of=("self",))
        .select_related("circle", "owner", "agency")
        .get(pk=glass.pk)
    )
    if by.user_id == glass.by_id:
        raise NotPermitted("Somebody else reviews what you opened.")
    if glass.reviewed_at is not None and (glass.reviewed_by_id, glass.outcome) != (by.user_id, outcome):
        raise Overtaken("Somebody reviewed this a moment ago. Open the page again to see how it stands.")
    if glass.reviewed_at is not None:
        return
    if outcome != Glass.Outcome.APPROPRIATE and not words.strip():
        raise Refused("Say what was wrong, and what follows.")
    glass.reviewed_at, glass.reviewed_by, glass.outcome, glass.review_words = at, by.user, outcome, words
    glass.save(update_fields=["reviewed_at", "reviewed_by", "outcome", "review_words"])
    owner = None if by.agency_id == glass.owner_id else glass.owner
    record(GlassReviewed(glass_id=glass.pk, outcome=outcome), about=glass.pk, to_agency=owner, by=by, at=at)


def _must_be_medical(
    why: Emergency, staff: MedicalStaff, asked: Decision, *, at: datetime, by: Actor
) -> None:
    """All facts of the law are there, whatever opens: the answer tells nobody which law protects a record."""
    if why.reason not in Glass.MEDICAL:
        raise Refused(
            "Medical staff is told in a medical emergency: a life is in danger, or they cannot speak for themselves."
        )
    facts = asdict(staff) | {"when": at.isoformat(), "nature": why.words}
    needed = (*law_of(by.agency).emergencies["medical"].facts, "no_consent")
    missing = [FACTS[one] for one in needed if not facts[one].strip()]
    if missing:
        refuse(asked, "P2-EM-01", by=by, missing=missing)


def _open(circle: UUID, why: Emergency, *, at: datetime) -> UUID | None:
    """Ask PostgreSQL to open one circle. It answers with the glass, or with nothing.

    Open it is from now by the earlier of both clocks: whoever broke it looks through it at once.
    """
    facts = asdict(why.staff) if why.staff else {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT trust_break_glass(%s, %s, %s, %s, %s, make_interval(secs => %s), %s::jsonb, %s)",
            (
                circle,
                new_id(),
                new_id(),
                why.reason,
                why.words,
                why.lasts.total_seconds(),
                json.dumps(facts),
                at,
            ),
        )
        row: tuple[UUID | None] = cursor.fetchone()
    return row[0]


def _tell(glass: Glass, *, at: datetime, by: Actor) -> None:
    """Write it down, and tell whose record it is: at once, whatever becomes of any mail."""
    by.has_joined(glass.circle_id, works=False)
    medical = law_of(by.agency).emergencies["medical"].law
    duties = ["attach_notice", "log_disclosure"] if glass.is_medical else ["log_disclosure"]
    Decision.objects.create(
        agency=by.agency, by=by.user, act=BREAK_GLASS, at=at, circle=glass.circle, about=glass.pk, purpose="ETREAT",
        answer=Decision.Answer.PERMIT, basis=medical if glass.is_medical else "emergency", obligations=duties,
        recipient_name=glass.recipient_name, segments=list(glass.grant.segments),
        information=list(glass.grant.information), facts={"reason": glass.reason},
    )  # fmt: skip
    record(
        GlassBroken(glass_id=glass.pk, reason=glass.reason, ends_at=glass.ends_at),
        about=glass.pk, circle=glass.circle, to_agency=glass.owner, by=by, at=at,
    )  # fmt: skip
