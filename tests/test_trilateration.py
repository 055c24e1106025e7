"""Whoever asks from many points where a hidden house is, and measures all that the product shows, learns nothing.

A solver takes every distance, every radius, every order and every marker that pages show about one house, and names
the spot that fits best. Of a house in the open it comes within five kilometers, wherever that is. Of a hidden one it
names the same spot wherever the house is, and that is far from it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse

from breakwater.referrals.testing import a_bed, a_program
from breakwater.referrals.tests.test_hidden_houses import a_package
from breakwater.resources import zips
from breakwater.resources.actions.counting import Count, count_room
from breakwater.resources.actions.imports import import_directory
from breakwater.resources.models import Organization, Place
from breakwater.resources.rules import miles_between
from breakwater.resources.testing import a_place, a_service, holds_listing
from breakwater.trust.access import acting
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Agency
from breakwater.trust.testing import an_actor, an_agency, as_seen_by
from conftest import never_kept

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
KM_A_MILE, CLOSE = 1.609344, 5

ASKED_FROM = ("62701", "61701", "62520")
WITHIN = ("25", "100")
KNOWN = {"Lantern": (40.14, -89.36), "Harbor": (40.51, -88.99), "Chapel": (39.84, -88.95)}
"""Three houses in the open, whose positions everybody knows: rulers on every map, and marks in every order."""
NORTH, EAST = (40.33, -89.63), (39.68, -88.66)
"""Two spots where the house may be, 110 km apart."""

Spot = tuple[float, float]


@dataclass
class Heard:
    """What was measured: each a sentence, with how wrong it would be if the house stood at a spot."""

    of: list[tuple[str, Callable[[Spot], float]]] = field(default_factory=list)

    def note(self, sentence: str, wrong: Callable[[Spot], float]) -> None:
        """One measurement."""
        self.of.append((sentence, wrong))

    @property
    def sentences(self) -> list[str]:
        """All that was heard, in words."""
        return [sentence for sentence, _ in self.of]

    def best(self) -> Spot:
        """The spot that fits best: a coarse grid over half a state, then finer ones around what was found."""
        center, step = (40.0, -89.2), 0.2
        for _ in range(8):
            around = [
                (center[0] + up * step, center[1] + across * step)
                for up in range(-5, 6)
                for across in range(-5, 6)
            ]
            center = min(around, key=lambda spot: sum(wrong(spot) for _, wrong in self.of))
            step /= 2
        return center


def kilometers(one: Spot, other: Spot) -> float:
    return miles_between(*one, *other) * KM_A_MILE


def a_house(name: str, spot: Spot, *, kind: str = Agency.Kind.SHELTER) -> Agency:
    """A house on the board of room, and in the directory when it is in the open."""
    keeper = an_actor(Role.PARTNER, agency=an_agency(name=name, kind=kind))
    place = a_place(name, latitude=spot[0], longitude=spot[1])
    program = a_program(keeper=keeper.agency, at=NOW, place=place)
    if kind == Agency.Kind.SHELTER:
        a_service(f"{name} shelter", place=place, organization=name, names="shelter")
    with acting(keeper):
        count_room(program, Count(accepting=2), at=NOW, by=keeper)
    return keeper.agency


def in_the_open(spot: Spot, folder: object) -> None:
    a_house("Tern", spot)


def in_hiding(spot: Spot, folder: object) -> None:
    """At its worst: its source gave the position away; its agency keeps rooms there and in a house beside."""
    import_directory(a_package(folder, (str(spot[0]), str(spot[1])), ""), at=NOW, by=None, source="county")
    agency = a_house("Tern", spot, kind=Agency.Kind.VICTIM_SERVICE)
    holds_listing(agency, Organization.objects.get(name="Quiet Harbor"), at=NOW)
    hidden = Place.objects.get(is_confidential=True)
    a_bed(keeper=agency, at=NOW, place=hidden)
    a_program(keeper=agency, at=NOW, place=hidden)


def everything_shown(client: Client, names: tuple[str, ...]) -> Heard:
    """Ask the directory and the board from every point, and measure what is shown of a house."""
    heard = Heard()
    for zip_code in ASKED_FROM:
        at = zips.of_zip(zip_code)
        here = (at.latitude, at.longitude)
        for within in WITHIN:
            asked = {"near": zip_code, "within": within}
            for page in ("resources:find_help", "referrals:room"):
                said = client.post(reverse(page), asked | ({"words": "shelter"} if "find" in page else {}))
                assert said.status_code == 200
                of_lists(heard, rows_of(said.content.decode()), names, here, float(within), f"{page} {asked}")
            of_a_map(heard, said.content.decode(), names, f"{asked}")
    of_a_map(heard, client.get(reverse("referrals:room")).content.decode(), names, "all")
    return heard


def rows_of(page: str) -> list[str]:
    """The rows of a list, each as its words."""
    main = page.partition("<main")[2].partition("By phone only</h2>")[0]
    return [
        re.sub(r"<[^>]+>|\s+", " ", row) for row in re.split(r"<li (?=id=\"place-|class=\"panel\")", main)[1:]
    ]


def elsewhere(here: Spot, far: float, spot: Spot) -> float:
    """By how many miles a spot is not as far from here as was said."""
    return abs(miles_between(*here, *spot) - far)


def too_near(here: Spot, far: float, spot: Spot) -> float:
    """By how many miles a spot is nearer than it must be."""
    return max(0.0, far - miles_between(*here, *spot))


def too_far(here: Spot, far: float, spot: Spot) -> float:
    """By how many miles a spot is farther than it can be."""
    return max(0.0, miles_between(*here, *spot) - far)


def of_lists(
    heard: Heard, rows: list[str], names: tuple[str, ...], here: Spot, within: float, where: str
) -> None:
    """What a list tells: how far, within which circle, after whom."""
    number = next((n for n, row in enumerate(rows) if any(name in row for name in names)), None)
    if number is None:
        heard.note(f"{where}: not listed", partial(too_near, here, within))
        return
    heard.note(f"{where}: listed", partial(too_far, here, within))
    for far in re.findall(r"(\d+(?:\.\d)?) miles", rows[number]):
        heard.note(f"{where}: {far} miles", partial(elsewhere, here, float(far)))
    for name, known in KNOWN.items():
        stands = next((n for n, row in enumerate(rows) if name in row), None)
        if stands is not None and "room" in where:
            gap, comes_after = miles_between(*here, *known), stands < number
            order = f"{where}: {'after' if comes_after else 'before'} {name}"
            heard.note(order, partial(too_near if comes_after else too_far, here, gap))


def of_a_map(heard: Heard, page: str, names: tuple[str, ...], where: str) -> None:
    """What a map tells: where its marker stands between those of known houses, and how far the map itself reaches."""
    numbers = {at.group(1): row for row in rows_of(page) if (at := re.match(r'id="place-(\d+)"', row))}
    found = re.findall(r'<text class="pin" x="(\d+)" y="(\d+)">([^<]*)</text>', page)
    marks = {label: (int(x), int(y) - 5) for x, y, label in found}
    rulers = [
        (KNOWN[name], marks[n]) for n, row in numbers.items() for name in KNOWN if name in row and n in marks
    ]
    heard.note(f"map of {where}: {sorted(mark for _, mark in rulers)}", lambda spot: 0.0)
    if len(rulers) < 2:
        return
    (south, east), (x1, y1) = rulers[0]
    (north, west), (x2, y2) = rulers[1]
    if x1 == x2 or y1 == y2:
        return
    for label, (x, y) in marks.items():
        if any(name in numbers.get(label, "") for name in names):
            there = (
                south + (y - y1) / (y2 - y1) * (north - south),
                east + (x - x1) / (x2 - x1) * (west - east),
            )
            heard.note(f"map of {where}: at {there}", partial(elsewhere, there, 0.0))


def measured(stands: Callable[[Spot, object], None], spot: Spot, folder: object) -> Heard:
    """What is heard when the house stands there, in a world that is then taken back."""
    for name, known in KNOWN.items():
        a_house(name, known)
    stands(spot, folder)
    ada = an_actor(now=NOW)
    as_seen_by(ada)
    client = Client()
    client.force_login(ada.user)
    return everything_shown(client, ("Tern", "Domestic violence shelter"))


@pytest.mark.parametrize("spot", [NORTH, EAST])
def test_of_a_house_in_the_open_the_solver_finds_where_it_is(spot, tmp_path):
    heard = measured(in_the_open, spot, tmp_path)
    said = " ".join(heard.sentences)
    assert all(kind in said for kind in (" miles", "not listed", ": after ", ": before ", ": at "))
    assert kilometers(heard.best(), spot) < CLOSE


def test_of_a_hidden_house_it_finds_the_same_wherever_that_is(tmp_path):
    told = []
    for name, spot in (("north", NORTH), ("east", EAST)):
        with never_kept():
            told.append(measured(in_hiding, spot, tmp_path / name))
    north, east = told
    assert north.sentences == east.sentences
    assert any("listed" in one and "not listed" not in one for one in north.sentences), (
        "it was looked for where it stands"
    )
    assert not any(" miles" in one or ": at " in one for one in north.sentences)
    assert all(kilometers(north.best(), spot) > CLOSE for spot in (NORTH, EAST))
