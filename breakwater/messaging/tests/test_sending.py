"""The one function that sends: it looks at everything at the moment of sending, and hands each notice over once."""

import json
from datetime import datetime, time, timedelta
from socket import gethostname
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from breakwater.cases.testing import a_case
from breakwater.kernel.errors import Refused
from breakwater.messaging.actions.notices import (
    call_notice_off,
    hear_refusal,
    hear_refusal_by_mark,
    hear_status,
)
from breakwater.messaging.actions.reach import end_rule
from breakwater.messaging.actions.sending import send
from breakwater.messaging.jobs import send_due
from breakwater.messaging.library import LIBRARY
from breakwater.messaging.models import ContactRule, Notice
from breakwater.messaging.rules.wording import WHY_NOT
from breakwater.messaging.testing import a_notice, a_rule, a_safe_phone
from breakwater.messaging.tests.outside import a_gateway, a_mail_server
from breakwater.people.actions.reach import add_contact_point, change_safety, contact_point, end_contact_point
from breakwater.people.models import ContactPoint
from breakwater.trust.capabilities import Role
from breakwater.trust.keyring import tokens_of
from breakwater.trust.models import Entry
from breakwater.trust.testing import NOON, an_actor, an_agency, as_seen_by

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def ada():
    return an_actor()


@pytest.fixture
def gateway(settings):
    with a_gateway(settings) as found:
        yield found


@pytest.fixture
def waiting(ada, gateway):
    """A notice that waits to go to a safe number."""
    case = a_case(by=ada)
    point = a_safe_phone(case, by=ada)
    a_rule(point, by=ada)
    return a_notice(case, point, by=ada)


def state(notice):
    notice.refresh_from_db()
    return notice.state, notice.why


def test_a_notice_goes_once_in_words_that_are_fixed(waiting, gateway, ada):
    assert send(waiting.pk, at=NOON, by=ada) == "sent"
    assert send(waiting.pk, at=NOON, by=ada) == ""
    assert gateway.asked == [
        {"key": str(waiting.pk), "to": "(555) 010-4477", "text": LIBRARY.people["call"].says["en"].text}
    ]
    assert hear_status(waiting.pk, arrived=True, at=NOON, by=ada)
    assert hear_status(waiting.pk, arrived=False, at=NOON, by=ada)
    assert state(waiting) == ("delivered", "")


@pytest.mark.parametrize(
    ("what", "why"),
    [
        (lambda point, by: change_safety(point, safety="unsafe", at=NOON, by=by), "ended"),
        (lambda point, by: change_safety(point, safety="ask_first", at=NOON, by=by), "ended"),
        (lambda point, by: end_contact_point(point, at=NOON, by=by), "ended"),
        (lambda point, by: end_rule(point, at=NOON, by=by), "no_rule"),
        (
            lambda point, by: add_contact_point(
                point.person, kind="phone", value="+1 555 010 4477", safety="unsafe", how="", at=NOON, by=by
            ),
            "ended",
        ),
        (
            lambda point, by: contact_point(
                point.person, kind="phone", value="+1 555 010 4477", safety="unsafe", at=NOON
            ).save(),
            "not_safe",
        ),
        (lambda point, by: hear_refusal("+15550104477", at=NOON, by=by), "ended"),
    ],
)  # fmt: skip
def test_what_changed_while_it_waited_stops_it(waiting, gateway, ada, what, why):
    """The gateway was down; meanwhile the number became unsafe, in every way in which it can."""
    gateway.mood = "down"
    assert send(waiting.pk, at=NOON, by=ada) == "unreachable"
    what(waiting.contact_point, ada)
    gateway.mood = "well"
    assert send(waiting.pk, at=NOON + HOUR, by=ada) == "dropped"
    assert state(waiting) == ("dropped", why)
    assert gateway.went == {}
    assert Entry.objects.filter(verb="messaging.notice_not_sent", about=waiting.pk).count() == 1


def test_a_gateway_that_is_down_for_hours_is_asked_less_and_less_and_then_gets_it_once(waiting, gateway, ada):
    gateway.mood = "down"
    at = NOON
    for _ in range(10):
        assert send_due(ada.agency, at=at) == 0
        waiting.refresh_from_db()
        assert send(waiting.pk, at=at, by=ada) == "", "it is left alone until its moment"
        at = waiting.next_at
    assert at == NOON + timedelta(minutes=1 + 2 + 4 + 8 + 16 + 32 + 4 * 60)
    gateway.mood = "well"
    assert send_due(ada.agency, at=at) == 1
    assert len(gateway.went) == 1


def test_an_answer_that_is_lost_sends_nothing_twice(waiting, gateway, ada):
    gateway.mood = "lost"
    assert send(waiting.pk, at=NOON, by=ada) == "unreachable"
    gateway.mood = "well"
    assert send(waiting.pk, at=NOON + HOUR, by=ada) == "sent"
    assert len(gateway.asked) == 2
    assert len(gateway.went) == 1


def test_one_that_is_refused_for_good_and_one_that_nobody_takes_are_told_to_whoever_sent_them(
    waiting, gateway, ada
):
    gateway.mood = "no"
    assert send(waiting.pk, at=NOON, by=ada) == "failed"
    second = a_notice(waiting.case, waiting.contact_point, by=ada)
    gateway.mood = "down"
    assert send(second.pk, at=NOON + LIBRARY.keeps_trying, by=ada) == "failed"
    assert [state(waiting)[1], state(second)[1]] == ["rejected", "gave_up"]
    assert {why for _, why in map(state, (waiting, second))} <= WHY_NOT.keys()


def test_hours_are_those_of_the_person_also_for_what_waits(ada, gateway):
    case = a_case(by=ada)
    point = a_safe_phone(case, by=ada)
    a_rule(point, by=ada, opens=time(9), closes=time(17), time_zone="America/Los_Angeles")
    notice = a_notice(case, point, by=ada)
    assert send(notice.pk, at=NOON, by=ada) == "waiting"
    opens = datetime(2026, 3, 10, 9, tzinfo=ZoneInfo("America/Los_Angeles"))
    assert (state(notice)[1], notice.next_at) == ("hours", opens)
    assert send(notice.pk, at=opens, by=ada) == "sent"


def test_no_notice_is_taken_that_could_not_go(ada, gateway):
    case = a_case(by=ada)
    point = a_safe_phone(case, by=ada)
    with pytest.raises(Refused, match="Write down first what they agreed to"):
        a_notice(case, point, by=ada)
    a_rule(point, by=ada)
    with pytest.raises(Refused, match="Choose what they are told"):
        a_notice(case, point, by=ada, kind="message")
    with pytest.raises(Refused, match="did not agree to be reached in this way"):
        a_notice(case, point, by=ada, channel="email")
    with pytest.raises(Refused, match="not theirs"):
        a_notice(a_case(by=ada), point, by=ada)
    notice = a_notice(case, point, by=ada, when=NOON + HOUR)
    assert send(notice.pk, at=NOON, by=ada) == ""
    call_notice_off(notice, at=NOON, by=ada)
    with pytest.raises(Refused, match="gone already"):
        call_notice_off(notice, at=NOON, by=ada)
    assert gateway.asked == []


def test_a_rule_is_only_written_for_what_is_safe(ada):
    case = a_case(by=ada)
    point = a_safe_phone(case, by=ada, safety="ask_first")
    with pytest.raises(Refused, match="not marked as safe"):
        a_rule(point, by=ada)
    with pytest.raises(Refused, match="phone or to an e-mail"):
        a_rule(a_safe_phone(case, by=ada, kind="address", value="Pier 4"), by=ada)
    safe = a_safe_phone(case, by=ada, value="(555) 010-4478")
    with pytest.raises(Refused, match="last day of what they agreed"):
        a_rule(safe, by=ada, agreed_until=NOON.date() - timedelta(days=1))
    a_rule(safe, by=ada)
    a_rule(safe, by=ada, language="es")
    assert ContactRule.objects.standing().get(contact_point=safe).language == "es"


def hear_later(by):
    """What was left for the worker to hear; there is nothing about anybody in it. How many ways it was."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'messaging.refused'")
        left = [json.loads(one) if isinstance(one, str) else one for (one,) in cursor.fetchall()]
    assert all(one.keys() == {"mark", "agency_id"} and len(one["mark"]) == 64 for one in left)
    return sum(hear_refusal_by_mark(one["mark"], at=NOON, by=by) for one in left)


@pytest.mark.parametrize("kind", ["case_management", "victim_service"])
def test_whoever_answers_stop_is_never_written_to_again_even_where_no_tokens_are_kept(gateway, kind):
    ada = an_actor(agency=an_agency(kind=kind))
    case = a_case(by=ada)
    point = a_safe_phone(case, by=ada)
    a_rule(point, by=ada)
    send(a_notice(case, point, by=ada).pk, at=NOON, by=ada)
    assert hear_refusal("555-010-9999", at=NOON, by=ada) == 0
    keeps_tokens = bool(tokens_of(ada.agency_id, "5550104477"))
    assert hear_refusal("+1 (555) 010-4477", at=NOON, by=ada) == keeps_tokens
    assert hear_later(ada) == (not keeps_tokens), (
        "who keeps none goes through them, outside of the gateway's request"
    )
    assert hear_refusal("+1 (555) 010-4477", at=NOON, by=ada) == 0
    assert ContactPoint.objects.get(person=case.person, ends_at=None).safety == "unsafe"
    assert LIBRARY.refuses("Stop!")
    assert LIBRARY.refuses("¿Quién es?")
    assert not LIBRARY.refuses("Thank you, I will not stop by")


def test_another_agency_sends_and_calls_off_nothing_of_ours(waiting, gateway, ada):
    stranger = an_actor(Role.SYSTEM)
    assert send(waiting.pk, at=NOON, by=stranger) == ""
    assert not Notice.objects.exists()
    as_seen_by(ada)
    assert send(waiting.pk, at=NOON, by=ada) == "sent"


HEADERS = [
    "Auto-Submitted", "Content-Transfer-Encoding", "Content-Type", "Date", "From", "MIME-Version", "Message-ID",
    "Subject", "To",
]  # fmt: skip
"""Of a mail, and no more: a program's name, or to whom one answers, would tell where it comes from."""


def test_mail_says_no_more_than_a_text_message(ada, settings):
    case = a_case(by=ada, known_as="Marisol Vega")
    point = a_safe_phone(case, by=ada, kind="email", value="m@post.example")
    a_rule(point, by=ada, language="es")
    with a_mail_server(settings) as mail:
        notice = a_notice(case, point, by=ada, channel="email")
        assert send(notice.pk, at=NOON, by=ada) == "sent"
        letter, words = mail.letters[0], LIBRARY.people["call"].says["es"]
        assert (letter["From"], letter["Subject"]) == ("Notas <notes@post.example>", words.subject)
        assert letter.get_payload(decode=True).decode().strip() == words.text
        assert letter["Message-ID"] == f"<{notice.pk}@post.example>"
        assert (sorted(letter.keys()), letter["Date"][-5:]) == (HEADERS, "-0000")
        assert mail.greeted_by == ["post.example"]
        for told in (
            ada.agency.name,
            "Marisol",
            "Breakwater",
            case.number,
            ada.name,
            "Harbor",
            gethostname(),
        ):
            assert told.encode() not in mail.raw[0]
        again = {"451 Later": "unreachable", "550 Nobody": "failed"}
        for mail.says, came_to in again.items():
            assert send(a_notice(case, point, by=ada, channel="email").pk, at=NOON, by=ada) == came_to


def test_where_there_is_no_way_out_nothing_waits_for_ever(ada, settings):
    settings.MAIL = None
    case = a_case(by=ada)
    point = a_safe_phone(case, by=ada, kind="email", value="m@post.example")
    a_rule(point, by=ada)
    notice = a_notice(case, point, by=ada, channel="email")
    assert send(notice.pk, at=NOON, by=ada) == "dropped"
    assert state(notice)[1] == "no_channel"
