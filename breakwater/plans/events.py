"""What plans may announce."""

from datetime import datetime
from uuid import UUID

from breakwater.kernel.events import Event


class NeedNamed(Event):
    """Somebody named a need."""

    need_id: UUID
    domain: str


class NeedEnded(Event):
    """A need was met, or is no longer there."""

    need_id: UUID
    domain: str
    ended_how: str


class NeedsLinked(Event):
    """One need was seen to feed another."""

    cause_id: UUID
    effect_id: UUID


class NeedsUnlinked(Event):
    """One need does not feed the other after all."""

    cause_id: UUID
    effect_id: UUID


class StepPlanned(Event):
    """Somebody will do something by a time."""

    step_id: UUID
    owner: str
    due_at: datetime


class StepMoved(Event):
    """A step got another time."""

    step_id: UUID
    was_due_at: datetime
    due_at: datetime


class StepFinished(Event):
    """A step was done."""

    step_id: UUID


class StepDropped(Event):
    """A step will not be done."""

    step_id: UUID


class GoalSet(Event):
    """Somebody said where they want to get to."""

    goal_id: UUID
    domain: str


class GoalEnded(Event):
    """A goal was reached, changed or left."""

    goal_id: UUID
    domain: str
    ended_how: str


class PlanTalkedOver(Event):
    """The action plan was talked over with the person: signed, agreed aloud, or not agreed."""

    agreement_id: UUID
    version: int
    how: str


class SufficiencyRead(Event):
    """The self-sufficiency matrix was read: at entry, in between or at exit."""

    reading_id: UUID
    moment: str


class SafetyPlanWritten(Event):
    """A safety plan has a new version; whether every section had its minimum."""

    plan_id: UUID
    version: int
    is_complete: bool


class SafetyPlanCopied(Event):
    """Somebody was given a copy of a safety plan: the person, or somebody round them."""

    copy_id: UUID
    version: int
    to_person: bool
    how: str


class FamilyChosen(Event):
    """The person chose what somebody of their household may see: how many parts."""

    choice_id: UUID
    version: int
    parts: int


class FamilyTold(Event):
    """Parts of a plan were read out or handed to somebody of the household."""

    telling_id: UUID
    parts: int
    how: str


class SafeguardAgreed(Event):
    """Something dangerous within reach is to be dealt with by a time."""

    safeguard_id: UUID
    means: str
    due_at: datetime


class SafeguardEnded(Event):
    """Something dangerous was dealt with, or the person would rather not."""

    safeguard_id: UUID
    means: str
    ended_how: str


class LessonLearned(Event):
    """Something was learned about what makes it worse, or what helps."""

    lesson_id: UUID
    kind: str


class LessonDropped(Event):
    """Something that made it worse, or helped, does so no longer."""

    lesson_id: UUID
    kind: str
