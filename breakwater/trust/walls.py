"""The second wall: row security, forced, on every table that holds something confidential.

Each confidential table gets two policies. ``wall`` holds for everyone: a row is there only for those who
stand where it lies. ``keeper`` lets the owner of the table work on all rows, for migrations and for the few
``SECURITY DEFINER`` functions; the runtime role owns nothing, so it is never the keeper.

The shape matters. A correlated ``EXISTS`` on the index of grants costs a few microseconds a row and lets the
planner drive a page from any index. ``OFFSET 0`` keeps it correlated: without it the planner may turn the
policy into a hash of all the agency's grants, read in full for every page.
"""

from django.db.migrations.operations import RunSQL

_STANDING = "g.starts_at <= now() AND (g.ends_at IS NULL OR g.ends_at > now())"

_CONDITIONS = {
    "circle": (
        "EXISTS (SELECT 1 FROM trust_grant g WHERE g.circle_id = {table}.circle_id"
        f" AND g.agency_id = (SELECT trust_agency()) AND {_STANDING} OFFSET 0)"
    ),
    "agency": "{table}.agency_id = (SELECT trust_agency())",
    "person": "{table}.by_id = (SELECT trust_user())",
    "letter": "(SELECT trust_agency()) IN ({table}.from_agency_id, {table}.to_agency_id)",
}


def walled(table: str, by: str = "circle", *, condition: str = "", check: str = "") -> RunSQL:
    """A migration operation that puts both policies on a table and forces them.

    Args:
        table: the table's name in PostgreSQL.
        by: ``circle`` (column ``circle_id``), ``agency`` (``agency_id``), ``person`` (``by_id``) or
            ``letter`` (``from_agency_id`` and ``to_agency_id``).
        condition: SQL that replaces the condition named by ``by``; ``{table}`` stands for the table.
        check: SQL for rows being written, where it differs from the rows one may see.
    """
    seen = (condition or _CONDITIONS[by]).format(table=table)
    written = check.format(table=table) if check else seen
    return RunSQL(
        sql=[
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY wall ON {table} USING ({seen}) WITH CHECK ({written})",
            f"CREATE POLICY keeper ON {table} TO CURRENT_USER USING (true) WITH CHECK (true)",
        ],
        reverse_sql=[
            f"DROP POLICY keeper ON {table}",
            f"DROP POLICY wall ON {table}",
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ],
    )


def append_only(table: str) -> RunSQL:
    """A migration operation: what was written in this table stays written, whoever asks."""
    return RunSQL(
        sql=[
            (
                f"CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION trust_is_append_only()"
            )
        ],
        reverse_sql=[f"DROP TRIGGER {table}_is_append_only ON {table}"],
    )


def never_deleted(table: str) -> RunSQL:
    """A migration operation: a row of this table may change and may end, and is never thrown away."""
    return RunSQL(
        sql=[
            (
                f"CREATE TRIGGER {table}_is_never_deleted BEFORE DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION trust_is_append_only()"
            )
        ],
        reverse_sql=[f"DROP TRIGGER {table}_is_never_deleted ON {table}"],
    )
