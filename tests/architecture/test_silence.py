"""A canary: a name, a number and a note go into every act, and come out nowhere but on pages of their circle."""

import json
import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from breakwater.cases.models import Case
from breakwater.kernel.events import type_of_verb
from breakwater.kernel.keys import new_key
from breakwater.server.logs import Discreet
from breakwater.trust.access import Actor
from breakwater.trust.models import Entry, Sighting
from breakwater.trust.testing import an_actor, an_agency, as_seen_by
from tests import paper
from tests.architecture.walked import NAME, walked
from tests.architecture.world import addresses, somebody_known
from tests.paper import PDF, plain

pytestmark = pytest.mark.django_db
CANARY = NAME
MARKS = ("quillandra", "oyelaran", "5550142", "555-0142", "featherlight")
NUMBER, NOTE = "(212) 555-0142", "featherlight: they sleep behind the bakery"


def speaks(text: str | bytes) -> bool:
    """Whether something of the canary is in a text, however it is written."""
    plain = (text.decode(errors="replace") if isinstance(text, bytes) else text).casefold()
    return any(mark in plain for mark in MARKS)


class Heard(logging.Handler):
    """Keeps every line that the log of a server that is not being debugged would hold."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(Discreet())

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line, as it would be written."""
        if record.name.split(".")[0] != "faker":
            self.lines.append(self.format(record))


@pytest.fixture
def heard() -> Any:
    """The log, with every logger speaking as much as it can."""
    handler = Heard()
    loggers = [
        logging.getLogger(name) for name in ("", "breakwater", "django", "django.request", "procrastinate")
    ]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
        logger.addHandler(handler)
    logging.getLogger("django.db.backends").setLevel(logging.INFO)
    yield handler.lines
    for logger, level in zip(loggers, before, strict=True):
        logger.removeHandler(handler)
        logger.setLevel(level)


def press(client: Client, by: Actor, where: str, **typed: str) -> HttpResponse:
    """Send a form with its key."""
    return client.post(where, typed | {"idempotency_key": str(new_key(by.user.pk))})


def taken_in(client: Client, by: Actor) -> tuple[HttpResponse, Case]:
    """The canary is taken in through the page."""
    answer = press(
        client, by, reverse("cases:intake"), what_is_happening=f"{CANARY}. {NOTE}", known_as=CANARY, phone=NUMBER,
        phone_safety="safe", safe_contact=NOTE, must_not_know=CANARY, asked_by="self", code="B", reasons=NOTE,
        owner="me", danger_self="possible", danger_self_words=NOTE,
    )  # fmt: skip
    as_seen_by(by)
    return answer, Case.objects.get(person__known_as=CANARY)


def everything_is_written(client: Client, by: Actor, case: Case) -> list[HttpResponse]:
    """Words about the canary in every form that takes some."""
    soon = datetime.now(UTC) + timedelta(hours=3)
    forms: dict[str, dict[str, str]] = {
        "cases:note": {"kind": "note", "words": NOTE},
        "cases:barrier": {"words": NOTE},
        "cases:danger": {"to": "self", "level": "likely", "words": NOTE},
        "cases:gate": {"safe_tonight": NOTE},
        "cases:next_contact": {"due_at": soon.strftime("%Y-%m-%dT%H:%M")},
        "plans:need": {"domain": "housing", "words": NOTE},
        "referrals:referral": {"to_name": "Hope House", "need": "housing", "words": NOTE, "known_as": CANARY},
        "cases:closure": {"outcome": "lost", "what_worked": NOTE},
    }
    answers = [press(client, by, reverse(name, args=(case.pk,)), **typed) for name, typed in forms.items()]
    person = {"name": CANARY, "relation": NOTE, "reach": NUMBER, "may_know": NOTE}
    answers.append(press(client, by, reverse("people:supporter", args=(case.person_id,)), **person))
    return answers


def test_nothing_of_the_canary_leaves_its_circle(heard):
    by = an_actor(now=datetime.now(UTC))
    client = Client(raise_request_exception=False)
    client.force_login(by.user)
    answer, case = taken_in(client, by)
    assert answer.status_code == 303
    answers = [answer, *everything_is_written(client, by, case)]
    assert sum(one.status_code == 303 for one in answers) >= 6
    assert speaks(client.get(reverse("desk:case", args=(case.pk,))).content)
    client.get(reverse("desk:search"), {"q": CANARY})
    client.get(f"/no/such/page/{CANARY}/", {"q": NUMBER})
    press(client, by, f"/cases/{case.pk}/nowhere/", words=NOTE)
    assert [line for line in heard if speaks(line)] == []
    assert [one.headers for one in answers if speaks(str(one.headers))] == []
    as_seen_by(by)
    assert [entry.verb for entry in Entry.objects.all() if speaks(json.dumps(entry.facts))] == []
    assert not any(speaks(f"{one.page} {one.what}") for one in Sighting.objects.all())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args::text, coalesce(lock, '') || coalesce(queueing_lock, '') FROM procrastinate_jobs"
        )
        assert [row for row in cursor.fetchall() if speaks(" ".join(row))] == []


def test_no_title_and_no_address_on_a_page_says_who():
    told, read = [], 0
    for page in walked():
        answer = page.content
        read += speaks(plain(answer))
        told += [f"{page.name}: {one}" for one in where_anybody_may_look(answer) if speaks(one)]
    assert read > 10
    assert told == []


def where_anybody_may_look(answer: bytes) -> list[str]:
    """What of a page is kept or shown beyond it: its title and every address; of a PDF, what is on no page of it."""
    if answer.startswith(PDF):
        return [paper.read(answer).about]
    page = answer.decode()
    return re.findall(r"<title>(.*?)</title>", page, re.DOTALL) + re.findall(
        r"\s(?:href|src|action|hx-get|hx-post)=\"([^\"]*)\"", page
    )


def test_a_page_that_breaks_says_nothing(heard, monkeypatch):
    by = an_actor(now=datetime.now(UTC))
    client = Client(raise_request_exception=False)
    client.force_login(by.user)
    taken_in(client, by)
    monkeypatch.setattr("breakwater.desk.views.find", breaks_over(CANARY))
    answer = client.post(reverse("desk:search"), {"q": CANARY})
    assert answer.status_code == 500
    assert not speaks(answer.content)
    assert any("ValueError" in line for line in heard)
    assert [line for line in heard if speaks(line)] == []


def breaks_over(words: str) -> Callable[..., None]:
    """Something that fails with words about somebody in its error."""

    def breaks(*_: Any, **__: Any) -> None:
        raise ValueError(f"could not find {words} at {NUMBER}")

    return breaks


def test_a_stranger_reads_nothing_on_the_page_that_refuses(heard):
    _ours, ids = somebody_known(CANARY)
    stranger = an_actor(now=datetime.now(UTC), agency=an_agency())
    client = Client(raise_request_exception=False)
    client.force_login(stranger.user)
    pages = [client.get(address.at(ids)) for address in addresses() if address.ids]
    assert not any(speaks(page.content) or speaks(str(page.headers)) for page in pages)
    assert [line for line in heard if speaks(line)] == []


def test_news_holds_no_place_for_words():
    """Every field of every event is an id, a code, a number or a moment; none is named like something one writes."""
    wordy = {
        "words",
        "text",
        "name",
        "note",
        "reason",
        "phone",
        "value",
        "evidence",
        "known_as",
        "description",
    }
    fields = {
        f"{verb}.{field}"
        for verb, event in type_of_verb.items()
        if event.__module__.startswith("breakwater.") and ".tests." not in event.__module__
        for field in getattr(event, "__dataclass_fields__", {})
        if field in wordy
    }
    assert fields <= CODES_OF_THAT_NAME


CODES_OF_THAT_NAME = {
    "clocks.clock_paused.reason",
    "referrals.loop_closed.reason",
    "referrals.referral_declined.reason",
    "referrals.turn_skipped.reason",
    "referrals.wait_over.reason",
    "trust.glass_broken.reason",
}
"""Fields that are named like words and hold a code of a closed list."""


def test_the_canary_would_be_heard(heard):
    logging.getLogger("breakwater.example").error("could not reach %s", CANARY)
    assert [line for line in heard if speaks(line)] != []
    assert speaks(f"/search/?q={NUMBER}") is True
    assert where_anybody_may_look(f'<title>{CANARY} · x</title><a href="/p/{NOTE}">'.encode()) == [
        f"{CANARY} · x",
        f"/p/{NOTE}",
    ]
    assert not speaks("Hope House")
