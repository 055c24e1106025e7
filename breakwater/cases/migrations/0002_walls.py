"""The second wall round the episode, and the invariant that names the product.

An open case always has an accountable owner, and at least one running clock. When the owner is a duty queue, its
alarm clock runs. Checked at the end of every transaction that touches a case, its owner, its closure or its
clocks, whoever writes and however.
"""

from django.db import migrations

from breakwater.trust.walls import walled

_TABLES = (
    "case",
    "danger",
    "triage",
    "gate",
    "assignment",
    "note",
    "amendment",
    "barrier",
    "followup",
    "attempt",
    "closure",
)

_HELD = """
CREATE FUNCTION cases_nobody_falls_through(the_case uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
    AS $$
    DECLARE
        owner record;
    BEGIN
        IF the_case IS NULL OR NOT EXISTS (SELECT 1 FROM cases_case WHERE id = the_case)
            OR EXISTS (SELECT 1 FROM cases_closure WHERE case_id = the_case AND ends_at IS NULL)
        THEN
            RETURN;
        END IF;
        SELECT a.worker_id INTO owner FROM cases_assignment a
            WHERE a.case_id = the_case AND a.part = 'owner' AND a.ends_at IS NULL;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'an open case has an accountable owner'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'an_open_case_has_an_accountable_owner';
        END IF;
        IF NOT EXISTS (SELECT 1 FROM clocks_clock WHERE episode = the_case AND ended_at IS NULL) THEN
            RAISE EXCEPTION 'an open case has a running clock'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'an_open_case_has_a_running_clock';
        END IF;
        IF owner.worker_id IS NULL AND NOT EXISTS (
            SELECT 1 FROM clocks_clock WHERE about = the_case AND kind = 'duty_queue' AND ended_at IS NULL
        ) THEN
            RAISE EXCEPTION 'a duty queue that owns a case has a running alarm'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'a_duty_queue_has_a_running_alarm';
        END IF;
    END $$;

CREATE FUNCTION cases_check_case() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN PERFORM cases_nobody_falls_through(NEW.id); RETURN NULL; END $$;
CREATE FUNCTION cases_check_part() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN
        IF TG_OP <> 'INSERT' THEN PERFORM cases_nobody_falls_through(OLD.case_id); END IF;
        IF TG_OP <> 'DELETE' THEN PERFORM cases_nobody_falls_through(NEW.case_id); END IF;
        RETURN NULL;
    END $$;
CREATE FUNCTION cases_check_clock() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN PERFORM cases_nobody_falls_through(OLD.episode); RETURN NULL; END $$;

CREATE CONSTRAINT TRIGGER an_open_case_is_held AFTER INSERT OR UPDATE ON cases_case
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cases_check_case();
CREATE CONSTRAINT TRIGGER an_open_case_is_held AFTER UPDATE OR DELETE ON cases_assignment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cases_check_part();
CREATE CONSTRAINT TRIGGER an_open_case_is_held AFTER INSERT OR UPDATE OR DELETE ON cases_closure
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cases_check_part();
CREATE CONSTRAINT TRIGGER an_open_case_is_held AFTER UPDATE OR DELETE ON clocks_clock
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cases_check_clock();
"""

_FREE = """
DROP TRIGGER an_open_case_is_held ON clocks_clock;
DROP TRIGGER an_open_case_is_held ON cases_closure;
DROP TRIGGER an_open_case_is_held ON cases_assignment;
DROP TRIGGER an_open_case_is_held ON cases_case;
DROP FUNCTION cases_check_clock();
DROP FUNCTION cases_check_part();
DROP FUNCTION cases_check_case();
DROP FUNCTION cases_nobody_falls_through(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_the_episode"), ("clocks", "0002_walls"), ("trust", "0002_walls")]

    operations = [
        *(walled(f"cases_{table}") for table in _TABLES),
        migrations.RunSQL(_HELD, _FREE),
    ]
