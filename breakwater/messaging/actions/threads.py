"""Open a thread, write in it, amend what one wrote, and mark how far one has read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from breakwater.attachments.actions import Peg, attach
from breakwater.attachments.forms import Brought
from breakwater.cases.models import Case
from breakwater.kernel.db import locked
from breakwater.kernel.errors import NotPermitted, Refused, Stale
from breakwater.messaging.events import MessageAmended, MessageCame, MessageWritten
from breakwater.messaging.models import Amendment, Mark, Message, Thread
from breakwater.trust.access import Actor
from breakwater.trust.actions.circles import hold_circle
from breakwater.trust.actions.leaving import Leaving, Recipient, goes_along, may_leave
from breakwater.trust.journal import record
from breakwater.trust.models import Agency, Circle, Grant
from breakwater.trust.rules.law import REFER


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A letter between two agencies, as far as its thread has to know it."""

    id: UUID
    case_id: UUID
    circle_id: UUID
    from_agency_id: UUID
    to_agency_id: UUID
    purpose: str


@transaction.atomic
def open_thread_of_letter(letter: Letter, *, at: datetime, by: Actor) -> Thread:
    """The thread of a letter, which either end opens. Twice is once."""
    by.must("messaging.write")
    thread, _ = Thread.objects.get_or_create(
        about=letter.id,
        defaults={
            "circle_id": letter.circle_id, "case_id": letter.case_id, "from_agency_id": letter.from_agency_id,
            "to_agency_id": letter.to_agency_id, "purpose": letter.purpose, "opened_at": at, "last_at": at,
        },
    )  # fmt: skip
    return thread


@transaction.atomic
def write_on_case(
    case: Case, words: str, *, is_urgent: bool, at: datetime, by: Actor, attached: Sequence[Brought] = ()
) -> Message:
    """Write to whoever cares for the person of a case, perhaps with files. A closed case still takes messages.

    Which laws protect the record now stays with the message: a grant that does not open them opens none of it.

    Raises:
        Refused: it says nothing, or there is no room for its files.
    """
    by.must("messaging.write", case.circle)
    circle = hold_circle(case.circle)
    opened = {"circle": circle, "from_agency": by.agency, "opened_at": at, "last_at": at}
    thread, _ = Thread.objects.get_or_create(case=case, to_agency=None, defaults=opened)
    message = _write(thread, words, is_urgent=is_urgent, segments=circle.segments, at=at, by=by)
    attach(attached, _peg(message), at=at, by=by)
    for agency in _others_in(circle, by=by):
        _tell(message, agency, at=at, by=by)
    return message


@transaction.atomic
def write_on_letter(
    thread: Thread, words: str, *, is_urgent: bool, at: datetime, by: Actor, attached: Sequence[Brought] = ()
) -> Message:
    """Write to the other end of a letter, perhaps with files. What the sender writes leaves the circle, if it may.

    Raises:
        Unlawful: a law protects the record, and the person has not agreed to it.
        Refused: it says nothing, or there is no room for its files.
    """
    by.must("messaging.write")
    other = thread.other_end(by.agency_id)
    if other is None or by.agency_id not in (thread.from_agency_id, thread.to_agency_id):
        raise NotPermitted("This thread is neither from your agency nor to it.")
    goes_with = ""
    if thread.from_agency_id == by.agency_id:
        by.must("messaging.write", thread.circle)
        goes_with = _let_out(thread, other, at=at, by=by, files=len(attached))
    message = _write(thread, words, is_urgent=is_urgent, goes_with=goes_with, at=at, by=by)
    attach(attached, _peg(message), at=at, by=by)
    _tell(message, other, at=at, by=by)
    return message


@transaction.atomic
def amend(message: Message, *, words: str, reason: str, version: int, at: datetime, by: Actor) -> Amendment:
    """Give one's own message a new text. The text before stays readable, at both ends.

    Raises:
        Stale: it was amended since, in another window.
        Refused: nothing changes, no reason is given, or somebody else wrote it.
    """
    by.must("messaging.write")
    if message.by_id != by.user_id or message.agency_id != by.agency_id:
        raise Refused("Only whoever wrote a message amends it. Write another one.")
    thread = message.thread
    if thread.from_agency_id == by.agency_id and thread.to_agency:
        _let_out(thread, thread.to_agency, at=at, by=by)
    thread = locked(Thread.objects.all(), thread.pk)
    last = Amendment.objects.filter(message=message).order_by("-version").first()
    current, text = (last.version, last.words) if last else (1, message.words)
    if version != current:
        sentence = "This message was amended meanwhile. Both texts are shown; save again to keep yours."
        raise Stale(sentence, theirs={"words": text}, who=by.name, at=last and last.recorded_at)
    if words == text:
        raise Refused("Nothing was changed.")
    if not words.strip() or not reason.strip():
        raise Refused("An amendment needs its new text and a reason.")
    made = Amendment.objects.create(
        message=message, circle_id=message.circle_id, from_agency_id=message.from_agency_id,
        to_agency_id=message.to_agency_id, version=current + 1, words=words, reason=reason, by=by.user,
        segments=message.segments,
    )  # fmt: skip
    news = MessageAmended(thread_id=thread.pk, message_id=message.pk, version=made.version)
    record(news, about=message.pk, circle=_own_circle(thread, by), by=by, at=at)
    return made


@transaction.atomic
def mark_read(thread: Thread, number: int, *, at: datetime, by: Actor) -> None:
    """Somebody has read a thread up to a message. A mark never goes back."""
    if by.user is None or number == 0:
        return
    mark, is_new = Mark.objects.get_or_create(
        thread=thread, by=by.user, defaults={"number": number, "at": at}
    )
    if not is_new:
        Mark.objects.filter(pk=mark.pk, number__lt=number).update(number=number, at=at)


def _let_out(thread: Thread, other: Agency, *, at: datetime, by: Actor, files: int = 0) -> str:
    """Ask whether something may go to the far end of a letter; what goes along with it."""
    what = "A message about a letter that was sent to them" + (f", with {files} files" if files else "")
    leaving = Leaving(
        act=REFER, to=Recipient.of(other), purpose=thread.purpose, about=thread.about,
        information=frozenset({"who", "needs"}), what=what,
    )  # fmt: skip
    return goes_along(may_leave(leaving, thread.circle, at=at, by=by), by=by)


def _write(
    thread: Thread,
    words: str,
    *,
    is_urgent: bool,
    at: datetime,
    by: Actor,
    goes_with: str = "",
    segments: list[str] | None = None,
) -> Message:
    if not words.strip():
        raise Refused("Write something. One line is enough.")
    thread = locked(Thread.objects.all(), thread.pk)
    thread.last_number, thread.last_at = thread.last_number + 1, at
    thread.save(update_fields=["last_number", "last_at"])
    message = Message(
        thread=thread, circle_id=thread.circle_id, from_agency_id=thread.from_agency_id,
        to_agency_id=thread.to_agency_id, number=thread.last_number, agency=by.agency, by=by.user, words=words,
        goes_with=goes_with, is_urgent=is_urgent, at=at, segments=sorted(segments or ()),
    )  # fmt: skip
    message.save(force_insert=True)
    news = MessageWritten(thread_id=thread.pk, message_id=message.pk, is_urgent=is_urgent)
    record(news, about=message.pk, circle=_own_circle(thread, by), by=by, at=at)
    mark_read(thread, message.number, at=at, by=by)
    return message


def _peg(message: Message) -> Peg:
    """What its files hang on."""
    return Peg(
        what="message", about=message.pk, circle_id=message.circle_id, from_agency_id=message.from_agency_id,
        to_agency_id=message.to_agency_id, opens=Message.information, segments=message.segments,
    )  # fmt: skip


def _own_circle(thread: Thread, by: Actor) -> Circle | None:
    """The circle, for whoever stands there; the far end of a letter does not."""
    return None if thread.to_agency_id == by.agency_id else Circle(pk=thread.circle_id)


def _others_in(circle: Circle, *, by: Actor) -> list[Agency]:
    """The other agencies that may read what is written in a circle under the laws that protect it now."""
    grants = Grant.objects.standing(by.now).filter(
        circle=circle, only_for=None, information__contains=["care"], segments__contains=circle.segments
    )
    return list(Agency.objects.filter(pk__in=grants.values("agency")).exclude(pk=by.agency_id))


def _tell(message: Message, agency: Agency, *, at: datetime, by: Actor) -> None:
    news = MessageCame(thread_id=message.thread_id, message_id=message.pk, is_urgent=message.is_urgent)
    record(news, about=message.pk, to_agency=agency, by=by, at=at)
