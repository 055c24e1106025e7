"""Say how long records are kept; hold one for a court; find what has come due."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from breakwater.kernel.db import not_before, refuse_if
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.trust.access import Actor
from breakwater.trust.events import LegalHoldLifted, LegalHoldPut, RecordsGoneThrough, TermSet
from breakwater.trust.journal import record
from breakwater.trust.library import law_of
from breakwater.trust.models import Circle, Erasure, LegalHold, RetentionRun, Term
from breakwater.trust.rules.keeping import Kept


@dataclass(frozen=True, kw_only=True)
class GoneThrough:
    """An agency's records, gone through: how many there are, how many are held, and which have come due."""

    looked: int
    held: int
    due: Collection[tuple[UUID, list[Kept]]]


@transaction.atomic
def put_hold(circle: Circle, *, reason: str, at: datetime, by: Actor) -> LegalHold:
    """From now on nothing of a record goes, whatever rule or request says.

    Raises:
        Refused: nobody says why.
        Overtaken: one stands already.
    """
    by.must("trust.keep_records", circle)
    if not reason.strip():
        raise Refused("Write why the record is held: which matter, and who asked for it.")
    taken = "A legal hold stands on this record already. Open its page to read it."
    with refuse_if("one_legal_hold_per_agency_and_record", taken):
        made = LegalHold.objects.create(
            circle=circle, agency=by.agency, reason=reason, starts_at=at, by=by.user
        )
    record(LegalHoldPut(hold_id=made.pk), about=made.pk, by=by, at=at)
    return made


@transaction.atomic
def lift_hold(hold: LegalHold, *, because: str, at: datetime, by: Actor) -> None:
    """The record goes again when its time is over.

    Raises:
        Refused: nobody says why.
        Overtaken: somebody has lifted it already.
    """
    by.must("trust.keep_records", hold.circle)
    hold = LegalHold.objects.lock(hold)
    if not because.strip():
        raise Refused("Write why the hold is lifted, and who said that it may be.")
    if hold.ends_at is not None:
        raise Overtaken("Somebody lifted this hold a moment ago. Open the page again to see how it stands.")
    hold.ends_at, hold.ended_by, hold.lifted_because = at, by.user, because
    hold.save(update_fields=["ends_at", "ended_by", "lifted_because"])
    record(LegalHoldLifted(hold_id=hold.pk), about=hold.pk, by=by, at=at)


@transaction.atomic
def set_term(rule: str, *, years: int, at: datetime, by: Actor) -> Term | None:
    """Keep one class of records longer than the law demands; as long as the law demands ends one's own term.

    Raises:
        Refused: it is shorter than the law demands, or no rule that binds this agency.
    """
    by.must("trust.keep_records")
    found = law_of(by.agency).retention.get(rule)
    if found is None or not found.binds(by.agency.kind):
        raise Refused("This rule does not bind your agency. Choose another.")
    if years < found.years:
        raise Refused(f"The law demands {found.years} years. An agency may keep longer, never shorter.")
    standing = (
        Term.objects.visible_to(by).standing().filter(rule=rule).select_for_update(of=("self",)).first()
    )
    if years == (standing.years if standing else found.years):
        return standing
    Term.objects.visible_to(by).standing().filter(rule=rule).update(ends_at=not_before(at))
    made = None
    if years > found.years:
        made = Term.objects.create(agency=by.agency, rule=rule, years=years, by=by.user, starts_at=at)
    record(TermSet(rule=rule, years=years), by=by, at=at)
    return made


@transaction.atomic
def find_due(found: GoneThrough, *, at: datetime, by: Actor) -> RetentionRun | None:
    """Put on the desk what has come due, once a day, with a certificate of the run. Nothing is erased by it.

    Returns ``None`` where somebody has gone through this day's records already.
    """
    by.must("trust.erase")
    on, new = at.astimezone(by.zone).date(), _not_on_the_desk(found.due, by)
    run, is_new = RetentionRun.objects.get_or_create(
        agency=by.agency, on=on, defaults={"at": at, "looked": found.looked, "held": found.held, "due": len(found.due),
        "found": len(new)},
    )  # fmt: skip
    if not is_new:
        return None
    law = law_of(by.agency)
    made = [
        Erasure(
            circle_id=circle, agency=by.agency, because=Erasure.Because.DUE, law=f"{law.code} {law.version}",
            rules=sorted({one.rule for one in kept}), kept_until=max(one.until for one in kept), found_at=at,
        )
        for circle, kept in new
    ]  # fmt: skip
    Erasure.objects.bulk_create(made)
    record(RecordsGoneThrough(run_id=run.pk, due=run.due), about=run.pk, by=by, at=at)
    return run


def _not_on_the_desk(due: Collection[tuple[UUID, list[Kept]]], by: Actor) -> list[tuple[UUID, list[Kept]]]:
    """Those that nobody has before them, and that nobody decided to keep for longer."""
    today = by.now.astimezone(by.zone).date()
    ours = Erasure.objects.visible_to(by).filter(circle__in=[circle for circle, _ in due])
    there = set(ours.open().values_list("circle", flat=True))
    kept = set(
        ours.filter(decision=Erasure.Decision.KEEP, again_on__gt=today).values_list("circle", flat=True)
    )
    return [one for one in due if one[0] not in there | kept]
