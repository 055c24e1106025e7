"""A program of a place tells its room by a key: the same figures as by a tap, whole or not at all, and nothing else."""

import json
import re
from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from breakwater.kernel.errors import Overtaken, Refused
from breakwater.portal.actions.room import let_device_in
from breakwater.portal.actions.standing import end_device, end_room_link, give_key
from breakwater.portal.models import RoomDevice, RoomLink
from breakwater.portal.testing import a_church, a_room_link
from breakwater.portal.views.figures import NO_KEY
from breakwater.referrals.testing import a_program
from breakwater.resources.models import Bed, Capacity, Program
from breakwater.trust.actions.suspensions import suspend
from breakwater.trust.capabilities import Role
from breakwater.trust.testing import an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db
FIGURES = "/room/figures/"


@pytest.fixture
def ada():
    return an_actor(now=timezone.now() - timedelta(seconds=5))


@pytest.fixture
def church():
    return a_church()


@pytest.fixture
def key(ada, church):
    return give_key(a_room_link(church, by=ada).link, who="Cot counter", at=ada.now, by=ada)


def ask(key):
    return Client().get(FIGURES, headers={"Authorization": f"Bearer {key}"})


def tell(key, *figures, **told):
    body = json.dumps(told or {"figures": figures})
    return Client().post(FIGURES, body, "application/json", headers={"Authorization": f"Bearer {key}"})


def test_a_program_reads_its_place_and_tells_a_figure_that_stands_on_the_board_as_its_own(ada, church, key):
    asked = ask(key).json()
    (row,) = asked["figures"]
    assert (asked["place"], row["accepting"], row["as_of"]) == (church.name, None, None)
    assert key not in str(RoomDevice.objects.values().get())
    answer = tell(key, {"program": row["program"], "licensed": 12, "clean": 4, "accepting": 3})
    (told,) = answer.json()["figures"]
    counted = {name: told[name] for name in ("licensed", "staffed", "clean", "accepting", "trust")}
    assert counted == {"licensed": 12, "staffed": None, "clean": 4, "accepting": 3, "trust": 1.0}
    as_seen_by(ada)
    stands = Capacity.objects.standing().get()
    assert (stands.free, stands.staffed, stands.by) == (3, None, None)
    assert stands.told_by == f"Cot counter, {church.name}, by a program"
    tell(key, {"program": row["program"], "still_so": True})
    as_seen_by(ada)
    assert Capacity.objects.standing().get().as_of > stands.as_of
    tell(key, {"program": row["program"], "accepting": None})
    as_seen_by(ada)
    assert Capacity.objects.standing().get().free is None, "null is unknown, and never 0"


def test_figures_are_told_all_or_none_and_what_is_wrong_is_said(ada, church, key):
    other = Program.objects.create(place=church, kind=Bed.Kind.RESPITE)
    rows = {one["kind"]: one["program"] for one in ask(key).json()["figures"]}
    cots, respite = rows[Bed.Kind.SHELTER_ADULT], rows[Bed.Kind.RESPITE]
    answer = tell(
        key,
        {"program": cots, "accepting": 2},
        {"program": respite, "licensed": 1, "accepting": 2},
    )
    assert (answer.status_code, answer.json()["error"][:30]) == (422, "You would take more than licen")
    elsewhere = a_program(keeper=an_agency(), at=ada.now)
    assert tell(key, {"program": str(elsewhere.pk), "accepting": 1}).status_code == 422
    assert not Capacity.objects.filter(program__in=(other, cots, elsewhere)).exists()


def test_however_many_figures_are_told_link_and_device_are_held_once(ada, church, key):
    for kind in (Bed.Kind.RESPITE, Bed.Kind.DETOX):
        Program.objects.create(place=church, kind=kind)
    rows = [{"program": one["program"], "accepting": 1} for one in ask(key).json()["figures"]]
    with CaptureQueriesContext(connection) as asked:
        assert tell(key, *rows).status_code == 200
    held = [one["sql"] for one in asked if "FOR UPDATE" in one["sql"]]
    assert [
        sum(f'FROM "{table}"' in one for one in held) for table in ("portal_roomlink", "portal_roomdevice")
    ] == [1, 1]
    assert Capacity.objects.filter(program__in=[one["program"] for one in rows]).count() == len(rows) == 3


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"figures": []}, "from 1 to 50"),
        ({"figures": [7]}, "object"),
        ({"figures": [{"program": "x", "accepting": 1}]}, "program is an id"),
        ({"figures": [{"program": "x"}]}, "accepting is missing"),
        ({"figures": [{"program": "x", "accepting": -1}]}, "whole number"),
        ({"figures": [{"program": "x", "accepting": True}]}, "whole number"),
        ({"figures": [{"program": "x", "accepting": "1"}]}, "whole number"),
        ({"figures": [{"program": "x", "free": 1}]}, "A figure has"),
        ({"figures": [{"program": f"{UUID(int=7)}", "accepting": 1}] * 2}, "stands in the list twice"),
        ({"figures": "x" * 20_000}, "more than 20000 bytes"),
    ],
)  # fmt: skip
def test_what_is_no_list_of_figures_is_named(key, told, why):
    answer = tell(key, **told)
    assert (answer.status_code, why in answer.json()["error"]) == (400, True)


def test_nobody_gets_in_without_the_key_of_a_program(ada, church, key):
    browsers = a_room_link(church, by=ada)  # a new link ends the one before, and its key with it
    phone = let_device_in(browsers.letters, browsers.code, who="Sister Agnes", at=ada.now)
    for held in (key, phone, browsers.letters, ""):
        answer = ask(held)
        assert (answer.status_code, answer.json()) == (401, {"error": NO_KEY})
    assert Client().get(FIGURES).status_code == 401
    assert tell("x" * 43, figures=[]).status_code == 401, "before anything is read of what it tells"
    assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("ends", ["key", "link", "agency", "time"])
def test_a_key_ends_with_itself_its_link_its_agency_and_its_time(ada, church, key, ends):
    if ends == "key":
        end_device(RoomDevice.objects.get(), at=ada.now, by=ada)
    elif ends == "link":
        end_room_link(RoomLink.objects.get(), at=ada.now, by=ada)
    elif ends == "agency":
        officer = an_actor(Role.PRIVACY_OFFICER, agency=ada.agency, now=ada.now)
        as_seen_by(officer)
        suspend(reason="A stolen laptop.", looked_after_by=None, at=ada.now, by=officer)
    else:
        passed = {"starts_at": ada.now - timedelta(days=91), "expires_at": ada.now - timedelta(days=1)}
        RoomLink.objects.update(**passed)
    assert ask(key).status_code == 401


def test_an_agency_lets_a_program_of_its_own_tell_what_it_keeps_and_nobody_elses(ada):
    ours = a_program(keeper=ada.agency, at=ada.now)
    theirs = Program.objects.create(place=ours.place, agency=an_agency(), kind=Bed.Kind.RESPITE)
    as_seen_by(ada)
    key = give_key(a_room_link(ours.place, by=ada).link, who="Bed desk", at=ada.now, by=ada)
    assert [one["program"] for one in ask(key).json()["figures"]] == [str(ours.pk)]
    assert tell(key, {"program": str(ours.pk), "accepting": 2}).status_code == 200
    assert tell(key, {"program": str(theirs.pk), "accepting": 2}).status_code == 422
    as_seen_by(ada)
    assert Capacity.objects.standing().get(program=ours).told_by.startswith("Bed desk")


def test_a_key_is_shown_once_for_a_program_that_is_named_while_the_link_stands(ada, church):
    link = a_room_link(church, by=ada).link
    client = browser_of(ada)
    shown = press(client, f"/room-links/{link.pk}/key/", by=ada, which="Cot counter").content.decode()
    kept = client.get(f"/room-links/places/{church.pk}/").content.decode()
    assert (shown.count("Authorization: Bearer"), "Cot counter" in kept) == (2, True)
    key = re.search(r"<code>([\w-]{43})</code>", shown)[1]
    assert (ask(key).status_code, key in kept) == (200, False)
    unnamed = press(client, f"/room-links/{link.pk}/key/", by=ada, which=" ")
    assert (unnamed.status_code, RoomDevice.objects.count()) == (422, 1)
    as_seen_by(ada)
    with pytest.raises(Refused, match="which program"):
        give_key(link, who=" ", at=ada.now, by=ada)
    with pytest.raises(Overtaken, match="Renew it"):
        give_key(link, who="x", at=link.expires_at, by=ada)


def test_a_program_that_asks_too_often_is_told_to_wait(key, settings):
    settings.PERSON_PACE = 2 / 60
    answers = [ask(key) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 30


@pytest.mark.parametrize(
    "which", ["<script>alert(1)</script>", "{{ 7 * 7 }}", "'; DROP TABLE x; --", "Ω 𝟘 \u202e kcab"]
)
def test_a_program_keeps_the_name_that_it_was_given_whatever_that_is(ada, church, which):
    link = a_room_link(church, by=ada).link
    client = browser_of(ada)
    press(client, f"/room-links/{link.pk}/key/", by=ada, which=which)
    kept = client.get(f"/room-links/places/{church.pk}/").content.decode()
    assert (which in unescape(kept), "<script>alert" in kept) == (True, False)
