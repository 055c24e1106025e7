"""Reports of room from outside: unknown is never zero, an older word changes nothing, and nothing is half saved."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command

from breakwater.formats.capacity import Figure, NotAReport, open_report
from breakwater.formats.problems import Problem
from breakwater.kernel.errors import NotPermitted, Refused
from breakwater.resources.actions.reports import import_report
from breakwater.resources.models import Capacity, Import, Organization, Place, Program
from breakwater.resources.testing import a_place
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Entry
from breakwater.trust.testing import an_actor

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
BEDS = "<have:BedCapacity><have:BedType>{kind}</have:BedType><have:Capacity>{told}</have:Capacity></have:BedCapacity>"
HAVE = """<?xml version="1.0"?>
<have:HospitalStatus xmlns:gml="http://opengis.net/gml" xmlns:have="urn:oasis:names:tc:emergency:EDXL:HAVE:1.0"
    xmlns:xnl="urn:oasis:names:tc:ciq:xnl:3">
<have:Hospital>
<have:OrganizationInformation><xnl:OrganisationName><xnl:NameElement>Lighthouse Hospital</xnl:NameElement></xnl:OrganisationName></have:OrganizationInformation>
<have:OrganizationGeoLocation><gml:Point><gml:pos>{pos}</gml:pos></gml:Point></have:OrganizationGeoLocation>
<have:HospitalBedCapacityStatus>
{beds}
</have:HospitalBedCapacityStatus>
<have:LastUpdateTime>{at}</have:LastUpdateTime>
</have:Hospital>
</have:HospitalStatus>"""  # noqa: E501 - as the standard nests it


def bed(kind, **told):
    return BEDS.format(
        kind=kind, told="".join(f"<have:{name}>{value}</have:{name}>" for name, value in told.items())
    )


def have(folder, *beds, at="2026-11-27T11:00:00Z", pos="39.80 -89.65", name="have.xml"):
    path = folder / name
    path.write_text(HAVE.format(beds="\n".join(beds), at=at, pos=pos), encoding="utf-8")
    return path


def measured(folder, **counts):
    population = [
        {"code": {"coding": [{"code": code}]}} | ({"count": told} if told is not None else _UNSUPPORTED)
        for code, told in counts.items()
    ]
    path = folder / "report.json"
    path.write_text(json.dumps({
        "resourceType": "MeasureReport", "date": "2026-11-27T10:00:00Z", "group": [{"population": population}],
        "subject": {"identifier": {"value": "X1"}, "display": "Lighthouse Hospital"},
    }))  # fmt: skip
    return path


_UNSUPPORTED = {
    "_count": {
        "extension": [
            {
                "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
                "valueCode": "unsupported",
            }
        ]
    }
}


def flat(folder, text, name="rooms.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def told(path):
    """Kind, licensed and accepting of each figure that says something."""
    found = [one for one in open_report(path).figures() if isinstance(one, Figure) and one.kind]
    return [(one.kind, one.licensed, one.accepting) for one in found]


def wrong(path):
    return [str(one) for one in open_report(path).figures() if isinstance(one, Problem)]


def read(path, *, at=NOW, by=None, source="county feed", **how):
    return import_report(path, at=at, by=by, source=source, **how)


class TestWhatAReportSays:
    def test_a_hospital_tells_its_beds_and_what_it_leaves_out_is_unknown(self, tmp_path):
        path = have(
            tmp_path,
            bed("AdultPsychiatric", CapacityStatus="Vacant/Available", AvailableCount=3, BaselineCount=12),
            bed("AdultICU", CapacityStatus="Vacant/Available", BaselineCount=8),
            bed("MedicalSurgical", CapacityStatus="NotAvailable", BaselineCount=40),
        )
        assert told(path) == [
            ("AdultPsychiatric", 12, 3),
            ("AdultICU", 8, None),
            ("MedicalSurgical", 40, 0),
        ]

    def test_a_wrong_figure_is_named_with_its_line_and_stays_unknown(self, tmp_path):
        path = have(tmp_path, bed("AdultPsychiatric", AvailableCount="many", BaselineCount=-2))
        assert told(path) == [("AdultPsychiatric", None, None)]
        assert wrong(path) == [
            "have.xml, row 8, AvailableCount “many”: is not a whole number of places; it stays unknown",
            "have.xml, row 8, BaselineCount “-2”: is not a whole number of places; it stays unknown",
        ]

    def test_more_free_than_there_are_is_believed_in_neither_way(self, tmp_path):
        path = have(tmp_path, bed("AdultPsychiatric", AvailableCount=13, BaselineCount=12))
        assert told(path) == [("AdultPsychiatric", None, None)]
        assert "more would be taken than there are: 13 of 12" in wrong(path)[0]

    def test_a_measure_that_is_not_supported_is_unknown(self, tmp_path):
        assert told(measured(tmp_path, numbeds=150, numBedsOcc=None)) == [("inpatient", 150, None)]
        assert told(measured(tmp_path, numbeds=150, numBedsOcc=100)) == [("inpatient", 150, 50)]
        assert told(measured(tmp_path, numICUBedsOcc=3)) == [("intensive", None, None)]
        assert told(measured(tmp_path, numbeds=150, numBedsOcc=160)) == [("inpatient", 150, 0)]
        assert "numbeds “-3”" in wrong(measured(tmp_path, numbeds=-3))[0]

    def test_rows_are_read_and_a_closed_shelter_takes_nobody(self, tmp_path):
        ours = flat(
            tmp_path, "Name,Kind,Licensed,Staffed,Accepting,As_of\nLantern,respite,6,4,,2026-11-27T09:00\n"
        )
        assert told(ours) == [("respite", 6, None)]
        shelters = flat(
            tmp_path,
            "Name,Lat,Lon,Capacity,Population,Status\nSchool,41,-84,175,150,Open\nHall,41,-84,90,10,Closed\n",
        )
        assert told(shelters) == [("shelter", 175, 25), ("shelter", 90, 0)]

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            ("<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "DOCTYPE"),
            ("<have><unclosed></have>", "line 1"),
            ("<feed/>", "holds no hospital"),
            ('{"resourceType": "Location"}', "holds no MeasureReport"),
            ('{"resourceType": ', "is not JSON"),
            ("a,b\n1,2\n", "sets of columns"),
            ("", "sets of columns"),
        ],
    )
    def test_what_is_no_report_says_why(self, tmp_path, content, why):
        with pytest.raises(NotAReport, match=why):
            open_report(flat(tmp_path, content, "odd.txt"))
        with pytest.raises(NotAReport, match="is no file"):
            open_report(tmp_path)


class TestReadingOneOntoTheBoard:
    pytestmark = pytest.mark.django_db

    def test_a_place_that_is_known_gets_its_figure_and_another_is_added(self, tmp_path):
        known = a_place("Lighthouse Hospital", latitude=39.801, longitude=-89.651)
        outcome = read(have(tmp_path, bed("AdultPsychiatric", AvailableCount=3, BaselineCount=12)))
        figure = Capacity.objects.standing().get(program__place=known)
        assert (figure.program.kind, figure.total, figure.free, figure.told_by) == (
            "inpatient_adult",
            12,
            3,
            "county feed",
        )
        assert figure.as_of == datetime(2026, 11, 27, 11, tzinfo=UTC)
        assert (outcome.counts["new_facilities"], outcome.counts["new_figures"]) == (0, 1)
        elsewhere = read(have(tmp_path, bed("AdultPsychiatric", AvailableCount=1), pos="41.88 -87.63"))
        assert elsewhere.counts["new_facilities"] == 1
        assert Place.objects.filter(name="Lighthouse Hospital").count() == 2

    def test_the_same_again_changes_nothing_and_an_older_one_neither(self, tmp_path):
        path = have(tmp_path, bed("AdultPsychiatric", AvailableCount=3))
        assert read(path).saved
        again = read(path, at=NOW + timedelta(hours=1))
        assert (again.changed_nothing, again.saved, again.counts["known"]) == (True, None, 1)
        older = have(tmp_path, bed("AdultPsychiatric", AvailableCount=9), at="2026-11-27T08:00:00Z")
        assert read(older).changed_nothing
        newer = have(tmp_path, bed("AdultPsychiatric", AvailableCount=0), at="2026-11-27T11:30:00Z")
        read(newer)
        assert Capacity.objects.standing().get().free == 0
        assert [one.free for one in Capacity.objects.order_by("as_of")] == [3, 0]
        assert Import.objects.count() == 2

    def test_what_nobody_told_is_no_figure_and_an_unknown_kind_is_named(self, tmp_path):
        silent = read(have(tmp_path, bed("OperatingRooms", AvailableCount=2), bed("AdultPsychiatric")))
        assert (Capacity.objects.count(), silent.counts["without_figures"]) == (0, 1)
        assert "OperatingRooms" in str(silent.problems[0])
        assert Place.objects.get().name == "Lighthouse Hospital"

    def test_a_report_from_tomorrow_would_stay_fresh_for_good(self, tmp_path):
        outcome = read(have(tmp_path, bed("AdultPsychiatric", AvailableCount=2), at="2026-11-28T11:00:00Z"))
        assert "has not come yet" in str(outcome.problems[0])
        assert Capacity.objects.count() == 0

    def test_a_list_without_a_moment_asks_for_one(self, tmp_path):
        path = flat(tmp_path, "Name,Capacity,Population,Status\nSchool,175,150,Open\n")
        with pytest.raises(Refused, match="does not say when"):
            read(path)
        assert not Place.objects.exists()
        read(path, as_of=NOW - timedelta(hours=2))
        assert Capacity.objects.get().as_of == NOW - timedelta(hours=2)

    def test_what_is_broken_halfway_saves_nothing(self, tmp_path):
        path = tmp_path / "rooms.csv"
        path.write_bytes(
            b"name,kind,accepting,as_of\nLantern,respite,2,2026-11-27\nHall\xff,respite,1,2026-11-27\n"
        )
        with pytest.raises(Refused, match=r"rooms\.csv|UTF-8"):
            read(path)
        assert not Place.objects.exists()
        assert not Capacity.objects.exists()

    def test_a_house_that_hides_keeps_no_address(self, tmp_path):
        path = flat(
            tmp_path,
            "name,kind,accepting,as_of,address,city,lat,lon\n"
            "Domestic violence shelter,safe_house,2,2026-11-27,9 Elm,Dover,41,-84\n",
        )
        read(path)
        place = Place.objects.get()
        assert (place.is_confidential, place.address, place.city, place.latitude) == (True, "", "", None)

    def test_who_may_and_what_is_written_down(self, tmp_path):
        path = have(tmp_path, bed("AdultPsychiatric", AvailableCount=3))
        with pytest.raises(NotPermitted):
            read(path, by=an_actor(role=Role.INTAKE_WORKER, now=NOW))
        head = an_actor(role=Role.ADMINISTRATOR, now=NOW)
        outcome = read(path, by=head)
        assert Entry.objects.filter(about=outcome.saved.pk).exists()

    def test_the_command_says_what_came_of_it(self, tmp_path, capsys):
        path = have(tmp_path, bed("AdultPsychiatric", AvailableCount=3), bed("Burn", AvailableCount=1))
        call_command("capacity", "import", path, "--dry-run")
        said = capsys.readouterr().out
        assert "“Burn”: is no room that the board knows of" in said
        assert "A dry run" in said
        assert not any(model.objects.exists() for model in (Capacity, Organization, Program))
        with pytest.raises(SystemExit):
            call_command("capacity", "import", tmp_path / "nothing.xml")
        assert "Nothing was saved" in capsys.readouterr().out


class TestTheRealOnes:
    pytestmark = pytest.mark.django_db

    def test_new_jersey_does_not_say_how_many_beds_are_free(self, shared):
        for path in sorted(shared("data/bed-availability/saner").glob("MeasureReport-ExampleNJ-*.json")):
            read(path, source="New Jersey")
        figures = {one.program.kind: one for one in Capacity.objects.standing().select_related("program")}
        assert (figures["inpatient"].total, figures["inpatient"].free) == (15_000, None)
        assert (figures["intensive"].total, figures["intensive"].free) == (2_500, None)
        assert figures["inpatient"].as_of == datetime(2020, 4, 14, tzinfo=UTC)

    def test_hospitals_by_the_standard_and_in_a_feed(self, shared):
        for name in ("sample_have.xml", "sample_feed.xml"):
            outcome = read(shared(f"data/edxl/resourcefinder/{name}"))
            assert (outcome.counts["facilities"], outcome.counts["without_figures"]) == (1, 1)
        assert not Capacity.objects.exists()
        read(shared("data/edxl/resourcefinder/golden_file.csv"))
        assert [(one.total, one.free) for one in Capacity.objects.all()] == [(1, 0)]

    def test_lists_of_facilities_and_shelters(self, shared):
        hospitals = read(shared("data/facilities/turkey_hospitals.csv"), source="TR")
        assert (hospitals.counts["new_facilities"], hospitals.problems) == (
            73,
            [],
        )  # some of 85 rows stand twice
        read(shared("data/facilities/cr_shelter.csv"), source="Red Cross", as_of=NOW)
        assert sorted(Capacity.objects.values_list("total", "free")) == [(100, 50), (150, 0), (175, 25)]
        measures = read(shared("data/bed-availability/saner/covid19-test-csv-import.csv"), source="CDC")
        assert measures.counts["facilities"] == 1
