"""Whom to call where somebody is in danger: the lines of the place, and the agency's own where it is listed."""

from typing import Any

from breakwater.resources.models import Phone
from breakwater.trust.access import Actor
from breakwater.ui.emergency import EMERGENCY


def whom_to_call(actor: Actor) -> dict[str, Any]:
    """What `assessments/_now.html` wants. The agency's own line is asked for when it is shown, and not before."""
    return {
        "place": EMERGENCY.get(actor.agency.profile),
        "own_lines": Phone.objects.lines_of(actor.agency_id),
    }
