"""What blocks closing, what is still missing, when somebody is lost to contact. Plain values in, plain values out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from breakwater.cases.entries import ENTRIES

GATES = ("safe_tonight", "rescreened", "basic_needs", "contact", "next_contact")
"""The five gates of stabilization, in the order they are usually met."""

STABILIZATION, FIRST_CONTACT, DUTY_QUEUE = "stabilization", "first_contact", "duty_queue"
TRIAGE_RESPONSE, NEXT_CONTACT, RESCREEN = "triage_response", "next_contact", "rescreen"

IN_PERSON = ("visit", "meeting")
"""Kinds of contact in which somebody is with the person."""

_PLAN_READ_AGAIN = "safety_plan_review"
_OURS = (STABILIZATION, FIRST_CONTACT, TRIAGE_RESPONSE, RESCREEN, NEXT_CONTACT, _PLAN_READ_AGAIN)

_FOLLOW_UP = "follow_up_"
CALL_ASKED = "follow_up_asked"
"""A check-in that the person asked for themselves."""
_SETTLED = (NEXT_CONTACT, _PLAN_READ_AGAIN)
_HANDED_ON = (NEXT_CONTACT, RESCREEN, _PLAN_READ_AGAIN)

BESIDE_A_CASE = ("critical_answer", "placement_arrival", "own_word", "duty_report", "duty_written")
"""What may be promised about a case that is closed: it runs beside it, and is told as a promise of the case."""

ENDED_BY_CLOSURE: Mapping[str, tuple[str, ...]] = {
    "stable": _SETTLED,
    "handed_off": _HANDED_ON,
    "declined": _OURS,
    "lost": _OURS,
    "moved": _OURS,
    "died": _OURS,
    "mistake": _OURS,
}
"""Which clocks end with a case, by how it ends; follow-ups end with every one.

- An ending by which the person is settled (stable, handed off) keeps the promise of stabilization: all five gates are
  met first. Handed off, the next screening is the receiver's; stable, no danger presses any more.
- Somebody who declined, left, was lost or died cannot be stabilized by us any more: the promises the case itself made
  end with it, and the clock says so.
- A safety plan is the person's and stays with them; that we read it again together ends with the case.
- Follow-ups still to come end with the case. One that is overdue was not kept: calling somebody settled does not
  keep it, so it blocks an ending as stable.
- Nobody closes a case that nobody has taken. And no ending excuses what somebody else made: a step, a referral, a
  bed, a benefit or a hand-off is finished, dropped or withdrawn where it was made, so that whoever waits is told.
"""

CLOCKS_DIFFER = timedelta(minutes=2)
"""How far ahead of the server's a device's clock may be."""

_MORNING, _EVENING = time(10), time(20)
_STILL_NIGHT = time(6)
"""Until then whoever says *tomorrow morning* means the morning that comes, not the one after."""
_LETTERS = "23456789BCDFGHJKLMNPQRSTVWXZ"
_LONG_NUMBER, _FIRST_PART = 7, 3

_BENEFITS = ("benefit_", "snap_", "medicaid_", "ssa_", "unemployment_", "wic_", "mandatory_reconsideration")
_BENEFIT_HANGS = (
    "The clock “{label}” is still running. A benefit is under way: hand it on to whoever sees to it from now, or end"
    " it, first."
)

_BLOCKS = {
    FIRST_CONTACT: "The clock “{label}” is still running. Write down when they were reached.",
    TRIAGE_RESPONSE: "The clock “{label}” is still running: its code promised that somebody is with them. Write down"
    " the visit.",
    DUTY_QUEUE: "Nobody has taken this case: take it first.",
    "referral_": "A referral hangs: the clock “{label}” is still running. Close its loop or withdraw it first.",
    "handoff_": "A hand-off is not confirmed: the clock “{label}” is still running, and until the receiver's first"
    " contact the case is yours.",
    "placement_": "A bed is held for them: the clock “{label}” is still running. Write down the arrival, or that they"
    " did not come.",
    "round_": "Places are still asked for a bed: the clock “{label}” is still running. Call it off first.",
    "hold_": "A place holds a bed for them: take it up or give it back first.",
    "waitlist_": "They stand on a waiting list: the clock “{label}” is still running. Take them off it first.",
    "ride_": "A ride is arranged: the clock “{label}” is still running. Write down how it went, or call it off.",
    "duty_": "A duty prompt is open: the clock “{label}” is still running. Answer it first: reported, not required and"
    " why, or what was done instead.",
    "safeguard": "Something dangerous is still within reach: the clock “{label}” is still running. Write down that it"
    " was dealt with, or that they would rather not.",
    "step": "The clock “{label}” is still running. Finish the step or drop it first.",
    _FOLLOW_UP: "The clock “{label}” is overdue. Try to reach them first, or write down that they declined.",
    NEXT_CONTACT: "The clock “{label}” is overdue. Try to reach them first, or write down that they declined.",
    RESCREEN: "The clock “{label}” is still running, because a danger is likely or now. Screen the risk again first.",
    **dict.fromkeys(_BENEFITS, _BENEFIT_HANGS),
}

_PANELS = {
    STABILIZATION: "gates", DUTY_QUEUE: "owner", "referral_": "referrals", "handoff_": "handoff",
    "placement_": "placement", "duty_": "duties", "step": "steps", _FOLLOW_UP: "follow-ups",
    NEXT_CONTACT: "follow-ups", RESCREEN: "dangers", **dict.fromkeys(_BENEFITS, "benefits"),
}  # fmt: skip
"""On which panel of the case page a clock that forbids closing is seen to, by how its kind begins."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a case cannot end in some way yet, and on which panel of the case page that is seen to."""

    sentence: str
    panel: str


def missing_gates(met: Collection[str]) -> list[str]:
    """The gates that are not met, in their order."""
    return [gate for gate in GATES if gate not in met]


def is_follow_up(kind: str) -> bool:
    """Whether a kind of clock is a check-in that is owed: of the schedule, or booked."""
    return kind == NEXT_CONTACT or kind.startswith(_FOLLOW_UP)


def blocking(running: Iterable[tuple[str, datetime]], *, outcome: str, at: datetime) -> list[str]:
    """The kinds of running clocks that forbid closing with an outcome: pairs of a kind and when it is due."""
    return [kind for kind, due_at in running if not _ends(kind, due_at, outcome=outcome, at=at)]


def why_not_closed(
    kinds: Iterable[str], *, labels: Mapping[str, str], missing: Sequence[str] = ()
) -> list[Reason]:
    """A reason for each kind of clock that forbids closing; ``missing`` names the gates not met."""
    return [_why(kind, labels.get(kind, kind), missing) for kind in dict.fromkeys(kinds)]


def each_once(waits: Mapping[str, Iterable[Reason]]) -> dict[Reason, list[str]]:
    """Every reason once, with the endings that it keeps from being chosen."""
    found: dict[Reason, list[str]] = {}
    for outcome, reasons in waits.items():
        for reason in reasons:
            found.setdefault(reason, []).append(outcome)
    return found


def why_not_lost(
    attempts: Iterable[datetime], *, needed: int, over: timedelta, last_reached: datetime | None
) -> str:
    """The sentence that says why somebody may not be called lost to contact yet, or ``""`` when they may.

    Attempts since the person was last reached count, and must be spread over at least ``over``.
    """
    since = sorted(at for at in attempts if last_reached is None or at > last_reached)
    if len(since) < needed:
        if len(since) == 1:
            return f"{needed} attempts are needed before somebody is lost to contact; there is 1."
        return f"{needed} attempts are needed before somebody is lost to contact; there are {len(since)}."
    if since[-1] - since[0] < over:
        return f"The attempts must be spread over {_length(over)} or more before somebody is lost to contact."
    return ""


def why_no_such_moment(happened_at: datetime, *, at: datetime, since: datetime | None = None) -> str:
    """The sentence that says why something cannot have happened then, or ``""`` when it can.

    Args:
        since: when what it belongs to began. Moments are told in minutes, so the minute in which it began counts.
    """
    if happened_at > at + CLOCKS_DIFFER:
        return "This cannot have happened in the future. Check day and time."
    if since and happened_at < min(since, at).replace(second=0, microsecond=0):
        return "That is before this began. Check day and time."
    return ""


def why_not_to_be_used(safety: str, outcome: str, *, asked_first: bool) -> str:
    """The sentence that says why a way to reach somebody may not be used like this, or ``""`` when it may."""
    if safety == "unsafe":
        return "This way to reach them is marked as not safe. Use another, or say on their page that it is safe now."
    if safety == "safe":
        return ""
    if outcome == "message_left":
        return "It is not known whether this is safe, so no message is left there."
    if not asked_first:
        return "It is not known whether this is safe. Ask them first, then say here that you asked."
    return ""


def stopped_by(contact: str) -> tuple[str, ...]:
    """The clocks that a contact with the person stops. Only being there is the response that a code promises."""
    return (FIRST_CONTACT, TRIAGE_RESPONSE) if contact in IN_PERSON else (FIRST_CONTACT,)


def is_kept_by(
    kind: str, contacts: Iterable[tuple[str, datetime, bool]], *, started_at: datetime, due_soon_at: datetime
) -> bool:
    """Whether one of these contacts stops a clock: each its kind, when it was, and whether they declined follow-up.

    A check-in is kept by what comes about when it is due, and by whoever declines; see ``stopped_by`` for the rest.
    """
    since = [(contact, at, is_declined) for contact, at, is_declined in contacts if at >= started_at]
    if is_follow_up(kind):
        return any(is_declined or at >= due_soon_at for _, at, is_declined in since)
    return any(kind in stopped_by(contact) for contact, _, _ in since)


def is_late(happened_at: datetime, recorded_at: datetime) -> bool:
    """Whether something was written down well after it happened."""
    return recorded_at - happened_at > ENTRIES.late_after


def times_for_contact(now: datetime, zone: ZoneInfo) -> dict[str, datetime]:
    """Usual moments to be in touch by, on the reader's wall clock, each still to come.

    After midnight the morning that comes is *this morning*; the next one is offered as *tomorrow morning* all the same.
    """
    today = now.astimezone(zone).date()
    is_night = now.astimezone(zone).time() < _STILL_NIGHT
    on_the_wall = {
        **({"this_morning": datetime.combine(today, _MORNING, tzinfo=zone)} if is_night else {}),
        "tonight": datetime.combine(today, _EVENING, tzinfo=zone),
        "tomorrow_morning": datetime.combine(today + timedelta(days=1), _MORNING, tzinfo=zone),
        "tomorrow_evening": datetime.combine(today + timedelta(days=1), _EVENING, tzinfo=zone),
        "in_3_days": datetime.combine(today + timedelta(days=3), _MORNING, tzinfo=zone),
    }
    soon = now + timedelta(hours=2)
    later = {code: moment for code, moment in on_the_wall.items() if moment > soon}
    return {"in_2_hours": soon, **later}


def read_number(said: str) -> str:
    """The reference that somebody typed, as it is written: ``4kd 9rtx`` is ``4KD-9RTX``. ``""`` when it is none."""
    signs = [one for one in said.upper() if one not in " -"]
    if len(signs) != _LONG_NUMBER or not set(signs) <= set(_LETTERS):
        return ""
    return f"{''.join(signs[:_FIRST_PART])}-{''.join(signs[_FIRST_PART:])}"


def number_of(case_id: int) -> str:
    """A short reference to say aloud, drawn from the random part of an id: ``4KD-9RTX``.

    Without vowels, so that it spells no word, and without signs that look alike. Two cases of one agency draw the
    same number about once in 13 billion pairs; the database then refuses the second, and saving once more draws
    another.
    """
    signs = []
    for _ in range(_LONG_NUMBER):
        case_id, sign = divmod(case_id, len(_LETTERS))
        signs.append(_LETTERS[sign])
    return f"{''.join(signs[:_FIRST_PART])}-{''.join(signs[_FIRST_PART:])}"


def in_words(things: Sequence[str]) -> str:
    """``a, b and c``."""
    if len(things) < 2:  # noqa: PLR2004 - one thing needs no comma
        return "".join(things)
    return f"{', '.join(things[:-1])} and {things[-1]}"


def waits_for_an_office(kind: str) -> bool:
    """Whether a clock waits for an office that decides about a benefit: no promise that anybody is spoken with."""
    return kind.startswith(_BENEFITS)


def _ends(kind: str, due_at: datetime, *, outcome: str, at: datetime) -> bool:
    if is_follow_up(kind):
        return outcome != "stable" or due_at > at
    return kind in ENDED_BY_CLOSURE[outcome]


def _why(kind: str, label: str, missing: Sequence[str]) -> Reason:
    panel = next((panel for start, panel in _PANELS.items() if kind.startswith(start)), "clocks")
    if kind == STABILIZATION and missing:
        gates = in_words([_said(one) for one in missing])
        return Reason(f"The clock “{label}” is still running; still missing: {gates}.", panel)
    for start, sentence in _BLOCKS.items():
        if kind.startswith(start):
            return Reason(sentence.format(label=label), panel)
    return Reason(f"The clock “{label}” is still running.", panel)


def _said(label: str) -> str:
    """A label in the middle of a sentence; an abbreviation stays as it is."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _length(over: timedelta) -> str:
    return f"{over.days} days" if over.days > 1 else f"{over // timedelta(hours=1)} hours"
