"""What a result tells a tired worker before they open it: is a case open, how urgent, in what danger, born when."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from breakwater.cases.actions.closing import close_case
from breakwater.cases.testing import a_case
from breakwater.trust.models import Grant
from breakwater.trust.testing import an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of
from breakwater.trust.tests.test_second_step import give_own_role

pytestmark = pytest.mark.django_db

BORN = date(1990, 4, 5)
PAGES = {"desk:search": "q", "cases:matches": "known_as"}


@pytest.fixture
def ada():
    return an_actor(now=timezone.now())


@pytest.fixture
def quist(ada):
    """Somebody with an open case in danger now, and one that was closed."""
    earlier = a_case(by=ada, at=ada.now, known_as="Philomena Quist", birth_date=BORN)
    close_case(earlier, outcome="declined", at=ada.now, by=ada)
    return earlier, a_case(
        by=ada, at=ada.now, known_as="Filomena Kwist", code="B", dangers={"self": ("now", "A rope.")}
    )


def shown(by, name, asked):
    client = browser_of(by)
    client.post(reverse(name), {PAGES[name]: asked})
    with CaptureQueriesContext(connection) as captured:
        page = client.post(reverse(name), {PAGES[name]: asked}).content.decode()
    kept = [
        one["sql"] for one in captured if not one["sql"].startswith(("BEGIN", "COMMIT", "SAVE", "RELEASE"))
    ]
    return page.split("<main", 1)[-1], len(kept)


@pytest.mark.parametrize("name", PAGES)
def test_a_result_tells_of_the_open_case_its_code_and_its_danger(ada, quist, name):
    earlier, case = quist
    page, statements = shown(ada, name, "Philomena Quist")
    born = f"born April 5, 1990, {earlier.person.age(ada.now.astimezone(ada.zone).date())} years"
    first, second = page.index("Philomena Quist</"), page.index("Filomena Kwist</")
    assert born in page[first:second]
    assert '<span class="quiet">closed</span>' in page[first:second]
    assert earlier.number in page[first:second]
    told = page[second:]
    assert (">open case</span>" in told, "<b>B</b>" in told, '<span class="mark now">self now</span>' in told) == (
        True, True, True,
    )  # fmt: skip
    assert case.number in told
    assert statements <= 4


@pytest.mark.parametrize("name", PAGES)
def test_whoever_may_know_who_they_are_and_no_more_reads_of_no_case(ada, quist, name):
    as_seen_by(ada)
    all_of_it = Grant.objects.get(circle=quist[1].circle).information
    Grant.objects.update(information=["who"])
    page, _ = shown(ada, name, "Filomena Kwist")
    assert "Filomena Kwist" in page
    for told in (quist[1].number, "open case", "self now"):
        assert told not in page
    as_seen_by(ada)
    Grant.objects.update(information=all_of_it)  # whoever holds an open case reaches it, when all is done


def test_a_role_that_sees_people_and_no_cases_reads_of_none(ada, quist):
    _, case = quist
    as_seen_by(ada)
    give_own_role(ada, "people.read")
    pages = [shown(ada, name, "Filomena Kwist")[0] for name in PAGES]
    pages.append(browser_of(ada).get(reverse("desk:person", args=[case.person_id])).content.decode())
    for page in pages:
        assert "Filomena Kwist" in page
        for told in (case.number, case.what_is_happening, "open case", "self now"):
            assert told not in page
    assert "Nobody found" in shown(ada, "desk:search", case.number)[0]


def test_a_case_that_is_looked_for_by_its_number_tells_the_same(ada, quist):
    page, statements = shown(ada, "desk:search", quist[1].number)
    assert "Filomena Kwist" in page
    assert '<span class="mark now">self now</span>' in page
    assert "Philomena Quist" not in page
    assert statements <= 5


@pytest.mark.parametrize("asked", ["1990-04-05", "04/05/1990", "4/5/1990"])
def test_a_birth_date_is_looked_for_as_it_is_written_here(ada, quist, asked):
    page, _ = shown(ada, "desk:search", asked)
    assert "Philomena Quist" in page
    assert "same birth date" in page
    assert "Nobody found" in shown(ada, "desk:search", "05/04/1990")[0]
