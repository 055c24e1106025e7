"""The three ways out: mail, text messages, and notes to browsers.

Nothing but ``actions/sending.py`` imports them (tests keep it so).
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """What goes out: fixed words, to one number or address, under a key by which twice is known as once.

    Args:
        sender: who it is from, where a way out tells that.
        at: when it goes; ``expires_at`` until when it is of use.
    """

    key: str
    to: str
    sender: str
    subject: str
    text: str
    at: datetime
    expires_at: datetime


class Unreachable(Exception):
    """Nothing took it now; it may be tried again. Holds the name of a fault, and nothing of what was sent."""


class Rejected(Exception):
    """It will never be taken. Holds the name of a fault, and nothing of what was sent."""


class Gone(Rejected):
    """Whoever took it once takes no more, for good: a browser that was told to stop."""
