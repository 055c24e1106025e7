"""The search by name walks words, not trigrams: only names that hold a word like one that was typed are compared.

Trigrams lie within words, so what a name shares with what was typed, it shares word by word. The book of an agency's words
says which of them are alike at all. An index holds the names of each word in one place, each with a signature of its
trigrams, from which its likeness is told nearly; only the best of these are compared exactly.
"""

from importlib import import_module

from django.db import migrations

# Both tell who ever stood round somebody, as the book of names does: nobody but their keeper reads them.
_WORDS = """
CREATE FUNCTION people_signature(key text) RETURNS bit(512)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT coalesce(bit_or(set_bit(repeat('0', 512)::bit(512), ('x' || left(md5(t), 3))::bit(12)::integer & 511, 1)),
            repeat('0', 512)::bit(512))
        FROM unnest(show_trgm(key)) t
    $$;
CREATE TABLE people_wordbook (
    agency_id uuid NOT NULL REFERENCES trust_agency, word text COLLATE "C" NOT NULL, signature bit(512) NOT NULL,
    PRIMARY KEY (agency_id, word) INCLUDE (signature)
);
CREATE TABLE people_nameword (
    agency_id uuid NOT NULL REFERENCES trust_agency, word text COLLATE "C" NOT NULL,
    name_id uuid NOT NULL REFERENCES people_name, signature bit(512) NOT NULL, trigrams smallint NOT NULL,
    PRIMARY KEY (agency_id, word, name_id) INCLUDE (signature, trigrams)
);
ALTER TABLE people_wordbook ENABLE ROW LEVEL SECURITY;
ALTER TABLE people_wordbook FORCE ROW LEVEL SECURITY;
CREATE POLICY keeper ON people_wordbook TO CURRENT_USER USING (true) WITH CHECK (true);
ALTER TABLE people_nameword ENABLE ROW LEVEL SECURITY;
ALTER TABLE people_nameword FORCE ROW LEVEL SECURITY;
CREATE POLICY keeper ON people_nameword TO CURRENT_USER USING (true) WITH CHECK (true);

CREATE FUNCTION people_keep_words(agency uuid, name uuid, key text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
    AS $$
    DECLARE
        words text[] := array_remove(string_to_array(key, ' '), '');
        signed bit(512) := people_signature(key);
    BEGIN
        INSERT INTO people_nameword (agency_id, word, name_id, signature, trigrams)
            SELECT agency, w, name, signed, cardinality(show_trgm(key)) FROM unnest(words) w ON CONFLICT DO NOTHING;
        INSERT INTO people_wordbook (agency_id, word, signature)
            SELECT agency, w, people_signature(w) FROM unnest(words) w
            WHERE NOT EXISTS (SELECT 1 FROM people_wordbook k WHERE k.agency_id = agency AND k.word = w COLLATE "C")
            ORDER BY w ON CONFLICT DO NOTHING;
    END $$;
CREATE FUNCTION people_words_of_name() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$ BEGIN
        IF TG_OP = 'INSERT' THEN
            PERFORM people_keep_words(NEW.agency_id, NEW.name_id, NEW.key);
        ELSE
            DELETE FROM people_nameword w WHERE w.agency_id = OLD.agency_id AND w.name_id = OLD.name_id
                AND w.word = ANY (string_to_array(OLD.key, ' ') COLLATE "C");
        END IF;
        RETURN NULL;
    END $$;
CREATE TRIGGER a_name_is_found_by_its_words AFTER INSERT OR DELETE ON people_namebook
    FOR EACH ROW EXECUTE FUNCTION people_words_of_name();
SELECT people_keep_words(agency_id, name_id, key) FROM people_namebook;

CREATE FUNCTION people_forget_words() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
    DECLARE many bigint;
    BEGIN
        LOCK TABLE people_wordbook IN SHARE ROW EXCLUSIVE MODE;
        DELETE FROM people_wordbook k WHERE NOT EXISTS (
            SELECT 1 FROM people_nameword w WHERE w.agency_id = k.agency_id AND w.word = k.word);
        GET DIAGNOSTICS many = ROW_COUNT;
        RETURN many;
    END $$;
"""
_NO_WORDS = """
DROP FUNCTION people_forget_words();
DROP TRIGGER a_name_is_found_by_its_words ON people_namebook;
DROP FUNCTION people_words_of_name(); DROP FUNCTION people_keep_words(uuid, uuid, text);
DROP TABLE people_nameword; DROP TABLE people_wordbook; DROP FUNCTION people_signature(text);
"""

_STANDS = """EXISTS (
                SELECT 1 FROM trust_grant g
                WHERE g.circle_id = b.circle_id AND g.agency_id = asking AND 'who' = ANY (g.information)
                  AND g.starts_at <= now() AND (g.ends_at IS NULL OR g.ends_at > now())
                  AND (g.only_for_id IS NULL OR g.only_for_id = worker))"""

# A name that is alike shares three trigrams with what was typed in one word at least; two where little was typed. Of the
# names that a signature ranks first five times as many are compared as are wanted: nine in ten thousand are missed.
# Whether a grant stands is asked in the order of likeness, until there are enough.
_SEARCH = f"""
CREATE OR REPLACE FUNCTION people_like(wanted text, most integer)
    RETURNS TABLE (person_id uuid, likeness real)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET plan_cache_mode = force_generic_plan SET search_path = pg_catalog, public, pg_temp
    AS $$
    DECLARE
        asking uuid := trust_agency();
        worker uuid := trust_user();
        signed bit varying := people_signature(wanted);
        trigrams_of integer := cardinality(show_trgm(wanted));
        closely integer := CASE WHEN cardinality(show_trgm(wanted)) < 10 THEN 2 ELSE 3 END;
        begun text := split_part(wanted, ' ', 1);
        words text[];
        alike uuid[] := '{{}}';
    BEGIN
        words := ARRAY(
            SELECT k.word FROM people_wordbook k WHERE k.agency_id = asking AND bit_count(k.signature & signed) >= closely);
        FOR person_id, likeness IN
            SELECT b.person_id, b.likeness FROM (
                SELECT n.person_id, n.circle_id, max(similarity(n.key, wanted)) AS likeness FROM (
                    SELECT w.name_id FROM people_nameword w WHERE w.agency_id = asking AND w.word = ANY (words)
                    ORDER BY bit_count(w.signature & signed)::real
                        / (trigrams_of + w.trigrams - bit_count(w.signature & signed)) DESC
                    LIMIT most * 5
                ) near JOIN people_namebook n ON n.name_id = near.name_id AND n.agency_id = asking
                GROUP BY n.person_id, n.circle_id HAVING max(similarity(n.key, wanted)) >= 0.3
                ORDER BY 3 DESC, 1 OFFSET 0
            ) b WHERE {_STANDS} LIMIT most
        LOOP
            alike := alike || person_id;
            RETURN NEXT;
        END LOOP;
        IF cardinality(alike) < most AND length(wanted) >= 3 THEN
            RETURN QUERY
            SELECT b.person_id, max(similarity(b.key, wanted)) FROM (
                SELECT DISTINCT w.name_id FROM people_nameword w
                WHERE w.agency_id = asking AND w.word >= begun
                  AND w.word <= CASE WHEN begun = wanted THEN begun || U&'\\+10FFFF' ELSE begun END
            ) near JOIN people_namebook b ON b.name_id = near.name_id AND b.agency_id = asking
            WHERE (starts_with(b.key, wanted) OR strpos(b.key, ' ' || wanted) > 0)
              AND b.person_id <> ALL (alike) AND {_STANDS}
            GROUP BY b.person_id ORDER BY 2 DESC, 1 LIMIT most - cardinality(alike);
        END IF;
    END $$;
"""

_BEFORE = import_module("breakwater.people.migrations.0003_search_planned_once")._SEARCH
_TRIGRAMS = (
    "CREATE INDEX name_by_agency_and_trigrams ON people_namebook USING gin (agency_id, key gin_trgm_ops);"
)


class Migration(migrations.Migration):
    dependencies = [("people", "0003_search_planned_once")]

    operations = [
        migrations.RunSQL(_WORDS, _NO_WORDS),
        migrations.RunSQL(_SEARCH, _BEFORE),
        migrations.RunSQL("DROP INDEX name_by_agency_and_trigrams;", _TRIGRAMS),
    ]
