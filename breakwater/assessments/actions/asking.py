"""Begin, answer, complete, stop. What must be heard is heard with the very answer that says it."""

import json
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from breakwater.assessments.events import AlertRaised, AssessmentBegun, AssessmentCompleted, AssessmentStopped
from breakwater.assessments.instruments_of import definition_of, in_their_bands, offered_to, usual_of
from breakwater.assessments.models import Alert, Answer, Assessment, Result
from breakwater.assessments.rules.answering import WrongAnswer, check, in_words, still_asked, unanswered
from breakwater.assessments.rules.definition import ENGINE, Definition
from breakwater.assessments.rules.repeating import WAYS
from breakwater.assessments.rules.scoring import Score, Scored, score
from breakwater.cases.actions.holding import episode_of, held, locked
from breakwater.cases.models import Case
from breakwater.clocks.actions import Promise, start
from breakwater.kernel.db import refuse_if
from breakwater.kernel.errors import Overtaken, Refused, Stale
from breakwater.kernel.text import mark_of
from breakwater.trust.access import Actor
from breakwater.trust.journal import record

CRITICAL = "critical_answer"
Saying = Mapping[str, str | tuple[str, ...]]


@transaction.atomic
def begin(
    case: Case, *, instrument: str, mode: str, profile: str = "", at: datetime, by: Actor
) -> Assessment:
    """Begin to ask by an instrument.

    Raises:
        Refused: there is no such instrument, its license does not allow it, or the case is closed.
        Overtaken: it is being asked already.
    """
    by.must("cases.work", case.circle)
    case = held(case, by=by)
    offered = offered_to(by).get(instrument)
    if offered is None or mode not in Assessment.Mode.values:
        raise Refused("Choose an instrument, and who answers.")
    definition = offered.definition
    if offered.closed:
        raise Refused(offered.closed)
    if profile and profile not in definition.profiles:
        raise Refused(f"{definition.title} has no such cut-offs.")
    usual = usual_of(instrument, by)[1]
    profile = profile or (usual if usual in definition.profiles else "")
    with refuse_if(
        "one_open_assessment_of_an_instrument", f"{definition.title} is being asked already. Go on there."
    ):
        assessment = Assessment.objects.create(
            circle=case.circle, case=case, instrument=definition.key, title=definition.title,
            version=definition.version, words_of=offered.words_of, profile=profile, mode=mode, by=by.user, starts_at=at,
        )  # fmt: skip
    record(
        AssessmentBegun(assessment_id=assessment.pk, instrument=definition.key, version=definition.version),
        about=assessment.pk, circle=case.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip
    return assessment


@transaction.atomic
def answer(assessment: Assessment, said: Saying, *, at: datetime, by: Actor) -> list[Alert]:
    """Keep some answers, as they were given; an empty one is taken back, and so are those that hung on it.

    Whatever must be heard is raised in the same transaction, even when all the rest is blank.

    Raises:
        Refused: an answer cannot be taken as it is. Nothing is made to fit.
        Overtaken: the assessment has ended.
    """
    by.must("cases.work", assessment.circle)
    assessment = still_open(assessment, by=by)
    definition = definition_of(assessment)
    answers = keep_answers(assessment, definition, said, at=at, by=by)
    return raise_alerts(assessment, score_of(definition, answers, assessment), at=at, by=by)


@transaction.atomic
def answer_one(
    assessment: Assessment, item: str, said: str | tuple[str, ...], *, was: str, at: datetime, by: Actor
) -> list[Alert]:
    """Keep one answer of a sheet as soon as it is given. The same again writes nothing.

    Args:
        was: the mark of what stood there when it was shown.

    Raises:
        Stale: somebody else answered this meanwhile, and otherwise.
        Refused: it cannot be taken as it is.
        Overtaken: the assessment has ended.
    """
    by.must("cases.work", assessment.circle)
    still_open(assessment, by=by)
    last = Answer.objects.filter(assessment=assessment, item=item).select_related("circle", "by")
    stands: Answer | None = last.order_by("-recorded_at", "-pk").first()
    if stands and was != mark_of_answer(stands.said) and stands.said != spelled(said):
        who = stands.by.name if stands.by else "Breakwater"
        raise Stale(
            "Somebody answered this meanwhile. Load the page again.",
            theirs={item: stands.said},
            who=who,
            at=stands.at,
        )
    return answer(assessment, {item: said}, at=at, by=by)


@transaction.atomic
def complete(assessment: Assessment, *, at: datetime, by: Actor) -> Result:
    """Say that no more will be answered, and work out what it came to.

    Raises:
        Refused: something that must be answered was not.
        Overtaken: the assessment has ended.
    """
    by.must("cases.work", assessment.circle)
    assessment = still_open(assessment, by=by)
    definition = definition_of(assessment)
    answers = Answer.objects.last_of(assessment)
    if left := [one.label for one in unanswered(definition, answers) if one.required]:
        raise Refused(f"Still to be answered: {', '.join(left)}.")
    if not answers:
        raise Refused("Nothing was answered. Answer something, or stop it.")
    ask_again(assessment, at=at, by=by)
    _end(assessment, Assessment.Ended.COMPLETED, at=at)
    result = keep_result(assessment, definition, answers, number=1, at=at, by=by)
    record(
        AssessmentCompleted(
            assessment_id=assessment.pk,
            instrument=assessment.instrument,
            version=assessment.version,
            tier=result.tier,
        ),
        about=result.pk, circle=assessment.circle, episode=assessment.case_id, by=by, at=at,
    )  # fmt: skip
    return result


@transaction.atomic
def stop_asking(assessment: Assessment, *, at: datetime, by: Actor) -> Assessment:
    """It will not be finished. Its answers stay, and so does what had to be heard.

    Raises:
        Overtaken: the assessment has ended.
    """
    by.must("cases.work", assessment.circle)
    assessment = still_open(assessment, by=by)
    _end(assessment, Assessment.Ended.STOPPED, at=at)
    record(
        AssessmentStopped(assessment_id=assessment.pk, instrument=assessment.instrument),
        about=assessment.pk, circle=assessment.circle, episode=assessment.case_id, by=by, at=at,
    )  # fmt: skip
    return assessment


def keep_answers(
    assessment: Assessment, definition: Definition, said: Saying, *, at: datetime, by: Actor
) -> dict[str, str | tuple[str, ...]]:
    """Write what changed, and what is void by it; give back what stands now. Part of the act that answers.

    Raises:
        Refused: an answer cannot be taken as it is.
    """
    before: dict[str, str | tuple[str, ...]] = Answer.objects.last_of(assessment)
    wanted = {key: one for key, one in (before | dict(said)).items() if one}
    after = still_asked(definition, wanted)
    try:
        check(definition, after | {key: one for key, one in said.items() if one})
    except WrongAnswer as wrong:
        item = definition.item(wrong.item)
        raise Refused(f"{item.label if item else wrong.item}: {wrong.why}.") from wrong
    Answer.objects.bulk_create(
        Answer(
            circle=assessment.circle, assessment=assessment, item=key, said=spelled(after.get(key, "")),
            by=by.user, at=at, segments=assessment.segments,
        )
        for key in {**before, **after}
        if before.get(key) != after.get(key)
    )  # fmt: skip
    return after


def spelled(said: str | tuple[str, ...]) -> str:
    """An answer as it is kept; empty when there is none."""
    return json.dumps(said, ensure_ascii=False) if said else ""


def mark_of_answer(kept: str) -> str:
    """By what an answer that was shown is known again; the same for none and for one that was taken back."""
    return mark_of({"said": kept}) if kept else ""


def raise_alerts(assessment: Assessment, scored: Scored, *, at: datetime, by: Actor) -> list[Alert]:
    """An alert with its clock for each thing that must be heard and was not raised by this assessment before."""
    raised = set(Alert.objects.filter(assessment=assessment).values_list("kind", flat=True))
    found = []
    for one in scored.alerts:
        if one.key in raised:
            continue
        alert = Alert.objects.create(
            circle=assessment.circle, case=assessment.case, assessment=assessment, kind=one.key, label=one.label,
            tier=one.tier, by=by.user, starts_at=at, segments=assessment.segments,
        )  # fmt: skip
        promise = Promise(kind=CRITICAL, about=alert.pk, started_at=at)
        start(promise, circle=assessment.circle, episode=episode_of(assessment.case_id), at=at, by=by)
        record(
            AlertRaised(alert_id=alert.pk, instrument=assessment.instrument, alert=one.key, tier=one.tier),
            about=alert.pk, circle=assessment.circle, episode=assessment.case_id, by=by, at=at,
        )  # fmt: skip
        found.append(alert)
    return found


def keep_result(
    assessment: Assessment,
    definition: Definition,
    answers: Saying,
    *,
    number: int,
    at: datetime,
    by: Actor,
    reason: str = "",
) -> Result:
    """Write what the answers come to now, in a form that needs no instrument to be read again."""
    scored = score_of(in_their_bands(definition, by), answers, assessment)
    result = Result(
        circle=assessment.circle, assessment=assessment, number=number, engine=ENGINE, tier=scored.tier,
        is_complete=scored.is_complete, told=json.dumps(_told(definition, answers, scored), ensure_ascii=False),
        reason=reason, by=by.user, at=at, segments=assessment.segments,
    )  # fmt: skip
    result.save(force_insert=True)
    raise_alerts(assessment, scored, at=at, by=by)
    return result


def score_of(definition: Definition, answers: Saying, assessment: Assessment) -> Scored:
    """What the answers come to, by the cut-offs that were chosen when it was begun."""
    return score(definition, answers, profile=assessment.profile)


def _told(definition: Definition, answers: Saying, scored: Scored) -> dict[str, object]:
    return {
        "scores": [_score_told(one) for one in scored.scores],
        "alerts": [{"key": one.key, "label": one.label, "tier": one.tier} for one in scored.alerts],
        "answers": [
            [item.key, item.text or item.label, said] for item, said in in_words(definition, answers)
        ],
        "codes": {key: one if isinstance(one, str) else list(one) for key, one in answers.items()},
        "proposes": list(scored.proposes),
        "remarks": [one.label for one in scored.remarks],
    }


def _score_told(one: Score) -> dict[str, object]:
    band, leads = one.band or one.at_least, one.leads
    return {
        "key": one.scale.key, "label": one.scale.label, "value": None if one.value is None else str(one.value),
        "low": str(one.scale.low), "high": str(one.scale.high), "band": band.label if band else "",
        "band_code": band.code if band else "", "tier": leads.tier if leads else "", "status": one.status,
        "is_least": one.at_least is not None, "missing": list(one.missing), "reason": one.reason,
        "source": one.scale.source, "verified": one.scale.verified, "loinc": one.scale.loinc,
        "readings": [[told.label, told.says, told.counts] for told in one.readings],
    }  # fmt: skip


def still_open(assessment: Assessment, *, by: Actor) -> Assessment:
    """The assessment as it stands, with its case held until the act ends.

    Raises:
        Overtaken: it has ended.
    """
    locked(assessment.case, by=by)
    found: Assessment = Assessment.objects.lock(assessment)
    if found.ends_at is not None:
        raise Overtaken(f"This assessment has ended: {found.get_ended_how_display().lower()}.")
    found.circle, found.case = assessment.circle, assessment.case
    return found


def ask_again(assessment: Assessment, *, at: datetime, by: Actor) -> None:
    """Keep when one asks again, as it is usual now. Part of the act that completes it."""
    repeat, _ = usual_of(assessment.instrument, by)
    assessment.again = repeat.how if repeat.how in WAYS else ""
    assessment.again_from = repeat.starting(max(at, assessment.starts_at).astimezone(by.zone).date())


def _end(assessment: Assessment, how: str, *, at: datetime) -> None:
    assessment.ends_at, assessment.ended_how = max(at, assessment.starts_at), how
    assessment.save(update_fields=["ends_at", "ended_how", "again", "again_from"])
