"""Ending a case while somebody is in danger: on words, on a reading that is young, and now on two people."""

from datetime import datetime

from breakwater.cases.actions.contact import is_spoken_with
from breakwater.cases.actions.holding import taken_in_at
from breakwater.cases.judging import LEVELS, why_not_ended_in_danger
from breakwater.cases.models import Case, Danger
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
        words=words, reached=is_spoken_with(case, since=since), since=since,
        within=profile(case.agency.profile).care.read_within, at=at,
    )  # fmt: skip
    return [Reason(sentence, "dangers")] if sentence else []


def danger_left(case: Case) -> str:
    """The worst danger that stands when a case ends; nothing when none presses."""
    levels = Danger.objects.pressing().filter(case=case).values_list("level", flat=True)
    return max(levels, key=LEVELS.index, default="")
