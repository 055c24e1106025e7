"""Choose who of the household may see which part of a plan, and write down what somebody was told of it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from breakwater.cases.actions.holding import held
from breakwater.cases.models import Case
from breakwater.kernel.errors import Refused, Stale
from breakwater.people.models import Membership, Supporter
from breakwater.plans.events import FamilyChosen, FamilyTold
from breakwater.plans.family import (
    ACTION,
    PARTS,
    SAFETY,
    kin_named,
    mark_of_choices,
    others_in,
    said_parts,
    standing_choices,
)
from breakwater.plans.models import FamilyChoice, FamilyTelling, SafetyPlan
from breakwater.plans.rules import why_not_for_kin
from breakwater.trust.access import Actor
from breakwater.trust.actions.circles import hold_circle
from breakwater.trust.actions.leaving import Leaving, Recipient, may_leave
from breakwater.trust.journal import record
from breakwater.trust.models import Information
from breakwater.trust.rules.law import DISCLOSE
from breakwater.trust.rules.sharing import FAMILY

_NOT_THERE = "Choose somebody who is in this household now."


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What one member may see, and what the person said when they were asked about them."""

    parts: frozenset[str] = frozenset()
    hurt_them: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Telling:
    """Which parts somebody was told, and in which way.

    Args:
        safe_to_keep: they said that they can keep what they were handed where nobody finds it.
    """

    parts: tuple[str, ...]
    how: str
    safe_to_keep: bool = False


@transaction.atomic
def choose_family(
    case: Case, choices: Mapping[UUID, Choice], *, read: str, at: datetime, by: Actor
) -> list[FamilyChoice]:
    """The person chose who of their household may see which part. Who is left as they were gets no new version.

    Args:
        choices: what each may see, by the id of their membership.
        read: the mark of how it stood when it was shown.

    Raises:
        Stale: somebody wrote down another choice since.
        Refused: somebody is not in the household, nobody asked who hurt them, or one of them may see nothing.
    """
    by.must("plans.work", case.circle)
    circle = hold_circle(case.circle)
    case = held(case, by=by)
    others, stands = others_in(case, by=by), standing_choices(case)
    if not choices or not set(choices) <= set(others):
        raise Refused(_NOT_THERE)
    if read != mark_of_choices(stands, choices):
        raise _stale(stands, choices, at=at)
    for member_id, one in choices.items():
        if sentence := _why_not(others[member_id], one, case, circle.segments, by=by):
            raise Refused(sentence)
    made = [_next(case, pk, one, stands.get(pk), at=at, by=by) for pk, one in choices.items()]
    return [one for one in made if one is not None]


@transaction.atomic
def tell_kin(case: Case, member: Membership, telling: Telling, *, at: datetime, by: Actor) -> FamilyTelling:
    """Parts of a plan were read out or handed to a member of the household: those that they may see, and no other.

    Raises:
        Refused: the person did not choose this, there is nothing to tell, or paper cannot be kept safely.
        Unlawful: the person said no to whom it is for, or a law protects the plan and no consent covers them.
    """
    by.must("plans.work", case.circle)
    by.must("trust.disclose", case.circle)
    circle = hold_circle(case.circle)
    case = held(case, by=by)
    chosen = standing_choices(case).get(member.pk)
    if member.pk not in others_in(case, by=by):
        raise Refused(_NOT_THERE)
    allowed = Choice(parts=frozenset(telling.parts), hurt_them=chosen.hurt_them if chosen else False)
    if sentence := _why_not(member, allowed, case, circle.segments, by=by) or _why_not_told(
        case, chosen, telling
    ):
        raise Refused(sentence)
    may_leave(_leaving(case, member, telling), case.circle, at=at, by=by)
    told = FamilyTelling(
        circle=case.circle,
        case=case,
        member=member,
        parts=list(telling.parts),
        how=telling.how,
        by=by.user,
        at=at,
    )
    told.save(force_insert=True)
    news = FamilyTold(telling_id=told.pk, parts=len(told.parts), how=told.how)
    record(news, about=told.pk, circle=case.circle, episode=case.pk, by=by, at=at)
    return told


def why_kin_gets_no_copy(case: Case, who: Supporter, *, by: Actor) -> str:
    """The sentence that says why somebody round the person who is in their household is given no whole copy."""
    whole, chosen = {one for one in PARTS if one.startswith(SAFETY)}, standing_choices(case)
    namesakes = kin_named(case, who, by=by)
    if all(one.pk in chosen and whole <= set(chosen[one.pk].parts) for one in namesakes):
        return ""
    return (
        f"{who.name} is in their household, and may see only what the person chose for them. "
        "Choose on the family page, and write down there which parts they were told."
    )


def _stale(stands: Mapping[UUID, FamilyChoice], members: Iterable[UUID], *, at: datetime) -> Stale:
    last = max(stands.values(), key=lambda one: one.recorded_at, default=None)
    return Stale(
        "Somebody wrote down another choice while you asked. Both are shown; save again to keep yours.",
        theirs={
            f"parts-{number}": ", ".join(PARTS[one] for one in stands[pk].parts) if pk in stands else ""
            for number, pk in enumerate(members, start=1)
        },
        who=last.by.name if last and last.by else "Breakwater",
        at=last.at if last else at,
    )


def _next(
    case: Case, member_id: UUID, choice: Choice, last: FamilyChoice | None, *, at: datetime, by: Actor
) -> FamilyChoice | None:
    parts = [one for one in PARTS if one in choice.parts]
    if last and (last.parts, last.hurt_them) == (parts, choice.hurt_them):
        return None
    made = FamilyChoice(
        circle=case.circle, case=case, member_id=member_id, version=last.version + 1 if last else 1, parts=parts,
        hurt_them=bool(choice.hurt_them), by=by.user, at=at,
    )  # fmt: skip
    made.save(force_insert=True)
    news = FamilyChosen(choice_id=made.pk, version=made.version, parts=len(parts))
    record(news, about=made.pk, circle=case.circle, episode=case.pk, by=by, at=at)
    return made


def _why_not(member: Membership, choice: Choice, case: Case, segments: Collection[str], *, by: Actor) -> str:
    if not choice.parts <= PARTS.keys():
        return "Choose among the parts of their plans."
    kept_from = case.person.supporters.filter(must_not_know=True, ends_at=None)
    named = {kin.pk for one in kept_from for kin in kin_named(case, one, by=by)}
    return why_not_for_kin(
        member.person.known_as, some=bool(choice.parts), hurt_them=choice.hurt_them,
        must_not_know=member.pk in named, circle_segments=segments,
    )  # fmt: skip


def _why_not_told(case: Case, chosen: FamilyChoice | None, telling: Telling) -> str:
    if not telling.parts or telling.how not in FamilyTelling.How.values:
        return "Say which parts they were told, and how."
    if chosen is None or not set(telling.parts) <= set(chosen.parts):
        return "The person chose that they may not see this. Ask the person first, and write down what they choose."
    if not set(telling.parts) <= set(said_parts(case)):
        return "There is nothing in one of these parts yet."
    if telling.how == FamilyTelling.How.PAPER and not telling.safe_to_keep:
        return "Ask first where the paper will be kept, and who may find it there. Then say that it is safe to keep."
    return ""


def _leaving(case: Case, member: Membership, telling: Telling) -> Leaving:
    """What is told leaves the circle: the law is asked, and the accounting of disclosures holds it."""
    plan = SafetyPlan.objects.versions(case.pk).first()
    kinds = {SAFETY: Information.CARE, ACTION: Information.NEEDS}
    return Leaving(
        act=DISCLOSE, to=Recipient(name=member.person.known_as, kind=FAMILY), purpose="TREAT",
        information=frozenset(kinds[one.partition(".")[0]] for one in telling.parts),
        segments=frozenset(plan.segments if plan else ()), what="Parts of a plan, told to the household", about=case.pk,
    )  # fmt: skip
