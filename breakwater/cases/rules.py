"""What blocks closing, what is still missing, when somebody is lost to contact. Plain values in, plain values out."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

GATES = ("safe_tonight", "rescreened", "basic_needs", "contact", "next_contact")
"""The five gates of stabilization, in the order they are usually met."""

STABILIZATION, FIRST_CONTACT, DUTY_QUEUE = "stabilization", "first_contact", "duty_queue"
TRIAGE_RESPONSE, NEXT_CONTACT, RESCREEN = "triage_response", "next_contact", "rescreen"

_FOLLOW_UPS = ("follow_up_24h", "follow_up_72h", "follow_up_7d", "follow_up_30d")
_SETTLED = (*_FOLLOW_UPS, NEXT_CONTACT, RESCREEN)
_LEFT = (*_SETTLED, STABILIZATION, FIRST_CONTACT, TRIAGE_RESPONSE, DUTY_QUEUE)

ENDED_BY_CLOSURE = {
    "handed_off": _SETTLED,
    "stable": _SETTLED,
    "declined": _LEFT,
    "lost": _LEFT,
    "moved": _LEFT,
    "died": _LEFT,
    "mistake": _LEFT,
}
"""Which clocks end with a case, by how it ends. A settled ending keeps the promise of stabilization; somebody who
left, declined or died cannot be stabilized by us any more. No ending excuses a step, a referral, a bed or a
hand-off: those are finished first."""

REACHED = (FIRST_CONTACT, TRIAGE_RESPONSE)
"""Clocks that stop when the person is reached."""


def missing_gates(met: Collection[str]) -> list[str]:
    """The gates that are not met, in their order."""
    return [gate for gate in GATES if gate not in met]


def blocking(running: Iterable[str], *, outcome: str) -> list[str]:
    """The kinds of running clocks that forbid closing with an outcome."""
    ended = ENDED_BY_CLOSURE[outcome]
    return [kind for kind in running if kind not in ended]


def why_not_lost(
    attempts: Sequence[datetime], *, needed: int, over: timedelta, last_reached: datetime | None
) -> str:
    """The sentence that says why somebody may not be called lost to contact yet, or ``""`` when they may.

    Attempts since the person was last reached count, and must be spread over at least ``over``.
    """
    since = sorted(at for at in attempts if last_reached is None or at > last_reached)
    days = over.days
    if len(since) < needed:
        return f"{needed} attempts are needed before somebody is lost to contact; there are {len(since)}."
    if since[-1] - since[0] < over:
        return f"The attempts must be spread over {days} days or more before somebody is lost to contact."
    return ""


def in_words(things: Sequence[str]) -> str:
    """``a, b and c``."""
    if len(things) < 2:  # noqa: PLR2004 - one thing needs no comma
        return "".join(things)
    return f"{', '.join(things[:-1])} and {things[-1]}"
