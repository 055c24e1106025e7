"""When one asks again: as practice does or as an agency says, a date that rings nowhere."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from breakwater.assessments.actions.asking import stop_asking
from breakwater.assessments.actions.keeping import Usual, attest, set_default
from breakwater.assessments.instruments_of import offered_to
from breakwater.assessments.library import INSTRUMENTS, REPEATS, load_repeats
from breakwater.assessments.models import AgencyDefault, Assessment
from breakwater.assessments.rules.licensing import STAFF
from breakwater.assessments.rules.repeating import CONTACT, DATE, NOT_AGAIN, Repeat
from breakwater.assessments.testing import a_completed_assessment, an_assessment
from breakwater.cases.testing import a_case
from breakwater.clocks.models import Clock
from breakwater.kernel.errors import NotPermitted, Refused
from breakwater.kernel.tables import WrongTable
from breakwater.trust.access import acting, system_for
from breakwater.trust.testing import an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of

# How often practice asks again, entered a second time and by hand from the sheet of instruments: in days, or at what.
PRACTICE = {
    14: "phq-9 phq-2 phq-4 phq-8 gad-7 gad-2 k6 k10",
    365: "pc-ptsd-5 audit-c audit dast-10 cage-aid taps assist-lite hits hark",
    90: "ssm prapare ahc-hrsn hunger-vital-sign cans ansa dla-20 proqol-5 olbi cbi",
    30: "barc-10",
    1: "broset dasa",
    "contact": "c-ssrs-screener c-ssrs-full asq bssa ctrs-1984",
    "incident": "lap",
    "change": "danger-assessment safe-t",
}


def test_practice_is_what_the_sheet_says():
    wanted = {key: how for how, keys in PRACTICE.items() for key in keys.split()}
    assert {key: one.from_days or one.how for key, one in REPEATS.items()} == wanted
    assert Repeat(how=DATE, from_days=14).starting(date(2026, 11, 28)) == date(2026, 12, 12)
    assert Repeat(how=CONTACT).starting(date(2026, 11, 28)) is None


@pytest.mark.parametrize("row", ['[repeats.phq-10]\nhow = "contact"', '[repeats.phq-9]\nhow = "date"'])
def test_a_row_about_nothing_or_without_days_stops_the_start(row, tmp_path):
    path = tmp_path / "repeats.toml"
    path.write_text(f'date = 2026-11-28\nverified = false\nsource = "A test"\n{row}\nsays = "often"\n')
    with pytest.raises(WrongTable, match="no instrument that is here, or counts days without a date"):
        load_repeats(path, INSTRUMENTS)


pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


@pytest.fixture
def ada():
    return an_actor(now=NOW)


@pytest.fixture
def case(ada):
    return a_case(by=ada, at=ada.now)


def usual(ada, instrument, repeat=None, profile="", bands=""):
    by = system_for(ada.agency, now=NOW)
    with acting(by):
        made = set_default(instrument, Usual(repeat=repeat, profile=profile, bands=bands), at=NOW, by=by)
    as_seen_by(ada)
    return made


def panel_of(case, ada):
    page = browser_of(ada).get(f"/case/{case.pk}/").content.decode()
    return page[page.index('id="assessments"') :].partition("</section>")[0]


def test_what_was_asked_says_from_when_again_and_no_clock_runs(ada, case):
    done = a_completed_assessment(case, by=ada, instrument="phq-9", said={str(n): "1" for n in range(1, 10)})
    assert (done.again, done.again_from) == ("date", ada.now.astimezone(ada.zone).date() + timedelta(days=14))
    assert not Clock.objects.filter(about=done.pk).exists()
    page = browser_of(ada).get(f"/assessments/{done.pk}/result/").content.decode()
    assert "Asked again from " in page
    assert "Usual practice, not verified: every two to four weeks." in page
    panel = panel_of(case, ada)
    assert "; again from " in panel
    assert "Due again" not in panel


def test_what_is_due_again_is_the_last_of_each_that_is_not_being_asked(ada, case):
    old = NOW - timedelta(days=40)
    first = a_completed_assessment(case, by=ada, at=old)
    panel = panel_of(case, ada)
    assert "Due again: " in panel
    assert f"/assessments/{first.pk}/result/" in panel
    stop_asking(an_assessment(case, by=ada), at=NOW, by=ada)
    assert "Due again" in panel_of(case, ada), "what was not finished is not asked"
    begun = an_assessment(case, by=ada)
    assert "Due again" not in panel_of(case, ada), "it is being asked"
    stop_asking(begun, at=NOW, by=ada)
    a_completed_assessment(case, by=ada)
    assert "Due again" not in panel_of(case, ada), "it was asked since"


def test_from_its_day_on_and_not_before(ada, case):
    for days, wanted in ((13, False), (14, True)):
        asked = a_completed_assessment(case, by=ada, at=NOW - timedelta(days=days))
        assert ("Due again" in panel_of(case, ada)) is wanted
        Assessment.objects.filter(pk=asked.pk).update(instrument=f"phq-2-{days}")


def test_what_is_asked_at_each_contact_says_so_and_is_due_on_no_day(ada, case):
    said = dict.fromkeys(("1", "2", "6"), "no")
    done = a_completed_assessment(case, by=ada, instrument="c-ssrs-screener", said=said)
    assert (done.again, done.again_from) == ("contact", None)
    panel = panel_of(case, ada)
    assert "; again at each contact" in panel
    assert "Due again" not in panel


def test_an_agency_says_otherwise_and_what_was_completed_keeps_its_day(ada, case):
    before = a_completed_assessment(case, by=ada)
    usual(ada, "phq-2", Repeat(how=DATE, from_days=7))
    after = a_completed_assessment(case, by=ada)
    assert after.again_from - before.again_from == timedelta(days=-7)
    usual(ada, "phq-2", Repeat(how=NOT_AGAIN))
    assert (a_completed_assessment(case, by=ada).again, AgencyDefault.objects.count()) == ("", 2)
    usual(ada, "phq-2")
    assert a_completed_assessment(case, by=ada).again_from == before.again_from, "as practice does"


def test_an_agencys_cut_offs_count_where_nobody_chooses_others(ada, case):
    usual(ada, "ctrs-1984", profile="nine")
    usual(ada, "c-ssrs-screener", profile="three_band")
    assert an_assessment(case, by=ada, instrument="ctrs-1984").profile == "nine"
    said = {"1": "no", "2": "no", "6": "yes", "6r": "no", "6y": "no"}
    done = a_completed_assessment(case, by=ada, instrument="c-ssrs-screener", said=said)
    assert done.results.get().tier == "low"
    asked = an_assessment(case, by=ada, instrument="c-ssrs-screener", profile="two_band")
    assert asked.profile == "two_band"
    usual(an_actor(now=NOW), "ctrs-1984", profile="ten")
    as_seen_by(ada)
    assert an_assessment(a_case(by=ada, at=NOW), by=ada, instrument="ctrs-1984").profile == "nine"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"instrument": "phq-10", "repeat": None}, "for which instrument"),
        ({"instrument": "phq-9", "repeat": Repeat(how=DATE)}, "after how many days"),
        ({"instrument": "phq-9", "repeat": Repeat(how=DATE, from_days=4_000)}, "at most 3,650"),
        ({"instrument": "phq-9", "repeat": Repeat(how="whenever")}, "at what one asks again"),
        ({"instrument": "phq-9", "repeat": None, "profile": "nine"}, "has no such cut-offs"),
        ({"instrument": "audit-c", "repeat": None, "profile": "men"}, "go by who is asked"),
        ({"instrument": "phq-9", "bands": "0 to 27 low: All"}, "has its bands"),
        ({"instrument": "dasa", "bands": "0 none: Small; 2 to 7 high: High"}, "othing stands for 1"),
        ({"instrument": "dasa", "bands": "0 to 7 awful: All"}, "is no band such as"),
        ({"instrument": "dasa", "bands": "0 to 8 low: All"}, "the last band ends at 8"),
    ],
)
def test_what_an_agency_cannot_say(ada, said, why):
    with pytest.raises(Refused, match=why):
        usual(ada, **said)
    with pytest.raises(NotPermitted):
        set_default("phq-9", Usual(), at=NOW, by=ada)


def test_bands_of_a_manual_are_entered_by_who_holds_it_and_hold_from_then_on(ada, case):
    by = system_for(ada.agency, now=NOW)
    with acting(by):
        for kind in ("license", "training"):
            attest(instrument="dasa", kind=kind, words="Manual and certificates.", at=NOW, by=by)
    as_seen_by(ada)
    said = {str(n): "yes" if n < 5 else "no" for n in range(1, 8)}
    before = a_completed_assessment(case, by=ada, instrument="dasa", said=said)
    usual(
        ada, "dasa", bands="0 none: Small; 1 to 3 moderate: Some; 4 to 5 high: High; 6 to 7 imminent: Highest"
    )
    after = a_completed_assessment(case, by=ada, instrument="dasa", said=said)
    (old,), (new,) = (one.results.get().document["scores"] for one in (before, after))
    assert (old["value"], old["band"], before.results.get().tier) == ("4", "", "")
    assert (new["value"], new["band"], after.results.get().tier) == ("4", "High", "high")
    assert "as the agency entered them" in new["source"]
    assert not new["verified"]


def test_a_certificate_that_has_run_out_holds_no_longer(ada, case):
    by, today = system_for(ada.agency, now=NOW), NOW.astimezone(ada.zone).date()
    for until, told in ((today, True), (today - timedelta(days=1), False)):
        with acting(by):
            attest(instrument="cans", kind="training", words="A.", until=until, at=NOW, by=by)
        as_seen_by(ada)
        assert (offered_to(ada)["cans"].untold == "") is told


def test_at_the_machine_one_says_it_in_a_line(ada):
    said = StringIO()
    facts = {"agency": ada.agency.name, "stdout": said}
    call_command("instruments", "usual", "phq-9", again="28", **facts)
    call_command("instruments", "usual", "ctrs-1984", cut_offs="nine", **facts)
    assert said.getvalue() == "phq-9: From a day on.\nctrs-1984: as practice does.\n"
    with pytest.raises(CommandError, match="after how many days"):
        call_command("instruments", "usual", "phq-9", again="soon", **facts)


def test_a_day_and_its_days_belong_together(ada, case):
    begun = an_assessment(case, by=ada)
    for wrong in ({"again": "date"}, {"again_from": NOW.date()}):
        with pytest.raises(IntegrityError, match="asked_again_from_a_day"), transaction.atomic():
            Assessment.objects.filter(pk=begun.pk).update(**wrong)
    for wrong in ({"again": "date"}, {"again": "contact", "days": 3}):
        with pytest.raises(IntegrityError, match="counts_days_to_a_day"), transaction.atomic():
            AgencyDefault.objects.create(agency=ada.agency, instrument="phq-9", starts_at=NOW, **wrong)


def test_what_is_about_staff_is_asked_by_no_case():
    assert {"proqol-5", "olbi", "cbi"} == {key for key, one in INSTRUMENTS.items() if one.family == STAFF}
