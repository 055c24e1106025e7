"""Savepoints at need: what is undone is undone, what is kept is kept, and what came to nothing is not said."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from breakwater.kernel.savepoints import Waiting


@pytest.fixture
def table(db):
    """One that goes away with the test."""
    ask("CREATE TEMPORARY TABLE kept (word text)")


def ask(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [word for (word,) in cursor.fetchall()] if cursor.description else []


def write(word):
    ask(f"INSERT INTO kept VALUES ('{word}')")


def fail_after(word):
    with transaction.atomic():
        with transaction.atomic():
            write(word)
        ask("SELECT 1 / 0")


def kept():
    return ask("SELECT word FROM kept ORDER BY word")


def waits():
    return [verb for verb, _ in connection.connection.waiting.said]


def test_what_is_undone_within_what_is_kept_is_gone(table):
    with transaction.atomic():
        write("a")
        with transaction.atomic():
            write("b")
            transaction.set_rollback(True)
        with transaction.atomic():
            write("c")
    assert kept() == ["a", "c"]


def test_what_is_kept_within_what_is_undone_is_gone(table):
    write("before")
    with transaction.atomic():
        with transaction.atomic():
            write("a")
        with transaction.atomic():
            write("b")
        transaction.set_rollback(True)
    assert kept() == ["before"]


def test_an_error_is_left_behind_with_its_savepoint(table):
    write("a")
    for _ in range(2):
        with pytest.raises(DatabaseError):
            fail_after("b")
    assert kept() == ["a"]


def test_where_nothing_is_asked_nothing_is_said(table):
    with transaction.atomic(), transaction.atomic():
        assert waits() == ["SAVEPOINT", "SAVEPOINT"]
    assert waits() == []
    with transaction.atomic():
        transaction.set_rollback(True)
    assert waits() == []


def test_a_release_waits_for_what_changes_something(table):
    with transaction.atomic():
        write("a")
    assert waits() == ["RELEASE SAVEPOINT"]
    assert kept() == ["a"]
    assert waits() == ["RELEASE SAVEPOINT"]
    with transaction.atomic():
        assert kept() == ["a"]
    assert waits() == ["RELEASE SAVEPOINT"]


def test_whoever_counts_statements_hears_each_where_it_is_said(table):
    with transaction.atomic():
        write("a")
    with CaptureQueriesContext(connection) as heard, transaction.atomic():
        write("b")
        transaction.set_rollback(True)
    assert [one["sql"].split()[0] for one in heard] == ["SAVEPOINT", "INSERT", "ROLLBACK", "RELEASE"]
    assert kept() == ["a"]


def test_what_was_undone_last_is_not_committed():
    waiting = Waiting()
    waiting.set("a")
    assert waiting.take() == b'SAVEPOINT "a"'
    waiting.undo("a")
    waiting.release("a")
    assert waiting.take(to_commit=True) == b'ROLLBACK TO SAVEPOINT "a"; RELEASE SAVEPOINT "a"'
    waiting.release("before")
    assert waiting.take(to_commit=True) == b""
