"""Directories written: the entries of the specification as tables, and a page of a list as its programs expect it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

VERSION = "3.1"
"""The version that says how much room a service has."""

Entry = Mapping[str, Any]
Row = tuple[str, dict[str, Any]]

COLUMNS: dict[str, tuple[str, ...]] = {
    "organizations": (
        "id", "name", "alternate_name", "description", "email", "website", "tax_status", "tax_id", "year_incorporated",
        "legal_status",
    ),
    "programs": ("id", "organization_id", "name", "description"),
    "services": (
        "id", "organization_id", "program_id", "name", "alternate_name", "description", "url", "email", "status",
        "interpretation_services", "application_process", "fees_description", "wait_time", "accreditations",
        "eligibility_description", "minimum_age", "maximum_age", "assured_date", "licenses", "alert",
    ),
    "locations": (
        "id", "location_type", "name", "alternate_name", "description", "transportation", "latitude", "longitude",
        "url",
    ),
    "service_at_locations": ("id", "service_id", "location_id", "description"),
    "addresses": (
        "id", "location_id", "address_1", "address_2", "city", "state_province", "postal_code", "country",
        "address_type",
    ),
    "phones": (
        "id", "organization_id", "location_id", "service_id", "service_at_location_id", "number", "extension", "type",
        "description",
    ),
    "schedules": (
        "id", "location_id", "service_id", "service_at_location_id", "valid_from", "valid_to", "freq",
        "byday", "bymonthday", "opens_at", "closes_at", "description",
    ),
    "languages": ("id", "location_id", "service_id", "name"),
    "accessibility": ("id", "location_id", "description"),
    "service_areas": ("id", "service_id", "name"),
    "required_documents": ("id", "service_id", "document"),
    "service_capacities": ("id", "service_id", "unit_id", "available", "maximum", "updated", "description"),
    "units": ("id", "name"),
    "attributes": ("id", "link_id", "taxonomy_term_id", "link_type", "link_entity", "value"),
    "taxonomy_terms": (
        "id", "code", "name", "description", "parent_id", "taxonomy", "language", "taxonomy_id", "term_uri",
    ),
    "taxonomies": ("id", "name", "description", "uri", "version"),
    "holiday_schedules": (
        "id", "location_id", "service_id", "service_at_location_id", "start_date", "end_date", "closed", "opens_at",
        "closes_at",
    ),
}  # fmt: skip
"""Each table of a package that is written here, with its columns in the order of the specification.

Days with other hours have no table of their own since version 3, and no other way to say *closed*: they go by the name
and the columns of version 2, which a program that does not know them passes over.
"""

_OF_SERVICE = (
    ("phones", "phones"),
    ("schedules", "schedules"),
    ("holiday_schedules", "holiday_schedules"),
    ("languages", "languages"),
    ("service_areas", "service_areas"),
    ("required_documents", "required_documents"),
)
_OF_LOCATION = (
    ("addresses", "addresses"),
    ("phones", "phones"),
    ("schedules", "schedules"),
    ("holiday_schedules", "holiday_schedules"),
    ("languages", "languages"),
    ("accessibility", "accessibility"),
)


_OF_SERVICE_AT = (
    ("phones", "phones"), ("schedules", "schedules"), ("holiday_schedules", "holiday_schedules"),
)  # fmt: skip


def rows_of(service: Entry) -> Iterator[Row]:
    """The rows of a service and of everything it names, each with its table.

    What several services share, an organization or a place, comes with each of them.
    """
    organization, program = service.get("organization"), service.get("program")
    if organization:
        yield _row("organizations", organization)
        yield from _owned(organization, (("phones", "phones"),), organization_id=organization["id"])
    if program:
        yield _row("programs", program)
    yield _row(
        "services",
        service,
        organization_id=(organization or {}).get("id"),
        program_id=(program or {}).get("id"),
    )
    yield from _owned(service, _OF_SERVICE, service_id=service["id"])
    for capacity in service.get("capacities", ()):
        yield _row("units", capacity["unit"])
        yield _row("service_capacities", capacity, service_id=service["id"], unit_id=capacity["unit"]["id"])
    for attribute in service.get("attributes", ()):
        term = attribute["taxonomy_term"]
        yield from rows_of_term(term)
        yield _row("attributes", attribute, link_id=service["id"], taxonomy_term_id=term["id"])
    for given in service.get("service_at_locations", ()):
        yield from _given_at(given, service)


def rows_of_term(term: Entry) -> Iterator[Row]:
    """The row of a term, and of the taxonomy that it stands in."""
    taxonomy = term.get("taxonomy_detail")
    if taxonomy:
        yield _row("taxonomies", taxonomy)
    yield _row("taxonomy_terms", term, taxonomy_id=taxonomy and taxonomy["id"])


def _given_at(given: Entry, service: Entry) -> Iterator[Row]:
    location = given["location"]
    yield _row("locations", location)
    yield from _owned(location, _OF_LOCATION, location_id=location["id"])
    yield _row("service_at_locations", given, service_id=service["id"], location_id=location["id"])
    yield from _owned(given, _OF_SERVICE_AT, service_at_location_id=given["id"])


def _owned(owner: Entry, lists: Sequence[tuple[str, str]], **of: str) -> Iterator[Row]:
    for name, table in lists:
        for one in owner.get(name, ()):
            yield _row(table, one, **of)


def _row(table: str, entry: Entry, **of: Any) -> Row:
    told = {**entry, **of}
    return table, {column: told.get(column) for column in COLUMNS[table]}


def page_of(contents: Sequence[Entry], *, number: int, size: int, of: int) -> dict[str, Any]:
    """One page of a list, with where it stands.

    Args:
        number: which page, from 1.
        size: how many stand on a full page.
        of: how many there are on all pages.
    """
    pages = max(1, -(-of // size))
    return {
        "total_items": of, "total_pages": pages, "page_number": number, "size": len(contents),
        "first_page": number == 1, "last_page": number >= pages, "empty": not contents, "contents": contents,
    }  # fmt: skip


def described(name: str) -> dict[str, Any]:
    """What a package says of itself: a tabular data package, all of whose values are text."""
    return {
        "name": name, "profile": "tabular-data-package", "hsds_version": VERSION,
        "resources": [
            {"name": table, "path": f"{table}.csv", "profile": "tabular-data-resource",
             "schema": {"fields": [{"name": column, "type": "string"} for column in columns]}}
            for table, columns in COLUMNS.items()
        ],
    }  # fmt: skip
