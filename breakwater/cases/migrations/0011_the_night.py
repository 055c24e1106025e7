"""What danger contradicts, held by PostgreSQL; danger from somebody else; the hand-off a case came from, found at once.

The board asks for those in danger now by an index of their own, behind the same wall as in 0009. Somebody in danger now is not safe tonight, whoever writes and in whichever order. A case in which a danger presses ends,
where it is neither settled nor handed on, only with words about it; and while the danger is now, never by whoever read it last.
"""

from django.db import migrations, models
from django.db.models import Q

from breakwater.trust.walls import stands

_NOT_SAFE = """
CREATE FUNCTION cases_nobody_in_danger_now_is_safe() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM cases_gate g WHERE g.case_id = NEW.case_id AND g.kind = 'safe_tonight' AND g.ends_at IS NULL)
            AND EXISTS (SELECT 1 FROM cases_danger d WHERE d.case_id = NEW.case_id AND d.level = 'now' AND d.ends_at IS NULL
                AND d."to" <> 'worker')
            AND NOT EXISTS (SELECT 1 FROM cases_closure c WHERE c.case_id = NEW.case_id AND c.ends_at IS NULL)
        THEN
            RAISE EXCEPTION 'nobody in danger now is safe tonight' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'nobody_in_danger_now_is_safe_tonight';
        END IF;
        RETURN NULL;
    END $$;
CREATE CONSTRAINT TRIGGER nobody_in_danger_now_is_safe_tonight AFTER INSERT ON cases_gate DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.kind = 'safe_tonight') EXECUTE FUNCTION cases_nobody_in_danger_now_is_safe();
CREATE CONSTRAINT TRIGGER nobody_in_danger_now_is_safe_tonight AFTER INSERT ON cases_danger DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.level = 'now') EXECUTE FUNCTION cases_nobody_in_danger_now_is_safe();
"""
_SAFE = """
DROP TRIGGER nobody_in_danger_now_is_safe_tonight ON cases_danger;
DROP TRIGGER nobody_in_danger_now_is_safe_tonight ON cases_gate;
DROP FUNCTION cases_nobody_in_danger_now_is_safe();
"""

_LEFT = """
CREATE FUNCTION cases_left_in_danger() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        IF NEW.words = '' AND EXISTS (SELECT 1 FROM cases_danger d
                WHERE d.case_id = NEW.case_id AND d.ends_at IS NULL AND d.level IN ('likely', 'now')) THEN
            RAISE EXCEPTION 'a case is not left in danger without a word' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_case_is_not_left_in_danger_without_a_word';
        END IF;
        IF NEW.outcome <> 'died' AND EXISTS (SELECT 1 FROM cases_danger d
                WHERE d.case_id = NEW.case_id AND d.ends_at IS NULL AND d.level = 'now'
                    AND d.by_id IS NOT DISTINCT FROM NEW.by_id) THEN
            RAISE EXCEPTION 'nobody leaves somebody in danger now alone' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'nobody_leaves_somebody_in_danger_now_alone';
        END IF;
        RETURN NEW;
    END $$;
CREATE TRIGGER a_case_is_not_left_in_danger BEFORE INSERT ON cases_closure FOR EACH ROW
    WHEN (NEW.ends_at IS NULL AND NEW.outcome NOT IN ('stable', 'handed_off')) EXECUTE FUNCTION cases_left_in_danger();
"""
_NOT_LEFT = """
DROP TRIGGER a_case_is_not_left_in_danger ON cases_closure;
DROP FUNCTION cases_left_in_danger();
"""

_IN_DANGER_NOW = f"""
CREATE VIEW cases_in_danger_now WITH (security_barrier) AS
    SELECT c.id AS case_id, c.number, c.person_id, c.unit_id, c.agency_id, k.id AS clock_id, k.due_at, k.due_soon_at
    FROM (SELECT DISTINCT d.case_id, d.circle_id FROM cases_danger d WHERE d.ends_at IS NULL AND d.level = 'now') pressed
    JOIN cases_case c ON c.id = pressed.case_id AND c.circle_id = pressed.circle_id
    CROSS JOIN LATERAL (
        SELECT r.id, r.due_at, r.due_soon_at FROM clocks_clock r
        WHERE r.episode = c.id AND r.circle_id = c.circle_id AND r.agency_id = c.agency_id AND r.ended_at IS NULL
        ORDER BY r.due_at, r.id LIMIT 1) k
    WHERE {stands("care", circle="c.circle_id")}
"""

_TO = [
    ("self", "To self"),
    ("from_other", "From somebody else"),
    ("others", "To others"),
    ("community", "To the community"),
    ("worker", "To the worker"),
]


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_counted_in_an_index")]

    operations = [
        migrations.AlterField("Danger", "to", models.CharField(choices=_TO, max_length=10)),
        migrations.AddIndex(
            "Case",
            models.Index(
                fields=["came_from"], condition=Q(came_from__isnull=False), name="case_by_its_hand_off"
            ),
        ),
        migrations.AddIndex(
            "Danger",
            models.Index(fields=["case"], condition=Q(ends_at=None, level="now"), name="case_in_danger_now"),
        ),
        migrations.RunSQL(_IN_DANGER_NOW, "DROP VIEW cases_in_danger_now"),
        migrations.RunSQL(_NOT_SAFE, _SAFE),
        migrations.RunSQL(_LEFT, _NOT_LEFT),
    ]
