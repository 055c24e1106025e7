"""F5, F7, F8: the power of the disk is cut, the disk fails, the disk is slow. Nothing acknowledged is lost."""

import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from statistics import median
from threading import Event
from types import SimpleNamespace

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import transaction

from breakwater.server.processes import end
from breakwater.trust.testing import an_actor, an_agency
from conftest import Home, wait_until
from tests.luck.disks import an_ext4, cut_the_power, injected, mounted
from tests.luck.writing import PASSWORD, Book, Browser, Writer

A_DISK = 700 * 2**20
SLOWER = 200_000
"""Microseconds that each sync takes longer."""
WRITTEN = {"intake": "SELECT what_is_happening FROM cases_case", "note": "SELECT words FROM cases_note"}


class TakesIn(Writer):
    """Takes people in and writes notes, soon after each answer."""

    def do_something(self):
        """One of the two."""
        if self.chance.random() < 0.5 or not self.cases:
            self.take_in()
        else:
            self.add_note(self.chance.choice(self.cases))


def staff_of(home):
    """Two who write, and whom they might ask."""
    with home.at_work(), transaction.atomic():
        agency, at = an_agency(name="Harbor Line"), datetime.now(UTC)
        found = [an_actor(agency=agency, now=at, name=f"Writer {one}") for one in range(2)]
        for one in found:
            one.user.password = Argon2PasswordHasher().encode(PASSWORD, "salt of the story")
            one.user.save()
    return SimpleNamespace(agency=agency, workers=found)


@contextmanager
def writing(run, staff):
    """Two write as long as it lasts; what they were told is saved stands in the book."""
    book, over = Book(), Event()
    writers = [
        TakesIn(number, run.address, one, ask=staff.agency, book=book, over=over)
        for number, one in enumerate(staff.workers, 1)
    ]
    for writer in writers:
        writer.start()
    try:
        wait_until(lambda: book.wrong or len(book.acknowledged) > 8)
        yield book
    finally:
        over.set()
        for writer in writers:
            writer.join(60)
    assert book.wrong == []


def lost_or_twice(run, book):
    """What somebody was told is saved and is not there, and what is there twice."""
    with run.as_owner() as owner:
        there = [row[0] for sql in WRITTEN.values() for row in owner.execute(sql)]
    told = [one.words for one in book.acknowledged]
    return [one for one in told if one not in there], [one for one in there if there.count(one) > 1]


@pytest.mark.timeout(300)
def test_f5_when_the_power_of_the_disk_is_cut_nothing_acknowledged_is_lost(own_home):
    image = an_ext4(own_home.data.with_name(f"{own_home.data.name}.disk"), size=A_DISK)
    where = own_home.data.with_name(f"{own_home.data.name}-disk")
    where.mkdir()
    home = Home(where)
    run = home.run()
    with mounted(where, "-o", "loop", str(image)):
        subprocess.run(["cp", "-a", str(own_home.data / "postgres"), str(where / "postgres")], check=True)
        subprocess.run(["sync", "-f", str(where)], check=True)
        staff = staff_of(home)
        run.start()
        wait_until(run.is_ready)
        with writing(run, staff) as book:
            time.sleep(2)
            cut_the_power(where)
            time.sleep(0.2)
            end(run.processes())
    with mounted(where, "-o", "loop", str(image)):
        began = time.monotonic()
        with home.at_work():
            assert time.monotonic() - began < 60
            assert lost_or_twice(run, book) == ([], [])
    where.rmdir()
    image.unlink()


def test_f5_a_database_that_was_just_made_outlives_a_power_cut(own_home):
    """Its passwords and its files reached the disk before anybody was told that it answers."""
    image = an_ext4(own_home.data.with_name(f"{own_home.data.name}.disk"), size=A_DISK)
    where = own_home.data.with_name(f"{own_home.data.name}-new")
    where.mkdir()
    run = Home(where).run()

    def database(what):
        command = [sys.executable, "-m", "breakwater", "db", what]
        return subprocess.run(command, env=run.environment, check=False, stdin=subprocess.DEVNULL).returncode

    with mounted(where, "-o", "loop", str(image)):
        assert database("start") == 0
        cut_the_power(where)
        end(run.processes())
    with mounted(where, "-o", "loop", str(image)):
        try:
            assert database("start") == 0
            with run.cluster.connect() as line:
                assert line.execute("SELECT 1").fetchone() == (1,)
        finally:
            database("stop")
    where.rmdir()
    image.unlink()


@pytest.fixture(scope="module")
def running(one_home):
    """One Breakwater, and two who write in it."""
    staff, run = staff_of(one_home), one_home.run().start()
    wait_until(run.is_ready)
    yield run, staff
    run.end()


def of_postgresql(run):
    """Its processes: the first, which starts the others, and those there are."""
    return run.processes(lambda one: one.name().startswith("postgres"))


def goes_on(run, book):
    """Somebody was told that something is saved, since."""
    before = len(book.acknowledged)
    wait_until(lambda: book.wrong or len(book.acknowledged) > before + 4)


@pytest.mark.timeout(300)
def test_f7_when_the_disk_fails_nothing_acknowledged_is_lost_and_it_goes_on_by_itself(running):
    run, staff = running
    with writing(run, staff) as book:
        for call in ("fdatasync", "pwrite64", "pread64"):
            with injected(of_postgresql(run), call, "error=EIO"):
                time.sleep(1)
            goes_on(run, book)
    assert lost_or_twice(run, book) == ([], [])


def test_f8_on_a_slow_disk_nobody_waits_long_and_nothing_fails(running):
    run, staff = running
    browser, took = Browser(run.address), []
    browser.sign_in(staff.workers[0].user.username)
    with injected(of_postgresql(run), "fdatasync", f"delay_exit={SLOWER}"):
        for one in range(6):
            began = time.monotonic()
            words = {"what_is_happening": f"slow {one}", "asked_by": "self", "owner": "me"}
            status, *_ = browser.post("/cases/intake/", idempotency_key=key_of(browser), **words)
            assert status == 303
            took.append(time.monotonic() - began)
    assert median(took) < 3
    assert min(took) > SLOWER / 1_000_000, "the disk was slow"


def key_of(browser):
    """The key of a form that was just opened."""
    return browser.get("/cases/intake/")[2].partition('name="idempotency_key" value="')[2].partition('"')[0]
