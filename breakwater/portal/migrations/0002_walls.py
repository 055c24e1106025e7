"""The wall of a person who is no agency's: one open copy, of one circle, in the parts that were chosen, to read.

Who holds an open copy is known by the key in the setting ``breakwater.copy``, and by nothing else: it stands only where
no agency and nobody acts, so that it never adds to what somebody sees who is signed in. The copy must be open by the
clock of the database, its agency must still care for the person, and must not be stopped.
"""

from django.db import migrations

_HOLDER = """
CREATE FUNCTION portal_key() RETURNS text LANGUAGE sql STABLE
    AS $$
        SELECT CASE WHEN coalesce(current_setting('breakwater.agency', true), '') = ''
            AND coalesce(current_setting('breakwater.user', true), '') = ''
            THEN nullif(current_setting('breakwater.copy', true), '') END
    $$;

CREATE FUNCTION portal_cares(circle uuid, agency uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT EXISTS (
            SELECT 1 FROM trust_grant g WHERE g.circle_id = circle AND g.agency_id = agency AND g.basis = 'care'
                AND g.starts_at <= now() AND (g.ends_at IS NULL OR g.ends_at > now())
        ) AND NOT EXISTS (SELECT 1 FROM trust_suspension s WHERE s.agency_id = agency AND s.ends_at IS NULL)
    $$;

CREATE FUNCTION portal_holder() RETURNS TABLE (
        id uuid, circle_id uuid, case_id uuid, agency_id uuid, parts text[], language text, closes_at timestamptz,
        speaks_for_them boolean
    )
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT c.id, c.circle_id, c.case_id, c.agency_id, c.parts::text[], c.language::text, c.closes_at,
            c.supporter_id IS NOT NULL
        FROM portal_owncopy c JOIN trust_circle r ON r.id = c.circle_id
        WHERE c.key <> '' AND c.key = portal_key() AND c.ended_at IS NULL AND c.closes_at > now()
            AND portal_cares(c.circle_id, c.agency_id)
            AND (c.supporter_id IS NULL OR NOT 'minor-confidential' = ANY (r.segments))
    $$;

CREATE FUNCTION portal_circle(part text) RETURNS uuid LANGUAGE plpgsql STABLE
    AS $$
    BEGIN
        IF portal_key() IS NULL THEN
            RETURN NULL;
        END IF;
        RETURN (SELECT h.circle_id FROM portal_holder() h WHERE part = ANY (h.parts));
    END $$;

CREATE FUNCTION portal_hides() RETURNS text[] LANGUAGE sql STABLE
    AS $$
        SELECT ARRAY['location-confidential', 'psychotherapy-notes', 'sud-counseling-notes']
            || CASE WHEN EXISTS (SELECT 1 FROM portal_holder() h WHERE NOT h.speaks_for_them)
                THEN '{}'::text[] ELSE ARRAY['minor-confidential'] END
    $$;
"""
_NO_HOLDER = """
DROP FUNCTION portal_hides();
DROP FUNCTION portal_circle(text);
DROP FUNCTION portal_holder();
DROP FUNCTION portal_cares(uuid, uuid);
DROP FUNCTION portal_key();
"""

# A code is tried by somebody who is nobody yet. Nothing is told of it but the slow hash of the word that goes with it;
# it opens once, by one statement, and its key is known from then on.
_OPENING = """
CREATE FUNCTION portal_waiting(the_code text) RETURNS TABLE (id uuid, word text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT c.id, c.word::text FROM portal_owncopy c
        WHERE c.code = the_code AND c.opened_at IS NULL AND c.ended_at IS NULL AND c.expires_at > now()
            AND portal_cares(c.circle_id, c.agency_id)
    $$;

CREATE FUNCTION portal_open(the_code text, the_key text, lasts interval) RETURNS boolean
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        WITH opened AS (
            UPDATE portal_owncopy c SET opened_at = now(), closes_at = now() + lasts, key = the_key
            WHERE c.id = (SELECT w.id FROM portal_waiting(the_code) w) AND c.opened_at IS NULL AND c.ended_at IS NULL
            RETURNING 1
        )
        SELECT EXISTS (SELECT 1 FROM opened)
    $$;
"""
_NO_OPENING = "DROP FUNCTION portal_open(text, text, interval); DROP FUNCTION portal_waiting(text);"


def _in(part: str, also: str = "") -> str:
    """SQL: the row lies in the circle of an open copy that shows this part."""
    where = f"{{table}}.circle_id = (SELECT portal_circle('{part}'))"
    return f"{where} AND {also}" if also else where


_SHOWN = "NOT ({table}.segments::text[] && (SELECT portal_hides()))"
_ON_A_SCREEN = "{table}.ends_at IS NULL AND {table}.kind IN ('phone', 'email')"
_ROUND_THEM = "{table}.ends_at IS NULL AND NOT {table}.must_not_know"
_KEPT_FROM = "{table}.ends_at IS NULL AND {table}.must_not_know"
_OURS = "{table}.agency_id = (SELECT h.agency_id FROM portal_holder() h)"
_NO_THREAT = "NOT 'threat' = ANY ({table}.information)"
"""What a security team was told stays off a screen: whoever reads it could be the one they were warned of."""
READS = {
    "plans_safetyplan": f"({_in('plan', _SHOWN)}) OR ({_in('times', _SHOWN)})",
    "plans_step": _in("steps"),
    "referrals_referral": _in("steps"),
    "cases_followup": _in("times"),
    "people_supporter": f"({_in('people', _ROUND_THEM)}) OR ({_in('holds', _KEPT_FROM)})",
    "people_contactpoint": _in("reach", f"{_ON_A_SCREEN} AND {_SHOWN}"),
    "trust_consent": _in("holds"),
    "trust_grant": _in("holds", "{table}.basis <> 'threat'"),
    "trust_glass": _in("holds"),
    "trust_decision": _in("holds", f"{_OURS} AND {{table}}.answer = 'permit' AND {_NO_THREAT}"),
    "portal_ownact": "{table}.copy_id = (SELECT h.id FROM portal_holder() h)",
}
"""What an open copy reads, table by table, and which of its parts shows it."""


class Migration(migrations.Migration):
    dependencies = [("portal", "0001_own_copies")]

    operations = [
        migrations.RunSQL(_HOLDER, _NO_HOLDER),
        migrations.RunSQL(_OPENING, _NO_OPENING),
        *(
            migrations.RunSQL(
                f"CREATE POLICY own_copy ON {table} FOR SELECT USING ({seen.format(table=table)})",
                f"DROP POLICY own_copy ON {table}",
            )
            for table, seen in READS.items()
        ),
    ]
