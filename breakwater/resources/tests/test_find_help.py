"""Finding help: by need, words, distance, language, hours and room; and telling how much room there is."""

import re
from datetime import UTC, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from breakwater.kernel.errors import NotPermitted, Refused
from breakwater.resources.actions.room import Told, tell_room
from breakwater.resources.finding import Wanted, find
from breakwater.resources.models import (
    Capacity,
    Holiday,
    Organization,
    Phone,
    Place,
    Point,
    Program,
    Service,
)
from breakwater.resources.testing import a_place, a_service, open_on
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Entry
from breakwater.trust.testing import an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db

TUESDAY_NOON = datetime(2026, 3, 10, 17, 0, tzinfo=UTC)
"""Midday in Springfield."""
SPRINGFIELD = Point(latitude=39.80, longitude=-89.65, state="IL")
CHICAGO = ZoneInfo("America/Chicago")


@pytest.fixture
def ada():
    return an_actor(now=timezone.now())


def named(**wanted):
    return [offer.service.name for offer in find(Wanted(**wanted), at=TUESDAY_NOON, zone=CHICAGO)]


def where(name, *args):
    return reverse(f"resources:{name}", args=args)


def test_help_is_found_by_need_and_language():
    a_service("Beds", needs=["housing"], languages=["Spanish"])
    a_service("Bread", needs=["food"], languages=["English"])
    assert named(need="housing") == ["Beds"]
    assert named(language="English") == ["Bread"]
    assert named() == ["Beds", "Bread"]


def test_help_is_found_nearest_first_and_hotlines_are_near_everyone():
    a_service("Far", place=a_place(latitude=41.88, longitude=-87.63))
    a_service("Near", place=a_place(latitude=39.90, longitude=-89.65))
    a_service("Here", place=a_place())
    a_service("Hotline")
    a_service("Hotline of another state", states=["OH"])
    offers = find(Wanted(near=SPRINGFIELD, within=25), at=TUESDAY_NOON, zone=CHICAGO)
    assert [offer.service.name for offer in offers] == ["Here", "Near", "Hotline"]
    assert [offer.miles is None for offer in offers] == [False, False, True]
    assert offers[1].miles == pytest.approx(6.9, abs=0.1)
    assert offers[1].spots[0].miles == pytest.approx(offers[1].miles, abs=0.01)


def test_open_now_is_told_until_when_and_closed_from_when():
    nine_to_five, nights = a_place("Days"), a_place("Nights")
    open_on(nine_to_five, 0, 1, 2, 3, 4)
    open_on(nights, *range(7), opens=time(20), closes=time(8))
    a_service("Days", place=nine_to_five)
    a_service("Nights", place=nights)
    a_service("Unknown", place=a_place("Unknown"))
    assert named(open_now=True) == ["Days"]
    days, closed, unknown = find(Wanted(), at=TUESDAY_NOON, zone=CHICAGO)
    assert (days.openness.is_open, days.openness.closes_at) == (True, datetime(2026, 3, 10, 17))
    assert (closed.openness.is_open, closed.openness.opens_at) == (False, datetime(2026, 3, 10, 20))
    assert unknown.openness.is_open is None


@pytest.mark.parametrize("midnight", [time(0), time(23, 59)])
def test_a_house_that_is_open_through_the_night_does_not_close_at_midnight(midnight):
    always, till_thursday = a_place("Always"), a_place("Till Thursday")
    open_on(always, *range(7), opens=time(0), closes=midnight)
    open_on(till_thursday, 0, 1, 2, opens=time(0), closes=midnight)
    open_on(till_thursday, 3, opens=time(0), closes=time(8))
    a_service("Always", place=always)
    a_service("Till Thursday", place=till_thursday)
    first, second = find(Wanted(), at=TUESDAY_NOON, zone=CHICAGO)
    assert (first.openness.is_open, first.openness.closes_at) == (True, None)
    assert (second.openness.closes_on, second.openness.closes_at) == ("Thu ", datetime(2026, 3, 12, 8))


def test_who_writes_a_minute_before_midnight_is_open_until_the_day_is_over():
    evenings, feast = a_place("Evenings"), a_place("Feast")
    open_on(evenings, 1, opens=time(18), closes=time(23, 59))
    Holiday.objects.create(
        source="testing", external_id="1", place=feast, starts_on="2026-03-10", ends_on="2026-03-10",
        opens_at=time(18), closes_at=time(23, 59), time_zone=feast.time_zone,
    )  # fmt: skip
    a_service("Evenings", place=evenings)
    a_service("Feast", place=feast)
    midnight = datetime(2026, 3, 11, tzinfo=CHICAGO)
    for before, told in ((30, ["Evenings", "Feast"]), (0, [])):
        at = midnight - timedelta(seconds=before)
        found = [one.service.name for one in find(Wanted(open_now=True), at=at, zone=CHICAGO)]
        assert found == told, "PostgreSQL, which is asked what is open now"
        said = {one.service.name for one in find(Wanted(), at=at, zone=CHICAGO) if one.openness.is_open}
        assert said == set(told), "and the rule, by which it is told"


def test_a_holiday_closes_what_the_week_opens():
    place = a_place()
    open_on(place, *range(7))
    Holiday.objects.create(
        source="testing",
        external_id="1",
        place=place,
        starts_on="2026-03-10",
        ends_on="2026-03-10",
        time_zone=place.time_zone,
    )
    a_service("Days", place=place)
    assert named(open_now=True) == []
    assert find(Wanted(), at=TUESDAY_NOON, zone=CHICAGO)[0].openness.opens_at == datetime(2026, 3, 11, 9)


def test_a_confidential_place_shows_no_address_and_no_distance(ada):
    hidden = a_place(
        "Safe house", is_confidential=True, address="", city="", postal_code="", latitude=None, longitude=None
    )
    service = a_service("Safe house", place=hidden)
    page = browser_of(ada).get(where("service", service.pk)).content.decode()
    assert "told by phone only" in page
    assert "Harbor Street 12" not in page
    assert find(Wanted(near=SPRINGFIELD), at=TUESDAY_NOON, zone=CHICAGO)[0].miles is None


def test_a_figure_says_how_old_it_is(ada):
    fresh, old = a_service("Fresh"), a_service("Old")
    tell_room(fresh, Told(free=3, total=10, told_by="Their night desk"), at=ada.now, by=ada)
    tell_room(old, Told(free=2, told_by="A call", as_of=ada.now - timedelta(days=3)), at=ada.now, by=ada)
    a_service("Silent")
    page = browser_of(ada).get(where("find_help") + "?need=housing").content.decode()
    assert "3 free of 10" in page
    assert "Their night desk" in page
    assert "too old to count on" in page
    assert named(with_room=True) == ["Fresh", "Old"]


def test_a_newer_figure_takes_the_place_of_the_older_which_stays_readable(ada):
    service = a_service()
    first = tell_room(service, Told(free=3, told_by="Night desk"), at=ada.now, by=ada)
    tell_room(service, Told(free=0, told_by="Night desk"), at=ada.now + timedelta(minutes=5), by=ada)
    first.refresh_from_db()
    assert (first.free, first.ends_at) == (3, ada.now + timedelta(minutes=5))
    assert Capacity.objects.standing().get(service=service).free == 0
    assert Entry.objects.filter(verb="resources.room_told").count() == 2


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"as_of": timedelta(hours=1)}, "still to come"), ({"as_of": -timedelta(hours=1)}, "newer figure is known"),
        ({"told_by": "  "}, "Say who says so"),
    ],
)  # fmt: skip
def test_a_figure_that_cannot_be_is_refused(ada, told, sentence):
    service = a_service()
    tell_room(service, Told(free=3, told_by="Night desk"), at=ada.now, by=ada)
    if "as_of" in told:
        told = {"as_of": ada.now + told["as_of"]}
    with pytest.raises(Refused, match=sentence):
        tell_room(service, Told(**({"free": 1, "told_by": "A call"} | told)), at=ada.now, by=ada)


def test_only_those_who_keep_beds_tell_figures():
    officer = an_actor(Role.PRIVACY_OFFICER)
    with pytest.raises(NotPermitted, match="beds and capacity"):
        tell_room(a_service(), Told(free=1, told_by="A call"), at=officer.now, by=officer)


@pytest.mark.parametrize("keeps", ["the listing", "a kind of room"])
def test_who_works_here_tells_their_own_figure_and_nobody_else_does_it_for_them(ada, keeps):
    service, theirs = a_service(place=a_place()), an_actor(now=ada.now)
    if keeps == "the listing":
        Organization.objects.filter(pk=service.organization_id).update(agency=theirs.agency)
    else:
        Program.objects.create(
            place=Place.objects.get(), service=service, agency=theirs.agency, kind="respite"
        )
    service = Service.objects.get(pk=service.pk)
    with pytest.raises(NotPermitted, match="Ask them for a figure"):
        tell_room(service, Told(free=9, told_by="A call"), at=ada.now, by=ada)
    assert b"Tell a figure" not in browser_of(ada).get(where("service", service.pk)).content
    as_seen_by(theirs)
    assert tell_room(service, Told(free=1, told_by="Night desk"), at=ada.now, by=theirs).free == 1


def test_a_figure_is_told_on_a_page(ada):
    service = a_service(place=a_place())
    client = browser_of(ada)
    assert client.get(where("room", service.pk)).status_code == 200
    wrong = press(client, where("room", service.pk), by=ada, free="9", total="4", told_by="Call", unit="beds")
    assert (wrong.status_code, b"More is free than there is in all" in wrong.content) == (422, True)
    assert (
        press(client, where("room", service.pk), by=ada, free="1", told_by="Call", unit="beds").status_code
        == 303
    )
    as_seen_by(ada)
    assert Capacity.objects.standing().get(service=service).unit == "beds"


def test_a_case_is_carried_along_so_that_help_can_be_asked_for(ada):
    service, case = a_service(), uuid4()
    page = browser_of(ada).get(where("find_help") + f"?case={case}&need=housing").content.decode()
    assert f"{reverse('referrals:referral', args=[case])}?service={service.pk}" in page
    assert f"service={service.pk}" not in browser_of(ada).get(where("find_help")).content.decode()


def test_words_find_by_what_it_says_and_by_nearly_its_name(ada):
    a_service("Sunrise Detox", description="Withdrawal management")
    a_service("Legal aid clinic")
    page = browser_of(ada).post(where("find_help"), {"words": "sunrize detox"}).content.decode()
    assert "Sunrise Detox" in page
    assert "Legal aid clinic" not in page


@pytest.mark.parametrize(
    "typed", ["1 << 2", "'; DROP TABLE", "﷽", "\u202e", "''\"<script>", "%", "☃ & ☂", "\\", "a" * 199]
)
def test_whatever_is_typed_comes_back_as_typed(ada, typed):
    answer = browser_of(ada).post(where("find_help"), {"words": typed, "language": typed[:60], "case": typed})
    assert answer.status_code == 200
    assert f'value="{_escaped(typed)}"' in answer.content.decode()


def _escaped(typed):
    from markupsafe import escape

    return str(escape(typed))


def test_what_is_looked_for_stands_in_no_address(ada):
    for number in range(27):
        a_service(f"Shelter {number:02}")
    client = browser_of(ada)
    first = client.post(where("find_help"), {"words": "shelter", "case": str(uuid4())})
    assert not re.search(r'(?:href|action)="[^"]*(?:words|near|language)=', first.content.decode())
    by_address = client.get(where("find_help"), {"words": "No such shelter"}).content
    assert by_address.count(b"data-open") == 25, "an address may carry no words"
    second = client.post(where("find_help"), {"words": "shelter", "page": "2"}).content
    assert (second.count(b"data-open"), b'value="1">Earlier rows' in second) == (2, True)


def test_a_place_that_nobody_knows_is_told_at_the_field(ada):
    page = browser_of(ada).post(where("find_help"), {"near": "Atlantis", "words": "\x00"})
    assert page.status_code == 200
    assert b"No such ZIP code or city is known here" in page.content
    assert b'value="Atlantis"' in page.content


def test_a_service_that_is_not_there_is_not_found(ada):
    client = browser_of(ada)
    gone = a_service(retired_at=ada.now)
    assert client.get(where("service", gone.pk)).status_code == 404
    assert client.get(where("service", gone.pk)).content == client.get(where("service", uuid4())).content


def test_the_list_asks_as_little_for_many_rows_as_for_few(ada):
    client = browser_of(ada)
    asked = []
    for many in (3, 30):
        for number in range(many):
            place = a_place(f"Place {number}")
            open_on(place, *range(7))
            service = a_service(f"Service {number}", place=place)
            Phone.objects.create(
                source="testing", external_id=str(uuid4()), service=service, number="(555) 010-0000"
            )
            tell_room(service, Told(free=1, told_by="Call"), at=ada.now, by=ada)
        client.post(where("find_help"), {"near": "62701", "open_now": "on"})
        with CaptureQueriesContext(connection) as captured:
            page = client.post(where("find_help"), {"near": "62701", "need": "housing"})
        asked.append(len(captured))
    assert page.content.count(b"data-open") == 25
    assert b'name="page" value="2"' in page.content
    assert asked[0] == asked[1] <= 10
