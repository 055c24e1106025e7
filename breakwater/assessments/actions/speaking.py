"""In which other language an assessment is asked, and who interprets."""

from datetime import datetime

from django.db import transaction

from breakwater.assessments.actions.asking import still_open
from breakwater.assessments.events import AskedInLanguage
from breakwater.assessments.instruments_of import definition_of
from breakwater.assessments.models import Assessment
from breakwater.kernel.errors import Refused, Stale
from breakwater.trust.access import Actor
from breakwater.trust.journal import record
from breakwater.trust.models import Entry

IN_ENGLISH_ALONE = "In English alone"


@transaction.atomic
def ask_in(
    assessment: Assessment, *, language: str, interpreter: str, read: str, at: datetime, by: Actor
) -> Assessment:
    """Ask in another language too; whoever interprets is told by a role or a number, or not at all.

    Args:
        read: the mark of what was shown: ``Assessment.spoken``.

    Raises:
        Stale: somebody said it anew meanwhile.
        Refused: its questions are not there in this language.
        Overtaken: the assessment has ended.
    """
    by.must("cases.work", assessment.circle)
    assessment = still_open(assessment, by=by)
    if read != assessment.spoken():
        raise _said_meanwhile(assessment, by=by)
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


def _said_meanwhile(assessment: Assessment, *, by: Actor) -> Stale:
    """What a colleague chose; who and when, the journal knows."""
    other = definition_of(assessment).translations.get(assessment.language)
    told = Entry.objects.visible_to(by).of_episode(assessment.case_id).select_related("by")
    last = told.filter(verb=AskedInLanguage.verb, about=assessment.pk).last()
    who, at = (last.by, last.at) if last else (assessment.by, assessment.starts_at)
    return Stale(
        "Somebody said this anew meanwhile. Both are shown; save again to keep yours.",
        theirs={"language": other.name if other else IN_ENGLISH_ALONE, "interpreter": assessment.interpreter},
        who=who.name if who else "Breakwater",
        at=at,
    )
