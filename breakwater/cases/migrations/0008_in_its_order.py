"""A case goes only the ways that its acts go, whoever writes and however.

What ended has ended: a gate that was lost, an owner who was, a closure that somebody reopened. A closed case takes nothing
more, has nobody's name on it and no clock that runs; settled it is only behind its five gates. Only what says how things
stand is held here, never the words: those may go one day, and what happened stays true.
"""

from django.db import migrations

_PARTS = ("danger", "triage", "gate", "assignment", "followup", "closure", "circumstance")
_IS = {
    "danger": ("to", "level"),
    "triage": ("scheme", "code"),
    "gate": ("kind",),
    "assignment": ("agency_id", "part", "worker_id"),
    "followup": ("kind",),
    "closure": ("outcome",),
    "circumstance": ("kind",),
}
"""What a part of a case says, and goes on saying when it is over: another reading is another row."""

_TAKES_MORE = ("danger", "triage", "gate", "assignment", "followup")
"""What is not added to a closed case."""

_REFUSES = """
CREATE FUNCTION cases_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'check_violation', CONSTRAINT = TG_ARGV[0];
    END $$;
"""

_TAKES_NOTHING = """
CREATE FUNCTION cases_takes_nothing_more() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM cases_closure WHERE case_id = NEW.case_id AND ends_at IS NULL) THEN
            RAISE EXCEPTION 'a closed case takes nothing more' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_closed_case_takes_nothing_more';
        END IF;
        RETURN NEW;
    END $$;
"""

_IS_OVER = """
CREATE FUNCTION cases_is_over() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
        closed record;
    BEGIN
        SELECT c.outcome, k.agency_id INTO closed FROM cases_closure c JOIN cases_case k ON k.id = c.case_id
            WHERE c.id = NEW.id AND c.ends_at IS NULL;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
        IF EXISTS (SELECT 1 FROM cases_assignment WHERE case_id = NEW.case_id AND ends_at IS NULL) THEN
            RAISE EXCEPTION 'nobody is accountable for a closed case' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'nobody_is_accountable_for_a_closed_case';
        END IF;
        IF EXISTS (SELECT 1 FROM clocks_clock
                WHERE episode = NEW.case_id AND agency_id = closed.agency_id AND ended_at IS NULL) THEN
            RAISE EXCEPTION 'no clock runs in a closed case' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'no_clock_runs_in_a_closed_case';
        END IF;
        IF closed.outcome IN ('stable', 'handed_off')
            AND (SELECT count(*) FROM cases_gate WHERE case_id = NEW.case_id AND ends_at IS NULL) < 5 THEN
            RAISE EXCEPTION 'a settled case met its gates' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_settled_case_met_its_gates';
        END IF;
        RETURN NULL;
    END $$;
CREATE CONSTRAINT TRIGGER what_is_closed_is_over AFTER INSERT OR UPDATE ON cases_closure
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cases_is_over();
"""


def never(table: str, name: str, when: str, *, on: str = "UPDATE") -> migrations.RunSQL:
    """A migration operation: a row may never be written so, by whomever; ``name`` is the sentence that says why not.

    Args:
        when: SQL about ``OLD`` and ``NEW`` that is true of what is refused.
        on: ``UPDATE``, perhaps of some columns, or ``INSERT``.
    """
    return migrations.RunSQL(
        f"CREATE TRIGGER {name} BEFORE {on} ON {table} FOR EACH ROW WHEN ({when})"
        f" EXECUTE FUNCTION cases_refuses('{name}')",
        f"DROP TRIGGER {name} ON {table}",
    )


def _stays(part: str) -> migrations.RunSQL:
    says = ("case_id", "circle_id", "starts_at", *_IS[part])
    old, new = (", ".join(f'{row}."{column}"' for column in says) for row in ("OLD", "NEW"))
    changed = f"({old}, OLD.ends_at) IS DISTINCT FROM ({new}, NEW.ends_at)"
    return never(f"cases_{part}", "what_was_has_been", f"OLD.ends_at IS NOT NULL AND {changed}")


def _takes_nothing(part: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER a_closed_case_takes_nothing_more BEFORE INSERT ON cases_{part}"
        " FOR EACH ROW EXECUTE FUNCTION cases_takes_nothing_more()",
        f"DROP TRIGGER a_closed_case_takes_nothing_more ON cases_{part}",
    )


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_watched_device"), ("clocks", "0002_walls")]

    operations = [
        migrations.RunSQL(_REFUSES, "DROP FUNCTION cases_refuses();"),
        *(_stays(part) for part in _PARTS),
        migrations.RunSQL(_TAKES_NOTHING, "DROP FUNCTION cases_takes_nothing_more();"),
        *(_takes_nothing(part) for part in _TAKES_MORE),
        migrations.RunSQL(
            _IS_OVER,
            "DROP TRIGGER what_is_closed_is_over ON cases_closure; DROP FUNCTION cases_is_over();",
        ),
    ]
