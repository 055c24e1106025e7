"""What a place does by its standing link: let its device in, and tell how much room it has; by hand, or by a program.

It is nobody's user. What it tells is written down by Breakwater itself, acting for those who handed the link out, as
told by whoever the place says it is; it stands on the board like any other figure.
"""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import transaction

from breakwater.kernel.db import one_row
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.portal.actions.linking import code_of, token_of
from breakwater.portal.events import RoomDeviceEnded, RoomDeviceLetIn
from breakwater.portal.models import RoomDevice, RoomLink
from breakwater.portal.telling import Teller, mark_of, told_of
from breakwater.resources.actions.counting import Count, count_outside, count_room, still_so, still_so_outside
from breakwater.resources.models import Capacity, Program
from breakwater.trust.access import Actor, acting, system_for
from breakwater.trust.journal import record
from breakwater.trust.models import Agency

_WAITING = "SELECT link_id, agency_id FROM portal_room_waiting(%s, %s)"
BY_LINK, BY_KEY = "by its link", "by a program"
LONGEST_SOURCE = 200


@transaction.atomic
def let_device_in(letters: str, code: str, *, who: str, at: datetime) -> str:
    """Let a device in with the letters of its link and the code. The key for its browser; ``""`` when nothing opens.

    The code is used up by it: the next device needs another.
    """
    token, key = token_of(letters), secrets.token_urlsafe(32)
    waiting = one_row(_WAITING, (token, code_of(token, code)))
    if waiting is None:
        return ""
    link_id, agency_id = waiting
    with acting(system_for(Agency.objects.get(pk=agency_id), now=at)) as by:
        fits = RoomLink.objects.visible_to(by).usable(at).filter(code=code_of(token, code))
        link = fits.select_for_update(of=("self",)).filter(pk=link_id).first()
        if link is None:
            return ""
        link.code = ""
        link.save(update_fields=["code"])
        device = RoomDevice.objects.create(
            link=link, agency=by.agency, who=who, key=mark_of(key), opened_at=at
        )
        record(RoomDeviceLetIn(room_link_id=link.pk, room_device_id=device.pk), about=link.pk, by=by, at=at)
    return key


@transaction.atomic
def tell_by_link(teller: Teller, program_id: UUID, accepting: int, *, at: datetime) -> Capacity:
    """They say how many they would take now; what else was told of it stays as it was, as far as it can.

    Raises:
        Refused: it is not of their place.
        Overtaken: the device or the link ended a moment ago, or somebody told another figure.
    """
    with _held(teller, at=at) as (by, given, source):
        program = _of(given, program_id)
        last = Capacity.objects.standing().filter(program=program).first()
        licensed = last.total if last and last.total is not None and last.total >= accepting else None
        return _count(program, Count(licensed=licensed, accepting=accepting), source, at=at, by=by)


@transaction.atomic
def still_so_by_link(teller: Teller, program_id: UUID, *, at: datetime) -> Capacity:
    """They say that the last figure is still right.

    Raises:
        Refused: it is not of their place, or nobody has told a figure yet.
        Overtaken: the device or the link ended a moment ago, or somebody told another figure.
    """
    with _held(teller, at=at) as (by, given, source):
        return _still(_of(given, program_id), source, at=at, by=by)


@transaction.atomic
def tell_by_key(teller: Teller, counts: Mapping[UUID, Count | None], *, at: datetime) -> list[Capacity]:
    """A program tells figures of its place, all or none; ``None`` says that the last one is still so.

    Raises:
        Refused: one is not of the place, or contradicts itself.
        Overtaken: the key or the link ended a moment ago, or somebody told another figure.
    """
    with _held(teller, at=at, how=BY_KEY) as (by, given, source):
        told = [(_of(given, program_id), count) for program_id, count in sorted(counts.items())]
        return [
            _count(program, count, source, at=at, by=by) if count else _still(program, source, at=at, by=by)
            for program, count in told
        ]


@transaction.atomic
def leave_device(teller: Teller, *, at: datetime) -> None:
    """This device tells nothing any more: whoever holds it said so. Twice is once."""
    with acting(system_for(teller.agency, now=at)) as by:
        mine = RoomDevice.objects.visible_to(by).let_in().filter(pk=teller.device_id)
        if mine.update(ended_at=at):
            news = RoomDeviceEnded(room_device_id=teller.device_id)
            record(news, about=teller.device_id, by=by, at=at)


@contextmanager
def _held(
    teller: Teller, *, at: datetime, how: str = BY_LINK
) -> Iterator[tuple[Actor, dict[UUID, Program], str]]:
    """What they may tell of, and who tells it. Link and device are held, so that whoever ends them is waited for.

    Once for an act, however many figures it tells.
    """
    with acting(system_for(teller.agency, now=at)) as by:
        links = RoomLink.objects.visible_to(by).usable(at).select_for_update(of=("self",))
        devices = RoomDevice.objects.visible_to(by).let_in().select_for_update(of=("self",))
        link, device = links.filter(pk=teller.link_id).first(), devices.filter(pk=teller.device_id).first()
        if link is None or device is None:
            raise Overtaken("This page is over. Call those who sent you the link.")
        device.used_at = at
        device.save(update_fields=["used_at"])
        given = {one.pk: one for one in told_of(link.place_id, link.agency_id)}
        yield by, given, f"{device.who}, {teller.place.name}"[: LONGEST_SOURCE - 20] + f", {how}"


def _of(given: Mapping[UUID, Program], program_id: UUID) -> Program:
    """One of what they may tell of; nobody tells of what is not theirs."""
    if program_id not in given:
        raise Refused("This is told by somebody else now. Open the page again to see how it stands.")
    return given[program_id]


def _count(program: Program, count: Count, source: str, *, at: datetime, by: Actor) -> Capacity:
    act = count_outside if program.agency_id is None else count_room
    return act(program, count, told_by=source, at=at, by=by)


def _still(program: Program, source: str, *, at: datetime, by: Actor) -> Capacity:
    act = still_so_outside if program.agency_id is None else still_so
    return act(program, told_by=source, at=at, by=by)
