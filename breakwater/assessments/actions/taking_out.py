"""Many assessments leave together, at the machine: each asks the law, and leaves once that is written down."""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from breakwater.assessments.actions.exporting import Export, export
from breakwater.assessments.events import AssessmentsTakenOut
from breakwater.assessments.models import Assessment
from breakwater.kernel.errors import Refused
from breakwater.kernel.ids import new_id
from breakwater.trust.access import Actor, acting
from breakwater.trust.journal import AsksWhy, record, see, write_sightings
from breakwater.trust.turned_away import write_refusals

PAGE = "instruments export"
"""Where what was shown was shown: no page of ours."""
_ASKS_WHY = "Whoever opens this record says why first. Open it on its page, say why, and export it there."


def take_out(
    chosen: Iterable[UUID], wanted: Export, write: Callable[[bytes], object], *, at: datetime, by: Actor
) -> Counter[str]:
    """Let each assessment out that may leave, a line each; of the others, why not, and how many of them.

    Each has a transaction of its own, and is written after it: what was let out and never arrived stands in the
    accounting of disclosures, and nothing arrives that does not.
    """
    kept_back: Counter[str] = Counter()
    left = 0
    for assessment_id in chosen:
        try:
            line = _one(assessment_id, wanted, at=at, by=by)
        except Refused as refusal:
            kept_back[str(refusal)] += 1
        except AsksWhy:
            kept_back[_ASKS_WHY] += 1
        else:
            write(line)
            left += 1
    with acting(by):
        write_refusals(by)
        news = AssessmentsTakenOut(left=left, kept_back=kept_back.total(), purpose=wanted.purpose)
        record(news, about=new_id(), by=by, at=at)
    return kept_back


def _one(assessment_id: UUID, wanted: Export, *, at: datetime, by: Actor) -> bytes:
    """A file of one assessment as one line of text."""
    with acting(by):
        found = see(
            Assessment, assessment_id, by=by, related=("case", "case__circle", "case__agency", "words_of")
        )
        made = export(found, wanted, at=at, by=by)
        write_sightings(by, PAGE)
    return json.dumps(json.loads(made), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
