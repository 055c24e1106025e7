"""When something happened that is written down later."""

from datetime import datetime

from breakwater.cases.rules import why_no_such_moment
from breakwater.kernel.errors import Refused


def happened(told: datetime | None, *, since: datetime, at: datetime) -> datetime:
    """When it happened: now, where nobody tells; never before ``since``, when what it belongs to began.

    Raises:
        Refused: it lies in the future, or before that.
    """
    if reason := why_no_such_moment(told or at, at=at, since=since):
        raise Refused(reason, fields={"happened_at": reason})
    return max(told or at, since)
