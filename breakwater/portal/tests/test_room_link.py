"""A place without accounts tells how much room it has by a standing link: its own figures, and nothing else."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from breakwater.cases.testing import a_case
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.kernel.ids import new_id
from breakwater.kernel.keys import new_key
from breakwater.messaging.actions.sites import Desk
from breakwater.messaging.models import Notice
from breakwater.messaging.tests.outside import a_gateway
from breakwater.portal.actions.room import leave_device, let_device_in, still_so_by_link, tell_by_link
from breakwater.portal.actions.standing import (
    ask_places,
    end_device,
    end_room_link,
    let_another_in,
    renew_room_link,
)
from breakwater.portal.desks import desks_of_place
from breakwater.portal.jobs import ask_places_everywhere
from breakwater.portal.library import LINKS
from breakwater.portal.models import RoomDevice, RoomLink
from breakwater.portal.rules import why_no_standing_link
from breakwater.portal.telling import Teller
from breakwater.portal.testing import a_room_link
from breakwater.referrals.actions.outside import Heard, hear_no, hear_yes
from breakwater.referrals.room import row_of
from breakwater.referrals.suggesting import Truth, board_truth
from breakwater.referrals.testing import a_program, a_round
from breakwater.resources.actions.counting import Count, count_outside, still_so_outside
from breakwater.resources.actions.keeping import note_program
from breakwater.resources.models import Bed, Capacity, Phone, Place, Program, Service, ServiceAt
from breakwater.trust.access import system_for
from breakwater.trust.actions.suspensions import suspend
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Entry
from breakwater.trust.testing import an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of
from breakwater.trust.tests.browsing import press as trust_press

pytestmark = pytest.mark.django_db
ROOM = "/our-room/"
NUMBER = "(937) 555-0142"


@pytest.fixture
def ada():
    return an_actor(now=timezone.now() - timedelta(seconds=5))


@pytest.fixture
def church():
    """A church with cots that nobody here keeps, and the number for text messages that the directory tells."""
    place = Place.objects.create(
        source="testing", external_id=new_id().hex, name="Grace Church", city="Dayton"
    )
    Phone.objects.create(
        source="testing", external_id=new_id().hex, place=place, number=NUMBER, kind=Phone.Kind.TEXT
    )
    Program.objects.create(place=place, kind=Bed.Kind.SHELTER_ADULT)
    return place


def cots(place):
    return Program.objects.get(place=place, kind=Bed.Kind.SHELTER_ADULT)


def knock(handed, code=None, address="198.51.100.9"):
    client = Client(REMOTE_ADDR=address)
    letters = f"https://breakwater.example{ROOM}#{handed.letters}"
    typed = {"letters": letters, "one_time_code": code or handed.code.lower(), "who": "Sister Agnes"}
    return client, client.post(ROOM, typed)


def let_in(handed):
    client, answer = knock(handed)
    assert (answer.status_code, answer["Location"]) == (303, ROOM)
    return client


def key_on(client):
    return re.search(r'idempotency_key" value="([^"]*)"', client.get(ROOM).content.decode())[1]


def tap(client, program, **said):
    """Press one button of the page, with the key of its form."""
    return client.post(f"{ROOM}told/", {"program": program.pk, "idempotency_key": key_on(client)} | said)


def figure(place):
    return Capacity.objects.standing().filter(program=cots(place)).first()


def test_a_phone_is_let_in_once_and_then_one_tap_is_enough(ada, church):
    handed = a_room_link(church, by=ada)
    kept = RoomLink.objects.get()
    assert not {handed.letters, handed.code} & {kept.token, kept.code}
    phone = let_in(handed)
    page = phone.get(ROOM)
    text = page.content.decode()
    assert "Nobody has told a figure yet" in text
    assert ("Grace Church" in text, "Breakwater" in text) == (True, False)
    assert ("<title>An answer</title>" in text, page["Cache-Control"]) == (True, "no-store")
    assert tap(phone, cots(church), accepting="3").status_code == 303
    as_seen_by(ada)
    told = figure(church)
    assert (told.free, told.total, told.told_by) == (3, None, "Sister Agnes, Grace Church, by its link")
    assert row_of(cots(church).pk, at=timezone.now(), agency=ada.agency).open == 3
    tap(phone, cots(church), is_still_so="on")
    assert (figure(church).free, figure(church).pk) != (3, told.pk)
    tap(phone, cots(church), accepting="0")
    assert (figure(church).free, figure(church).told_by) == (0, "Sister Agnes, Grace Church, by its link")
    assert "full" in phone.get(ROOM).content.decode()
    verbs = list(Entry.objects.filter(about=kept.pk).order_by("pk").values_list("verb", flat=True))
    assert verbs == ["portal.room_link_handed", "portal.room_device_let_in"]
    assert not any(
        one in str(entry.facts) for entry in Entry.objects.all() for one in (handed.letters, "Agnes")
    )
    assert Client().get(ROOM).content.decode().count("Let this phone in"), "elsewhere it is the box"


def test_a_figure_keeps_what_was_licensed_as_far_as_it_can(ada, church):
    count_outside(cots(church), Count(licensed=4, accepting=1), told_by="Jo", at=ada.now, by=ada)
    phone = let_in(a_room_link(church, by=ada))
    for told, licensed in (("2", 4), ("6", None)):
        tap(phone, cots(church), accepting=told)
        as_seen_by(ada)
        assert (figure(church).free, figure(church).total) == (int(told), licensed)


@pytest.mark.parametrize(
    "over", ["wrong code", "wrong link", "used", "code is old", "time", "ended", "suspended"]
)
def test_what_is_over_or_half_known_lets_nobody_in(ada, church, over):
    handed = a_room_link(church, by=ada)
    code, letters = handed.code, handed.letters
    if over == "wrong code":
        code = "AAAAA" if handed.code != "AAAAA" else "BBBBB"
    elif over == "wrong link":
        handed = type(handed)(link=handed.link, letters="x" * 43, code=code)
    elif over == "used":
        assert let_in(handed)
    elif over == "code is old":
        RoomLink.objects.update(code_expires_at=ada.now - timedelta(1))
    elif over == "time":
        RoomLink.objects.update(starts_at=ada.now - timedelta(9), expires_at=ada.now - timedelta(1))
    elif over == "ended":
        end_room_link(handed.link, at=ada.now, by=ada)
    else:
        boss = an_actor(Role.ADMINISTRATOR, agency=ada.agency, now=ada.now)
        suspend(reason="A leak.", looked_after_by=None, at=ada.now, by=boss)
    client, answer = knock(handed, code)
    assert (answer.status_code, settings.ROOM_COOKIE in answer.cookies) == (422, False)
    assert letters not in client.get(ROOM).content.decode()


@pytest.mark.parametrize("how", ["link", "device", "new link", "time", "suspended", "left", "other kept"])
def test_it_ends_at_once_on_a_page_that_is_open(ada, church, how):
    handed = a_room_link(church, by=ada)
    phone = let_in(handed)
    tap(phone, cots(church), accepting="3")
    key = key_on(phone)
    as_seen_by(ada)
    boss = an_actor(Role.ADMINISTRATOR, agency=ada.agency, now=ada.now)
    if how == "link":
        as_seen_by(boss)
        end_room_link(handed.link, at=ada.now, by=boss)
    elif how == "device":
        end_device(RoomDevice.objects.get(), at=ada.now, by=ada)
    elif how == "new link":
        a_room_link(church, by=ada)
    elif how == "time":
        RoomLink.objects.update(starts_at=ada.now - timedelta(9), expires_at=ada.now - timedelta(1))
    elif how == "suspended":
        suspend(reason="A leak.", looked_after_by=None, at=ada.now, by=boss)
    elif how == "left":
        assert phone.post(f"{ROOM}out/", {"idempotency_key": key}).status_code == 303
    else:
        Program.objects.update(agency=an_agency())
    phone.post(f"{ROOM}told/", {"program": cots(church).pk, "accepting": "9", "idempotency_key": key})
    assert figure(church).free == 3
    assert "Take 4 now" not in phone.get(ROOM).content.decode()


def test_another_places_figures_are_out_of_reach_by_the_page_and_behind_it(ada, church):
    other = Place.objects.create(source="testing", external_id=new_id().hex, name="Tide House", city="Dayton")
    theirs = Program.objects.create(place=other, kind=Bed.Kind.SHELTER_ADULT)
    phone = let_in(a_room_link(church, by=ada))
    answer = tap(phone, theirs, accepting="2")
    assert answer.status_code == 422
    assert "told by somebody else" in answer.content.decode()
    for wrong in ({"accepting": "-1"}, {"accepting": "many"}, {}, {"accepting": "12345"}):
        assert tap(phone, cots(church), **wrong).status_code == 422
    stale = {"program": cots(church).pk, "accepting": "2", "idempotency_key": str(new_key(new_id()))}
    assert "open for too long" in phone.post(f"{ROOM}told/", stale).content.decode()
    assert not Capacity.objects.filter(program__in=[theirs, cots(church)]).exists()
    with connection.cursor() as raw:
        raw.execute(
            "SELECT set_config('breakwater.agency', '', true), set_config('breakwater.user', '', true)"
        )
        raw.execute("SELECT count(*) FROM portal_roomlink")
        assert raw.fetchone() == (0,), "nobody reads the rows themselves"
    teller = Teller(device_id=new_id(), link_id=new_id(), agency=ada.agency, place=church, expires_at=ada.now)
    with pytest.raises(Overtaken, match="This page is over"):
        tell_by_link(teller, cots(church).pk, 1, at=ada.now)
    with pytest.raises(Overtaken, match="This page is over"):
        still_so_by_link(teller, cots(church).pk, at=ada.now)
    leave_device(teller, at=ada.now)


def test_a_figure_by_link_is_held_against_what_the_place_then_does(ada, church):
    """The truth rate does not ask how a figure came; and full by the link proves nothing, like any other full."""
    phone, later = let_in(a_room_link(church, by=ada)), timezone.now() + timedelta(minutes=5)

    def asked(answer):
        as_seen_by(ada)
        ask = a_round(a_case(by=ada), cots(church), by=ada, at=timezone.now()).asks.get()
        act = hear_yes if answer == "yes" else hear_no
        act(
            ask,
            Heard(source="Sister Agnes", reason="" if answer == "yes" else "full"),
            at=timezone.now(),
            by=ada,
        )

    for figure_told, answer in (("2", "yes"), ("2", "no"), ("0", "no")):
        tap(phone, cots(church), accepting=figure_told)
        asked(answer)
    as_seen_by(ada)
    assert board_truth(later) == {cots(church).pk: Truth(asked=2, accepted=1)}


def test_a_code_is_good_for_one_device_and_the_next_needs_another(ada, church):
    handed = a_room_link(church, by=ada)
    first = let_in(handed)
    as_seen_by(ada)
    another = let_another_in(handed.link, at=ada.now, by=ada)
    second = let_in(type(handed)(link=handed.link, letters=handed.letters, code=another.code))
    as_seen_by(ada)
    assert RoomDevice.objects.let_in().count() == 2
    end_device(RoomDevice.objects.earliest("pk"), at=ada.now, by=ada)
    with pytest.raises(Overtaken, match="tells nothing any more"):
        end_device(RoomDevice.objects.earliest("pk"), at=ada.now, by=ada)
    assert "Let this phone in" in first.get(ROOM).content.decode()
    assert "Grace Church" in second.get(ROOM).content.decode()
    assert let_device_in(handed.letters, handed.code, who="Mallory", at=timezone.now()) == ""


def test_it_is_renewed_by_its_own_agency_and_by_nobody_elses(ada, church):
    handed = a_room_link(church, by=ada)
    later = ada.now + timedelta(days=10)
    assert renew_room_link(handed.link, at=later, by=ada).expires_at == later + LINKS.standing.lasts
    mallory = an_actor(now=ada.now)
    as_seen_by(mallory)
    for act in (renew_room_link, let_another_in, end_room_link):
        with pytest.raises(Overtaken, match="over already"):
            act(handed.link, at=ada.now, by=mallory)
    as_seen_by(ada)
    with pytest.raises(Overtaken, match="time of this link is up"):
        let_another_in(handed.link, at=later + timedelta(days=400), by=ada)
    end_room_link(handed.link, at=ada.now, by=ada)
    assert (handed.link.stands_at(later), RoomLink.objects.get().stands_at(later)) == ("stands", "taken back")


def test_a_link_needs_something_to_tell(ada, church):
    Program.objects.update(retired_at=ada.now)
    with pytest.raises(Refused, match="Nothing is known that they give"):
        a_room_link(church, by=ada)
    assert note_program(church, kind="meal", at=ada.now, by=ada).place == church
    a_room_link(church, by=ada)
    detox = note_program(church, kind="detox", at=ada.now, by=ada)
    assert a_round(a_case(by=ada), detox, by=ada).asks.get().name == "Grace Church", (
        "it can be asked in a round"
    )
    for kind, sentence in (("castle", "which kind of room"), ("meal", "known already")):
        with pytest.raises(Refused, match=sentence):
            note_program(church, kind=kind, at=ada.now, by=ada)
    a_program(keeper=an_agency(), at=ada.now, place=church, kind="respite")
    with pytest.raises(Refused, match="works with Breakwater gives this"):
        note_program(church, kind="respite", at=ada.now, by=ada)
    with pytest.raises(Refused, match="Nobody has told a figure yet"):
        still_so_outside(Program.objects.get(kind="meal"), told_by="Jo", at=ada.now, by=ada)
    church.retired_at = ada.now
    church.save()
    with pytest.raises(Refused, match="not listed"):
        a_room_link(church, by=ada)
    with pytest.raises(Refused, match="not listed"):
        note_program(church, kind="crisis", at=ada.now, by=ada)
    assert why_no_standing_link(is_listed=True, gives=True) == ""


def test_the_board_asks_them_once_by_day_in_fixed_words_and_without_a_secret(ada, church, settings):
    with a_gateway(settings) as gateway:
        desk = Desk(channel="sms", value=NUMBER)
        handed = a_room_link(church, by=ada, desk=desk)
        first = Notice.objects.get()
        assert (first.kind, first.value, first.link.endswith(f"#{handed.letters}")) == (
            "standing",
            NUMBER,
            True,
        )
        assert handed.code not in first.link
        told_at = ada.now.replace(hour=15, minute=0)  # a morning, a noon or an afternoon from Maine to Hawaii
        count_outside(cots(church), Count(accepting=2), told_by="Jo", at=told_at, by=ada)
        young, due, later, last, night = (told_at + timedelta(hours=many) for many in (1, 3, 4, 6, 20))
        system = system_for(ada.agency, now=ada.now)
        assert ask_places(at=young, by=system) == 0, "it is young"
        assert ask_places(at=night, by=system) == 0, "it is night"
        assert ask_places(at=due, by=system) == 1
        assert ask_places(at=later, by=system) == 0, "each figure is asked for once"
        asked = Notice.objects.get(kind="figure")
        assert (asked.value, asked.link) == (NUMBER, handed.link.page)
        end_room_link(handed.link, at=due, by=ada)
        assert set(Notice.objects.values_list("state", "link")) == {("dropped", "")}
        a_room_link(church, by=ada, desk=desk)
        count_outside(cots(church), Count(accepting=1), told_by="Jo", at=due, by=ada)
        Phone.objects.update(number="(937) 555-0199")
        assert ask_places(at=last, by=system) == 0, "the directory tells another number now"
        ask_places_everywhere(0)
        assert gateway.asked == []


def test_where_many_places_are_written_to_costs_as_many_statements_as_for_one(ada, church, settings):
    with a_gateway(settings):
        desk = Desk(channel="sms", value=NUMBER)
        system, at = system_for(ada.agency, now=ada.now), ada.now.replace(hour=15, minute=0)
        a_room_link(church, by=ada, desk=desk)
        with CaptureQueriesContext(connection) as one:
            assert ask_places(at=at, by=system) == 0
        for name in ("Hope Church", "Peace Church"):
            place = Place.objects.create(source="testing", external_id=new_id().hex, name=name, city="Dayton")
            service = Service.objects.create(source="testing", external_id=new_id().hex, name="Cots")
            facts = {"source": "testing", "external_id": new_id().hex, "service": service}
            ServiceAt.objects.create(place=place, **facts)
            Phone.objects.create(number=NUMBER, kind=Phone.Kind.TEXT, **facts)
            Program.objects.create(place=place, kind=Bed.Kind.SHELTER_ADULT)
            assert desks_of_place(place) == [desk], "the number of what is given there"
            a_room_link(place, by=ada, desk=desk)
        with CaptureQueriesContext(connection) as three:
            assert ask_places(at=at, by=system) == 0
    assert len(three) == len(one)


def test_the_office_sees_and_keeps_its_links_on_pages(ada, church):
    desk = browser_of(ada)
    assert "No link was made yet" in desk.get("/room-links/").content.decode()
    where = f"/room-links/places/{church.pk}/"
    assert trust_press(desk, f"{where}kinds/", kind="meal").status_code in (302, 303)
    slip = trust_press(desk, where).content.decode()
    as_seen_by(ada)
    link = RoomLink.objects.get()
    letters, code = (one for one in re.findall(r"<code>([^<]*)</code>", slip))
    assert letters.startswith(f"{link.page}#")
    _, answer = knock(type("Handed", (), {"letters": letters, "code": code}))
    assert answer.status_code == 303
    text = desk.get(where).content.decode()
    assert ("Sister Agnes" in text, "Meals" in text) == (True, True)
    assert "A code for one more phone" in trust_press(desk, f"/room-links/{link.pk}/code/").content.decode()
    assert trust_press(desk, f"/room-links/{link.pk}/renewal/").status_code in (302, 303)
    as_seen_by(ada)
    device = RoomDevice.objects.get()
    assert trust_press(desk, f"/room-links/devices/{device.pk}/ending/").status_code in (302, 303)
    assert trust_press(desk, f"/room-links/{link.pk}/ending/").status_code in (302, 303)
    assert "taken back" in desk.get("/room-links/").content.decode()
    stranger = browser_of(an_actor(now=ada.now))
    for path in (
        f"{link.pk}/ending/",
        f"{link.pk}/code/",
        f"{link.pk}/renewal/",
        f"devices/{device.pk}/ending/",
    ):
        assert trust_press(stranger, f"/room-links/{path}").status_code == 404
    Place.objects.update(is_confidential=True, city="")
    assert desk.get(where).status_code == 404


def test_the_database_keeps_links_and_devices_in_order(ada, church):
    handed = a_room_link(church, by=ada)
    facts = {"agency": ada.agency, "place": church, "token": "t", "page": "p", "code_expires_at": ada.now}
    twice = facts | {"starts_at": ada.now, "expires_at": ada.now + timedelta(1)}
    for wrong, constraint in (
        (twice, "one_standing_link_to_a_place"),
        (twice | {"ended_at": ada.now, "expires_at": ada.now}, "a_standing_link_expires"),
        (twice | {"ended_at": ada.now, "channel": "sms"}, "a_standing_link_goes_somewhere_or_nowhere"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            RoomLink.objects.create(**wrong)
    other = an_agency()
    as_seen_by(an_actor(agency=other, now=ada.now))
    with pytest.raises(IntegrityError, match="a_device_is_of_the_agency"), transaction.atomic():
        RoomDevice.objects.create(link=handed.link, agency=other, who="x", key="k", opened_at=ada.now)
