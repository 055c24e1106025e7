"""What a danger contradicts: a code too calm for it, a gate of safety, an ending on nobody's word.

Plain values in, plain values out.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

Told = tuple[str, str]

LEVELS = ("none", "possible", "likely", "now")
"""How likely and how soon, the least first."""

PRESSING = ("likely", "now")
"""The levels of danger after which the risk is screened again by a clock."""

SAFE_TONIGHT, RESCREENED, CONTACT, NEXT_CONTACT = "safe_tonight", "rescreened", "contact", "next_contact"

_TO_WORKER = "worker"
_SETTLED = ("stable", "handed_off")
_DIED, _DECLINED = "died", "declined"


def worst(dangers: Mapping[str, str]) -> str:
    """The worst level to or from the person, by whom it threatens. What threatens the worker is met by who goes how."""
    return max((level for to, level in dangers.items() if to != _TO_WORKER), key=LEVELS.index, default="none")


def is_too_calm(fits: str, dangers: Mapping[str, str]) -> bool:
    """Whether a danger stands that is greater than a code was made for."""
    return LEVELS.index(worst(dangers)) > LEVELS.index(fits)


def why_code_needs_a_reason(code: str, fits: str, dangers: Mapping[str, str], *, is_calmer: bool) -> str:
    """The sentence that asks for a reason before a code is set, or ``""`` when it explains itself.

    Args:
        is_calmer: a promise to be with them runs, and this code would end it or let it wait longer.
    """
    if is_too_calm(fits, dangers):
        level = worst(dangers)
        return (
            f"A danger is {level}, and code {code} is meant for danger that is {_up_to(fits)}."
            " Say why it fits all the same, or choose a code that is more urgent."
        )
    if is_calmer:
        return (
            f"Code {code} is less urgent than the one that stands. Say why somebody may wait longer for us."
        )
    return ""


def why_level_needs_words(before: str, level: str) -> str:
    """The sentence that asks for words before a pressing danger is read as less, or ``""`` when none are needed."""
    if before in PRESSING and LEVELS.index(level) < LEVELS.index(before):
        return f"It was {before}. Say in words what changed, and who says so."
    return ""


def why_not_safe_tonight(dangers: Mapping[str, str]) -> str:
    """The sentence that says why nobody is called safe tonight, or ``""``."""
    if worst(dangers) == "now":
        return "A danger is now, so they are not safe tonight. Read the danger again first."
    return ""


def why_evidence_is_thin(evidence: str, *, letters: int) -> str:
    """The sentence that says what evidence lacks when the record bears it out, or ``""``."""
    if not evidence.strip():
        return "Say how you know: one line of evidence."
    if _letters(evidence) < letters:
        return "Say a little more: what was seen or said, and by whom."
    return ""


def tells_of_the_same(one: Told, other: Told) -> bool:
    """Whether two intakes tell of somebody under the same name, or say the same in the same words.

    Each is a name made comparable, which may be empty, and the words.
    """
    (name, words), (other_name, other_words) = one, other
    return (name != "" and name == other_name) or words.split() == other_words.split()


_INSTEAD = {
    RESCREENED: "Nobody has read a danger again since intake. Read it again first, or say here who screened them, how,"
    " and what came of it.",
    CONTACT: "No way to reach them that may be used is written down, and nobody round them who may be told. Write one"
    " down first, or say here why there is none and how they are found.",
}


def why_record_does_not_bear_out(
    kind: str, evidence: str, *, is_borne_out: Callable[[], bool], letters: int
) -> str:
    """The sentence that asks for more where nothing in the record bears a gate out, or ``""``.

    Args:
        is_borne_out: looks into the record; asked only where the words do not stand for it.
    """
    if (kind in _INSTEAD and _letters(evidence) >= letters) or is_borne_out():
        return ""
    if kind == NEXT_CONTACT:
        return "No next contact is agreed with them yet. Scheduled check-ins do not count: book one first."
    return _INSTEAD[kind]


def why_not_ended_in_danger(
    outcome: str,
    readings: Collection[tuple[str, str, datetime, bool]],
    *,
    words: str | None,
    reached: bool,
    since: datetime,
    within: timedelta,
    at: datetime,
) -> str:
    """The sentence that says why a case may not end so while a danger presses, or ``""`` when it may.

    Args:
        readings: of the standing dangers that press: to whom, how likely, since when, whether who ends it read it.
        words: what is said about the ending; ``None`` while it is only asked what each ending waits for.
        reached: whether anybody spoke with the person.
        since: when the case was taken in: what was read then was not read again.
    """
    if not readings or outcome in _SETTLED:
        return ""
    level = max((level for _, level, _, _ in readings), key=LEVELS.index)
    if words is not None and not words.strip():
        return f"A danger is {level}. Say in words what was tried and what they said."
    if outcome == _DIED:
        return ""
    return _why_nobody_may_leave(
        outcome, readings, reached=reached, not_before=max(since, at - within), within=within
    )


def _why_nobody_may_leave(
    outcome: str,
    readings: Collection[tuple[str, str, datetime, bool]],
    *,
    reached: bool,
    not_before: datetime,
    within: timedelta,
) -> str:
    """What must have been looked at, by whom, before somebody in danger is left alive."""
    level = max((level for _, level, _, _ in readings), key=LEVELS.index)
    if any(read_at <= not_before for _, _, read_at, _ in readings):
        hours = within // timedelta(hours=1)
        return f"A danger is {level}, and since intake it was not read again within {hours} hours. Read it again first."
    if any(level == "now" and is_mine for _, level, _, is_mine in readings):
        return (
            "A danger is now. Whoever read it last does not end the case as well: another worker closes it, such as"
            " who supervises. Until then it stays open, with its owner and its clocks."
        )
    if outcome == _DECLINED and not reached:
        return "Nobody has spoken with them yet, so nobody heard them decline."
    return ""


def is_early(happened_at: datetime, *, since: datetime, due_at: datetime, share: float) -> bool:
    """Whether a contact came so soon that the check-in which was promised for later is still owed."""
    return happened_at < since + (due_at - since) * share


def _letters(said: str) -> int:
    return sum(sign.isalnum() for sign in said)


def _up_to(fits: str) -> str:
    return fits if fits == "none" else f"{fits} at most"
