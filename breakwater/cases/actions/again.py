"""Somebody whose case is open asks again: what they said goes into the case there is."""

from datetime import datetime
from typing import Any

from django.db import transaction

from breakwater.cases.actions.holding import held
from breakwater.cases.actions.intake import Story, how_asked
from breakwater.cases.actions.learning import keep_what_differs, learn
from breakwater.cases.actions.notes import Telling, add_note
from breakwater.cases.actions.screening import find_circumstance, read_danger
from breakwater.cases.actions.triage import Judgment, triage_case
from breakwater.cases.models import Case, Note, Triage
from breakwater.people.models import Person
from breakwater.trust.access import Actor


@transaction.atomic
def hear_again(case: Case, story: Story, *, at: datetime, by: Actor, **known: Any) -> Note:
    """Write what was told at an intake into the open case: words, dangers, code, and what is new about them.

    Nobody becomes accountable and no promise begins anew, but for those that a danger or another code brings.

    Raises:
        Refused: the case is closed, nothing is said, or a danger or a code is less than it was and nothing says why.
    """
    by.must("cases.work", case.circle)
    case = held(case, by=by)
    note = add_note(case, Telling(words=story.what_is_happening, **how_asked(story)), at=at, by=by)
    for to, (level, words) in story.dangers.items():
        read_danger(case, to=to, level=level, words=words, at=at, by=by)
    for kind in story.circumstances:
        find_circumstance(case, kind=kind, words="", at=at, by=by)
    if story.judgment and _says_something(case, story.judgment):
        triage_case(case, story.judgment, at=at, by=by)
    person = Person.objects.lock(case.person)
    person.circle = case.circle
    differs = learn(person, known, at=at, by=by)
    keep_what_differs(case, differs, told_at=story.asked_at, at=at, by=by)
    return note


def _says_something(case: Case, judgment: Judgment) -> bool:
    """Whether it is more than the code that stands: pressed again without a reason it is not."""
    before = Triage.objects.standing().filter(case=case, scheme=judgment.scheme, code=judgment.code).first()
    return before is None or judgment.reasons not in ("", before.reasons)
