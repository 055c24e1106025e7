"""An open case is always within reach of the agency that holds it: the second half of what 0002 keeps.

A case may be held by an agency that was let into the record of another. When its standing there ends, or leaves out what
a case is made of, whoever ends it and however, the case goes in the same transaction to whose record it is: into its duty
queue, whose alarm is due at once, with every promise that runs. A standing that ends by its day is followed by the worker.
"""

from django.db import migrations

# The check runs at the end of the transaction, because a standing that is narrowed ends and begins anew in it. It holds
# each case first, and looks afterwards: two endings at once move a case once. What says what happened is written as the
# journal writes it, by Breakwater itself. The alarm of the duty queue is due at once: nobody there has heard of the case.
_HOME = """
CREATE FUNCTION cases_reaches(the_circle uuid, the_agency uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$ SELECT EXISTS (
        SELECT 1 FROM trust_grant g WHERE g.circle_id = the_circle AND g.agency_id = the_agency AND g.basis = 'care'
            AND ARRAY['who', 'care']::varchar[] <@ g.information
            AND g.starts_at <= clock_timestamp() AND (g.ends_at IS NULL OR g.ends_at > now())) $$;

CREATE FUNCTION cases_comes_home(the_circle uuid, the_agency uuid) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
        home uuid; held record; owner uuid; came integer := 0;
    BEGIN
        IF cases_reaches(the_circle, the_agency) THEN RETURN 0; END IF;
        SELECT opened_by_id INTO home FROM trust_circle WHERE id = the_circle;
        SET CONSTRAINTS an_open_case_is_held DEFERRED;  -- between two of these statements nobody is accountable
        FOR held IN SELECT id, number FROM cases_case c WHERE c.circle_id = the_circle AND c.agency_id = the_agency
            AND NOT EXISTS (SELECT 1 FROM cases_closure k WHERE k.case_id = c.id AND k.ends_at IS NULL)
            ORDER BY id FOR NO KEY UPDATE
        LOOP
            IF the_agency = home THEN
                RAISE EXCEPTION 'an open case is within reach of who holds it' USING ERRCODE = 'check_violation',
                    CONSTRAINT = 'an_open_case_is_within_reach';
            END IF;
            UPDATE cases_assignment SET ends_at = greatest(starts_at, now()) WHERE case_id = held.id AND ends_at IS NULL;
            UPDATE cases_case SET agency_id = home, unit_id = NULL, number = CASE WHEN EXISTS (
                    SELECT 1 FROM cases_case o WHERE o.agency_id = home AND o.number = held.number)
                THEN left(held.number, 11) || '-' || left(replace(held.id::text, '-', ''), 4) ELSE held.number END
                WHERE id = held.id;
            UPDATE clocks_clock SET agency_id = home WHERE episode = held.id AND circle_id = the_circle
                AND agency_id = the_agency AND ended_at IS NULL;
            INSERT INTO clocks_clock (id, circle_id, agency_id, kind, profile, calendar, about, episode,
                    started_at, due_soon_at, due_at, ended_how, excuse)
                SELECT gen_random_uuid(), the_circle, home, 'duty_queue', k.profile, 'hours', held.id, held.id,
                    now(), now(), now() + interval '1 minute', '', ''
                FROM clocks_clock k WHERE k.episode = held.id AND k.ended_at IS NULL ORDER BY k.due_at, k.id LIMIT 1
                ON CONFLICT DO NOTHING;
            INSERT INTO cases_assignment (id, circle_id, case_id, agency_id, part, starts_at)
                VALUES (gen_random_uuid(), the_circle, held.id, home, 'owner', now()) RETURNING id INTO owner;
            INSERT INTO trust_entry (verb, agency_id, circle_id, about, episode, at, facts)
                VALUES ('cases.case_came_home', home, the_circle, owner, held.id, now(),
                    jsonb_build_object('case_id', held.id, 'from_agency_id', the_agency));
            came := came + 1;
        END LOOP;
        RETURN came;
    END $$;

CREATE FUNCTION cases_follow_a_standing() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$ BEGIN PERFORM cases_comes_home(OLD.circle_id, OLD.agency_id); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER an_open_case_is_within_reach AFTER UPDATE OR DELETE ON trust_grant
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.basis = 'care') EXECUTE FUNCTION cases_follow_a_standing();

CREATE FUNCTION cases_left_by_the_day() RETURNS integer
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$ SELECT coalesce(sum(cases_comes_home(g.circle_id, g.agency_id)), 0)::integer FROM (
        SELECT DISTINCT e.circle_id, e.agency_id FROM trust_grant e JOIN cases_case c
            ON c.circle_id = e.circle_id AND c.agency_id = e.agency_id
            WHERE e.basis = 'care' AND e.ends_at <= now() AND e.ends_at > now() - interval '30 days'
                AND NOT EXISTS (SELECT 1 FROM cases_closure k WHERE k.case_id = c.id AND k.ends_at IS NULL)) g $$;
"""
_GONE = """
DROP FUNCTION cases_left_by_the_day();
DROP TRIGGER an_open_case_is_within_reach ON trust_grant;
DROP FUNCTION cases_follow_a_standing();
DROP FUNCTION cases_comes_home(uuid, uuid);
DROP FUNCTION cases_reaches(uuid, uuid);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0014_last_contact_in_an_index"),
        ("clocks", "0002_walls"),
        ("trust", "0028_standings_that_end"),
    ]

    operations = [migrations.RunSQL(_HOME, _GONE)]
