"""Whether a notice may go at this moment. Asked when it is sent, of what stands then; never of what stood before."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from breakwater.messaging.rules.hours import is_within, next_within

SAFE = "safe"
_FITS = {"sms": "phone", "email": "email"}


@dataclass(frozen=True, kw_only=True)
class Reach:
    """How the person may be reached by one number or address, as it stands.

    Args:
        has_ended: it is no longer theirs, or was written anew since.
        is_unsafe_elsewhere: the same number stands marked as not safe once more on their record.
        agreed_until: the last day of what they agreed to; ``None`` until they say otherwise.
    """

    kind: str
    safety: str
    has_ended: bool
    is_unsafe_elsewhere: bool
    channels: frozenset[str]
    opens: time
    closes: time
    zone: ZoneInfo
    language: str
    agreed_from: datetime
    agreed_until: date | None


@dataclass(frozen=True, kw_only=True)
class Quiet:
    """When somebody who works here wants to be left alone, by the clock where they work."""

    starts: time
    ends: time
    zone: ZoneInfo
    urgent_comes: bool


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What is to be done with a notice: ``send`` it, ``wait`` until a moment, or ``drop`` it; and why, as a code."""

    act: str
    why: str = ""
    until: datetime | None = None


SEND = Verdict(act="send")


def _drop(why: str) -> Verdict:
    return Verdict(act="drop", why=why)


def to_person(
    reach: Reach | None, channel: str, *, at: datetime, expires_at: datetime, languages: frozenset[str]
) -> Verdict:
    """Whether a notice may reach the person now. Without a rule that stands, nothing ever does."""
    if reach is None:
        return _drop("no_rule")
    if why := _why_never(reach, channel, at=at, expires_at=expires_at, languages=languages):
        return _drop(why)
    if is_within(at, reach.opens, reach.closes, reach.zone):
        return SEND
    until = next_within(at, reach.opens, reach.closes, reach.zone)
    return _drop("too_late") if until >= expires_at else Verdict(act="wait", why="hours", until=until)


def _why_never(
    reach: Reach, channel: str, *, at: datetime, expires_at: datetime, languages: frozenset[str]
) -> str:
    """Why a notice is sent at no hour, as a code; ``""`` when nothing but the hours may speak against it."""
    against = {
        "too_late": at >= expires_at,
        "ended": reach.has_ended,
        "not_safe": reach.safety != SAFE or reach.is_unsafe_elsewhere,
        "not_this_way": channel not in reach.channels or _FITS.get(channel) != reach.kind,
        "no_words": reach.language not in languages,
        "not_agreed": at < reach.agreed_from or _is_after(reach.agreed_until, at, reach.zone),
    }
    return next((why for why, is_so in against.items() if is_so), "")


def to_worker(quiet: Quiet | None, *, is_urgent: bool, at: datetime, expires_at: datetime) -> Verdict:
    """Whether a notice may reach somebody who works here now."""
    if at >= expires_at:
        return _drop("too_late")
    if quiet is None:
        return _drop("ended")
    is_loud = quiet.starts == quiet.ends or (is_urgent and quiet.urgent_comes)
    if is_loud or is_within(at, quiet.ends, quiet.starts, quiet.zone):
        return SEND
    return Verdict(act="wait", why="hours", until=next_within(at, quiet.ends, quiet.starts, quiet.zone))


def on_no_open_device(*, is_held: bool, look_again: datetime, expires_at: datetime) -> Verdict:
    """What becomes of a notice on a device on which its owner is not signed in now, or that somebody else holds."""
    if not is_held:
        return _drop("ended")
    return (
        _drop("too_late") if look_again >= expires_at else Verdict(act="wait", why="held", until=look_again)
    )


def back_off(attempts: int) -> timedelta:
    """How long to wait after so many tries that came to nothing: a minute, then twice as long, an hour at most."""
    return timedelta(minutes=min(2 ** max(attempts - 1, 0), 60))


def _is_after(last: date | None, at: datetime, zone: ZoneInfo) -> bool:
    return last is not None and at.astimezone(zone).date() > last
