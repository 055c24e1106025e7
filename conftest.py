"""One real PostgreSQL for the whole suite; every test works as the runtime role, which owns nothing."""

import gc
import os
import random
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import hypothesis
import psycopg
import pytest
from django.conf import settings
from django.db import connections, transaction
from psycopg._preparing import PrepareManager

from breakwater.formats.paper import press
from breakwater.server import env
from breakwater.server.embedded import ADMIN, APP, OWNER, Cluster
from breakwater.server.piece import in_one_piece
from breakwater.server.processes import end
from breakwater.server.testing import Run
from breakwater.trust.access import Actor, acting
from breakwater.trust.keyring import forget_keys
from tests.asking import ask_lightly
from tests.founding import FOLDER, TEMPLATE, Founding, copy_home, founded, sweep
from tests.hashers import QUICK_HASHERS
from tests.serving import Nursery, persons_keys, templates_compiled_once
from tests.turns import by_turns

SHARED = Path(__file__).resolve().parent.parent / "shared"
NOT_FOUND = "public samples not found"
NOT_RUN = "not run"
_SLOW_ROOMS = ("tests/journeys/", "tests/luck/", "breakwater/server/tests/")
_SLOW_FIXTURES = {"server", "own_home", "one_home"}
_NEVER_COMPILED = "PYTHONDONTWRITEBYTECODE"
"""Where it is set, each of some hundred processes of a run would compile all our code anew, a second and more each."""
_SHARED_DATABASE = "worker_"
"""How the database is named in which all tests of a worker take their turn, each undone at its end."""

_PATIENT = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow], "print_blob": True}
hypothesis.settings.register_profile("same", derandomize=True, **_PATIENT)
hypothesis.settings.register_profile("wander", max_examples=1000, **_PATIENT)
hypothesis.settings.load_profile("same")
"""A property is tried with the same cases on each run, so that a change is judged alike everywhere and by nothing else;
``make test ARGS=--hypothesis-profile=wander`` goes where nobody has been."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--fast`` is for while one works: ``make test-fast``."""
    parser.addoption("--fast", action="store_true", help="without what is slow, and a tenth of the matrix")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put what waits and what works by turns; with ``--fast``, leave out the browser, the kills and the servers."""
    if config.getoption("--fast"):
        slow = [
            item for item in items if item.path.is_relative_to(config.rootpath) and _is_slow(config, item)
        ]
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in set(slow)]
    turns = {module: turn for turn, module in enumerate(by_turns([_within(config, item) for item in items]))}
    items.sort(key=lambda item: turns[_within(config, item)])


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Read the tests in an order of one's own, if one of several workers reads them all.

    What pytest makes of their assertions is kept beside them. Where nothing is kept yet, each worker would make all of
    it; so each makes a part, and finds the rest made.
    """
    if hasattr(session.config, "workerinput") and not session.config.option.file_or_dir:
        root = session.config.rootpath
        names = [one for place in session.config.args for one in _modules_of_tests(root / place)]
        random.shuffle(names)
        for name in names:
            # Its trouble, if it has any, is told when it is read once more.
            with suppress(Exception, pytest.skip.Exception):
                import_module(name)


def _modules_of_tests(place: Path) -> Iterator[str]:
    """The names by which pytest reads the files of tests in a folder."""
    root = Path(__file__).parent
    for path in place.rglob("test_*.py"):
        yield ".".join(path.relative_to(root).with_suffix("").parts)


def _within(config: pytest.Config, item: pytest.Item) -> str:
    return os.path.relpath(item.path, config.rootpath)


def _is_slow(config: pytest.Config, item: pytest.Item) -> bool:
    within = _within(config, item)
    fixtures = set(getattr(item, "fixturenames", ()))
    return within.startswith(_SLOW_ROOMS) or bool(fixtures & _SLOW_FIXTURES)


def pytest_configure(config: pytest.Config) -> None:
    """Begin to make the database, in the process that leads; the others find it by the folder of the run."""
    if hasattr(config, "workerinput"):
        return
    for name in (*env.VARIABLES, _NEVER_COMPILED):
        os.environ.pop(name, None)
    sweep()
    config._founding = Founding()  # type: ignore[attr-defined]
    config._founding.start()  # type: ignore[attr-defined]


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """No test begins before the database is there: what a test may take is counted from then on."""
    if not session.config.option.collectonly:
        founded()
        _sweep_little()
        _let_nothing_leave()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """What every test begins with. A fixture costs more than most tests do; this is none.

    Passwords need not be slow here, though a real server still accepts them. All tests ask from one address, and faster
    than anybody.
    """
    settings.PASSWORD_HASHERS = QUICK_HASHERS
    settings.PUBLIC_PACE = settings.PERSON_PACE = 1_000_000


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> object:
    """Run each test as pytest does, in one piece: its calls are twice as deep as those of a page."""
    return _runs(item.config, item, nextitem)


@in_one_piece
def _runs(config: pytest.Config, item: pytest.Item, nextitem: pytest.Item | None) -> object:
    runner: Any = config.pluginmanager.get_plugin("runner")
    return runner.pytest_runtest_protocol(item, nextitem)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the cluster and remove it."""
    founding = getattr(config, "_founding", None)
    if founding:
        founding.undo()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """A test is skipped for two reasons only, and says which: its samples are not there, or this machine cannot."""
    outcome: Any = yield
    report = outcome.get_result()
    if report.skipped and not any(reason in str(report.longrepr) for reason in (NOT_FOUND, f"{NOT_RUN}: ")):
        report.outcome = "failed"


def _in(database: str, url: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def _as_superuser() -> "psycopg.Connection[Any]":
    return psycopg.connect(_in("postgres", founded()[ADMIN]), autocommit=True)


def copy_database(name: str, *, of: str = TEMPLATE) -> str:
    """A fresh database copied from the template, or from another one; its URL as the runtime role."""
    with _as_superuser() as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {of} OWNER {OWNER} STRATEGY FILE_COPY")
    return _in(name, founded()[APP])


def _sweep_little() -> None:
    """Never look for garbage among what was imported and collected; among the rest while it is still in the cache."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(2_000, 10, 20)


def _let_nothing_leave() -> None:
    """No test reaches anything but this machine."""

    def guarded(reach: Callable[..., Any]) -> Callable[..., Any]:
        def reach_here_only(self: socket.socket, address: Any) -> Any:
            if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "localhost", "::1"):
                raise AssertionError(f"a test tried to reach {address[0]}")
            return reach(self, address)

        return reach_here_only

    for name in ("connect", "connect_ex"):
        setattr(socket.socket, name, guarded(getattr(socket.socket, name)))


def _plan_once() -> None:
    """Keep what PostgreSQL prepared over a rollback, and its plans for every value.

    A server commits, and so works with kept plans. A test rolls back, whereupon psycopg forgets all it prepared, lest
    something was made and dropped: every wall would be planned anew for every question, at half of the database's time.
    """
    PrepareManager._should_discard = lambda *_: False  # type: ignore[method-assign]
    options = settings.DATABASES["default"]["OPTIONS"]
    options["options"] = "-c plan_cache_mode=force_generic_plan"
    # many who come at once share four lines, and a busy machine is no fault
    options["pool"] |= {"timeout": 120}


def shut_database(name: str) -> None:
    """Let nobody into it any more, and send out whoever is there, as who wakes open pages: then it can be copied."""
    with _as_superuser() as admin:
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])


def drop_database(name: str) -> None:
    """Remove it, whoever is still there."""
    with _as_superuser() as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _point_at(url: str) -> dict[str, Any]:
    """Point Django's connection at a database; the settings it had before."""
    connection = connections["default"]
    before = dict(connection.settings_dict)
    connection.close()
    connection.close_pool()
    found = env.django_database(url)
    connection.settings_dict.update({key: found[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")})
    return before


def _point_back(before: dict[str, Any]) -> None:
    connection = connections["default"]
    connection.close()
    connection.close_pool()
    connection.settings_dict.update(before)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """One copy of the template for each worker."""
    name = f"{_SHARED_DATABASE}{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    _plan_once()
    ask_lightly()
    press.MOST_SECONDS = 120.0
    templates_compiled_once()
    settings.PERSON_KEYS = persons_keys()
    with django_db_blocker.unblock():
        _point_at(copy_database(name))
    yield
    with django_db_blocker.unblock():
        connections["default"].close()
        connections["default"].close_pool()
    drop_database(name)


@pytest.fixture
def own_database(
    django_db_setup: None, django_db_blocker: Any, request: pytest.FixtureRequest
) -> Iterator[str]:
    """A database of one's own, really committed to: for threads, kills and live servers. Its runtime URL."""
    with django_db_blocker.unblock(), _database_of(request.node.nodeid) as url:
        yield url


@pytest.fixture(scope="module")
def one_database(
    django_db_setup: None, django_db_blocker: Any, request: pytest.FixtureRequest
) -> Iterator[str]:
    """The same for all tests of a module that ask for it, and only read it."""
    with django_db_blocker.unblock(), _database_of(request.node.nodeid) as url:
        yield url


@contextmanager
def _database_of(whom: str) -> Iterator[str]:
    """A database that is dropped at the end; meanwhile Django works in it."""
    name = f"own_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{abs(hash(whom)) % 10**10}"
    with working_in(url := copy_database(name)):
        yield url
    drop_database(name)


@contextmanager
def working_in(url: str) -> Iterator[None]:
    """Meanwhile Django works in this database."""
    before = _point_at(url)
    try:
        yield
    finally:
        _point_back(before)


@contextmanager
def never_kept() -> Iterator[None]:
    """A transaction that is undone at its end: for a world that many tests share, and for what each does to it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def within_the_module(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """One transaction for a module, in which its tests share a world that costs much to make."""
    settings.PASSWORD_HASHERS = QUICK_HASHERS
    with django_db_blocker.unblock(), never_kept():
        yield


def owner_of(url: str) -> str:
    """The owner's URL of a database."""
    return _in(urlsplit(url).path.lstrip("/"), founded()[OWNER])


def superuser_of(url: str) -> str:
    """The address of a database for somebody to whom PostgreSQL forbids nothing."""
    return _in(urlsplit(url).path.lstrip("/"), founded()[ADMIN])


@pytest.fixture
def how_many(own_database: str) -> Iterator[Callable[[str], int]]:
    """A function that counts the others in a database of one's own of whom PostgreSQL says something.

    It asks on a line of its own, anew each time: a transaction is told once who is there, and whoever connects after
    its first look is never seen in it.
    """
    with psycopg.connect(own_database, autocommit=True) as line:

        def count(said: str) -> int:
            asked = f"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND {said}"
            return int(line.execute(f"{asked} AND pid <> pg_backend_pid()").fetchone()[0])

        yield count


WAITS, IN_A_TRANSACTION = "wait_event_type = 'Lock'", "xact_start IS NOT NULL"
"""What can be said of somebody else in the database: they wait for another, they are in a transaction."""


@pytest.fixture
def meanwhile(how_many: Callable[[str], int]) -> Callable[..., Any]:
    """A function that has another come while an act of somebody is not committed, and tells how it ended for them.

    It is what they got or what was raised. Whoever comes has to wait, or it shows nothing of two at once.
    """

    def ended(act: Callable[[], object], other: Callable[[], object], *, by: Actor) -> object:
        def come() -> object:
            try:
                return other()
            finally:
                connections.close_all()

        with ThreadPoolExecutor(1) as pool:
            with acting(by):
                act()
                coming = pool.submit(come)
                wait_until(lambda: coming.done() or how_many(WAITS) > 0)
                assert not coming.done(), "nobody had to wait"
            return coming.exception() or coming.result()

    return ended


@pytest.fixture
def as_owner(own_database: str) -> Iterator[Callable[[Callable[[], Any]], Any]]:
    """Do something as the owner of the tables, in a database of one's own."""

    def run(act: Callable[[], Any]) -> Any:
        before = _point_at(owner_of(own_database))
        try:
            return act()
        finally:
            _point_back(before)

    yield run
    forget_keys()


@pytest.fixture
def own_folder(own_database: str, tmp_path: Path) -> Iterator[Path]:
    """A folder of persons' keys of one's own, to be lost, copied and brought back."""
    before, settings.PERSON_KEYS = settings.PERSON_KEYS, tmp_path / "person-keys"
    forget_keys()
    yield settings.PERSON_KEYS
    settings.PERSON_KEYS = before
    forget_keys()


_FIRST = 20_000 + 3_000 * (int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 4)
_PORTS = iter(random.sample(range(_FIRST, _FIRST + 3_000), 3_000))
"""Of this worker alone, below those that the system gives by itself; by chance, as two suites may run at once."""


def a_free_port() -> int:
    """A port nobody listens on, and nobody else of this run is given."""
    for port in _PORTS:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """What the servers of this worker are born of."""
    made = Nursery()
    yield made
    made.close()


@pytest.fixture
def server(own_database: str, nursery: Nursery) -> Iterator[str]:
    """The real web server against a database of its own. Its address."""
    with nursery.serving(own_database, a_free_port()) as address:
        yield address


_LONG, _WIDE = 300, 500
"""How much is shown of what a run said whose test failed: lines, and characters of each."""


class Home:
    """A data folder with a migrated database and nothing in it, for ``breakwater run``."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.cluster = Cluster(data / "postgres")

    @contextmanager
    def at_work(self) -> Iterator[str]:
        """The database answers, and Django works in it as the runtime role. Its address."""
        self.cluster.start()
        before, settings.PERSON_KEYS = _point_at(self.cluster.url(APP)), self.data / "person-keys"
        try:
            yield self.cluster.url(APP)
        finally:
            settings.PERSON_KEYS = persons_keys()
            _point_back(before)
            self.cluster.leave()

    def run(self, **more: str) -> Run:
        """What ``make run`` would start here."""
        return Run(self.data, port=a_free_port(), more=more)


@contextmanager
def _home() -> Iterator[Home]:
    """A data folder, durable as in real use. What still runs there at the end is ended."""
    folder = Path(os.environ[FOLDER])
    data = Path(tempfile.mkdtemp(prefix="home-", dir=folder))
    data.chmod(0o711)
    copy_home(folder, data / "postgres")
    home = Home(data)
    yield home
    end(home.run().processes())
    said = home.run().said.splitlines()[-_LONG:]
    sys.stdout.write("".join(f"{line[:_WIDE]}\n" for line in said))  # shown where the test failed
    home.cluster.stop()
    shutil.rmtree(data, ignore_errors=True)


@pytest.fixture
def own_home(django_db_blocker: Any) -> Iterator[Home]:
    """A data folder of one's own."""
    with django_db_blocker.unblock(), _home() as home:
        yield home


@pytest.fixture(scope="module")
def one_home(django_db_blocker: Any) -> Iterator[Home]:
    """The same for all tests of a module that ask for it: what each starts there, the next finds."""
    with django_db_blocker.unblock(), _home() as home:
        yield home


def wait_until(is_so: Callable[[], bool], *, seconds: float = 90) -> None:
    """Wait until something is so, or fail."""
    stop_at = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < stop_at, "waited in vain"
        time.sleep(0.05)


@pytest.fixture
def shared() -> Any:
    """A file or folder of the public samples outside the project; skips plainly where they are not found."""

    def find(path: str) -> Path:
        if not (SHARED / path).exists():
            pytest.skip(f"{NOT_FOUND}: ../shared/{path}")
        return SHARED / path

    return find
