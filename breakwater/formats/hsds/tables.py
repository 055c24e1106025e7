"""The tables of a directory: under which names their files and columns go, and what each column asks for."""

from breakwater.formats.hsds import makers, schedules
from breakwater.formats.hsds.columns import Table, col, kept, soft
from breakwater.formats.hsds.shapes import Shape
from breakwater.formats.hsds.terms import FILING, TAXONOMY, TERM
from breakwater.formats.hsds.values import (
    clock_time,
    day,
    email,
    ident,
    latitude,
    longitude,
    moment,
    number,
    several,
    tax_id,
    url,
    weekday,
    whole,
    year,
    yes_or_no,
)

ALL = frozenset(Shape)
OHANA = frozenset({Shape.OHANA})

_ID = col("id", "id", read=ident)
_OWNERS = tuple(
    col(name, *names, read=ident)
    for name, *names in (
        ("organization_id", "organization_id"),
        ("location_id", "location_id"),
        ("service_id", "service_id"),
        ("service_at_id", "service_at_location_id", "services_at_location_id"),
        ("contact_id", "contact_id"),
    )
)

ORGANIZATION = Table(
    "organization",
    ("organization",),
    (
        col("id", read=ident, must=ALL),
        col("name", must=ALL),
        col("alternate_name"),
        col("description"),
        soft("email", read=email),
        soft("url", "url", "website", read=url),
        kept("tax_id", read=tax_id),
        col("tax_status"),
        col("legal_status"),
        soft("year_incorporated", "year_incorporated", "date_incorporated", read=year, hard=OHANA),
        *(col(f"_{name}", name) for name in ("accreditations", "licenses", "funding_sources", "logo", "uri")),
    ),
    makers.organization,
    frozenset({"name", "legal_status"}),
)
PROGRAM = Table(
    "program",
    ("program",),
    (
        col("id", read=ident, must=ALL),
        col("organization_id", read=ident, must=ALL),
        col("name", must=ALL),
        col("_alternate_name", "alternate_name"),
    ),
    makers.program,
    frozenset({"organization_id", "name", "alternate_name"}),
)
LOCATION = Table(
    "location",
    ("location",),
    (
        col("id", read=ident, must=ALL),
        col("organization_id", read=ident, must=OHANA),
        col("name", must=OHANA),
        col("alternate_name"),
        col("description", "description", "short_desc"),
        soft("latitude", read=latitude),
        soft("longitude", read=longitude),
        col("transportation"),
        col("accessibility"),
        col("languages", read=several),
        soft("url", "url", "website", read=url),
        col("location_type"),
        col("virtual", read=yes_or_no),
        *(col(f"_{name}", name) for name in ("admin_emails", "email", "external_identifier")),
    ),
    makers.location,
    frozenset({"name", "latitude", "longitude"}),
)
_ADDRESS_COLUMNS = (
    _ID,
    *_OWNERS[:2],
    col("_attention", "attention"),
    col("address_1", must=OHANA),
    *(col(f"address_{number}") for number in (2, 3, 4)),
    col("city", must=OHANA),
    col("_region", "region"),
    col("state", "state_province", "state", must=OHANA),
    col("postal_code", "postal_code", "zip", must=OHANA),
    col("country"),
    col("address_type"),
)
ADDRESS = Table(
    "address",
    ("address", "physical_address"),
    _ADDRESS_COLUMNS,
    makers.address,
    frozenset({"address_1", "city"}),
)
MAIL_ADDRESS = Table(
    "mail_address",
    ("mail_address", "postal_address"),
    _ADDRESS_COLUMNS,
    makers.mail_address,
    frozenset({"attention", "address_1", "city"}),
)
SERVICE = Table(
    "service",
    ("service",),
    (
        col("id", read=ident, must=ALL),
        *_OWNERS[:2],
        col("program_id", read=ident),
        col("name", must=ALL),
        col("alternate_name"),
        col("description"),
        col("alert"),
        col("status", must=OHANA),
        col("eligibility", "eligibility_description", "eligibility"),
        col("audience"),
        soft("minimum_age", read=number),
        soft("maximum_age", read=number),
        col("how_to_apply", "application_process"),
        col("documents", "required_documents"),
        col("fees", "fees_description", "fees"),
        col("payments", "accepted_payments"),
        col("wait_time"),
        col("areas", "service_areas"),
        col("interpretation", "interpretation_services"),
        col("accreditations"),
        col("licenses"),
        soft("email", read=email),
        soft("url", "url", "website", read=url),
        col("languages", read=several),
        col("keywords", read=several),
        col("term_ids", "taxonomy_ids", read=several),
        soft("assured_on", "assured_date", "last_modified", read=day),
        *(col(f"_{name}", name) for name in ("funding_sources", "assurer_email")),
    ),
    makers.service,
    frozenset({"name", "status"}),
)
SERVICE_AT = Table(
    "service_at",
    ("service_at_location", "services_at_location", "service_location"),
    (
        _ID,
        col("service_id", read=ident, must=ALL),
        col("location_id", read=ident, must=ALL),
        col("description"),
    ),
    makers.service_at,
    frozenset({"service_id", "location_id", "description"}),
)
CONTACT = Table(
    "contact",
    ("contact",),
    (_ID, *_OWNERS[:4], *(col(f"_{name}", name) for name in ("name", "title", "department", "email"))),
    makers.contact,
    frozenset({"name", "title", "department"}),
)
PHONE = Table(
    "phone",
    ("phone",),
    (
        _ID,
        *_OWNERS,
        col("number", must=OHANA),
        col("extension"),
        col("kind", "number_type", "type", must=OHANA),
        col("note", "description", "department"),
        *(col(f"_{name}", name) for name in ("vanity_number", "country_prefix", "language")),
    ),
    makers.phone,
    frozenset({"number", "extension"}),
)
HOURS = Table(
    "hours",
    ("regular_schedule", "schedule"),
    (
        _ID,
        *_OWNERS[1:4],
        col("weekday", read=weekday),
        col("opens_at", read=clock_time),
        col("closes_at", read=clock_time),
        *(col(name, read=day) for name in ("valid_from", "valid_to", "dtstart", "until")),
        *(
            col(name)
            for name in ("freq", "interval", "count", "byday", "bymonthday", "byweekno", "byyearday")
        ),
        *(col(name) for name in ("description", "notes")),
        *(col(f"_{name}", name) for name in ("timezone", "wkst", "schedule_link", "attending_type")),
    ),
    schedules.hours,
    frozenset({"opens_at", "closes_at"}),
)
HOLIDAY = Table(
    "holiday",
    ("holiday_schedule", "holiday"),
    (
        _ID,
        *_OWNERS[1:4],
        col("start_date", read=day, must=ALL),
        col("end_date", read=day, must=ALL),
        col("closed", read=yes_or_no, must=ALL),
        col("opens_at", read=clock_time),
        col("closes_at", read=clock_time),
    ),
    makers.holiday,
    frozenset({"start_date", "end_date", "closed"}),
)
CAPACITY = Table(
    "capacity",
    ("service_capacity", "capacity"),
    (
        _ID,
        col("service_id", read=ident, must=ALL),
        col("free", "available", read=whole),
        col("total", "maximum", read=whole),
        col("as_of", "updated", read=moment, must=ALL),
        col("unit", "unit_name", "unit", "unit_id"),
        col("_description", "description"),
    ),
    makers.capacity,
    frozenset({"available", "updated"}),
)


def _detail(kind: str, files: tuple[str, ...], words: tuple[str, ...], *more: str, mark: str = "") -> Table:
    columns = (_ID, *_OWNERS[1:3], col("text", *words), *(col(name) for name in more))
    return Table(kind, files, columns, makers.detail(kind), frozenset({mark or kind}))


DETAILS = (
    _detail("language", ("language",), ("name", "language"), "code", "note", mark="note"),
    _detail("eligibility", ("eligibility",), ("eligibility",)),
    _detail("document", ("required_document",), ("document",)),
    _detail("area", ("service_area",), ("name", "service_area", "description"), mark="extent"),
    _detail("payment", ("payment_accepted", "payments_accepted"), ("payment",)),
    _detail(
        "access",
        ("accessibility", "accessibility_for_disability"),
        ("accessibility", "description"),
        "details",
        mark="accessibility",
    ),
    _detail("cost", ("cost_option",), ("option",), "amount", "currency", "amount_description", mark="option"),
)

TABLES: tuple[Table, ...] = (
    *(
        ORGANIZATION,
        PROGRAM,
        LOCATION,
        ADDRESS,
        MAIL_ADDRESS,
        SERVICE,
        SERVICE_AT,
        CONTACT,
        PHONE,
        HOURS,
        HOLIDAY,
    ),
    *(TAXONOMY, TERM, FILING, CAPACITY, *DETAILS),
)
MAIN = ("organization", "location", "service")
IGNORED = frozenset(
    {
        *(
            "funding",
            "metadata",
            "meta_table_description",
            "organization_identifier",
            "other_attribute",
            "unit",
        ),
        *("url", "additional_url", "additional_website", "program_service"),
    }
)
