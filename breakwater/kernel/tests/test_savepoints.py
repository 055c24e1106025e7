"""Savepoints at need: what is undone is undone, what is kept is kept, and what came to nothing is not said."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from psycopg.pq import PipelineStatus, TransactionStatus

from breakwater.kernel.plans import Lasting
from breakwater.kernel.savepoints import TakesAlong, Waiting
from conftest import NOT_RUN, superuser_of, wait_until


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
    assert waiting.take() == [b'SAVEPOINT "a"']
    waiting.undo("a")
    waiting.release("a")
    assert waiting.take(to_commit=True) == [b'ROLLBACK TO SAVEPOINT "a"', b'RELEASE SAVEPOINT "a"']
    waiting.release("before")
    assert waiting.take(to_commit=True) == []


HERE = "SELECT word FROM kept WHERE word = %s"
_OFTEN = 6
"""Asked so often, a statement is prepared; after that PostgreSQL knows it."""


@pytest.fixture
def own_table(own_database):
    """A table in a database that is really committed to, and statements about it that PostgreSQL knows."""
    ask("CREATE TEMPORARY TABLE kept (word text)")
    for _ in range(_OFTEN):
        told(HERE, "nobody")
        told("INSERT INTO kept VALUES (%s)", "known")
    ask("TRUNCATE kept")
    return own_database


def told(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [word for (word,) in cursor.fetchall()] if cursor.description else []


def undo_what_never_was_before(sql, *values):
    with transaction.atomic():
        told(HERE, "a")
        connection.connection.waiting.undo("nowhere")
        told(sql, *values)


def sleep_too_long():
    with transaction.atomic():
        ask("SET LOCAL statement_timeout = 100")
        with transaction.atomic():
            told("SELECT pg_sleep(%s)", 60)


def think_too_long():
    with transaction.atomic():
        ask("SET LOCAL idle_in_transaction_session_timeout = 20")
        time.sleep(0.2)
        with transaction.atomic():
            told(HERE, "a")


@contextmanager
def exchanges(tmp_path) -> Iterator[list[int]]:
    """How often PostgreSQL said meanwhile that it is done, and waits: by what libpq writes of all that comes in."""
    if sys.platform != "linux":
        pytest.skip(f"{NOT_RUN}: psycopg has libpq write that down on Linux alone")
    many, heard = list[int](), tmp_path / "heard"
    with heard.open("w") as file:
        connection.connection.pgconn.trace(file.fileno())
        yield many
        connection.connection.pgconn.untrace()
    many.append(heard.read_text().count("ReadyForQuery"))


@pytest.mark.parametrize("sql", [HERE, "SELECT word FROM kept WHERE word > %s"], ids=["known", "new"])
def test_a_transaction_and_its_savepoints_begin_with_the_first_statement(own_table, tmp_path, sql):
    with exchanges(tmp_path) as many, transaction.atomic(), transaction.atomic(), transaction.atomic():
        assert told(sql, "z") == []
    assert many == [2], "all of it, and the commit"


def test_of_what_goes_along_each_is_undone_and_kept_as_it_is_said(own_table):
    with transaction.atomic():
        told("INSERT INTO kept VALUES (%s)", "a")
        with transaction.atomic():
            told("INSERT INTO kept VALUES (%s)", "b")
            transaction.set_rollback(True)
        with transaction.atomic():
            told("INSERT INTO kept VALUES (%s)", "c")
    assert kept() == ["a", "c"]


def test_what_takes_nothing_along_has_it_said_before(own_table):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany("INSERT INTO kept VALUES (%s)", [("a",), ("b",)])
        with transaction.atomic():
            with cursor.copy("COPY kept FROM STDIN") as lines:
                lines.write_row(["c"])
            transaction.set_rollback(True)
    assert kept() == ["a", "b"]


def test_an_error_of_what_takes_something_along_is_left_behind_with_its_savepoint(own_table):
    with transaction.atomic():
        for word in "ab":
            with pytest.raises(DatabaseError, match="division by zero"), transaction.atomic():
                told("SELECT 1 / %s::integer", 0)
            told("INSERT INTO kept VALUES (%s)", word)
    assert kept() == ["a", "b"]


@pytest.mark.parametrize(
    "sql", ["INSERT INTO kept VALUES (%s)", "INSERT INTO kept SELECT %s"], ids=["known", "new"]
)
def test_where_what_goes_ahead_fails_the_statement_is_not_done(own_table, sql):
    with pytest.raises(DatabaseError, match="nowhere"):
        undo_what_never_was_before(sql, "a")
    assert kept() == []
    line = connection.connection.pgconn
    assert (line.pipeline_status, line.transaction_status) == (PipelineStatus.OFF, TransactionStatus.IDLE)


def test_a_statement_that_takes_too_long_is_undone_with_what_it_took_along(own_table):
    with transaction.atomic():
        told("INSERT INTO kept VALUES (%s)", "a")
        with pytest.raises(OperationalError, match="statement timeout"):
            sleep_too_long()
        told("INSERT INTO kept VALUES (%s)", "b")
    assert kept() == ["a", "b"]


def test_a_line_that_was_cut_for_a_reason_says_which(own_table):
    with pytest.raises(DatabaseError, match="idle-in-transaction timeout") as told_why:
        think_too_long()
    assert isinstance(told_why.value.__cause__, psycopg.errors.IdleInTransactionSessionTimeout)


def test_a_line_that_is_cut_meanwhile_is_told_and_the_next_is_a_new_one(own_table, how_many):
    ended = []

    def cut():
        wait_until(lambda: how_many("wait_event = 'PgSleep'"))
        with psycopg.connect(superuser_of(own_table), autocommit=True) as root:
            ended.extend(
                root.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE wait_event = 'PgSleep' AND datname = current_database()"
                )
            )

    somebody = Thread(target=cut)
    somebody.start()
    with pytest.raises(OperationalError), transaction.atomic():
        told("SELECT pg_sleep(%s)", 60)
    somebody.join()
    assert ended == [(True,)]
    assert told("SELECT %s::text", "here again") == ["here again"]


def test_a_line_whose_answers_nobody_heard_out_is_asked_nothing_more(own_database):
    with Lasting.connect(own_database, cursor_factory=TakesAlong) as line:
        begun = line.cursor()._execute_gen("SELECT pg_sleep(%s)", (60,))
        next(begun)
        begun.close()
        assert line.broken
