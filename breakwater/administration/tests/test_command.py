"""At the machine: an agency is founded with somebody invited, stopped, looked after, and let work again."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from breakwater.cases.testing import a_case
from breakwater.clocks.jobs import look_at
from breakwater.clocks.models import Alarm
from breakwater.resources.actions.claims import claim_listing, confirm_claim
from breakwater.resources.models import Claim, Organization
from breakwater.trust.access import acting, system_for
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Agency, Appointment, Suspension
from breakwater.trust.testing import an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of

pytestmark = pytest.mark.django_db
FOUND = (
    "found", "Harbor House", "--kind", "shelter", "--time-zone", "America/Chicago", "--unit", "Day", "--unit", "Night",
    "--administrator", "cleo", "--administrator-name", "Cleo Marsh",
)  # fmt: skip


def says(*words):
    out = StringIO()
    call_command("agency", *words, stdout=out)
    return out.getvalue()


def test_an_agency_is_founded_and_its_first_administrator_joins():
    told = says(*FOUND)
    (secret,) = re.findall(r"^  ([A-Z0-9-]{23})$", told, re.MULTILINE)
    answer = Client().post(
        "/sign-in/code/",
        {
            "username": "cleo",
            "one_time_code": secret,
            "new_password": "a lantern on the pier",
            "new_password_again": "a lantern on the pier",
        },
    )
    assert answer.status_code == 303
    agency = Agency.objects.get(name="Harbor House")
    assert sorted(agency.units.values_list("name", flat=True)) == ["Day", "Night"]
    assert Appointment.objects.get(agency=agency).role == "administrator"
    signed_in = Client().post("/sign-in/", {"username": "cleo", "password": "a lantern on the pier"})
    assert signed_in.status_code == 303


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({}, "agency of this name already"),
        ({"Harbor House": "Harbor Home"}, "This sign-in name is taken"),
        ({"Harbor House": "Harbor Home", "America/Chicago": "Chicago"}, "no such time zone"),
        ({"shelter": "castle"}, "invalid choice"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_left_behind(change, sentence):
    says(*FOUND)
    with pytest.raises(CommandError, match=sentence):
        says(*(change.get(word, word) for word in FOUND))
    assert Agency.objects.filter(name__startswith="Harbor Ho").count() == 1


def test_an_agency_is_stopped_its_cases_looked_after_and_it_works_again():
    ada, other = an_actor(now=timezone.now()), an_agency()
    case = a_case(by=ada, at=ada.now - timedelta(hours=1))
    client = browser_of(ada)
    told = says("suspend", ada.agency.name.upper(), "--reason", "A break-in.")
    assert case.number in told
    assert client.get("/").status_code == 302
    assert f"{other} sees 1 open case " in says("look-after", ada.agency.name, "--cases-to", other.name)
    assert f"{ada.agency}: crisis case management, 1 people, SUSPENDED" in says("list")
    says("lift", ada.agency.name, "--reason", "The lock was changed.")
    assert browser_of(ada).get("/").status_code == 200
    assert Suspension.objects.get().lifted_because == "The lock was changed."


def test_who_looks_after_the_cases_can_be_named_at_once():
    ada, other = an_actor(now=timezone.now()), an_agency()
    a_case(by=ada, at=ada.now - timedelta(hours=1))
    assert "sees 1 open case " in says("suspend", ada.agency.name, "--reason", "x", "--cases-to", other.name)


def test_the_clocks_of_a_suspended_agency_still_ring():
    ada = an_actor(now=timezone.now())
    a_case(by=ada, at=ada.now - timedelta(days=3))
    says("suspend", ada.agency.name, "--reason", "A break-in.")
    look_at(ada.agency, at=timezone.now())
    with acting(system_for(ada.agency, now=timezone.now())):
        assert Alarm.objects.exists()
    as_seen_by(ada)
    assert not Alarm.objects.exists()


def test_what_is_not_there_is_said():
    ours = an_agency()
    for words in (
        ("suspend", "Nowhere", "--reason", "x"),
        ("look-after", "Nowhere", "--cases-to", ours.name),
    ):
        with pytest.raises(CommandError, match="There is no agency called Nowhere"):
            says(*words)
    with pytest.raises(CommandError, match="This agency is not suspended"):
        says("lift", ours.name, "--reason", "x")


def test_whoever_keeps_the_machine_decides_between_two_who_claim_one_listing():
    listing = Organization.objects.create(source="county", external_id="1", name="Lantern Shelter")
    for name in ("Lantern", "Tide House"):
        by = an_actor(Role.SUPERVISOR, agency=an_agency(name=name))
        with acting(by):
            claim_listing(listing, proof=f"License of {name}", at=by.now, by=by)
    assert "Tide House claims Lantern Shelter: License of Tide House" in says("claims")
    assert "Tide House no longer has Lantern Shelter" in says("claims", "--against", "tide house")
    assert "Tide House" not in says("claims")
    with pytest.raises(CommandError, match="claims no listing, and holds none"):
        says("claims", "--against", "Tide House")
    with acting(system_for(Agency.objects.get(name="Lantern"), now=by.now)) as keeper:
        assert confirm_claim(Claim.objects.get(ended_at=None), at=by.now, by=keeper).granted_at
    assert "Lantern holds Lantern Shelter" in says("claims")
