"""What is due soon and what was missed is announced exactly once: by two workers at once, and across a kill."""

import os
import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from breakwater.clocks import jobs
from breakwater.clocks.actions import Promise, announce, pause, start_all, stop
from breakwater.clocks.jobs import SomeAgenciesNotReached, look_at, look_at_all
from breakwater.clocks.models import Alarm, Clock
from breakwater.clocks.testing import a_clock
from breakwater.kernel.db import now_by_the_database
from breakwater.kernel.ids import new_id
from breakwater.trust.access import acting, system_for
from breakwater.trust.actions.circles import open_circle
from breakwater.trust.models import Entry
from breakwater.trust.testing import NOON, an_actor, an_agency, as_seen_by

HOUR = timedelta(hours=1)
SOON, MISSED = "clocks.clock_due_soon", "clocks.clock_missed"


def heard():
    """How often which announcement stands in the journal, and that each has its alarm."""
    verbs = Counter(Entry.objects.filter(verb__in=(SOON, MISSED)).values_list("verb", "about"))
    alarms = Counter(
        (f"clocks.clock_{kind}", clock) for kind, clock in Alarm.objects.values_list("kind", "clock")
    )
    assert verbs == alarms
    return sorted(verb for verb, _ in verbs.elements())


# --- one worker


@pytest.mark.django_db
class TestOneWorker:
    def test_a_clock_is_announced_as_due_soon_and_then_as_missed_and_never_again(self):
        by = an_actor()
        a_clock(by=by, limit=8 * HOUR)
        told = [announce(at=NOON + n * HOUR, by=by) for n in (5, 6, 7, 8, 9, 99)]
        assert told == [0, 1, 0, 1, 0, 0]
        assert heard() == [SOON, MISSED]

    def test_what_was_missed_while_nobody_looked_is_announced_once_and_as_missed(self):
        by = an_actor()
        a_clock(by=by, limit=8 * HOUR)
        assert announce(at=NOON + 50 * HOUR, by=by) == 1
        assert announce(at=NOON + 51 * HOUR, by=by) == 0
        assert heard() == [MISSED]

    def test_a_server_whose_clock_jumps_ahead_and_back_announces_nothing_twice(self):
        by = an_actor()
        a_clock(by=by, limit=8 * HOUR)
        told = [announce(at=NOON + n * HOUR, by=by) for n in (26, 8, -2, 6, 9, 35)]
        assert told == [1, 0, 0, 1, 0, 0]
        missed = Alarm.objects.get(kind="missed")
        assert missed.announced_at - missed.clock.due_at == 18 * HOUR, "how late it was stands there"
        assert heard() == [SOON, MISSED]

    def test_a_server_whose_clock_is_wrong_announces_by_the_clock_of_the_database(self, monkeypatch):
        by = an_actor()
        a_clock(by=by, started_at=now_by_the_database(), limit=8 * HOUR)
        for wrong in (26, -2):
            monkeypatch.setattr(timezone, "now", lambda wrong=wrong: now_by_the_database() + wrong * HOUR)
            jobs.announce_everywhere(0)
        assert heard() == []

    def test_an_announcement_says_which_clock_in_whose_circle(self):
        by = an_actor()
        clock = a_clock(by=by, limit=8 * HOUR)
        announce(at=NOON + 9 * HOUR, by=by)
        entry = Entry.objects.get(verb=MISSED)
        assert (entry.about, entry.circle_id, entry.at) == (clock.pk, clock.circle_id, NOON + 9 * HOUR)
        assert entry.facts["kind"] == "next_contact"

    def test_a_promise_that_was_kept_is_never_announced(self):
        by = an_actor()
        stop(a_clock(by=by), how=Clock.Ended.MET, at=NOON + HOUR, by=by)
        assert announce(at=NOON + 99 * HOUR, by=by) == 0

    def test_a_clock_that_stands_still_is_announced_only_once_it_runs_again(self):
        by = an_actor()
        clock = a_clock("stabilization", by=by)
        pause(clock, reason="in_custody", until=NOON + 50 * HOUR, at=NOON + HOUR, by=by)
        look_at(by.agency, at=NOON + 49 * HOUR)
        assert heard() == []
        look_at(by.agency, at=NOON + 92 * HOUR)
        assert heard() == [SOON], "it woke at 50 hours, and is due at 97"
        look_at(by.agency, at=NOON + 97 * HOUR)
        assert heard() == [SOON, MISSED]

    def test_an_agency_hears_of_its_own_clocks_only(self):
        a_clock(limit=8 * HOUR)
        stranger = as_seen_by(an_actor(agency=an_agency()))
        assert announce(at=NOON + 99 * HOUR, by=stranger) == 0

    def test_a_partner_that_stands_in_the_circle_does_not_announce_what_we_promised(self):
        by = an_actor()
        clock = a_clock(by=by, limit=8 * HOUR)
        partner = an_agency()
        clock.circle.grants.create(agency=partner, basis="care", information=["care"], starts_at=NOON)
        helper = as_seen_by(system_for(partner, now=NOON + 9 * HOUR))
        assert Clock.objects.visible_to(helper).get() == clock
        assert announce(at=NOON + 9 * HOUR, by=helper) == 0

    def test_batches_end_when_nothing_is_left(self):
        by = an_actor()
        promise_many(by, 7)
        told = [announce(at=NOON + 99 * HOUR, by=by, most=3) for _ in range(4)]
        assert told == [3, 3, 1, 0]

    def test_looking_costs_the_same_for_ten_running_clocks_and_for_fifty(self):
        by = an_actor()
        asked = []
        for many in (10, 40):
            promise_many(by, many)
            with CaptureQueriesContext(connection) as queries:
                announce(at=NOON + HOUR, by=by)
            asked.append(len(queries))
        assert asked[0] == asked[1] <= 6

    def test_one_agency_that_fails_does_not_silence_the_others(self, monkeypatch):
        broken, whole = an_agency(), an_actor()
        a_clock(by=whole, limit=8 * HOUR)

        def breaks(*, at, by):
            if by.agency == broken:
                raise RuntimeError("a name that must not be told")
            return announce(at=at, by=by)

        monkeypatch.setattr(jobs, "announce", breaks)
        with pytest.raises(SomeAgenciesNotReached) as failed:
            look_at_all(at=NOON + 99 * HOUR)
        assert str(failed.value) == f"{broken.pk}: RuntimeError"
        as_seen_by(whole)
        assert heard() == [MISSED]

    def test_every_minute_is_scheduled(self):
        assert jobs.announce_everywhere is not None
        assert jobs.announce_everywhere.name == "clocks.announce"


# --- two workers, really committed

LATER = NOON + 99 * HOUR


def promise_many(by, many):
    circle = open_circle(at=NOON, by=by)
    promises = [Promise(kind="next_contact", about=new_id(), started_at=NOON) for _ in range(many)]
    return start_all(promises, circle=circle, episode=None, at=NOON, by=by)


@pytest.fixture
def watched(own_database):
    """An agency with sixty missed clocks, on a database of its own."""
    with transaction.atomic():
        by = an_actor()
        promise_many(by, 60)
    return by


def stand(by):
    with acting(by):
        return heard()


@pytest.mark.parametrize("many", [2, 6])
def test_workers_at_once_announce_each_clock_once(watched, many):
    together, broken = threading.Barrier(many), []

    def work():
        try:
            together.wait()
            look_at(watched.agency, at=LATER)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must see it
            broken.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []
    assert stand(watched) == [MISSED] * 60


def test_two_workers_share_the_clocks_and_neither_waits(watched):
    """The second finds what the first has not taken, while the first has not finished."""
    told = []

    def second():
        try:
            with acting(system_for(watched.agency, now=LATER)) as by:
                told.append(announce(at=LATER, by=by, most=500))
        finally:
            connections.close_all()

    with acting(system_for(watched.agency, now=LATER)) as by:
        told.append(announce(at=LATER, by=by, most=40))
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(timeout=60)
        assert not thread.is_alive(), "it waited"
    assert told == [40, 20]
    assert stand(watched) == [MISSED] * 60


def test_a_promise_kept_at_the_last_moment_is_not_announced_as_missed(watched):
    """Somebody is just stopping a clock; the announcer leaves it alone, and then it is stopped."""
    told = []

    def announcer():
        try:
            with acting(system_for(watched.agency, now=LATER)) as by:
                told.append(announce(at=LATER, by=by))
        finally:
            connections.close_all()

    with acting(watched):
        kept = Clock.objects.running().select_related("circle").first()
        stop(kept, how=Clock.Ended.MET, at=NOON + HOUR, by=watched)
        thread = threading.Thread(target=announcer)
        thread.start()
        thread.join(timeout=60)
        assert not thread.is_alive(), "it waited"
    assert told == [59]
    with acting(watched):
        assert announce(at=LATER, by=watched) == 0
        assert not Alarm.objects.filter(clock=kept).exists()


_WORKER = """
import os, signal, sys
from datetime import datetime
import django
django.setup()
from breakwater.clocks.actions import announce
from breakwater.trust.access import acting, system_for
from breakwater.trust.models import Agency
at = datetime.fromisoformat(sys.argv[2])
by = system_for(Agency.objects.get(pk=sys.argv[1]), now=at)
with acting(by):
    announced = announce(at=at, by=by, most=25)
    if sys.argv[3] == "before":
        os.kill(os.getpid(), signal.SIGKILL)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(("when", "left"), [("before", 0), ("after", 25)])
def test_a_worker_killed_before_or_after_it_committed_loses_nothing_and_repeats_nothing(
    watched, own_database, when, left
):
    killed = subprocess.run(
        [sys.executable, "-c", _WORKER, str(watched.agency_id), LATER.isoformat(), when],
        env=os.environ
        | {"DATABASE_URL": own_database, "DJANGO_SETTINGS_MODULE": "breakwater.server.settings"},
        check=False,
        timeout=60,
    )
    assert killed.returncode == -9
    assert len(stand(watched)) == left
    look_at_all(at=LATER)
    look_at_all(at=LATER + HOUR)
    assert stand(watched) == [MISSED] * 60
