"""How the values of a row become records: what belongs together, what must be, what follows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from breakwater.formats.hsds import records, values
from breakwater.formats.hsds.records import Record
from breakwater.formats.hsds.shapes import Shape
from breakwater.formats.problems import Problem, Weight, shortened

Values = dict[str, Any]
Made = Iterator[Record | Problem]

STATUSES = ("active", "inactive", "defunct", "temporarily closed")
PHONE_KINDS = {
    "voice": "voice",
    "phone": "voice",
    "main": "voice",
    "cell": "voice",
    "mobile": "voice",
    "": "voice",
    "hotline": "hotline",
    "crisis": "hotline",
    "fax": "fax",
    "tty": "tty",
    "tdd": "tty",
    "sms": "text",
    "text": "text",
}
_OWNERS = ("organization_id", "location_id", "service_id", "service_at_id", "contact_id")
_ENTITIES_BESIDE_SERVICES = ("organization", "location", "phone", "program", "contact", "address", "schedule")
_KNOWN_DIGITS = (3, 10, 11)


@dataclass(frozen=True, slots=True)
class Where:
    """At which row of which file, in which shape; names problems there.

    Args:
        path: of the entry within a JSON document, to go before field names.
    """

    file: str
    row: int
    shape: Shape
    table: str
    path: str = ""

    def problem(
        self, field: str, value: object, reason: str, weight: Weight = Weight.WRONG, *, id_: object = ""
    ) -> Problem:
        """Something wrong with a field here."""
        shown = shortened(str(value))
        return Problem(
            self.file, self.row, f"{self.path}{field}", shown, reason, weight, self.table, str(id_)
        )

    def at(self) -> dict[str, Any]:
        """What every record says of where it comes from."""
        return {"file": self.file, "row": self.row}


def organization(found: Values, where: Where) -> Made:
    """One organization."""
    yield records.Organization(**where.at(), **_named(found))


def program(found: Values, where: Where) -> Made:
    """One program."""
    yield records.Program(**where.at(), **_named(found))


def location(found: Values, where: Where) -> Made:
    """One place. Half a position, or the point off Africa where empty cells end up, is no position."""
    half_is_told = ("latitude" in found) != ("longitude" in found)
    position = (found.pop("latitude", None), found.pop("longitude", None))
    if half_is_told or position == (0, 0):
        shown = ", ".join("" if part is None else f"{part:g}" for part in position)
        reason = "is no position; left out"
        yield where.problem("latitude", shown, reason, Weight.DOUBTFUL, id_=found["id"])
    if None in position or position == (0, 0):
        position = (None, None)
    is_virtual = (
        bool(found.pop("virtual", False)) or found.pop("location_type", "").strip().casefold() == "virtual"
    )
    found.setdefault("name", found.get("alternate_name") or f"Place {found['id']}")
    yield records.Location(
        **where.at(), **_named(found), latitude=position[0], longitude=position[1], is_virtual=is_virtual
    )


def address(found: Values, where: Where) -> Made:
    """One address of a place or an organization."""
    is_mail = found.pop("address_type", "").strip().casefold() == "postal"
    yield from _address(found, where, is_mail=is_mail)


def mail_address(found: Values, where: Where) -> Made:
    """One address for letters."""
    found.pop("address_type", None)
    yield from _address(found, where, is_mail=True)


def _address(found: Values, where: Where, *, is_mail: bool) -> Made:
    if problem := ownerless(found, where):
        yield problem
        return
    lines = [found.pop(f"address_{number}", "") for number in (1, 2, 3, 4)]
    whole = "\n".join(line for line in lines if line.strip())
    yield records.Address(**where.at(), **_named(found), lines=whole, is_mail=is_mail)


def service(found: Values, where: Where) -> Made:
    """One service. An unknown status is taken for active where the shape does not insist on one."""
    status = found.pop("status", "active").strip().casefold().replace("_", " ")
    if status not in STATUSES:
        is_strict = where.shape in (Shape.OHANA, Shape.HSDS_3)
        reason = f"is not one of {', '.join(STATUSES)}" + ("" if is_strict else "; taken as active")
        weight = Weight.WRONG if is_strict else Weight.DOUBTFUL
        yield where.problem("status", status, reason, weight, id_=found["id"])
        if is_strict:
            return
        status = "active"
    audience, payments = found.pop("audience", ""), found.pop("payments", "")
    if audience.strip():
        found["eligibility"] = "\n".join(filter(None, (audience, found.get("eligibility", ""))))
    if payments.strip():
        found["fees"] = "\n".join(filter(None, (found.get("fees", ""), f"Accepts: {payments}")))
    yield records.Service(**where.at(), **_named(found), status=status)


def service_at(found: Values, where: Where) -> Made:
    """A service at a place; where it has no id, one is made of both."""
    found.setdefault("id", service_at_id(found["service_id"], found["location_id"]))
    yield records.ServiceAt(**where.at(), **_named(found))


def service_at_id(service_id: str, location_id: str) -> str:
    """An id for a service at a place that has none of its own."""
    both = f"{service_id}@{location_id}"
    return both if len(both) <= values.LONGEST_ID else sha256(both.encode()).hexdigest()


def contact(found: Values, where: Where) -> Made:
    """Whom a contact belongs to, for the sake of its phones."""
    if problem := ownerless(found, where):
        yield problem
        return
    yield records.Contact(**where.at(), **_named(found))


def phone(found: Values, where: Where) -> Made:
    """One number. A row that holds none says nothing, and is left out."""
    if problem := ownerless(found, where):
        yield problem
        return
    written = found.pop("number", "")
    try:
        number, extension = values.phone(written)
    except values.Unreadable as reason:
        said = "is empty; there is nothing to call" if not written.strip() else f"is {reason}; left out"
        yield where.problem("number", written, said, Weight.DOUBTFUL, id_=found.get("id", ""))
        return
    digits = sum(mark.isdigit() for mark in number)
    if (
        digits not in _KNOWN_DIGITS
        and not number.lstrip().startswith("+")
        and not any(map(str.isalpha, number))
    ):
        said = f"has {digits} digits; kept as written"
        yield where.problem("number", written, said, Weight.DOUBTFUL, id_=found.get("id", ""))
    kind = found.pop("kind", "").strip().casefold()
    found["extension"] = found.get("extension", "").strip() or extension
    yield records.Phone(**where.at(), **_named(found), number=number, kind=PHONE_KINDS.get(kind, "voice"))


def holiday(found: Values, where: Where) -> Made:
    """Days with other hours, or none. The year 1 stands for every year."""
    if problem := ownerless(found, where):
        yield problem
        return
    starts_on, ends_on = found.pop("start_date"), found.pop("end_date")
    closed = found.pop("closed")
    times = (None, None) if closed else (found.get("opens_at"), found.get("closes_at"))
    if not closed and None in times:
        missing = "opens_at" if times[0] is None else "closes_at"
        yield where.problem(missing, "", "is needed when “closed” is false", id_=found.get("id", ""))
        return
    every_year = starts_on.year == 1
    if every_year and ends_on.year > 2:  # noqa: PLR2004 - from one year into the next at most
        yield where.problem(
            "end_date", ends_on, "is in a year, but the start is in every year", id_=found.get("id", "")
        )
        return
    if every_year:
        starts_on = starts_on.replace(year=2000)
        ends_on = ends_on.replace(year=1999 + ends_on.year)
    if ends_on < starts_on:
        yield where.problem("end_date", ends_on, f"is before the start, {starts_on}", id_=found.get("id", ""))
        return
    found["opens_at"], found["closes_at"] = times
    yield records.Holiday(
        **where.at(), **_named(found), starts_on=starts_on, ends_on=ends_on, every_year=every_year
    )


def taxonomy(found: Values, where: Where) -> Made:
    """A list of terms; one without a name is nothing that a term could stand in."""
    if found.get("id") and found.get("name"):
        yield records.Taxonomy(**where.at(), **_named(found))


def term(found: Values, where: Where) -> Made:
    """A term of a taxonomy. Dialects without taxonomies call a term's own id by that name."""
    if found.get("taxonomy_id") == found.get("id"):
        found = found | {"taxonomy_id": None}
    yield records.Term(**where.at(), **_named(found))


def filing(found: Values, where: Where) -> Made:
    """A service is filed under a term; terms of other things are passed over."""
    if found.pop("link_entity", "").strip().casefold() not in _ENTITIES_BESIDE_SERVICES:
        yield records.Filing(**where.at(), **_named(found))


def capacity(found: Values, where: Where) -> Made:
    """How much room a service said it has."""
    free, total = found.get("free"), found.get("total")
    if free is not None and total is not None and free > total:
        yield where.problem("available", free, f"is more than the maximum, {total}", id_=found.get("id", ""))
        return
    yield records.Capacity(**where.at(), **_named(found))


def detail(kind: str) -> Callable[[Values, Where], Made]:
    """Something more about a service or a place."""

    def make(found: Values, where: Where) -> Made:
        if not (found.get("service_id") or found.get("location_id")):
            return
        words = _WORDS_OF.get(kind, _plain_words)(found)
        if words:
            owners = {name: found.get(name, "") for name in ("service_id", "location_id")}
            yield records.Detail(**where.at(), id=found.get("id", ""), kind=kind, text=words, **owners)

    return make


def _plain_words(found: Values) -> str:
    return "\n".join(part for part in (found.get("text", ""), found.get("details", "")) if part.strip())


def _cost_words(found: Values) -> str:
    price = " ".join(
        part
        for part in (
            found.get("amount", ""),
            found.get("currency", "").upper(),
            found.get("amount_description", ""),
        )
        if part.strip()
    )
    return ": ".join(part for part in (found.get("text", ""), price) if part.strip())


_WORDS_OF: dict[str, Callable[[Values], str]] = {
    "cost": _cost_words,
    "language": lambda found: found.get("text", "") or found.get("code", ""),
}


def _named(found: Values) -> Values:
    """What a record keeps: no columns that begin with an underscore, and none that were left out."""
    return {name: value for name, value in found.items() if name[0] != "_" and value is not None}


def ownerless(found: Values, where: Where) -> Problem | None:
    """The problem of a row that belongs to nobody; ``None`` when somebody owns it."""
    if any(found.get(name) for name in _OWNERS):
        return None
    return where.problem(
        "location_id", "", "belongs to no organization, location or service", id_=found.get("id", "")
    )
