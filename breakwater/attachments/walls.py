"""By what an app above says who hangs files on its records, in a migration of its own."""

from django.db.migrations.operations import RunSQL

_TABLE = "attachments_attachment"
_ENDS = (
    "o.by_id = (SELECT trust_user())"
    " AND o.circle_id = {table}.circle_id AND o.from_agency_id = {table}.from_agency_id"
    " AND o.to_agency_id IS NOT DISTINCT FROM {table}.to_agency_id AND o.segments = {table}.segments"
)


def hung_on(what: str, *, opens: str, table: str, same: str = _ENDS) -> RunSQL:
    """A migration operation: files hang on a record from those who may, and are as open as it is.

    Args:
        what: the kind of record, as ``Peg.what`` says it.
        opens: the kind of information that opens such a record.
        table: where the records stand; ``o`` is one of them.
        same: SQL by which a file is as open as its record, and comes from who may hang it there: without it, whoever
            wrote the record; ``{table}`` stands for the table of files.
    """
    condition = (
        f"{_TABLE}.hangs_on = '{what}' AND {_TABLE}.opens = '{opens}'"
        f" AND {_TABLE}.agency_id = (SELECT trust_agency())"
        f" AND EXISTS (SELECT 1 FROM {table} o WHERE o.id = {_TABLE}.about AND {same.format(table=_TABLE)})"
    )
    return RunSQL(
        f"CREATE POLICY hangs_on_{what} ON {_TABLE} FOR INSERT WITH CHECK ({condition})",
        f"DROP POLICY hangs_on_{what} ON {_TABLE}",
    )
