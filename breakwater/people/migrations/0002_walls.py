"""The second wall round persons, and a search by name that stays behind it.

Trigram operators are not leakproof, so PostgreSQL will not use their index below row security. The search therefore
runs as the keeper of the table, inside one function that returns nothing outside the asking agency's circles.
"""

from django.db import migrations

from breakwater.trust.walls import append_only, never_deleted, walled, walled_by_circle

_INDEXES = """
CREATE INDEX name_by_trigrams ON people_name USING gin (key gin_trgm_ops) WHERE ends_at IS NULL;
CREATE INDEX name_by_sound ON people_name (sound) WHERE ends_at IS NULL AND sound <> '';
"""

_SEARCH = """
CREATE FUNCTION people_like(wanted text, at_least real, most integer)
    RETURNS TABLE (person_id uuid, name text, likeness real)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT n.person_id, n.text::text, similarity(n.key, wanted) AS likeness
        FROM people_name n
        WHERE n.ends_at IS NULL AND (n.key % wanted AND similarity(n.key, wanted) >= at_least
                OR length(wanted) >= 3 AND (n.key LIKE wanted || '%' OR n.key LIKE '% ' || wanted || '%'))
          AND EXISTS (
              SELECT 1 FROM trust_grant g
              WHERE g.circle_id = n.circle_id AND g.agency_id = trust_agency() AND 'who' = ANY (g.information)
                AND g.starts_at <= now() AND (g.ends_at IS NULL OR g.ends_at > now())
                AND (g.only_for_id IS NULL OR g.only_for_id = trust_user())
          )
        ORDER BY likeness DESC, n.person_id
        LIMIT most
    $$;
"""

# Whoever breaks the glass stands nowhere yet, so this runs as the keeper of the table. It takes two facts that agree,
# never a likeness, and answers with circles alone: what opens, and whether anything does, is for trust to say.
_IN_EMERGENCY = """
CREATE FUNCTION people_in_emergency(wanted text, born date, digits text)
    RETURNS TABLE (circle_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT p.circle_id FROM people_person p
        WHERE (wanted <> '')::int + (born IS NOT NULL)::int + (digits <> '')::int >= 2
          AND (wanted = '' OR EXISTS (
              SELECT 1 FROM people_name n WHERE n.person_id = p.id AND n.key = wanted AND n.ends_at IS NULL))
          AND (born IS NULL OR p.birth_date = born)
          AND (digits = '' OR EXISTS (
              SELECT 1 FROM people_contactpoint c
              WHERE c.person_id = p.id AND c.key = digits AND c.kind = 'phone' AND c.ends_at IS NULL))
        ORDER BY p.id DESC LIMIT 5
    $$;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0001_persons"), ("trust", "0002_walls")]

    operations = [
        *(
            walled_by_circle(f"people_{table}", "who", tagged=table == "contactpoint")
            for table in ("person", "name", "contactpoint", "supporter", "correction", "membership")
        ),
        walled("people_household", "agency"),
        *(
            never_deleted(f"people_{table}")
            for table in ("person", "name", "contactpoint", "supporter", "membership")
        ),
        append_only("people_correction"),
        migrations.RunSQL(_INDEXES, "DROP INDEX name_by_trigrams; DROP INDEX name_by_sound;"),
        migrations.RunSQL(_SEARCH, "DROP FUNCTION people_like(text, real, integer);"),
        migrations.RunSQL(_IN_EMERGENCY, "DROP FUNCTION people_in_emergency(text, date, text);"),
    ]
