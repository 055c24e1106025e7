"""Write a safety plan with the person, version by version, and give copies of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from breakwater.cases.actions.holding import held
from breakwater.cases.models import Case
from breakwater.cases.rules import why_not_to_be_used
from breakwater.clocks.actions import Promise, replace
from breakwater.kernel.errors import Overtaken, Refused, Stale
from breakwater.people.models import ContactPoint, Supporter
from breakwater.plans.actions.family import why_kin_gets_no_copy
from breakwater.plans.events import SafetyPlanCopied, SafetyPlanWritten
from breakwater.plans.library import FORM
from breakwater.plans.models import CopyGiven, SafetyPlan
from breakwater.plans.rules import entries_of, lacking, why_not_due, why_not_told
from breakwater.trust.access import Actor
from breakwater.trust.actions.circles import hold_circle
from breakwater.trust.actions.leaving import Leaving, Recipient, may_leave
from breakwater.trust.journal import record
from breakwater.trust.models import Information
from breakwater.trust.rules.law import DISCLOSE
from breakwater.trust.rules.sharing import FAMILY

REVIEW = "safety_plan_review"
_LEAVES_A_TRACE = "message_left"
_IN_HAND = "Give it into their hand, or read it aloud together."


@dataclass(frozen=True, kw_only=True)
class Handing:
    """A copy as it is given: to a supporter or, without one, to the person; and which way it went when it was sent."""

    how: str
    supporter: Supporter | None = None
    contact_point: ContactPoint | None = None
    safe_to_keep: bool = False


@transaction.atomic
def write_plan(
    case: Case, words: Mapping[str, str], *, version: int, review_at: datetime | None, at: datetime, by: Actor
) -> SafetyPlan:
    """Write the next version of a safety plan. The same words again say that it was read again and holds.

    Args:
        version: the version that was shown when this one was begun; 0 when there was none.
        review_at: by when it is read again; as the agency's profile says when nothing is.

    Raises:
        Stale: somebody wrote a version since.
        Refused: it says nothing, the review is not still to come, or the case is closed.
    """
    by.must("plans.work", case.circle)
    hold_circle(case.circle)
    case = held(case, by=by)
    last = SafetyPlan.objects.versions(case.pk).first()
    _must_be_fresh(last, version)
    if sentence := _why_not_written(words, review_at, at=at):
        raise Refused(sentence)
    promise = Promise(kind=REVIEW, about=case.pk, started_at=at, until=review_at)
    clock = replace(promise, circle=case.circle, episode=case.pk, at=at, by=by)
    plan = SafetyPlan(
        circle=case.circle, case=case, version=version + 1, **words, form=FORM.version,
        lacks=lacking(words, FORM.least), review_at=clock.due_at, by=by.user, starts_at=at,
        segments=last.segments if last else [],
    )  # fmt: skip
    plan.save(force_insert=True)
    record(
        SafetyPlanWritten(plan_id=plan.pk, version=plan.version, is_complete=plan.is_complete),
        about=plan.pk, circle=case.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip
    return plan


@transaction.atomic
def give_copy(plan: SafetyPlan, handing: Handing, *, at: datetime, by: Actor) -> CopyGiven:
    """Write down that somebody was given a copy. It may not go a way that could harm the person.

    Raises:
        Overtaken: there is a newer version.
        Refused: the way is not known to be safe, paper cannot be kept safely, or they may not be told.
        Unlawful: the person said no to whom it is for, or a law protects the plan and no consent covers them.
    """
    by.must("plans.work", plan.circle)
    hold_circle(plan.circle)
    case = held(plan.case, by=by)
    if SafetyPlan.objects.filter(case=case, version__gt=plan.version).exists():
        raise Overtaken("There is a newer version of this plan. Give that one.")
    if sentence := why_not_given(plan, handing):
        raise Refused(sentence)
    if handing.supporter is not None:
        if sentence := why_kin_gets_no_copy(case, handing.supporter, by=by):
            raise Refused(sentence)
        _tell(plan, handing.supporter, at=at, by=by)
    copy = CopyGiven(
        circle=case.circle, plan=plan, supporter=handing.supporter, how=handing.how,
        contact_point=handing.contact_point, safe_to_keep=handing.safe_to_keep, by=by.user, at=at,
        segments=plan.segments,
    )  # fmt: skip
    copy.save(force_insert=True)
    to_person = handing.supporter is None
    record(
        SafetyPlanCopied(copy_id=copy.pk, version=plan.version, to_person=to_person, how=copy.how),
        about=copy.pk, circle=case.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip
    return copy


def why_not_given(plan: SafetyPlan, handing: Handing) -> str:
    """The sentence that says why a copy may not be given like this, or ``""`` when it may."""
    who = handing.supporter
    if handing.how not in CopyGiven.How.values:
        return "Say how the copy was given."
    if who is not None and (sentence := _why_not_told(plan, who)):
        return sentence
    if sentence := _why_not_that_way(plan, handing):
        return sentence
    if handing.how != CopyGiven.How.READ and not handing.safe_to_keep:
        return "Ask first where the copy will be kept, and who may find it there. Then say that it is safe to keep."
    return ""


def _why_not_that_way(plan: SafetyPlan, handing: Handing) -> str:
    """What is sent lies somewhere until it is read: only a way that is known to be safe will do, and only to them."""
    where = handing.contact_point
    if handing.how != CopyGiven.How.SENT:
        return (
            "Only a copy that was sent needs a way. Choose that it was sent, or leave the way empty."
            if where
            else ""
        )
    if handing.supporter is not None:
        return f"Copies are sent to the person only. {_IN_HAND}"
    if where is None or where.person_id != plan.case.person_id or where.ends_at is not None:
        return "Say which way it was sent: one of the ways to reach them that stand on their record."
    sentence = why_not_to_be_used(where.safety, _LEAVES_A_TRACE, asked_first=False)
    return f"{sentence} {_IN_HAND}" if sentence else ""


def _why_not_told(plan: SafetyPlan, who: Supporter) -> str:
    if who.person_id != plan.case.person_id or who.ends_at is not None:
        return "Choose somebody who stands round this person now."
    return why_not_told(who.name, must_not_know=who.must_not_know, may_know=who.may_know)


def _tell(plan: SafetyPlan, who: Supporter, *, at: datetime, by: Actor) -> None:
    """A copy for somebody close leaves the circle: the law is asked, and the accounting of disclosures holds it."""
    by.must("trust.disclose", plan.circle)
    leaving = Leaving(
        act=DISCLOSE, to=Recipient(name=who.name, kind=FAMILY), purpose="TREAT",
        information=frozenset({Information.CARE}), segments=frozenset(plan.segments),
        what="A copy of the safety plan", about=plan.pk,
    )  # fmt: skip
    may_leave(leaving, plan.circle, at=at, by=by)


def _must_be_fresh(last: SafetyPlan | None, version: int) -> None:
    if version == (last.version if last else 0):
        return
    raise Stale(
        "Somebody wrote a version of this plan while you were writing. Both texts are shown; save again to keep yours.",
        theirs=dict(last.words) if last else {},
        who=(last and last.by and last.by.name) or "Breakwater",
        at=last and last.recorded_at,
    )


def _why_not_written(words: Mapping[str, str], review_at: datetime | None, *, at: datetime) -> str:
    if not any(entries_of(said) for said in words.values()):
        return "Write down at least one thing, in the person's own words."
    if review_at is not None and why_not_due(review_at, at=at):
        return "A plan is read again on a day still to come, within a year."
    return ""
