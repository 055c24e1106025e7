"""Ready-made copies, made by real actions."""

from datetime import datetime
from typing import Any

from breakwater.cases.models import Case
from breakwater.portal.actions.handing import Chosen, hand_copy
from breakwater.portal.models import OwnCopy
from breakwater.portal.rules import PARTS
from breakwater.trust.access import Actor


def chosen(**facts: Any) -> Chosen:
    """Everything, in English, read to the person, who was asked about their device."""
    usual: dict[str, Any] = {"parts": PARTS, "language": "en", "way": "spoken", "safe_device": True}
    return Chosen(**(usual | facts))


def an_own_copy(
    case: Case, *, by: Actor, at: datetime | None = None, **facts: Any
) -> tuple[OwnCopy, str]:
    """A copy that waits for its code, and the code."""
    return hand_copy(case, chosen(**facts), at=at or by.now, by=by)
