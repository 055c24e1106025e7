"""Notes on a device: one sentence, sealed for one browser, through the one gate; and gone with the session there."""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import time, timedelta
from functools import partial
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import IntegrityError, transaction
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import ECKey

from breakwater.kernel.errors import Refused
from breakwater.kernel.ids import new_id
from breakwater.messaging.actions.notices import News, see_notice, tell_workers
from breakwater.messaging.actions.reach import ChosenDevice, choose_device, end_device
from breakwater.messaging.actions.sending import our_key, send
from breakwater.messaging.devices import Browser, why_no_browser
from breakwater.messaging.jobs import send_due
from breakwater.messaging.models import Notice, Way
from breakwater.messaging.tests.outside import a_push_service
from breakwater.messaging.transports.push import encrypted
from breakwater.trust.devices import HELD, OPEN, OVER, how_stands
from breakwater.trust.models import Session
from breakwater.trust.sealed import keyed
from breakwater.trust.testing import an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
NOTE = Path(__file__).parents[1] / "static/messaging/note.js"


@pytest.fixture
def ada():
    return an_actor(now=timezone.now())


@pytest.fixture
def service(settings):
    with a_push_service(settings) as found:
        yield found


def signed_in(ada, key="k" * 32):
    """A session of hers, and how its device is known."""
    Session.objects.create(
        session_key=key, session_data="", user=ada.user, expire_date=ada.now + timedelta(hours=12)
    )
    return keyed(key, what="device")


def a_device(ada, service, name="one", device=None, **facts):
    usual = {"quiet_from": time(0), "quiet_until": time(0), "urgent_at_night": False}
    chosen = ChosenDevice(browser=service.browser(name), device=device or signed_in(ada), **(usual | facts))
    return choose_device(chosen, at=ada.now, by=ada)


def told(ada, **facts):
    """Something waits for her: the notices that go to devices."""
    news = News(kind="message", cause=new_id(), about=new_id(), **facts)
    tell_workers(news, {ada.user_id}, at=ada.now, by=ada)
    return list(Notice.objects.filter(cause=news.cause, channel="push").order_by("pk"))


def test_a_note_is_one_byte_that_only_the_browser_opens_and_says_who_sends(ada, service):
    a_device(ada, service)
    (notice,) = told(ada)
    assert send(notice.pk, at=ada.now, by=ada) == "sent"
    assert send(notice.pk, at=ada.now, by=ada) == "", "once"
    assert list(service.notes.values()) == [b"1"]
    (asked,) = service.asked
    assert (asked["Content-Encoding"], asked["Urgency"], asked["TTL"]) == (
        "aes128gcm",
        "high",
        str(3 * 24 * 3600),
    )
    proof = dict(one.split("=", 1) for one in asked["Authorization"].removeprefix("vapid ").split(", "))
    assert proof["k"] == our_key()
    point = urlsafe_b64decode(proof["k"] + "=")
    public = {"kty": "EC", "crv": "P-256", "x": _text(point[1:33]), "y": _text(point[33:])}
    claims = jwt.decode(proof["t"], ECKey.import_key(public), algorithms=["ES256"]).claims
    assert (claims["aud"], claims["sub"]) == (
        service.address.removesuffix("/to/"),
        "mailto:ops@harbor.example",
    )
    assert 0 < claims["exp"] - ada.now.timestamp() <= 24 * 3600
    assert ada.agency.name not in str(asked)
    assert str(ada.user_id) not in str(asked)


def test_what_is_sealed_is_what_the_standard_writes():
    """The example of RFC 8291, appendix A, to the letter."""
    number = int.from_bytes(urlsafe_b64decode("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw="))
    browser = Browser(
        endpoint="https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV", auth="BTBZMqHH6r4Tts7J_aSIgg",
        p256dh="BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    )  # fmt: skip
    sealed = encrypted(
        b"When I grow up, I want to be a watermelon", browser, salt=urlsafe_b64decode("DGv6ra1nlYgDCS1FRnbzlw=="),
        once=ec.derive_private_key(number, ec.SECP256R1()),
    )  # fmt: skip
    assert _text(sealed) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl"
        "95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_a_service_that_is_down_or_answers_twice_carries_it_once(ada, service):
    a_device(ada, service)
    (notice,) = told(ada)
    service.mood, at = "down", ada.now
    for _ in range(8):
        assert send_due(ada.agency, at=at) == 0
        notice.refresh_from_db()
        at = notice.next_at
    assert at - ada.now > timedelta(hours=2)
    service.mood = "lost"
    assert send(notice.pk, at=at, by=ada) == "unreachable"
    service.mood = "well"
    assert send(notice.pk, at=at + 2 * timedelta(hours=1), by=ada) == "sent"
    assert list(service.notes.values()) == [b"1"], "the topic is the same, so what waits there is replaced"


def test_each_device_has_its_own_and_one_that_is_gone_is_taken_off(ada, service):
    first = a_device(ada, service)
    second = a_device(ada, service, "two", device=signed_in(ada, "l" * 32))
    notices = told(ada)
    assert {one.way_id for one in notices} == {first.pk, second.pk}
    service.mood = "gone"
    assert {send(one.pk, at=ada.now, by=ada) for one in notices} == {"failed"}
    assert set(Notice.objects.filter(channel="push").values_list("why", flat=True)) == {"gone"}
    assert not Way.objects.standing().exists()
    assert told(ada) == []
    third = a_device(ada, service, device=first.device)
    (refused,) = told(ada)
    service.mood = "no"
    assert send(refused.pk, at=ada.now, by=ada) == "failed"
    assert Way.objects.standing().get() == third, "what it would not take once says nothing of the next"


@pytest.mark.parametrize("how", ["signed out", "too old", "dismissed", "stopped", "seen", "quiet", "unset"])
def test_nothing_comes_up_where_its_owner_is_not(ada, service, settings, how):
    quiet = {"quiet_from": time(0), "quiet_until": time(23, 59)} if how == "quiet" else {}
    way = a_device(ada, service, **quiet)
    (notice,) = told(ada)
    at, why = ada.now, "ended"
    if how == "signed out":
        Session.objects.all().delete()
    elif how == "too old":
        at += timedelta(hours=13)
    elif how == "dismissed":
        ada.user.appointments.update(ends_at=ada.now)
    elif how == "stopped":
        end_device(way.pk, at=ada.now, by=ada)
    elif how == "seen":
        see_notice(notice, at=ada.now, by=ada)
        why = "seen"
    elif how == "unset":
        settings.PUSH_CONTACT, why = "", "no_channel"
    state = send(notice.pk, at=at, by=ada)
    notice.refresh_from_db()
    waits = ("waiting", "hours") if how == "quiet" else ("dropped", why)
    if how != "quiet" or at.astimezone(ada.zone).time() < time(23, 59):
        assert (state, notice.why) == waits
        assert service.asked == []


def test_while_somebody_else_holds_the_device_it_waits(ada, service):
    a_device(ada, service)
    (notice,) = told(ada)
    Session.objects.update(confined_to=new_id(), confined_until=ada.now + MINUTE)
    assert send(notice.pk, at=ada.now, by=ada) == "waiting"
    notice.refresh_from_db()
    assert (notice.why, notice.next_at, service.asked) == ("held", ada.now + 5 * MINUTE, [])
    Session.objects.update(confined_to=None, confined_until=None)
    assert send(notice.pk, at=notice.next_at, by=ada) == "sent"
    Session.objects.update(confined_to=new_id(), confined_until=ada.now + MINUTE)
    (late,) = told(ada)
    Notice.objects.filter(pk=late.pk).update(expires_at=ada.now + 2 * MINUTE)
    assert send(late.pk, at=ada.now, by=ada) == "dropped", "it would be of no use by then"


def test_only_services_that_are_known_are_written_to(ada, service, settings):
    good = service.browser()
    assert why_no_browser(good) == ""
    there = (
        "https://fcm.googleapis.com/fcm/send/x",
        "https://web.push.apple.com/x",
        "https://a.notify.windows.com/x",
    )
    elsewhere = (
        "https://push.evil.example/x", "https://evilfcm.googleapis.com.example/x", "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com:22/x", "https://169.254.169.254/x", "https://notify.windows.com@evil.example/",
        "https://[", "x" * 3000,
    )  # fmt: skip
    for endpoint in there:
        assert why_no_browser(Browser(endpoint=endpoint, p256dh=good.p256dh, auth=good.auth)) == ""
    for endpoint in elsewhere:
        browser = Browser(endpoint=endpoint, p256dh=good.p256dh, auth=good.auth)
        assert "not known here" in why_no_browser(browser)
        with pytest.raises(Refused, match="not known here"):
            choose_device(
                ChosenDevice(
                    browser=browser, device="d", quiet_from=time(0), quiet_until=time(0), urgent_at_night=False
                ),
                at=ada.now, by=ada,
            )  # fmt: skip
    settings.NEAR_HOSTS = ("login.hospital.internal",)
    for endpoint in ("https://login.hospital.internal/x", "https://login.hospital.internal:9200/_all"):
        browser = Browser(endpoint=endpoint, p256dh=good.p256dh, auth=good.auth)
        assert "not known here" in why_no_browser(browser), "near, and no service for browsers"
    for keys in ({"p256dh": "A" * 87, "auth": good.auth}, {"p256dh": good.p256dh, "auth": "AAAA"}):
        assert "did not say" in why_no_browser(Browser(endpoint=good.endpoint, **keys))
    a_device(ada, service)
    (notice,) = told(ada)
    settings.PUSH_HOSTS = ()
    assert send(notice.pk, at=ada.now, by=ada) == "failed", (
        "push hosts were named by whoever runs this, and are no more"
    )
    settings.PUSH_CONTACT = ""
    assert (service.asked, our_key()) == ([], "")


def test_the_page_offers_it_where_it_can_be_and_a_browser_is_chosen_and_stopped(ada, service, settings):
    desk, where = browser_of(ada), "/messages/ways/"
    page = desk.get(where)
    assert our_key() in page.content.decode()
    assert "worker-src 'self'" in page["Content-Security-Policy"]
    assert "worker-src 'none'" in desk.get("/messages/")["Content-Security-Policy"]
    assert "worker-src 'none'" in desk.get("/notes/")["Content-Security-Policy"]
    hours = {"quiet_from": "20:00", "quiet_until": "08:00"}
    wrong = press(desk, f"{where}device/", by=ada, endpoint="", p256dh="", auth="", **hours)
    assert "The browser did not say how to reach it" in wrong.content.decode()
    wrong = press(desk, f"{where}device/", by=ada, endpoint="\u202e<b>", p256dh="'", auth="\x7f", **hours)
    assert wrong.status_code == 422
    chosen = vars(service.browser()) | hours
    assert press(desk, f"{where}device/", by=ada, **chosen).status_code in (302, 303)
    as_seen_by(ada)
    way = Way.objects.get()
    assert (way.channel, json.loads(way.value)["endpoint"]) == ("push", service.browser().endpoint)
    assert "On this device" in desk.get(where).content.decode()
    assert service.browser().endpoint not in desk.get(where).content.decode()
    (notice,) = told(ada)
    assert notice.way_id == way.pk
    stranger = browser_of(an_actor(now=ada.now))
    assert press(stranger, f"{where}device/{way.pk}/ending/").status_code == 404
    as_seen_by(ada)
    assert Way.objects.standing().exists(), "another's is nobody's to stop"
    press(desk, f"{where}device/{way.pk}/ending/", by=ada)
    as_seen_by(ada)
    assert not Way.objects.standing().exists()
    settings.PUSH_CONTACT = ""
    assert "no way to send to a browser" in desk.get(where).content.decode()


def test_the_worker_in_the_browser_shows_one_sentence_and_keeps_nothing():
    code = re.sub(r"//.*", "", NOTE.read_text())
    assert not re.search(
        r"\b(?:fetch|caches|indexedDB|event\.data|importScripts|localStorage|postMessage)\b", code
    )
    assert re.findall(r"addEventListener\(\"(\w+)\"", code) == ["push", "notificationclick"]
    assert re.findall(r'"([^"]{6,})"', code)[:3] == ["A note is waiting", "Sign in to read it.", "/messages/"]


def test_how_a_device_stands(ada):
    device = signed_in(ada)
    stands = partial(how_stands, device, user_id=ada.user_id)
    assert (stands(at=ada.now), stands(at=ada.now + timedelta(hours=12))) == (OPEN, OVER)
    assert stands(user_id=new_id(), at=ada.now) == OVER
    Session.objects.update(confined_to=new_id(), confined_until=ada.now)
    assert stands(at=ada.now) == HELD


def test_the_database_keeps_ways_to_devices_in_order(ada, service):
    way = a_device(ada, service)
    again = a_device(ada, service, device=way.device)
    assert Way.objects.standing().get() == again, "the same browser once"
    facts = {"agency": ada.agency, "user": ada.user, "value": "x", "starts_at": ada.now}
    for wrong, constraint in (
        (facts | {"channel": "push"}, "only_a_way_to_a_device_names_one"),
        (facts | {"channel": "sms", "device": "d", "mark": "m"}, "only_a_way_to_a_device_names_one"),
        (facts | {"channel": "push", "device": "d", "mark": again.mark}, "one_way_to_each_browser"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            Way.objects.create(**wrong)


def _text(octets):
    return urlsafe_b64encode(octets).rstrip(b"=").decode()
