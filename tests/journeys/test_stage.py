"""What journeys hand on to each other is as it was found: the database, and a page of the browser."""

import re

import pytest
from django.db import connection, transaction

from breakwater.cases.testing import a_case
from tests.journeys.conftest import sign_in
from tests.journeys.stage import Seats

_KEPT = "[localStorage.length, sessionStorage.at, document.cookie, history.length]"


@pytest.fixture
def seats(browser, server):
    made = Seats(browser, server)
    yield made
    made.close()


def used(seats, use):
    """A journey; the page that it had."""
    with seats.given() as give:
        page = give().page()
        use(page)
    return page


def rows(table):
    with connection.cursor() as asked:
        asked.execute(f"SELECT count(*) FROM {table}")
        return asked.fetchone()[0]


def test_no_row_is_left_but_those_that_every_database_begins_with(stage, worker):
    rules = rows("trust_retentionlaw")
    with transaction.atomic():
        by = worker.acts()
        a_case(by=by, at=by.now, known_as="Marisol Vega")
    stage[0].empty()
    assert [rows(one) for one in ("trust_agency", "trust_user", "trust_appointment")] == [0, 0, 0]
    assert rules == rows("trust_retentionlaw") > 0


def test_a_page_is_handed_on_as_a_new_one(seats, worker):
    def leaves_much_behind(page):
        sign_in(page, worker.username)
        page.evaluate("localStorage.keys = 'off', sessionStorage.at = '3', document.cookie = 'seen=1'")
        page.emulate_media(color_scheme="dark")
        page.context.set_offline(True)

    def finds_nothing(page):
        page.goto("/search/")
        assert "/sign-in/" in page.url
        local, session, cookies, back = page.evaluate(_KEPT)
        assert (local, session, re.sub("csrftoken=[^;]*", "", cookies), back) == (0, None, "", 2)
        assert page.evaluate("matchMedia('(prefers-color-scheme: light)').matches")

    assert used(seats, leaves_much_behind) == used(seats, finds_nothing)


def test_what_cannot_be_given_back_is_not_handed_on(seats):
    heard = []
    first = used(seats, lambda page: page.on("request", lambda one: heard.append(one.url)))
    second = used(seats, lambda page: page.goto("/sign-in/"))
    assert (first == second, first.context == second.context, heard) == (False, True, [])

    def stops_the_clock(page):
        page.clock.install()
        page.goto("/sign-in/")

    third = used(seats, stops_the_clock)
    assert third == second
    assert used(seats, lambda page: None).context != third.context
