"""Gateways that are down for hours, slow, or answer twice: nothing goes twice, and whoever works here reads of it."""

from datetime import timedelta
from functools import partial
from threading import Event

import pytest
from django.utils import timezone

from breakwater.cases.testing import a_case
from breakwater.kernel import outside
from breakwater.messaging.actions.sending import send
from breakwater.messaging.jobs import send_due
from breakwater.messaging.testing import a_notice, a_rule, a_safe_phone
from breakwater.messaging.tests.outside import a_gateway, a_mail_server
from breakwater.trust.testing import NOON, an_actor
from breakwater.trust.tests.browsing import browser_of
from conftest import wait_until

pytestmark = pytest.mark.django_db


def asked_for(ada, *, channel="sms", **point):
    """A notice that waits to go to a safe number or address."""
    case = a_case(by=ada, at=ada.now)
    to = a_safe_phone(case, by=ada, **point)
    a_rule(to, by=ada)
    return a_notice(case, to, by=ada, channel=channel)


def test_a_mail_server_that_takes_nothing_for_hours_gets_it_once(settings):
    ada, at = an_actor(), NOON
    with a_mail_server(settings) as mail:
        notice = asked_for(ada, channel="email", kind="email", value="m@post.example")
        mail.says = "451 Later"
        for _ in range(8):
            assert send_due(ada.agency, at=at) == 0
            notice.refresh_from_db()
            at = notice.next_at
        assert at > NOON + timedelta(hours=3)
        mail.says = "250 Fine"
        assert send_due(ada.agency, at=at) == 1
        assert send_due(ada.agency, at=at + timedelta(hours=9)) == 0
    assert len(mail.letters) == 1


def test_a_gateway_that_is_too_slow_to_hear_out_sends_once(settings, monkeypatch):
    ada = an_actor()
    with a_gateway(settings) as gateway:
        notice = asked_for(ada)
        monkeypatch.setattr(outside, "ask", partial(outside.ask, patience=0.2))
        over = Event()
        monkeypatch.setattr(gateway, "take", slowly(gateway.take, over))
        assert send(notice.pk, at=NOON, by=ada) == "unreachable"
        over.set()
        wait_until(lambda: gateway.asked)
        monkeypatch.undo()
        assert send(notice.pk, at=NOON + timedelta(hours=1), by=ada) == "sent"
    assert (len(gateway.asked), len(gateway.went)) == (2, 1)


def slowly(take, over):
    """It takes what it is given, and its answer comes when nobody listens any more: not before ``over``."""

    def takes(told, key):
        answer = take(told, key)
        over.wait(60)
        return answer

    return takes


def test_whoever_works_reads_since_when_nothing_goes_and_that_it_went_later(settings):
    ada = an_actor(now=timezone.now())
    browser = browser_of(ada)

    def said(where):
        return browser.get(where).content.decode()

    with a_gateway(settings) as gateway:
        first, second = asked_for(ada), asked_for(ada, value="(555) 010-4488")
        page = f"/messages/cases/{first.case_id}/notice/"
        of_case = f"/case/{first.case_id}/"
        assert "Not sent" not in said("/messages/") + said(page) + said(of_case)
        gateway.mood = "down"
        for one in (first, second):
            assert send(one.pk, at=ada.now, by=ada) == "unreachable"
        assert "Not sent since" in said("/messages/")
        assert "2 notices wait" in said("/messages/")
        assert "one notice to them waits" in said(of_case), "of this case, and of no other"
        assert b"Not sent since" not in browser_of(an_actor(now=ada.now)).get("/messages/").content, (
            "nor theirs"
        )
        told = said(page)
        assert all(words in told for words in ("Not sent yet", "not sent since", "tried once", "Call them"))
        gateway.mood = "well"
        for one in (first, second):
            assert send(one.pk, at=ada.now + timedelta(hours=1), by=ada) == "sent"
        assert "Not sent" not in said("/messages/") + said(page) + said(of_case)
