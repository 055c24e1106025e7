"""The search by name, planned once in a session and not at each call, and asked first what is cheap.

Whoever is alike is more alike than anybody whose name only begins so: beginnings are looked for where places are left.
"""

from importlib import import_module

from django.db import migrations

_STANDS = """EXISTS (
                SELECT 1 FROM trust_grant g
                WHERE g.circle_id = b.circle_id AND g.agency_id = asking AND 'who' = ANY (g.information)
                  AND g.starts_at <= now() AND (g.ends_at IS NULL OR g.ends_at > now())
                  AND (g.only_for_id IS NULL OR g.only_for_id = worker))"""

_SEARCH = f"""
CREATE OR REPLACE FUNCTION people_like(wanted text, most integer)
    RETURNS TABLE (person_id uuid, likeness real)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET pg_trgm.similarity_threshold = 0.3 SET search_path = pg_catalog, public, pg_temp
    AS $$
    DECLARE
        asking uuid := trust_agency();
        worker uuid := trust_user();
        alike uuid[] := '{{}}';
    BEGIN
        FOR person_id, likeness IN
            SELECT b.person_id, max(similarity(b.key, wanted)) FROM people_namebook b
            WHERE b.agency_id = asking AND b.key % wanted AND {_STANDS}
            GROUP BY b.person_id ORDER BY 2 DESC, 1 LIMIT most
        LOOP
            alike := alike || person_id;
            RETURN NEXT;
        END LOOP;
        IF cardinality(alike) < most AND length(wanted) >= 3 THEN
            RETURN QUERY
            SELECT b.person_id, max(similarity(b.key, wanted)) FROM people_namebook b
            WHERE b.agency_id = asking AND (b.key LIKE wanted || '%' OR b.key LIKE '% ' || wanted || '%')
              AND b.person_id <> ALL (alike) AND {_STANDS}
            GROUP BY b.person_id ORDER BY 2 DESC, 1 LIMIT most - cardinality(alike);
        END IF;
    END $$;
"""

_BEFORE = import_module("breakwater.people.migrations.0002_walls")._SEARCH.replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)


class Migration(migrations.Migration):
    dependencies = [("people", "0002_walls")]

    operations = [migrations.RunSQL(_SEARCH, _BEFORE)]
