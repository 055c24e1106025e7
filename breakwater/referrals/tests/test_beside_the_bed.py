"""What a tired worker presses at night: a yes with the next bed, a ride from now, a bed with its address."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from breakwater.referrals.actions.driving import assign_driver, pick_up
from breakwater.referrals.library import ROUNDS
from breakwater.referrals.models import Ask, Ride, Round
from breakwater.referrals.testing import a_bed, a_placement, a_program, a_ride, a_round, asked_of
from breakwater.resources.models import Phone
from breakwater.resources.testing import a_place
from breakwater.trust.capabilities import Role
from breakwater.trust.testing import an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(bo, now):
    place = a_place("Lantern House", address="12 Pier Street", city="Port Harbor")
    Phone.objects.create(source="testing", external_id=uuid4().hex, place=place, number="555-0134")
    program = a_program(keeper=bo.agency, at=now, beds=0, place=place)
    for number in (1, 2, 10):
        a_bed(keeper=bo.agency, at=now, place=place, label=f"Bunk {number}")
    return program


@pytest.fixture
def ada(house, now):
    found = an_actor(now=now)
    as_seen_by(found)
    return found


def shown(actor, name, *rows, app="referrals"):
    answer = browser_of(actor).get(reverse(f"{app}:{name}", args=[one.pk for one in rows]))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_one_press_says_yes_with_the_next_bed_and_no_stands_beside_it(ada, bo, case, house):
    a_round(case, house, by=ada)
    page = shown(bo, "ask", asked_of(house, by=ada))
    assert re.findall(r"Yes: hold (Bunk \d+)", page) == ["Bunk 1"]
    assert re.findall(r"<option[^>]*>(Bunk \d+)<", page) == ["Bunk 2", "Bunk 10"], "as one counts"
    assert page.index("Yes: hold Bunk 1") < page.index(">No</a>") < page.index("Another bed")


def test_an_ask_is_counted_in_the_menu_and_stands_first_where_a_house_looks(ada, bo, case, house):
    a_round(case, house, by=ada)
    for name, app in (("letters", "referrals"), ("house", "referrals"), ("now", "desk")):
        page = shown(bo, name, app=app)
        assert re.search(r'class="many">1<span class="unseen"> to answer', page), name
        assert "Who asks for a bed" in page
    assert "Nothing to answer" not in shown(bo, "letters")
    stranger = shown(an_actor(Role.PARTNER, now=timezone.now()), "letters")
    assert "many" not in stranger
    assert "Nothing to answer" in stranger


def test_a_ride_that_is_asked_of_us_waits_among_the_letters(ada, bo, case):
    ride = a_ride(case, by=ada, driving=Ride.Driving.PARTNER, partner=bo.agency)
    page = shown(bo, "letters")
    assert "Who asks for a ride" in page
    assert reverse("referrals:ride_driver", args=[ride.pk]) in page


def test_a_bed_that_is_taken_says_where_it_is_and_whom_to_call(ada, bo, case, house):
    a_placement(case, house.place.beds.first(), by=ada)
    page = shown(ada, "case", case, app="desk")
    assert "12 Pier Street, Port Harbor" in page
    assert 'href="tel:555-0134"' in page
    assert 'href="geo:' in page


def test_of_a_confidential_house_only_the_number_and_the_rule_are_told(ada, case, now):
    hidden = a_place("Rose House", is_confidential=True, address="", city="", postal_code="", latitude=None,
                     longitude=None)  # fmt: skip
    Phone.objects.create(source="testing", external_id=uuid4().hex, place=hidden, number="555-0199")
    a_placement(case, a_bed(keeper=ada.agency, at=now, place=hidden), by=ada)
    page = shown(ada, "case", case, app="desk")
    assert "Its address is told by phone only" in page
    assert "555-0199" in page
    assert "geo:" not in page


def test_a_ride_is_asked_for_from_now_to_the_bed_that_is_held_and_all_that_is_missing_is_said_at_once(
    ada, case, house, now
):
    a_placement(case, house.place.beds.first(), by=ada)
    page = shown(ada, "ride_asking", case)
    local = now.astimezone(ada.zone)
    assert f'value="{local:%Y-%m-%dT%H:}' in page
    assert re.search(r'name="to_bed"[^>]* checked', page)
    where = reverse("referrals:ride_asking", args=[case.pk])
    typed = {
        "starts_at": "2020-01-01T10:00",
        "driving": "partner",
        "minutes": "60",
        "seats": "1",
        "name_told": "no",
    }
    answer = press(browser_of(ada), where, **typed).content.decode()
    for missing in ("This time has passed", "Say which partner drives", "Say where they go", "required"):
        assert missing in answer, missing


def test_who_says_who_drives_is_offered_first(ada, case, now):
    an_actor(agency=ada.agency, now=now)
    as_seen_by(ada)
    ride = a_ride(case, by=ada)
    page = shown(ada, "ride_driver", ride)
    assert re.search(rf'value="{ada.user.pk}" selected', page)


def test_a_ride_shows_its_clocks_and_asks_before_it_is_over(ada, case):
    ride = a_ride(case, by=ada)
    assert "a driver" in shown(ada, "ride", ride)
    as_seen_by(ada)
    assign_driver(ride, ada.user, at=ada.now, by=ada)
    pick_up(ride, at=ada.now, by=ada)
    assert "Did they get there?" in shown(ada, "ride_arrival", ride)
    as_seen_by(ada)
    assert Ride.objects.get(pk=ride.pk).over_at is None, "to look is not to do"


def test_a_ride_says_that_the_bed_it_goes_to_was_given_up(ada, case):
    ride = a_ride(case, by=ada)
    Ride.objects.filter(pk=ride.pk).update(bed_gone_at=ada.now)
    for name, rows in (("ride", [ride]), ("rides", [])):
        assert "The bed it goes to was given up" in shown(ada, name, *rows)


def test_places_of_several_kinds_are_asked_at_once_and_each_reads_its_own(ada, bo, case, house, now):
    men = a_program(keeper=an_agency(name="Tide"), at=now, kind="shelter_men")
    desk, where = browser_of(ada), reverse("referrals:asking", args=[case.pk])
    asked = {"kind": "shelter_adult", "also": ["shelter_men"], "age": "40"}
    first = press(desk, where, **asked).content.decode()
    assert "Shelter, adults, or Shelter, men" in first, "what each place reads says for what it is asked"
    word = re.search(r'name="shown" value="(\w+)"', first)[1]
    chosen = [str(house.pk), str(men.pk)]
    assert press(desk, where, **asked, ask="1", shown=word, programs=chosen).status_code == 303
    as_seen_by(ada)
    opened = Round.objects.get(case=case)
    assert set(Ask.objects.filter(round=opened).values_list("program__kind", flat=True)) == {
        "shelter_adult", "shelter_men",
    }  # fmt: skip


def test_one_place_is_not_called_them_all(ada, case):
    asked = {"kind": "shelter_adult", "age": "40"}
    page = press(browser_of(ada), reverse("referrals:asking", args=[case.pk]), **asked).content.decode()
    assert "Ask this place" in page
    assert "Ask them all" not in page


def test_a_house_hears_the_reason_it_gives_read_on_the_case(ada, bo, case, house):
    stay = a_placement(case, house.place.beds.first(), by=ada)
    where = reverse("referrals:stay_refusal", args=[stay.pk])
    assert press(browser_of(bo), where, reason="").status_code == 422
    assert press(browser_of(bo), where, reason="full", words="Burst pipe.").status_code == 303
    page = shown(ada, "case", case, app="desk")
    assert "The house cannot take them" in page
    assert ROUNDS.reasons["full"].label in page
    assert "Burst pipe." in page
