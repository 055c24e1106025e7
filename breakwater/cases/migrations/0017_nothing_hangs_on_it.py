"""A case that comes home leaves nothing behind that only its old holder could end.

What others keep of a case they end themselves, each by a trigger of its own on who holds it: here is only what they share.
What must be held before the case, and what follows a standing beside its open cases, goes into the two functions that do
nothing here. News is written as the journal writes it, with the work of the worker who carries it.
"""

from importlib import import_module

from django.db import migrations

_HOME = import_module("breakwater.cases.migrations.0015_within_reach")._HOME
_START = _HOME.index("CREATE FUNCTION cases_comes_home")
_BEFORE = _HOME[_START : _HOME.index("CREATE FUNCTION cases_follow_a_standing")].replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)


def _once(text: str, old: str, new: str) -> str:
    """The same text, with something else in the one place where this stands."""
    before, after = text.split(old)
    return before + new + after


# Whoever closes a case writes no row of the case itself: whether it is closed is asked once more when it is held. The
# promises of what ended may be all it had, so the profile of its alarm is that of any promise it ever made.
_NOW = _once(
    _BEFORE,
    "        FOR held IN SELECT",
    "        PERFORM cases_held_before_home(the_circle, the_agency);\n        FOR held IN SELECT",
)
_NOW = _once(
    _NOW,
    "        LOOP\n",
    "        LOOP\n"
    "            CONTINUE WHEN EXISTS (SELECT 1 FROM cases_closure k WHERE k.case_id = held.id AND k.ends_at IS NULL);\n",
)
_NOW = _once(
    _NOW,
    "FROM clocks_clock k WHERE k.episode = held.id AND k.ended_at IS NULL ORDER BY k.due_at, k.id LIMIT 1",
    "FROM clocks_clock k WHERE k.episode = held.id ORDER BY k.ended_at IS NOT NULL, k.due_at, k.id LIMIT 1",
)
_NOW = _once(
    _NOW,
    "jsonb_build_object('case_id', held.id, 'from_agency_id', the_agency));",
    "jsonb_build_object('case_id', held.id, 'from_agency_id', the_agency)) RETURNING id INTO told;\n"
    "            PERFORM cases_is_heard(told, home);",
)
_NOW = _once(_NOW, "came integer := 0;", "came integer := 0; told bigint;")
_NOW = _once(
    _NOW,
    "        RETURN came;",
    "        IF the_agency <> home THEN\n"
    "            PERFORM set_config('breakwater.comes_home', 'on', true);\n"
    "            PERFORM cases_follows_home(the_circle, the_agency, home);\n"
    "            PERFORM set_config('breakwater.comes_home', '', true);\n"
    "        END IF;\n"
    "        RETURN came;",
)

_SHARED = """
CREATE FUNCTION cases_brings_home() RETURNS boolean LANGUAGE sql STABLE
    AS $$
        SELECT coalesce(current_setting('breakwater.comes_home', true), '') = 'on'
            AND current_user = pg_get_userbyid(c.relowner)
        FROM pg_catalog.pg_class c WHERE c.oid = 'public.cases_case'::regclass
    $$;

CREATE FUNCTION cases_is_heard(the_entry bigint, by_agency uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$ BEGIN
        INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES (
            'reactions', 'trust.react', jsonb_build_object('entry_id', the_entry, 'agency_id', by_agency));
    END $$;
CREATE FUNCTION cases_tells(of_agency uuid, the_agency uuid, what text, of_what uuid, more jsonb) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
        told bigint;
    BEGIN
        IF the_agency IS NOT NULL THEN
            INSERT INTO trust_entry (verb, agency_id, to_agency_id, about, at, facts)
                VALUES (what, of_agency, the_agency, of_what, now(), more) RETURNING id INTO told;
            PERFORM cases_is_heard(told, the_agency);
        END IF;
    END $$;
CREATE FUNCTION cases_excuses(the_case uuid, of_what uuid[], why text) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        UPDATE clocks_pause p SET ends_at = greatest(p.starts_at, now()) FROM clocks_clock k
            WHERE k.id = p.clock_id AND p.ends_at IS NULL AND k.episode = the_case AND k.about = ANY (of_what)
                AND k.ended_at IS NULL;
        UPDATE clocks_clock SET ended_at = greatest(started_at, now()), ended_how = 'excused', excuse = why,
            paused_at = NULL WHERE episode = the_case AND about = ANY (of_what) AND ended_at IS NULL;
    $$;
REVOKE ALL ON FUNCTION cases_is_heard(bigint, uuid), cases_tells(uuid, uuid, text, uuid, jsonb),
    cases_excuses(uuid, uuid[], text) FROM PUBLIC;

CREATE FUNCTION cases_held_before_home(the_circle uuid, the_agency uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$ BEGIN END $$;
CREATE FUNCTION cases_follows_home(the_circle uuid, the_agency uuid, home uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$ BEGIN END $$;
REVOKE ALL ON FUNCTION cases_held_before_home(uuid, uuid), cases_follows_home(uuid, uuid, uuid) FROM PUBLIC;
"""
_NOT_SHARED = """
DROP FUNCTION cases_follows_home(uuid, uuid, uuid);
DROP FUNCTION cases_held_before_home(uuid, uuid);
DROP FUNCTION cases_excuses(uuid, uuid[], text);
DROP FUNCTION cases_tells(uuid, uuid, text, uuid, jsonb);
DROP FUNCTION cases_is_heard(bigint, uuid);
DROP FUNCTION cases_brings_home();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0016_standing_still"), ("trust", "0028_standings_that_end")]

    operations = [
        migrations.RunSQL(_SHARED, _NOT_SHARED),
        migrations.RunSQL(_NOW, _BEFORE),
    ]
