"""Write down what makes it worse and what helps; say anew how well; take it back when it holds no longer."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from breakwater.cases.actions.holding import held
from breakwater.cases.models import Case
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.plans.events import LessonDropped, LessonLearned
from breakwater.plans.models import Lesson
from breakwater.trust.access import Actor
from breakwater.trust.journal import record

MOST = 10
"""As well as anything can help, as the person tells it from 0."""


@dataclass(frozen=True, kw_only=True)
class Learned:
    """What was learned.

    Args:
        effect: of what helps, how well, from 0 to ``MOST``; ``None`` when it was not tried yet.
        last_used: of what helps, when that was.
        category: of what makes it worse, of ``Lesson.Category``.
        leads_to: of what makes it worse, the warning sign that follows, in the words of their plan.
    """

    kind: str
    words: str
    effect: int | None = None
    with_others: bool = False
    last_used: date | None = None
    category: str = ""
    leads_to: str = ""


@transaction.atomic
def learn(case: Case, said: Learned, *, at: datetime, by: Actor) -> Lesson:
    """Write down something that makes it worse, or that helps and how well.

    Raises:
        Refused: it says nothing, how well is not from 0 to 10, it was used later than now, or the case is closed.
    """
    by.must("plans.work", case.circle)
    case = held(case, by=by)
    if sentence := _why_not_learned(said, today=at.astimezone(by.zone).date()):
        raise Refused(sentence)
    helps = said.kind == Lesson.Kind.COPING
    untried = Lesson.Works.UNTRIED if helps and said.effect is None else None
    lesson = Lesson(
        circle=case.circle, case=case, kind=said.kind, words=said.words, effect=said.effect if helps else None,
        works=untried, with_others=helps and said.with_others, last_used=said.last_used if helps else None,
        category="" if helps else said.category, leads_to="" if helps else said.leads_to, by=by.user, starts_at=at,
    )  # fmt: skip
    return _keep(lesson, at=at, by=by)


@transaction.atomic
def learn_anew(lesson: Lesson, *, effect: int, at: datetime, by: Actor) -> Lesson:
    """Something was tried again: how well it helped this time. What was said before stays readable.

    Raises:
        Refused: it is nothing that helps.
        Overtaken: it was told anew already, or holds no longer.
    """
    by.must("plans.work", lesson.circle)
    case = held(lesson.case, by=by)
    lesson.refresh_from_db(fields=["segments"])
    if lesson.kind != Lesson.Kind.COPING or not 0 <= effect <= MOST:
        raise Refused("Only what helps is rated, from 0 to 10.")
    _end(lesson, at=at)
    anew = Lesson(
        circle=case.circle, case=case, kind=lesson.kind, words=lesson.words, effect=effect,
        last_used=at.astimezone(by.zone).date(), with_others=lesson.with_others, came_after=lesson, by=by.user,
        starts_at=at, segments=lesson.segments,
    )  # fmt: skip
    return _keep(anew, at=at, by=by)


@transaction.atomic
def drop_lesson(lesson: Lesson, *, at: datetime, by: Actor) -> None:
    """It holds no longer. What was written stays.

    Raises:
        Overtaken: it was told anew already, or holds no longer.
    """
    by.must("plans.work", lesson.circle)
    held(lesson.case, by=by)
    _end(lesson, at=at)
    record(
        LessonDropped(lesson_id=lesson.pk, kind=lesson.kind),
        about=lesson.pk, circle=lesson.circle, episode=lesson.case_id, by=by, at=at,
    )  # fmt: skip


def _keep(lesson: Lesson, *, at: datetime, by: Actor) -> Lesson:
    lesson.save(force_insert=True)
    record(
        LessonLearned(lesson_id=lesson.pk, kind=lesson.kind),
        about=lesson.pk, circle=lesson.circle, episode=lesson.case_id, by=by, at=at,
    )  # fmt: skip
    return lesson


def _end(lesson: Lesson, *, at: datetime) -> None:
    if not Lesson.objects.standing().filter(pk=lesson.pk).update(ends_at=max(at, lesson.starts_at)):
        raise Overtaken("Somebody said something newer about this. Open the page again to see how it stands.")


def _why_not_learned(said: Learned, *, today: date) -> str:
    if said.kind not in Lesson.Kind.values or not said.words.strip():
        return "Say what it is, and whether it makes it worse or helps."
    if said.effect is not None and not 0 <= said.effect <= MOST:
        return "Say how well it helps, from 0 to 10, as they tell it."
    if said.last_used is not None and said.last_used > today:
        return "It cannot have been used later than today."
    if said.category and said.category not in Lesson.Category.values:
        return "Choose what kind of thing makes it worse."
    return ""
