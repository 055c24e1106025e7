"""What the role that serves may do, however the tables came to be: anew, by upgrades, or out of a backup."""

import psycopg
import pytest

from breakwater.server import schema
from breakwater.server.embedded import APP
from conftest import owner_of


def may(owner, what):
    return owner.execute(f"SELECT has_function_privilege('{APP}', '{what}', 'EXECUTE')").fetchone()[0]


@pytest.fixture
def url(own_database):
    found = owner_of(own_database)
    with psycopg.connect(found) as owner:
        schema.copy_declared(owner)
    assert schema.is_current(found, APP)
    return found


def test_what_an_upgrade_brings_is_kept_from_who_serves_where_it_is_from_everybody(url):
    with psycopg.connect(url, autocommit=True) as owner:
        for function in schema.NOT_OURS_TO_CALL:
            said = owner.execute(f"SELECT pg_get_functiondef('{function}'::regprocedure)").fetchone()[0]
            owner.execute(f"DROP FUNCTION {function}")
            owner.execute(said)
            owner.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
            assert may(owner, function), "by the rights that every later function is given"
            assert not schema.is_current(url, APP)
            schema.grant_runtime(url, APP)
            assert not may(owner, function)
            assert schema.is_current(url, APP)


def test_each_function_that_is_kept_from_everybody_is_known(url):
    with psycopg.connect(url) as owner:
        kept = owner.execute(
            "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            " AND 0 <> ALL (ARRAY(SELECT grantee::int FROM aclexplode(coalesce(proacl, acldefault('f', proowner)))))"
        ).fetchall()
    assert sorted(one for (one,) in kept) == sorted(schema.NOT_OURS_TO_CALL)


def stands_before(owner, policy, table="cases_note"):
    told = "SELECT roles::text[] FROM pg_policies WHERE tablename = %s AND policyname = %s"
    return owner.execute(told, (table, policy)).fetchone()[0]


def test_a_wall_that_an_upgrade_puts_up_stands_before_who_serves(url):
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("ALTER POLICY wall ON cases_note TO PUBLIC")
        assert not schema.is_current(url, APP)
        schema.grant_runtime(url, APP)
        assert schema.is_current(url, APP)
        assert stands_before(owner, "wall") == [APP]


def test_another_role_that_serves_from_now_on_finds_the_walls_before_it(url):
    """As a member of the cluster that serves nothing here; the role before it is shown nothing any more."""
    with psycopg.connect(url, autocommit=True) as owner:
        schema.grant_runtime(url, "pg_monitor")
        owner.execute("ALTER POLICY keeper ON people_person TO pg_monitor")
        walls = "SELECT DISTINCT roles::text[] FROM pg_policies WHERE policyname <> 'keeper'"
        assert owner.execute(walls).fetchall() == [(["pg_monitor"],)]
        assert not schema.is_current(url, APP)
        schema.grant_runtime(url, APP)
        assert owner.execute(walls).fetchall() == [([APP],)]
        assert stands_before(owner, "keeper", "people_person") == ["pg_monitor"], "it keeps the whole"


def test_what_was_opened_for_a_role_of_somebody_elses_is_not_opened_for_who_serves(url):
    """As a report of their own reads it; and as the owner's policy stands after a backup came back to another owner."""
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("CREATE POLICY report ON cases_note FOR SELECT TO pg_monitor USING (true)")
        owner.execute("ALTER POLICY keeper ON people_person TO pg_monitor")
        owner.execute("ALTER POLICY wall ON cases_note TO PUBLIC")
        schema.grant_runtime(url, APP)
        assert schema.is_current(url, APP)
        assert stands_before(owner, "report") == ["pg_monitor"]
        assert stands_before(owner, "keeper", "people_person") == ["pg_monitor"]
        assert stands_before(owner, "wall") == [APP]


def test_a_backup_that_came_back_with_more_rights_is_not_current(url):
    with psycopg.connect(url, autocommit=True) as owner:
        for table in schema.NOT_OURS_TO_WRITE:
            owner.execute(f"GRANT INSERT ON {table} TO {APP}")
            assert not schema.is_current(url, APP), table
            schema.grant_runtime(url, APP)
            assert schema.is_current(url, APP), table
