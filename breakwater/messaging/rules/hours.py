"""Hours as a clock on the wall shows them, where somebody is; also when clocks are put forward or back."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAYS_LOOKED_AT = 4
"""Hours that begin in the hour that never comes are missing on that day; two days later they are there again."""


def is_within(at: datetime, opens: time, closes: time, zone: ZoneInfo) -> bool:
    """Whether a moment lies in these hours. From 20:00 to 08:00 goes over midnight; from 08:00 to 08:00 is all day."""
    wall = at.astimezone(zone).time()
    if opens == closes:
        return True
    if opens < closes:
        return opens <= wall < closes
    return wall >= opens or wall < closes


def next_within(at: datetime, opens: time, closes: time, zone: ZoneInfo) -> datetime:
    """The first moment from ``at`` on that lies in these hours, as they begin.

    Raises:
        LookupError: there is none within days; hours that are no longer than an instant.
    """
    if is_within(at, opens, closes, zone):
        return at
    today = at.astimezone(zone).date()
    for later in range(_DAYS_LOOKED_AT):
        wall = datetime.combine(today + timedelta(days=later), opens)
        for fold in (0, 1):
            found = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
            if found >= at and is_within(found, opens, closes, zone):
                return found
    raise LookupError("these hours never come")
