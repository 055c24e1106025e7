"""An assessment leaves as a file: the law is asked, what it lets out is written down, and its notice goes along."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from breakwater.assessments.events import AssessmentExported
from breakwater.assessments.exporting import Leaves, sheet_of
from breakwater.assessments.instruments_of import definition_of, offered_to
from breakwater.assessments.models import Assessment, Result
from breakwater.formats.fhir.bundle import bundle
from breakwater.kernel.errors import Refused
from breakwater.trust.access import Actor
from breakwater.trust.actions.leaving import Leaving, Recipient, goes_along, may_leave
from breakwater.trust.journal import record
from breakwater.trust.models import Information
from breakwater.trust.rules.law import EXPORT, PURPOSES


@dataclass(frozen=True, kw_only=True)
class Export:
    """To whom an assessment goes, and what for.

    Args:
        with_words: what the person wrote in their own words goes along.
    """

    to: Recipient
    purpose: str
    with_words: bool = False


@transaction.atomic
def export(assessment: Assessment, wanted: Export, *, at: datetime, by: Actor) -> bytes:
    """The file of a completed assessment, for one recipient.

    Raises:
        Unlawful: it may not leave.
        Refused: it is not completed, or nobody says to whom it goes.
    """
    by.must("trust.disclose", assessment.circle)
    results = Result.objects.filter(assessment=assessment).select_related("circle")
    last: Result | None = results.order_by("-number").first()
    if last is None:
        raise Refused("Complete the assessment first.")
    if wanted.purpose not in PURPOSES or not (wanted.to.agency or wanted.to.name.strip()):
        raise Refused("Say to whom it goes, and what for.")
    definition, offered = definition_of(assessment), offered_to(by).get(assessment.instrument)
    leaving = Leaving(
        act=EXPORT, to=wanted.to, purpose=wanted.purpose, information=frozenset({Information.CARE}),
        segments=frozenset(assessment.segments),
        what=f"{assessment.title}: answers by code{' and in words' if wanted.with_words else ''}", about=assessment.pk,
    )  # fmt: skip
    along = goes_along(may_leave(leaving, assessment.circle, at=at, by=by), by)
    with_score = offered is not None and not offered.untold
    leaves = Leaves(with_words=wanted.with_words, with_score=with_score, notices=(along,) if along else ())
    made = bundle(sheet_of(assessment, definition, last, leaves, at=at))
    left = AssessmentExported(
        assessment_id=assessment.pk, instrument=assessment.instrument, purpose=wanted.purpose
    )
    record(left, about=last.pk, circle=assessment.circle, episode=assessment.case_id, by=by, at=at)
    return made
