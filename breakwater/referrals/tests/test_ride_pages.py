"""The pages of rides: asked for, driven on a phone, and a hidden destination that no list shows."""

from datetime import timedelta

import pytest
from django.urls import reverse

from breakwater.cases.testing import a_case
from breakwater.referrals.models import Passenger, Ride, Stop
from breakwater.referrals.testing import a_bed, a_placement
from breakwater.trust.models import Agency
from breakwater.trust.testing import an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db

HIDDEN = "14 Heron Lane <b>& 'blue' door"
SHOWN = b"14 Heron Lane"


@pytest.fixture
def ada(bo, now):
    return an_actor(now=now)


def at(name, row):
    return reverse(f"referrals:{name}", args=[row.pk])


def form_of(now, **facts):
    usual = {
        "starts_at": (now + timedelta(days=1)).strftime("%Y-%m-%dT18:40"), "origin": "The library", "minutes": "60",
        "seats": "1", "name_told": "no", "driving": "own",
    }  # fmt: skip
    return usual | facts


def test_a_ride_to_where_no_list_says(ada, bo, case, now):
    desk, phone = browser_of(ada), browser_of(bo)
    assert desk.get(at("ride_asking", case)).status_code == 200
    facts = form_of(
        now,
        destination=HIDDEN,
        destination_hidden="on",
        driving="partner",
        partner=str(bo.agency.pk),
        needs=["quiet"],
    )
    assert (
        b"Say where they go" in press(desk, at("ride_asking", case), **facts | {"destination": " "}).content
    )
    assert press(desk, at("ride_asking", case), **facts).status_code == 303
    as_seen_by(ada)
    ride = Ride.objects.get()
    lists = [reverse("referrals:rides"), reverse("referrals:my_rides"), reverse("desk:case", args=[case.pk])]
    assert b"14 Heron Lane &lt;b&gt;" in desk.get(at("ride", ride)).content, "who wrote it reads it"
    for where in lists:
        assert SHOWN not in desk.get(where).content, "but on no list"
    assert b"A driver is looked for" in desk.get(lists[2]).content
    assert SHOWN not in phone.get(at("ride", ride)).content
    assert press(phone, at("ride_driver", ride), driver=str(ada.user.pk)).status_code == 422
    assert press(phone, at("ride_driver", ride), driver=str(bo.user.pk)).status_code == 303
    driven = phone.get(at("ride", ride)).content
    assert SHOWN in driven
    assert b"Quiet" in driven
    assert b"Rivers" not in driven
    for where in lists[:2]:
        assert SHOWN not in phone.get(where).content
    assert press(phone, at("ride_pick_up", ride), x="1").status_code == 303
    assert press(phone, at("ride_arrival", ride), x="1").status_code == 303
    assert SHOWN not in phone.get(at("ride", ride)).content, "over is over"


def test_to_the_bed_that_is_held_and_with_somebody_else(ada, case, now):
    desk = browser_of(ada)
    house = an_agency(name="Hidden Cove", kind=Agency.Kind.VICTIM_SERVICE)
    as_seen_by(ada)
    kept = a_bed(keeper=ada.agency, at=now)
    a_placement(case, kept, by=ada, at=now)
    assert (
        press(desk, at("ride_asking", case), **form_of(now, to_bed="on", name_told="yes")).status_code == 303
    )
    as_seen_by(ada)
    assert Stop.objects.get(which="to").words == f"{kept.place.name}, {kept.place.city}"
    assert Passenger.objects.get().told_as == "Jay <Rivers>"
    other, ride = a_case(by=ada, at=now), Ride.objects.get()
    assert desk.get(at("riding_along", other)).status_code == 200
    along = {"ride": str(ride.pk), "seats": "2", "name_told": "no"}
    assert press(desk, at("riding_along", other), **along).status_code == 303
    as_seen_by(ada)
    second = Passenger.objects.get(case=other)
    assert press(desk, at("ride_leaving", second), x="1").status_code == 303
    assert press(desk, at("ride_driver", ride), driver=str(ada.user.pk)).status_code == 303
    assert press(desk, at("ride_failure", ride), reason="other").status_code == 422
    assert press(desk, at("ride_calling_off", ride), words="Walked.").status_code == 303
    assert b"Walked." in desk.get(at("ride", ride)).content
    stranger = browser_of(an_actor(agency=house, now=now))
    for name in ("ride", "ride_driver", "ride_pick_up", "ride_failure"):
        assert stranger.get(at(name, ride)).status_code == 404
    assert stranger.get(at("ride_leaving", second)).status_code == 404


def test_who_keeps_the_bed_reads_nothing_that_was_typed_beside_it(ada, bo, case, now):
    """A bed is held, so the form begins with it; whoever types another place may have meant to go there."""
    as_seen_by(ada)
    a_placement(case, a_bed(keeper=bo.agency, at=now), by=ada, at=now)
    hidden = {"destination_hidden": "on", "to_bed": "on", "driving": "partner", "partner": str(bo.agency.pk)}
    desk, phone = browser_of(ada), browser_of(bo)
    for typed, is_read in ((HIDDEN, False), ("", True)):
        press(desk, at("ride_asking", case), **form_of(now, destination=typed, **hidden))
        as_seen_by(ada)
        ride = Ride.objects.latest("recorded_at")
        told = phone.get(at("ride", ride)).content
        assert (SHOWN in told, b"Harbor Street Shelter" in told) == (False, is_read)
