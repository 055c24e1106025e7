"""What an open copy shows, read behind its own wall and put into the words of its reader."""

from datetime import datetime
from typing import Any

from breakwater.cases.models import FollowUp
from breakwater.kernel.keys import new_key
from breakwater.people.disclosed import named, told_to_them
from breakwater.people.models import ContactPoint, Supporter
from breakwater.plans.family import ACTION, SAFETY
from breakwater.plans.library import FORM
from breakwater.plans.models import SafetyPlan, Step
from breakwater.plans.rules import entries_of
from breakwater.portal.holding import Holder
from breakwater.portal.library import LASTING
from breakwater.portal.models import OwnAct
from breakwater.portal.rules import PARTS, hint_of
from breakwater.referrals.models import Referral
from breakwater.trust.models import Agency, Consent
from breakwater.ui.emergency import EMERGENCY

_SCREENS = (ContactPoint.Kind.PHONE, ContactPoint.Kind.EMAIL)


def shown_to(holder: Holder, *, at: datetime) -> dict[str, Any]:
    """Everything on the copy, part by part; to be asked while it is held."""
    tells = {
        "plan": _plan, "steps": _steps, "times": _times, "people": _people, "holds": _holds, "reach": _reach,
    }  # fmt: skip
    return {
        "holder": holder,
        "speech": holder.speech,
        "says": holder.speech.says,
        "language": holder.language,
        "parts": [(part, tells[part](holder, at)) for part in PARTS if part in holder.parts],
        "done": _done(holder),
        "numbers": EMERGENCY.get(holder.agency.profile),
        "closes_at": f"{holder.closes_at.astimezone(holder.agency.zone):%H:%M}",
        "seconds": int(holder.left(at).total_seconds()),
        "exit": LASTING.exit(holder.agency.profile),
        "key": lambda: str(new_key(holder.copy_id)),
    }


def _plan(holder: Holder, at: datetime) -> list[tuple[str, list[str]]]:
    """The latest safety plan, section by section, in their own words."""
    plan = _latest(holder, "plan")
    if plan is None:
        return []
    seen = ((code, one) for code, one in FORM.sections.items() if holder.may_see(f"{SAFETY}.{code}"))
    told = ((one.title[holder.language], entries_of(plan.words[code])) for code, one in seen)
    return [(title, entries) for title, entries in told if entries]


def _latest(holder: Holder, part: str) -> SafetyPlan | None:
    return holder.reads(part, SafetyPlan).filter(case=holder.case_id).order_by("-version").first()


def _steps(holder: Holder, at: datetime) -> dict[str, Any]:
    """What is still to do, by whom and when; and the help that was asked for and has not come yet, as far as known."""
    if not holder.may_see(f"{ACTION}.steps"):
        return {"to_do": [], "asked": []}
    steps = holder.reads("steps", Step).filter(case=holder.case_id, ends_at=None).order_by("due_at", "pk")
    asked = holder.reads("steps", Referral).filter(
        case=holder.case_id, closed_at=None, from_agency=holder.agency
    )
    return {
        "to_do": [(one.words, _doer(one, holder), _moment(one.due_at, holder)) for one in steps],
        "asked": [
            (one.pk, holder.speech.domains[one.need], holder.speech.day(one.sent_at, holder.agency.zone))
            for one in asked.order_by("sent_at", "pk")
        ],
    }


def _doer(step: Step, holder: Holder) -> str:
    if step.owner == Step.Owner.PARTNER:
        return step.partner
    return holder.speech.says["me" if step.owner == Step.Owner.PERSON else "worker"]


def _times(holder: Holder, at: datetime) -> list[tuple[str, str]]:
    """When we are in touch, and when the plan is read again. Where somebody is stands nowhere."""
    owed = holder.reads("times", FollowUp).filter(case=holder.case_id, ends_at=None, planned_for__gt=at)
    plan = _latest(holder, "times")
    says = holder.speech.says
    moments = [(one.planned_for, says["contact"]) for one in owed]
    moments += [(plan.review_at, says["read_again"])] if plan else []
    return [(sentence, _moment(when, holder)) for when, sentence in sorted(moments)]


def _people(holder: Holder, at: datetime) -> list[Supporter]:
    """Who stands round them and may know something of it."""
    round_them = holder.reads("people", Supporter).filter(must_not_know=False, ends_at=None)
    return list(round_them.order_by("starts_at", "pk"))


def _holds(holder: Holder, at: datetime) -> dict[str, Any]:
    """Who has their notes and why, as far as it endangers nobody; and what they agreed to."""
    agreed = holder.reads("holds", Consent).standing(at).select_related("recipient")  # type: ignore[attr-defined]  # its own questions
    agreed = agreed.known_to(holder.agency.pk, opened_by=holder.opener_id)
    return told_to_them(holder.circle_id, holder.agency, opened_by=holder.opener_id, at=at) | {
        "ours": named(holder.agency),
        "agreed": [
            (one.pk, one.recipient.name if one.recipient else one.recipient_name, one)
            for one in agreed.order_by("starts_at", "pk")
            if one.recipient is None or one.recipient.kind != Agency.Kind.VICTIM_SERVICE
        ],
    }


def _reach(holder: Holder, at: datetime) -> list[dict[str, Any]]:
    """Their own numbers, as far as they know them again by, and whether we may use them."""
    ways = holder.reads("reach", ContactPoint).filter(
        kind__in=_SCREENS, ends_at=None, segments__contained_by=sorted(holder.opens)
    )
    return [
        {
            "id": one.pk, "kind": holder.speech.says[f"reach_{one.kind}"], "hint": hint_of(one.kind, one.value),
            "says": holder.speech.says[f"reach_{one.safety}"], "safety": one.safety,
        }
        for one in ways.order_by("starts_at", "pk")
    ]  # fmt: skip


def _done(holder: Holder) -> list[str]:
    """What they did here, in plain sentences, the latest first."""
    acts = OwnAct.objects.filter(copy=holder.copy_id).order_by("-at", "-pk")
    return [holder.speech.says[f"did_{one.kind}"] for one in acts]


def _moment(at: datetime, holder: Holder) -> str:
    return holder.speech.moment(at, holder.agency.zone)
