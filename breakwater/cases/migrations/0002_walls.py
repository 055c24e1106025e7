"""The second wall round the episode, and the invariant that names the product.

An open case always has an accountable owner of the agency that holds it, and at least one running clock of that
agency. When the owner is a duty queue, its alarm clock runs. Checked at the end of every transaction that touches a
case, its owner, its closure or its clocks, whoever writes and however.
"""

from django.db import migrations

from breakwater.trust.walls import append_only, changes_only, walled_by_circle

_PARTS = ("danger", "triage", "gate", "assignment", "note", "barrier", "followup", "closure")

# A part of a case lies in the circle of its case. One key on both columns, in place of one on each: otherwise an
# agency could write a closure into somebody else's case from within a circle of its own, where its wall lets it write.
_ONE_CIRCLE = [
    "ALTER TABLE cases_case ADD CONSTRAINT a_case_lies_in_one_circle UNIQUE (id, circle_id)",
    *(
        f"ALTER TABLE cases_{part} ADD CONSTRAINT {part}_lies_in_the_circle_of_its_case"
        " FOREIGN KEY (case_id, circle_id) REFERENCES cases_case (id, circle_id)"
        for part in _PARTS
    ),
]
_MANY_CIRCLES = [
    *(f"ALTER TABLE cases_{part} DROP CONSTRAINT {part}_lies_in_the_circle_of_its_case" for part in _PARTS),
    "ALTER TABLE cases_case DROP CONSTRAINT a_case_lies_in_one_circle",
]

# The same for what hangs on a note or a follow-up; rarely written, so the wall asks.
_IN_ITS_NOTE = (
    "EXISTS (SELECT 1 FROM cases_note n WHERE n.id = {table}.note_id AND n.circle_id = {table}.circle_id)"
)
_IN_ITS_FOLLOW_UP = "EXISTS (SELECT 1 FROM cases_followup f WHERE f.id = {table}.follow_up_id AND f.circle_id = {table}.circle_id)"

# What belongs to the record is ended, never deleted.
_NEVER_DELETED = [
    f"CREATE TRIGGER cases_{table}_is_never_deleted BEFORE DELETE OR TRUNCATE ON cases_{table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION trust_is_append_only()"
    for table in ("case", *(part for part in _PARTS if part != "note"))
]
_DELETED = [
    f"DROP TRIGGER cases_{table}_is_never_deleted ON cases_{table}"
    for table in ("case", *(part for part in _PARTS if part != "note"))
]

# Two transactions at once could each end one of the last two clocks, and each still see the other's running. The
# check therefore holds the case first and looks afterwards: the second waits, then sees what the first has done. In
# stricter isolation it would go on looking at the past, so these are refused.
_HELD = """
CREATE FUNCTION cases_nobody_falls_through(the_case uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
    DECLARE
        held record;
        owner record;
    BEGIN
        SELECT circle_id, agency_id INTO held FROM cases_case WHERE id = the_case FOR NO KEY UPDATE;
        IF NOT FOUND OR EXISTS (SELECT 1 FROM cases_closure WHERE case_id = the_case AND ends_at IS NULL) THEN
            RETURN;
        END IF;
        IF current_setting('transaction_isolation') <> 'read committed' THEN
            RAISE EXCEPTION 'an open case changes in read committed transactions only'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'an_open_case_has_an_accountable_owner';
        END IF;
        SELECT a.worker_id INTO owner FROM cases_assignment a
            WHERE a.case_id = the_case AND a.part = 'owner' AND a.ends_at IS NULL AND a.agency_id = held.agency_id;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'an open case has an accountable owner'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'an_open_case_has_an_accountable_owner';
        END IF;
        IF NOT EXISTS (
            SELECT 1 FROM clocks_clock k WHERE k.episode = the_case AND k.ended_at IS NULL
                AND k.circle_id = held.circle_id AND k.agency_id = held.agency_id
        ) THEN
            RAISE EXCEPTION 'an open case has a running clock'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'an_open_case_has_a_running_clock';
        END IF;
        IF owner.worker_id IS NULL AND NOT EXISTS (
            SELECT 1 FROM clocks_clock k WHERE k.about = the_case AND k.kind = 'duty_queue' AND k.ended_at IS NULL
                AND k.circle_id = held.circle_id AND k.agency_id = held.agency_id
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
CREATE CONSTRAINT TRIGGER an_open_case_is_held
    AFTER DELETE OR UPDATE OF id, circle_id, agency_id, kind, about, episode, ended_at ON clocks_clock
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
        *(walled_by_circle(f"cases_{table}", "care", tagged=table == "note") for table in ("case", *_PARTS)),
        walled_by_circle("cases_amendment", "care", tagged=True, also=_IN_ITS_NOTE),
        walled_by_circle("cases_attempt", "care", also=_IN_ITS_FOLLOW_UP),
        migrations.RunSQL(_ONE_CIRCLE, _MANY_CIRCLES),
        *(changes_only(f"cases_{table}", "segments") for table in ("note", "amendment")),
        append_only("cases_attempt"),
        migrations.RunSQL(_NEVER_DELETED, _DELETED),
        migrations.RunSQL(_HELD, _FREE),
    ]
