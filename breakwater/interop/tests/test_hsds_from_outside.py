"""The directory that goes out is held against the tables that the specification publishes, by a validator of others.

The public description is of version 3.0. What 3.1 added (room and its units) stands in no table of it and is passed
over, as are days with other hours, which go by version 2.
"""

import csv
import json
from datetime import UTC, datetime

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from breakwater.interop.filing import every_term
from breakwater.interop.package import write_document, write_package
from breakwater.interop.publishing import every_service
from breakwater.interop.tests.test_hsds import FILED, OTHER_DAYS, figure, read
from breakwater.kernel.ids import new_id
from breakwater.resources.actions.imports import import_directory
from breakwater.resources.models import Phone, Service
from breakwater.resources.testing import a_service
from breakwater.resources.tests.packages import hsds_3

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
_KINDS = {
    "string": "string",
    "number": ["number", "null"],
    "date": "string",
    "time": "string",
    "datetime": "string",
}
_FORMATS = {"uuid": "uuid", "email": "email", "uri": "uri", "date": "date"}
_ADDED = {
    "service_capacities", "units", "holiday_schedules", "capacities",
    "term_uri", "taxonomy_id", "taxonomy_detail", "parent_id",
}  # fmt: skip


@pytest.fixture
def tables(shared):
    """A validator for each table of the specification, by the name of its file and as what it stands in an entry."""
    told = json.loads(shared("data/hsds/spec-3.0/datapackage-schema.json").read_text("utf-8"))
    made = {}
    for table in told["resources"]:
        fields = {one["name"]: one for one in table["schema"]["fields"]}
        asks = {
            "properties": {name: _asks(one) for name, one in fields.items()},
            "required": [name for name, one in fields.items() if one["constraints"]["required"]],
        }
        checker = Draft202012Validator(asks, format_checker=Draft202012Validator.FORMAT_CHECKER)
        made[table["name"]] = made[table["path"].removesuffix(".csv")] = (checker, set(fields))
    made["service_at_locations"] = made["service_at_location"]
    return made


def _asks(field):
    asks = {"type": _KINDS[field["type"]]}
    kind = field.get("format") or field["type"]
    if kind in _FORMATS:
        asks["format"] = _FORMATS[kind]
    if allowed := field["constraints"].get("enum"):
        asks["enum"] = allowed
    return asks


def wrong_in(tables, name, entry):
    """What the specification does not allow in an entry and in all that it names."""
    checker, known = tables[name]
    own = {key: one for key, one in entry.items() if not isinstance(one, dict | list)}
    nested = {key: one for key, one in entry.items() if key not in own and key not in _ADDED}
    found = [f"{name}.{_of(one)}" for one in checker.iter_errors(own) if not _owner_is_missing(one)]
    found += [f"{name}.{key}: unknown" for key in own if key not in known | _ADDED]
    for key, one in nested.items():
        for each in [one] if isinstance(one, dict) else one:
            found += wrong_in(tables, key, each)
    return found


def _of(wrong):
    return f"{'.'.join(map(str, wrong.path))}: {wrong.message}"


def _owner_is_missing(wrong):
    """Within an entry what it belongs to stands around it, and the specification leaves its id out there."""
    return wrong.validator == "required" and wrong.message.split("'")[1].endswith("_id")


def wrong_in_package(tables, folder):
    """The same of tables: what a cell says is a number where the column is one."""
    found = []
    for path in sorted(folder.glob("*.csv")):
        if path.stem not in tables:
            assert path.stem in _ADDED, path
            continue
        checker, known = tables[path.stem]
        numbers = {
            name for name, asks in checker.schema["properties"].items() if asks["type"] == _KINDS["number"]
        }
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                cells = {name: float(one) if name in numbers else one for name, one in row.items() if one}
                found += [f"{path.stem}.{_of(one)}" for one in checker.iter_errors(cells)]
                found += [f"{path.stem}.{name}: unknown" for name in cells if name not in known | _ADDED]
    return found


def test_every_entry_of_a_directory_is_what_the_specification_allows(tables, tmp_path, shared):
    import_directory(shared("data/hsds/ohana-sample"), at=NOW, by=None, source="theirs", skip_bad_rows=True)
    figure(service=Service.objects.first(), free=3, unit="beds")
    listed = list(every_service())
    assert [wrong for one in listed for wrong in wrong_in(tables, "service", one)] == []
    client = Client()
    for table in ("services", "organizations", "service_at_locations"):
        told = client.get(f"/hsds/{table}?per_page=100").json()["contents"]
        assert told
        assert [wrong for one in told for wrong in wrong_in(tables, table, one)] == []
    write_package(tmp_path / "out", listed, terms=every_term())
    assert wrong_in_package(tables, tmp_path / "out") == []


def test_terms_and_other_days_are_what_it_allows(tables, tmp_path):
    read(hsds_3(tmp_path / "package", **FILED, **OTHER_DAYS), "harbor")
    listed = list(every_service())
    assert [wrong for one in listed for wrong in wrong_in(tables, "service", one)] == []
    write_package(tmp_path / "out", listed, terms=every_term())
    assert wrong_in_package(tables, tmp_path / "out") == []


def test_an_extension_goes_out_as_a_number_and_what_is_none_stays_behind_its_number(tmp_path):
    numbers = [("(217) 555-0100", "715"), ("(217) 555-0101", "007"), ("(217) 555-0102", "4B")]
    service = a_service("Night shelter")
    for number, extension in numbers:
        Phone.objects.create(
            source="t", external_id=number, service=service, number=number, extension=extension
        )
    listed = list(every_service())
    assert {(one["number"], one.get("extension")) for entry in listed for one in entry["phones"]} == {
        ("(217) 555-0100", 715), ("(217) 555-0101 x 007", None), ("(217) 555-0102 x 4B", None),
    }  # fmt: skip
    write_package(tmp_path / "out", listed)
    write_document(tmp_path / "out.json", listed)
    for path in (tmp_path / "out", tmp_path / "out.json"):
        read(path, path.name)
        back = Phone.objects.filter(source=path.name).values_list("number", "extension")
        assert set(back) == {*numbers[:2], ("(217) 555-0102 x 4B", "")}


@pytest.mark.parametrize(
    ("wrong", "seen"),
    [
        ({"status": "open"}, "service.status"),
        ({"id": "s1"}, "service.id"),
        ({"name": None}, "service.: 'name' is a required"),
        ({"email": "nobody"}, "service.email"),
        ({"room": "3"}, "service.room: unknown"),
        ({"phones": [{"id": str(new_id()), "number": "1", "extension": "715"}]}, "phones.extension"),
        (
            {"organization": {"id": str(new_id()), "name": "One"}},
            "organization.: 'description' is a required",
        ),
        ({"assured_date": "yesterday"}, "service.assured_date"),
    ],
)
def test_what_is_not_allowed_is_seen(tables, wrong, seen):
    entry = {"id": str(new_id()), "name": "One", "status": "active"}
    assert wrong_in(tables, "service", entry) == []
    planted = {name: one for name, one in (entry | wrong).items() if one is not None}
    assert [one for one in wrong_in(tables, "service", planted) if one.startswith(seen)]
