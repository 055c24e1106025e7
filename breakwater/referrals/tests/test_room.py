"""The board of room: sums, list and map; what is given by phone only is on none of them."""

from datetime import timedelta

import pytest
from django.urls import reverse

from breakwater.referrals.room import Wanted, board
from breakwater.referrals.testing import a_program
from breakwater.resources.actions.counting import Count, count_room
from breakwater.resources.models import Phone, Place, Point, Program, Service
from breakwater.resources.models.directory import numbers_at
from breakwater.resources.testing import a_place, a_service
from breakwater.trust.access import acting
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Agency
from breakwater.trust.testing import NOON, an_actor, an_agency
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db

SPRINGFIELD = Point(latitude=39.80, longitude=-89.65)


def a_house(name, accepting=None, *, kind=Agency.Kind.SHELTER, **where):
    """A program of a house of its own, and its figure."""
    keeper = an_actor(Role.PARTNER, agency=an_agency(name=name, kind=kind))
    place = a_place(name, **where)
    program = a_program(keeper=keeper.agency, at=NOON, place=place)
    if accepting is not None:
        with acting(keeper):
            count_room(program, Count(accepting=accepting), at=NOON, by=keeper)
    return program


@pytest.fixture
def ada():
    return an_actor()


def named(found):
    return [row.program.place.name for row in found.rows]


def test_room_that_is_trusted_stands_first_and_unknown_before_full(ada):
    a_house("Full", 0)
    a_house("Nobody knows")
    a_house("Has room", 3)
    found = board(Wanted(), at=NOON + timedelta(minutes=5), agency=ada.agency)
    assert named(found) == ["Has room", "Nobody knows", "Full"]
    assert [(one.open, one.places, one.unknown) for one in found.sums] == [(3, 3, 1)]


def test_what_nobody_told_is_no_sum_of_zero(ada):
    a_house("Nobody knows")
    (one,) = board(Wanted(), at=NOON, agency=ada.agency).sums
    assert (one.open, one.unknown) == (None, 1)
    assert "<b>?</b> Shelter, adults" in browser_of(ada).get(reverse("referrals:room")).content.decode()


def test_from_a_point_the_nearest_stands_first_and_what_is_beyond_is_left_out(ada):
    a_house("Lantern", 1, latitude=39.81)
    a_house("Harbor", 1)
    a_house("Chicago", 9, latitude=41.88, longitude=-87.63)
    found = board(Wanted(near=SPRINGFIELD, within=50), at=NOON, agency=ada.agency)
    assert named(found) == ["Harbor", "Lantern"]
    assert found.sums[0].open == 2
    assert found.rows[1].miles == pytest.approx(0.7, abs=0.1)


def test_a_house_by_phone_only_is_in_no_list_no_sum_and_on_no_map(ada):
    listed, hidden = a_house("Lantern", 1), a_house("Tern", 5, kind=Agency.Kind.VICTIM_SERVICE)
    said = browser_of(ada).get(reverse("referrals:room")).content.decode()
    before, _, phone = said.partition("By phone only")
    assert ("Tern" in before, "Tern" in phone) == (False, True)
    assert ("<b>1</b> Shelter, adults" in said, said.count("<rect")) == (True, 1)
    near = press(browser_of(ada), reverse("referrals:room"), near="62701", within="25").content.decode()
    assert "Tern" not in near.partition("By phone only")[0]
    alone = [browser_of(ada).get(reverse("referrals:figure", args=[one.pk])) for one in (listed, hidden)]
    assert [one.status_code for one in alone] == [200, 404]


def test_each_row_has_the_number_to_confirm_by_and_a_hidden_place_none(ada):
    lantern, tern = a_house("Lantern", 1), a_house("Tern", 1)
    for name, number, kind in (
        ("Food", "555-0101", "voice"),
        ("Beds", "555-0102", "voice"),
        ("Fax", "555-0103", "fax"),
    ):
        service = a_service(name, place=lantern.place)
        Phone.objects.create(source="t", external_id=name, service=service, number=number, kind=kind)
    Program.objects.filter(pk=lantern.pk).update(service=Service.objects.get(name="Beds"))
    Phone.objects.create(source="t", external_id="p", place=lantern.place, number="555-0104")
    Phone.objects.create(source="t", external_id="h", place=tern.place, number="555-0199")
    called = {row.program.place.name: row.call for row in board(Wanted(), at=NOON, agency=ada.agency).rows}
    assert called == {"Lantern": "555-0102", "Tern": "555-0199"}
    assert 'href="tel:555-0102"' in browser_of(ada).get(reverse("referrals:room")).content.decode()
    Program.objects.filter(pk=lantern.pk).update(service=None)
    Place.objects.filter(pk=tern.place_id).update(
        is_confidential=True, address="", city="", postal_code="", latitude=None, longitude=None
    )
    assert list(numbers_at([tern.place_id])) == []
    (row,) = (one for one in board(Wanted(), at=NOON, agency=ada.agency).rows if one.program.pk == lantern.pk)
    assert row.call == "555-0104", "of the place, where nobody knows which service it is"


def test_the_page_finds_by_kind_and_place_and_says_when_it_knows_none(ada):
    a_house("Lantern", 2)
    page = reverse("referrals:room")
    found = press(browser_of(ada), page, kind="shelter_adult", near="62701", within="5")
    assert (found.status_code, b"2 accepting" in found.content, b"Lantern" in found.content) == (
        200,
        True,
        True,
    )
    assert b"No place is listed here" in press(browser_of(ada), page, kind="detox").content
    assert b"No such ZIP code" in press(browser_of(ada), page, near="Nowhere").content


def test_the_number_of_questions_is_the_same_for_one_house_and_for_many(ada, django_assert_max_num_queries):
    for number in range(12):
        a_house(f"House {number}", number)
    client = browser_of(ada)
    with django_assert_max_num_queries(12):
        assert client.get(reverse("referrals:room")).status_code == 200
