"""Small packages of our own, in each shape that directories come in."""

import csv
import json
from pathlib import Path
from typing import Any


def write_tables(folder: Path, **tables: list[dict[str, Any]]) -> Path:
    """A folder of CSV files."""
    folder.mkdir(exist_ok=True)
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return folder


def hsds_3(folder: Path, **changed: list[dict[str, Any]]) -> Path:
    """HSDS 3 as CSV: one shelter at one place, open on weekdays, with a number to call."""
    tables: dict[str, list[dict[str, Any]]] = {
        "organizations": [{"id": "o1", "name": "Harbor Mission", "description": "A mission by the harbor."}],
        "services": [
            {"id": "s1", "organization_id": "o1", "name": "Night shelter", "description": "Beds for one night.",
             "status": "active", "eligibility_description": "Adults"},
            {"id": "s2", "organization_id": "o1", "name": "Soup kitchen", "description": "Meals.", "status": "active",
             "eligibility_description": ""},
        ],
        "locations": [
            {"id": "l1", "organization_id": "o1", "name": "Harbor Street", "location_type": "physical",
             "latitude": "", "longitude": ""},
        ],
        "addresses": [
            {"id": "a1", "location_id": "l1", "address_1": "12 Harbor Street", "city": "Springfield",
             "state_province": "IL", "postal_code": "62701", "country": "US", "address_type": "physical"},
        ],
        "service_at_locations": [{"id": "x1", "service_id": "s1", "location_id": "l1", "description": ""}],
        "phones": [{"id": "p1", "service_id": "s1", "number": "(217) 555-0100"}],
        "schedules": [
            {"id": f"h{day}", "location_id": "l1", "byday": day, "freq": "WEEKLY", "opens_at": "09:00",
             "closes_at": "17:00"}
            for day in ("MO", "TU", "WE", "TH", "FR")
        ],
    }  # fmt: skip
    return write_tables(folder, **(tables | changed))


def hsds_3_json(folder: Path) -> Path:
    """The same as one JSON document a service."""
    folder.mkdir(exist_ok=True)
    entry = {
        "id": "s1", "name": "Night shelter", "description": "Beds for one night.", "status": "active",
        "organization": {"id": "o1", "name": "Harbor Mission", "description": "A mission by the harbor."},
        "phones": [{"id": "p1", "number": "(217) 555-0100"}],
        "service_at_locations": [{
            "id": "x1",
            "location": {
                "id": "l1", "name": "Harbor Street", "location_type": "physical", "latitude": 39.8, "longitude": -89.65,
                "addresses": [{
                    "id": "a1", "address_1": "12 Harbor Street", "city": "Springfield", "state_province": "IL",
                    "postal_code": "62701", "country": "US", "address_type": "physical",
                }],
                "schedules": [
                    {"id": "h1", "byday": "MO,TU", "freq": "WEEKLY", "opens_at": "09:00", "closes_at": "17:00"},
                ],
            },
        }],
    }  # fmt: skip
    (folder / "harbor.json").write_text(json.dumps([entry]), encoding="utf-8")
    return folder


def hsds_1(folder: Path) -> Path:
    """The older HSDS 1.1 as CSV, with its own names of columns."""
    return write_tables(
        folder,
        organizations=[{"id": "o1", "name": "Harbor Mission", "description": "A mission by the harbor."}],
        locations=[
            {"id": "l1", "organization_id": "o1", "name": "Harbor Street", "latitude": "39.8", "longitude": "-89.65"}
        ],
        services=[{"id": "s1", "organization_id": "o1", "name": "Night shelter", "status": "active"}],
        services_at_location=[{"id": "x1", "service_id": "s1", "location_id": "l1"}],
        physical_addresses=[
            {"id": "a1", "location_id": "l1", "address_1": "12 Harbor Street", "city": "Springfield",
             "state_province": "IL", "postal_code": "62701", "country": "US"}
        ],
        phones=[{"id": "p1", "service_id": "s1", "number": "(217) 555-0100", "type": "voice"}],
        regular_schedules=[
            {"id": "h1", "location_id": "l1", "weekday": "Monday", "opens_at": "09:00", "closes_at": "17:00"}
        ],
    )  # fmt: skip
