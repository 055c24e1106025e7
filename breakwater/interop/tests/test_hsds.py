"""The directory goes out as HSDS: whole, to everybody, and without anything that would lead to a hidden place."""

import json
import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from breakwater.formats.hsds import Weight
from breakwater.formats.hsds.writing import COLUMNS
from breakwater.interop.filing import every_term, with_terms
from breakwater.interop.package import write_document, write_package
from breakwater.interop.publishing import every_service, services
from breakwater.kernel.errors import Refused
from breakwater.resources.actions.imports import PackageRefused, import_directory
from breakwater.resources.models import (
    Capacity,
    Holiday,
    Hours,
    Organization,
    Phone,
    Place,
    Program,
    Service,
    ServiceAt,
    TaxonomyTerm,
)
from breakwater.resources.models.domains import Domain
from breakwater.resources.testing import a_place, a_service, open_on
from breakwater.resources.tests.packages import hsds_3
from breakwater.trust.testing import an_agency

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
LISTED = (Organization, Service, Place, ServiceAt, Phone, Hours, Holiday)


def read(path, source):
    try:
        return _read(path, source)
    except PackageRefused as refusal:
        pytest.fail("; ".join(str(one) for one in refusal.outcome.problems[:20]))


def _read(path, source):
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relpersistence = 't' AND relkind = 'r'")
        if staged := [name for (name,) in cursor.fetchall()]:
            cursor.execute("DROP TABLE IF EXISTS " + ", ".join(f"pg_temp.{name}" for name in staged))
    return import_directory(path, at=NOW, by=None, source=source)


def told_by(source):
    """What a source lists, but for ids: what is the same in a directory that went out and came back."""
    left_out = {"id", "source", "external_id", "term_keys", "search", "names", "located_by"}
    return {
        model.__name__: sorted(
            repr([
                getattr(row, field.attname)
                for field in model._meta.concrete_fields
                if field.name not in left_out and not field.is_relation
            ])
            for row in model.objects.filter(source=source)
        )
        for model in LISTED
    }  # fmt: skip


FILED = {
    "taxonomy_terms": [
        {"id": "t1", "code": "BH-1800", "name": "Homeless Shelter", "description": "x"},
        {"id": "t2", "code": "", "name": "Refugio, niños", "description": "x"},
    ],
    "attributes": [
        {"id": f"f{number}", "link_id": "s1", "taxonomy_term_id": f"t{number}", "link_entity": "service"}
        for number in (1, 2)
    ],
}
_DAY = dict.fromkeys(COLUMNS["holiday_schedules"], "") | {"closed": "true"}
OTHER_DAYS = {
    "holiday_schedules": [
        _DAY | {"id": "d1", "location_id": "l1", "start_date": "0001-12-24", "end_date": "0002-01-02"},
        _DAY | {"id": "d2", "service_id": "s1", "start_date": "2026-11-26", "end_date": "2026-11-27",
                "closed": "false", "opens_at": "10:00", "closes_at": "12:30"},
        _DAY | {"id": "d3", "service_at_location_id": "x1", "start_date": "0001-02-28", "end_date": "0001-02-28"},
    ],
}  # fmt: skip


def test_what_went_out_comes_back_the_same(tmp_path):
    read(hsds_3(tmp_path / "package", **FILED, **OTHER_DAYS), "harbor")
    assert sorted(Service.objects.get(name="Night shelter").terms) == ["Homeless Shelter", "Refugio, niños"]
    shelter = Service.objects.get(name="Night shelter")
    assert dict(zip(shelter.terms, shelter.term_codes, strict=True))["Homeless Shelter"] == "BH-1800"
    assert Holiday.objects.filter(every_year=True).count() == 2
    write_package(tmp_path / "out", every_service())
    write_document(tmp_path / "out.json", every_service())
    for name, path in (("tables", tmp_path / "out"), ("json", tmp_path / "out.json")):
        outcome = read(path, name)
        assert (outcome.weights[Weight.BROKEN], outcome.weights[Weight.WRONG]) == (0, 0), outcome.problems
        assert told_by(name) == told_by("harbor")


def test_terms_go_out_with_the_codes_of_their_source_and_our_needs_with_codes_that_stay(tmp_path):
    service = a_service("Night shelter")
    Service.objects.update(
        terms=["Homeless Shelter", "Refugio"], term_codes=["BH-1800", ""], needs=["housing", "mental_health"]
    )
    terms = [
        one["taxonomy_term"] for one in Client().get(f"/hsds/services/{service.pk}").json()["attributes"]
    ]
    assert [(one.get("code"), one["name"], one.get("taxonomy")) for one in terms] == [
        ("BH-1800", "Homeless Shelter", None),
        (None, "Refugio", None),
        ("housing", "Housing", "Breakwater needs"),
        ("mental_health", "Mental health", "Breakwater needs"),
    ]
    assert terms[2]["id"] == "eebdd6ed-5326-5cb6-92aa-05f6485e65ce", "other programs know it by this"
    write_package(tmp_path / "out", every_service())
    read(tmp_path / "out", "back")
    back = Service.objects.get(source="back")
    assert (sorted(back.terms), sorted(back.term_codes)) == (["Homeless Shelter", "Refugio"], ["", "BH-1800"])
    assert (tmp_path / "out" / "taxonomies.csv").read_text("utf-8").count("Breakwater needs") == 1


TREE = {
    "taxonomies": [
        {"id": "v1", "name": "Harbor list", "description": "What help is called here.",
         "uri": "https://terms.example/harbor", "version": "7"},
    ],
    "taxonomy_terms": [
        {"id": f"t{number}", "code": code, "name": name, "description": f"About {name}", "parent_id": parent,
         "taxonomy": "Harbor list", "language": "eng", "taxonomy_id": "v1",
         "term_uri": f"https://terms.example/harbor/{code}"}
        for number, code, name, parent in (
            (1, "B", "Basic needs", ""), (2, "BH", "Housing", "t1"), (3, "BH-18", "Night shelter", "t2"),
            (4, "Z", "Nothing stands under it", ""),
        )
    ],
    "attributes": [{"id": "f1", "link_id": "s1", "taxonomy_term_id": "t3", "link_entity": "service"}],
}  # fmt: skip


def tree(source):
    """The terms of a source, each with the way up and the list that it stands in."""
    known = {one.external_id: one for one in TaxonomyTerm.objects.listed().filter(source=source)}

    def up(one):
        return (one.code, *(up(known[one.parent]) if one.parent else ()))

    return {
        one.code: (up(one), one.name, one.description, one.uri, one.language, one.taxonomy, one.taxonomy_about,
                   one.taxonomy_uri, one.taxonomy_version)
        for one in known.values()
    }  # fmt: skip


def test_terms_keep_the_wider_ones_where_they_are_explained_and_their_list_and_come_back_the_same(tmp_path):
    read(hsds_3(tmp_path / "package", **TREE), "harbor")
    assert tree("harbor")["BH-18"] == (
        ("BH-18", "BH", "B"), "Night shelter", "About Night shelter", "https://terms.example/harbor/BH-18", "eng",
        "Harbor list", "What help is called here.", "https://terms.example/harbor", "7",
    )  # fmt: skip
    assert read(hsds_3(tmp_path / "again", **TREE), "harbor").changed_nothing
    write_package(tmp_path / "out", every_service(), terms=every_term())
    outcome = read(tmp_path / "out", "back")
    assert not any("term" in one.table for one in outcome.problems)
    assert tree("back") == tree("harbor"), "also the one under which nothing stands"
    fewer = TREE | {"taxonomy_terms": TREE["taxonomy_terms"][:3]}
    read(hsds_3(tmp_path / "fewer", **fewer), "harbor")
    assert tree("harbor").keys() == {"B", "BH", "BH-18"}


def test_a_program_follows_a_term_up_by_its_id(tmp_path, django_assert_num_queries):
    read(hsds_3(tmp_path / "package", **TREE), "harbor")
    service = Service.objects.get(name="Night shelter")
    client, way = Client(), []
    (filed,) = [
        one["taxonomy_term"] for one in client.get(f"/hsds/services/{service.pk}").json()["attributes"]
        if one["taxonomy_term"].get("taxonomy") == "Harbor list"
    ]  # fmt: skip
    assert filed["taxonomy_detail"]["version"] == "7"
    assert filed["term_uri"] == "https://terms.example/harbor/BH-18"
    term = filed
    while term.get("parent_id"):
        term = client.get(f"/hsds/taxonomy_terms/{term['parent_id']}").json()
        way.append(term["code"])
    assert way == ["BH", "B"]
    assert client.get("/hsds/taxonomy_terms").json()["total_items"] == 4 + len(Domain)
    listed = list(services())
    with django_assert_num_queries(1):
        with_terms(listed)


def test_a_program_finds_the_lists_of_terms_and_what_stands_in_each(tmp_path):
    read(hsds_3(tmp_path / "package", **TREE), "harbor")
    client = Client()

    def terms(**asked):
        return [one["code"] for one in client.get("/hsds/taxonomy_terms", asked).json()["contents"]]

    ours, theirs = client.get("/hsds/taxonomies").json()["contents"]
    assert ours["name"] == "Breakwater needs"
    assert theirs == {
        "id": theirs["id"], "name": "Harbor list", "description": "What help is called here.",
        "uri": "https://terms.example/harbor", "version": "7",
    }  # fmt: skip
    assert client.get(f"/hsds/taxonomies/{theirs['id']}").json() == theirs
    assert client.get(f"/hsds/taxonomies/{uuid4()}").status_code == 404
    assert sorted(terms(taxonomy_id=theirs["id"])) == ["B", "BH", "BH-18", "Z"]
    assert sorted(terms(taxonomy_id=theirs["id"], top_only="true")) == ["B", "Z"]
    assert terms(taxonomy_id=ours["id"]) == Domain.values
    basic = client.get("/hsds/taxonomy_terms", {"taxonomy_id": theirs["id"], "top_only": "true"}).json()[
        "contents"
    ]
    assert terms(parent_id=next(one["id"] for one in basic if one["code"] == "B")) == ["BH"]
    assert terms(taxonomy_id=uuid4()) == []
    assert client.get("/hsds/taxonomy_terms", {"parent_id": "x"}).status_code == 400
    everything = [
        one["id"] for page in range(1, 9) for one in
        client.get("/hsds/taxonomy_terms", {"per_page": 3, "page": page}).json()["contents"]
    ]  # fmt: skip
    assert len(everything) == len(set(everything)) == 4 + len(Domain)
    need = client.get(f"/hsds/taxonomy_terms/{Domain.HOUSING.term_id}").json()
    assert (need["code"], need["taxonomy_detail"]["id"]) == ("housing", ours["id"])


def test_every_path_that_the_specification_names_is_there(shared):
    named = json.loads(shared("data/hsds/spec-3.0/openapi.json").read_text(encoding="utf-8"))["paths"]
    lists = {path.split("{")[0].rstrip("/") for path in named}
    assert {path: Client().get(f"/hsds{path or '/'}").status_code for path in lists} == dict.fromkeys(
        lists, 200
    )


def test_whichever_service_comes_first_a_document_is_read_the_same(tmp_path):
    read(hsds_3(tmp_path / "package", **FILED, **OTHER_DAYS), "harbor")
    listed = list(every_service())
    assert len(listed) > 1
    for number in range(len(listed)):
        path = tmp_path / f"out-{number}.json"
        write_document(path, listed[number:] + listed[:number])
        read(path, f"turned {number}")
        assert told_by(f"turned {number}") == told_by("harbor")


@pytest.mark.parametrize("sample", ["ohana-sample", "ilao-hsds11"])
def test_a_real_directory_goes_out_and_every_service_comes_back(tmp_path, shared, sample):
    import_directory(shared(f"data/hsds/{sample}"), at=NOW, by=None, source="theirs", skip_bad_rows=True)
    written = write_package(tmp_path / "out", every_service())
    read(tmp_path / "out", "back")
    there, back = (Service.objects.filter(source=one) for one in ("theirs", "back"))
    assert written["services"] == there.count() == back.count() > 20
    assert sorted(back.values_list("name", "eligibility", "fees")) == sorted(
        there.values_list("name", "eligibility", "fees")
    )


def test_every_page_of_the_list_and_every_entry_is_there_for_everybody(django_assert_max_num_queries):
    place = a_place()
    open_on(place, 0, 1)
    named = [a_service(f"Night shelter {number}", place=place) for number in range(7)]
    client, found = Client(), []
    with django_assert_max_num_queries(16):
        first = client.get("/hsds/services?per_page=3").json()
    assert (first["total_items"], first["total_pages"], first["first_page"], first["last_page"]) == (
        7,
        3,
        True,
        False,
    )
    for number in (1, 2, 3):
        found += client.get(f"/hsds/services?per_page=3&page={number}").json()["contents"]
    assert {one["id"] for one in found} == {str(one.pk) for one in named}
    one = client.get(f"/hsds/services/{named[0].pk}").json()
    assert one == next(other for other in found if other["id"] == one["id"])
    (given,) = one["service_at_locations"]
    assert given["location"]["addresses"][0]["city"] == "Springfield"
    assert {row["byday"] for row in given["location"]["schedules"]} == {"MO", "TU"}
    assert client.get(f"/hsds/service_at_locations/{given['id']}").json()["location"] == given["location"]
    organization = client.get(f"/hsds/organizations/{one['organization']['id']}").json()
    assert organization == one["organization"]
    assert client.get("/hsds/organizations").json()["total_items"] == 7
    assert client.get("/hsds/service_at_locations").json()["total_items"] == 7
    assert client.get("/hsds/").json()["version"] == "3.1"


@pytest.mark.parametrize("asked", ["page=0", "page=x", "page=-1", "per_page=101", "page=٣", "page=99999999"])
def test_a_page_that_is_none_is_answered_by_a_sentence(asked):
    answer = Client().get(f"/hsds/services?{asked}")
    assert answer.status_code == 400
    assert "whole numbers" in answer.json()["error"]


def test_a_page_behind_the_last_is_empty():
    assert Client().get("/hsds/services?page=9").json()["empty"] is True


def figure(**of):
    return Capacity.objects.create(**({"told_by": "Front desk", "as_of": NOW} | of))


def test_room_is_told_where_it_is_known_and_unknown_is_not_zero():
    place = a_place()
    known, unknown, none_left = (a_service(name, place=place) for name in ("Known", "Unknown", "Full"))
    figure(service=known, place=place, free=3, total=12, unit="beds")
    figure(service=unknown, place=place, free=None, total=12)
    figure(service=none_left, place=place, free=0)
    kept = Program.objects.create(place=place, service=known, kind="respite")
    figure(program=kept, free=1)
    told = {one["name"]: one.get("capacities", []) for one in every_service()}
    assert [(one["unit"]["name"], one["available"], one.get("maximum")) for one in told["Known"]] == [
        (kept.get_kind_display(), 1, None)
    ], "what the house says itself stands, and no older figure beside it"
    assert all(one["updated"] == NOW.isoformat() for one in told["Known"])
    assert (told["Unknown"], [one["available"] for one in told["Full"]]) == ([], [0])


def test_what_a_house_tells_now_goes_out_less_what_was_given_and_in_place_of_what_was_listed():
    """As the board shows it: by a tap, a program or a report the house tells it of its place, and of no service."""
    place = a_place()
    beds = a_service("Night shelter", place=place, needs=["housing"])
    pantry = a_service("Pantry", place=place, needs=["food"])
    figure(service=beds, free=9, total=12, as_of=NOW - timedelta(hours=3))
    figure(service=pantry, free=40, as_of=NOW - timedelta(hours=3))
    cots = Program.objects.create(place=place, kind="shelter_adult")
    figure(program=cots, free=2)
    alone = a_service("Detox", place=a_place("Millstone 2"), needs=[])
    figure(program=Program.objects.create(place=alone.given_at.get().place, kind="detox"), free=None, ready=0)
    told = {one["name"]: one.get("capacities", []) for one in every_service()}
    shown = {name: [(one["unit"]["name"], one["available"]) for one in rows] for name, rows in told.items()}
    assert shown["Night shelter"] == [("Shelter, adults", 2)]
    assert shown["Pantry"] == [("places", 40)], "cots are no food"
    assert shown["Detox"] == [("Detox", 0)], "without a clean bed nobody is taken"
    figure_of_cots = Capacity.objects.standing().get(program=cots)
    Capacity.objects.filter(pk=figure_of_cots.pk).update(as_of=NOW - timedelta(hours=4))
    told = {one["name"]: one["capacities"] for one in every_service()}
    assert [one["available"] for one in told["Night shelter"]] == [9, 2], (
        "a newer listed one stands beside it"
    )


@pytest.fixture
def hidden(tmp_path):
    """A house that nobody may find, and one of a victim-service agency; whatever is told of them is a canary."""
    place = Place.objects.create(
        source="t",
        external_id="h",
        name="zqHouse",
        state="IL",
        time_zone="America/Chicago",
        is_confidential=True,
    )
    service = a_service("Shelter for those who flee", place=place)
    Phone.objects.create(source="t", external_id="1", place=place, number="zq555-0001")
    Phone.objects.create(source="t", external_id="2", place=place, service=service, number="zq555-0002")
    Hours.objects.create(source="t", external_id="3", place=place, words="zqbell twice")
    Hours.objects.create(source="t", external_id="4", place=place, service=service, words="zqside door")
    figure(service=service, place=place, free=41, unit="zqbeds")
    figure(service=service, free=42, unit="zqrooms")
    figure(program=Program.objects.create(place=place, service=service, kind="respite"), free=43)
    haven = an_agency(name="Haven", kind="victim_service")
    theirs = a_service("Haven house", place=a_place("Haven office"))
    figure(program=Program.objects.create(place=place, kind="detox"), free=46)
    figure(program=Program.objects.create(place=theirs.given_at.get().place, kind="shelter"), free=47)
    Organization.objects.filter(pk=theirs.organization_id).update(agency=haven)
    figure(service=theirs, free=44, unit="zqplaces")
    figure(
        program=Program.objects.create(
            place=theirs.given_at.get().place, service=theirs, agency=haven, kind="respite"
        ),
        free=45,
    )
    return place


def test_nothing_that_leads_to_a_hidden_house_goes_out(hidden, tmp_path):
    client = Client()
    sent = [
        client.get(f"/hsds/{path}").content.decode()
        for path in ("services", "organizations", "service_at_locations")
    ]
    sent += [client.get(f"/hsds/services/{one.pk}").content.decode() for one in services()]
    call_command("directory_export", str(tmp_path / "out"))
    call_command("directory_export", str(tmp_path / "out.json"))
    sent += [path.read_text() for path in (*(tmp_path / "out").iterdir(), tmp_path / "out.json")]
    assert len(sent) == 3 + 2 + len(COLUMNS) + 2
    assert "Shelter for those who flee" in sent[0]
    assert "Haven office" in sent[0]
    for text in sent:
        assert "zq" not in text
        assert str(hidden.pk) not in text
        assert '"available":' not in text
    given = hidden.gives.get()
    missing = client.get(f"/hsds/service_at_locations/{given.pk}")
    never = client.get("/hsds/service_at_locations/0193a000-0000-7000-8000-000000000000")
    assert (missing.status_code, missing.content) == (404, never.content)


def test_a_middle_of_a_zip_code_is_not_told_as_a_position():
    a_service("By ZIP", place=a_place("Somewhere", located_by="zip"))
    (one,) = every_service()
    assert "latitude" not in one["service_at_locations"][0]["location"]


def test_what_is_retired_is_not_told():
    a_service("Closed long ago", retired_at=NOW)
    assert list(every_service()) == []


@pytest.mark.parametrize("write", [write_package, write_document])
def test_what_is_there_is_not_written_over(tmp_path, write):
    (tmp_path / "out").mkdir()
    with pytest.raises(Refused, match="something at"):
        write(tmp_path / "out", [])


def test_where_nothing_can_be_written_that_is_said(tmp_path):
    with pytest.raises(Refused, match=re.escape("cannot be written to:")):
        write_package(tmp_path / "not there" / "out", [])


@pytest.mark.parametrize("write", [write_package, write_document])
def test_what_is_broken_off_leaves_nothing(tmp_path, write):
    def broken():
        yield {"id": "1", "name": "One", "status": "active"}
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "out", broken())
    assert list(tmp_path.iterdir()) == []


def test_an_empty_directory_goes_out_too(tmp_path):
    write_document(tmp_path / "out.json", [])
    write_package(tmp_path / "out", [])
    assert json.loads((tmp_path / "out.json").read_text()) == []
    assert {path.stem for path in (tmp_path / "out").glob("*.csv")} == set(COLUMNS)
