"""Ending a case while somebody is in danger: on words, on a reading that is young, and now on two people."""

from datetime import datetime

from breakwater.cases.actions.holding import taken_in_at
from breakwater.cases.judging import LEVELS, why_not_ended_in_danger
from breakwater.cases.models import Attempt, Case, Danger, Note
from breakwater.cases.rules import Reason
from breakwater.clocks.library import profile
from breakwater.trust.access import Actor


def why_not_left_in_danger(
    case: Case, *, outcome: str, words: str | None, at: datetime, by: Actor
) -> list[Reason]:
    """What a pressing danger asks for before a case ends in some way, or nothing. Asked beforehand, without words."""
    standing = list(Danger.objects.pressing().filter(case=case))
    if not standing:
        return []
    since = taken_in_at(case)
    sentence = why_not_ended_in_danger(
        outcome, [(one.to, one.level, one.starts_at, one.by_id == by.user_id) for one in standing],
        words=words, reached=_spoke(case, since), since=since,
        within=profile(case.agency.profile).care.read_within, at=at,
    )  # fmt: skip
    return [Reason(sentence, "dangers")] if sentence else []


def danger_left(case: Case) -> str:
    """The worst danger that stands when a case ends; nothing when none presses."""
    levels = Danger.objects.pressing().filter(case=case).values_list("level", flat=True)
    return max(levels, key=LEVELS.index, default="")


def _spoke(case: Case, since: datetime) -> bool:
    """Whether anybody spoke with them since they were taken in."""
    if Note.objects.filter(case=case, happened_at__gte=since).contacts().exists():
        return True
    return Attempt.objects.spoke().filter(follow_up__case=case, at__gte=since).exists()
