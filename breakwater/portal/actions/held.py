"""A worker's device in the hands of the person, for one assessment or for their plan; and back again."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from breakwater.assessments.actions.asking import still_open
from breakwater.assessments.instruments_of import definition_of
from breakwater.assessments.models import Assessment
from breakwater.assessments.rules.definition import Definition
from breakwater.assessments.rules.translating import questions_without
from breakwater.cases.actions.holding import held
from breakwater.cases.models import Case
from breakwater.kernel.errors import Refused
from breakwater.plans.actions.goals import Answer, talk_over
from breakwater.plans.models import Agreement
from breakwater.plans.overview import as_it_stands
from breakwater.portal.events import PhoneGiven, PhoneTakenBack, PlanHeldOut, PlanTakenBack
from breakwater.portal.library import LASTING
from breakwater.trust.access import Actor
from breakwater.trust.journal import record

_OURS = "project-authored"
_BY_OWN_HAND = "Answered by themselves, on the worker's device"


@transaction.atomic
def give_phone(assessment: Assessment, *, language: str, at: datetime, by: Actor) -> datetime:
    """They answer with their own hands, in one language. Until when; after that nothing is open but the way back.

    Raises:
        Refused: its questions are not here in words that they could read, or not in this language.
        Overtaken: the assessment has ended.
    """
    by.must("cases.work", assessment.circle)
    assessment = still_open(assessment, by=by)
    definition = definition_of(assessment)
    if why := why_not_given(definition):
        raise Refused(why)
    if language and language not in whole_languages(definition):
        raise Refused("Its questions and answers are not here in this language.")
    assessment.mode, assessment.language = Assessment.Mode.SELF, language
    assessment.save(update_fields=["mode", "language"])
    record(
        PhoneGiven(assessment_id=assessment.pk),
        about=assessment.pk, circle=assessment.circle, episode=assessment.case_id, by=by, at=at,
    )  # fmt: skip
    return at + LASTING.held_for


@transaction.atomic
def take_phone_back(assessment: Assessment, *, at: datetime, by: Actor) -> None:
    """The worker has their device back, and showed that it is them. How they answered stands; nothing is completed."""
    by.must("cases.work", assessment.circle)
    record(
        PhoneTakenBack(assessment_id=assessment.pk),
        about=assessment.pk, circle=assessment.circle, episode=assessment.case_id, by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def hold_out_plan(case: Case, *, at: datetime, by: Actor) -> datetime:
    """They read their action plan and answer to it with their own hands. Until when.

    Raises:
        Refused: there is no plan yet, or the case is closed.
    """
    by.must("plans.work", case.circle)
    case = held(case, by=by)
    if not as_it_stands(case, zone=by.zone):
        raise Refused("There is no goal and no step yet. Plan something together first.")
    record(
        PlanHeldOut(case_id=case.pk), about=case.pk, circle=case.circle, episode=case.pk, by=by, at=at
    )  # fmt: skip
    return at + LASTING.held_for


@transaction.atomic
def answer_to_plan(
    case: Case, said: Answer, *, as_shown: str, language: str, at: datetime, by: Actor
) -> Agreement:
    """What they answered with their own hands is kept like any other answer, and where it was given stands beside it.

    Raises:
        Stale: the plan was changed meanwhile.
        Refused: neither a signature nor that there is none.
    """
    told = ". ".join(filter(None, (said.why_not.strip().rstrip("."), _BY_OWN_HAND)))
    answer = replace(said, why_not=told)
    return talk_over(case, answer, as_shown=as_shown, language=language, at=at, by=by)


@transaction.atomic
def take_plan_back(case: Case, *, at: datetime, by: Actor) -> None:
    """The worker has their device back, and showed that it is them. What was answered stands."""
    by.must("plans.work", case.circle)
    record(
        PlanTakenBack(case_id=case.pk), about=case.pk, circle=case.circle, episode=case.pk, by=by, at=at
    )  # fmt: skip


def whole_languages(definition: Definition) -> dict[str, str]:
    """The languages in which somebody could read all of it by themselves, with what their speakers call them."""
    every = definition.translations.values()
    return {one.language: one.name for one in every if not questions_without(definition, one)}


def why_not_given(definition: Definition) -> str:
    """Why nobody can answer it by themselves: its questions are not here, only what they are about; or ``""``."""
    if definition.license.state == _OURS or all(one.text for one in definition.items):
        return ""
    return (
        f"The questions of {definition.title} are not here, only what each is about. Ask them from your licensed form,"
        " or have its words imported."
    )
