"""The help there is in the county: a package as other directories publish theirs, read by the real import; and beds.

What there is stands in ``directory.toml``.
"""

import csv
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from breakwater.kernel.tables import length
from breakwater.resources.actions.claims import claim_listing, confirm_claim
from breakwater.resources.actions.counting import Count, count_outside, count_room
from breakwater.resources.actions.imports import import_directory
from breakwater.resources.actions.keeping import Criteria, keep_program, note_program
from breakwater.resources.actions.ours import set_up_beds
from breakwater.resources.models import Organization, Place, Program
from breakwater.trust.access import Actor, acting, system_for
from breakwater.trust.models import Agency

SOURCE = "Harbor County directory"

_RAW = tomllib.loads(Path(__file__).with_name("directory.toml").read_text("utf-8"))
_TOWNS: dict[str, dict[str, Any]] = _RAW["towns"]
_SINCE = timedelta(days=900)
_PROOF = "The county's directory team called the number that is listed."


@dataclass(frozen=True, kw_only=True)
class Help:
    """One service at one place.

    Args:
        hours: days, opening and closing.
        room: free, total, and how old the figure is; ``None`` when nobody said.
    """

    who: str
    name: str
    what: str
    town: str
    street: str
    hours: tuple[str, str, str]
    languages: tuple[str, ...]
    eligibility: str = ""
    how: str = ""
    fees: str = ""
    room: tuple[int, int, timedelta] | None = None
    virtual: bool = False


def publish(houses: dict[str, Agency], *, at: datetime) -> None:
    """Write the package, read it as any other, say which organizations work here too, and put the beds in."""
    with TemporaryDirectory() as folder:
        package = Path(folder) / "harbor-county"
        package.mkdir()
        write_package(package, at=at)
        import_directory(package, at=at, by=None, source=SOURCE)
    for listed in Organization.objects.filter(source=SOURCE, name__in=houses):
        with acting(system_for(houses[listed.name], now=at)) as by:
            confirm_claim(claim_listing(listed, proof=_PROOF, at=at, by=by), at=at, by=by)
    for row in _RAW["beds"]:
        with acting(system_for(houses[row["who"]], now=at)) as by:
            _set_up(row, by, at=at)
    for row in _RAW["by_phone"]:
        with acting(system_for(houses[row["who"]], now=at)) as by:
            _hear_of(row, by, at=at)


def write_package(folder: Path, *, at: datetime) -> None:
    """The directory as CSV files in the shape of HSDS 3."""
    who = {name: f"org-{number:02d}" for number, name in enumerate(dict.fromkeys(one.who for one in HELP), 1)}
    _write(folder, "organizations", [_organization(name, id_) for name, id_ in who.items()])
    numbered = [(f"{number:02d}", one) for number, one in enumerate(HELP, 1)]
    _write(folder, "services", [_service(id_, who[one.who], one) for id_, one in numbered])
    _write(folder, "locations", [_location(id_, who[one.who], one) for id_, one in numbered])
    _write(folder, "addresses", [_address(id_, one) for id_, one in numbered])
    _write(folder, "service_at_locations", [_given(id_) for id_, _ in numbered])
    _write(folder, "phones", [_phone(id_) for id_, _ in numbered])
    _write(folder, "schedules", [row for id_, one in numbered for row in _schedule(id_, one)])
    _write(folder, "languages", [row for id_, one in numbered for row in _languages(id_, one)])
    _write(folder, "service_capacities", [_capacity(id_, one, at) for id_, one in numbered if one.room])


def _write(folder: Path, name: str, rows: Iterable[dict[str, object]]) -> None:
    listed = list(rows)
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(listed[0]))
        writer.writeheader()
        writer.writerows(listed)


def _organization(name: str, id_: str) -> dict[str, object]:
    return {"id": id_, "name": name, "description": f"{name}, Harbor County.", "parent_organization_id": ""}


def _service(id_: str, who: str, one: Help) -> dict[str, object]:
    return {
        "id": f"service-{id_}", "organization_id": who, "name": one.name, "description": one.what, "status": "active",
        "eligibility_description": one.eligibility, "application_process": one.how, "fees_description": one.fees,
    }  # fmt: skip


def _location(id_: str, who: str, one: Help) -> dict[str, object]:
    town = _TOWNS[one.town]
    # a few hundred meters apart, so that two places of one town are not on one spot
    shift = (int(id_) % 7 - 3) / 500
    return {
        "id": f"place-{id_}", "organization_id": who, "name": f"{one.who}, {one.town}",
        "latitude": town["latitude"] + shift, "longitude": town["longitude"] - shift,
        "location_type": "virtual" if one.virtual else "physical",
    }  # fmt: skip


def _address(id_: str, one: Help) -> dict[str, object]:
    return {
        "id": f"address-{id_}", "location_id": f"place-{id_}", "address_1": one.street, "city": one.town,
        "state_province": "ME", "postal_code": _TOWNS[one.town]["zip"], "country": "US", "address_type": "physical",
    }  # fmt: skip


def _given(id_: str) -> dict[str, object]:
    return {
        "id": f"at-{id_}",
        "service_id": f"service-{id_}",
        "location_id": f"place-{id_}",
        "description": "",
    }


def _phone(id_: str) -> dict[str, object]:
    return {
        "id": f"phone-{id_}",
        "service_id": f"service-{id_}",
        "number": f"(207) 555-01{id_}",
        "type": "voice",
    }


def _schedule(id_: str, one: Help) -> list[dict[str, object]]:
    days, opens, closes = one.hours
    return [
        {"id": f"hours-{id_}-{day}", "service_id": f"service-{id_}", "freq": "WEEKLY", "byday": day,
         "opens_at": opens, "closes_at": closes}
        for day in days.split(",")
    ]  # fmt: skip


def _languages(id_: str, one: Help) -> list[dict[str, object]]:
    return [
        {"id": f"language-{id_}-{number}", "service_id": f"service-{id_}", "name": name, "note": ""}
        for number, name in enumerate(one.languages)
    ]


def _capacity(id_: str, one: Help, at: datetime) -> dict[str, object]:
    free, total, age = one.room or (0, 0, timedelta())
    return {
        "id": f"room-{id_}", "service_id": f"service-{id_}", "available": free, "maximum": total,
        "updated": (at - age).isoformat(), "unit_id": "places",
    }  # fmt: skip


def _set_up(row: dict[str, Any], by: Actor, *, at: datetime) -> None:
    """The beds of one program since long ago, whom it takes, and the figure that its people told last."""
    place, since = Place.objects.get(source=SOURCE, gives__service__name=row["service"]), at - _SINCE
    labels = (f"{row['word']} {number}" for number in range(1, row["many"] + 1))
    set_up_beds(place, labels, kind=row["kind"], accepts=row["accepts"], at=since, by=by)
    program = Program.objects.kept_by(by.agency).get(place=place, kind=row["kind"])
    keep_program(program, Criteria(**row["takes"]), at=since, by=by)
    if "told" in row:
        count_room(program, Count(**row["told"]), at=at - length(row["told_ago"]), by=by)


def _hear_of(row: dict[str, Any], by: Actor, *, at: datetime) -> None:
    """What a place gives that has no account, and the figure that somebody there told when they were called."""
    place = Place.objects.get(source=SOURCE, gives__service__name=row["service"])
    told_at = at - length(row["told_ago"])
    program = note_program(place, kind=row["kind"], at=told_at, by=by)
    count_outside(program, Count(**row["told"]), told_by=row["told_by"], at=told_at, by=by)


def _help(row: dict[str, Any]) -> Help:
    room = row.get("room")
    figure = (room["free"], room["total"], length(room["age"])) if room else None
    read = {"hours": tuple(_RAW["hours"][row["hours"]]), "languages": tuple(row["languages"]), "room": figure}
    return Help(**row | read)


HELP = tuple(_help(row) for row in _RAW["help"])
