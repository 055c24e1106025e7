"""The twelve fixed scenarios of privacy law: each a test by its number here, or waiting by name for what it needs."""

import importlib.util
import re
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from breakwater.cases.testing import a_case
from breakwater.duties.actions.weighing import weigh
from breakwater.duties.testing import a_threat
from breakwater.people.actions.reach import add_supporter
from breakwater.plans.testing import a_safety_plan
from breakwater.portal.testing import an_own_copy
from breakwater.portal.tests.opening import open_with, read
from breakwater.resources.actions.imports import import_directory
from breakwater.resources.models import Service, ServiceAt
from breakwater.resources.tests.packages import hsds_3
from breakwater.trust.actions.consents import raise_segments, take_consent
from breakwater.trust.actions.family import tell_somebody_close
from breakwater.trust.actions.glass import Emergency, break_glass
from breakwater.trust.actions.leaving import Leaving, Recipient, may_leave
from breakwater.trust.capabilities import Role
from breakwater.trust.library import LAWS
from breakwater.trust.models import Decision
from breakwater.trust.rules import breach
from breakwater.trust.rules.accounting import Disclosure, accounted
from breakwater.trust.rules.law import Unlawful
from breakwater.trust.testing import (
    a_concern,
    a_release,
    a_threat_team,
    an_actor,
    an_agency,
    as_seen_by,
    warned,
)
from breakwater.trust.tests.test_incidents import DAY, LAW, known, whom
from breakwater.trust.tests.test_seals import (  # noqa: F401 - folder and journal are fixtures
    folder,
    journal,
    rows_of,
    somebody_to_whom_nothing_is_forbidden,
    verified,
)

NOW = datetime.now(UTC)
US = LAWS["us"]

PENDING = {
    2: ("A treatment referral over FHIR with its notice and the copy of consent", "breakwater.interop.fhir"),
    3: ("A victim-service agency exports HMIS CSV and gets no file", "breakwater.interop.hmis"),
}
"""What waits, and for which module. When that is there, its scenario is to be written."""


def refused_with(act):
    with pytest.raises(Unlawful) as refused, transaction.atomic():
        act()
    return refused.value.refusal


def test_each_of_the_twelve_is_a_test_or_waits_for_something_that_is_not_there():
    written = {
        int(found[1]) for name in vars(sys.modules[__name__]) if (found := re.match(r"test_(\d+)_", name))
    }
    assert written | PENDING.keys() == set(range(1, 13))
    assert written & PENDING.keys() == set()
    there = [app for _, app in PENDING.values() if importlib.util.find_spec(app)]
    assert there == [], "write the scenarios that waited for it"


@pytest.mark.django_db
def test_1_a_warning_from_a_treatment_record_is_refused_with_four_lawful_ways():
    carla = an_actor(now=NOW, agency=an_agency(kind="detox"))
    case = a_case(by=carla, at=NOW)
    refusal = refused_with(lambda: weigh(case, a_threat(NOW), at=NOW, by=carla))
    assert refusal.code == "P2-DTW-01"
    assert len(refusal.remedy.split(";")) == 4


@pytest.mark.django_db
def test_4_a_victim_service_release_without_an_end_is_refused_and_an_ended_one_sends_nothing():
    vera = an_actor(now=NOW, agency=an_agency(kind="victim_service"))
    case, clinic = a_case(by=vera, at=NOW), an_agency()
    facts = {"kind": "vsp_release", "segments": frozenset({"vsp"}), "lets_in": False}
    endless = a_release(clinic, ends=None, **facts)
    refusal = refused_with(lambda: take_consent(endless, circle=case.circle, at=NOW, by=vera))
    assert (refusal.code, refusal.status) == ("VSP-REL-01", 422)
    consent = take_consent(a_release(clinic, ends=NOW.date(), **facts), circle=case.circle, at=NOW, by=vera)
    leaving = Leaving(
        act="refer", to=Recipient(agency=clinic), purpose="TREAT", information=frozenset({"who", "care"})
    )
    last = consent.ends_at - timedelta(minutes=1)
    assert (last.astimezone(vera.zone).hour, last.astimezone(vera.zone).minute) == (23, 59)
    may_leave(leaving, case.circle, at=last, by=vera)
    assert refused_with(lambda: may_leave(leaving, case.circle, at=consent.ends_at, by=vera)).code == "VSP-01"


@pytest.mark.django_db
def test_5_breaking_the_glass_on_a_victim_service_record_finds_nothing():
    vera = an_actor(now=NOW, agency=an_agency(kind="victim_service"))
    case = a_case(by=vera, at=NOW)
    medic = an_actor(Role.RESPONDER, now=NOW)
    why = Emergency(reason="life_threat", words="Unconscious at the bus stop.", lasts=timedelta(hours=1))
    theirs = refused_with(lambda: break_glass([case.circle_id], why, at=NOW, by=medic))
    nobodys = refused_with(lambda: break_glass([medic.agency_id], why, at=NOW, by=medic))
    assert (theirs.code, theirs.status, theirs) == ("BTG-02", 404, nobodys)


@pytest.mark.django_db
def test_6_a_parents_proxy_finds_nothing_of_a_visit_that_the_minor_agreed_to_alone():
    ada = an_actor(now=NOW)
    case, theirs = a_case(by=ada, at=NOW), {"authority": "Mother", "is_the_abuser": False}
    told = {"at": NOW, "by": ada}
    mother = add_supporter(
        case.person, name="Eva", relation="mother", reach="", may_know="All", must_not_know=False, **told
    )
    plan = a_safety_plan(case, by=ada, own_coping="What I said alone")
    _, code = an_own_copy(case, by=ada, supporter=mother, **theirs)
    raise_segments(plan, ["minor-confidential"], **told)
    assert "What I said alone" not in read(open_with(code)[0])
    as_seen_by(ada)
    assert refused_with(lambda: an_own_copy(case, by=ada, supporter=mother, **theirs)).code == "MIN-01"
    _, own = an_own_copy(case, by=ada)
    assert "What I said alone" in read(open_with(own)[0])


def test_7_an_accounting_gathers_what_was_repeated_and_leaves_care_out():
    police = {"to": "Police", "purpose": "SAFETY", "what": "A warning", "basis": "512(j)", "signed": False}
    court = police | {"to": "Court", "what": "A record"}
    left = [Disclosure(at=NOW - timedelta(days=days), **police) for days in (9, 5, 1)]
    left += [Disclosure(at=NOW - timedelta(days=3), **court)]
    left += [
        Disclosure(at=NOW, **police | {"to": "Clinic", "purpose": one})
        for one in ("TREAT", "HPAYMT", "HOPERAT")
    ]
    lines = accounted(left, US.accounting, at=NOW)
    assert [(one.to, one.times, one.last) for one in lines] == [
        ("Police", 3, NOW - timedelta(days=1)),
        ("Court", 1, NOW - timedelta(days=3)),
    ]


def test_8_a_breach_is_told_louder_from_day_to_day_and_500_people_go_another_way():
    louder = [breach.banner(known(), LAW, DAY + timedelta(day)) for day in (29, 30, 45, 55)]
    assert louder == [0, 30, 45, 55]
    assert [breach.is_red(known(), LAW, DAY + timedelta(day)) for day in (60, 61)] == [False, True]
    media = {many: "media:OR" in whom(known(people={"OR": many})) for many in (499, 500, 501)}
    assert media == {499: False, 500: True, 501: True}


@pytest.mark.django_db
def test_9_a_school_record_is_not_shared_on_an_empty_threat():
    ada, team = an_actor(now=NOW), a_threat_team()
    case = a_case(by=as_seen_by(ada), at=NOW)
    raise_segments(case.circle, ["education"], at=NOW, by=ada)
    empty = {**warned(team).facts, "threat": " "}
    refusal = refused_with(lambda: a_concern(team, circle=case.circle, at=NOW, by=ada, facts=empty))
    assert refusal.code == "FERPA-EM-01"


@pytest.mark.django_db
def test_10_whom_the_person_refused_is_told_nothing_whatever_is_best_for_them():
    ada = an_actor(now=NOW)
    case = a_case(by=ada, at=NOW)
    add_supporter(
        case.person,
        name="Dario Vega",
        relation="husband",
        reach="",
        may_know="",
        must_not_know=True,
        at=NOW,
        by=ada,
    )
    for can_be_asked in (True, False):
        refusal = refused_with(
            lambda asked=can_be_asked: tell_somebody_close(
                "dario  VEGA", "She is here.", circle=case.circle, at=NOW, by=ada, can_be_asked=asked,
                best_interest="He is the next of kin and worries.",
            )
        )  # fmt: skip
        assert refusal.code == "HIPAA-510-01"
    letter = Leaving(
        act="refer", to=Recipient(name="Dario Vega"), purpose="TREAT", information=frozenset({"who"})
    )
    assert refused_with(lambda: may_leave(letter, case.circle, at=NOW, by=ada)).code == "HIPAA-510-01"
    may_leave(replace(letter, to=Recipient(name="Dr. Souza")), case.circle, at=NOW, by=ada)
    assert Decision.objects.filter(answer="permit", circle=case.circle).count() == 1


@pytest.mark.django_db
def test_11_a_shelters_address_leaves_in_no_export_of_the_directory_and_its_number_does(tmp_path):
    shelter = {
        "id": "s1", "organization_id": "o1", "name": "Family violence shelter", "status": "active",
        "description": "Come to 12 Harbor Street by night.", "eligibility_description": "",
    }  # fmt: skip
    import_directory(hsds_3(tmp_path / "in", services=[shelter]), at=NOW, by=None, source="harbor")
    call_command("directory_export", str(tmp_path / "out"))
    call_command("directory_export", str(tmp_path / "out.json"))
    pages = ("services", f"services/{Service.objects.get().pk}", "organizations", "service_at_locations")
    lists, one, owners, given = (Client().get(f"/hsds/{page}") for page in pages)
    assert (one.json()["name"], [phone["number"] for phone in one.json()["phones"]]) == (
        shelter["name"],
        ["(217) 555-0100"],
    )
    assert given.json()["contents"] == []
    assert Client().get(f"/hsds/service_at_locations/{ServiceAt.objects.get().pk}").status_code == 404
    tables = b" ".join(path.read_bytes() for path in (tmp_path / "out").iterdir())
    whole = [lists.content, one.content, tables, (tmp_path / "out.json").read_bytes()]
    assert all(shelter["name"].encode() in text and b"(217) 555-0100" in text for text in whole)
    for text in (*whole, owners.content, given.content):
        assert not re.search(rb"Harbor Street|Springfield|62701|latitude\W+\d", text)


def test_12_whoever_alters_a_row_of_the_journal_is_found_and_the_row_named(journal, folder):  # noqa: F811 - so are fixtures asked for
    url, _ = journal
    with somebody_to_whom_nothing_is_forbidden(url) as root:
        seventh = rows_of(root)[6]
        root.execute("UPDATE trust_entry SET verb = 'trust.signed_out' WHERE id = %s", (seventh,))
    _, broken = verified(url, folder)
    assert broken.row == seventh
