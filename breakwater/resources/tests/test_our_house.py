"""The pages of what a place has: who finds them, what they show, and what a hold or a stay keeps from going."""

import pytest
from django.urls import reverse
from django.utils import timezone

from breakwater.resources.models import Bed, Claim, Organization, OutOfService, Place, Program
from breakwater.resources.testing import a_place_of
from breakwater.trust.capabilities import Role
from breakwater.trust.testing import an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db
HOSTILE = "License 7 <script>alert(1)</script> '; DROP TABLE x; -- {{7*7}} \u202e%s\n😍"


@pytest.fixture
def chief():
    return an_actor(Role.SUPERVISOR, agency=an_agency(name="Lantern"), now=timezone.now())


@pytest.fixture
def second(chief):
    return an_actor(Role.ADMINISTRATOR, agency=chief.agency, now=chief.now, name="Bo Lind")


def where(name, *args):
    return reverse(f"resources:{name}", args=args)


def read(by, name, *args):
    return " ".join(browser_of(by).get(where(name, *args)).content.decode().split())


def test_a_listing_is_found_claimed_and_confirmed_by_two(chief, second):
    listing = Organization.objects.create(source="county", external_id="1", name="Lantern <Shelter>")
    desk = browser_of(chief)
    found = desk.post(where("listing"), {"words": "lantern"}).content.decode()
    assert "Lantern &lt;Shelter&gt;" in found
    assert press(desk, where("claiming", listing.pk), by=chief, proof="").status_code == 422
    assert press(desk, where("claiming", listing.pk), by=chief, proof=HOSTILE).status_code == 303
    as_seen_by(chief)
    claim = Claim.objects.get()
    assert claim.proof == HOSTILE
    assert "Waits for a second person" in read(chief, "house")
    assert where("confirmation", claim.pk) not in read(chief, "house"), "not by whoever asked"
    assert press(desk, where("confirmation", claim.pk), by=chief).status_code == 422
    assert where("confirmation", claim.pk) in read(second, "house")
    assert press(browser_of(second), where("confirmation", claim.pk), by=second).status_code == 303
    assert "confirmed by <bdi>Bo Lind</bdi>" in read(chief, "house")
    assert "Give the listing up" in read(second, "giving_up", claim.pk)


def test_a_listing_that_was_taken_off_the_directory_meanwhile_is_given_to_nobody(chief, second):
    listing = Organization.objects.create(source="county", external_id="1", name="Lantern Shelter")
    press(browser_of(chief), where("claiming", listing.pk), by=chief, proof="Our license.")
    as_seen_by(chief)
    claim = Claim.objects.get()
    Organization.objects.filter(pk=listing.pk).update(retired_at=chief.now)
    refused = press(browser_of(second), where("confirmation", claim.pk), by=second)
    assert (refused.status_code, b"not listed any more" in refused.content) == (422, True)
    as_seen_by(chief)
    assert Organization.objects.get().agency is None
    assert press(browser_of(chief), where("withdrawal", claim.pk), by=chief).status_code == 303


def test_of_a_contested_listing_both_read_who_else_claims_it_and_a_stranger_nothing(chief):
    other = an_actor(Role.SUPERVISOR, agency=an_agency(name="Tide House"), now=chief.now)
    listing = Organization.objects.create(source="county", external_id="1", name="Lantern Shelter")
    for by in (chief, other):
        press(browser_of(by), where("claiming", listing.pk), by=by, proof=f"License of {by.agency.name}")
    assert "<b>Tide House</b> claims" in read(chief, "house")
    assert "<b>Lantern</b> claims" in read(other, "house")
    as_seen_by(other)
    theirs = Claim.objects.get(agency=other.agency)
    assert browser_of(chief).get(where("withdrawal", theirs.pk)).status_code == 404
    stranger = an_actor(Role.SUPERVISOR, now=chief.now)
    assert "License of" not in read(stranger, "house")


def test_a_place_gets_kinds_and_beds_each_of_which_goes_out_of_service_and_back(chief, second):
    place = a_place_of(chief.agency, at=chief.now, name="Lantern Court")
    desk = browser_of(second)
    assert "Lantern Court" in read(second, "house")
    assert press(desk, where("kind", place.pk), by=second, kind="meal").status_code == 303
    wrong = press(desk, where("beds", place.pk), by=second, kind="", labels="1")
    assert (wrong.status_code, b"what sort of beds" in wrong.content) == (422, True)
    told = {"kind": "shelter_women", "labels": "Bunk 1\r\nBunk 2\r\n", "accepts": "Women"}
    assert press(desk, where("beds", place.pk), by=second, **told).status_code == 303
    shown = read(second, "place", place.pk)
    assert ("Bunk 2" in shown, "Meals" in shown, "Shelter, women: " in shown) == (True, True, True)
    one, two = Bed.objects.order_by("label")
    read_first = {"read": one.mark, "accepts": ""}
    assert press(desk, where("bed", one.pk), by=second, label="Window", **read_first).status_code == 303
    stale = press(desk, where("bed", one.pk), by=second, label="Door", **read_first).content.decode()
    assert ("while you wrote" in stale, "Window" in stale, 'value="Door"' in stale) == (True, True, True)
    one.refresh_from_db()
    assert (one.label, f'name="read" value="{one.mark}"' in stale) == ("Window", True)
    assert press(desk, where("out_of_service", two.pk), by=second, reason="").status_code == 422
    assert press(desk, where("out_of_service", two.pk), by=second, reason="The pipe").status_code == 303
    shown = read(second, "place", place.pk)
    assert ("Window" in shown, "Out of service" in shown, "The pipe" in shown) == (True, True, True)
    assert press(desk, where("back_in_service", two.pk), by=second).status_code == 303
    assert not OutOfService.objects.filter(ends_at=None).exists()
    assert press(desk, where("closing", two.pk), by=second).status_code == 303
    assert "Bunk 2" not in read(second, "place", place.pk)
    assert browser_of(second).get(where("bed", two.pk)).status_code == 404
    meals = Program.objects.get(kind="meal")
    assert press(desk, where("ending", meals.pk), by=second).status_code == 303
    assert "Meals</b>" not in read(second, "place", place.pk)


def test_a_place_that_is_not_listed_is_listed_and_a_hidden_one_says_so(chief, second):
    a_place_of(chief.agency, at=chief.now)
    told = {"name": "Rosewood", "is_confidential": "on", "address": "7 Quiet Lane", "state": "ME"}
    assert press(browser_of(chief), where("new_place"), by=chief, **told).status_code == 303
    hidden = Place.objects.get(name="Rosewood")
    assert "told by phone only" in read(second, "place", hidden.pk)
    assert "Quiet Lane" not in read(second, "place", hidden.pk)


def test_what_another_agency_has_is_not_there_for_us(chief):
    theirs = an_actor(Role.SUPERVISOR, agency=an_agency(name="Tide House"), now=chief.now)
    place = a_place_of(theirs.agency, at=chief.now, name="Tide Court")
    told = {"kind": "detox", "labels": "1"}
    assert press(browser_of(theirs), where("beds", place.pk), by=theirs, **told).status_code == 303
    bed, program = Bed.objects.get(), Program.objects.get()
    desk = browser_of(chief)
    for name, of in (
        ("place", place),
        ("bed", bed),
        ("out_of_service", bed),
        ("closing", bed),
        ("ending", program),
    ):
        assert desk.get(where(name, of.pk)).status_code == 404, name
    assert press(desk, where("beds", place.pk), by=chief, **told).status_code == 404
    assert Bed.objects.count() == 1
