"""The second wall round persons, and a search by name that stays behind it.

Trigram operators are not leakproof, so PostgreSQL will not use their index below row security. The search therefore
runs as the keeper of the table, inside one function that returns nothing outside the asking agency's circles.
"""

from django.db import migrations

from breakwater.trust.walls import append_only, never_deleted, walled, walled_by_circle

_INDEXES = "CREATE INDEX name_by_sound ON people_name (sound) WHERE ends_at IS NULL AND sound <> '';"

# A book of names for each agency, so that a search costs what the agency's own people cost and not the whole state's.
# It says who ever stood round somebody, so that nobody but its keeper may read it: no policy lets the runtime role in.
_BOOK = """
CREATE TABLE people_namebook (
    agency_id uuid NOT NULL REFERENCES trust_agency, name_id uuid NOT NULL REFERENCES people_name,
    circle_id uuid NOT NULL REFERENCES trust_circle, person_id uuid NOT NULL REFERENCES people_person,
    key text NOT NULL, PRIMARY KEY (name_id, agency_id)
);
CREATE INDEX name_by_agency_and_trigrams ON people_namebook USING gin (agency_id, key gin_trgm_ops);
ALTER TABLE people_namebook ENABLE ROW LEVEL SECURITY;
ALTER TABLE people_namebook FORCE ROW LEVEL SECURITY;
CREATE POLICY keeper ON people_namebook TO CURRENT_USER USING (true) WITH CHECK (true);

CREATE FUNCTION people_names_of_grant() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$ BEGIN
        INSERT INTO people_namebook (agency_id, name_id, circle_id, person_id, key)
            SELECT NEW.agency_id, n.id, n.circle_id, n.person_id, n.key FROM people_name n
            WHERE n.circle_id = NEW.circle_id AND n.ends_at IS NULL
            ON CONFLICT DO NOTHING;
        RETURN NULL;
    END $$;
CREATE FUNCTION people_agencies_of_name() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$ BEGIN
        DELETE FROM people_namebook b WHERE b.name_id = NEW.id;
        INSERT INTO people_namebook (agency_id, name_id, circle_id, person_id, key)
            SELECT DISTINCT g.agency_id, NEW.id, NEW.circle_id, NEW.person_id, NEW.key FROM trust_grant g
            WHERE g.circle_id = NEW.circle_id AND NEW.ends_at IS NULL;
        RETURN NULL;
    END $$;
CREATE TRIGGER a_new_standing_is_in_the_book AFTER INSERT ON trust_grant
    FOR EACH ROW EXECUTE FUNCTION people_names_of_grant();
CREATE TRIGGER a_name_is_in_the_book AFTER INSERT OR UPDATE ON people_name
    FOR EACH ROW EXECUTE FUNCTION people_agencies_of_name();
"""
_NO_BOOK = """
DROP TRIGGER a_name_is_in_the_book ON people_name; DROP TRIGGER a_new_standing_is_in_the_book ON trust_grant;
DROP FUNCTION people_agencies_of_name(); DROP FUNCTION people_names_of_grant(); DROP TABLE people_namebook;
"""

_SEARCH = """
CREATE FUNCTION people_like(wanted text, most integer)
    RETURNS TABLE (person_id uuid, likeness real)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET pg_trgm.similarity_threshold = 0.3 SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT b.person_id, max(similarity(b.key, wanted)) AS likeness
        FROM people_namebook b
        WHERE b.agency_id = (SELECT trust_agency()) AND (b.key % wanted
                OR length(wanted) >= 3 AND (b.key LIKE wanted || '%' OR b.key LIKE '% ' || wanted || '%'))
          AND EXISTS (
              SELECT 1 FROM trust_grant g
              WHERE g.circle_id = b.circle_id AND g.agency_id = (SELECT trust_agency()) AND 'who' = ANY (g.information)
                AND g.starts_at <= now() AND (g.ends_at IS NULL OR g.ends_at > now())
                AND (g.only_for_id IS NULL OR g.only_for_id = (SELECT trust_user()))
          )
        GROUP BY b.person_id
        ORDER BY likeness DESC, b.person_id
        LIMIT most
    $$;
"""

# Whoever breaks the glass stands nowhere yet, so this runs as the keeper of the table. It takes two facts that agree,
# never a likeness, and answers with circles alone: what opens, and whether anything does, is for trust to say.
_IN_EMERGENCY = """
CREATE FUNCTION people_in_emergency(wanted text, born date, tokens text[])
    RETURNS TABLE (circle_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT p.circle_id FROM people_person p
        WHERE (wanted <> '')::int + (born IS NOT NULL)::int + (tokens IS NOT NULL)::int >= 2
          AND (wanted = '' OR EXISTS (
              SELECT 1 FROM people_name n WHERE n.person_id = p.id AND n.key = wanted AND n.ends_at IS NULL))
          AND (born IS NULL OR p.birth_date = born)
          AND (tokens IS NULL OR EXISTS (
              SELECT 1 FROM people_contactpoint c
              WHERE c.person_id = p.id AND c.key = ANY (tokens) AND c.key <> '' AND c.kind = 'phone' AND c.ends_at IS NULL))
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
        migrations.RunSQL(_INDEXES, "DROP INDEX name_by_sound;"),
        migrations.RunSQL(_BOOK, _NO_BOOK),
        migrations.RunSQL(_SEARCH, "DROP FUNCTION people_like(text, integer);"),
        migrations.RunSQL(_IN_EMERGENCY, "DROP FUNCTION people_in_emergency(text, date, text[]);"),
    ]
