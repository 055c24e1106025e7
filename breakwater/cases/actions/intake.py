"""Take someone in: the person, the circle, the case, its dangers, its code, its owner and its clocks, at once."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from breakwater.cases.actions.triage import Judgment, judge
from breakwater.cases.events import CaseOpened, DangerRead
from breakwater.cases.models import Assignment, Case, Danger, FollowUp, Triage
from breakwater.cases.rules import DUTY_QUEUE, FIRST_CONTACT, STABILIZATION, TRIAGE_RESPONSE
from breakwater.clocks.actions import Promise, start_all
from breakwater.clocks.library import profile
from breakwater.kernel.errors import Refused
from breakwater.kernel.ids import new_id
from breakwater.people.actions import register
from breakwater.people.models import Person
from breakwater.trust.access import Actor
from breakwater.trust.actions.circles import open_circle
from breakwater.trust.journal import record_all
from breakwater.trust.models import Circle, Unit, User

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_LONGEST_AGO = timedelta(days=30)
UNKNOWN = "Name not known"


@dataclass(frozen=True, kw_only=True)
class Story:
    """What was told when help was asked for.

    Args:
        dangers: level and words by whom the danger is to; those not read are left out.
        worker: who is accountable; ``None`` puts the case into the duty queue, whose alarm then runs.
    """

    what_is_happening: str
    asked_by: str
    asked_at: datetime
    dangers: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    judgment: Judgment | None = None
    worker: User | None = None
    unit: Unit | None = None
    came_from: Any = None


@transaction.atomic
def take_in(story: Story, *, person: Person | None = None, at: datetime, by: Actor, **known: Any) -> Case:
    """Open a case for a person we know, or for somebody new.

    Args:
        person: somebody in one of the actor's circles; otherwise ``known`` goes to ``people.register``.

    Raises:
        Refused: nothing is said about what is happening, or help was asked for at an impossible time.
    """
    by.must("cases.take_in")
    if not story.what_is_happening.strip():
        raise Refused("Say what is happening. One line is enough.")
    if story.asked_at > at + timedelta(minutes=1):
        raise Refused("Help cannot have been asked for in the future.")
    if story.asked_at < at - _LONGEST_AGO:
        raise Refused("Help asked for more than 30 days ago is not a new crisis. Check the date.")
    circle = person.circle if person else open_circle(at=story.asked_at, by=by)
    by.must("cases.take_in", circle)
    someone = person or register(circle=circle, at=at, by=by, **({"known_as": UNKNOWN, "is_described": True} | known))
    return _open(story, someone, circle, at=at, by=by)


def _open(story: Story, person: Person, circle: Circle, *, at: datetime, by: Actor) -> Case:
    case = Case(
        id=new_id(), circle=circle, person=person, agency=by.agency, unit=story.unit, number=_number(),
        asked_by=story.asked_by, asked_at=story.asked_at, what_is_happening=story.what_is_happening.strip(),
        opened_by=by.user, came_from=story.came_from,
    )  # fmt: skip
    case.save(force_insert=True)
    Assignment(
        circle=circle, case=case, agency=by.agency, worker=story.worker, unit=story.unit, by=by.user, starts_at=at
    ).save(force_insert=True)
    dangers = [
        Danger(circle=circle, case=case, to=to, level=level, words=words.strip(), by=by.user, starts_at=at)
        for to, (level, words) in story.dangers.items()
    ]
    Danger.objects.bulk_create(dangers)
    if story.judgment:
        _triage(case, story.judgment, at=at, by=by).save(force_insert=True)
    news = [(CaseOpened(case_id=case.pk, asked_by=case.asked_by), case.pk)]
    news += [(DangerRead(case_id=case.pk, to=one.to, level=one.level), case.pk) for one in dangers]
    if story.judgment:
        news.append((story.judgment.news(case.pk), case.pk))
    record_all(news, circle=circle, episode=case.pk, by=by, at=at)
    start_clocks(case, judgment=story.judgment, is_queued=story.worker is None, at=at, by=by)
    return case


def start_clocks(case: Case, *, judgment: Judgment | None, is_queued: bool, at: datetime, by: Actor) -> None:
    """Start every clock of a new episode: stabilization from asking, the first response, and the follow-ups."""
    promises = [Promise(kind=STABILIZATION, about=case.pk, started_at=case.asked_at)]
    if judgment and judgment.limit:
        promises.append(
            Promise(kind=TRIAGE_RESPONSE, about=case.pk, started_at=case.asked_at, limit=judgment.limit)
        )
    else:
        promises.append(Promise(kind=FIRST_CONTACT, about=case.pk, started_at=case.asked_at))
    if is_queued:
        promises.append(Promise(kind=DUTY_QUEUE, about=case.pk, started_at=at))
    schedule = profile(by.agency.profile).schedule
    promises += [Promise(kind=kind, about=case.pk, started_at=case.asked_at) for kind in schedule]
    clocks = start_all(promises, circle=case.circle, episode=case.pk, at=at, by=by)
    FollowUp.objects.bulk_create(
        FollowUp(
            circle=case.circle, case=case, kind=clock.kind, planned_for=clock.due_at, by=by.user, starts_at=at
        )
        for clock in clocks
        if clock.kind in schedule
    )


def _triage(case: Case, judgment: Judgment, *, at: datetime, by: Actor) -> Triage:
    return Triage(
        circle=case.circle, case=case, scheme=judgment.scheme, version=judgment.version, code=judgment.code,
        urgency=judgment.urgency, answers=dict(judgment.answers), reasons=judgment.reasons, by=by.user, starts_at=at,
    )  # fmt: skip


def _number() -> str:
    """A short reference to say aloud, without letters that sound or look alike."""
    return f"{''.join(secrets.choice(_LETTERS) for _ in range(3))}-{''.join(secrets.choice(_LETTERS) for _ in range(4))}"


__all__ = ["Judgment", "Story", "judge", "start_clocks", "take_in"]
