"""Four write while server, worker and database are killed by turns: no acknowledged write lost, none twice.

Twelve seconds in every run of the suite; the whole minute with ``LUCK_SECONDS=60``.
"""

import os
import time
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import transaction

from breakwater.cases.testing import a_triaged_case
from breakwater.clocks.models import Clock
from breakwater.kernel.cipher import Place
from breakwater.server.testing import DATABASE, KEEPER, WEB, WEB_PROCESS, WORKER
from breakwater.trust.access import acting
from breakwater.trust.encrypted import opened
from breakwater.trust.testing import an_actor, an_agency
from conftest import wait_until
from tests.luck.writing import PASSWORD, Answerer, Book, Writer

SECONDS = float(os.environ.get("LUCK_SECONDS", "12"))
TURNS = (DATABASE, WEB_PROCESS, WORKER, KEEPER, WEB, DATABASE, WORKER)
BETWEEN = 1.5
PATIENCE = 150
PATIENCE_FOR_AN_ACT = 2
LATE = 40
"""Cases whose visit was promised and missed before anybody looked: their alarms sound meanwhile, once each."""

WRITTEN = {
    "intake": "SELECT what_is_happening FROM cases_case",
    "note": "SELECT words FROM cases_note",
    "gate": "SELECT evidence FROM cases_gate",
    "letter": "SELECT words, id::text FROM referrals_referral",
    "answer": "SELECT referral_id::text FROM referrals_stage WHERE code = 'acknowledged'",
}
NOBODYS = """
    SELECT count(*) FROM cases_case c
    WHERE NOT EXISTS (SELECT 1 FROM cases_closure x WHERE x.case_id = c.id AND x.ends_at IS NULL)
      AND (NOT EXISTS (
            SELECT 1 FROM cases_assignment a WHERE a.case_id = c.id AND a.part = 'owner' AND a.ends_at IS NULL)
        OR NOT EXISTS (SELECT 1 FROM clocks_clock k WHERE k.episode = c.id AND k.ended_at IS NULL))
"""
TOLD_OTHERWISE_THAN_ONCE = """
    SELECT count(*) FROM ({things}) AS thing
    WHERE (SELECT count(*) FROM trust_entry e WHERE e.verb = '{verb}' AND e.about = thing.id) <> 1
"""
TOLD = {
    "cases.case_opened": "SELECT id FROM cases_case",
    "cases.note_added": "SELECT id FROM cases_note",
    "cases.gate_met": "SELECT id FROM cases_gate",
    "referrals.referral_made": "SELECT id FROM referrals_referral",
    "referrals.referral_answered": "SELECT referral_id AS id FROM referrals_stage WHERE code = 'acknowledged'",
}
_JOBS = """
    SELECT j.task_name, j.status::text, j.attempts, j.scheduled_at - now() AS waits,
           now() - w.last_heartbeat AS worker_silent_for
    FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
    WHERE j.task_name = '{name}' AND j.status <> 'succeeded'
"""
UNHEARD, ANNOUNCING = _JOBS.format(name="trust.react"), _JOBS.format(name="clocks.announce")
UNSOUNDED = """
    SELECT count(*) FROM clocks_clock k WHERE k.ended_at IS NULL AND k.due_at < now() - interval '1 day'
    AND NOT EXISTS (SELECT 1 FROM clocks_alarm a WHERE a.clock_id = k.id AND a.kind = 'missed')
"""
HEARD_OTHERWISE_THAN_ONCE = """
    SELECT count(*) FROM referrals_stage s WHERE s.code = 'acknowledged' AND (
        (SELECT count(*) FROM referrals_hearing h WHERE h.news = s.id) <> 1
        OR (SELECT count(*) FROM trust_entry e
            WHERE e.about = s.referral_id AND e.verb = 'referrals.referral_acknowledged') <> 1
        OR (SELECT count(*) FROM clocks_clock k
            WHERE k.about = s.referral_id AND k.kind = 'referral_acknowledgement' AND k.ended_at IS NOT NULL) <> 1
        OR (SELECT count(*) FROM clocks_clock k
            WHERE k.about = s.referral_id AND k.kind = 'referral_answer' AND k.ended_at IS NULL) <> 1)
"""
ALARMED_TWICE = """
    SELECT count(*) FROM (SELECT clock_id, kind FROM clocks_alarm GROUP BY 1, 2 HAVING count(*) > 1) AS twice
"""
ANNOUNCED_OTHERWISE_THAN_ONCE = """
    SELECT count(*) FROM clocks_alarm a WHERE (
        SELECT count(*) FROM trust_entry e WHERE e.about = a.clock_id
        AND e.verb = CASE a.kind WHEN 'missed' THEN 'clocks.clock_missed' ELSE 'clocks.clock_due_soon' END) <> 1
"""


@pytest.fixture
def staff(own_home):
    """Four at one agency and one at another, with forty promises that were missed."""
    at = datetime.now(UTC)
    with own_home.at_work():
        with transaction.atomic():
            ours, theirs = an_agency(name="Harbor Line"), an_agency(name="Lantern House")
            workers = [an_actor(agency=ours, now=at, name=f"Writer {one}") for one in range(4)]
            answerer = an_actor(agency=theirs, now=at, name="Answerer")
            for one in (*workers, answerer):
                one.user.password = Argon2PasswordHasher().encode(PASSWORD, "salt of the story")
                one.user.save()
        long_ago = an_actor(agency=ours, now=at - timedelta(days=3))
        with acting(long_ago):
            for _ in range(LATE):
                a_triaged_case(by=long_ago, at=at - timedelta(days=3))
        with acting(workers[0]):
            assert Clock.objects.overdue(at).count() >= LATE
    return workers, answerer


@pytest.mark.timeout(600 + 4 * SECONDS)
def test_killed_by_turns_no_acknowledged_write_is_lost_and_none_is_there_twice(own_home, staff, capsys):
    run, book, over = own_home.run(), Book(), Event()
    workers, answerer = staff
    run.start()
    wait_until(run.is_ready)
    writers = [
        Writer(number, run.address, worker, ask=answerer.agency, book=book, over=over)
        for number, worker in enumerate(workers, 1)
    ]
    writers.append(Answerer(9, run.address, answerer, ask=answerer.agency, book=book, over=over))
    for writer in writers:
        writer.start()
    kills = kill_by_turns(run, book)
    over.set()
    for writer in writers:
        writer.join(60)
    assert not any(writer.is_alive() for writer in writers)
    assert book.wrong == []
    settle(run)
    with own_home.at_work():
        counted = count(run, book)
    with capsys.disabled():
        print(f"\n{SECONDS:.0f} s by turns: {report(book, kills, counted)}")
    run.end()
    assert {name: number for name, number in counted.items() if number} == {}
    assert sum(one.tries > 1 for one in book.acknowledged) > 0, "the kills struck nobody in the act"
    assert kinds_of(book.acknowledged) == set(WRITTEN)


def kill_by_turns(run, book):
    """Kill one after the other, each time once writing goes on again. How often each was killed."""
    killed = dict.fromkeys(TURNS, 0)
    turn, stop_at = 0, time.monotonic() + SECONDS
    while time.monotonic() < stop_at or not all(killed.values()):
        goes_on(run, book, kills=killed)
        time.sleep(BETWEEN if SECONDS > 30 else BETWEEN / 3)
        what = TURNS[turn % len(TURNS)]
        if run.kill(what, when=lambda: in_the_act(book)):
            killed[what] += 1
            turn += 1
            if what == KEEPER:
                run.start()
    goes_on(run, book, kills=killed)
    wait_until(lambda: book.wrong or kinds_of(book.acknowledged) == set(WRITTEN), seconds=PATIENCE)
    return killed


def in_the_act(book):
    """Wait until somebody has just sent something and heard nothing yet: a kill strikes then."""
    stop_at = time.monotonic() + PATIENCE_FOR_AN_ACT
    while not book.unanswered and time.monotonic() < stop_at:
        time.sleep(0.002)


def kinds_of(sent):
    """Which acts are among these."""
    return {one.kind for one in sent}


def goes_on(run, book, *, kills):
    """Wait until four more writes were acknowledged and the worker is at work."""
    before = len(book.acknowledged)
    wait_until(
        lambda: book.wrong or (len(book.acknowledged) >= before + 4 and run.find(WORKER) is not None),
        seconds=PATIENCE,
    )
    assert book.wrong == [], kills


def settle(run):
    """Wait until everything that was to be heard or announced was."""

    def is_settled():
        return not left_over(run)

    try:
        wait_until(is_settled, seconds=PATIENCE)
    except AssertionError:
        pytest.fail(f"after {PATIENCE} s there is left: {left_over(run)}")


def left_over(run):
    """News that nobody heard and promises whose breach nobody announced; what stands in the queue about them."""
    with run.as_owner() as owner:
        waiting = owner.execute(UNHEARD).fetchall()
        silent = owner.execute(UNSOUNDED).fetchone()[0]
        if silent:
            waiting += owner.execute(ANNOUNCING).fetchall()
        return [*waiting, f"{silent} missed and not announced"] if waiting or silent else []


def count(run, book):
    """Everything that must be none, by what it would mean."""
    with run.as_owner() as owner:
        written = {kind: [as_written(*row) for row in owner.execute(sql)] for kind, sql in WRITTEN.items()}
        keys = [
            str(row[0]) for row in owner.execute("SELECT key FROM trust_receipt WHERE status IS NOT NULL")
        ]

        def how_many(sql):
            return int(owner.execute(sql).fetchone()[0])

        wrong_in_journal = {
            f"told otherwise than once: {verb}": how_many(
                TOLD_OTHERWISE_THAN_ONCE.format(things=things, verb=verb)
            )
            for verb, things in TOLD.items()
        }
        return {
            "lost": sum(written[one.kind].count(one.words) == 0 for one in book.acknowledged),
            "there twice": sum(written[one.kind].count(one.words) > 1 for one in book.sent),
            "acknowledged without a receipt": len({one.key for one in book.acknowledged} - set(keys)),
            "a key with two receipts": len(keys) - len(set(keys)),
            "open without owner or clock": how_many(NOBODYS),
            "news not heard": len(owner.execute(UNHEARD).fetchall()),
            "news heard otherwise than once": how_many(HEARD_OTHERWISE_THAN_ONCE),
            "alarms twice": how_many(ALARMED_TWICE),
            "announced otherwise than once": how_many(ANNOUNCED_OTHERWISE_THAN_ONCE),
            **wrong_in_journal,
        }


def as_written(words, referral=""):
    """What somebody wrote; the words of a letter are encrypted in their place."""
    return opened(words, Place("referrals_referral", "words", referral))


def report(book, kills, counted):
    """The figures, in one line."""
    acknowledged = book.acknowledged
    kinds = {kind: sum(one.kind == kind for one in acknowledged) for kind in WRITTEN}
    again = sum(one.tries > 1 for one in acknowledged)
    never = len(book.sent) - len(acknowledged)
    return (
        f"{sum(kills.values())} kills {kills}; {len(book.sent)} sent, {len(acknowledged)} acknowledged {kinds},"
        f" {again} of them after a retry, {never} never; answers lost {dict(book.lost_answers)};"
        f" lost {counted['lost']}, twice {counted['there twice']}"
    )
