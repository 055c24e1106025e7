"""Erase a record: one proposes, another decides. What is left is a tombstone, and a journal that stays true."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.db import transaction

from breakwater.kernel.db import one_row, refuse_if
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.trust import persons
from breakwater.trust.access import Actor
from breakwater.trust.events import ErasureProposed, RecordErased, RecordKept
from breakwater.trust.journal import record
from breakwater.trust.keeping import why_not_erased
from breakwater.trust.library import law_of
from breakwater.trust.models import Circle, Erasure, LegalHold, RecordRequest
from breakwater.trust.rules.keeping import Kept, last_of


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What somebody decided about a record that may go.

    Args:
        words: why it is kept; nothing of the person, for they outlive the record.
        again_on: when a record that is kept comes due anew.
    """

    decision: str
    words: str = ""
    again_on: date | None = None


@transaction.atomic
def propose_erasure(
    circle: Circle, kept: Collection[Kept], *, request: RecordRequest | None = None, at: datetime, by: Actor
) -> Erasure:
    """Propose that a record is erased, because its time is over or because the person asked. Somebody else decides.

    Raises:
        Refused: it is held, the request was not granted, or a rule wants it kept.
        Overtaken: somebody has proposed it already.
    """
    by.must("trust.erase", circle)
    if LegalHold.objects.standing().filter(circle=circle).exists():
        raise Refused("A legal hold stands on this record. Nothing of it goes until the hold is lifted.")
    if request and (request.kind != RecordRequest.Kind.ERASURE or request.outcome != "granted"):
        raise Refused("Answer the person first: only a request that was granted can be followed.")
    until = last_of(kept, asked=request is not None)
    if until is None or until > at:
        raise Refused("This record is kept for longer. Look at which rule, and until when.")
    erasure = _on_the_desk(circle, kept, until, request, at, by)
    erasure.proposed_at, erasure.proposed_by = at, by.user
    erasure.save(update_fields=["proposed_at", "proposed_by"])
    record(ErasureProposed(erasure_id=erasure.pk), about=erasure.pk, by=by, at=at)
    return erasure


@transaction.atomic
def decide_erasure(erasure: Erasure, decided: Decided, *, at: datetime, by: Actor) -> Erasure:
    """Decide what somebody else proposed. What is erased is gone when this transaction ends, or all of it is there.

    Their key is destroyed right after it; should that fail, ``destroy_keys_of_erased`` does it within the hour.

    Raises:
        NotPermitted: they proposed it themselves.
        Refused: nobody proposed it, something stands against it, or keeping it has no reason.
        Overtaken: somebody has decided already.
    """
    by.must("trust.erase")
    erasure = Erasure.objects.lock(erasure)
    if erasure.decided_at is not None:
        raise Overtaken("Somebody decided this a moment ago. Look at what they decided.")
    by.must("trust.erase", erasure.circle)
    if erasure.proposed_by_id is None:
        raise Refused("Nobody has proposed this yet. One proposes, another decides.")
    if erasure.proposed_by_id == by.user_id:
        raise NotPermitted("You proposed this. Somebody else decides.")
    erases = decided.decision == Erasure.Decision.ERASE
    if not erases and not (
        decided.words.strip() and decided.again_on and decided.again_on > at.astimezone(by.zone).date()
    ):
        raise Refused("Write why the record is kept, and on which day it comes up again.")
    if erases and (why := why_not_erased(erasure)):
        raise Refused(why)
    erasure.decided_at, erasure.decided_by, erasure.decision = at, by.user, decided.decision
    erasure.words, erasure.again_on = ("", None) if erases else (decided.words, decided.again_on)
    erasure.save(update_fields=["decided_at", "decided_by", "decision", "words", "again_on"])
    if erases:
        _erase(erasure)
        transaction.on_commit(partial(persons.destroy, [erasure.circle_id]), robust=True)
    news = _told(erasure)
    record(news, about=erasure.pk, by=by, at=at)
    return erasure


def destroy_keys_of_erased(*, by: Actor) -> int:
    """Destroy the keys of everybody whose record an agency erased, and who still has one. How many there were.

    So also in a folder of keys that was brought back from a copy.
    """
    gone = Erasure.objects.visible_to(by).filter(erased_at__isnull=False)
    left = persons.still_there(gone.values_list("circle", "erased_at"))
    if left:
        persons.destroy(left)
    return len(left)


def _erase(erasure: Erasure) -> None:
    """Let PostgreSQL take it away; the function looks at everything once more, and holds the circle meanwhile."""
    changed = "Something about this record changed a moment ago. Open the page again to see how it stands."
    with refuse_if("a_record_is_not_erased", changed):
        one_row("SELECT trust_erase(%s)", (erasure.pk,))
    erasure.refresh_from_db()


def _told(erasure: Erasure) -> RecordErased | RecordKept:
    if erasure.erased_at is None:
        return RecordKept(erasure_id=erasure.pk)
    return RecordErased(erasure_id=erasure.pk, proof=erasure.proof)


def _on_the_desk(
    circle: Circle,
    kept: Collection[Kept],
    until: datetime,
    request: RecordRequest | None,
    at: datetime,
    by: Actor,
) -> Erasure:
    """What Breakwater found, held until the transaction ends; or a new one."""
    found = (
        Erasure.objects.visible_to(by).open().filter(circle=circle).select_for_update(of=("self",)).first()
    )
    if found and found.proposed_at is not None:
        raise Overtaken("Somebody proposed this a moment ago. Somebody else decides.")
    if found and request is None:
        return found
    if found:
        raise Refused("Its time is over as well: propose it as what has come due.")
    law = law_of(by.agency)
    with refuse_if(
        "one_open_erasure_per_record",
        "Somebody proposed this a moment ago. Open the page again to see how it stands.",
    ):
        return Erasure.objects.create(
            circle=circle, agency=by.agency, law=f"{law.code} {law.version}", rules=sorted({one.rule for one in kept}),
            because=Erasure.Because.ASKED if request else Erasure.Because.DUE, request=request.pk if request else None,
            kept_until=until, found_at=at,
        )  # fmt: skip
