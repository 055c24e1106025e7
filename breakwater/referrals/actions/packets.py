"""Before a packet is read by whoever takes a case over: ask whether it may be, and have it accounted for."""

from datetime import datetime

from breakwater.referrals.actions.sharing import Telling, goes_with, would_go_with
from breakwater.referrals.models import Handoff
from breakwater.referrals.packet import informing, titles
from breakwater.trust.access import Actor
from breakwater.trust.rules.law import HAND_OFF


def goes_with_packet(handoff: Handoff, *, at: datetime, by: Actor) -> str:
    """What goes along with a packet that is told now: the notice, and the scope of the consent.

    Raises:
        Unlawful: a law protects what is in it, and no consent of the person covers it.
    """
    return goes_with(handoff.case, _telling(handoff), at=at, by=by)


def would_go_with_packet(handoff: Handoff, *, at: datetime, by: Actor) -> str | None:
    """What would go along with it at this moment; ``None`` when it may not be told. Nothing is written down."""
    return would_go_with(handoff.case, _telling(handoff), at=at, by=by)


def is_packet_still_lawful(handoff: Handoff, *, at: datetime, by: Actor) -> bool:
    """Whether a packet might be told at this moment: consents end, and laws come to protect a record."""
    return would_go_with_packet(handoff, at=at, by=by) is not None


def _telling(handoff: Handoff) -> Telling:
    packet = handoff.packet
    return Telling(
        act=HAND_OFF, to_agency=handoff.to_agency, to_name=handoff.to_name, information=informing(packet),
        segments=packet.get("segments", ()), what=f"A hand-off: {titles(packet)}",
    )  # fmt: skip
