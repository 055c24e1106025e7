"""While the database is away."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool, PoolTimeout

from breakwater.trust.tests.browsing import hidden
from conftest import superuser_of

WORDS = "  She said: “no” & <left>.\r\nThen rain. "


@pytest.mark.filterwarnings("ignore:.*away.*")
def test_while_the_database_is_away_nothing_typed_is_lost(own_database):
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "somebody"
    connections["default"].close()
    connections["default"].close_pool()
    settings = connections["default"].settings_dict
    before, settings["HOST"] = settings["HOST"], "/nowhere"
    pool, settings["OPTIONS"] = (
        settings["OPTIONS"],
        {**settings["OPTIONS"], "pool": {"min_size": 0, "max_size": 1, "timeout": 0.2}},
    )
    try:
        asked = client.get("/")
        typed = client.post("/cases/intake/", {"words": WORDS, "idempotency_key": "k"})
    finally:
        connections["default"].close_pool()
        settings["HOST"], settings["OPTIONS"] = before, pool
    assert (asked.status_code, typed.status_code) == (503, 503)
    assert asked["Retry-After"] == "5"
    assert "The database was away for a moment." in asked.content.decode()
    assert hidden(typed.content, "words") == WORDS


def ask(pool, *, holding=0.0, patience=1):
    """Whether somebody who asks through the pool is answered."""
    with suppress(PoolTimeout, psycopg.OperationalError), pool.connection(timeout=patience) as line:
        time.sleep(holding)
        return line.execute("SELECT 1").fetchone() == (1,)
    return False


def test_after_an_outage_whoever_asks_is_answered_soon_and_not_after_as_long_again(own_database, tmp_path):
    """psycopg rests twice as long after each try: here it would try next seven seconds after all is well."""
    where, facts = tmp_path / "socket", conninfo_to_dict(own_database)
    where.symlink_to(there := Path(facts["host"]))
    options = settings.DATABASES["default"]["OPTIONS"]["pool"] | {"connection_class": psycopg.Connection}
    through = make_conninfo(own_database, host=str(where))
    with ConnectionPool(through, **options, check=ConnectionPool.check_connection, open=True) as pool:
        many = options["max_size"]
        with ThreadPoolExecutor(many) as threads:
            assert all(threads.map(lambda _: ask(pool, holding=0.3, patience=60), range(many)))
        where.unlink()
        with psycopg.connect(superuser_of(own_database), autocommit=True) as root:
            root.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                         " AND pid <> pg_backend_pid()")  # fmt: skip
        stop_at = time.monotonic() + 7.8
        while time.monotonic() < stop_at:
            assert not ask(pool)
        where.symlink_to(there)
        began = time.monotonic()
        while not ask(pool):
            assert time.monotonic() < began + 5
