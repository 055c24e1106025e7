"""Keep the files that go with a record, and let one be opened that no scanner looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from breakwater.attachments.events import AttachmentReleased, FileAttached
from breakwater.attachments.forms import Brought
from breakwater.attachments.library import LIMITS
from breakwater.attachments.models import PIECE, Attachment, Piece, Release, Shelf
from breakwater.kernel.errors import Refused
from breakwater.trust.access import Actor
from breakwater.trust.journal import record
from breakwater.trust.models import Circle


@dataclass(frozen=True, kw_only=True)
class Peg:
    """What files hang on: a record of another app, which says who may see it.

    Args:
        what: the kind of record; ``about`` which one.
        opens: the kind of information that opens it.
        segments: the laws that protect it.
        from_agency: where the record lies; ``to_agency`` the far end, when it is a letter.
    """

    what: str
    about: UUID
    circle_id: UUID
    from_agency_id: UUID
    opens: str
    to_agency_id: UUID | None = None
    segments: Sequence[str] = ()


@transaction.atomic
def attach(files: Sequence[Brought], peg: Peg, *, at: datetime, by: Actor) -> list[Attachment]:
    """Hang files on a record, as part of the act that writes it and that has asked whether it may.

    Raises:
        Refused: the agency has no room for them.
    """
    if not files:
        return []
    _make_room(files, by=by)
    return [_keep(one, peg, at=at, by=by) for one in files]


@transaction.atomic
def release(attachment: Attachment, *, at: datetime, by: Actor) -> Release:
    """Let a file be opened at one's agency though no scanner looked at it. Twice is once.

    Whoever sent it does not release it: somebody else looks first at whom it came from.

    Raises:
        Refused: one sent it oneself.
    """
    is_far_end = attachment.to_agency_id == by.agency_id
    by.must("attachments.release", None if is_far_end else attachment.circle)
    if attachment.by_id == by.user_id:
        raise Refused(
            "You sent this file yourself. A colleague, or whoever it was sent to, lets it be opened: they look first"
            " at whom it came from."
        )
    made, is_new = Release.objects.get_or_create(
        attachment=attachment, agency=by.agency, defaults={"by": by.user, "at": at}
    )
    if is_new:
        news = AttachmentReleased(attachment_id=attachment.pk)
        circle = None if is_far_end else attachment.circle
        record(news, about=attachment.pk, circle=circle, by=by, at=at)
    return made


def _make_room(files: Sequence[Brought], *, by: Actor) -> None:
    """Fill so much of the agency's room, and hold it until the act ends: two at once do not fill it over."""
    Shelf.objects.get_or_create(agency=by.agency)
    more = sum(len(one.content) for one in files)
    shelf = Shelf.objects.filter(
        agency=by.agency, used__lte=LIMITS.agency - more, files__lte=LIMITS.files - len(files)
    )
    if not shelf.update(used=F("used") + more, files=F("files") + len(files)):
        raise Refused(
            "Your agency's room for files is full, so nothing was sent. Send the words alone, and tell whoever runs"
            " Breakwater."
        )


def _keep(one: Brought, peg: Peg, *, at: datetime, by: Actor) -> Attachment:
    made = Attachment(
        circle_id=peg.circle_id, from_agency_id=peg.from_agency_id, to_agency_id=peg.to_agency_id, opens=peg.opens,
        hangs_on=peg.what, about=peg.about, segments=sorted(peg.segments), agency=by.agency, by=by.user,
        name=one.name, kind=one.kind, size=len(one.content), is_scanned=one.is_scanned, at=at,
    )  # fmt: skip
    made.save(force_insert=True)
    starts = range(0, len(one.content), PIECE)
    pieces = [Piece(attachment=made, number=number) for number, _ in enumerate(starts, 1)]
    for piece, start in zip(pieces, starts, strict=True):
        piece.content = one.content[start : start + PIECE]
    Piece.objects.bulk_create(pieces)
    news = FileAttached(
        attachment_id=made.pk, hangs_on=peg.what, about=peg.about, kind=one.kind, is_scanned=one.is_scanned
    )
    circle = None if peg.to_agency_id == by.agency_id else Circle(pk=peg.circle_id)
    record(news, about=made.pk, circle=circle, by=by, at=at)
    return made
