"""What a packet proposes to tell, and what a receiver reads of it in a list before it is opened."""

from typing import Any

from breakwater.cases.judging import PRESSING
from breakwater.cases.models import Case, Danger
from breakwater.referrals.packet import USUAL
from breakwater.referrals.safely import plans


def usual_for(case: Case) -> tuple[str, ...]:
    """What is proposed for this case: where a danger presses, how it is lived through as well, if that is written down.

    It is only proposed: what a law protects in it leaves on the consent of the person, or not at all.
    """
    presses = Danger.objects.pressing().filter(case=case).exists()
    return (*USUAL, *(("card", "safety_plan") if presses and plans(case) else ()))


def told_of_danger(packet: dict[str, Any]) -> dict[str, Any]:
    """What a packet itself tells of how soon: the code in words, and each danger that presses."""
    lines = {one["code"]: one for section in packet.get("sections", ()) for one in section["lines"]}
    dangers = [
        (one["value"], one["label"])
        for code, one in lines.items()
        if code.startswith("danger_") and one.get("value") in PRESSING
    ]
    code = ", ".join(lines["code"]["words"].split("\n")[:2]) if "code" in lines else ""
    return {"code": code, "dangers": sorted(dangers, key=lambda one: one[0] != "now")}
