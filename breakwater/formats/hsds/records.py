"""What a directory tells, one frozen dataclass a table. Ids are the source's own; empty means none."""

from dataclasses import dataclass
from datetime import date, datetime, time


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One row: from which file, at which row, under which id."""

    file: str
    row: int
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization(Record):
    """Who helps."""

    name: str
    alternate_name: str = ""
    description: str = ""
    email: str = ""
    url: str = ""
    tax_id: str = ""
    tax_status: str = ""
    legal_status: str = ""
    year_incorporated: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Program(Record):
    """A group of services of one organization."""

    organization_id: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Location(Record):
    """Where help is."""

    organization_id: str = ""
    name: str = ""
    alternate_name: str = ""
    description: str = ""
    latitude: float | None = None
    longitude: float | None = None
    transportation: str = ""
    accessibility: str = ""
    languages: tuple[str, ...] = ()
    url: str = ""
    is_virtual: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Address(Record):
    """Where a place is, or where its letters go."""

    organization_id: str = ""
    location_id: str = ""
    lines: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""
    is_mail: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Service(Record):
    """What help there is. ``location_id`` is told by dialects that give a service one place."""

    organization_id: str = ""
    location_id: str = ""
    program_id: str = ""
    name: str
    alternate_name: str = ""
    description: str = ""
    alert: str = ""
    status: str = ""
    eligibility: str = ""
    minimum_age: float | None = None
    maximum_age: float | None = None
    how_to_apply: str = ""
    documents: str = ""
    fees: str = ""
    wait_time: str = ""
    areas: str = ""
    interpretation: str = ""
    accreditations: str = ""
    licenses: str = ""
    email: str = ""
    url: str = ""
    languages: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    term_ids: tuple[str, ...] = ()
    assured_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAt(Record):
    """A service is given at a place."""

    service_id: str = ""
    location_id: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact(Record):
    """Whom a contact belongs to. Names of people are not read: a directory holds nothing about anyone."""

    organization_id: str = ""
    location_id: str = ""
    service_id: str = ""
    service_at_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone(Record):
    """A number to call."""

    organization_id: str = ""
    location_id: str = ""
    service_id: str = ""
    service_at_id: str = ""
    contact_id: str = ""
    number: str
    extension: str = ""
    kind: str = "voice"
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours(Record):
    """When it is open on a day of the week (0 is Monday) or of the month.

    No opening time: closed on that day. Neither weekday nor month day: only the words say when.
    """

    location_id: str = ""
    service_id: str = ""
    service_at_id: str = ""
    weekday: int | None = None
    nth: int | None = None
    month_day: int | None = None
    opens_at: time | None = None
    closes_at: time | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday(Record):
    """Days with other hours, or none. ``every_year``: only month and day count."""

    location_id: str = ""
    service_id: str = ""
    service_at_id: str = ""
    starts_on: date
    ends_on: date
    every_year: bool = False
    opens_at: time | None = None
    closes_at: time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail(Record):
    """Something more about a service or a place: a language, whom it is for, what to bring, what it costs."""

    kind: str
    service_id: str = ""
    location_id: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxonomy(Record):
    """A list of terms, as whoever keeps it calls it."""

    name: str
    description: str = ""
    uri: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term(Record):
    """A term that services are filed under, and the wider one that it belongs to."""

    name: str
    code: str = ""
    description: str = ""
    parent_id: str = ""
    uri: str = ""
    language: str = ""
    taxonomy: str = ""
    taxonomy_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing(Record):
    """A service is filed under a term."""

    service_id: str = ""
    term_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity(Record):
    """How much room a service said it has."""

    service_id: str = ""
    unit: str = ""
    free: int | None = None
    total: int | None = None
    as_of: datetime | None = None


RECORDS: tuple[type[Record], ...] = (
    Organization,
    Program,
    Location,
    Address,
    Service,
    ServiceAt,
    Contact,
    Phone,
    Hours,
    Holiday,
    Detail,
    Taxonomy,
    Term,
    Filing,
    Capacity,
)
