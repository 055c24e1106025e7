"""The running clocks of a case as its page lists them: what each promise is about, and which of them matter tonight."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from breakwater.clocks.models import Clock
from breakwater.kernel.text import Ours

NEAR, AT_LEAST = timedelta(hours=24), 5
"""What is late or due within this long stands open, and never fewer than so many; the rest is folded away."""


def near_and_later(clocks: list[Clock], now: datetime) -> tuple[list[Clock], list[Clock]]:
    """Those to look at now, and those that can wait, both in the order they are due. One alone is never folded away."""
    near = sum(clock.due_at <= now + NEAR for clock in clocks)
    shown = max(near, AT_LEAST)
    return (clocks, []) if len(clocks) <= shown + 1 else (clocks[:shown], clocks[shown:])


def about_what(found: Mapping[str, Iterable[Any]]) -> dict[UUID, str]:
    """What a promise is about, by the id that its clock points at: words that the page shows of it in any case."""
    return {row.pk: words(row) for noun, words in _WORDS.items() for row in found[noun]}


_WORDS: Mapping[str, Callable[[Any], str]] = {
    "steps": lambda step: step.words,
    "safeguards": lambda safeguard: Ours(safeguard.get_means_display()),
    "referrals": lambda referral: referral.to_name,
    "handoffs": lambda handoff: handoff.to_name,
    "applications": lambda application: application.label,
    "placements": lambda placement: placement.bed.place.name,
    "waits": lambda wait: wait.program.place.name,
}
