"""The statement that is kept reads what the question itself would read, and asks for whom every time."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.http import Http404

from breakwater.people.actions.persons import register
from breakwater.people.models import Person
from breakwater.trust.actions.circles import open_circle
from breakwater.trust.journal import see
from breakwater.trust.models import CircleQuerySet, Entry
from breakwater.trust.one_row import _statement, one_row
from breakwater.trust.testing import NOON, an_actor, as_seen_by

pytestmark = pytest.mark.django_db

WALLED = [
    one
    for one in apps.get_models()
    if isinstance(one._default_manager.none(), CircleQuerySet) and one is not Entry
]


def somebody(by) -> Person:
    circle = open_circle(at=NOON, by=by)
    return register(circle=circle, known_as="Skip", birth_date=date(1990, 5, 1), at=NOON, by=by)


@pytest.mark.parametrize("model", WALLED, ids=lambda one: one.__name__)
def test_every_model_behind_the_wall_has_a_statement_that_asks_for_whom(model):
    statement = _statement(model, ("circle",))
    assert "trust_grant" in statement.sql
    assert len(statement.blanks) == statement.sql.count("%s") >= 4


def test_it_is_read_with_what_belongs_to_it_and_asks_nothing_more(django_assert_num_queries):
    by = an_actor()
    person = somebody(by)
    with django_assert_num_queries(1):
        found = see(Person, person.pk, by=by, related=("changed_by", "circle__opened_by", "merged_into"))
        assert (found.changed_by, found.circle.opened_by, found.merged_into) == (by.user, by.agency, None)
    plain = Person.objects.get(pk=person.pk)
    assert {name: value for name, value in vars(found).items() if name[0] != "_"} == {
        name: value for name, value in vars(plain).items() if name[0] != "_"
    }
    found.strengths = "Knows every bus line."
    found.save()
    assert Person.objects.get(pk=person.pk).strengths == "Knows every bus line."


def test_the_same_statement_shows_nothing_to_a_stranger_or_before_its_time():
    by = an_actor()
    person = somebody(by)
    assert one_row(Person, person.pk, by=by, related=("circle",)) == person
    by.now = NOON - timedelta(days=4000)
    assert one_row(Person, person.pk, by=by, related=("circle",)) is None
    stranger = as_seen_by(an_actor())
    with pytest.raises(Http404):
        see(Person, person.pk, by=stranger)


def test_the_wall_of_code_stands_where_that_of_the_database_is_off():
    by = an_actor()
    person = somebody(by)
    stranger = an_actor()
    as_seen_by(by)
    assert one_row(Person, person.pk, by=stranger, related=()) is None
