"""Both walls, each with the other out of the way, as the runtime role."""

import psycopg
import pytest
from django.db import connection, transaction

from breakwater.trust.actions.circles import open_circle
from breakwater.trust.models import Circle, Entry, Grant
from breakwater.trust.testing import NOON, an_actor, as_seen_by

pytestmark = pytest.mark.django_db


def test_the_tests_work_as_a_role_that_owns_nothing():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, session_user, rolsuper, rolbypassrls,"
            " (SELECT count(*) FROM pg_tables WHERE tableowner = current_user)"
            " FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == ("breakwater_app", "breakwater_app", False, False, 0)


def test_a_circle_is_not_there_for_another_agency():
    ours = an_actor()
    circle = open_circle(at=NOON, by=ours)
    as_seen_by(an_actor())
    assert not Circle.objects.filter(pk=circle.pk).exists()
    assert not Grant.objects.filter(circle=circle).exists()


def test_nobody_lets_themselves_into_a_circle():
    circle = open_circle(at=NOON, by=an_actor())
    thief = an_actor()
    with pytest.raises(Exception, match="row-level security"), transaction.atomic():
        Grant.objects.create(
            circle=circle, agency=thief.agency, basis="care", information=["who"], starts_at=NOON
        )


def test_without_an_actor_nothing_is_there():
    open_circle(at=NOON, by=an_actor())
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('breakwater.agency', '', true)")
    assert Circle.objects.count() == 0
    assert Entry.objects.count() == 0


def test_what_is_written_in_the_journal_stays_written():
    with pytest.raises(Exception, match=r"stays written|permission denied"), transaction.atomic():
        Entry.objects.update(verb="nothing")


def test_the_migrated_tables_are_walled_and_forced():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            " AND EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'circle_id')"
            " AND NOT (relrowsecurity AND relforcerowsecurity)"
        )
        assert cursor.fetchall() == []


def test_psycopg_is_the_driver():
    assert psycopg.__version__ >= "3.2"
