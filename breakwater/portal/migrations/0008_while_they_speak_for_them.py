"""Who speaks for somebody reads a copy while they may: not after they were taken off the record, or the person said no.

Until now a copy that was open, and a code that nobody had used, outlived what they were handed out on. The one exception
was a record that came to be kept from parents.
"""

from importlib import import_module

from django.db import migrations

_walls = import_module("breakwater.portal.migrations.0002_walls")

_SAME = "lower(btrim(regexp_replace({0}, '\\s+', ' ', 'g'))) = lower(btrim(regexp_replace({1}, '\\s+', ' ', 'g')))"
_THIS_ONE_OR_ALL = f"i.circle_id = c.circle_id AND (i.name = '' OR {_SAME.format('i.name', 's.name')})"

# A name is compared as the law's answer compares it: as written, but for case and spaces.
_SPEAKS = f"""
CREATE FUNCTION portal_speaks(the_copy uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT EXISTS (
            SELECT 1 FROM portal_owncopy c
            JOIN people_supporter s ON s.id = c.supporter_id AND s.circle_id = c.circle_id
            JOIN trust_circle r ON r.id = c.circle_id
            WHERE c.id = the_copy AND s.ends_at IS NULL AND NOT s.must_not_know
                AND NOT 'minor-confidential' = ANY (r.segments)
                AND NOT EXISTS (SELECT 1 FROM people_supporter o WHERE o.circle_id = c.circle_id AND o.ends_at IS NULL
                    AND o.must_not_know AND {_SAME.format("o.name", "s.name")})
                AND NOT EXISTS (SELECT 1 FROM trust_involvement i
                    WHERE {_THIS_ONE_OR_ALL} AND i.answer = 'objected' AND i.ends_at IS NULL)
                AND (EXISTS (SELECT 1 FROM trust_involvement i
                        WHERE {_THIS_ONE_OR_ALL} AND i.answer <> 'objected' AND i.ends_at IS NULL)
                    OR NOT EXISTS (SELECT 1 FROM trust_involvement i
                        WHERE {_THIS_ONE_OR_ALL} AND i.answer <> 'objected' AND i.ends_at > c.starts_at)))
    $$;
REVOKE ALL ON FUNCTION portal_speaks(uuid) FROM PUBLIC;
"""

_HOLDER = _walls._HOLDER[
    _walls._HOLDER.index("CREATE FUNCTION portal_holder") : _walls._HOLDER.index(
        "CREATE FUNCTION portal_circle"
    )
].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
_WAITING = _walls._OPENING[: _walls._OPENING.index("CREATE FUNCTION portal_open")].replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)
_KEPT_FROM_PARENTS = "NOT 'minor-confidential' = ANY (r.segments))"
_CARED_FOR = "AND portal_cares(c.circle_id, c.agency_id)\n"


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0007_files_with_links"),
        ("people", "0005_everybody_who_may_know"),
        ("trust", "0022_looks_by_time"),
    ]

    operations = [
        migrations.RunSQL(_SPEAKS, "DROP FUNCTION portal_speaks(uuid)"),
        migrations.RunSQL(_HOLDER.replace(_KEPT_FROM_PARENTS, "portal_speaks(c.id))"), _HOLDER),
        migrations.RunSQL(
            _WAITING.replace(
                _CARED_FOR, f"{_CARED_FOR[:-1]} AND (c.supporter_id IS NULL OR portal_speaks(c.id))\n"
            ),
            _WAITING,
        ),
    ]
