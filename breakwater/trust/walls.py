"""The second wall: row security, forced, on every table that holds something confidential.

Each confidential table gets a ``wall`` that holds for everyone: a row is there only for those who stand where it
lies, on a grant that opens this kind of information; and only who cares for the person writes. ``keeper`` lets the
owner of the table work on all rows, for migrations and for the few ``SECURITY DEFINER`` functions; the runtime role
owns nothing, so it is never the keeper.

The shape matters. A correlated ``EXISTS`` on the index of grants costs a few microseconds a row and lets the
planner drive a page from any index. ``OFFSET 0`` keeps it correlated: without it the planner may turn the
policy into a hash of all the agency's grants, read in full for every page.
"""

from django.db.migrations.operations import RunSQL

_STANDING = "g.starts_at <= now() AND (g.ends_at IS NULL OR g.ends_at > now())"


_FOR_THEM = "(g.only_for_id IS NULL OR g.only_for_id = (SELECT trust_user()))"


def stands(
    information: str = "", *, circle: str = "{table}.circle_id", tagged: bool = False, works: bool = False
) -> str:
    """SQL: the acting agency stands in the circle, and its grant opens this kind of information.

    Args:
        information: the kind of information that must be open; any standing will do without one.
        circle: the column that says which circle; ``{table}`` stands for the table.
        tagged: rows of the table carry segments of their own, and the grant must open each of them.
        works: the grant is one of care; who may only read, by consent or in an emergency, writes nothing.
    """
    conditions = [f"g.circle_id = {circle}", "g.agency_id = (SELECT trust_agency())", _STANDING, _FOR_THEM]
    if information:
        conditions.append(f"'{information}' = ANY (g.information)")
    if tagged:
        conditions.append("{table}.segments <@ g.segments")
    if works:
        conditions.append("g.basis = 'care'")
    return f"EXISTS (SELECT 1 FROM trust_grant g WHERE {' AND '.join(conditions)} OFFSET 0)"


def stands_by_code(information: str, *, circle: str) -> str:
    """The first wall, for a statement written by hand: like ``visible_to``, told ``agency``, ``user`` and ``now``.

    Args:
        information: the kind of information that must be open.
        circle: the column that says which circle.
    """
    return f"""EXISTS (
        SELECT 1 FROM trust_grant g WHERE g.circle_id = {circle} AND g.agency_id = %(agency)s
            AND '{information}' = ANY (g.information)
            AND g.starts_at <= %(now)s AND (g.ends_at IS NULL OR g.ends_at > %(now)s)
            AND (g.only_for_id IS NULL OR g.only_for_id = %(user)s))"""


_CONDITIONS = {
    "agency": "{table}.agency_id = (SELECT trust_agency())",
    "person": "{table}.by_id = (SELECT trust_user())",
    "letter": "(SELECT trust_agency()) IN ({table}.from_agency_id, {table}.to_agency_id)",
}


def walled_by_circle(table: str, information: str, *, tagged: bool = False, also: str = "") -> RunSQL:
    """A migration operation that walls a table by its column ``circle_id``.

    Whoever stands there with this kind of information open may read; whoever cares for the person may write.

    Args:
        information: what the rows are about, of ``trust.models.Information``.
        tagged: the rows carry segments of their own, in a column ``segments``.
        also: SQL that rows being written must satisfy besides.
    """
    seen = stands(information, tagged=tagged)
    works = stands(information, works=True)
    written = f"{works} AND {also}" if also else works
    return _walled(
        table,
        f"CREATE POLICY wall ON {table} FOR SELECT USING ({seen})",
        f"CREATE POLICY writer ON {table} FOR INSERT WITH CHECK ({written})",
        f"CREATE POLICY changer ON {table} FOR UPDATE USING ({works}) WITH CHECK ({written})",
        f"CREATE POLICY remover ON {table} FOR DELETE USING ({works})",
    )


def rewalled_by_segments(table: str, information: str) -> RunSQL:
    """A migration operation: a grant must open, of each row of a table that had none before, its segments too.

    Args:
        information: what the rows are about, as their wall has it.
    """
    before, since = (stands(information, tagged=tagged).format(table=table) for tagged in (False, True))
    anew = "DROP POLICY wall ON {table}; CREATE POLICY wall ON {table} FOR SELECT USING ({seen});"
    return RunSQL(anew.format(table=table, seen=since), anew.format(table=table, seen=before))


def told_of_in_the_journal(table: str) -> RunSQL:
    """A migration operation: what is kept apart of a table is known by its id to whoever tells the journal.

    The journal holds ids and codes of everything. A row that no law keeps apart costs a look at its own segments.
    """
    kept, differs = "EXECUTE FUNCTION trust_keep_partbook()", "NEW.segments IS DISTINCT FROM OLD.segments"
    made, changed = (f"{table}_{when}_kept_apart" for when in ("is_made", "is"))
    return RunSQL(
        [
            f"CREATE TRIGGER {made} AFTER INSERT ON {table} FOR EACH ROW WHEN (NEW.segments <> '{{}}') {kept}",
            f"CREATE TRIGGER {changed} AFTER UPDATE ON {table} FOR EACH ROW WHEN ({differs}) {kept}",
        ],
        [f"DROP TRIGGER {one} ON {table}" for one in (made, changed)],
    )


def walled(table: str, by: str = "", *, condition: str = "", check: str = "") -> RunSQL:
    """A migration operation that puts one wall for reading and writing on a table, and forces it.

    Args:
        table: the table's name in PostgreSQL.
        by: ``agency`` (column ``agency_id``), ``person`` (``by_id``) or ``letter`` (``from_agency_id`` and
            ``to_agency_id``).
        condition: SQL that replaces the condition named by ``by``; ``{table}`` stands for the table.
        check: SQL for rows being written, where it differs from the rows one may see.
    """
    seen = condition or _CONDITIONS[by]
    return _walled(table, f"CREATE POLICY wall ON {table} USING ({seen}) WITH CHECK ({check or seen})")


def walled_by_act(table: str, *, read: str, written: str = "", answered: str = "") -> RunSQL:
    """A migration operation that puts up a policy an act: who reads, who writes, who answers. Nobody deletes.

    Args:
        written: who writes; nobody without it, until an app above says so in a policy of its own.
    """
    policies = [f"CREATE POLICY wall ON {table} FOR SELECT USING ({read})"]
    if written:
        policies.append(f"CREATE POLICY writer ON {table} FOR INSERT WITH CHECK ({written})")
    if answered:
        policies.append(
            f"CREATE POLICY answer ON {table} FOR UPDATE USING ({answered}) WITH CHECK ({answered})"
        )
    return _walled(table, *policies)


def _walled(table: str, *policies: str) -> RunSQL:
    keeper = f"CREATE POLICY keeper ON {table} TO CURRENT_USER USING (true) WITH CHECK (true)"
    return RunSQL(
        sql=[
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            *(policy.format(table=table) for policy in (*policies, keeper)),
        ],
        reverse_sql=[
            *(f"DROP POLICY {policy.split()[2]} ON {table}" for policy in (keeper, *policies)),
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


def changes_only(table: str, column: str, *more: str) -> RunSQL:
    """A migration operation: nothing of this table may change but these columns, and nothing is ever thrown away."""
    changing = ", ".join(f"'{one}'" for one in (column, *more))
    return RunSQL(
        sql=[
            f"""DO $$ BEGIN EXECUTE format(
                'CREATE TRIGGER {table}_changes_only_{column} BEFORE UPDATE OF %s ON {table}'
                ' FOR EACH STATEMENT EXECUTE FUNCTION trust_is_append_only()',
                (SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
                    WHERE attrelid = '{table}'::regclass AND attnum > 0 AND attname NOT IN ({changing}))
            ); END $$""",
            (
                f"CREATE TRIGGER {table}_is_never_deleted BEFORE DELETE OR TRUNCATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION trust_is_append_only()"
            ),
        ],
        reverse_sql=[
            f"DROP TRIGGER {table}_is_never_deleted ON {table}",
            f"DROP TRIGGER {table}_changes_only_{column} ON {table}",
        ],
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
