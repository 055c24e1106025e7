"""SP-42, on the way out: text that breaks programs leaves as CSV, JSON and FHIR, and comes back exactly as it was."""

import pytest
from django.core.management import call_command
from django.test import Client

from breakwater.assessments.library import INSTRUMENTS
from breakwater.assessments.tests.test_exporting import a_sheet, came_back
from breakwater.formats.fhir.bundle import bundle
from breakwater.interop.tests.test_formulas import begins_a_formula, cells_of
from breakwater.interop.tests.test_hsds import read
from breakwater.resources.models import Organization, Service
from breakwater.resources.tests.packages import hsds_3
from tests.luck.naughty import OURS, PUBLIC, packed, public


@pytest.fixture(params=["ours", "public"])
def strings(request, shared):
    listed = OURS if request.param == "ours" else public(shared(PUBLIC))
    return sorted({text for text in listed if text.strip()})


@pytest.fixture
def directory(strings, tmp_path):
    """Each of them is the name of a house and of what it gives, and all that is said of both."""
    houses = [{"id": f"o{n}", "name": text, "description": text} for n, text in enumerate(strings)]
    given = [
        {"id": f"s{n}", "organization_id": f"o{n}", "name": text, "description": text, "status": "active",
         "eligibility_description": text}
        for n, text in enumerate(strings)
    ]  # fmt: skip
    read(hsds_3(tmp_path / "package", organizations=houses, services=given), "theirs")
    return told_by("theirs")


def told_by(source):
    """What a source says of its houses and services, in its own words."""
    houses = Organization.objects.filter(source=source).values_list("name", "description")
    given = Service.objects.filter(source=source).values_list("name", "description", "eligibility")
    return sorted(houses), sorted(given)


@pytest.mark.django_db
def test_a_directory_of_them_goes_out_as_tables_and_as_a_document_and_comes_back(
    strings, directory, tmp_path
):
    assert {name.strip() for name, _ in directory[0]} == {text.strip() for text in strings}
    ways = ("out", "out.json")
    for way in ways:
        call_command("directory_export", str(tmp_path / way))
    for way in ways:
        read(tmp_path / way, way)
        assert told_by(way) == directory
    for path in (tmp_path / "out").glob("*.csv"):
        assert [cell for cell in cells_of(path) if begins_a_formula(cell)] == [], path.name


@pytest.mark.django_db
def test_other_programs_read_each_of_them_as_it_is(strings, directory):
    told, page = [], 1
    while (answer := Client().get("/hsds/services", {"page": page, "per_page": 100}).json())["contents"]:
        told += [(one["name"], one["description"]) for one in answer["contents"]]
        page += 1
    assert sorted(told) == sorted((name, said) for name, said, _ in directory[1])


def test_each_of_them_goes_out_in_an_assessment_and_comes_back(strings):
    definition = INSTRUMENTS["rapid-crisis"]
    lost = [
        text
        for text in packed(tuple(strings), longest=400)
        if came_back(definition, bundle(a_sheet(definition, {"happened": text}))) != {"happened": text}
    ]
    assert lost == []
