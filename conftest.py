"""One real PostgreSQL for the whole suite; every test works as the runtime role, which owns nothing."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from breakwater.server import env, schema
from breakwater.server.embedded import Cluster
from breakwater.server.supervisor import end_group, wait_for_port

SHARED = Path(__file__).resolve().parent.parent / "shared"
_TEMPLATE = "breakwater_template"


def pytest_configure(config: pytest.Config) -> None:
    """Start the cluster once, in the process that leads, before Django reads its settings."""
    if hasattr(config, "workerinput"):
        return
    folder = Path(tempfile.mkdtemp(prefix="bw-test-", dir="/var/tmp"))
    folder.chmod(0o711)
    cluster = Cluster(folder / "pg", lasting=False).start()
    config._breakwater = (cluster, folder)  # type: ignore[attr-defined]
    os.environ["BREAKWATER_TEST_OWNER"] = cluster.url("breakwater_owner")
    os.environ["BREAKWATER_TEST_APP"] = cluster.url("breakwater_app")
    os.environ["BREAKWATER_TEST_ADMIN"] = cluster.url("breakwater_admin", "postgres")
    _make_template()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the cluster and remove it."""
    cluster, folder = getattr(config, "_breakwater", (None, None))
    if cluster:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _make_template() -> None:
    """A migrated database that every other is copied from; the owner makes it, the runtime role works in it."""
    with psycopg.connect(os.environ["BREAKWATER_TEST_ADMIN"], autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {_TEMPLATE} OWNER breakwater_owner")
    owner = _in(_TEMPLATE, os.environ["BREAKWATER_TEST_OWNER"])
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--skip-checks", "--verbosity", "0"],
        env=os.environ | {"DATABASE_URL": owner, "DJANGO_SETTINGS_MODULE": "breakwater.server.settings"},
        check=True,
    )
    schema.grant_runtime(owner, "breakwater_app")


def _in(database: str, url: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def _copy_database(name: str) -> str:
    """A fresh database copied from the template; its URL as the runtime role."""
    with psycopg.connect(os.environ["BREAKWATER_TEST_ADMIN"], autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} OWNER breakwater_owner")
    return _in(name, os.environ["BREAKWATER_TEST_APP"])


def _drop_database(name: str) -> None:
    with psycopg.connect(os.environ["BREAKWATER_TEST_ADMIN"], autocommit=True) as admin:
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
    name = f"worker_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with django_db_blocker.unblock():
        _point_at(_copy_database(name))
    yield
    with django_db_blocker.unblock():
        connections["default"].close()
        connections["default"].close_pool()
    _drop_database(name)


@pytest.fixture
def own_database(django_db_setup: None, django_db_blocker: Any, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database of one's own, really committed to: for threads, kills and live servers. Its runtime URL."""
    name = f"own_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{abs(hash(request.node.nodeid)) % 10**10}"
    url = _copy_database(name)
    with django_db_blocker.unblock():
        before = _point_at(url)
        yield url
        _point_back(before)
    _drop_database(name)


def owner_of(url: str) -> str:
    """The owner's URL of a database."""
    return _in(urlsplit(url).path.lstrip("/"), os.environ["BREAKWATER_TEST_OWNER"])


def a_free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def server(own_database: str) -> Iterator[str]:
    """The real web server against a database of its own. Its address."""
    port = a_free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "breakwater.server.asgi:application", "--port", str(port), "--log-level",
         "warning", "--lifespan", "off", "--timeout-graceful-shutdown", "2"],
        env=os.environ | {"DATABASE_URL": own_database, "DJANGO_SETTINGS_MODULE": "breakwater.server.settings"},
        stdin=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        assert wait_for_port(port, until=lambda: process.poll() is not None), "the web server does not come up"
        yield f"http://localhost:{port}"
    finally:
        end_group(process.pid, process)


@pytest.fixture(autouse=True)
def fast_passwords() -> None:
    """Passwords need not be slow here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def nothing_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reaches anything but this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "localhost", "::1"):
            raise AssertionError(f"a test tried to reach {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def shared() -> Any:
    """A file or folder of the public samples outside the project; skips plainly where they are not found."""

    def find(path: str) -> Path:
        if not (SHARED / path).exists():
            pytest.skip(f"public samples not found: ../shared/{path}")
        return SHARED / path

    return find
