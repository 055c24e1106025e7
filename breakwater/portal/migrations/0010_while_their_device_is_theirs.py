"""A code that nobody has used opens nothing while somebody else reads their device; and a worker's page says what is so.

A copy that they have open stays open: the mark may come from what they said there themselves.
"""

from importlib import import_module

from django.db import migrations

_before = import_module("breakwater.portal.migrations.0008_while_they_speak_for_them")

# The same two reasons for which no code is handed out (``rules.why_not_offered``); a test holds them against each other.
_SHARED = """
CREATE FUNCTION portal_is_read_by_others(the_case uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        WITH screens AS (
            SELECT p.safety FROM people_contactpoint p JOIN cases_case k ON k.person_id = p.person_id
            WHERE k.id = the_case AND p.ends_at IS NULL AND p.kind IN ('phone', 'email')
        )
        SELECT EXISTS (SELECT 1 FROM cases_circumstance m
                WHERE m.case_id = the_case AND m.kind = 'watched_device' AND m.ends_at IS NULL)
            OR EXISTS (SELECT 1 FROM screens WHERE safety = 'unsafe')
                AND NOT EXISTS (SELECT 1 FROM screens WHERE safety = 'safe')
    $$;
REVOKE ALL ON FUNCTION portal_is_read_by_others(uuid) FROM PUBLIC;
"""
_STILL = "portal_cares(c.circle_id, c.agency_id) AND (c.supporter_id IS NULL OR portal_speaks(c.id))"

# Asked by whoever handed it out: whether a copy could still be read, whatever its row says. Of other copies it says yes.
_STANDS = f"""
CREATE FUNCTION portal_copy_stands(the_copy uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT NOT EXISTS (
            SELECT 1 FROM portal_owncopy c WHERE c.id = the_copy AND c.agency_id = trust_agency() AND NOT (
                {_STILL} AND (c.opened_at IS NOT NULL OR NOT portal_is_read_by_others(c.case_id))))
    $$;
"""
_WAITING_BEFORE = _before._WAITING.replace(
    _before._CARED_FOR,
    f"{_before._CARED_FOR[:-1]} AND (c.supporter_id IS NULL OR portal_speaks(c.id))\n",
)
_WAITING = _WAITING_BEFORE.replace(
    _before._CARED_FOR[:-1], f"{_before._CARED_FOR[:-1]} AND NOT portal_is_read_by_others(c.case_id)"
)


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0009_links_to_hand_offs"),
        ("cases", "0007_watched_device"),
    ]

    operations = [
        migrations.RunSQL(_SHARED, "DROP FUNCTION portal_is_read_by_others(uuid)"),
        migrations.RunSQL(_STANDS, "DROP FUNCTION portal_copy_stands(uuid)"),
        migrations.RunSQL(_WAITING, _WAITING_BEFORE),
    ]
