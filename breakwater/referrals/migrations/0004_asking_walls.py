"""The walls round rounds, asks, questions and holds; and who wins, by the clock and the rows of the database alone.

A round is won once: one unique row. When a hold begins and runs out is written by PostgreSQL, whatever was sent along.
A bed that is held is given to nobody else, neither by another hold nor by a placement; whoever wants it waits for the
row of the bed, so that two who look at once do not both see it free.
"""

from importlib import import_module

from django.db import migrations

from breakwater.trust.walls import never_deleted, stands, walled_by_circle

_walls = import_module("breakwater.referrals.migrations.0002_walls")

_ME = "(SELECT trust_agency())"
_ENDS = f"{_ME} IN ({{table}}.from_agency_id, {{table}}.to_agency_id)"
_OF_OUR_ROUND = (
    f"{{table}}.from_agency_id = {_ME} AND EXISTS (SELECT 1 FROM referrals_round r WHERE r.id = {{table}}.round_id"
    f" AND r.agency_id = {_ME} AND {stands('needs', circle='r.circle_id', works=True)})"
    " AND {table}.to_agency_id = (SELECT p.agency_id FROM resources_program p WHERE p.id = {table}.program_id)"
)
_OF_OUR_ASK = (
    f"{{table}}.to_agency_id = {_ME} AND EXISTS (SELECT 1 FROM referrals_ask a WHERE a.id = {{table}}.ask_id"
    " AND a.to_agency_id = {table}.to_agency_id AND a.from_agency_id = {table}.from_agency_id AND {same})"
)
_WE_KEEP_IT = f"{_ME} = (SELECT b.agency_id FROM resources_bed b WHERE b.id = {{table}}.bed_id)"

# An ask is answered by the place, called off by those who asked, and neither twice. A yes stands only beside its hold.
_MOVES_ON = """
CREATE FUNCTION referrals_ask_moves_on() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF trust_reencrypts(TG_RELID) THEN
            RETURN NEW;
        END IF;
        IF OLD.stage <> 'waiting' OR NEW.stage = 'waiting' THEN
            RAISE EXCEPTION 'an ask is answered once' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'an_ask_is_answered_once';
        END IF;
        IF trust_agency() IS DISTINCT FROM
                (CASE NEW.stage WHEN 'called_off' THEN NEW.from_agency_id ELSE NEW.to_agency_id END) THEN
            RAISE EXCEPTION 'a place answers, and those who asked call off' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_place_answers_and_those_who_asked_call_off';
        END IF;
        RETURN NEW;
    END $$;
CREATE TRIGGER an_ask_moves_on BEFORE UPDATE ON referrals_ask FOR EACH ROW EXECUTE FUNCTION referrals_ask_moves_on();

CREATE FUNCTION referrals_yes_has_its_hold() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM referrals_ask a WHERE a.id = NEW.id AND (a.stage = 'accepted')
                <> EXISTS (SELECT 1 FROM referrals_hold h WHERE h.ask_id = a.id)) THEN
            RAISE EXCEPTION 'a yes stands beside its hold' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_yes_stands_beside_its_hold';
        END IF;
        RETURN NULL;
    END $$;
CREATE CONSTRAINT TRIGGER a_yes_stands_beside_its_hold AFTER INSERT OR UPDATE ON referrals_ask
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION referrals_yes_has_its_hold();
"""

_MOVES_ON_NO_MORE = """
DROP TRIGGER a_yes_stands_beside_its_hold ON referrals_ask;
DROP FUNCTION referrals_yes_has_its_hold();
DROP TRIGGER an_ask_moves_on ON referrals_ask;
DROP FUNCTION referrals_ask_moves_on();
"""

_HELD = """
CREATE FUNCTION referrals_bed_in_turn(the_bed uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        PERFORM 1 FROM resources_bed WHERE id = the_bed FOR NO KEY UPDATE;
        UPDATE referrals_hold SET ended_at = expires_at, ended_how = 'ran_out'
            WHERE bed_id = the_bed AND ended_at IS NULL AND expires_at <= clock_timestamp();
    END $$;
REVOKE ALL ON FUNCTION referrals_bed_in_turn(uuid) FROM PUBLIC;

CREATE FUNCTION referrals_hold_begins() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
        won record;
    BEGIN
        SELECT r.hold_for, r.closed_at INTO won FROM referrals_round r WHERE r.id = NEW.round_id FOR NO KEY UPDATE;
        IF won.closed_at IS NOT NULL THEN
            RAISE EXCEPTION 'a closed round is won by nobody' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_closed_round_is_won_by_nobody';
        END IF;
        PERFORM referrals_bed_in_turn(NEW.bed_id);
        IF EXISTS (SELECT 1 FROM referrals_placement p WHERE p.bed_id = NEW.bed_id AND p.ends_at IS NULL) THEN
            RAISE EXCEPTION 'somebody has this bed' USING ERRCODE = 'exclusion_violation',
                CONSTRAINT = 'a_held_bed_is_given_to_nobody_else';
        END IF;
        NEW.starts_at := clock_timestamp();
        NEW.expires_at := NEW.starts_at + won.hold_for;
        NEW.ended_at := NULL;
        RETURN NEW;
    END $$;
CREATE TRIGGER a_hold_begins_now BEFORE INSERT ON referrals_hold
    FOR EACH ROW EXECUTE FUNCTION referrals_hold_begins();

CREATE FUNCTION referrals_bed_is_held() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        PERFORM referrals_bed_in_turn(NEW.bed_id);
        IF EXISTS (SELECT 1 FROM referrals_hold h WHERE h.bed_id = NEW.bed_id AND h.ended_at IS NULL) THEN
            RAISE EXCEPTION 'this bed is held for somebody' USING ERRCODE = 'exclusion_violation',
                CONSTRAINT = 'a_held_bed_is_given_to_nobody_else';
        END IF;
        RETURN NEW;
    END $$;
CREATE TRIGGER a_held_bed_is_given_to_nobody_else BEFORE INSERT ON referrals_placement
    FOR EACH ROW EXECUTE FUNCTION referrals_bed_is_held();

CREATE FUNCTION referrals_hold_ends_once() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.ended_at IS NOT NULL AND NOT trust_reencrypts(TG_RELID) THEN
            RAISE EXCEPTION 'a hold ends once' USING ERRCODE = 'check_violation', CONSTRAINT = 'a_hold_ends_once';
        END IF;
        RETURN NEW;
    END $$;
CREATE TRIGGER a_hold_ends_once BEFORE UPDATE ON referrals_hold
    FOR EACH ROW EXECUTE FUNCTION referrals_hold_ends_once();
"""

_HELD_NO_MORE = """
DROP TRIGGER a_hold_ends_once ON referrals_hold;
DROP FUNCTION referrals_hold_ends_once();
DROP TRIGGER a_held_bed_is_given_to_nobody_else ON referrals_placement;
DROP FUNCTION referrals_bed_is_held();
DROP TRIGGER a_hold_begins_now ON referrals_hold;
DROP FUNCTION referrals_hold_begins();
DROP FUNCTION referrals_bed_in_turn(uuid);
"""

_TAKEN = """
CREATE OR REPLACE FUNCTION referrals_taken_beds(at timestamptz)
    RETURNS TABLE (bed_id uuid, until timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT p.bed_id, coalesce(p.ends_at, p.leaves_about) FROM referrals_placement p
        WHERE coalesce(p.ends_at, 'infinity'::timestamptz) > at AND p.starts_at <= at
        UNION ALL
        SELECT h.bed_id, h.expires_at FROM referrals_hold h
        WHERE h.ended_at IS NULL AND h.expires_at > clock_timestamp()
    $$;
"""

_TAKEN_BEFORE = _walls._TAKEN[_walls._TAKEN.index("CREATE FUNCTION") :].replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)
"""Undone, beds are taken by placements alone: there are no holds any more."""

_WON = """
CREATE FUNCTION referrals_won_rounds() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT h.round_id FROM referrals_hold h JOIN referrals_ask a ON a.round_id = h.round_id
        WHERE a.to_agency_id = (SELECT trust_agency()) AND a.stage = 'waiting'
    $$;
"""

# What the board's word was worth: of those asked when the board listed room, how many said yes and kept to it. Whoever
# was called off before an answer was due is not counted; whoever let the time pass is. Says of places, never of people.
_TRUTH = """
CREATE FUNCTION referrals_board_truth(since timestamptz)
    RETURNS TABLE (program_id uuid, asked bigint, accepted bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT a.program_id, count(*), count(*) FILTER (
            WHERE a.stage = 'accepted' AND h.ended_how IS DISTINCT FROM 'withdrawn')
        FROM referrals_ask a LEFT JOIN referrals_hold h ON h.ask_id = a.id
        WHERE a.asked_at >= since AND a.listed_open > 0
            AND (a.stage IN ('accepted', 'declined') OR a.due_at <= coalesce(a.over_at, clock_timestamp()))
        GROUP BY a.program_id
    $$;
CREATE FUNCTION referrals_refusals(since timestamptz)
    RETURNS TABLE (program_id uuid, reason varchar, times bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT a.program_id, a.reason, count(*) FROM referrals_ask a
        WHERE a.over_at >= since AND a.stage = 'declined' GROUP BY a.program_id, a.reason
    $$;
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0003_asking"), ("trust", "0002_walls"), ("cases", "0002_walls")]

    operations = [
        walled_by_circle("referrals_round", "needs", also=f"{{table}}.agency_id = {_ME}"),
        _walls.in_one_circle("round"),
        never_deleted("referrals_round"),
        _walls.walled_by_act("referrals_ask", read=_ENDS, written=_OF_OUR_ROUND, answered=_ENDS),
        _walls.walled_by_act(
            "referrals_question",
            read=_ENDS,
            written=_OF_OUR_ASK.replace("{same}", "a.stage = 'waiting'"),
            answered=f"{{table}}.from_agency_id = {_ME}",
        ),
        _walls.walled_by_act(
            "referrals_hold",
            read=_ENDS,
            written=f"{_OF_OUR_ASK.replace('{same}', 'a.round_id = {table}.round_id')} AND {_WE_KEEP_IT}",
            answered=_ENDS,
        ),
        _walls.frozen(
            "referrals_round",
            "id",
            "circle_id",
            "case_id",
            "kind",
            "agency_id",
            "hold_for",
            "asked_at",
            "by_id",
        ),
        _walls.frozen(
            *(
                "referrals_ask",
                "id",
                "round_id",
                "from_agency_id",
                "to_agency_id",
                "program_id",
                "facts",
                "words",
            ),
            *("listed_open", "asked_at", "due_at"),
        ),
        _walls.frozen(
            *("referrals_question", "id", "ask_id", "from_agency_id", "to_agency_id", "words", "at", "by_id"),
        ),
        _walls.frozen(
            *("referrals_hold", "id", "round_id", "ask_id", "from_agency_id", "to_agency_id", "bed_id"),
            *("starts_at", "expires_at", "by_id"),
        ),
        migrations.RunSQL(_MOVES_ON, _MOVES_ON_NO_MORE),
        migrations.RunSQL(_HELD, _HELD_NO_MORE),
        migrations.RunSQL(_TAKEN, _TAKEN_BEFORE),
        migrations.RunSQL(_WON, "DROP FUNCTION referrals_won_rounds();"),
        migrations.RunSQL(
            _TRUTH,
            "DROP FUNCTION referrals_refusals(timestamptz); DROP FUNCTION referrals_board_truth(timestamptz);",
        ),
    ]
