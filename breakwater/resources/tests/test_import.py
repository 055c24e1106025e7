"""Reading directories: all of a package or nothing, the same twice, a newer one instead of the older."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection

from breakwater.formats.hsds import Weight
from breakwater.kernel.errors import NotPermitted, Refused
from breakwater.resources.actions.imports import PackageRefused, import_directory
from breakwater.resources.models import (
    Hours,
    Import,
    Organization,
    Phone,
    Place,
    Service,
    ServiceAt,
    TaxonomyTerm,
)
from breakwater.resources.tests.packages import hsds_1, hsds_3, hsds_3_json, write_tables
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Entry
from breakwater.trust.testing import an_actor

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LISTS = (Organization, Place, Service, ServiceAt, Phone, Hours, TaxonomyTerm)


def read(path, *, at=NOW, source="harbor", **how):
    """An import as a transaction of its own: what it staged is gone before the next."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relpersistence = 't' AND relkind = 'r'")
        staged = [name for (name,) in cursor.fetchall()]
        if staged:
            cursor.execute("DROP TABLE IF EXISTS " + ", ".join(f"pg_temp.{name}" for name in staged))
    return import_directory(path, at=at, by=None, source=source, **how)


def listed():
    """Everything in the directory, but for the ids that are made here."""
    return {
        model.__name__: sorted(
            repr(
                [
                    getattr(row, field.attname)
                    for field in model._meta.concrete_fields
                    if field.name != "search"
                ]
            )
            for row in model.objects.all()
        )
        for model in LISTS
    }


@pytest.mark.parametrize("shape", [hsds_3, hsds_3_json, hsds_1])
def test_every_shape_is_read(tmp_path, shape):
    outcome = read(shape(tmp_path / "package"))
    assert (outcome.weights[Weight.BROKEN], outcome.weights[Weight.WRONG]) == (0, 0)
    service = Service.objects.get(external_id="s1")
    assert (service.name, service.organization.name) == ("Night shelter", "Harbor Mission")
    assert "housing" in service.needs
    place = Place.objects.get()
    assert (place.city, place.postal_code, place.time_zone) == ("Springfield", "62701", "America/Chicago")
    assert place.latitude == pytest.approx(39.8, abs=0.05)
    assert ServiceAt.objects.get().hours_from == "place"
    assert Phone.objects.get().number == "(217) 555-0100"
    assert Hours.objects.filter(weekday=0, opens_at="09:00").exists()


def test_without_a_position_the_zip_code_tells_where(tmp_path):
    read(hsds_3(tmp_path / "package"))
    assert Place.objects.get().located_by == Place.LocatedBy.ZIP


def test_twice_changes_nothing(tmp_path):
    package = hsds_3(tmp_path / "package")
    read(package)
    before = listed()
    again = read(package, at=NOW + timedelta(days=1))
    assert again.changed_nothing
    assert listed() == before
    assert Import.objects.count() == 1


def test_a_dry_run_says_what_would_happen_and_saves_nothing(tmp_path):
    outcome = read(hsds_3(tmp_path / "package"), dry_run=True)
    assert outcome.counts["service"].new == 2
    assert not any(listed().values())


def test_a_newer_package_updates_retires_and_brings_back(tmp_path):
    package = hsds_3(tmp_path / "package")
    read(package)
    kept = Service.objects.get(external_id="s1").pk
    newer = {"id": "s1", "organization_id": "o1", "name": "Winter shelter", "description": "", "status": "active",
             "eligibility_description": ""}  # fmt: skip
    later = NOW + timedelta(days=1)
    outcome = read(write_tables(package, services=[newer]), at=later)
    assert (outcome.counts["service"].changed, outcome.counts["service"].retired) == (1, 1)
    assert (Service.objects.get(external_id="s1").pk, Service.objects.get(pk=kept).name) == (
        kept,
        "Winter shelter",
    )
    assert Service.objects.get(external_id="s2").retired_at == later
    read(hsds_3(tmp_path / "package"), at=later + timedelta(days=1))
    assert Service.objects.get(external_id="s2").retired_at is None


def test_a_wrong_value_is_told_with_its_place_and_nothing_is_saved(tmp_path):
    package = hsds_3(tmp_path / "package")
    write_tables(
        package,
        schedules=[
            {
                "id": "h1",
                "location_id": "l1",
                "byday": "MO",
                "freq": "WEEKLY",
                "opens_at": "25:00",
                "closes_at": "17:00",
            }
        ],
        organizations=[{"id": "o1", "name": "", "description": "x"}],
    )
    told = []
    with pytest.raises(PackageRefused, match="Nothing was saved"):
        read(package, report=told.append)
    assert not any(listed().values())
    wrong = {(one.file, one.row, one.field, one.value) for one in told if one.weight == Weight.WRONG}
    assert ("organizations.csv", 2, "name", "") in wrong
    assert ("schedules.csv", 2, "opens_at", "25:00") in wrong
    assert all(one.reason for one in told)


def test_wrong_rows_may_be_left_out(tmp_path):
    package = hsds_3(tmp_path / "package")
    rows = [{"id": f"s{number}", "organization_id": "o1", "name": name, "description": "", "status": "active",
             "eligibility_description": ""} for number, name in enumerate(("Kept", ""), 1)]  # fmt: skip
    read(write_tables(package, services=rows), skip_bad_rows=True)
    assert list(Service.objects.values_list("name", flat=True)) == ["Kept"]


def test_what_leads_nowhere_is_counted_and_not_fatal(tmp_path):
    package = hsds_3(tmp_path / "package")
    nowhere = {"id": "p1", "service_id": "nobody", "service_at_location_id": "", "number": "(217) 555-0100"}
    write_tables(
        package,
        phones=[nowhere, nowhere | {"id": "p2", "service_id": "", "service_at_location_id": "nowhere"}],
    )
    outcome = read(package)
    assert [str(one.reason) for one in outcome.problems if one.weight == Weight.DANGLING] == [
        "no service of this id is in the package",
        "no service at location of this id is in the package",
    ]
    assert Service.objects.count() == 2


def test_what_is_no_directory_is_refused_in_words(tmp_path):
    (tmp_path / "notes.csv").write_text("day,weather\nMonday,rain\n")
    with pytest.raises(Refused):
        read(tmp_path)
    with pytest.raises(Refused):
        read(tmp_path / "nowhere")


def test_only_those_who_may_import_do_and_the_journal_says_so(tmp_path):
    package = hsds_3(tmp_path / "package")
    worker = an_actor(Role.RESPONDER)
    with pytest.raises(NotPermitted, match="directory package"):
        import_directory(package, at=NOW, by=worker)
    supervisor = an_actor(Role.SUPERVISOR)
    import_directory(package, at=NOW, by=supervisor)
    assert Entry.objects.filter(verb="resources.directory_imported", by=supervisor.user).count() == 1


def test_two_sources_keep_their_ids_apart(tmp_path):
    package = hsds_3(tmp_path / "package")
    read(package)
    read(package, source="another")
    assert Service.objects.listed().count() == 4


def test_words_come_back_exactly(tmp_path):
    name = "Café \u202eØ \"'<b>&amp; 💜 ; DROP TABLE"
    read(
        hsds_3(tmp_path / "package", organizations=[{"id": "o1", "name": name, "description": "line\nline"}])
    )
    assert Organization.objects.get().name == name


@pytest.mark.parametrize(
    ("package", "counts"),
    [("ilao-hsds11", (33, 520, 430)), ("ohana-sample", (8, 22, 23)), ("florida-legal-aid", (20, 378, 135))],
)  # fmt: skip
def test_real_directories_are_read_whole(shared, package, counts):
    outcome = read(shared(f"data/hsds/{package}"))
    assert (outcome.weights[Weight.BROKEN], outcome.weights[Weight.WRONG]) == (0, 0)
    assert tuple(model.objects.count() for model in (Organization, Place, Service)) == counts
    assert read(shared(f"data/hsds/{package}"), at=NOW + timedelta(days=1)).changed_nothing


def test_the_examples_of_the_standard_are_read(shared):
    outcome = read(shared("data/hsds/spec-3.0"))
    assert outcome.weights[Weight.WRONG] == 0
    assert Service.objects.count() == 1
    term = TaxonomyTerm.objects.get()
    assert (term.code, term.uri, term.language) == ("code", "http://example.com", "eng")
    assert (term.taxonomy, bool(term.parent)) == ("taxonomy", True)


def test_each_bad_row_of_a_real_directory_is_told(shared, capsys):
    told = []
    with pytest.raises(PackageRefused):
        read(shared("data/hsds/ohana-bad-rows"), report=told.append)
    wrong = [one for one in told if one.weight == Weight.WRONG]
    assert len(wrong) == 14
    assert all(one.file and one.row and one.field and one.reason for one in wrong)
    assert ("hs_with_invalid_date.csv", 2, "end_date", "13/27/2014") in {
        (one.file, one.row, one.field, one.value) for one in wrong
    }
    assert Organization.objects.count() == 0


def test_the_command_prints_a_closing_table(tmp_path, capsys):
    call_command("directory_import", "import", str(hsds_3(tmp_path / "package")), "--source", "harbor")
    said = capsys.readouterr()
    assert "Services" in said.out + said.err
    assert Service.objects.count() == 2
