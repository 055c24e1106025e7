"""In which other language an assessment is asked, and who interprets."""

from datetime import datetime

from django.db import transaction

from breakwater.assessments.actions.asking import still_open
from breakwater.assessments.events import AskedInLanguage
from breakwater.assessments.instruments_of import definition_of
from breakwater.assessments.models import Assessment
from breakwater.kernel.errors import Refused
from breakwater.trust.access import Actor
from breakwater.trust.journal import record


@transaction.atomic
def ask_in(assessment: Assessment, *, language: str, interpreter: str, at: datetime, by: Actor) -> Assessment:
    """Ask in another language too; whoever interprets is told by a role or a number, or not at all.

    Raises:
        Refused: its questions are not there in this language.
        Overtaken: the assessment has ended.
    """
    by.must("cases.work", assessment.circle)
    assessment = still_open(assessment, by=by)
    if language and language not in definition_of(assessment).translations:
        raise Refused("Its questions are not here in this language.")
    assessment.language, assessment.interpreter = language, interpreter
    assessment.save(update_fields=["language", "interpreter"])
    said = AskedInLanguage(
        assessment_id=assessment.pk, instrument=assessment.instrument, language=language,
        interpreted=bool(interpreter.strip()),
    )  # fmt: skip
    record(said, about=assessment.pk, circle=assessment.circle, episode=assessment.case_id, by=by, at=at)
    return assessment
