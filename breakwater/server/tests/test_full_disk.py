"""F6: a small disk of one's own beneath a whole Breakwater, filled by another program until PostgreSQL ends."""

import os
import re
import subprocess
import time
from contextlib import suppress
from datetime import UTC, datetime

import psycopg
import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import transaction

from breakwater.kernel.reserve import KEPT_BACK, NEARLY_FULL
from breakwater.server.testing import WORKER
from breakwater.trust.testing import an_actor
from conftest import Home, wait_until
from tests.luck.disks import mounted
from tests.luck.writing import PASSWORD, Browser

ROOM_FOR_ALL = 420 * 2**20
SAID, AGAIN = "Nothing can be saved just now.", "The disk of this server is nearly full"
AFTER_SPACE = 90


@pytest.fixture
def small(own_home):
    """The same home on a disk that holds little more than it needs."""
    where = own_home.data.with_name(f"{own_home.data.name}-small")
    where.mkdir()
    with mounted(where, "-t", "tmpfs", "-o", f"size={ROOM_FOR_ALL}", "small"):
        subprocess.run(["cp", "-a", str(own_home.data / "postgres"), str(where / "postgres")], check=True)
        yield Home(where)
    where.rmdir()


def fill(disk, *, but=0):
    """Some other program takes all the room there is, but so much."""
    taken = 0
    with (disk / "junk").open("ab", buffering=0) as junk:
        while (free := os.statvfs(disk).f_bavail * os.statvfs(disk).f_bsize - but) > 0:
            taken += junk.write(bytes(min(free, 2**20)))
    return taken


def until_the_log_has_no_room(cluster):
    """PostgreSQL needs one more file for its log, and ends itself, as it must."""
    with suppress(psycopg.OperationalError):
        while True:
            with cluster.connect() as line:
                line.execute("SELECT pg_logical_emit_message(false, 'more', repeat('x', 1000000))")
                line.execute("SELECT pg_switch_wal()")
    assert "PANIC" in cluster.log.read_text()


def take_in(browser, words, key):
    """Send the form of an intake; what came of it."""
    typed = {"what_is_happening": words, "asked_by": "self", "owner": "me", "idempotency_key": key}
    return browser.post("/cases/intake/", **typed)


def key_of(browser):
    return re.search(r'name="idempotency_key" value="([^"]+)"', browser.get("/cases/intake/")[2]).group(1)


def counted(run, sql, *blanks):
    with run.as_owner() as owner:
        return owner.execute(sql, blanks).fetchone()[0]


def kept(run, words):
    return counted(run, "SELECT count(*) FROM cases_case WHERE what_is_happening = %s", words)


def sightings(run):
    return counted(run, "SELECT count(*) FROM trust_sighting")


@pytest.mark.timeout(300)
def test_f6_on_a_full_disk_all_is_read_nothing_is_lost_and_it_goes_on_by_itself(small):
    with small.at_work(), transaction.atomic():
        ada = an_actor(now=datetime.now(UTC), name="Ada")
        ada.user.password = Argon2PasswordHasher().encode(PASSWORD, "salt of the story")
        ada.user.save()
    run, browser = small.run().start(), None
    try:
        wait_until(run.is_ready)
        browser = Browser(run.address)
        browser.sign_in(ada.user.username)
        assert (small.data / "postgres" / "reserve").stat().st_size == KEPT_BACK
        assert take_in(browser, "before", key_of(browser))[0] == 303
        fill(small.data, but=NEARLY_FULL // 2)
        wait_until(lambda: SAID in browser.get("/")[2])
        seen, key = sightings(run), key_of(browser)
        began = time.monotonic()
        status, _, said = take_in(browser, "while full", key)
        assert (status, AGAIN in said, "while full" in said) == (503, True, True)
        assert time.monotonic() - began < 30
        assert browser.get("/")[0] == 200
        assert sightings(run) > seen, "what was shown is written down: for that the room was kept back"
        another = Browser(run.address)
        another.sign_in(ada.user.username)
        run.kill(WORKER)
        wait_until(lambda: run.find(WORKER) is not None)
        wait_until(lambda: "nothing is saved" in run.said)
        fill(small.data)
        assert kept(run, "while full") == 0
        until_the_log_has_no_room(small.cluster)
        (small.data / "junk").unlink()
        freed = time.monotonic()
        wait_until(lambda: SAID not in browser.get("/")[2], seconds=AFTER_SPACE)
        assert take_in(browser, "while full", key)[0] == 303
        assert take_in(browser, "while full", key)[0] == 303, "sent twice, it counts once"
        assert time.monotonic() - freed < AFTER_SPACE
        assert (kept(run, "before"), kept(run, "while full")) == (1, 1)
        assert "everything is saved as before" in run.said
    finally:
        run.end()
