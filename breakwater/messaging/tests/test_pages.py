"""The pages of messages, and the one address at which a machine speaks."""

import json

import pytest
from django.test import Client

from breakwater.cases.testing import a_case
from breakwater.messaging.actions.notices import News, tell_workers
from breakwater.messaging.actions.sending import send
from breakwater.messaging.models import ContactRule, Mark, Message, Notice, Thread, Way
from breakwater.messaging.testing import a_message, a_notice, a_rule, a_safe_phone
from breakwater.messaging.tests.outside import a_gateway
from breakwater.people.models import ContactPoint
from breakwater.trust.capabilities import Role
from breakwater.trust.rules import FREE_BY_NAME
from breakwater.trust.testing import an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db
SECRET = "a gateway that answers knows this, and nobody else does"


@pytest.fixture
def ada():
    from django.utils import timezone

    return an_actor(now=timezone.now())


def at(answer):
    assert answer.status_code == 303, answer.content
    return answer["Location"]


def test_a_thread_is_written_read_amended_and_marked(ada):
    case, bo = a_case(by=ada, at=ada.now), an_actor(agency=ada.agency, now=ada.now, name="Bo Lind")
    writer, reader = browser_of(ada), browser_of(bo)
    where = f"/messages/cases/{case.pk}/"
    assert b"Nothing has been written" in reader.get(where).content
    assert press(writer, where, by=ada, words=" ").status_code == 422
    assert at(press(writer, where, by=ada, words="Can you see them at four?", is_urgent="on")).startswith(
        where
    )
    assert b"1 new" in reader.get("/messages/?unread").content
    page = reader.get(where).content
    assert b"see them at four" in page
    assert b"Waits for an answer" in page
    assert b"1 new" not in reader.get("/messages/").content
    assert b"Nothing here" in reader.get("/messages/?unread").content
    as_seen_by(ada)
    message = Message.objects.get()
    amendment = f"/messages/texts/{message.pk}/amendment/"
    at(press(writer, amendment, by=ada, words="At five?", reason="Late bus.", version="1"))
    stale = press(writer, amendment, by=ada, words="At six?", reason="Later bus.", version="1")
    assert (stale.status_code, b"At five?" in stale.content) == (422, True)
    page = reader.get(where).content
    assert b"At five?" in page
    assert b"As it was first written" in page
    assert b"Bo Lind" not in reader.get(f"/case/{case.pk}/").content.partition(b'id="messages"')[2][:600]


def test_a_long_thread_comes_in_pages(ada):
    case = a_case(by=ada, at=ada.now)
    for number in range(32):
        a_message(case, f"Line {number}.", by=ada)
    browser = browser_of(ada)
    latest = browser.get(f"/messages/cases/{case.pk}/").content
    assert b"Line 31." in latest
    assert b"Line 1." not in latest
    assert b"Line 1." in browser.get(f"/messages/cases/{case.pk}/?page=2").content


def test_a_notice_is_agreed_to_asked_for_and_called_off(ada):
    case = a_case(by=ada, at=ada.now)
    point = a_safe_phone(case, by=ada)
    browser, where, rule = (
        browser_of(ada),
        f"/messages/cases/{case.pk}/notice/",
        f"/messages/contact-points/{point.pk}/rule/",
    )
    assert b"agreed to no notices yet" in browser.get(where).content
    agreed = {"opens": "00:00", "closes": "00:00", "time_zone": "America/Chicago", "language": "es"}
    assert press(browser, rule, by=ada, **(agreed | {"opens": "25:00"})).status_code == 422
    at(press(browser, rule, by=ada, **agreed))
    assert b"Chicago" in browser.get(where).content
    assert (
        press(browser, where, by=ada, kind="call", to=str(point.pk), when="2026-02-30T10:00").status_code
        == 422
    )
    at(press(browser, where, by=ada, kind="call", to=str(point.pk), when="2199-01-01T10:00"))
    as_seen_by(ada)
    notice = Notice.objects.get()
    at(press(browser, f"/messages/sent/{notice.pk}/calling-off/", by=ada))
    assert b"It was called off." in browser.get(where).content
    at(press(browser, rule, by=ada, ends="1"))
    as_seen_by(ada)
    assert not ContactRule.objects.standing().exists()


def test_inside_it_is_said_what_waits(ada):
    case = a_case(by=ada, at=ada.now)
    for kind, words in (("request", b"A letter to answer"), ("clock", b"A promise that was missed")):
        tell_workers(News(kind=kind, cause=case.pk, about=case.pk), {ada.user.pk}, at=ada.now, by=ada)
        assert words in browser_of(ada).get("/messages/").content


def test_somebody_says_how_they_want_to_hear(ada):
    browser = browser_of(ada)
    chosen = {"channel": "email", "value": "d@post.example", "quiet_from": "20:00", "quiet_until": "08:00"}
    at(press(browser, "/messages/ways/", by=ada, **chosen))
    assert b"d@post.example" in browser.get("/messages/ways/").content
    at(press(browser, "/messages/ways/", by=ada, ends="email"))
    as_seen_by(ada)
    assert not Way.objects.standing().exists()


def test_nobody_sees_to_what_is_somebody_elses(ada):
    bo = an_actor(Role.PARTNER, agency=ada.agency, now=ada.now)
    case = a_case(by=as_seen_by(ada), at=ada.now)
    point = a_safe_phone(case, by=ada)
    a_rule(point, by=ada)
    notice = a_notice(case, point, by=ada)
    assert press(browser_of(bo), f"/messages/notices/{notice.pk}/seen/", by=bo).status_code == 404


def say(told, secret=SECRET, **more):
    body = told if isinstance(told, str) else json.dumps(told)
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    return (
        Client()
        .post("/messages/gateway/", body, content_type="application/json", headers=headers, **more)
        .status_code
    )


def test_the_gateway_says_what_became_of_a_message_and_who_wants_no_more(ada, settings):
    assert say({"from": "(555) 010-4477", "text": "STOP"}) == 404, (
        "without a secret of ours nobody is listened to"
    )
    settings.SMS_SECRET = SECRET
    case = a_case(by=ada, at=ada.now)
    point = a_safe_phone(case, by=ada)
    a_rule(point, by=ada)
    notice = a_notice(case, point, by=ada)
    with a_gateway(settings):
        assert send(notice.pk, at=ada.now, by=ada) == "sent"
    for wrong in (
        "{",
        "[]",
        "[" * 20_000,
        {"from": 5, "text": "STOP"},
        {"key": "x", "status": "delivered"},
        {"text": "STOP"},
    ):
        assert say(wrong) == 400
    assert say({"from": "(555) 010-4477", "text": "Thank you"}) == 204
    assert say({"key": str(notice.pk), "status": "delivered"}) == 204
    assert say({"key": str(Thread().pk), "status": "failed"}) == 204
    as_seen_by(ada)
    assert Notice.objects.get().state == "delivered"
    assert ContactPoint.objects.get(ends_at=None).safety == "safe"
    assert say({"from": "+1 555 010 4477", "text": "Wrong number!"}) == 204
    as_seen_by(ada)
    assert ContactPoint.objects.get(ends_at=None).safety == "unsafe"


def test_whoever_guesses_the_secret_of_the_gateway_waits(settings):
    settings.SMS_SECRET = SECRET
    told = {"from": "(555) 010-4477", "text": "STOP"}
    assert [say(told, secret=f"guess {n}") for n in range(FREE_BY_NAME)] == [403] * FREE_BY_NAME
    assert say(told) == 429
    assert not Mark.objects.exists()
    assert say(told, REMOTE_ADDR="198.51.100.7") == 204, (
        "who does not guess is heard, though it was never here before"
    )
