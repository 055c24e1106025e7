"""A worker's device in the hands of the person, for one assessment; and back again."""

from datetime import datetime

from django.db import transaction

from breakwater.assessments.actions.asking import still_open
from breakwater.assessments.instruments_of import definition_of
from breakwater.assessments.models import Assessment
from breakwater.assessments.rules.definition import Definition
from breakwater.kernel.errors import Refused
from breakwater.portal.events import PhoneGiven, PhoneTakenBack
from breakwater.portal.library import LASTING
from breakwater.trust.access import Actor
from breakwater.trust.journal import record

_OURS = "project-authored"


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
    if language and language not in definition.translations:
        raise Refused("Its questions are not here in this language.")
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


def why_not_given(definition: Definition) -> str:
    """Why nobody can answer it by themselves: its questions are not here, only what they are about; or ``""``."""
    if definition.license.state == _OURS or all(one.text for one in definition.items):
        return ""
    return (
        f"The questions of {definition.title} are not here, only what each is about. Ask them from your licensed form,"
        " or have its words imported."
    )
