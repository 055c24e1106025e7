"""Production mode refuses whatever is unsafe, and names all of it at once."""

from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
import pytest

from breakwater.server import checks, env
from conftest import owner_of, superuser_of

SAFE = {
    "BREAKWATER_PRODUCTION": "1",
    "BREAKWATER_SECRET_KEY": "x" * env.SHORTEST_SECRET,
    "BREAKWATER_SEAL_KEY": "y" * env.SHORTEST_SECRET,
    "BREAKWATER_MASTER_KEY": "z" * env.SHORTEST_SECRET,
    "BREAKWATER_HOSTS": "care.example.org",
}


def sentences(environ):
    with pytest.raises(env.WrongEnvironment) as refused:
        checks.refuse_what_is_unsafe(environ)
    return str(refused.value)


def test_of_a_safe_environment_only_the_server_of_the_suite_is_wrong(one_database):
    """It is made to be fast and thrown away: a power cut would tear it, and production says so."""
    said = sentences(SAFE | {"DATABASE_URL": one_database}).splitlines()[1:]
    assert [line.split(" in PostgreSQL")[0] for line in said] == [
        "  - fsync is off",
        "  - full_page_writes is off",
    ]


def test_what_is_safe_may_start(one_database, monkeypatch):
    monkeypatch.setattr(checks, "unsafe_database", lambda url: [])
    assert checks.refuse_what_is_unsafe(SAFE | {"DATABASE_URL": one_database}).production


def test_everything_that_is_wrong_is_named_at_once():
    said = sentences(
        {"BREAKWATER_PRODUCTION": "1", "BREAKWATER_DEBUG": "1", "BREAKWATER_HOSTS": "*,.example.org"}
    )
    for wrong in (
        "BREAKWATER_DEBUG is on",
        "SECRET_KEY is the default",
        "HOSTS has a wildcard",
        "DATABASE_URL is missing",
    ):
        assert wrong in said


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("BREAKWATER_DEBUG", "1", "BREAKWATER_DEBUG is on"),
        ("BREAKWATER_SECRET_KEY", "short", "is shorter than"),
        ("BREAKWATER_SEAL_KEY", "short", "BREAKWATER_SEAL_KEY must be"),
        ("BREAKWATER_SEAL_KEY", "x" * env.SHORTEST_SECRET, "that nothing else uses"),
        ("BREAKWATER_MASTER_KEY", "short", "BREAKWATER_MASTER_KEY must be"),
        ("BREAKWATER_MASTER_KEY", "y" * env.SHORTEST_SECRET, "that nothing else uses"),
        ("BREAKWATER_SECRET_KEY", env.DEFAULT_SECRET, "is the default"),
        ("BREAKWATER_HOSTS", "", "BREAKWATER_HOSTS is missing"),
        ("BREAKWATER_HOSTS", "*.example.org", "BREAKWATER_HOSTS has a wildcard"),
        ("BREAKWATER_HOSTS", "care.example.org,help.example.com", "BREAKWATER_PASSKEY_DOMAIN must be"),
        ("BREAKWATER_PASSKEY_DOMAIN", "example.com", "BREAKWATER_PASSKEY_DOMAIN must be"),
        ("BREAKWATER_PASSKEY_DOMAIN", "org", "BREAKWATER_PASSKEY_DOMAIN must be"),
        ("BREAKWATER_HOST", "care.example.org", "Did you mean BREAKWATER_HOSTS?"),
    ],
)
def test_one_thing_wrong_is_enough(one_database, name, value, wrong):
    assert wrong in sentences(SAFE | {"DATABASE_URL": one_database, name: value})


def test_a_key_that_everybody_on_the_machine_may_read_is_no_secret(tmp_path):
    file = tmp_path / "master.key"
    file.write_text("z" * env.SHORTEST_SECRET)
    named = {name: said for name, said in SAFE.items() if name != "BREAKWATER_MASTER_KEY"}
    named |= {"BREAKWATER_MASTER_KEY_FILE": str(file), "DATABASE_URL": "postgresql://serves@db.example/care"}
    file.chmod(0o604)
    assert "MASTER_KEY_FILE can be read by everybody" in " ".join(env.look(named)[1])
    assert not env.look(named | {"BREAKWATER_PRODUCTION": "0"})[1]
    file.chmod(0o640)
    assert not env.look(named)[1]


def test_the_role_that_serves_owns_nothing_and_the_owner_does_not_serve(one_database):
    assert all("is off in PostgreSQL" in one for one in checks.unsafe_database(one_database))
    said = " ".join(checks.unsafe_database(owner_of(one_database)))
    assert "could switch row security off" in said
    assert "could change what they allow" in said
    assert "may make tables" in said


def test_a_role_that_bypasses_the_walls_does_not_serve(one_database):
    admin_url = superuser_of(one_database)
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute("DROP ROLE IF EXISTS bypasser")
        admin.execute("CREATE ROLE bypasser LOGIN PASSWORD 'only here' BYPASSRLS")
    try:
        parts = urlsplit(one_database)
        url = urlunsplit(
            parts._replace(netloc=f"bypasser:{quote('only here')}@{parts.netloc.rpartition('@')[2]}")
        )
        assert "The role that serves bypasses row security." in checks.unsafe_database(url)
    finally:
        with psycopg.connect(admin_url, autocommit=True) as admin:
            admin.execute("DROP ROLE bypasser")


def test_outside_production_nothing_is_asked():
    assert not checks.refuse_what_is_unsafe({}).production
