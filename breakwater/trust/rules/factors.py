"""Who needs a second factor by when, and how long a proof is fresh. Plain values in, plain values out."""

import re
from collections.abc import Collection
from datetime import datetime, timedelta

from breakwater.trust.capabilities import BUILT_IN, CAPABILITIES_OF, Role

FRESH = timedelta(minutes=15)
"""How long whoever proved themselves may change how they sign in without being asked again."""

CODES = 10
"""How many recovery codes there are."""

RESET_LASTS = timedelta(hours=24)
"""How long a code that an administrator hands over may be used."""


def is_at_once(role: str, allows: Collection[str], at_once: Collection[str]) -> bool:
    """Whether somebody is among those whom their agency named, by role: those who may not put off a second factor.

    A role of the agency's own is what it allows: all that a named role does, or anything that only those do.

    Args:
        allows: what their role allows.
        at_once: the roles that were named.
    """
    if role in at_once:
        return True
    named = [CAPABILITIES_OF[one] for one in BUILT_IN if one in at_once]
    others = frozenset[str]().union(*(CAPABILITIES_OF[one] for one in BUILT_IN if one not in at_once))
    own = frozenset(allows) if role == Role.OWN else frozenset()
    return any(own >= one or own & one - others for one in named)


def factor_due_at(*, at_once: bool, days: int | None, asked_at: datetime) -> datetime | None:
    """From when on somebody without a second factor comes no further; ``None`` when they never have to have one.

    Args:
        at_once: they may not put it off.
        days: how long the others may.
        asked_at: when they were first asked.
    """
    if at_once:
        return asked_at
    return None if days is None else asked_at + timedelta(days=days)


def is_fresh(proved_at: datetime | None, *, now: datetime) -> bool:
    """Whether somebody proved themselves a short while ago."""
    return proved_at is not None and now - proved_at < FRESH


def plain_code(typed: str) -> str:
    """A code as it was made, however it was typed: in small letters or large, with spaces or dashes, O for 0."""
    return re.sub(r"[\s-]", "", typed).upper().translate(str.maketrans("OIL", "011"))


_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"), ("Windows", "Windows"),
    ("Mac OS X", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


def device_in_words(user_agent: str) -> str:
    """A browser as its owner would call it. Its version and everything else it says is not kept."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "A browser")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return f"{browser} on {system}" if system else browser
