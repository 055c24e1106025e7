"""The files of a case that go along in a hand-off packet: which, how the packet tells of them, and their copies.

A copy hangs on the hand-off, so it is read at its two ends like the packet itself, and stays as it was offered.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from breakwater.attachments.actions import Peg, attach
from breakwater.attachments.forms import Brought
from breakwater.attachments.library import LIMITS
from breakwater.attachments.models import Attachment
from breakwater.attachments.rules import why_not_along
from breakwater.cases.models import Case
from breakwater.kernel.text import Ours
from breakwater.referrals.lines import line, moment
from breakwater.referrals.models import Handoff
from breakwater.trust.access import Actor


def files_of(case: Case, *, by: Actor) -> list[Attachment]:
    """The files in the circle of a case, the newest first, each with whether it may be opened here.

    What came by a letter is its sender's to hand on.
    """
    here = Attachment.objects.visible_to(by).with_releases(by).filter(circle=case.circle_id, to_agency=None)
    return list(here.order_by("-at", "pk")[: LIMITS.files_shown])


def with_files(
    packet: dict[str, Any], case: Case, files: Sequence[UUID], *, is_named: bool = True, by: Actor
) -> dict[str, Any]:
    """The packet with the files that were chosen; the same packet without any.

    A stranger is told the kind and the size alone: the name was typed by somebody who did not think of one.
    """
    chosen = [one for one in files_of(case, by=by) if one.pk in set(files)]
    if not chosen:
        return packet
    lines = [
        line("file", one.name, *_told(one, by), is_typed=True)
        if is_named
        else line("unnamed_file", f"File {number}", *_told(one, by))
        for number, one in enumerate(chosen, 1)
    ]
    section = {"code": "files", "title": "Files", "lines": lines}
    return packet | {
        "sections": [*packet["sections"], section],
        "segments": sorted({*packet["segments"], *(code for one in chosen for code in one.segments)}),
        "files": [str(one.pk) for one in chosen],
        "opened_by": sorted({one.opens for one in chosen}),
    }


def why_not_by_link(case: Case, packet: dict[str, Any], *, by: Actor) -> str:
    """The sentence that says why the files of a packet cannot be opened by a link, or ``""`` when they can be."""
    chosen = [one for one in files_of(case, by=by) if str(one.pk) in packet.get("files", ())]
    return why_not_along([(one.size, one.is_open) for one in chosen], LIMITS)


def pass_on(handoff: Handoff, files: Iterable[str], *, by: Actor) -> list[Attachment]:
    """Copy files to a hand-off, one at a time. What no scanner looked at is released there by somebody who knows us.

    Raises:
        Refused: the agency has no room for them.
    """
    wanted = Attachment.objects.visible_to(by).filter(circle=handoff.circle_id, to_agency=None).on_ids(files)
    peg = Peg(
        what="handoff", about=handoff.pk, circle_id=handoff.circle_id, from_agency_id=handoff.from_agency_id,
        to_agency_id=handoff.to_agency_id, opens="care", segments=handoff.packet["segments"],
    )  # fmt: skip
    return [made for one in wanted for made in attach([_again(one)], peg, at=handoff.offered_at, by=by)]


def _told(one: Attachment, by: Actor) -> tuple[Ours, Ours]:
    return Ours(f"{one.get_kind_display()}, {one.length}"), Ours(f"Kept {moment(one.at, by)}")


def _again(one: Attachment) -> Brought:
    return Brought(name=one.name, kind=one.kind, content=one.content(), is_scanned=one.is_scanned)
