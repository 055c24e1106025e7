"""A copy tells no more than the agency that handed it out may know: whoever works there may read over their shoulder.

Until now an open copy read the whole circle, whoever had handed it out; so a guest found on it whom the person agreed
with, who else was let in, what was opened in an emergency, and what a law keeps apart from that guest.
"""

from importlib import import_module

from django.db import migrations

_walls = import_module("breakwater.portal.migrations.0002_walls")
_kept_apart = import_module("breakwater.portal.migrations.0012_kept_apart")

# Each is asked once by a statement and not of each row; whoever holds no copy is answered before anything is read.
_GUARDED = """
CREATE FUNCTION portal_{name}({takes}) RETURNS {type} LANGUAGE plpgsql STABLE
    AS $$
    BEGIN
        IF portal_key() IS NULL THEN
            RETURN NULL;
        END IF;
        RETURN (SELECT {value} FROM portal_handed({passes}) h);
    END $$;
"""
_HANDED = (
    """
CREATE FUNCTION portal_handed(kind text) RETURNS TABLE (agency_id uuid, opened_by_id uuid, segments text[])
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT h.agency_id, r.opened_by_id, (
            SELECT g.segments::text[] FROM trust_grant g
            WHERE g.circle_id = h.circle_id AND g.agency_id = h.agency_id AND g.basis = 'care'
                AND g.starts_at <= now() AND (g.ends_at IS NULL OR g.ends_at > now()) AND kind = ANY (g.information)
            ORDER BY g.starts_at DESC LIMIT 1)
        FROM portal_holder() h JOIN trust_circle r ON r.id = h.circle_id
    $$;
"""
    + _GUARDED.format(name="opened", takes="kind text", type="text[]", value="h.segments", passes="kind")
    + _GUARDED.format(name="agency", takes="", type="uuid", value="h.agency_id", passes="''")
    + _GUARDED.format(name="opener", takes="", type="uuid", value="h.opened_by_id", passes="''")
)
_NOT_HANDED = """
DROP FUNCTION portal_opener();
DROP FUNCTION portal_agency();
DROP FUNCTION portal_opened(text);
DROP FUNCTION portal_handed(text);
"""

_KINDS = {
    "plans_safetyplan": "care", "plans_step": "needs", "referrals_referral": "needs", "cases_followup": "care",
    "people_contactpoint": "who", "people_supporter": "who",
}  # fmt: skip
_KEPT_APART = {"plans_safetyplan", "plans_step", "people_contactpoint"}
"""What the copy reads of their record: which kind of information it is, and whose rows carry segments of their own."""
_NEVER_SHOWN = {"people_supporter": " OR {table}.must_not_know"}
"""Read only to leave their names out."""
_OWNS = "(SELECT portal_opener()) = (SELECT portal_agency())"
_AT_AN_END = "(SELECT portal_agency()) IN ({{table}}.{0}_id, {{table}}.{1}_id)"
_ENDS = {
    "trust_consent": _AT_AN_END.format("agency", "recipient"),
    "trust_grant": "{table}.agency_id IN ((SELECT portal_agency()), (SELECT portal_opener()))",
    "trust_glass": _AT_AN_END.format("agency", "owner"),
}
"""Who else is there is known to whose record it is, and to the two it is about."""


def _known(table: str) -> str:
    """SQL: the agency that handed the copy out may know a row."""
    if table in _ENDS:
        return f"({_OWNS} OR {_ENDS[table]})"
    opened = f"(SELECT portal_opened('{_KINDS[table]}'))"
    if table in _KEPT_APART:
        return f"{{table}}.segments::text[] <@ {opened}"
    return f"({opened} IS NOT NULL{_NEVER_SHOWN.get(table, '')})"


def _before(table: str) -> str:
    """SQL: what an open copy read until now."""
    if table != "plans_step":
        return _walls.READS[table]
    return _walls._in("steps", f"{_walls._SHOWN} AND {_kept_apart._THEIRS}")


_ALTER = "ALTER POLICY own_copy ON {table} USING ({seen})"


class Migration(migrations.Migration):
    dependencies = [("portal", "0012_kept_apart")]

    operations = [
        migrations.RunSQL(_HANDED, _NOT_HANDED),
        *(
            migrations.RunSQL(
                _ALTER.format(
                    table=table, seen=f"({_before(table)}) AND {_known(table)}".format(table=table)
                ),
                _ALTER.format(table=table, seen=_before(table).format(table=table)),
            )
            for table in (*_KINDS, *_ENDS)
        ),
    ]
