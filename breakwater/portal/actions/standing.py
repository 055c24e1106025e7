"""A standing link for a place without accounts: hand it out, let a device in, renew it, take it back, ask by it."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from breakwater.kernel.errors import Overtaken, Refused
from breakwater.messaging.actions.sites import Desk, Errand, call_links_off, carry_link
from breakwater.messaging.rules.hours import is_within
from breakwater.portal.actions.linking import code_of, token_of
from breakwater.portal.desks import desks_of_places
from breakwater.portal.events import (
    RoomCodeMade,
    RoomDeviceEnded,
    RoomDeviceLetIn,
    RoomLinkHanded,
    RoomLinkRenewed,
    RoomLinkTakenBack,
)
from breakwater.portal.library import LINKS
from breakwater.portal.models import RoomDevice, RoomLink
from breakwater.portal.rules import why_no_standing_link
from breakwater.portal.telling import mark_of_program, told_of
from breakwater.resources.actions.counting import ask_outside
from breakwater.resources.models import Place
from breakwater.trust.access import Actor
from breakwater.trust.factors import new_recovery_codes
from breakwater.trust.journal import record

_OVER = "This link is over already."


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A standing link as it is told, this once: its letters go to the place by message, the code by phone."""

    link: RoomLink
    letters: str
    code: str


@transaction.atomic
def hand_room_link(place: Place, *, desk: Desk | None, page: str, at: datetime, by: Actor) -> Standing:
    """Let a place without accounts tell how much room it has. A link of before opens nothing more, on any device.

    Args:
        desk: how they are asked when a figure grows old; without one nobody asks them.
        page: where they open it.

    Raises:
        Refused: the place is not listed any more, or nothing is known that it gives without an account.
    """
    by.must("resources.beds")
    place = Place.objects.select_for_update(of=("self",)).get(pk=place.pk)
    if sentence := why_no_standing_link(
        is_listed=place.retired_at is None, gives=bool(next(told_of(place.pk, by.agency.pk), None))
    ):
        raise Refused(sentence)
    for before in (
        RoomLink.objects.visible_to(by).standing().filter(place=place).select_for_update(of=("self",))
    ):
        _end(before, at=at, by=by)
    letters, (code,) = secrets.token_urlsafe(32), new_recovery_codes(1, parts=1)
    link = RoomLink.objects.create(
        agency=by.agency, place=place, token=token_of(letters), code=code_of(token_of(letters), code),
        code_expires_at=at + LINKS.standing.code_lasts, channel=desk.channel if desk else "",
        value=desk.value if desk else "", page=page, by=by.user, starts_at=at,
        expires_at=at + LINKS.standing.lasts,
    )  # fmt: skip
    if desk:
        errand = Errand(kind="standing", cause=link.pk, about=link.pk)
        carry_link(desk, f"{page}#{letters}", errand, at=at, by=by)
    record(RoomLinkHanded(room_link_id=link.pk, place_id=place.pk), about=link.pk, by=by, at=at)
    return Standing(link=link, letters=letters, code=code)


@transaction.atomic
def let_another_in(link: RoomLink, *, at: datetime, by: Actor) -> Standing:
    """Make a new code, to let one more device in by the link that they have. A code of before lets nobody in.

    Raises:
        Overtaken: it was taken back, or its time is up.
    """
    by.must("resources.beds")
    link = _held(link, by=by)
    if link.expires_at <= at:
        raise Overtaken("The time of this link is up. Renew it first.")
    (code,) = new_recovery_codes(1, parts=1)
    link.code, link.code_expires_at = code_of(link.token, code), at + LINKS.standing.code_lasts
    link.save(update_fields=["code", "code_expires_at"])
    record(RoomCodeMade(room_link_id=link.pk), about=link.pk, by=by, at=at)
    return Standing(link=link, letters="", code=code)


@transaction.atomic
def give_key(link: RoomLink, *, who: str, at: datetime, by: Actor) -> str:
    """Let a program of theirs tell the figures, by a key that is told this once. It ends like a phone that was let in.

    Raises:
        Refused: nobody says which program it is.
        Overtaken: the link was taken back, or its time is up.
    """
    by.must("resources.beds")
    if not who.strip():
        raise Refused("Say which program it is, so that its key can be ended later.")
    link = _held(link, by=by)
    if link.expires_at <= at:
        raise Overtaken("The time of this link is up. Renew it first.")
    key = secrets.token_urlsafe(32)
    made = RoomDevice.objects.create(
        link=link, agency=by.agency, who=who.strip(), key=mark_of_program(key), is_program=True, opened_at=at
    )
    record(RoomDeviceLetIn(room_link_id=link.pk, room_device_id=made.pk), about=link.pk, by=by, at=at)
    return key


@transaction.atomic
def renew_room_link(link: RoomLink, *, at: datetime, by: Actor) -> RoomLink:
    """It stands for another while from now on, for the devices that were let in.

    Raises:
        Overtaken: it was taken back.
    """
    by.must("resources.beds")
    link = _held(link, by=by)
    link.expires_at = at + LINKS.standing.lasts
    link.save(update_fields=["expires_at"])
    record(RoomLinkRenewed(room_link_id=link.pk), about=link.pk, by=by, at=at)
    return link


@transaction.atomic
def end_room_link(link: RoomLink, *, at: datetime, by: Actor) -> None:
    """It opens nothing any more, and no device tells anything by it.

    Raises:
        Overtaken: it is over already.
    """
    by.must("resources.beds")
    _end(_held(link, by=by), at=at, by=by)


@transaction.atomic
def end_device(device: RoomDevice, *, at: datetime, by: Actor) -> None:
    """One device tells nothing any more: a phone that was lost, somebody who left. The others go on.

    Raises:
        Overtaken: it is over already.
    """
    by.must("resources.beds")
    if not RoomDevice.objects.visible_to(by).let_in().filter(pk=device.pk).update(ended_at=at):
        raise Overtaken("This device tells nothing any more already.")
    record(RoomDeviceEnded(room_device_id=device.pk), about=device.pk, by=by, at=at)


@transaction.atomic
def ask_places(*, at: datetime, by: Actor) -> int:
    """Ask the places to which one's agency handed out a link whether their old figures are still so. How many.

    Each figure is asked for once, in the hours of the day; by an address that the directory tells now, or not at all.
    """
    standing = LINKS.standing
    if not is_within(at, standing.asks_from, standing.asks_until, by.zone):
        return 0
    links = RoomLink.objects.visible_to(by).usable(at).exclude(channel="")
    asked = _still_told(links.select_related("place__organization"))
    figures = ask_outside(asked, at=at, by=by)
    told: dict[UUID, UUID] = {one.program.place_id: one.pk for one in figures if one.program}
    for place_id, cause in told.items():
        link = asked[place_id]
        desk = Desk(channel=link.channel, value=link.value)
        carry_link(desk, link.page, Errand(kind="figure", cause=cause, about=link.pk), at=at, by=by)
    return len(told)


def _still_told(links: Iterable[RoomLink]) -> dict[UUID, RoomLink]:
    """Of which places the directory still tells the address or number to which their link went."""
    found = {one.place_id: one for one in links}
    desks = desks_of_places([one.place for one in found.values()])
    return {
        place_id: one
        for place_id, one in found.items()
        if Desk(channel=one.channel, value=one.value) in desks[place_id]
    }


def _held(link: RoomLink, *, by: Actor) -> RoomLink:
    held = (
        RoomLink.objects.visible_to(by).standing().select_for_update(of=("self",)).filter(pk=link.pk).first()
    )
    if held is None:
        raise Overtaken(_OVER)
    return held


def _end(link: RoomLink, *, at: datetime, by: Actor) -> None:
    link.ended_at, link.code = at, ""
    link.save(update_fields=["ended_at", "code"])
    call_links_off([link.pk], by=by)
    record(RoomLinkTakenBack(room_link_id=link.pk), about=link.pk, by=by, at=at)
