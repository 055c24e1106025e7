"""The second wall round letters and placements; and which beds are taken, without saying by whom.

A letter is written by its sender, who stands in the circle; read at both ends; answered at both ends; and never
rewritten or thrown away at either. A letter stands at a stage that was reached, so what the stages may not say, the
letter cannot say either.
"""

from django.db import migrations

from breakwater.trust.walls import stands, walled, walled_by_act

_ME = "(SELECT trust_agency())"
_ENDS = f"{_ME} IN ({{table}}.from_agency_id, {{table}}.to_agency_id)"
_STANDS = stands("needs")
_WORKS = stands("needs", works=True)
_OF_A_LETTER = (
    f"{{table}}.by_agency_id = {_ME} AND EXISTS (SELECT 1 FROM {{letter}} l WHERE l.id = {{table}}.{{column}}"
    " AND l.from_agency_id = {table}.from_agency_id AND l.to_agency_id IS NOT DISTINCT FROM {table}.to_agency_id)"
)

_STAYS = """
CREATE FUNCTION referrals_stays_as_sent() RETURNS trigger LANGUAGE plpgsql
    AS $$
    DECLARE
        part text;
    BEGIN
        IF trust_reencrypts(TG_RELID) THEN
            RETURN NEW;
        END IF;
        FOREACH part IN ARRAY TG_ARGV LOOP
            IF to_jsonb(OLD) -> part IS DISTINCT FROM to_jsonb(NEW) -> part THEN
                RAISE EXCEPTION '% of what was sent stays as it was sent', part
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'what_was_sent_stays_as_sent';
            END IF;
        END LOOP;
        RETURN NEW;
    END $$;
"""

_TAKEN = """
CREATE INDEX placement_by_end ON referrals_placement ((coalesce(ends_at, 'infinity'::timestamptz)));

CREATE FUNCTION referrals_taken_beds(at timestamptz)
    RETURNS TABLE (bed_id uuid, until timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT p.bed_id, coalesce(p.ends_at, p.leaves_about) FROM referrals_placement p
        WHERE coalesce(p.ends_at, 'infinity'::timestamptz) > at AND p.starts_at <= at
    $$;
"""

_HANGS = """
CREATE FUNCTION referrals_hangs(the_case uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$ BEGIN
        IF EXISTS (SELECT 1 FROM cases_closure WHERE case_id = the_case AND ends_at IS NULL) AND (
            EXISTS (SELECT 1 FROM referrals_referral WHERE case_id = the_case AND closed_at IS NULL)
            OR EXISTS (SELECT 1 FROM referrals_handoff WHERE case_id = the_case AND closed_at IS NULL)
        ) THEN
            RAISE EXCEPTION 'a closed case leaves no letter unanswered'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'a_closed_case_leaves_no_letter_unanswered';
        END IF;
    END $$;
CREATE FUNCTION referrals_check_case() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN PERFORM referrals_hangs(NEW.case_id); RETURN NULL; END $$;

CREATE CONSTRAINT TRIGGER a_closed_case_leaves_no_letter AFTER INSERT OR UPDATE ON cases_closure
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION referrals_check_case();
CREATE CONSTRAINT TRIGGER a_closed_case_leaves_no_letter AFTER INSERT OR UPDATE ON referrals_referral
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION referrals_check_case();
CREATE CONSTRAINT TRIGGER a_closed_case_leaves_no_letter AFTER INSERT OR UPDATE ON referrals_handoff
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION referrals_check_case();
"""

_HANGS_NO_MORE = """
DROP TRIGGER a_closed_case_leaves_no_letter ON referrals_handoff;
DROP TRIGGER a_closed_case_leaves_no_letter ON referrals_referral;
DROP TRIGGER a_closed_case_leaves_no_letter ON cases_closure;
DROP FUNCTION referrals_check_case();
DROP FUNCTION referrals_hangs(uuid);
"""


def letter(table: str) -> migrations.RunSQL:
    """Written by a sender who stands in the circle, read and answered at both ends."""
    return walled_by_act(
        table, read=_ENDS, written=f"{{table}}.from_agency_id = {_ME} AND {_WORKS}", answered=_ENDS
    )


def stage(table: str, letter_table: str, column: str) -> migrations.RunSQL:
    """Written at either end of a letter that the writer can read, and never changed again."""
    written = _OF_A_LETTER.replace("{letter}", letter_table).replace("{column}", column)
    return walled_by_act(table, read=_ENDS, written=written)


def frozen(table: str, *parts: str) -> migrations.RunSQL:
    """These parts of a row stay as they were first written."""
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_stays BEFORE UPDATE ON {table} FOR EACH ROW"
        f" EXECUTE FUNCTION referrals_stays_as_sent({', '.join(parts)})",
        f"DROP TRIGGER {table}_stays ON {table}",
    )


def stands_at_a_stage(table: str, stage_table: str, column: str) -> migrations.RunSQL:
    """A letter stands at a stage that somebody told."""
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_stands_at_a_stage_it_reached FOREIGN KEY (id, stage)"
        f" REFERENCES {stage_table} ({column}, code) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {table}_stands_at_a_stage_it_reached",
    )


def in_one_circle(part: str) -> migrations.RunSQL:
    """What is part of a case lies in the circle of the case: one key on both columns, in place of one on each."""
    return migrations.RunSQL(
        f"ALTER TABLE referrals_{part} ADD CONSTRAINT {part}_lies_in_the_circle_of_its_case"
        " FOREIGN KEY (case_id, circle_id) REFERENCES cases_case (id, circle_id)",
        f"ALTER TABLE referrals_{part} DROP CONSTRAINT {part}_lies_in_the_circle_of_its_case",
    )


_HOSTS = f"{{table}}.host_id = {_ME}"
_LETTER = ("id", "circle_id", "case_id", "from_agency_id", "to_agency_id", "to_name")


class Migration(migrations.Migration):
    dependencies = [("referrals", "0001_the_loop"), ("trust", "0002_walls"), ("cases", "0002_walls")]

    operations = [
        letter("referrals_referral"),
        letter("referrals_handoff"),
        stage("referrals_stage", "referrals_referral", "referral_id"),
        stage("referrals_handoffstage", "referrals_handoff", "handoff_id"),
        walled_by_act(
            "referrals_placement",
            read=f"{_HOSTS} OR {_STANDS}",
            answered=f"{_HOSTS} OR {_WORKS}",
            written=(
                f"{{table}}.agency_id = {_ME} AND {_WORKS}"
                " AND {table}.host_id = (SELECT b.agency_id FROM resources_bed b WHERE b.id = {table}.bed_id)"
            ),
        ),
        walled("referrals_hearing", "agency"),
        *(in_one_circle(part) for part in ("referral", "handoff", "placement")),
        migrations.RunSQL(_STAYS, "DROP FUNCTION referrals_stays_as_sent();"),
        frozen(
            "referrals_referral",
            *_LETTER,
            "service_id",
            "need",
            "known_as",
            "reach",
            "words",
            "goes_with",
            "sent_at",
            "sent_by_id",
        ),
        frozen("referrals_handoff", *_LETTER, "packet", "offered_at", "offered_by_id"),
        frozen(
            "referrals_placement", "id", "circle_id", "case_id", "bed_id", "agency_id", "host_id", "starts_at"
        ),
        stands_at_a_stage("referrals_referral", "referrals_stage", "referral_id"),
        stands_at_a_stage("referrals_handoff", "referrals_handoffstage", "handoff_id"),
        migrations.RunSQL(
            _TAKEN, "DROP FUNCTION referrals_taken_beds(timestamptz); DROP INDEX placement_by_end;"
        ),
        migrations.RunSQL(_HANGS, _HANGS_NO_MORE),
    ]
