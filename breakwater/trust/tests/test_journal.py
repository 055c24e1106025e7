"""What was done is written down in the act, and stays written; what was shown is written down with the page."""

from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, transaction

from breakwater.kernel.db import one_row, run_sql
from breakwater.kernel.events import event_from
from breakwater.trust.access import acting
from breakwater.trust.actions.circles import open_circle
from breakwater.trust.events import AgencyLetIn, SignedIn
from breakwater.trust.journal import record, record_all, write_sightings
from breakwater.trust.models import Entry, Sighting
from breakwater.trust.testing import NOON, an_actor
from conftest import owner_of


@pytest.mark.django_db
def test_an_entry_says_who_when_where_and_what():
    ada = an_actor()
    circle, about, episode = open_circle(at=NOON, by=ada), uuid4(), uuid4()
    news = AgencyLetIn(grant_id=about, agency_id=ada.agency_id, basis="care")
    entry = record(news, by=ada, at=NOON, about=about, circle=circle, episode=episode)
    entry.refresh_from_db()
    assert (entry.by, entry.agency, entry.circle) == (ada.user, ada.agency, circle)
    assert (entry.about, entry.episode, entry.verb) == (about, episode, "trust.agency_let_in")
    assert event_from(entry.verb, entry.facts) == news
    assert list(Entry.objects.of_episode(episode)) == [entry]


@pytest.mark.django_db
def test_when_it_happened_and_when_it_was_written_down_are_two_facts():
    entry = record(SignedIn(), by=an_actor(), at=NOON - timedelta(days=2))
    entry.refresh_from_db()
    assert entry.at == NOON - timedelta(days=2)
    assert one_row("SELECT now() - interval '1 minute' < %s", (entry.recorded_at,)) == (True,)


@pytest.mark.django_db
def test_several_entries_cost_one_statement(django_assert_num_queries):
    ada = an_actor()
    with django_assert_num_queries(1):
        record_all([(SignedIn(), None)] * 5, by=ada, at=NOON)
    assert Entry.objects.count() == 5


@pytest.mark.parametrize("tell", [record, lambda event, **facts: record_all([(event, None)], **facts)])
def test_outside_a_transaction_nothing_is_recorded(own_database, tell):
    with transaction.atomic():
        ada = an_actor()
    with pytest.raises(transaction.TransactionManagementError, match="in the transaction that does it"):
        tell(SignedIn(), by=ada, at=NOON)


def test_an_act_that_fails_leaves_no_entry(own_database):
    with transaction.atomic():
        ada = an_actor()
    with suppress(ValueError), acting(ada):
        record(SignedIn(), by=ada, at=NOON)
        raise ValueError("overboard")
    with acting(ada):
        assert Entry.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("order", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("table", ["trust_entry", "trust_sighting"])
def test_the_role_that_serves_rewrites_nothing(table, order):
    an_actor()
    with pytest.raises(DatabaseError, match=r"permission denied|stays written"), transaction.atomic():
        run_sql(order.format(table))


@pytest.mark.parametrize("order", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("table", ["trust_entry", "trust_sighting"])
def test_not_even_the_owner_rewrites_anything(own_database, table, order):
    with transaction.atomic():
        ada = an_actor()
        record(SignedIn(), by=ada, at=NOON)
    with (
        psycopg.connect(owner_of(own_database)) as owner,
        pytest.raises(psycopg.Error, match="stays written"),
    ):
        owner.execute(order.format(table))


@pytest.mark.django_db
def test_what_was_shown_is_written_down_once_for_each_kind_of_thing(django_assert_num_queries):
    ada, shown = an_actor(), [uuid4(), uuid4()]
    ada.saw("cases.case", shown[:1])
    ada.saw("cases.case", shown[1:])
    ada.saw("people.person", shown[:1], page="desk:person")
    with django_assert_num_queries(1):
        write_sightings(ada, "desk:now")
    write_sightings(ada, "desk:now")
    seen = {(one.page, one.what, tuple(one.ids)) for one in Sighting.objects.all()}
    assert seen == {
        ("desk:now", "cases.case", tuple(shown)),
        ("desk:person", "people.person", tuple(shown[:1])),
    }
    assert {one.by for one in Sighting.objects.all()} == {ada.user}


@pytest.mark.django_db
def test_where_nothing_was_asked_for_nothing_is_written_and_an_empty_list_is_a_look(
    django_assert_num_queries,
):
    ada, shown = an_actor(), uuid4()
    with django_assert_num_queries(0):
        write_sightings(ada, "ui:keys")
    ada.saw("cases.case", [])
    with django_assert_num_queries(1):
        write_sightings(ada, "desk:now")
    ada.saw("cases.note", [])
    ada.saw("people.person", [shown])
    write_sightings(ada, "desk:person")
    seen = {(one.page, one.what, tuple(one.ids)) for one in Sighting.objects.all()}
    assert seen == {("desk:now", "cases.case", ()), ("desk:person", "people.person", (shown,))}


@pytest.mark.django_db
def test_what_the_statement_that_read_it_wrote_is_written_again_only_when_it_was_taken_back():
    """And a list that is empty beside it is no look of its own."""
    ada, shown = an_actor(), uuid4()
    for again in (False, True):
        ada.saw("cases.case", [shown], written=True)
        ada.saw("cases.note", [])
        write_sightings(ada, "desk:now", again=again)
        assert not Sighting.objects.filter(what="cases.note").exists()
    assert [one.ids for one in Sighting.objects.order_by("pk")] == [[shown]]


@pytest.mark.django_db
def test_an_entry_in_a_circle_is_read_by_all_who_stand_there_and_one_without_by_its_agency():
    ada = an_actor()
    record(SignedIn(), by=ada, at=NOON)
    record(SignedIn(), by=ada, at=NOON, circle=open_circle(at=NOON, by=ada))
    ben = an_actor(agency=ada.agency)
    assert Entry.objects.count() == 2
    assert Entry.objects.visible_to(ben).count() == 1
    an_actor()
    assert Entry.objects.count() == 0


@pytest.mark.django_db
def test_news_for_another_agency_is_read_there_too():
    ada = an_actor()
    ben = an_actor()
    with acting(ada):
        record(SignedIn(), by=ada, at=NOON, to_agency=ben.agency)
    assert Entry.objects.count() == 1
    an_actor()
    assert Entry.objects.count() == 0
