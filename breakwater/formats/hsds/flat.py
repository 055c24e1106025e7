"""Tables whose columns are named after their table: ``organization_uuid``, ``location_name``, ``service_min_age``.

Such an export holds an address in one line and phones in one cell. They are taken apart where that is certain; an
address that cannot be is kept in one line, without a ZIP code.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Protocol

from breakwater.formats.hsds.columns import Table
from breakwater.formats.hsds.makers import Where
from breakwater.formats.hsds.reader import read_row
from breakwater.formats.hsds.records import Record
from breakwater.formats.hsds.rows import Header, Raw
from breakwater.formats.hsds.shapes import Shape
from breakwater.formats.hsds.tables import ADDRESS, MAIN, PHONE
from breakwater.formats.problems import Problem

_ADDRESS = re.compile(
    r"(?P<lines>.+?), *+(?P<city>[^,]+), *(?P<state>[A-Z]{2})(?: +(?P<zip>\d{5}(?:-\d{4})?))?"
)
_CITY = re.compile(r"(?P<lines>)(?P<city>[^,:]+), *(?P<state>[A-Z]{2})(?: +(?P<zip>\d{5}(?:-\d{4})?))?")
_STATE = re.compile(r"(?P<lines>)(?P<city>)(?:State: *)?(?P<state>[A-Z]{2})(?: +(?P<zip>\d{5}(?:-\d{4})?))?")
_RENAMED = {
    "uuid": "id",
    "organization_uuid": "organization_id",
    "location_uuid": "location_id",
    "min_age": "minimum_age",
    "max_age": "maximum_age",
    "problem_codes": "keywords",
    "service_areas": "service_areas",
    "areas": "service_areas",
    "additional_information": "application_process",
}
_ASKS = {
    "income_limit": "Income at most {} % of the poverty line",
    "military_status": "Military: {}",
    "immigration_status": "Immigration: {}",
    "incarceration_status": "Incarceration: {}",
}


class _File(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def table(self) -> Table: ...
    @property
    def header(self) -> Header: ...


def why_not(files: Iterable[_File]) -> str:
    """Why these tables cannot be taken, or nothing."""
    for file in files:
        if file.table.name not in MAIN:
            return f"{file.name} stands beside tables with columns named after their table. Nothing was read."
        wanted = {f"{file.table.name}_uuid", f"{file.table.name}_name"}
        if missing := sorted(wanted - set(file.header.columns)):
            return f"{file.name} has no column “{'”, “'.join(missing)}”. Nothing was read."
    return ""


def read_rows(
    rows: Iterable[tuple[int, Raw] | Problem], table: Table, file: str
) -> Iterator[Record | Problem]:
    """The records and problems of a table."""
    for row in rows:
        if isinstance(row, Problem):
            yield row
            continue
        number, raw = row
        plain = _plain(raw, table.name)
        yield from read_row(plain, table, Where(file, number, Shape.FLAT, table.name))
        if table.name == "location" and plain.get("id"):
            yield from read_row(_address(plain), ADDRESS, Where(file, number, Shape.FLAT, ADDRESS.name))
            for phone in _phones(plain):
                yield from read_row(phone, PHONE, Where(file, number, Shape.FLAT, PHONE.name))


def _plain(raw: Raw, table: str) -> Raw:
    """A row under the usual names."""
    plain: Raw = {}
    for column, cell in raw.items():
        name = column.removeprefix(f"{table}_")
        if name == column and column.endswith("_name"):
            continue  # the organization's name, told again
        plain[_RENAMED.get(name, name)] = cell
    asked = [sentence.format(plain[name]) for name, sentence in _ASKS.items() if plain.get(name, "").strip()]
    if plain.get("require_veteran", "").strip().casefold() == "true":
        asked.append("Veterans only")
    if asked:
        plain["eligibility"] = "\n".join(asked)
    return plain


def _address(plain: Raw) -> Raw:
    written = plain.get("address", "").strip()
    for form in (_ADDRESS, _CITY, _STATE):
        if found := form.fullmatch(written):
            parts = {"address_1": found["lines"], "city": found["city"], "state": found["state"]}
            return parts | {"postal_code": found["zip"] or "", "location_id": plain["id"]}
    return {"address_1": written, "location_id": plain["id"]}


def _phones(plain: Raw) -> Iterator[Raw]:
    """``main: 352-629-0105; fax: 352-629-0106`` as two rows."""
    for written in re.split(r"[;\n]", plain.get("phones", "")):
        label, colon, number = written.rpartition(":")
        if number.strip():
            note = label.strip() if colon else ""
            yield {"number": number.strip(), "description": note, "type": note, "location_id": plain["id"]}
