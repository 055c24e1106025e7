"""Ten thousand programs at three thousand places, put in by COPY; who keeps them, and sixty-four houses that answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from breakwater.resources.models import Bed, Capacity, Place, Program
from breakwater.server.bench.build import FAR, NOBODY_SIGNS_IN, keys, put_in
from breakwater.server.bench.copying import Heap
from breakwater.server.bench.lines import Target
from breakwater.server.bench.lives import Staff
from breakwater.trust.models import Agency, Appointment, Session, Unit, User

PLACES, PROGRAMS, HOUSES = 3_000, 10_000, 64
KEEPERS = 100
"""Agencies that keep the ten thousand. The sixty-four houses stand beside them, of a kind of their own."""

ASKED_FOR, ANSWERED = Bed.Kind.SHELTER_ADULT, Bed.Kind.DETOX
_SEED = 44
_SOUTH, _WEST = 43.0, -70.0
_BEDS = 6
_KINDS = tuple(kind for kind in Bed.Kind if kind not in (ANSWERED, Bed.Kind.SAFE_HOUSE))


@dataclass(frozen=True)
class Keeper:
    """Somebody who keeps a program, as a target for requests; and the beds of it, where it has some."""

    target: Target
    program: str
    beds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Directory:
    """What there is: one keeper for each program, and the houses that are asked at once."""

    keepers: list[Keeper]
    houses: list[Keeper]


def furnished(url: str, *, rounds: int, now: datetime) -> Directory:
    """Fill a database that has agencies and cases as its administrator. Each house has a bed for every round."""
    heap, chance = Heap(_SEED), Random(_SEED)  # noqa: S311 - a repeatable benchmark, not a secret
    since = now - timedelta(days=900)
    staff = [_keeper(heap, number, since) for number in range(KEEPERS + HOUSES)]
    keys(heap, staff, now)
    keepers = [_program(heap, chance, staff[number % KEEPERS], number, now) for number in range(PROGRAMS)]
    houses = [_house(heap, one, number, rounds, now) for number, one in enumerate(staff[KEEPERS:])]
    put_in(heap, url)
    return Directory(keepers, houses)


def _keeper(heap: Heap, number: int, since: datetime) -> Staff:
    agency = heap.add(Agency, name=f"Keeper {number}", kind="shelter", founded_at=since)
    unit = heap.add(Unit, agency_id=agency, name="Front desk")
    user = heap.add(User, username=f"keeper{number}", name=f"Keeper {number}", password=NOBODY_SIGNS_IN)
    heap.add(Appointment, user_id=user, agency_id=agency, unit_id=unit, role="partner", starts_at=since)
    session = f"keeper{number:04d}{user.hex[-18:]}"
    heap.add_without_id(
        Session, session_key=session, session_data="", expire_date=FAR, seen_at=FAR, user_id=user
    )
    return Staff(user, agency, unit, session)


def _program(heap: Heap, chance: Random, staff: Staff, number: int, now: datetime) -> Keeper:
    """One program, whom it takes as far as it told, and its figure."""
    at = number % PLACES
    place = UUID(int=heap_place(at)) if number >= PLACES else _place(heap, chance, at)
    told = {
        "minimum_age": chance.choice((None, 18)), "genders": chance.choice((None, ["woman", "man"], ["man"])),
        "families": chance.choice((None, True, False)), "pets": chance.choice((None, True, False)),
        "after_use": chance.choice((None, True, False)), "cost": chance.choice(("", "free", "sliding")),
    }  # fmt: skip
    kind = _KINDS[(at + number // PLACES) % len(_KINDS)]
    program = heap.add(Program, place_id=place, agency_id=staff.agency, kind=kind, **told)
    _figure(heap, program, chance.randrange(_BEDS), now - timedelta(minutes=chance.randrange(600)))
    return Keeper(_target(staff), str(program))


def _house(heap: Heap, staff: Staff, number: int, rounds: int, now: datetime) -> Keeper:
    place = heap.add(Place, source="bench", external_id=f"h{number}", name=f"Corner {number}", city="Harbor")
    program = heap.add(Program, place_id=place, agency_id=staff.agency, kind=ANSWERED)
    since = now - timedelta(days=90)
    beds = tuple(
        str(
            heap.add(
                Bed,
                place_id=place,
                agency_id=staff.agency,
                label=f"Bed {one}",
                kind=ANSWERED,
                starts_at=since,
            )
        )
        for one in range(rounds)
    )
    _figure(heap, program, rounds, now)
    return Keeper(_target(staff), str(program), beds)


def _place(heap: Heap, chance: Random, number: int) -> UUID:
    return heap.add(
        Place, id=UUID(int=heap_place(number)), source="bench", external_id=f"r{number}", name=f"House {number}",
        city="Harbor", latitude=_SOUTH + chance.random(), longitude=_WEST + chance.random(),
    )  # fmt: skip


def heap_place(number: int) -> int:
    """The id of a place, by its number: several programs are given there."""
    return (0x7 << 76) | (0b10 << 62) | (number + 1)


def _figure(heap: Heap, program: UUID, free: int, at: datetime) -> None:
    heap.add(Capacity, program_id=program, total=None, free=free, told_by="The house", as_of=at)


def _target(staff: Staff) -> Target:
    return Target(staff.session, str(staff.agency), str(staff.user), "", "", "")
