"""``DATABASE_URL`` replaces the embedded database by any other, with no other change."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import psycopg
import pytest

from breakwater.server import env, schema
from breakwater.server.embedded import APP, binaries, places
from breakwater.server.processes import end
from breakwater.server.testing import WEB, Run
from conftest import a_free_port, wait_until
from tests.founding import FOLDER

REAL = "real"
NOBODY_ASKED = "no embedded database was made beside it"


@pytest.fixture(scope="module")
def outside():
    """A plain PostgreSQL as somebody else would run it: its own folder, account, role and database. Its address."""
    owner = places.account()
    folder = Path(tempfile.mkdtemp(prefix="outside-", dir=os.environ[FOLDER]))
    if owner:
        os.chown(folder, owner.uid, owner.gid)
    programs = binaries.find(wanted=binaries.BUNDLED)
    if owner:
        programs = binaries.reachable(programs, copies=places.data_folder() / "programs")
    plain = places.as_account(owner) | {"stdin": subprocess.DEVNULL, "cwd": "/"}
    subprocess.run(
        [programs / "initdb", "-D", folder / "data", "-U", "postgres", "--auth=trust", "--encoding=UTF8",
         "--locale=C.UTF-8"],
        check=True, capture_output=True, **plain,
    )  # fmt: skip
    server = subprocess.Popen(
        [programs / "postgres", "-D", folder / "data", "-k", folder, "-c", "listen_addresses="],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, **plain,
    )  # fmt: skip
    as_admin = f"postgresql://postgres@/postgres?host={folder}"
    wait_until(lambda: answers(as_admin))
    with psycopg.connect(as_admin, autocommit=True) as admin:
        admin.execute("CREATE ROLE county LOGIN CREATEROLE")
        admin.execute("CREATE DATABASE county OWNER county")
    yield f"postgresql://county@/county?host={folder}"
    end([psutil.Process(server.pid)], signs=((signal.SIGINT, 30.0), (signal.SIGKILL, 2.0)))
    server.wait()
    subprocess.run(["rm", "-rf", folder], check=True)


@pytest.fixture(scope="module")
def migrated(outside, tmp_path_factory):
    """The same with all tables, made by one who may do everything there; and such tables that nobody may serve from."""
    assert breakwater("migrate", data=tmp_path_factory.mktemp("data"), DATABASE_URL=outside).returncode == 0
    with psycopg.connect(outside.replace("/county?", "/postgres?").replace("county@", "postgres@")) as admin:
        admin.autocommit = True
        admin.execute(f"CREATE DATABASE {REAL} TEMPLATE county OWNER county")
    return outside, outside.replace("/county?", f"/{REAL}?")


def answers(url):
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def breakwater(*command, data, **more):
    variables = {name: value for name, value in os.environ.items() if name not in env.VARIABLES}
    variables |= {"BREAKWATER_DATA": str(data), **more}
    return subprocess.run(
        [sys.executable, "-m", "breakwater", *command],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.timeout(600)
def test_an_outside_database_works_with_no_other_change(migrated, tmp_path):
    outside, _ = migrated
    with psycopg.connect(outside, autocommit=True) as owner:
        owner.execute(
            "INSERT INTO trust_agency (id, name, kind, profile, scheme, time_zone, founded_at,"
            " factor_at_once) VALUES (gen_random_uuid(), 'Harbor Line', 'crisis_line', 'us', 'uk-mhts-2015',"
            " 'America/New_York', now(), '{}')"
        )
    run = Run(tmp_path, port=a_free_port(), more={"DATABASE_URL": outside}).start()
    try:
        wait_until(lambda: run.is_ready() and "Ctrl-C stops everything" in run.said, seconds=60)
        assert not (tmp_path / "postgres").exists(), NOBODY_ASKED
        serving = run.find(WEB).environ()["DATABASE_URL"]
        assert schema.role_in(serving) == APP
        with psycopg.connect(serving) as served:
            assert served.execute(
                "SELECT current_user, count(*) FROM trust_agency GROUP BY 1"
            ).fetchone() == (APP, 1)
            assert served.execute("SELECT count(*) FROM cases_case").fetchone() == (0,)
        assert run.press_ctrl_c() == 0
    finally:
        run.end()
    assert answers(outside), "somebody else's database is not ours to stop"


@pytest.mark.timeout(600)
def test_in_real_use_two_roles_serve_and_migrate_and_a_wrong_one_is_told(migrated, tmp_path):
    """What is behind here is what the role may do; the tables are those that the story above made."""
    _, outside = migrated
    with psycopg.connect(outside, autocommit=True) as owner:
        owner.execute("CREATE ROLE serves LOGIN")
    serves = outside.replace("county@", "serves@", 1)
    real = {
        "BREAKWATER_PRODUCTION": "1", "BREAKWATER_SECRET_KEY": "k" * env.SHORTEST_SECRET,
        "BREAKWATER_SEAL_KEY": "s" * env.SHORTEST_SECRET,
        "BREAKWATER_MASTER_KEY": "m" * env.SHORTEST_SECRET,
        "BREAKWATER_HOSTS": "care.example.org",
    }  # fmt: skip
    behind = breakwater("migrate", data=tmp_path, DATABASE_URL=serves, **real)
    assert behind.returncode == 2
    assert "DATABASE_OWNER_URL must say who may change them" in behind.stderr
    done = breakwater("migrate", data=tmp_path, DATABASE_URL=serves, DATABASE_OWNER_URL=outside, **real)
    assert (done.returncode, done.stderr) == (0, "")
    good = breakwater("check-production", data=tmp_path, DATABASE_URL=serves, **real)
    assert good.returncode == 0
    assert "Nothing stands in the way of real use." in good.stderr
    bad = breakwater(
        "run", data=tmp_path, DATABASE_URL=outside, BREAKWATER_DEBUG="1", BREAKWATER_PRODUCTION="1"
    )
    assert bad.returncode == 2
    said = " ".join(bad.stderr.split())
    for wrong in (
        "BREAKWATER_DEBUG is on", "BREAKWATER_SECRET_KEY is the default", "BREAKWATER_HOSTS is missing",
        "it could switch row security off", "may make roles",
    ):  # fmt: skip
        assert wrong in said
