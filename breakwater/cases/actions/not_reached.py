"""A contact that was written down and was none: it is marked, and what it had stopped runs again."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from breakwater.cases.actions.contact import how
from breakwater.cases.actions.holding import locked
from breakwater.cases.events import (
    CaseClosed,
    ContactTakenBack,
    FollowUpAttempted,
    NextContactBooked,
    NoteAdded,
)
from breakwater.cases.models import SPOKE, Attempt, Case, FollowUp, Note, NotReached
from breakwater.cases.rules import FIRST_CONTACT, NEXT_CONTACT, TRIAGE_RESPONSE, is_follow_up, is_kept_by
from breakwater.clocks.actions import Promise, start, stop_kind
from breakwater.clocks.events import ClockStopped
from breakwater.clocks.models import Clock
from breakwater.kernel.db import not_before
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.trust.access import Actor
from breakwater.trust.journal import record
from breakwater.trust.models import Entry

_ADDED, _TRIED, _STOPPED, _CLOSED = (
    one.verb for one in (NoteAdded, FollowUpAttempted, ClockStopped, CaseClosed)
)
_KEPT = (FollowUp.Ended.REACHED, FollowUp.Ended.DECLINED)


@transaction.atomic
def take_back_contact(contact: Note | Attempt, *, reason: str, at: datetime, by: Actor) -> NotReached:
    """They were not reached after all: the wrong case, or the wrong box. What was written stays, and is marked.

    Promises that ended by it run again, each due when it was due; so do follow-ups. Not what another contact would
    have stopped, and nothing where the case was closed since: then only the mark is made.

    Args:
        contact: a note, or a try. A try that a note left behind stands for its note.

    Raises:
        NotPermitted: another agency holds the case.
        Refused: it does not say that they were reached, or nothing is said about why.
        Overtaken: it was taken back already.
    """
    by.must("cases.work", contact.circle)
    case = locked(contact.case if isinstance(contact, Note) else contact.follow_up.case, by=by)
    contact = _written_by(contact, case)
    if sentence := _why_not(contact, reason):
        raise Refused(sentence)
    if NotReached.objects.filter(Q(note=contact.pk) | Q(attempt=contact.pk)).exists():
        raise Overtaken("This was taken back already.")
    made = _mark(contact, case, reason, by=by)
    record(
        ContactTakenBack(case_id=case.pk, note_id=made.note_id, attempt_id=made.attempt_id),
        about=made.pk, circle=case.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip
    _run_again(case, at=at, by=by)
    return made


def _why_not(contact: Note | Attempt, reason: str) -> str:
    said = contact.reached if isinstance(contact, Note) else contact.outcome in SPOKE
    if not said:
        return "This does not say that they were reached."
    return "" if reason.strip() else "Say why: the wrong case, or the wrong box."


def _written_by(contact: Note | Attempt, case: Case) -> Note | Attempt:
    """The contact itself; for a try that was left behind by another contact, that one."""
    if isinstance(contact, Note) or contact.outcome not in SPOKE:
        return contact
    told = Entry.objects.filter(episode=case.pk, verb__in=(_ADDED, _TRIED))
    if told.filter(about=contact.pk).exists():
        return contact
    entry = told.filter(at=contact.at, facts__reached=True).order_by("pk").first()
    entry = entry or told.filter(at=contact.at, facts__outcome__in=SPOKE).order_by("pk").first()
    if entry is None:
        return contact
    kind = Note if entry.verb == _ADDED else Attempt
    return kind.objects.filter(pk=entry.about).first() or contact


def _mark(contact: Note | Attempt, case: Case, reason: str, *, by: Actor) -> NotReached:
    """Mark the contact, and the tries that it left behind at the check-ins that it kept."""
    note, tried = (contact, None) if isinstance(contact, Note) else (None, contact)
    segments = Note.objects.lock(note).segments if note else []
    made = NotReached(
        circle=case.circle, note=note, attempt=tried, reason=reason, by=by.user, segments=segments
    )
    made.save(force_insert=True)
    then = contact.happened_at if isinstance(contact, Note) else contact.at
    left = Attempt.objects.spoke().filter(follow_up__case=case, at=then, words="", contact_point=None)
    told = Entry.objects.filter(episode=case.pk, verb=_TRIED).values("about")
    for one in left.exclude(pk__in=told).exclude(pk=contact.pk):
        if _written_by(one, case) == contact:
            NotReached(circle=case.circle, attempt=one, by=by.user, segments=segments).save(force_insert=True)
    return made


def _run_again(case: Case, *, at: datetime, by: Actor) -> None:
    """Start whatever ended by a contact that was none, and by no other, and owe its check-ins again."""
    contacts = list(_contacts(case))
    for clock in _ended_by_mistake(case):
        if is_kept_by(clock.kind, contacts, started_at=clock.started_at, due_soon_at=clock.due_soon_at):
            continue
        if clock.kind == NEXT_CONTACT:
            _let_go(case, at=at, by=by)
        same = Promise(kind=clock.kind, about=case.pk, started_at=clock.started_at, until=clock.due_at)
        start(same, circle=case.circle, episode=case.pk, at=at, by=by)
        if is_follow_up(clock.kind):
            _owe_again(case, clock.kind, by=by)


def _contacts(case: Case) -> Iterable[tuple[str, datetime, bool]]:
    """Every contact with them that stands: its kind, when it was, and whether they declined follow-up."""
    for kind, happened_at in Note.objects.filter(case=case).contacts().values_list("kind", "happened_at"):
        yield kind, happened_at, False
    for one in Attempt.objects.spoke().filter(follow_up__case=case).select_related("contact_point"):
        yield how(one), one.at, one.outcome == Attempt.Outcome.DECLINED


def _ended_by_mistake(case: Case) -> list[Clock]:
    """The last clock of each kind, where a contact stopped it that was none, since the case was last closed."""
    ended = _ended_by_contacts(case)
    none = NotReached.objects.filter(note__case=case).values_list("note", flat=True)
    nor = NotReached.objects.filter(attempt__follow_up__case=case).values_list("attempt", flat=True)
    mistaken = {*none, *nor}
    last: dict[str, Clock] = {}
    for clock in Clock.objects.of(case.pk).select_related("circle").order_by("pk"):
        if not (clock.kind == NEXT_CONTACT and clock.ended_at is None and _made_by_itself(case)):
            last[clock.kind] = clock
    return [one for one in last.values() if one.ended_at and ended.get(one.pk) in mistaken]


def _ended_by_contacts(case: Case) -> dict[UUID, UUID]:
    """By which contact each clock was met: the journal tells a contact first, then what it stopped."""
    ended: dict[UUID, UUID] = {}
    contact = None
    told = Entry.objects.filter(episode=case.pk, verb__in=(_ADDED, _TRIED, _STOPPED, _CLOSED)).order_by("pk")
    for verb, about, facts in told.values_list("verb", "about", "facts"):
        if verb == _CLOSED:
            ended, contact = {}, None
        elif verb != _STOPPED:
            contact = about if facts.get("reached") or facts.get("outcome") in SPOKE else contact
        elif facts["how"] == Clock.Ended.MET and contact and _waits_for_contact(facts["kind"]):
            ended[about] = contact
    return ended


def _waits_for_contact(kind: str) -> bool:
    return kind in (FIRST_CONTACT, TRIAGE_RESPONSE) or is_follow_up(kind)


def _made_by_itself(case: Case) -> bool:
    """Whether the next contact that is owed was booked by nobody: the last promise had been kept."""
    owed = FollowUp.objects.standing().filter(case=case, kind=NEXT_CONTACT).first()
    booked = Entry.objects.filter(episode=case.pk, verb=NextContactBooked.verb)
    return owed is not None and not booked.filter(about=owed.pk).exists()


def _let_go(case: Case, *, at: datetime, by: Actor) -> None:
    """The next contact that was promised in place of the last promise gives way to the one that was agreed."""
    stop_kind([NEXT_CONTACT], about=case.pk, how=Clock.Ended.REPLACED, at=at, by=by)
    standing = FollowUp.objects.standing().filter(case=case, kind=NEXT_CONTACT)
    standing.update(ends_at=not_before(at), ended_how=FollowUp.Ended.MOVED)


def _owe_again(case: Case, kind: str, *, by: Actor) -> None:
    """The check-in is owed as it was, since when it was: what ended stays ended, and this stands in its place."""
    ended = FollowUp.objects.filter(case=case, kind=kind, ended_how__in=_KEPT)
    last = ended.order_by("-starts_at", "-pk").first()
    if last and not FollowUp.objects.standing().filter(case=case, kind=kind).exists():
        FollowUp(
            circle=case.circle, case=case, kind=kind, planned_for=last.planned_for, by=by.user,
            starts_at=last.starts_at,
        ).save(force_insert=True)  # fmt: skip
