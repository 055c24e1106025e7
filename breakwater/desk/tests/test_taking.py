"""A case that nobody has is taken from the board in one tap; whoever comes second is told who has it."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from breakwater.cases.models import Assignment
from breakwater.cases.testing import a_case, a_queued_case
from breakwater.trust.actions.drafts import keep_draft, set_aside
from breakwater.trust.models import Entry
from breakwater.trust.testing import an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db
NOW = reverse("desk:now")


@pytest.fixture
def ada():
    return an_actor(now=timezone.now())


def take_from(page):
    """Where the button of the first case that nobody has leads."""
    return re.search(r'action="([^"]*/taking/[^"]*)"', page).group(1)


def test_one_tap_takes_a_case_and_leads_back_to_its_row(ada):
    case = a_queued_case(by=ada, at=ada.now, known_as="Waiting")
    a_case(by=ada, at=ada.now, known_as="Mine")
    client = browser_of(ada)
    page = client.get(NOW, {"which": "nobodys"}).content.decode()
    assert page.count("I take it") == 1, "and not beside one that somebody has"
    done = press(client, take_from(page))
    assert (done.status_code, done["Location"]) == (303, f"/?which=mine#case-{case.pk}"), (
        "where it stands now"
    )
    as_seen_by(ada)
    assert Assignment.objects.owners().get(case=case).worker_id == ada.user.pk
    assert f'id="case-{case.pk}"' in client.get(NOW, {"which": "mine"}).content.decode()
    page = client.get(NOW).content.decode()
    assert f'id="case-{case.pk}"' in page
    assert "I take it" not in page


def test_pressed_twice_it_is_taken_once_and_the_second_worker_is_told_by_whom(ada):
    case = a_queued_case(by=ada, at=ada.now)
    eve = an_actor(agency=ada.agency, name="Eve Holt", now=ada.now)
    client = browser_of(eve)
    where = take_from(client.get(NOW).content.decode())
    twice = {"idempotency_key": re.search(r'key" value="([^"]+)', client.get(NOW).content.decode()).group(1)}
    assert [client.post(where, twice).status_code for _ in range(2)] == [303, 303]
    late = press(browser_of(ada), where)
    assert late.status_code == 422
    assert "Eve Holt is accountable for this case already." in late.content.decode()
    as_seen_by(ada)
    assert Entry.objects.filter(verb="cases.owner_changed", episode=case.pk).count() == 1


def test_whoever_may_not_assign_is_offered_nothing_and_rows_that_are_free_ask_no_more(ada):
    a_queued_case(by=ada, at=ada.now)
    client, partner = browser_of(ada), an_actor(agency=ada.agency, role="partner", now=ada.now)
    assert "I take it" not in browser_of(partner).get(NOW).content.decode()
    client.get(NOW)
    asked = []
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as few:
            client.get(NOW)
        asked.append(len(few))
        for _ in range(4):
            a_queued_case(by=ada, at=ada.now)
    assert asked[0] == asked[1] <= 8


def test_a_clock_that_runs_leads_to_the_page_on_which_it_is_kept(ada):
    case = a_case(by=ada, at=ada.now, dangers={"self": ("likely", "Has pills.")})
    page = browser_of(ada).get(reverse("desk:case", args=(case.pk,))).content.decode()
    clocks = page.split('id="clocks"', 1)[1].split("</section>", 1)[0]
    for name, words in (
        ("danger", "Read a danger again"),
        ("gate", "Meet the gates"),
        ("note", "Write it down"),
    ):
        assert f'href="{reverse(f"cases:{name}", args=(case.pk,))}">{words}</a>' in clocks


def test_what_was_begun_and_not_saved_stands_on_its_writers_board_and_on_no_other(ada):
    where, then = "/cases/intake/", ada.now - timedelta(minutes=20)
    keep_draft(where, {"what_is_happening": ["He hung up."]}, at=then, by=ada)
    keep_draft("/cases/notes/", {"words": ["Not an intake."]}, at=ada.now - timedelta(hours=9), by=ada)
    page = browser_of(ada).get(NOW).content.decode()
    assert "An intake that you began is not saved" in page
    assert "20 min ago" in page
    assert "He hung up" not in page, "no word of it where somebody may look over a shoulder"
    as_seen_by(ada)
    set_aside(where, by=ada)
    keep_draft(where, {"what_is_happening": ["The next call."]}, at=ada.now, by=ada)
    page = browser_of(ada).get(NOW).content.decode()
    assert "2 intakes that you began are not saved" in page
    assert "20 min ago" in page, "since the oldest of them"
    eve = an_actor(agency=ada.agency, name="Eve Holt", now=ada.now)
    assert "that you began" not in browser_of(eve).get(NOW).content.decode()
