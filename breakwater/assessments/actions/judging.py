"""What a person does about a result: amend the answers, judge otherwise, decide on proposals, hear an alert."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from breakwater.assessments.actions.asking import CRITICAL, keep_answers, keep_result
from breakwater.assessments.events import AlertHeard, AssessmentAmended, ProposalDecided, ResultOverridden
from breakwater.assessments.instruments_of import definition_of
from breakwater.assessments.models import Alert, Assessment, Decision, Override, Result
from breakwater.assessments.rules.definition import TIERS
from breakwater.cases.actions.holding import keep_held, locked
from breakwater.clocks.actions import stop_kind
from breakwater.clocks.models import Clock
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.trust.access import Actor
from breakwater.trust.journal import record


@transaction.atomic
def amend(
    assessment: Assessment, said: Mapping[str, str | tuple[str, ...]], *, reason: str, at: datetime, by: Actor
) -> Result:
    """Change answers of a completed assessment. A new result stands beside the one before.

    Raises:
        Refused: it is not completed, nothing is changed, an answer cannot be taken, or no reason is given.
    """
    by.must("cases.work", assessment.circle)
    last = _completed(assessment, by=by)
    if not reason.strip():
        raise Refused("Say why the answers are changed.")
    definition = definition_of(assessment)
    answers = keep_answers(assessment, definition, said, at=at, by=by)
    if last.document["codes"] == {
        key: one if isinstance(one, str) else list(one) for key, one in answers.items()
    }:
        raise Refused("No answer was changed.")
    number = last.number + 1
    result = keep_result(assessment, definition, answers, number=number, at=at, by=by, reason=reason)
    record(
        AssessmentAmended(
            assessment_id=assessment.pk, instrument=assessment.instrument, number=number, tier=result.tier
        ),
        about=result.pk, circle=assessment.circle, episode=assessment.case_id, by=by, at=at,
    )  # fmt: skip
    return result


@transaction.atomic
def override(assessment: Assessment, *, tier: str, reason: str, at: datetime, by: Actor) -> Override:
    """Judge otherwise than the answers come to. Both stay.

    Raises:
        Refused: it is not completed, it says no other level, or no reason is given.
    """
    by.must("cases.work", assessment.circle)
    _completed(assessment, by=by)
    if tier not in TIERS or not reason.strip():
        raise Refused("Choose the level that you judge, and say why.")
    made = Override(
        circle=assessment.circle, assessment=assessment, tier=tier, reason=reason, by=by.user, at=at,
        segments=assessment.segments,
    )  # fmt: skip
    made.save(force_insert=True)
    record(
        ResultOverridden(assessment_id=assessment.pk, instrument=assessment.instrument, tier=tier),
        about=made.pk, circle=assessment.circle, episode=assessment.case_id, by=by, at=at,
    )  # fmt: skip
    return made


@transaction.atomic
def decide(
    assessment: Assessment, *, proposal: str, taken: bool, reason: str, at: datetime, by: Actor
) -> Decision:
    """Decide about something that the result proposes.

    Raises:
        Refused: it is not proposed, or it is not taken and nobody says why.
    """
    by.must("cases.work", assessment.circle)
    last = _completed(assessment, by=by)
    if proposal not in last.document["proposes"]:
        raise Refused("The result does not propose this.")
    if not taken and not reason.strip():
        raise Refused("Say why it is not done.")
    made = Decision(
        circle=assessment.circle, assessment=assessment, proposal=proposal, taken=taken, reason=reason,
        by=by.user, at=at, segments=assessment.segments,
    )  # fmt: skip
    made.save(force_insert=True)
    record(
        ProposalDecided(assessment_id=assessment.pk, proposal=proposal, taken=taken),
        about=made.pk, circle=assessment.circle, episode=assessment.case_id, by=by, at=at,
    )  # fmt: skip
    return made


@transaction.atomic
def hear(alert: Alert, *, did: str, at: datetime, by: Actor) -> Alert:
    """Write what was done about an answer that had to be heard; its clock stops.

    Raises:
        Refused: nothing is said about what was done.
        Overtaken: somebody has done so already.
    """
    by.must("cases.work", alert.circle)
    locked(alert.case, by=by)
    found: Alert = Alert.objects.lock(alert)
    if found.ends_at is not None:
        raise Overtaken("Somebody has heard this already. Look at what was done.")
    if not did.strip():
        raise Refused("Write what was done about it.")
    found.circle = alert.circle
    found.ends_at, found.did, found.heard_by = max(at, found.starts_at), did, by.user
    found.save(update_fields=["ends_at", "did", "heard_by"])
    stop_kind([CRITICAL], about=found.pk, how=Clock.Ended.MET, at=at, by=by)
    record(
        AlertHeard(alert_id=found.pk, instrument=alert.assessment.instrument, alert=found.kind),
        about=found.pk, circle=alert.circle, episode=found.case_id, by=by, at=at,
    )  # fmt: skip
    keep_held(found.case_id, circle=alert.circle, at=at, by=by)
    return found


def _completed(assessment: Assessment, *, by: Actor) -> Result:
    """The last result, with the case held until the act ends.

    Raises:
        Refused: there is none yet.
    """
    locked(assessment.case, by=by)
    assessment.segments = Assessment.objects.lock(assessment).segments
    last: Result | None = (
        Result.objects.filter(assessment=assessment).select_related("circle").order_by("-number").first()
    )
    if last is None:
        raise Refused("Complete the assessment first.")
    return last
