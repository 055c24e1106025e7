"""Take someone in: the person, the circle, the case, its dangers, its code, its owner and its clocks, at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from breakwater.cases.actions.beginning import begin
from breakwater.cases.actions.learning import keep_what_differs, learn
from breakwater.cases.actions.notes import Telling, add_note
from breakwater.cases.actions.triage import Judgment, judge
from breakwater.cases.entries import ENTRIES
from breakwater.cases.events import CaseOpened, CircumstanceFound, DangerRead
from breakwater.cases.judging import why_code_needs_a_reason
from breakwater.cases.models import Assignment, Case, Circumstance, Danger, Note
from breakwater.cases.rules import CLOCKS_DIFFER, number_of
from breakwater.kernel.errors import Refused
from breakwater.kernel.events import Event
from breakwater.kernel.ids import new_id
from breakwater.people.actions.persons import UNKNOWN, register
from breakwater.people.models import Person
from breakwater.trust.access import Actor
from breakwater.trust.actions.circles import open_circle
from breakwater.trust.journal import record, record_all
from breakwater.trust.models import Circle, Unit, User

_NAMELESS = {"known_as": UNKNOWN, "is_described": True}
_SPOKEN_WITH = "They were spoken with as help was asked for."
_BY_THEMSELVES = (Case.AskedBy.SELF, Case.AskedBy.WALK_IN, Case.AskedBy.HOTLINE)


@dataclass(frozen=True, kw_only=True)
class Story:
    """What was told when help was asked for.

    Args:
        dangers: level and words by whom the danger is to; those not read are left out.
        circumstances: what is so that a law may ask about, of ``Circumstance.Kind``.
        spoke: the worker spoke with the person themselves, and not only about them: the first contact is kept.
        worker: who is accountable; ``None`` puts the case into the duty queue, whose alarm then runs.
    """

    what_is_happening: str
    asked_by: str
    asked_at: datetime
    dangers: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    circumstances: Collection[str] = ()
    judgment: Judgment | None = None
    spoke: bool = False
    worker: User | None = None
    unit: Unit | None = None
    came_from: UUID | None = None


@transaction.atomic
def take_in(story: Story, *, person: Person | None = None, at: datetime, by: Actor, **known: Any) -> Case:
    """Open a case for a person we know, or for somebody new.

    Args:
        person: somebody in one of the actor's circles. ``known`` is then added to what is written about them, and
            overwrites nothing; for somebody new it goes to ``people.register``.

    Raises:
        Refused: nothing is said about what is happening, help was asked for at an impossible time, or the person
            has an open case here already.
    """
    by.must("cases.take_in", person.circle if person else None)
    if reason := _why_not_taken_in(story, at=at):
        raise Refused(reason)
    if person is None:
        circle = open_circle(at=story.asked_at, by=by)
        known = known if str(known.get("known_as", "")).strip() else known | _NAMELESS
        someone = register(circle=circle, at=at, by=by, **known)
        return _begun(story, someone, circle, at=at, by=by)
    circle = person.circle
    person = Person.objects.lock(person)
    person.circle = circle
    if earlier := Case.objects.open().held_by(by).filter(person=person).first():
        raise Refused(f"They have an open case here: {earlier.number}. Add what is new to that case.")
    differs = learn(person, known, at=at, by=by)
    case = _begun(story, person, circle, at=at, by=by)
    keep_what_differs(case, differs, told_at=story.asked_at, at=at, by=by)
    return case


def _why_not_taken_in(story: Story, *, at: datetime) -> str:
    if not story.what_is_happening.strip():
        return "Say what is happening. One line is enough."
    if story.asked_by not in Case.AskedBy.values:
        return "Say who asked."
    if reason := _why_not_read(story):
        return reason
    if story.asked_at > at + CLOCKS_DIFFER:
        return "Help cannot have been asked for in the future."
    if story.asked_at < at - ENTRIES.look_back:
        return (
            f"Help asked for more than {ENTRIES.look_back.days} days ago is not a new crisis. Check the date."
        )
    return ""


def _why_not_read(story: Story) -> str:
    if any(
        to not in Danger.To.values or level not in Danger.Level.values
        for to, (level, _) in story.dangers.items()
    ):
        return "Say to whom the danger is, and whether it is none, possible, likely or now."
    if (judged := story.judgment) and not judged.reasons.strip():
        levels = {to: level for to, (level, _) in story.dangers.items()}
        if reason := why_code_needs_a_reason(judged.code, judged.fits, levels, is_calmer=False):
            return reason
    strange = set(story.circumstances) - set(Circumstance.Kind.values)
    return "Choose from the list what applies." if strange else ""


def _begun(story: Story, person: Person, circle: Circle, *, at: datetime, by: Actor) -> Case:
    """The case, with its promises; one of them is kept where the person themselves asked."""
    case = _open(story, person, circle, at=at, by=by)
    if story.spoke:
        add_note(case, Telling(words=_SPOKEN_WITH, **how_asked(story)), at=at, by=by)
    return case


def _open(story: Story, person: Person, circle: Circle, *, at: datetime, by: Actor) -> Case:
    case_id = new_id()
    case = Case(
        id=case_id, circle=circle, person=person, agency=by.agency, unit=story.unit, number=number_of(case_id.int),
        asked_by=story.asked_by, asked_at=story.asked_at, what_is_happening=story.what_is_happening,
        opened_by=by.user, came_from=story.came_from,
    )  # fmt: skip
    case.save(force_insert=True)
    Assignment(
        circle=circle,
        case=case,
        agency=by.agency,
        worker=story.worker,
        unit=story.unit,
        by=by.user,
        starts_at=at,
    ).save(force_insert=True)
    news = _read(story, case, at=at, by=by)
    opened = CaseOpened(case_id=case.pk, asked_by=case.asked_by)
    record(opened, about=case.pk, circle=circle, episode=case.pk, by=by, at=case.asked_at)
    if story.judgment:
        triage = story.judgment.row(case, at=at, by=by)
        triage.save(force_insert=True)
        news.append((story.judgment.news(case.pk), triage.pk))
    record_all(news, circle=circle, episode=case.pk, by=by, at=at)
    begin(
        case, asked_at=case.asked_at, judgment=story.judgment, levels=[level for level, _ in story.dangers.values()],
        is_queued=story.worker is None, at=at, by=by,
    )  # fmt: skip
    return case


def how_asked(story: Story) -> dict[str, Any]:
    """What a note says of the contact in which help was asked for: which kind, when, and with whom."""
    kind = Note.Kind.MEETING if story.asked_by == Case.AskedBy.WALK_IN else Note.Kind.CALL
    others = "" if story.asked_by in _BY_THEMSELVES else Case.AskedBy(story.asked_by).label
    return {"kind": kind, "happened_at": story.asked_at, "reached": story.spoke, "with_whom": others}


def _read(story: Story, case: Case, *, at: datetime, by: Actor) -> list[tuple[Event, UUID | None]]:
    """Write down the dangers and circumstances that were told; the news of each."""
    told: dict[str, Any] = {"circle": case.circle, "case": case, "by": by.user, "starts_at": at}
    dangers = Danger.objects.bulk_create(
        Danger(to=to, level=level, words=words, **told) for to, (level, words) in story.dangers.items()
    )
    found = Circumstance.objects.bulk_create(Circumstance(kind=kind, **told) for kind in story.circumstances)
    return [
        *((DangerRead(case_id=case.pk, to=one.to, level=one.level), one.pk) for one in dangers),
        *((CircumstanceFound(case_id=case.pk, kind=one.kind), one.pk) for one in found),
    ]


__all__ = ["Judgment", "Story", "how_asked", "judge", "take_in"]
