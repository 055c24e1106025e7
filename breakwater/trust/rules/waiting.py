"""How long somebody waits who did not get in. Plain values in, plain values out."""

from collections.abc import Iterable
from datetime import datetime, timedelta

REMEMBERED = timedelta(hours=1)
"""How long a wrong password counts."""

FREE_BY_NAME, FREE_BY_ADDRESS = 5, 30
"""How many may be wrong before anybody waits: for one sign-in name, and from one address, where many may sit."""

HARD_STOP, STOPPED_FOR = 100, timedelta(hours=24)
"""After how many wrong tries without a right one a name gets one more a day (NIST SP 800-63B-4 section 3.2.2)."""

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(minutes=15)
_MINUTE = timedelta(minutes=1)


def waits_until(wrong_at: Iterable[datetime], *, free: int, now: datetime) -> datetime | None:
    """Until when nobody is let in after these wrong tries, or ``None``. Each further one doubles the wait.

    Args:
        wrong_at: when it was wrong, in any order.
        free: how many may be wrong before anybody waits.
        now: the moment it is asked.
    """
    counted = [at for at in wrong_at if at > now - REMEMBERED]
    if len(counted) < free:
        return None
    until = max(counted) + min(FIRST_WAIT * 2 ** min(len(counted) - free, 10), LONGEST_WAIT)
    return until if until > now else None


def stopped_until(wrong: int, *, last_at: datetime | None, now: datetime) -> datetime | None:
    """Until when a name is not let in that was tried wrongly a hundred times, or ``None``."""
    if wrong < HARD_STOP or last_at is None:
        return None
    until = last_at + STOPPED_FOR
    return until if until > now else None


def wait_in_words(length: timedelta) -> str:
    """The sentence for somebody who has to wait; the same whether or not there is such a name."""
    minutes = max(1, -(-length // _MINUTE))
    return (
        f"Too many tries with a wrong name or password. Wait {minutes} minute{'s' if minutes > 1 else ''},"
        " then try again. A passkey lets you in at once. If you have lost your password, ask the administrator of your"
        " agency."
    )
