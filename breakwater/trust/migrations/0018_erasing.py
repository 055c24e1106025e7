"""The one way in which what is written may go: a function of the owner's, with its own checks.

What stands in no table of ours but in files (how each table is erased, how long a law wants what kept) is copied into two tables
when the database is brought up to date; the role that serves reads them and writes neither. The function believes those
two, and the rows of the desk; never what it is told. It takes a record away in one statement for all tables and one for
what is derived from them, so that there is no half of it that could be left behind.
"""

from django.db import migrations

from breakwater.trust.rules.sealing import digest_of
from breakwater.trust.walls import append_only, changes_only, never_deleted, stands, walled, walled_by_act

_TABLES = """
CREATE TABLE trust_erasable (
    name text PRIMARY KEY, goes boolean NOT NULL, chosen text NOT NULL, sets text NOT NULL, afterwards boolean NOT NULL,
    unless text NOT NULL, why text NOT NULL
);
CREATE TABLE trust_retentionlaw (
    law text NOT NULL, rule text NOT NULL, after text NOT NULL, years integer NOT NULL, age integer NOT NULL,
    kinds text[] NOT NULL, but text[] NOT NULL, PRIMARY KEY (law, rule)
);
CREATE TABLE trust_blanked (
    id bigserial PRIMARY KEY, agency_id uuid NOT NULL REFERENCES trust_agency,
    erasure_id uuid NOT NULL REFERENCES trust_erasure,
    row bigint NOT NULL UNIQUE, was bytea NOT NULL, became bytea NOT NULL
);
"""

# Only in here, only as the owner of the table and only in the transaction in which the function said so.
_APPEND_ONLY = """
CREATE FUNCTION trust_erases(the_table oid) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$ SELECT current_setting('breakwater.erasing', true) = pg_current_xact_id_if_assigned()::text
        AND current_user = (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = the_table) $$;

CREATE OR REPLACE FUNCTION trust_is_append_only() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN
        IF TG_OP = 'UPDATE' AND trust_reencrypts(TG_RELID) THEN
            RETURN NEW;
        END IF;
        IF TG_OP IN ('UPDATE', 'DELETE') AND trust_erases(TG_RELID) THEN
            IF TG_LEVEL = 'STATEMENT' THEN RETURN NULL; END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'what is written in % stays written', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END $$;
"""
_AS_BEFORE = """
CREATE OR REPLACE FUNCTION trust_is_append_only() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN
        IF TG_OP = 'UPDATE' AND trust_reencrypts(TG_RELID) THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'what is written in % stays written', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END $$;
DROP FUNCTION trust_erases(oid);
"""

# Who says something, says it for themselves; and only the function writes that something was erased.
_MOVES_ON = """
CREATE FUNCTION trust_erasure_moves_on() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN
        IF NEW.proposed_by_id IS DISTINCT FROM OLD.proposed_by_id AND NEW.proposed_by_id IS DISTINCT FROM trust_user()
            OR NEW.decided_by_id IS DISTINCT FROM OLD.decided_by_id AND NEW.decided_by_id IS DISTINCT FROM trust_user()
        THEN
            RAISE EXCEPTION 'who proposes and who decides says so themselves'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'an_erasure_is_said_by_oneself';
        END IF;
        IF (NEW.erased_at, NEW.counts, NEW.proof) IS DISTINCT FROM (OLD.erased_at, OLD.counts, OLD.proof)
            AND trust_erases(TG_RELID) IS NOT TRUE
        THEN
            RAISE EXCEPTION 'only what was erased is written down as erased'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'only_erasing_says_that_it_erased';
        END IF;
        RETURN NEW;
    END $$;
CREATE TRIGGER an_erasure_moves_on BEFORE UPDATE ON trust_erasure
    FOR EACH ROW EXECUTE FUNCTION trust_erasure_moves_on();
CREATE TRIGGER found_at_stays_said BEFORE UPDATE ON trust_erasure FOR EACH ROW EXECUTE FUNCTION
    trust_stays_said('found_at', 'circle_id', 'agency_id', 'because', 'request', 'law', 'rules', 'kept_until');
CREATE TRIGGER proposed_at_stays_said BEFORE UPDATE ON trust_erasure FOR EACH ROW EXECUTE FUNCTION
    trust_stays_said('proposed_at', 'proposed_by_id');
CREATE TRIGGER decided_at_stays_said BEFORE UPDATE ON trust_erasure FOR EACH ROW EXECUTE FUNCTION
    trust_stays_said('decided_at', 'decided_by_id', 'decision', 'words', 'again_on');
CREATE TRIGGER erased_at_stays_said BEFORE UPDATE ON trust_erasure FOR EACH ROW EXECUTE FUNCTION
    trust_stays_said('erased_at', 'counts', 'proof');
CREATE TRIGGER starts_at_stays_said BEFORE UPDATE ON trust_legalhold FOR EACH ROW EXECUTE FUNCTION
    trust_stays_said('starts_at', 'circle_id', 'agency_id', 'reason', 'by_id');
CREATE TRIGGER ends_at_stays_said BEFORE UPDATE ON trust_legalhold FOR EACH ROW EXECUTE FUNCTION
    trust_stays_said('ends_at', 'ended_by_id', 'lifted_because');
"""
_MOVES_FREELY = """
DROP TRIGGER ends_at_stays_said ON trust_legalhold; DROP TRIGGER starts_at_stays_said ON trust_legalhold;
DROP TRIGGER erased_at_stays_said ON trust_erasure; DROP TRIGGER decided_at_stays_said ON trust_erasure;
DROP TRIGGER proposed_at_stays_said ON trust_erasure; DROP TRIGGER found_at_stays_said ON trust_erasure;
DROP TRIGGER an_erasure_moves_on ON trust_erasure; DROP FUNCTION trust_erasure_moves_on();
"""

# What the desk itself writes (that somebody asked, that a clock for the answer runs) is no new care for the person.
_KEPT = """
CREATE FUNCTION trust_kept(circles uuid[])
    RETURNS TABLE (circle uuid, rule text, happened timestamptz, by_law timestamptz, until timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT c.id, l.rule, w.happened, w.happened + make_interval(years => l.years),
            w.happened + make_interval(years => greatest(l.years, coalesce(own.years, 0)))
        FROM trust_circle c
        JOIN trust_agency a ON a.id = c.opened_by_id AND a.id = trust_agency()
        JOIN trust_retentionlaw l ON l.after <> 'birth' AND NOT a.kind = ANY (l.but)
            AND ('*' = ANY (l.kinds) OR a.kind = ANY (l.kinds))
            AND l.law = coalesce((SELECT min(x.law) FROM trust_retentionlaw x WHERE x.law = a.profile), 'us')
        LEFT JOIN trust_term own ON own.agency_id = a.id AND own.rule = l.rule AND own.ends_at IS NULL
        CROSS JOIN LATERAL (SELECT CASE l.after
            WHEN 'last_entry' THEN greatest(c.opened_at, (SELECT max(e.at) FROM trust_entry e
                WHERE e.circle_id = c.id AND e.verb !~ '^(trust|clocks)[.]'))
            WHEN 'last_disclosure' THEN (SELECT max(d.at) FROM trust_decision d WHERE d.circle_id = c.id
                AND d.agency_id = a.id AND d.answer = 'permit' AND (d.recipient_id IS NOT NULL OR d.recipient_name <> ''))
            WHEN 'last_consent' THEN (SELECT max(coalesce(s.withdrawn_at, s.ends_at, s.starts_at)) FROM trust_consent s
                WHERE s.circle_id = c.id)
            WHEN 'last_answer' THEN (SELECT max(coalesce(q.answered_at, q.received_at)) FROM trust_recordrequest q
                WHERE q.circle_id = c.id AND q.kind <> 'erasure')
            END) w (happened)
        WHERE c.id = ANY (circles) AND w.happened IS NOT NULL
    $$;
"""

_ERASE = """
CREATE FUNCTION trust_why_not_erased(erasure uuid) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
    DECLARE
        e trust_erasure; one record; is_so boolean;
    BEGIN
        SELECT * INTO e FROM trust_erasure WHERE id = erasure AND agency_id = trust_agency();
        IF NOT FOUND THEN RETURN 'not_there'; END IF;
        IF NOT EXISTS (SELECT 1 FROM trust_circle WHERE id = e.circle_id AND opened_by_id = e.agency_id) THEN
            RETURN 'not_ours';
        END IF;
        IF EXISTS (SELECT 1 FROM trust_legalhold WHERE circle_id = e.circle_id AND ends_at IS NULL) THEN
            RETURN 'held';
        END IF;
        IF EXISTS (SELECT 1 FROM trust_grant g WHERE g.circle_id = e.circle_id AND g.agency_id <> e.agency_id
            AND g.basis = 'care' AND (g.ends_at IS NULL OR g.ends_at > clock_timestamp())) THEN
            RETURN 'cared_for';
        END IF;
        IF EXISTS (SELECT 1 FROM trust_recordrequest WHERE circle_id = e.circle_id AND answered_at IS NULL) THEN
            RETURN 'asked_about';
        END IF;
        IF e.because = 'asked' AND NOT EXISTS (SELECT 1 FROM trust_recordrequest q WHERE q.id = e.request
            AND q.circle_id = e.circle_id AND q.kind = 'erasure' AND q.outcome = 'granted') THEN
            RETURN 'not_granted';
        END IF;
        IF EXISTS (SELECT 1 FROM trust_kept(ARRAY[e.circle_id]) k WHERE clock_timestamp()
            < CASE e.because WHEN 'asked' THEN k.by_law ELSE k.until END) THEN
            RETURN 'not_due';
        END IF;
        FOR one IN SELECT * FROM trust_erasable WHERE unless <> '' ORDER BY name LOOP
            EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I it WHERE (%s) AND (%s))', one.name, one.chosen, one.unless)
                INTO is_so USING e.circle_id, ARRAY[]::text[], e.agency_id;
            IF is_so THEN RETURN one.why; END IF;
        END LOOP;
        RETURN '';
    END $$;

CREATE FUNCTION trust_would_go(erasure uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
    DECLARE
        e trust_erasure; one record; many bigint; found jsonb := '{}';
    BEGIN
        SELECT * INTO e FROM trust_erasure WHERE id = erasure AND agency_id = trust_agency();
        FOR one IN SELECT * FROM trust_erasable WHERE goes AND NOT afterwards LOOP
            EXECUTE format('SELECT count(*) FROM %I it WHERE %s', one.name, one.chosen) INTO many
                USING e.circle_id, ARRAY[]::text[], e.agency_id;
            IF many > 0 THEN found := found || jsonb_build_object(one.name, many); END IF;
        END LOOP;
        RETURN found;
    END $$;

CREATE FUNCTION trust_take_away(the_circle uuid, ids text[], agency uuid, later boolean)
    RETURNS TABLE (counts jsonb, gone text[])
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
    AS $$
    DECLARE acts text; counted text; named text;
    BEGIN
        SELECT string_agg(format(CASE WHEN goes THEN 'the_%1$s AS (DELETE FROM %1$I it WHERE %2$s RETURNING ID)'
                ELSE 'the_%1$s AS (UPDATE %1$I it SET %3$s WHERE %2$s RETURNING ID)' END, name, chosen, sets), ', '),
            string_agg(format('SELECT %L, (SELECT count(*) FROM the_%s)', name, name), ' UNION ALL '),
            string_agg(format('SELECT id FROM the_%s', name), ' UNION ALL ')
            INTO acts, counted, named FROM trust_erasable WHERE afterwards = later AND (goes OR sets <> '');
        RETURN QUERY EXECUTE format(
            'WITH %s SELECT (SELECT jsonb_object_agg(k, n) FROM (%s) x (k, n) WHERE n > 0), ARRAY(%s)',
            replace(acts, 'RETURNING ID', 'RETURNING to_jsonb(it) ->> ''id'' AS id'), counted, named)
            USING the_circle, ids, agency;
    END $$;

CREATE FUNCTION trust_erase(erasure uuid) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
    DECLARE
        e trust_erasure; whole record; derived record; words bigint[]; proved text; why text;
    BEGIN
        SELECT * INTO e FROM trust_erasure WHERE id = erasure AND agency_id = trust_agency() FOR UPDATE;
        IF e.erased_at IS NOT NULL THEN RETURN e.counts; END IF;
        IF e.decision IS DISTINCT FROM 'erase' OR e.proposed_by_id IS NULL OR e.decided_by_id IS NULL
            OR e.decided_by_id = e.proposed_by_id OR e.decided_by_id IS DISTINCT FROM trust_user() THEN
            why := 'two_people';
        ELSE
            PERFORM 1 FROM trust_circle WHERE id = e.circle_id FOR UPDATE;
            why := trust_why_not_erased(erasure);
        END IF;
        IF why <> '' THEN
            RAISE EXCEPTION 'this record is not erased: %', why
                USING ERRCODE = 'check_violation', CONSTRAINT = 'a_record_is_not_erased';
        END IF;
        PERFORM set_config('breakwater.erasing', pg_current_xact_id()::text, true);
        INSERT INTO trust_blanked (agency_id, erasure_id, row, was, became)
            SELECT e.agency_id, e.id, r.id, DIGEST, '' FROM trust_decision r
            WHERE r.circle_id = e.circle_id AND r.agency_id = e.agency_id;
        SELECT * INTO whole FROM trust_take_away(e.circle_id, ARRAY[]::text[], e.agency_id, false);
        SELECT * INTO derived FROM trust_take_away(
            e.circle_id, array_remove(whole.gone, NULL) || e.circle_id::text, e.agency_id, true);
        UPDATE trust_blanked b SET became = DIGEST FROM trust_decision r WHERE r.id = b.row AND b.erasure_id = e.id;
        SELECT coalesce(encode(sha256(convert_to(string_agg(
            b.row || ':' || encode(b.was, 'hex') || ':' || encode(b.became, 'hex'), ',' ORDER BY b.row), 'UTF8')), 'hex'), '')
            INTO proved FROM trust_blanked b WHERE b.erasure_id = e.id;
        SET CONSTRAINTS ALL IMMEDIATE;
        UPDATE trust_erasure SET erased_at = clock_timestamp(), proof = proved,
            counts = coalesce(whole.counts, '{}') || coalesce(derived.counts, '{}')
            WHERE id = erasure RETURNING * INTO e;
        PERFORM set_config('breakwater.erasing', '', true);
        SET CONSTRAINTS ALL DEFERRED;
        RETURN e.counts;
    END $$;
""".replace("DIGEST", digest_of("decision"))
_NEVER = """
DROP FUNCTION trust_erase(uuid); DROP FUNCTION trust_take_away(uuid, text[], uuid, boolean);
DROP FUNCTION trust_would_go(uuid);
DROP FUNCTION trust_why_not_erased(uuid); DROP FUNCTION trust_kept(uuid[]);
"""
_OURS = "{table}.agency_id = (SELECT trust_agency())"
_FOUND = (
    f"{_OURS} AND {{table}}.decided_by_id IS NULL"
    " AND ({table}.proposed_by_id IS NULL OR {table}.proposed_by_id = (SELECT trust_user()))"
)


class Migration(migrations.Migration):
    dependencies = [("trust", "0017_keeping_and_erasing")]

    operations = [
        migrations.RunSQL(
            _TABLES, "DROP TABLE trust_blanked; DROP TABLE trust_retentionlaw; DROP TABLE trust_erasable;"
        ),
        migrations.RunSQL(
            """ALTER TABLE trust_blanked ENABLE ROW LEVEL SECURITY; ALTER TABLE trust_blanked FORCE ROW LEVEL SECURITY;
            CREATE POLICY keeper ON trust_blanked TO CURRENT_USER USING (true) WITH CHECK (true);""",
            "DROP POLICY keeper ON trust_blanked;",
        ),
        migrations.RunSQL(_APPEND_ONLY, _AS_BEFORE),
        walled("trust_term", "agency"),
        walled("trust_retentionrun", "agency"),
        walled("trust_legalhold", condition=f"{_OURS} AND {stands('who')}"),
        walled_by_act("trust_erasure", read=_OURS, written=_FOUND, answered=_OURS),
        append_only("trust_retentionrun"),
        changes_only("trust_term", "ends_at"),
        never_deleted("trust_legalhold"),
        never_deleted("trust_erasure"),
        migrations.RunSQL(_MOVES_ON, _MOVES_FREELY),
        migrations.RunSQL(_KEPT + _ERASE, _NEVER),
    ]
