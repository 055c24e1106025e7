"""Where a shelter for victims is, and how much room it has, is learned by nobody who is not of it."""

import re
from datetime import UTC, datetime, timedelta
from math import cos, radians

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from breakwater.cases.testing import a_case
from breakwater.kernel.errors import Refused
from breakwater.kernel.keys import new_key
from breakwater.referrals.actions.placement import Guest, place
from breakwater.referrals.models import Placement
from breakwater.referrals.packet import SECTIONS, packet_of
from breakwater.referrals.testing import a_bed, a_placement
from breakwater.resources import zips
from breakwater.resources.actions.imports import import_directory
from breakwater.resources.actions.room import Told, tell_room
from breakwater.resources.models import Organization, Place, Service
from breakwater.resources.rules import miles_between
from breakwater.resources.testing import a_place, a_service, holds_listing
from breakwater.resources.tests.packages import hsds_3
from breakwater.trust.testing import an_actor, an_agency, as_seen_by

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
STREET, TOWN, ZIP = "4711 Zqquillback Lane", "Zqhaven", "62711"
SECRETS = ("zqquillback", "zqhaven", "62711", "39.7411", "-89.7321", "zqback door", "zqbus")
HERE, THERE = ("39.7411", "-89.7321"), ("41.8811", "-87.6231")
ASKED_FROM = (
    "62701",
    "62704",
    "62707",
    "62711",
    "62650",
    "61602",
    "61701",
    "60601",
    "62520",
    "62526",
    "62002",
    "61820",
)


def a_package(folder, where=HERE, zip_code=ZIP):
    """One shelter whose address its source gave away in every field there is, and one soup kitchen in the open."""
    lane = {
        "address_1": STREET,
        "city": TOWN,
        "state_province": "IL",
        "postal_code": zip_code,
        "country": "US",
    }
    return hsds_3(
        folder,
        organizations=[{"id": "o1", "name": "Quiet Harbor", "description": "Help for survivors."}],
        services=[
            {"id": "s1", "organization_id": "o1", "name": "Domestic violence shelter", "status": "active",
             "description": f"A safe house at {STREET.upper()}. Ring twice.",
             "eligibility_description": f"Come to {STREET}"},
            {"id": "s2", "organization_id": "o1", "name": "Soup kitchen", "description": "Meals.", "status": "active",
             "eligibility_description": ""},
        ],
        locations=[
            {"id": "l1", "organization_id": "o1", "name": STREET, "location_type": "physical", "latitude": where[0],
             "longitude": where[1], "description": "zqback door", "transportation": "zqbus 9",
             "alternate_name": STREET},
            {"id": "l2", "organization_id": "o1", "name": "Kitchen", "location_type": "physical", "latitude": "39.8000",
             "longitude": "-89.6500", "description": "", "transportation": "", "alternate_name": ""},
        ],
        addresses=[
            {"id": "a1", "location_id": "l1", "address_type": "physical", **lane},
            {"id": "a2", "location_id": "l1", "address_type": "mailing", **lane},
        ],
        service_at_locations=[
            {"id": "x1", "service_id": "s1", "location_id": "l1", "description": "zqback door"},
            {"id": "x2", "service_id": "s2", "location_id": "l2", "description": ""},
        ],
    )  # fmt: skip


def speaks(text):
    """Which of the secrets a text tells."""
    return [secret for secret in SECRETS if secret in text.casefold()]


@pytest.fixture
def ada():
    return an_actor(now=NOW)


@pytest.fixture
def house(ada, tmp_path):
    """A victim-service agency, listed, with two beds at its hidden house."""
    import_directory(a_package(tmp_path / "package"), at=NOW, by=None, source="county")
    agency = an_agency(name="Quiet Harbor", kind="victim_service")
    holds_listing(agency, Organization.objects.get(), at=NOW)
    place_ = Place.objects.get(is_confidential=True)
    beds = [
        a_bed(keeper=agency, at=NOW, place=place_, label=f"Zqbed {one}", kind="safe_house") for one in (1, 2)
    ]
    as_seen_by(ada)
    return agency, beds


def browser_of(actor):
    client = Client()
    client.force_login(actor.user)
    return client


def everywhere(client, case):
    """What somebody elsewhere reads wherever the directory shows."""
    find = reverse("resources:find_help")
    wanted = [{}, {"words": "shelter"}, {"words": TOWN}]
    wanted += [{"near": zip_code, "within": 100} for zip_code in ASKED_FROM]
    shown = {f"{find} {typed}": client.post(find, typed) for typed in wanted}
    pages = [f"{find}?case={case.pk}"]
    for service in Service.objects.all():
        pages += [reverse(f"resources:{name}", args=[service.pk]) for name in ("service", "room")]
        pages.append(reverse("referrals:referral", args=[case.pk]) + f"?service={service.pk}")
    pages += [
        reverse(name, args=[case.pk])
        for name in ("desk:case", "referrals:placement", "referrals:handoff", "cases:record")
    ]
    return shown | {page: client.get(page) for page in pages}


def test_what_a_source_gave_away_is_kept_in_no_table(house):
    """Every column of every table, as PostgreSQL writes them out."""
    told = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t WHERE t::text ~* %s', ["|".join(SECRETS)])
            told += [(table, row) for (row,) in cursor.fetchall()]
    assert told == []
    assert Service.objects.get(name="Domestic violence shelter").description.startswith(
        "A safe house at (address not told)"
    )


def test_no_page_tells_where_it_is_or_how_much_room_there_is(house, ada):
    case = a_case(by=ada, at=NOW - timedelta(hours=1))
    agency, _ = house
    theirs = an_actor(agency=agency, now=NOW)
    as_seen_by(theirs)
    service = Service.objects.get(name="Domestic violence shelter")
    tell_room(service, Told(free=7, total=77, told_by="Zqbed desk"), at=NOW, by=theirs)
    as_seen_by(ada)
    shown = everywhere(browser_of(ada), case)
    assert {one.status_code for one in shown.values()} == {200}
    told = {page: speaks(one.content.decode() + str(one.headers)) for page, one in shown.items()}
    assert {page: said for page, found in told.items() if (said := set(found) - set(speaks(page)))} == {}
    for page, one in shown.items():
        words = re.sub(r"<[^>]+>", " ", one.content.decode())
        assert not re.search(r"Zqbed|of 77|7 free", words), page
    assert "told by phone only" in "".join(one.content.decode() for one in shown.values())


def test_others_read_only_whether_to_call(house, ada):
    agency, beds = house
    case = a_case(by=ada, at=NOW)
    board = reverse("referrals:placement", args=[case.pk])
    assert re.search(r"Quiet Harbor.*?Open", browser_of(ada).get(board).content.decode(), re.DOTALL)
    vera = an_actor(now=NOW, agency=agency)
    theirs = a_case(by=vera, at=NOW)
    mine = browser_of(vera).get(reverse("referrals:placement", args=[theirs.pk])).content.decode()
    assert mine.count("Hold Zqbed") == 2, "who keeps them chooses among them"
    for bed in beds:
        a_placement(theirs if bed is beds[0] else a_case(by=vera, at=NOW), bed, by=vera, at=NOW)
    as_seen_by(ada)
    page = browser_of(ada).get(board).content.decode()
    assert re.search(r"Quiet Harbor.*?Call", page, re.DOTALL)
    assert "Zqbed" not in page


def test_others_cannot_take_a_bed_that_is_given_by_phone(house, ada):
    _agency, beds = house
    case = a_case(by=ada, at=NOW)
    with pytest.raises(Refused, match="This bed is given by phone only"):
        place(case, beds[0], guest=Guest(), at=NOW, by=ada)
    answer = browser_of(ada).post(
        reverse("referrals:placement", args=[case.pk]),
        {"bed": str(beds[0].pk), "name_told": "no", "idempotency_key": str(new_key(ada.user.pk))},
    )
    assert answer.status_code == 422
    assert "Zqbed" not in answer.content.decode()
    assert not Placement.objects.exists()


def test_a_packet_does_not_say_in_which_house_somebody_is(house):
    agency, beds = house
    vera = an_actor(now=NOW, agency=agency)
    case = a_case(by=vera, at=NOW)
    a_placement(case, beds[0], by=vera, at=NOW)
    packet = packet_of(case, tuple(SECTIONS), by=vera)
    assert "Zqbed" not in str(packet)


_EACH_TIME_NEW = re.compile(r'(value|datetime|data-now|data-who|href)="[^"]*"|\d+ (?:seconds?|minutes?) ago')


_FORGET_WHAT_WAS_STAGED = """
DO $$ DECLARE t text; BEGIN
    FOR t IN SELECT relname FROM pg_class WHERE relpersistence = 't' AND relkind = 'r'
        LOOP EXECUTE 'DROP TABLE IF EXISTS pg_temp.' || t; END LOOP;
END $$
"""


def answers_about(folder, where, zip_code):
    """What everybody may ask about distance, answered with the house at one place."""
    import_directory(a_package(folder, where, zip_code), at=NOW, by=None, source="county")
    asked = an_actor(now=NOW)
    client, find = browser_of(asked), reverse("resources:find_help")
    return [
        _EACH_TIME_NEW.sub(
            "", client.post(find, {"near": near, "within": within, "words": "shelter"}).content.decode()
        ).replace(asked.agency.name, "")
        for near in ASKED_FROM
        for within in (5, 25, 100)
    ]


def test_no_number_of_questions_tells_where_it_is(tmp_path):
    """Wherever the house is, every answer is the same, letter for letter: there is nothing to triangulate with."""
    first = answers_about(tmp_path / "here", HERE, ZIP)
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_WHAT_WAS_STAGED)
    second = answers_about(tmp_path / "there", THERE, "60601")
    assert "Domestic violence shelter" in first[0]
    assert first == second


def test_where_a_place_in_the_open_is_can_be_worked_out_from_such_answers(ada):
    """The same questions, asked about a place that hides from nobody: three distances and a grid find it."""
    a_service("Night shelter", place=a_place(latitude=39.80, longitude=-89.65))
    client, heard = browser_of(ada), []
    for near in ("62704", "62707", "62520"):
        page = client.post(reverse("resources:find_help"), {"near": near, "within": 100}).content.decode()
        heard.append((zips.of_zip(near), float(re.search(r"(\d+\.\d) miles", page).group(1))))
    guess = min(
        ((39.5 + up / 200, -90.0 + across / 200) for up in range(120) for across in range(160)),
        key=lambda spot: sum(abs(miles_between(at.latitude, at.longitude, *spot) - far) for at, far in heard),
    )
    assert abs(guess[0] - 39.80) * 111 < 5
    assert abs(guess[1] + 89.65) * 111 * cos(radians(39.8)) < 5
