"""The two ways out: mail and text messages. Nothing but ``actions/sending.py`` imports them (tests keep it so)."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """What goes out: fixed words, to one number or address, under a key by which twice is known as once."""

    key: str
    to: str
    subject: str
    text: str


class Unreachable(Exception):
    """Nothing took it now; it may be tried again. Holds the name of a fault, and nothing of what was sent."""


class Rejected(Exception):
    """It will never be taken. Holds the name of a fault, and nothing of what was sent."""
