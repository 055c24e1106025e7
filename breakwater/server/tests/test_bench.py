"""The benchmark measures what it says: the same rows at the floor, true lives, and no figure made of failures."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import psutil
import psycopg
import pytest
from psycopg import sql

from breakwater.server.bench import floor
from breakwater.server.bench.build import build
from breakwater.server.bench.counting import statements
from breakwater.server.bench.growth import TURNS, compared
from breakwater.server.bench.lines import Target, lines, typed
from breakwater.server.bench.load import Timing, WrongAnswer, joined, run
from breakwater.server.bench.measure import spent
from breakwater.server.bench.trust import Lost
from breakwater.server.processes import living
from conftest import a_free_port, owner_of, superuser_of, wait_until
from tests.founding import FOLDER

NOW = datetime.now(UTC)
STOPPED_BY_HAND = 130
ONLY_OURS = {
    "trust_sighting",
    "trust_change",
    "procrastinate_jobs",
    "procrastinate_events",
    "trust_draft",
    "people_wordbook",
}
"""What Breakwater writes beside the act itself, and the floor need not; a word is written by whoever says it first."""


@pytest.fixture
def town(own_database):
    """Sixty people with open cases, one for each worker."""
    return built_in(own_database)


@pytest.fixture(scope="module")
def quiet_town(one_database):
    """The same, for tests in which nobody acts."""
    return built_in(one_database)


def built_in(url):
    return url, [Target.of(life) for life in build(superuser_of(url), 60, now=NOW)]


def rows(url: str) -> dict[str, int]:
    with psycopg.connect(superuser_of(url)) as connection:
        tables = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        names = [name for (name,) in tables.fetchall()]
        counted = {}
        for name in names:
            row = connection.execute(
                sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))
            ).fetchone()
            counted[name] = row[0]
        return counted


def added(url: str, act) -> dict[str, int]:
    before = rows(url)
    act()
    after = rows(url)
    return {
        name: after[name] - before[name]
        for name in after
        if after[name] != before[name] and name not in ONLY_OURS
    }


@pytest.mark.parametrize(
    ("name", "act"), [("Save an intake", "intake"), ("Add a note", "note"), ("Meet a gate", "gate")]
)
def test_the_floor_of_an_act_writes_the_same_rows(town, name, act):
    url, targets = town
    line = next(line for line in lines(targets) if line.name == name)
    method, path, headers, body = line.make(3)
    ours = added(url, lambda: statements([(method, path, headers, body.decode())]))

    def least() -> None:
        asked = dict(floor.parse_qsl(line.floor(3, 0)[3].decode()))
        with psycopg.connect(owner_of(url), autocommit=True) as connection:
            floor.ACTS[act](connection, asked)

    assert ours
    assert ours == added(url, least)


@pytest.mark.parametrize("name", ["Now, 50 rows", "Case page", "Matches as typed", "Search by name"])
def test_the_floor_of_a_page_reads_the_same_people(quiet_town, name):
    url, targets = quiet_town
    line = next(line for line in lines(targets) if line.name == name)
    method, path, headers, body = line.make(3)
    assert statements([(method, path, headers, body.decode())]) > 0
    query = dict(floor.parse_qsl(line.floor(3, 0)[1].split("?")[1]))
    with psycopg.connect(owner_of(url), autocommit=True) as connection:
        said = floor.ACTS[line.floor(3, 0)[1].split("/")[2]](connection, query)
    if name in ("Now, 50 rows", "Case page"):
        assert targets[3].case in said


def test_every_life_has_ten_entries_and_nobody_fell_through(quiet_town):
    url, _ = quiet_town
    with psycopg.connect(superuser_of(url)) as connection:
        entries = connection.execute("SELECT DISTINCT count(*) FROM trust_entry GROUP BY episode").fetchall()
        assert entries == [(10,)]
        assert connection.execute("SELECT count(*) FROM cases_case").fetchone() == (60,)


def test_names_are_typed_the_same_in_every_run():
    assert [typed(number) for number in range(3)] == [typed(number) for number in range(3)]
    assert len({typed(number) for number in range(50)}) > 40


def test_percentiles_are_of_all_parts_together():
    both = joined([Timing([0.001] * 9, 9, 10), Timing([0.1], 1, 20)])
    assert both.at(0.5) == pytest.approx(1)
    assert both.at(0.99) == pytest.approx(100)
    assert both.rate == pytest.approx(5)
    assert both.size == 20


def test_what_is_lost_is_told_between_two_figures_and_a_busy_minute_falls_on_both_of_a_pair():
    hours = [100, 10, 90, 40, 100, 70, 20, 100, 60, 100, 30, 80, 50]
    even = Lost.of([0.9 * one for one in hours], hours)
    assert (even.median, even.low, even.high) == pytest.approx((0.1, 0.1, 0.1))
    shares = [number / 100 for number in range(13)]
    uneven = Lost.of([1 - one for one in shares], [1] * 13)
    assert (uneven.median, uneven.low, uneven.high) == pytest.approx((0.06, 0.02, 0.10)), (
        "two and two left out"
    )
    few = Lost.of([0.9, 0.8], [1, 1])
    assert (few.low, few.high) == pytest.approx((0.1, 0.2)), "of two pairs nothing can be left out"
    assert uneven.cost("a page", "9 in place of 10").is_good
    assert "6.0% (2.0% to 10.0%)" in uneven.cost("a page", "9 in place of 10").found


class Served:
    """One line at one size, of which each turn takes as long as is told."""

    def __init__(self, *, name="a page", takes):
        self.line, self.takes = SimpleNamespace(is_used_up=False, name=name), iter(takes)
        self.medians, self.processor = [], []

    def turn(self, many=0):
        took = next(self.takes)
        self.medians.append(took)
        self.processor.append(took * 1.1)


def test_growth_is_told_of_pairs_and_a_busy_minute_falls_on_both_sizes():
    hours = [9.0, *(1 + number % 7 for number in range(TURNS))]
    grown = compared(Served(takes=hours), Served(takes=[1.2 * one for one in hours]))
    assert (grown.found, grown.is_good) == ("1.20 (1.20 to 1.20), of a processor 1.20 (1.20 to 1.20)", True)
    assert not compared(Served(takes=hours), Served(takes=[1.3 * one for one in hours])).is_good


def test_a_processor_is_counted_finer_than_a_turn_is_long():
    ourselves, before = psutil.Process(), spent(psutil.Process())
    stop_at = time.process_time() + 0.004
    while time.process_time() < stop_at:
        pass
    assert 0.003 < spent(ourselves) - before < 1


def asked(port, requests):
    return run(port, lambda number: ("GET", "/", {}, b""), expects=200, connections=1, requests=requests)


def test_an_answer_that_nobody_expected_ends_the_bench(server):
    with pytest.raises(WrongAnswer, match="status 302 in place of 200"):
        asked(int(server.rsplit(":", 1)[1]), range(3))
    with pytest.raises(ConnectionRefusedError):
        asked(a_free_port(), range(1))


def test_who_stops_it_leaves_no_server_and_no_folder_behind():
    data = Path(tempfile.mkdtemp(prefix="bench-", dir=os.environ[FOLDER]))
    data.chmod(0o711)
    started = subprocess.Popen(
        [sys.executable, "-m", "breakwater", "bench", "--quick"],
        env=os.environ | {"BREAKWATER_DATA": str(data)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # the suite's workers ignore it  # noqa: PLW1509
    )

    def servers():
        return living(lambda one: f"{data}/" in " ".join(one.cmdline()))

    wait_until(servers)
    os.killpg(started.pid, signal.SIGINT)
    said, _ = started.communicate(timeout=60)
    assert started.returncode == STOPPED_BY_HAND, said
    assert "Traceback" not in said
    assert not list(data.iterdir())
    assert not servers()
