"""A start asks when the last backup was made, when the journal was anchored, and how right the clock is."""

import argparse
import json
import logging
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import psutil
import psycopg
import pytest
from django.core.management import CommandError, call_command

from breakwater.administration.house import upkeep_of
from breakwater.kernel import upkeep
from breakwater.kernel.tables import WrongTable
from breakwater.kernel.upkeep import BOUNDS, Upkeep, judged, last_anchored
from breakwater.server import checks, env, starting
from breakwater.server.embedded import places
from breakwater.server.supervisor import RunTrouble
from breakwater.server.tests.test_production import SAFE
from breakwater.trust import jobs
from breakwater.trust.testing import an_agency
from conftest import owner_of

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
LONG_AGO = NOW - 400 * HOUR
WELL = {"since": LONG_AGO, "backup": NOW - 23 * HOUR, "anchor": NOW - HOUR, "apart": SECOND, "off": SECOND}


def said_of(**found):
    """What is said when all is well but this: what it is about, and whether it is wrong."""
    return [(one.about, one.is_wrong) for one in judged(Upkeep(now=NOW, **WELL | found))]


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({}, []),
        ({"backup": NOW - 25 * HOUR}, [("backup", True)]),
        ({"backup": None}, [("backup", True)]),
        ({"backup": NOW + HOUR}, [("backup", True)]),
        ({"backup": None, "since": NOW - 23 * HOUR}, [("backup", False)]),
        ({"backup": NOW - 25 * HOUR, "since": NOW - 23 * HOUR}, [("backup", True)]),
        ({"backup": None, "put_off": NOW + HOUR}, [("backup", False)]),
        ({"backup": None, "put_off": NOW - SECOND}, [("backup", True)]),
        ({"backup": None, "put_off": NOW + 25 * HOUR}, [("backup", True)]),
        ({"anchor": NOW - 3 * HOUR}, [("anchor", True)]),
        ({"anchor": None}, [("anchor", True)]),
        ({"anchor": None, "since": NOW - HOUR}, [("anchor", False)]),
        ({"apart": 3 * SECOND}, [("clock", True)]),
        ({"off": -3 * SECOND}, [("clock", True)]),
        ({"off": None, "apart": None}, [("clock", False)]),
        ({"off": 3 * SECOND, "anchor": None, "backup": None}, [("clock", True), ("backup", True), ("anchor", True)]),
        ({"off": None, "backup": None}, [("backup", True), ("clock", False)]),
    ],
)  # fmt: skip
def test_only_what_is_known_to_be_wrong_is_wrong(found, said):
    assert said_of(**found) == said


@pytest.fixture
def here(tmp_path, one_database):
    """The environment of a safe installation whose folders are empty."""
    folders = {
        "BREAKWATER_BACKUPS": str(tmp_path / "backups"),
        "BREAKWATER_ANCHORS": str(tmp_path / "anchors"),
    }
    return SAFE | folders | {"DATABASE_URL": one_database}


@pytest.fixture
def old(monkeypatch):
    """The tables were made long ago, and nothing is noted."""
    monkeypatch.setattr(checks, "_SINCE", "SELECT now() - interval '9 days'")
    monkeypatch.setattr(checks, "unsafe_database", lambda url: [])


def start(environ):
    """What is only said at a start."""
    heard = []
    checks.refuse_what_is_unsafe(environ, say=heard.append)
    return " ".join(heard)


def backup(monkeypatch, environ, *words):
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    return starting.backup(argparse.Namespace(what=words[0], words=list(words[1:])), [])


def test_a_first_start_is_possible_and_says_that_nothing_is_backed_up(here, monkeypatch):
    monkeypatch.setattr(checks, "unsafe_database", lambda url: [])
    assert "Nobody asks for one in the first 24 hours" in start(here)


def test_later_no_start_without_a_young_backup_and_one_command_tells_of_it(
    here, old, monkeypatch, tmp_path, capsys
):
    with pytest.raises(env.WrongEnvironment, match="No backup is noted"):
        start(here)
    assert checks.refuse_what_is_unsafe(here).production, (
        "a process begun anew while others serve is not asked"
    )
    dump = tmp_path / "breakwater.dump"
    assert backup(monkeypatch, here, "noted", str(dump)) == 1, "there is none"
    dump.touch()
    assert backup(monkeypatch, here, "noted", str(dump)) == 1, "there is nothing in it"
    dump.write_text("everything" * 9)
    yesterday = (datetime.now(UTC) - 30 * HOUR).timestamp()
    os.utime(dump, (yesterday, yesterday))
    assert backup(monkeypatch, here, "noted", str(dump)) == 0
    with pytest.raises(env.WrongEnvironment, match="The last backup is 30 hours old"):
        start(here)
    dump.write_text("little")
    assert backup(monkeypatch, here, "noted", str(dump)) == 0
    assert "less than half of the bytes" in capsys.readouterr().err
    assert "backup" not in start(here)


def test_it_can_be_put_off_for_a_day_with_a_reason(here, old, monkeypatch, capsys):
    assert backup(monkeypatch, here, "later", " ") == 1
    assert backup(monkeypatch, here, "later", "The tape robot is away") == 0
    assert "It was put off for 24 hours" in start(here)
    backup(monkeypatch, here, "list")
    assert "why=The tape robot is away" in capsys.readouterr().err


def test_a_clock_that_is_not_postgresqls_is_told_before_anything_starts(here, old, monkeypatch):
    backup(monkeypatch, here, "noted")
    monkeypatch.setattr(checks, "_CLOCK", "SELECT clock_timestamp() - interval '7 seconds', true")
    with pytest.raises(env.WrongEnvironment, match="are 7 seconds apart"):
        start(here)


def test_a_folder_that_takes_no_anchors_is_told_and_what_nobody_can_see_is_only_said(
    here, old, monkeypatch, tmp_path
):
    backup(monkeypatch, here, "noted")
    monkeypatch.setattr(upkeep, "how_far_off", lambda: None)
    assert "cannot be seen from here: use NTP" in start(here)
    (tmp_path / "anchors").write_text("no folder")
    with pytest.raises(env.WrongEnvironment, match="BREAKWATER_ANCHORS takes no lines"):
        start(here)


NOT_BACKED_UP = "No backup is noted"


def ended(command, environ, *words):
    """A real process of its own: how it ended, and what it said."""
    own = {name: value for name, value in os.environ.items() if name not in env.VARIABLES}
    began = subprocess.run(
        [sys.executable, "-m", "breakwater", command, *words],
        env=own | environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return began.returncode, began.stderr


def test_a_real_web_server_and_a_real_worker_end_at_once_and_say_what_is_owed(here, own_database, tmp_path):
    """The suite's PostgreSQL is unsafe besides, so neither ever serves here: what is looked at is the reason."""
    told = here | {"DATABASE_URL": own_database}
    with psycopg.connect(owner_of(own_database)) as owner:
        owner.execute("UPDATE django_migrations SET applied = now() - interval '9 days'")
    for command in ("web", "worker"):
        code, said = ended(command, told)
        assert (code, NOT_BACKED_UP in said, "fsync is off" in said) == (2, True, True), said
        assert "Traceback" not in said
    dump = tmp_path / "breakwater.dump"
    dump.write_text("everything")
    assert ended("backup", told, "noted", str(dump))[0] == 0
    for command in ("web", "worker"):
        code, said = ended(command, told)
        assert (code, NOT_BACKED_UP in said, "fsync is off" in said) == (2, False, True), said


def test_linux_is_asked_about_its_clock(monkeypatch):
    """Here it answers whatever is true; what it answers is read for what it is."""
    assert upkeep.how_far_off() is None or abs(upkeep.how_far_off()) < HOUR

    class Kernel:
        def adjtimex(self, told):
            told._obj.offset, told._obj.status = -2_500_000_000, self.status
            return 0

    monkeypatch.setattr(upkeep.ctypes, "CDLL", lambda _: Kernel())
    for status, found in (
        (0x2001, timedelta(seconds=-2.5)),
        (0x0001, timedelta(seconds=-2500)),
        (0x2041, None),
    ):
        Kernel.status = status
        assert upkeep.how_far_off() == found


class Home:
    """A home that counts how often it anchored."""

    def __init__(self, environ, fails=False):
        self.environment, self.fails, self.asked = env.look(environ)[0], fails, []

    def manage(self, *words, check):
        self.asked.append(words)
        return int(self.fails)


def test_a_journal_that_was_not_anchored_while_nothing_ran_is_anchored_before_anything_is_served(
    here, tmp_path
):
    fresh = Home(here)
    starting.anchor_first(fresh)
    assert fresh.asked == [("anchor",)]
    with pytest.raises(RunTrouble, match="could not be anchored"):
        starting.anchor_first(Home(here, fails=True))
    book = tmp_path / "anchors" / "journal.jsonl"
    book.parent.mkdir()
    book.write_text(json.dumps({"at": datetime.now(UTC).isoformat(), "looked": True}) + '\n{"at": "20')
    starting.anchor_first(lately := Home(here))
    starting.anchor_first(trial := Home(here | {"BREAKWATER_PRODUCTION": "0"}))
    assert lately.asked == trial.asked == []


@pytest.mark.django_db
def test_while_it_runs_the_log_says_each_hour_what_was_not_done_and_the_page_as_well(
    settings, tmp_path, monkeypatch, caplog
):
    monkeypatch.setattr(jobs, "asked_of_upkeep", lambda now: upkeep.Asked(now - 9 * 24 * HOUR, timedelta()))
    settings.ANCHORS, settings.BACKUPS = tmp_path / "anchors", tmp_path / "backups"
    an_agency()
    jobs.tell_upkeep(timestamp=0)
    loud = [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR]
    assert [one[:21] for one in loud] == ["Upkeep: No backup is ", "Upkeep: The journal w"]
    call_command("anchor")
    upkeep.note(settings.BACKUPS, backup=datetime.now(UTC).isoformat())
    assert last_anchored(settings.ANCHORS)
    assert not any(one.is_wrong for one in upkeep_of(datetime.now(UTC))["said"])
    (tmp_path / "file").touch()
    settings.ANCHORS = tmp_path / "file" / "anchors"
    with pytest.raises(CommandError, match="takes no lines"):
        call_command("anchor")


def test_bounds_that_are_none_are_refused(tmp_path):
    shipped = (upkeep.Path(upkeep.__file__).parent / "upkeep.toml").read_text()
    (tmp_path / "upkeep.toml").write_text(shipped.replace("anchor = 2", "anchor = 0"))
    with pytest.raises(WrongTable, match="anchor"):
        upkeep.load(tmp_path / "upkeep.toml")
    assert BOUNDS.clock == timedelta(seconds=2)


def test_what_prints_from_our_own_text_starts_no_database(tmp_path, capfd):
    """Not even one that is there and older: nothing is asked where the database lies."""
    command = [sys.executable, "-m", "breakwater.server.cli", "reactions"]
    told = {
        **os.environ,
        "BREAKWATER_DATA": str(tmp_path / "none"),
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    }
    assert subprocess.run(command, env=told, check=False).returncode == 0
    assert capfd.readouterr().out.startswith("# Who hears what")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("limit", "kept"),
    [("4294967296", "512MB"), ("100000000", "128MB"), ("99999999999999", None), ("max", None)],
)
def test_the_database_keeps_an_eighth_of_the_memory_at_hand_within_bounds(limit, kept, tmp_path, monkeypatch):
    (tmp_path / "memory.max").write_text(f"{limit}\n")
    monkeypatch.setattr(places, "_LIMIT", tmp_path / "memory.max")
    of_the_machine = min(max(psutil.virtual_memory().total // 8, 128 * 2**20), 2**30) // 2**20
    assert places.to_keep_in_memory() == (kept or f"{of_the_machine}MB")
