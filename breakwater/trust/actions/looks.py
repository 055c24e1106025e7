"""Mark a well-known person; say why one opens their record; ask why somebody looked, and say what it was."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast
from uuid import UUID

from django.db import transaction

from breakwater.kernel.db import refuse_if
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.trust.access import Actor
from breakwater.trust.events import OddLookAnswered, OddLookFound, RecordFlagged, RecordUnflagged
from breakwater.trust.journal import record
from breakwater.trust.library import law_of
from breakwater.trust.models import Circle, Flag, OddLook, Opening, Watch

_SHORTEST = 10


@dataclass(frozen=True, kw_only=True)
class Oddity:
    """A look of which somebody is asked why: whose, at which circle, and what was odd."""

    worker: UUID
    circle: UUID
    on: date
    at: datetime
    signs: Collection[str]


@transaction.atomic
def flag_record(circle: Circle, *, news_on: date | None, at: datetime, by: Actor) -> Flag:
    """From now on everybody of the agency says why before they open this record.

    Raises:
        Overtaken: it is so already.
    """
    by.must("trust.look_into", circle)
    with refuse_if(
        "one_flag_at_a_time", "Whoever opens this record is asked why already. There is nothing more to do."
    ):
        made = Flag.objects.create(circle=circle, agency=by.agency, news_on=news_on, starts_at=at, by=by.user)
    record(RecordFlagged(flag_id=made.pk), about=made.pk, by=by, at=at)
    return made


@transaction.atomic
def unflag_record(flag: Flag, *, at: datetime, by: Actor) -> None:
    """Nobody has to say why any more. Twice is once."""
    by.must("trust.look_into", flag.circle)
    flag = Flag.objects.lock(flag)
    if flag.ends_at is None:
        flag.ends_at, flag.ended_by = at, by.user
        flag.save(update_fields=["ends_at", "ended_by"])
        record(RecordUnflagged(flag_id=flag.pk), about=flag.pk, by=by, at=at)


@transaction.atomic
def say_why(flag: Flag, *, words: str, at: datetime, by: Actor) -> Opening:
    """Say why one opens a flagged record; it is open for a while from now.

    Raises:
        Refused: it says too little.
    """
    by.must("people.read", flag.circle)
    if len(words.strip()) < _SHORTEST:
        raise Refused(f"Say why you open this record, in at least {_SHORTEST} characters.")
    until = at + law_of(by.agency).snooping.reason_lasts
    return Opening.objects.create(
        circle=flag.circle, agency=by.agency, by_id=cast(UUID, by.user_id), words=words, at=at, until=until
    )


@transaction.atomic
def find_odd_looks(found: Collection[Oddity], *, up_to: datetime, by: Actor) -> int:
    """Write down whose looks ask for an explanation, and how far an agency's looks were gone through.

    What was answered already on the same day is not asked again. Returns how many are new.
    """
    by.must("trust.look_into")
    new = sum(_find(one, by=by) for one in found)
    Watch.objects.update_or_create(agency=by.agency, defaults={"up_to": up_to})
    return new


@transaction.atomic
def answer_odd_look(look: OddLook, *, outcome: str, words: str, at: datetime, by: Actor) -> None:
    """Say what an odd look was. The first answer stands.

    Raises:
        NotPermitted: it is one's own.
        Refused: nobody says what was found.
        Overtaken: somebody has said so already.
    """
    by.must("trust.look_into")
    if by.user_id == look.by_id:
        raise NotPermitted("Somebody else looks into what you opened.")
    look = OddLook.objects.select_for_update(of=("self",)).get(pk=look.pk)
    if look.answered_at is not None:
        raise Overtaken("Somebody looked into this a moment ago. Open the page again to see how it stands.")
    if not words.strip():
        raise Refused("Write what you found, and what follows from it.")
    look.answered_at, look.answered_by, look.outcome, look.words = at, by.user, outcome, words
    look.save(update_fields=["answered_at", "answered_by", "outcome", "words"])
    record(OddLookAnswered(look_id=look.pk, outcome=outcome), about=look.pk, by=by, at=at)


def _find(one: Oddity, *, by: Actor) -> bool:
    """Ask about a look, or add what it shows to what is asked already."""
    facts = {
        "signs": sorted(one.signs),
        "first_at": one.at,
        "last_at": one.at,
        "found_at": by.now,
    }
    look, is_new = OddLook.objects.select_for_update(of=("self",)).get_or_create(
        agency=by.agency, by_id=one.worker, circle_id=one.circle, on=one.on, defaults=facts
    )
    if is_new:
        record(OddLookFound(look_id=look.pk), about=look.pk, by=by, at=by.now)
    elif look.answered_at is None:
        look.signs, look.last_at = sorted({*look.signs, *one.signs}), max(look.last_at, one.at)
        look.save(update_fields=["signs", "last_at"])
    return is_new
