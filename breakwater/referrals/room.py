"""The board of room: how much there is of each kind, how old that word is, and what it was worth.

What is given by phone only is on no list, no map and in no count: who calls is told.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from breakwater.referrals.suggesting import Told, Truth, board_truth, figures_of
from breakwater.resources.models import Point, Program
from breakwater.resources.models.directory import numbers_at
from breakwater.resources.models.program import KINDS
from breakwater.resources.rules import miles_between
from breakwater.trust.models import Agency

PER_PAGE = 40


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which room is looked for. ``within`` is miles from ``near``."""

    kind: str = ""
    near: Point | None = None
    within: int = 25
    page: int = 1


@dataclass(frozen=True, kw_only=True)
class Row:
    """One program with its figure.

    Args:
        miles: known only for what lies somewhere.
        call: a number of the directory by which it is confirmed, where one is told.
    """

    program: Any
    told: Told
    truth: Truth
    miles: float | None = None
    call: str = ""

    @property
    def open(self) -> int | None:
        """How many would be taken; ``None`` is unknown."""
        return self.told.open

    @property
    def likely(self) -> float:
        """By what the board is ordered: room that is trusted first, then what nobody knows, then what is full."""
        if self.open is None:
            return 0.25
        worth = (self.truth.accepted + 1) / (self.truth.asked + 2)
        return self.told.trust * worth + 0.25 if self.open else 0.0


@dataclass(frozen=True, kw_only=True)
class Sum:
    """Of one kind: how many would be taken as far as places told, and of how many nobody knows. ``None``: of none."""

    kind: str
    label: str
    open: int | None
    places: int
    unknown: int


@dataclass(frozen=True, kw_only=True)
class Board:
    """One page of it."""

    rows: list[Row]
    sums: list[Sum]
    more: bool


def board(wanted: Wanted, *, at: datetime, agency: Agency) -> Board:
    """What there is, the nearest first when a place is told, and otherwise the likeliest. Sums are of all kinds."""
    figures, worth = figures_of(None, at=at), board_truth(at)
    rows = [
        Row(
            program=one, told=figures.get(one.pk) or Told(), truth=worth.get(one.pk) or Truth(),
            miles=_miles(one, wanted.near),
        )
        for one in _listed_to(agency)
    ]  # fmt: skip
    near = [
        row for row in rows if wanted.near is None or (row.miles is not None and row.miles <= wanted.within)
    ]
    found = [row for row in near if not wanted.kind or row.program.kind == wanted.kind]
    found.sort(key=lambda row: (row.miles or 0.0, -row.likely, row.program.place.name, row.program.pk))
    first = (wanted.page - 1) * PER_PAGE
    return Board(
        rows=_with_numbers(found[first : first + PER_PAGE]),
        sums=_sums(near),
        more=len(found) > first + PER_PAGE,
    )


def row_of(program_id: UUID, *, at: datetime, agency: Agency) -> Row | None:
    """One place as it stands on the board, if it does."""
    found = _listed_to(agency).filter(pk=program_id).first()
    if found is None:
        return None
    figures, worth = figures_of([program_id], at=at), board_truth(at)
    return Row(program=found, told=figures.get(program_id) or Told(), truth=worth.get(program_id) or Truth())


@dataclass(frozen=True, kw_only=True)
class House:
    """Beds at one place that differ in nothing but their label, and what those who keep them accept now.

    Args:
        told: nothing where nobody has told a figure.
        ours: whether those who look keep them, and may give all of them.
    """

    beds: list[Any]
    told: Told | None
    ours: bool

    @property
    def to_hold(self) -> list[Any]:
        """Those that can be held from here: of another house no more than it accepts, on all pages."""
        accepted = self.told.open if self.told and not self.ours else None
        return self.beds if accepted is None else self.beds[: max(accepted - self.before, 0)]

    @property
    def before(self) -> int:
        """How many like these stand on pages before."""
        return int(min(one.which_alike for one in self.beds)) - 1

    @property
    def is_offered_before(self) -> bool:
        """Whether as many as it accepts stand on pages before."""
        return not self.to_hold and bool(self.told and self.told.open)


def houses_with_room(alike: list[list[Any]], *, at: datetime, agency: Agency) -> list[House]:
    """Free beds house by house, each with the figure that stands on the board of room."""
    places = {one[0].place_id for one in alike}
    kept = Program.objects.running().filter(place__in=places, agency__isnull=False)
    programs = {(one.agency_id, one.place_id, one.kind): one.pk for one in kept}
    figures = figures_of(programs.values(), at=at)
    made = []
    for beds in alike:
        program = programs.get((beds[0].agency_id, beds[0].place_id, beds[0].kind))
        told = figures.get(program) if program else None
        made.append(House(beds=beds, told=told, ours=beds[0].agency_id == agency.pk))
    return made


def _listed_to(agency: Agency) -> Any:
    shown = Program.objects.running().filter(place__retired_at=None).shown_to(agency)
    return shown.select_related("place", "agency")


def _with_numbers(rows: list[Row]) -> list[Row]:
    """With the number of what is given, or else of its place, or else of what else is given there; in one question."""
    told: dict[UUID, list[tuple[UUID | None, str]]] = defaultdict(list)
    for place, service, number in numbers_at(one.program.place_id for one in rows):
        told[place].append((service, number))
    return [replace(one, call=_number_of(one.program, told[one.program.place_id])) for one in rows]


def _number_of(program: Program, told: list[tuple[UUID | None, str]]) -> str:
    wanted = (program.service_id, None) if program.service_id else (None,)
    ranked = sorted(told, key=lambda one: wanted.index(one[0]) if one[0] in wanted else len(wanted))
    return ranked[0][1] if ranked else ""


def _miles(program: Program, near: Point | None) -> float | None:
    place = program.place
    if near is None or place.latitude is None or place.longitude is None:
        return None
    return miles_between(near.latitude, near.longitude, place.latitude, place.longitude)


def _sums(rows: list[Row]) -> list[Sum]:
    made = []
    for kind, label in KINDS:
        alike = [row.open for row in rows if row.program.kind == kind]
        told = [open_now for open_now in alike if open_now is not None]
        if alike:
            known = sum(told) if told else None
            made.append(
                Sum(kind=kind, label=label, open=known, places=len(alike), unknown=len(alike) - len(told))
            )
    return made
