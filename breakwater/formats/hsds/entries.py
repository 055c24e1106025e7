"""HSDS 3 in JSON: entries that hold their parts within them, told as the same records as the tables.

The same part may stand in several entries: a place in each of its services. It is told every time, in the same words.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from breakwater.formats.hsds import tables
from breakwater.formats.hsds.columns import Table
from breakwater.formats.hsds.makers import Where, service_at_id
from breakwater.formats.hsds.reader import read_row
from breakwater.formats.hsds.records import Record
from breakwater.formats.hsds.rows import Raw, column_name, scalar
from breakwater.formats.problems import Problem

Entry = Mapping[str, Any]
Owners = dict[str, str]

_BY_NAME = {table.name: table for table in tables.TABLES}
_HELD = {
    "organization": ("organization", "organization_id"),
    "program": ("program", "program_id"),
    "location": ("location", "location_id"),
    "service": ("service", "service_id"),
    "taxonomy_term": ("term", "taxonomy_term_id"),
    "taxonomy_detail": ("taxonomy", "taxonomy_id"),
}
_PARTS = {
    "organizations": "organization",
    "services": "service",
    "locations": "location",
    "programs": "program",
    "service_at_locations": "service_at",
    "services_at_location": "service_at",
    "addresses": "address",
    "contacts": "contact",
    "phones": "phone",
    "schedules": "hours",
    "regular_schedules": "hours",
    "holiday_schedules": "holiday",
    "languages": "language",
    "service_areas": "area",
    "required_documents": "document",
    "cost_options": "cost",
    "accessibility": "access",
    "capacities": "capacity",
    "attributes": "filing",
}
_OF_SERVICES_ONLY = ("filing", "capacity")
_OF_ORGANIZATIONS_ONLY = {
    *(
        "services",
        "locations",
        "programs",
        "legal_status",
        "tax_status",
        "year_incorporated",
        "website",
        "email",
    ),
    *("organization_identifiers", "parent_organization_id", "logo"),
}


def kind_of(entry: Entry) -> str | None:
    """Whether an entry is an organization, a service, a location or a service at a location."""
    keys = set(entry)
    if {"service_id", "location_id"} <= keys or {"service", "location"} <= keys:
        return "service_at"
    if keys & {"location_type", "latitude", "addresses"}:
        return "location"
    if keys & {
        "status",
        "service_at_locations",
        "service_areas",
        "eligibility_description",
        "fees_description",
    }:
        return "service"
    return "organization" if "name" in keys and keys & _OF_ORGANIZATIONS_ONLY else None


def read_entry(
    entry: Entry, kind: str, where: Where, owners: Owners | None = None
) -> Iterator[Record | Problem]:
    """The records of an entry and of everything within it."""
    table = _BY_NAME[kind]
    row = _own(entry, owners or {}, table)
    yield from _beside(entry, kind, row, where)
    yield from read_row(row, table, replace(where, table=kind))
    below = (owners or {}) if kind == "contact" else _handed_down(row, kind)
    for key, name in _PARTS.items():
        parts = entry.get(key)
        if not isinstance(parts, list) or (name in _OF_SERVICES_ONLY and kind != "service"):
            continue
        for number, part in enumerate(parts):
            if isinstance(part, Mapping):
                here = replace(where, path=f"{where.path}{key}[{number}].")
                yield from read_entry(part, name, here, below)


def _own(entry: Entry, owners: Owners, table: Table) -> Raw:
    """The values of the entry itself, and whose part it is."""
    plain = {
        column_name(str(key)): scalar(value)
        for key, value in entry.items()
        if value is not None and not isinstance(value, list | Mapping)
    }
    return plain | {link: id_ for link, id_ in owners.items() if link in table.known and not plain.get(link)}


def _beside(entry: Entry, kind: str, row: Raw, where: Where) -> Iterator[Record | Problem]:
    """What an entry points at by holding it: the organization of a service, the term of an attribute."""
    for key, (name, link) in _HELD.items():
        part = entry.get(key)
        if not isinstance(part, Mapping) or name == kind:
            continue
        if part.get("id"):
            row.setdefault(link, scalar(part["id"]))
        owners = {"organization_id": row.get("organization_id", "")} if name == "program" else {}
        if name != "program" or owners["organization_id"]:
            yield from read_entry(part, name, replace(where, path=f"{where.path}{key}."), owners)


def _handed_down(row: Raw, kind: str) -> Owners:
    """Who owns the parts of an entry."""
    if kind == "service_at":
        own = row.get("id") or service_at_id(row.get("service_id", ""), row.get("location_id", ""))
        return {"service_at_location_id": own}
    return {f"{kind}_id": row.get("id", "")} if kind in ("organization", "location", "service") else {}
