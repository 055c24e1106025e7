"""Put one note under the protection of a law apart from the rest of the record, and take it out again."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from breakwater.cases.models import Amendment, Note
from breakwater.trust.access import Actor
from breakwater.trust.actions.consents import lower_segment, raise_segments
from breakwater.trust.actions.encrypting import encrypt_what_is_protected


@transaction.atomic
def protect_note(note: Note, segments: Collection[str], *, at: datetime, by: Actor) -> None:
    """Protect a note, and every text that it was given since, by more laws."""
    raise_segments(note, segments, at=at, by=by)
    _as_their_note(note)


@transaction.atomic
def lower_note(note: Note, segment: str, *, reason: str, at: datetime, by: Actor) -> None:
    """Protect a note and its later texts by one law less. For privacy officers, with a reason.

    Raises:
        Refused: there is no reason.
    """
    lower_segment(note, segment, reason=reason, at=at, by=by)
    _as_their_note(note)


def _as_their_note(note: Note) -> None:
    """A later text of a note is as much protected as the note. Its row is held: nobody amends it meanwhile."""
    for one in Amendment.objects.filter(note=note).select_related("circle"):
        one.segments = note.segments
        one.save(update_fields=["segments"])
        encrypt_what_is_protected(one)
