"""Each step of the tables, taken back and done again, leaves what was there: compared in PostgreSQL's own catalog.

The newest is tried in the suite, because somebody just wrote it. ``UNDONE=200`` in the environment, with
``--timeout=0``, goes back to before the first step and forth again.
"""

import os

import psycopg
from django.db import OperationalError, connection, connections, models
from django.db.migrations import CreateModel, Migration, RunSQL
from django.db.migrations.state import ProjectState

from breakwater.kernel.db import all_rows
from breakwater.kernel.management.commands.migrate import OurExecutor, OurState
from breakwater.server.embedded import APP
from conftest import _point_at, _point_back, owner_of, superuser_of

FEW = int(os.environ.get("UNDONE", "1"))
_OURS = "relnamespace = 'public'::regnamespace"
_TOLD = f"""
    SELECT 'function ' || p.oid::regprocedure, concat_ws('|', p.prosrc, p.proconfig, p.prosecdef, p.provolatile)
    FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    UNION ALL SELECT 'policy ' || tablename || '.' || policyname,
        concat_ws('|', qual, with_check, cmd, permissive, array_replace(roles, '{APP}', 'public'))
    FROM pg_policies WHERE schemaname = 'public'
    UNION ALL SELECT 'trigger ' || tgrelid::regclass || '.' || tgname, concat(pg_get_triggerdef(oid), tgenabled)
    FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'column ' || c.oid::regclass || '.' || a.attname, concat_ws('|', format_type(atttypid, atttypmod),
        attnotnull, (SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = c.oid AND adnum = attnum))
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.{_OURS} AND c.relkind IN ('r', 'v')
    UNION ALL SELECT 'constraint ' || conrelid::regclass || '.' || CASE WHEN contype = 'f' AND conname ~ '_fk_'
        THEN pg_get_constraintdef(oid) ELSE conname END, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0
    UNION ALL SELECT 'index ' || indexrelid::regclass, pg_get_indexdef(indexrelid)
    FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE c.{_OURS}
    UNION ALL SELECT 'table ' || oid::regclass, concat_ws('|', relkind, relrowsecurity, relforcerowsecurity, reloptions,
        CASE WHEN relkind = 'v' THEN pg_get_viewdef(oid) END)
    FROM pg_class WHERE {_OURS} AND relkind IN ('r', 'v', 'm')
"""


def test_what_is_taken_back_and_done_again_is_as_it_was(own_database):
    before = _point_at(owner_of(own_database))
    try:
        executor = OurExecutor(connection)
        newest = newest_steps(executor)
        whole, taken_back = catalog(), {}
        for step, state in reversed(newest):
            executor.unapply_migration(state.clone(), step)
            taken_back[step] = catalog()
        for step, state in newest:
            assert changed(taken_back[step], catalog()) == {}, f"before {step}"
            executor.apply_migration(state.clone(), step)
        assert changed(whole, catalog()) == {}
    finally:
        _point_back(before)


def test_a_step_that_is_killed_at_any_statement_leaves_nothing_and_is_then_done(own_database):
    """F23: PostgreSQL ends the connection before each of its statements in turn; at last before none."""
    before = _point_at(owner_of(own_database))
    try:
        executor = OurExecutor(connection)
        state, killed_at = executor.loader.project_state(), 0
        with psycopg.connect(superuser_of(own_database), autocommit=True) as root:
            while not is_done(executor, state, killed_at, root):
                killed_at += 1
                assert (A_STEP.app_label, A_STEP.name) not in executor.recorder.applied_migrations()
        assert killed_at > 3
        assert (A_STEP.app_label, A_STEP.name) in executor.recorder.applied_migrations()
    finally:
        _point_back(before)


A_STEP = Migration("9999_a_stay", "trust")
A_STEP.operations = [
    CreateModel("Stay", [("id", models.BigAutoField(primary_key=True)),
                         ("agency", models.ForeignKey("trust.Agency", models.PROTECT))]),
    RunSQL("INSERT INTO trust_stay (agency_id) SELECT id FROM trust_agency", RunSQL.noop),
]  # fmt: skip
"""A table whose key to another is made last, and rows in it."""


def is_done(executor, state, statement, root):
    """Do the step, of which the connection is ended before that statement if it has so many; whether it is done."""
    left = [statement]

    def counts(execute, sql, *args):
        if not left[0]:
            root.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
        left[0] -= 1
        return execute(sql, *args)

    try:
        with connection.execute_wrapper(counts):
            executor.apply_migration(state.clone(), A_STEP)
    except OperationalError:
        connection.close_pool()
        del connections["default"]
        return False
    return True


def newest_steps(executor: OurExecutor) -> list[tuple[object, ProjectState]]:
    """Our newest steps in their order, each with the models before it."""
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)
    ours = [step for step, _ in plan if type(step).__module__.startswith("breakwater.")][-FEW:]
    state, found = OurState(), []
    for step, _ in plan:
        if step in ours:
            found.append((step, state.clone()))
        step.mutate_state(state, preserve=False)
    return found


def catalog() -> dict[str, str]:
    """What PostgreSQL knows of our tables, whose white space says nothing."""
    return {name: " ".join(told.split()) for name, told in all_rows(_TOLD)}


def changed(before: dict[str, str], now: dict[str, str]) -> dict[str, tuple[str | None, str | None]]:
    """What is not as it was."""
    return {
        name: (before.get(name), now.get(name))
        for name in before.keys() | now.keys()
        if before.get(name) != now.get(name)
    }
