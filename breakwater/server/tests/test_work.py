"""What a killed worker had begun is begun again, by whoever lives."""

import asyncio
import os
import subprocess
import sys

import psycopg
import pytest
from procrastinate.contrib.django import app

from breakwater.kernel import jobs
from breakwater.kernel.db import one_row, run_sql
from breakwater.server.home import SETTINGS
from conftest import owner_of, wait_until

HURRY = 10
HURRIED = f"""
import django
from django.core.management import call_command
from breakwater.kernel import jobs
jobs._BEAT, jobs._DEAD_AFTER, jobs._LOOK_EVERY = (
    one / {HURRY} for one in (jobs._BEAT, jobs._DEAD_AFTER, jobs._LOOK_EVERY)
)
django.setup()
call_command("work")
"""
"""The same worker, whose seconds are tenths of one: at its real pace it is killed in ``test_killed_by_turns``."""


@pytest.fixture
def worker(own_database):
    """Starts real workers; whoever is left is killed."""
    started = []

    def start():
        variables = os.environ | {"DATABASE_URL": own_database, "DJANGO_SETTINGS_MODULE": SETTINGS}
        started.append(subprocess.Popen([sys.executable, "-c", HURRIED], env=variables))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def begun(name="trust.react", *, attempts=0, lock=None, heart_stopped=True):
    """A piece of work that somebody had begun: the id of it."""
    seconds = 60 if heart_stopped else 0
    (number,) = one_row(
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s)) RETURNING id",
        (seconds,),
    )
    (job,) = one_row(
        "INSERT INTO procrastinate_jobs (task_name, queue_name, args, status, attempts, queueing_lock, worker_id)"
        " VALUES (%s, 'reactions', '{}', 'doing', %s, %s, %s) RETURNING id",
        (name, attempts, lock, number),
    )
    return job


def state(job):
    row = one_row("SELECT status::text, attempts FROM procrastinate_jobs WHERE id = %s", (job,))
    return row or ("gone", None)


def begin_again():
    async def act():
        with app.replace_connector(app.connector.get_worker_connector()):
            async with app.open_async():
                return await jobs.begin_again()

    return asyncio.run(act())


def test_what_was_begun_by_the_dead_is_begun_again_and_by_the_living_is_not(own_database):
    dead, alive = begun(), begun(heart_stopped=False)
    assert begin_again() == 1
    assert state(dead) == ("todo", 1)
    assert state(alive) == ("doing", 0)
    assert begin_again() == 0


def test_scheduled_work_that_waits_anew_is_not_put_beside_itself(own_database):
    left = begun("clocks.announce", lock="clocks.announce")
    run_sql(
        "INSERT INTO procrastinate_jobs (task_name, queue_name, args, status, queueing_lock)"
        " VALUES ('clocks.announce', 'default', '{}', 'todo', 'clocks.announce')"
    )
    begin_again()
    assert state(left) == ("gone", None)


def test_what_ends_its_worker_again_and_again_is_left_for_a_person_to_look_at(own_database):
    deadly = begun(attempts=jobs.LATER.max_attempts)
    begin_again()
    assert state(deadly)[0] == "failed"


def test_a_real_worker_takes_over_from_one_that_was_killed(own_database, worker):
    job = begun("trust.forget_sessions")
    run_sql("UPDATE procrastinate_jobs SET args = '{\"timestamp\": 0}' WHERE id = %s", (job,))
    worker()
    wait_until(lambda: state(job)[0] == "gone")


def test_a_worker_that_is_told_to_stop_stops(own_database, worker):
    process = worker()
    wait_until(lambda: one_row("SELECT count(*) FROM procrastinate_workers") == (1,))
    process.terminate()
    assert process.wait(60) == 0
    assert one_row("SELECT count(*) FROM procrastinate_workers") == (0,)


def test_what_could_not_be_written_down_as_done_is_done_again_by_a_worker_that_lives_on(own_database, worker):
    with psycopg.connect(owner_of(own_database), autocommit=True) as owner:
        owner.execute(
            "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''the line is cut''; END'"
        )
        owner.execute(
            "CREATE TRIGGER cut BEFORE DELETE ON procrastinate_jobs FOR EACH ROW"
            " WHEN (OLD.task_name = 'trust.forget_sessions') EXECUTE FUNCTION cut()"
        )
        process = worker()
        (job,) = one_row(
            "INSERT INTO procrastinate_jobs (task_name, queue_name, args)"
            " VALUES ('trust.forget_sessions', 'default', '{\"timestamp\": 0}') RETURNING id"
        )
        wait_until(lambda: state(job)[0] == "doing")
        wait_until(lambda: started(job) > 1)
        owner.execute("DROP TRIGGER cut ON procrastinate_jobs")
    wait_until(lambda: state(job)[0] == "gone")
    assert process.poll() is None


def started(job):
    return one_row(
        "SELECT count(*) FROM procrastinate_events WHERE job_id = %s AND type = 'started'", (job,)
    )[0]
