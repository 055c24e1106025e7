"""The directory with its room, as entries of Open Referral HSDS 3.1.

Everybody may read it, so it holds what everybody may know: no confidential place, nor anything of it, and no figure of
a victim-service agency. A figure that nobody knows is left out, because it is not zero. Names of people are in no
directory.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID, uuid5

from django.db.models import Prefetch, Q, QuerySet

from breakwater.interop.filing import Entry, attributes, told, with_terms
from breakwater.interop.room import capacities, with_room
from breakwater.resources.models import (
    Holiday,
    Hours,
    Organization,
    Phone,
    Place,
    Service,
    ServiceAt,
)

_STATUSES = {"paused": "temporarily closed"}
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_TYPES = {"hotline": "voice"}
_WHOLE = re.compile(r"[1-9][0-9]{0,7}")
_HIDDEN = Q(place__is_confidential=True)
_BATCH = 200


def services() -> QuerySet[Service]:
    """Every service that is listed, with all that is told of it, in an order that stays."""
    asked: QuerySet[Service] = Service.objects.listed()
    return (
        with_room(asked)
        .prefetch_related(
            Prefetch("organization__phones", Phone.objects.filter(place=None, service=None)),
            Prefetch("phones", Phone.objects.exclude(_HIDDEN)),
            Prefetch("hours", Hours.objects.exclude(_HIDDEN)),
            Prefetch("holidays", Holiday.objects.exclude(_HIDDEN)),
            Prefetch("given_at", given_at()),
        )
        .order_by("pk")
    )


def given_at() -> QuerySet[ServiceAt]:
    """Where services are given, but for confidential places."""
    asked: QuerySet[ServiceAt] = ServiceAt.objects.listed().filter(
        place__retired_at=None, place__is_confidential=False, service__retired_at=None
    )
    return (
        asked.select_related("place")
        .prefetch_related(
            Prefetch("place__phones", Phone.objects.filter(service=None)),
            Prefetch("place__hours", Hours.objects.filter(service=None)),
            Prefetch("place__holidays", Holiday.objects.filter(service=None)),
        )
        .order_by("pk")
    )


def organizations() -> QuerySet[Organization]:
    """Every organization that is listed."""
    asked: QuerySet[Organization] = Organization.objects.listed()
    return asked.prefetch_related(
        Prefetch("phones", Phone.objects.filter(place=None, service=None))
    ).order_by("pk")


def every_service() -> Iterator[Entry]:
    """All services, in batches: memory stays flat however long the directory is."""
    found = services().iterator(chunk_size=_BATCH)
    while some := list(islice(found, _BATCH)):
        yield from map(service_entry, with_terms(some))


def organization_entry(one: Organization) -> Entry:
    """An organization; a program looks for what it needs in the specification's own words."""
    return told(
        id=one.pk, name=one.name, alternate_name=one.alternate_name, description=one.description or one.name,
        email=one.email, website=one.url, tax_status=one.tax_status, tax_id=one.tax_id,
        year_incorporated=one.year_incorporated, legal_status=one.legal_status, phones=_phones(one.phones.all()),
    )  # fmt: skip


def service_entry(one: Service) -> Entry:
    """A service with its organization, places, numbers, hours and room."""
    own_phones, own_hours = _of_itself(one.phones.all()), _of_itself(one.hours.all())
    return told(
        id=one.pk, organization=one.organization and organization_entry(one.organization),
        name=one.name, alternate_name=one.alternate_name, description=one.description, url=one.url, email=one.email,
        status=_STATUSES.get(one.status, one.status), interpretation_services=one.interpretation,
        application_process=one.how_to_apply, fees_description=one.fees, wait_time=one.wait_time,
        accreditations=one.accreditations, eligibility_description=one.eligibility, minimum_age=one.minimum_age,
        maximum_age=one.maximum_age, assured_date=one.assured_on and one.assured_on.isoformat(),
        licenses=one.licenses, alert=one.alert, phones=_phones(own_phones), schedules=_schedules(own_hours),
        languages=_named(one.pk, "language", one.languages),
        service_areas=_named(one.pk, "area", [one.areas]),
        required_documents=_named(one.pk, "document", [one.documents], called="document"),
        service_at_locations=[_given_at(place, one) for place in one.given_at.all()],
        capacities=list(capacities(one)), holiday_schedules=_holidays(_of_itself(one.holidays.all())),
        attributes=list(attributes(one)),
    )  # fmt: skip


def given_entry(one: ServiceAt) -> Entry:
    """A service at a place."""
    return told(
        id=one.pk, service_id=one.service_id, description=one.description, location=_location(one.place)
    )


def _given_at(given: ServiceAt, service: Service) -> Entry:
    """With the numbers and hours of this service here: asked with the service, and told at the place."""
    here = [one for one in service.phones.all() if one.place_id == given.place_id]
    hours = [one for one in service.hours.all() if one.place_id == given.place_id]
    days = [one for one in service.holidays.all() if one.place_id == given.place_id]
    return given_entry(given) | told(
        phones=_phones(here), schedules=_schedules(hours), holiday_schedules=_holidays(days)
    )


def _of_itself(rows: Iterable[Any]) -> list[Any]:
    return [one for one in rows if one.place_id is None]


def _location(place: Place) -> Entry:
    is_exact = place.located_by in ("", Place.LocatedBy.FILE)
    return told(
        id=place.pk, location_type="virtual" if place.is_virtual else "physical", name=place.name,
        alternate_name=place.alternate_name, description=place.description, transportation=place.transportation,
        latitude=place.latitude if is_exact else None, longitude=place.longitude if is_exact else None,
        url=place.url,
        addresses=list(_addresses(place)), phones=_phones(place.phones.all()),
        schedules=_schedules(place.hours.all()), holiday_schedules=_holidays(place.holidays.all()),
        languages=_named(place.pk, "language", place.languages),
        accessibility=_named(place.pk, "access", [place.accessibility], called="description"),
    )  # fmt: skip


def _addresses(place: Place) -> Iterator[Entry]:
    """An address that lacks its street or its city is none in the specification."""
    if place.address and place.city:
        street, *more = place.address.splitlines()
        yield told(
            id=uuid5(place.pk, "address"), address_1=street, address_2=", ".join(more), city=place.city,
            state_province=place.state, postal_code=place.postal_code, country=place.country or "US",
            address_type="physical",
        )  # fmt: skip


def _phones(rows: Iterable[Phone]) -> list[Entry]:
    return [
        told(id=one.pk, **_rung(one), type=_TYPES.get(one.kind, one.kind), description=one.note)
        for one in rows
    ]


def _rung(one: Phone) -> Entry:
    """A number and its extension, a number too in the specification: ``007`` or ``4B`` stays behind its number."""
    if _WHOLE.fullmatch(one.extension):
        return {"number": one.number, "extension": int(one.extension)}
    return {"number": f"{one.number} x {one.extension}" if one.extension else one.number}


def _schedules(rows: Iterable[Hours]) -> list[Entry]:
    """Hours as recurrence rules. A day on which it is closed has none: the specification knows no closed day."""
    return [_schedule(one) for one in rows if one.opens_at or one.words]


def _schedule(one: Hours) -> Entry:
    day = None if one.weekday is None else f"{one.nth or ''}{_DAYS[one.weekday]}"
    is_monthly = one.nth is not None or one.month_day is not None
    return told(
        id=one.pk, valid_from=one.starts_on and one.starts_on.isoformat(),
        valid_to=one.ends_on and one.ends_on.isoformat(),
        freq="MONTHLY" if is_monthly else "WEEKLY" if day else None, byday=day,
        bymonthday=None if one.month_day is None else str(one.month_day),
        opens_at=one.opens_at and f"{one.opens_at:%H:%M}", closes_at=one.closes_at and f"{one.closes_at:%H:%M}",
        description=one.words,
    )  # fmt: skip


def _holidays(rows: Iterable[Holiday]) -> list[Entry]:
    """Days with other hours, or none. The year 1 stands for every year."""
    return [
        told(
            id=one.pk, start_date=_of_a_year(one.starts_on, one), end_date=_of_a_year(one.ends_on, one),
            closed="true" if one.opens_at is None else "false",
            opens_at=one.opens_at and f"{one.opens_at:%H:%M}", closes_at=one.closes_at and f"{one.closes_at:%H:%M}",
        )
        for one in rows
    ]  # fmt: skip


def _of_a_year(day: date, holiday: Holiday) -> str:
    """The day; of every year it is one of year 1, or of the year after when it lasts into the next."""
    if not holiday.every_year:
        return day.isoformat()
    year = 1 + day.year - holiday.starts_on.year  # not a leap year, nor is the next
    month, number = (2, 28) if (day.month, day.day) == (2, 29) else (day.month, day.day)
    return date(year, month, number).isoformat()


def _named(owner: UUID, kind: str, texts: Iterable[str], *, called: str = "name") -> list[Entry]:
    """Details that have no row of their own; their ids are made of their owner's and their words."""
    return [{"id": str(uuid5(owner, f"{kind} {text}")), called: text} for text in texts if text]
