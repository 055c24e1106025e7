"""Back and Save after an intake: nobody becomes two cases without a question, and nothing that was typed is lost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from breakwater.cases.models import Case
from breakwater.people.models import ContactPoint
from breakwater.trust.models import Grant, Sighting
from breakwater.trust.testing import an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db

WHERE = "/cases/intake/"
TOLD = {
    "what_is_happening": "Put out this afternoon.", "known_as": "Marisol Vega", "asked_by": "self", "owner": "me",
}  # fmt: skip
ASKS = "Is this somebody else?"


@pytest.fixture
def ada():
    return an_actor(now=timezone.now())


def taken_in(by, **typed):
    return press(browser_of(by), WHERE, by=by, **TOLD | typed)


def numbers(by):
    as_seen_by(by)
    return list(Case.objects.order_by("pk").values_list("number", flat=True))


@pytest.mark.parametrize(
    "again",
    [{}, {"known_as": "marisol  VEGA", "what_is_happening": "She called again."}, {"known_as": ""}],
    ids=["the same", "the same name", "the same words"],
)
def test_whoever_is_taken_in_twice_is_asked_about_and_goes_on_when_it_is_somebody_else(ada, again):
    assert taken_in(ada).status_code == 303
    answer = taken_in(ada, phone="555 010 4477", **again)
    page = answer.content.decode()
    case, *others = Case.objects.filter(number__in=numbers(ada))
    assert (answer.status_code, others) == (422, [])
    assert ASKS in page
    assert f'<a href="/case/{case.pk}/" dir="auto">Marisol Vega</a>' in page
    assert 'value="555 010 4477"' in page
    assert 'name="is_another" value="1"' in page
    assert Sighting.objects.filter(page="cases:intake", ids__contains=[case.pk]).exists()
    assert taken_in(ada, is_another="1", **again).status_code == 303
    assert len(numbers(ada)) == 2


def test_other_people_are_taken_in_without_a_question(ada):
    eve = an_actor(agency=ada.agency, name="Eve Holt", now=ada.now)
    assert taken_in(ada).status_code == 303
    others = {"known_as": "Mara Wade", "what_is_happening": "Locked out."}
    assert [taken_in(ada, **others).status_code, taken_in(eve).status_code] == [303, 303]
    assert taken_in(ada, known_as="", what_is_happening="Found by the river.").status_code == 303
    assert taken_in(ada, known_as="", what_is_happening="Another by the bridge.").status_code == 303


def test_nobody_is_asked_about_long_ago_nor_about_what_they_may_not_see_any_more(ada):
    assert taken_in(ada).status_code == 303
    as_seen_by(ada)
    since = timezone.now() - timedelta(minutes=15)
    assert Case.objects.taken_in_by(ada.user, since=since).count() == 1
    assert Case.objects.taken_in_by(ada.user, since=timezone.now() + timedelta(seconds=1)).count() == 0
    Grant.objects.update(ends_at=timezone.now())
    answer = taken_in(ada)
    assert (answer.status_code, ASKS in answer.content.decode()) == (303, False)


def test_no_phone_is_kept_that_nobody_can_call_and_nothing_is_lost(ada):
    answer = taken_in(ada, phone="abc")
    page = answer.content.decode()
    assert (answer.status_code, numbers(ada)) == (422, [])
    assert (
        "No phone can call this: a number has at least three digits. Correct it, or keep it as words." in page
    )
    assert 'value="abc"' in page
    assert 'name="phone_as_words"' in page
    assert taken_in(ada, phone="abc", phone_as_words="1").status_code == 303
    as_seen_by(ada)
    assert [(one.kind, one.value) for one in ContactPoint.objects.all()] == [("other", "abc")]


@pytest.mark.parametrize("number", ["911", "988", "(555) 010-4477 ext. 12", "٩١١"])
def test_short_numbers_and_those_with_more_words_are_phones(ada, number):
    assert taken_in(ada, phone=number, phone_as_words="1").status_code == 303
    as_seen_by(ada)
    assert [(one.kind, one.value) for one in ContactPoint.objects.all()] == [("phone", number)]


def test_on_the_page_of_the_person_words_are_kept_under_another_kind(ada):
    taken_in(ada)
    as_seen_by(ada)
    where = f"/people/{Case.objects.get().person_id}/contact-point/"
    client, told = browser_of(ada), {"value": "by the bridge", "safety": "safe"}
    answer = press(client, where, by=ada, kind="phone", **told)
    assert answer.status_code == 422
    assert "choose “Other” to keep it as words" in answer.content.decode()
    assert press(client, where, by=ada, kind="other", **told).status_code == 303


def test_a_phone_of_somebody_whose_case_is_open_asks_whether_it_is_somebody_else(ada):
    eve = an_actor(agency=ada.agency, name="Eve Holt", now=ada.now)
    assert taken_in(ada, phone="(555) 010-4477", phone_safety="safe").status_code == 303
    other = {"known_as": "Her sister", "what_is_happening": "Put out as well.", "phone": "555 010 4477"}
    answer = taken_in(eve, **other)
    assert (answer.status_code, ASKS in answer.content.decode()) == (422, True)
    assert "has this phone, and an open case here" in answer.content.decode()
    assert taken_in(eve, **other, is_another="1").status_code == 303
    assert taken_in(an_actor(now=ada.now), **other).status_code == 303, "elsewhere nobody is told"


def test_whoever_was_chosen_stays_chosen_while_more_is_typed(ada):
    assert taken_in(ada).status_code == 303
    as_seen_by(ada)
    person = Case.objects.get(number__in=numbers(ada)).person
    typed = {"known_as": "Marisol Vega Ortiz de la Cruz", "phone": "555 010 9999", "birth_date": ""}
    browser = browser_of(ada)
    page = press(browser, "/cases/matches/", by=ada, **typed, person=str(person.pk)).content.decode()
    assert f'value="{person.pk}" checked' in page
    assert 'value="" checked' not in page
    gone = press(
        browser, "/cases/matches/", by=ada, known_as="Zz", phone="555 010 9999", person=str(person.pk)
    )
    assert f'value="{person.pk}" checked' in gone.content.decode()
    stranger = an_actor(now=ada.now)
    told = press(browser_of(stranger), "/cases/matches/", by=stranger, **typed, person=str(person.pk))
    assert str(person.pk) not in told.content.decode()
