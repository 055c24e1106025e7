"""Write down what makes it worse and what helps; say anew how well; take it back when it holds no longer."""

from datetime import datetime

from django.db import transaction

from breakwater.cases.actions.holding import held
from breakwater.cases.models import Case
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.plans.events import LessonDropped, LessonLearned
from breakwater.plans.models import Lesson
from breakwater.trust.access import Actor
from breakwater.trust.journal import record


@transaction.atomic
def learn(
    case: Case, *, kind: str, words: str, works: int | None, with_others: bool, at: datetime, by: Actor
) -> Lesson:
    """Write down something that makes it worse, or that helps and how well.

    Raises:
        Refused: it says nothing, what helps does not say how well, or the case is closed.
    """
    by.must("plans.work", case.circle)
    case = held(case, by=by)
    if sentence := _why_not_learned(kind, words, works):
        raise Refused(sentence)
    helps = kind == Lesson.Kind.COPING
    lesson = Lesson(
        circle=case.circle, case=case, kind=kind, words=words, works=works if helps else None,
        with_others=helps and with_others, by=by.user, starts_at=at,
    )  # fmt: skip
    return _keep(lesson, at=at, by=by)


@transaction.atomic
def learn_anew(lesson: Lesson, *, works: int, at: datetime, by: Actor) -> Lesson:
    """Something was tried again: how well it helped this time. What was said before stays readable.

    Raises:
        Refused: it is nothing that helps.
        Overtaken: it was told anew already, or holds no longer.
    """
    by.must("plans.work", lesson.circle)
    case = held(lesson.case, by=by)
    lesson.refresh_from_db(fields=["segments"])
    if lesson.kind != Lesson.Kind.COPING or works not in Lesson.Works.values:
        raise Refused("Only of what helps can be said how well.")
    _end(lesson, at=at)
    anew = Lesson(
        circle=case.circle, case=case, kind=lesson.kind, words=lesson.words, works=works,
        with_others=lesson.with_others, came_after=lesson, by=by.user, starts_at=at, segments=lesson.segments,
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
        raise Overtaken("Somebody said something newer about this. Look again.")


def _why_not_learned(kind: str, words: str, works: int | None) -> str:
    if kind not in Lesson.Kind.values or not words.strip():
        return "Say what it is, and whether it makes it worse or helps."
    if kind == Lesson.Kind.COPING and works not in Lesson.Works.values:
        return "Say how well it helps, as they tell it."
    return ""
