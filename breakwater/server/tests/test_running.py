"""``breakwater run`` on a real cluster: it comes up, it stops, and it comes back from every kill."""

import os
import signal
import socket
import stat
import sys
import time
from functools import partial

import psycopg
import pytest
from django.db import transaction

from breakwater.server.bench.measure import spent
from breakwater.server.embedded import APP
from breakwater.server.processes import is_living
from breakwater.server.supervisor import RunTrouble, free_port, is_free, only_run
from breakwater.server.testing import DATABASE, KEEPER, WEB, WEB_PROCESS, WORKER
from breakwater.trust.testing import an_agency
from conftest import wait_until

pytestmark = pytest.mark.timeout(600)


def founded(home):
    """A run where somebody has founded an agency, so that no demo county is made."""
    with home.at_work(), transaction.atomic():
        an_agency(name="Harbor Line")
    return home.run()


@pytest.fixture
def run(own_home):
    """A run that nobody has started yet."""
    return founded(own_home)


@pytest.fixture(scope="module")
def one_run(one_home):
    """One that the tests of this module hand on: each start takes four seconds of processor."""
    return founded(one_home)


@pytest.fixture
def whole(one_run):
    """The same, with everything at work: as the test before left it, or started."""
    if one_run.keeper is None or one_run.keeper.poll() is not None:
        one_run.start()
    wait_until(lambda: is_whole(one_run))
    return one_run


def agencies(run):
    with run.as_owner() as owner:
        return owner.execute("SELECT count(*) FROM trust_agency").fetchone()[0]


def worked(run):
    """The seconds of processor that all of it took so far: fewer than the clock's where others are at work as well."""
    return sum(map(spent, run.processes()))


def is_whole(run):
    return run.is_ready() and run.parts().keys() >= {WEB, WEB_PROCESS, WORKER, DATABASE}


def test_the_database_is_ours_alone(whole):
    postmaster = whole.find(DATABASE)
    assert postmaster.uids().real != 0
    assert postmaster.net_connections("inet") == []
    for folder in (whole.cluster.folder, whole.cluster.data, whole.cluster.socket):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((whole.cluster.folder / "passwords.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(whole.data.stat().st_mode) & 0o066 == 0
    web = whole.find(WEB)
    assert "DATABASE_OWNER_URL" not in web.environ()
    assert APP in web.environ()["DATABASE_URL"]
    nobodys = whole.url().split(":", 2)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(":".join([*nobodys[:2], "wrong@" + nobodys[2].split("@", 1)[1]]))


@pytest.mark.skipif(sys.platform != "linux", reason="not run: forking is not safe here")
def test_each_web_process_is_born_of_one_that_read_everything_and_holds_nothing(whole):
    """So a process that was killed is back at once, and two of them share what they read."""
    reader = whole.find(WEB_PROCESS).parent()
    wait_until(lambda: len(reader.children()) == 2)
    born = reader.children()
    assert reader.ppid() == whole.find(WEB).pid
    assert (len(reader.threads()), reader.net_connections("inet")) == (1, []), "it serves nobody"
    assert len(reader.net_connections("unix")) == 1, "it is told to bear one, and asks no database"
    read, anew = spent(reader), max(map(spent, born))
    assert anew < read / 2, "they read nothing anew"


def test_a_second_run_of_the_same_folder_says_where_the_first_is(one_home, whole):
    other = one_home.run(BREAKWATER_PORT="0")
    other.log = whole.data.with_name(f"{whole.data.name}-other.log")
    other.environment.pop("BREAKWATER_PORT")
    assert other.start().keeper.wait(120) == 2
    assert f"Breakwater runs already: http://localhost:{whole.port}/" in other.said
    assert whole.is_ready()


def is_another(run, what, before):
    """Whether a part of it is there, and not the one of before."""
    found = run.find(what)
    return found is not None and found.pid != before


def test_what_is_killed_comes_back_by_itself(whole):
    for what in (WEB_PROCESS, WORKER, WEB, DATABASE):
        before = whole.find(what).pid
        assert whole.kill(what)
        wait_until(partial(is_another, whole, what, before))
        wait_until(partial(is_whole, whole))
    assert agencies(whole) == 1


@pytest.mark.parametrize("others", [(), (WEB, DATABASE, WORKER)])
def test_after_the_keeper_is_killed_run_comes_back(whole, others):
    """With web server, worker and database still there, and with none of them."""
    # the worker may be away for a moment: the test before took its database
    left = {one.pid for what, one in whole.parts().items() if what in (WEB, WORKER)}
    assert left
    whole.kill(KEEPER)
    for other in others:
        whole.kill(other)
    began = time.monotonic()
    whole.start()
    wait_until(lambda: left.isdisjoint({one.pid for one in whole.processes()}))
    wait_until(lambda: is_whole(whole))
    took = time.monotonic() - began
    assert min(took, worked(whole)) < 20, "three times the promise, on a machine that is busy testing"
    assert agencies(whole) == 1


def test_ctrl_c_stops_everything(one_home, whole):
    """After all that was done to it in this module, too."""
    wait_until(lambda: "Ctrl-C stops everything" in whole.said)
    assert whole.press_ctrl_c() == 0
    assert whole.processes() == []
    assert "Everything is stopped." in whole.said
    assert not (whole.cluster.data / "postmaster.pid").exists()
    with one_home.at_work():
        assert agencies(whole) == 1


def test_ctrl_c_while_it_starts_leaves_nothing_behind(run):
    run.start()
    wait_until(lambda: run.find(DATABASE) is not None)
    assert run.press_ctrl_c() in (0, 130)
    wait_until(lambda: run.processes() == [])


def test_a_closed_terminal_stops_everything_too(run):
    run.start()
    wait_until(lambda: run.find(DATABASE) is not None)
    run.keeper.send_signal(signal.SIGHUP)
    run.keeper.wait(120)
    wait_until(lambda: run.processes() == [])


@pytest.mark.parametrize("leaves", ["a stranger's number", "a zombie's number", "nonsense"])
def test_a_stale_lock_file_and_a_stale_socket_keep_nobody_out(own_home, leaves):
    cluster = own_home.cluster
    zombie = os.fork() if leaves == "a zombie's number" else 0
    if leaves == "a zombie's number" and not zombie:
        os._exit(0)
    number = {"a stranger's number": os.getpid(), "a zombie's number": zombie, "nonsense": -1}[leaves]
    text = f"{number or os.getpid()}\n{cluster.data}\n0\n5432\n{cluster.socket}\n"
    (cluster.data / "postmaster.pid").write_text("?!" if leaves == "nonsense" else text)
    lock = cluster.socket / ".s.PGSQL.5432.lock"
    lock.write_text("" if leaves == "nonsense" else text)
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(cluster.socket / ".s.PGSQL.5432"))
    cluster.start()
    with cluster.connect() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    if zombie:
        os.waitpid(zombie, 0)


def test_what_does_not_start_says_why_and_ends(own_home, run):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = own_home.run(BREAKWATER_PORT=str(taken.getsockname()[1]))
        assert refused.start().keeper.wait(60) == 2
    assert "Choose another with BREAKWATER_PORT." in refused.said
    assert refused.processes() == []


def test_without_a_wish_the_next_free_port_is_taken():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        usual = taken.getsockname()[1]
        assert not is_free(usual)
        assert usual < free_port(None, usual=usual) <= usual + 49
        with pytest.raises(RunTrouble, match=f"Port {usual} "):
            free_port(usual, usual=usual)


def test_the_lock_of_a_run_goes_with_it(tmp_path):
    with (
        only_run(tmp_path / "data"),
        pytest.raises(RunTrouble, match="runs already"),
        only_run(tmp_path / "data"),
    ):
        pass
    with only_run(tmp_path / "data") as mark:
        assert mark
    assert not (tmp_path / "data" / "run.json").exists()


def test_what_is_dead_is_not_living():
    child = os.fork()
    if not child:
        os._exit(0)
    import psutil

    wait_until(lambda: psutil.Process(child).status() == psutil.STATUS_ZOMBIE)
    assert not is_living(psutil.Process(child))
    os.waitpid(child, 0)
