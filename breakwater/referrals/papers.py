"""A hand-off packet on paper: what its receiver sees on the page, in the same order, with what the law sends along."""

from collections.abc import Iterable
from typing import Any

from breakwater.formats.paper import Block, Boxed, Facts, Heading, Words
from breakwater.referrals.lines import moment
from breakwater.referrals.models import Meeting
from breakwater.trust.access import Actor

TITLE = "Hand-off packet"
_NOTHING = "Nothing is written down about this."


def packet_on_paper(packet: dict[str, Any]) -> list[Block]:
    """A packet as it was offered."""
    blocks: list[Block] = [Boxed(packet["goes_with"])] if packet.get("goes_with") else []
    blocks.append(Facts((("From", packet["from"]), ("Written by", packet["by"]), ("Case", packet["number"]))))
    if packet["message"]:
        blocks.append(Words(packet["message"]))
    for section in packet["sections"]:
        pairs = tuple((one["label"], one["words"]) for one in section["lines"])
        blocks += [Heading(section["title"]), Facts(pairs) if pairs else Words(_NOTHING, quiet=True)]
    return blocks


def meetings_on_paper(meetings: Iterable[Meeting], *, by: Actor) -> list[Block]:
    """The calls and visits with which a case was handed over, after the packet; nothing when there was none."""
    told = [(f"{one.get_kind_display()}, {moment(one.at, by)}", _of(one)) for one in meetings]
    return [Heading("Handed over in person"), Facts(tuple(told))] if told else []


def _of(meeting: Meeting) -> str:
    there = [one for one in (meeting.receiver, meeting.sender, meeting.others) if one]
    who = f"With {', '.join(there)}." if there else ""
    return " ".join(part for part in (f"{meeting.get_outcome_display()}.", who, meeting.words) if part)
