"""Work put off by work, and work beneath which PostgreSQL goes away."""

import asyncio
import time
from contextlib import suppress

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.job_context import AbortReason
from procrastinate.jobs import Job
from psycopg import errors
from psycopg_pool import PoolTimeout

from breakwater.kernel import jobs
from breakwater.kernel.db import one_row, run_sql
from breakwater.kernel.patience import was_away
from breakwater.trust import dispatch
from breakwater.trust.access import acting
from breakwater.trust.events import SignedIn
from breakwater.trust.journal import record
from breakwater.trust.testing import an_actor

CUT = "SELECT pg_terminate_backend(pg_backend_pid())"


def waiting(url):
    """How much work anybody else sees."""
    with psycopg.connect(url) as another:
        return another.execute("SELECT count(*) FROM procrastinate_jobs").fetchone()[0]


def within_a_worker(work):
    """Do it as a worker does: in a thread of its own, while the queue is read on other connections."""

    def and_give_back():
        try:
            work()
        finally:
            connection.close()

    async def act():
        with app.replace_connector(app.connector.get_worker_connector()):
            async with app.open_async():
                await sync_to_async(and_give_back, thread_sensitive=False)()

    asyncio.run(act())


def test_what_work_puts_off_is_there_with_what_it_is_about_and_not_before(own_database):
    seen = []

    def act():
        with suppress(RuntimeError), transaction.atomic():
            jobs.later("trust.react", entry_id=1, agency_id="")
            seen.append(waiting(own_database))
            raise RuntimeError
        seen.append(waiting(own_database))
        with transaction.atomic():
            jobs.later("trust.react", entry_id=2, agency_id="")
            seen.append(waiting(own_database))

    within_a_worker(act)
    assert seen == [0, 0, 0], "neither before the act, nor of one that was undone"
    assert waiting(own_database) == 1


def done(work, *, attempts=0, is_to_end=False):
    """Do it as a worker would that has begun it."""
    reason = AbortReason.SHUTDOWN if is_to_end else None
    begun = JobContext(
        app=app, start_timestamp=time.time(), abort_reason=lambda: reason,
        job=Job(id=1, queue="default", lock=None, queueing_lock=None, task_name="trust.react", attempts=attempts),
    )  # fmt: skip
    return jobs._Here().do(work, begun, type("Nobody", (), {"worker_id": 1}))


def going_away(times, tries):
    """Work beneath which PostgreSQL ends the connection so many times."""

    def work():
        tries.append(1)
        if len(tries) <= times:
            run_sql(CUT)
        return one_row("SELECT 'done'")[0]

    return work


def test_work_beneath_which_the_connection_goes_is_begun_anew_and_spends_no_try(own_database):
    tries = []
    assert done(going_away(2, tries)) == "done"
    assert len(tries) == 3


def test_what_postgresql_does_not_live_through_comes_to_an_end(own_database):
    tries = []
    with pytest.raises(OperationalError):
        done(going_away(99, tries))
    assert len(tries) == 4


def test_a_worker_that_is_to_end_waits_for_no_database(own_database):
    tries = []
    with pytest.raises(OperationalError):
        done(going_away(99, tries), is_to_end=True)
    assert len(tries) == 1


def test_a_failure_of_the_work_itself_is_told_with_its_place_and_is_not_begun_anew(own_database, caplog):
    tries = []

    def work():
        tries.append(1)
        raise LookupError("words of somebody")

    with pytest.raises(LookupError):
        done(work, attempts=2)
    assert len(tries) == 1
    (told,) = caplog.records
    assert told.getMessage() == "job 1 (trust.react) failed at try 3"
    assert told.exc_info[0] is LookupError


def test_one_reaction_beneath_which_the_connection_goes_keeps_no_other_from_hearing(
    own_database, monkeypatch
):
    at, heard = timezone.now(), []
    with transaction.atomic():
        by = an_actor(now=at)
    with acting(by):
        entry = record(SignedIn(), by=by, at=at)
    monkeypatch.setattr(
        dispatch, "listeners", lambda verb: [lambda *_: run_sql(CUT), lambda *_: heard.append(1)]
    )
    with pytest.raises(dispatch.SomeReactionsFailed) as failed:
        dispatch.react(entry.pk, by.agency, at=at)
    assert heard == [1]
    assert was_away(failed.value), "so all of them hear it again, and no try is spent"


def wrapped(cause):
    """As Django hands on what PostgreSQL said."""
    error = OperationalError()
    error.__cause__ = cause
    return error


AWAY = [
    psycopg.OperationalError("the connection is lost"), psycopg.InterfaceError("the connection is closed"),
    PoolTimeout("nobody came"), errors.AdminShutdown(), errors.CrashShutdown(), errors.CannotConnectNow(),
    errors.TooManyConnections(), errors.ConnectionFailure(),
]  # fmt: skip
ITSELF = [
    errors.QueryCanceled(), errors.LockNotAvailable(), errors.DeadlockDetected(),
    errors.IdleInTransactionSessionTimeout(), errors.UniqueViolation(), LookupError(), None,
]  # fmt: skip


@pytest.mark.parametrize("error", [*AWAY, *map(wrapped, AWAY)], ids=lambda one: type(one).__name__)
def test_it_was_away(error):
    assert was_away(error)
    assert decided(error, attempts=9) < 2


@pytest.mark.parametrize("error", [*ITSELF, *map(wrapped, ITSELF)], ids=lambda one: type(one).__name__)
def test_it_was_there(error):
    assert not was_away(error)
    assert decided(error, attempts=4) > 30


def decided(error, *, attempts):
    """In how many seconds it is tried again."""
    job = Job(
        id=1, queue="default", lock=None, queueing_lock=None, task_name="trust.react", attempts=attempts
    )
    decision = jobs.LATER.get_retry_decision(exception=error, job=job)
    return decision.retry_at.timestamp() - time.time()
