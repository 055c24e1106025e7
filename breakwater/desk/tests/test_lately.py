"""Whoever takes over reads what happened in the night beneath each case, and what a responder told with one press."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from breakwater.cases.models import Note
from breakwater.cases.testing import a_case, a_note, a_triaged_case
from breakwater.clocks.library import profile
from breakwater.clocks.models import Clock
from breakwater.desk import board
from breakwater.desk.lately import happened
from breakwater.trust.actions.looks import flag_record, say_why
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Sighting
from breakwater.trust.testing import an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db
LATELY = "/?which=lately"
OF_ONE = profile("us").care.lately_lines


@pytest.fixture
def ada():
    return an_actor(now=timezone.now())


def test_what_happened_in_the_last_hours_stands_beneath_its_case_and_its_notes_were_seen(ada):
    case = a_case(by=ada, at=ada.now, known_as="Ben")
    told = [a_note(case, by=ada, at=ada.now, words=f"Line {number} of the night.") for number in range(7)]
    page = browser_of(ada).get(LATELY).content.decode()
    assert ">Last 12 hours<" in page, "as the profile says"
    row = page.split('class="happened"')[1].split("</tr>")[0]
    assert "Line 6 of the night." in row
    assert row.index("Line 6") < row.index("Line 5")
    assert row.count("<li") == OF_ONE + 1, "and how many more there are"
    as_seen_by(ada)
    seen = {
        one for ids in Sighting.objects.filter(what="cases.note").values_list("ids", flat=True) for one in ids
    }
    assert told[-1].pk in seen
    assert told[0].pk not in seen, "what was folded away nobody saw"


def test_it_holds_what_was_written_down_within_twelve_hours_and_nothing_of_others(ada):
    case = a_case(by=ada, at=ada.now)
    stranger = an_actor(now=ada.now)
    a_case(by=stranger, at=ada.now)
    as_seen_by(ada)
    lately = board.Asked(which="lately")
    assert [row.case_id for row in board.board(ada, lately)[1]] == [case.pk]
    later = replace(ada, now=ada.now + timedelta(hours=13))
    assert board.board(later, lately) == ([], [])
    assert happened(later, [case.pk]) == {case.pk: ([], 0)}
    as_seen_by(stranger)
    assert happened(stranger, [case.pk]) == {case.pk: ([], 0)}


def test_a_case_in_which_much_happened_keeps_the_lines_of_no_other_away(ada):
    quiet = a_case(by=ada, at=ada.now - timedelta(hours=2))
    loud = a_case(by=ada, at=ada.now - timedelta(hours=1))
    for number in range(OF_ONE + 2):
        a_note(loud, by=ada, at=ada.now, words=f"Line {number}.")
    lately = happened(ada, [quiet.pk, loud.pk])
    assert (len(lately[quiet.pk][0]), lately[quiet.pk][1]) == (1, 0)
    assert (len(lately[loud.pk][0]), lately[loud.pk][1]) == (OF_ONE, 3), "and that it was taken in"


def test_a_record_at_which_one_says_why_first_tells_nothing_before(ada):
    case = a_case(by=ada, at=ada.now)
    a_note(case, by=ada, at=ada.now, words="She is the mayor's daughter.")
    ines = an_actor(Role.PRIVACY_OFFICER, agency=ada.agency, now=ada.now)
    flag = flag_record(case.circle, news_on=None, at=ada.now, by=ines)
    client = browser_of(ada)
    page = client.get(LATELY).content.decode()
    assert ("daughter" in page, "and said why" in page) == (False, True)
    as_seen_by(ada)
    assert not Sighting.objects.filter(what="cases.note").exists()
    say_why(flag, words="I have the night shift for her.", at=ada.now, by=ada)
    assert "daughter" in client.get(LATELY).content.decode()


def test_it_asks_as_little_for_many_cases_as_for_one(ada):
    client = browser_of(ada)
    asked = []
    for many in (1, 6):
        for _ in range(many):
            a_note(a_triaged_case(by=ada, at=ada.now), by=ada, at=ada.now)
        client.get(LATELY)
        with CaptureQueriesContext(connection) as captured:
            client.get(LATELY)
        asked.append(len(captured))
    assert asked[0] == asked[1]


def test_one_press_tells_that_we_are_on_the_way_and_stops_no_clock_and_leaves_a_draft(ada):
    case = a_triaged_case(by=ada, at=ada.now)
    client = browser_of(ada)
    note = reverse("cases:note", args=(case.pk,))
    page = client.get(reverse("desk:case", args=(case.pk,))).content.decode()
    assert f'action="{note}?quick=yes"' in page
    client.post(f"{reverse('trust:draft')}?form={note}", {"words": "She opened the door"})
    as_seen_by(ada)
    running = Clock.objects.running().of(case.pk).count()
    done = press(client, f"{note}?quick=yes", kind="note", words="We are on the way to them.")
    assert done.status_code == 303
    as_seen_by(ada)
    assert Note.objects.get(case=case).reached is False
    assert Clock.objects.running().of(case.pk).count() == running
    assert "She opened the door" in client.get(note).content.decode()
