"""Whoever is born of a reader has no more than whoever is started anew: nothing, and that within bounds; and ends."""

import json
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import psutil
import pytest

from breakwater.formats import read_once
from breakwater.formats.alone import Late, Program
from breakwater.formats.paper import Sheet, Words, press, printed
from breakwater.formats.read_once import ReadOnce

pytestmark = pytest.mark.skipif(not read_once._BEARS, reason="here each is started anew")
BOUNDS = {"memory": 100 << 20, "processor": 5, "at_once": 2, "environment": {"TOLD": "1"}}
PROGRAM = """
import json, os, resource, signal, sys, time
from pathlib import Path

def main():
    asked, what = sys.stdin.buffer.read(), sys.argv[1]
    if what == "look":
        print(json.dumps({
            "asked": asked.decode(), "args": sys.argv, "told": dict(os.environ), "in": os.getcwd(),
            "threads": len(os.listdir("/proc/self/task")), "umask": os.umask(0),
            "may": [resource.getrlimit(n) for n in range(16)],
            "files": sorted(n for n in os.listdir("/proc/self/fd") if Path("/proc/self/fd", n).exists()),
            "ours": [n for n in sys.modules if n.startswith("breakwater")],
        }))
    if what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "slowly":
        time.sleep(1)
        sys.stdout.buffer.write(asked)
    if what == "wait":
        time.sleep(120)
    if what == "break":
        raise RuntimeError
    if what == "say":
        sys.stdout.buffer.write(asked * 40_000)
    return 7 if what == "seven" else 0

if __name__ == "__main__":
    sys.exit(main())
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("program") / "program.py"
    path.write_text(PROGRAM)
    return path


@pytest.fixture(scope="module")
def program(path):
    program = ReadOnce(path, **BOUNDS)
    yield program
    program.close()


def reader_of(program):
    return psutil.Process(program._reader.process.pid)


def is_gone(process):
    """It ends within a moment; what is left of it then is a number that whoever took it over has not asked for yet."""
    until = time.monotonic() + 60
    with suppress(psutil.NoSuchProcess):
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            if time.monotonic() > until:
                return False
            time.sleep(0.002)
    return True


def test_they_have_what_whoever_is_started_anew_has_and_nothing_else(program, path, monkeypatch):
    code, looked = program.run(b"Mari", "look", within=60)
    born = json.loads(looked)
    anew = json.loads(Program(path, **BOUNDS).run(b"Mari", "look", within=60)[1])
    for one in (born, anew):
        one["told"].pop("LC_CTYPE", None)  # Python's own
    assert (code, born) == (0, anew)
    assert (born["asked"], born["told"], born["ours"], born["threads"]) == ("Mari", {"TOLD": "1"}, [], 1)
    assert born["files"] == ["0", "1", "2"]
    monkeypatch.setattr(read_once, "_BEARS", False)
    assert program.run(b"", "seven", within=60) == (7, b""), "where none may be born it is started anew"


def test_how_they_ended_is_told_by_a_number(program):
    ended = [program.run(b"", how, within=60) for how in ("seven", "break", "die", "look")]
    assert [code for code, _ in ended] == [7, 1, -signal.SIGKILL, 0]
    assert program.run(b"abcd", "say", within=60) == (0, b"abcd" * 40_000)
    assert reader_of(program).children() == []


def test_what_is_not_done_in_time_is_ended_and_its_reader_stays(program):
    program.run(b"", "seven", within=60)
    reader = reader_of(program)
    with pytest.raises(Late):
        program.run(b"", "wait", within=0.1)
    assert [one for one in reader.children() if not is_gone(one)] == []
    assert program.run(b"", "seven", within=60) == (7, b"")
    assert reader_of(program) == reader


def test_many_want_it_at_once_and_each_has_their_own(program):
    with ThreadPoolExecutor(6) as threads:
        said = threads.map(lambda one: program.run(one, "say", within=60)[1], [b"%d" % n for n in range(12)])
        assert list(said) == [b"%d" % n * 40_000 for n in range(12)]
    assert reader_of(program).children() == []


def test_a_reader_that_was_killed_is_followed_by_another_which_does_what_was_asked_of_it(program):
    """And none stays a number."""
    program.run(b"", "seven", within=60)
    first = reader_of(program)
    with ThreadPoolExecutor(1) as threads:
        waits = threads.submit(program.run, b"Mari", "slowly", within=60)
        while not ((born := first.children()) or waits.done()):
            time.sleep(0.005)
        for one in (first, *born):
            with suppress(psutil.NoSuchProcess):
                one.kill()
        assert waits.result() == (0, b"Mari")
    assert is_gone(first)
    assert program.run(b"", "seven", within=60) == (7, b"")
    assert reader_of(program) != first
    assert not psutil.pid_exists(first.pid) or psutil.Process(first.pid) != first


def test_after_so_many_another_reads_and_the_one_before_ends(program, monkeypatch):
    program.run(b"", "seven", within=60)
    first = reader_of(program)
    monkeypatch.setattr(read_once, "_MOST_BORN", program._reader.born + 1)
    assert program.run(b"", "seven", within=60) == (7, b"")
    assert is_gone(first)
    assert program.run(b"", "seven", within=60) == (7, b"")


def test_a_process_that_was_forked_has_its_own_and_what_is_at_work_ends_with_it(program):
    """Also when another process was forked meanwhile, and holds what it held."""
    program.run(b"", "seven", within=60)
    reader = reader_of(program)
    child = os.fork()
    if not child:
        work_and_fork(program)
    try:
        while len(theirs := psutil.Process(child).children(recursive=True)) < 3:
            time.sleep(0.005)
        (holds,) = (one for one in psutil.Process(child).children() if not one.children())
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    assert reader not in theirs
    assert [one for one in theirs if one != holds and not is_gone(one)] == []
    holds.kill()
    assert program.run(b"", "seven", within=60) == (7, b"")
    assert reader_of(program) == reader


def work_and_fork(program):
    """In a process that will be killed."""
    try:
        Thread(target=program.run, args=(b"", "wait"), kwargs={"within": 60}, daemon=True).start()
        while len(psutil.Process().children(recursive=True)) < 2:
            time.sleep(0.005)
        os.fork()
        time.sleep(120)
    finally:
        os._exit(0)


def test_the_reader_keeps_nothing_of_what_was_said_on_a_sheet():
    sheet = Sheet(
        title="My plan", language="en", blocks=(Words("Canarybird"),), footer="", page="Page {page} of {pages}",
        cannot_show="", size="us-letter", made_at=datetime(2026, 11, 27, tzinfo=UTC),
    )  # fmt: skip
    assert printed(sheet).startswith(b"%PDF-")
    reader = reader_of(press._COMPOSITOR)
    assert reader.environ().keys() <= {"RAYON_NUM_THREADS", "LC_CTYPE"}
    assert (reader.num_threads(), reader.num_fds(), reader.open_files(), reader.children()) == (1, 5, [], [])
    assert b"run_path" in memory_of(reader)
    assert b"Canarybird" not in memory_of(reader)


def memory_of(process):
    """All that it may write to."""
    parts = [one for one in process.memory_maps(grouped=False) if one.perms.startswith("rw")]
    with Path(f"/proc/{process.pid}/mem").open("rb") as memory:
        said = bytearray()
        for one in parts:
            begins, ends = (int(number, 16) for number in one.addr.split("-"))
            memory.seek(begins)
            said += memory.read(ends - begins)
    return bytes(said)
