"""A hand-off packet on paper: what its receiver sees on the page, in the same order, with what the law sends along."""

from typing import Any

from breakwater.formats.paper import Block, Boxed, Facts, Heading, Words

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
