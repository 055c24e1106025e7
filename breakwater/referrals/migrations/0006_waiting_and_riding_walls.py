"""The walls round waiting lists, offers, rides, their stops and their passengers.

An offer is a hold: the row that keeps a bed is the same, so one unique row says for both who has it. An entry of a list
ends once, the house alone orders it, and everybody else learns a number. A hidden stop of a ride is read by its writer,
by whose place it is, and by the driver while the ride is theirs and not over.
"""

from importlib import import_module

from django.db import migrations

from breakwater.trust.walls import append_only, stands

_walls = import_module("breakwater.referrals.migrations.0002_walls")
_asking = import_module("breakwater.referrals.migrations.0004_asking_walls")

_ME = "(SELECT trust_agency())"
_I = "(SELECT trust_user())"
_ENDS = f"{_ME} IN ({{table}}.from_agency_id, {{table}}.to_agency_id)"
_WORKS = stands("needs", works=True)
_KEPT = "(SELECT p.agency_id FROM resources_program p WHERE p.id = {table}.program_id)"

_OF_OUR_LIST = (
    "{table}.wait_id IS NOT NULL AND EXISTS (SELECT 1 FROM referrals_wait w, resources_program p, resources_bed b"
    " WHERE w.id = {table}.wait_id AND w.to_agency_id = {table}.to_agency_id"
    " AND w.from_agency_id = {table}.from_agency_id AND p.id = w.program_id AND b.id = {table}.bed_id"
    " AND b.place_id = p.place_id AND b.kind = p.kind)"
)
_WON = f"{_asking._OF_OUR_ASK.replace('{same}', 'a.round_id = {table}.round_id')}"
_HOLD = "referrals_hold"
_WRITER = f"CREATE POLICY writer ON {_HOLD} FOR INSERT WITH CHECK "
_WRITTEN = (
    f"({_WON} OR ({{table}}.to_agency_id = {_ME} AND {_OF_OUR_LIST})) AND {_asking._WE_KEEP_IT}".format(
        table=_HOLD
    )
)
_WRITTEN_BEFORE = f"{_WON} AND {_asking._WE_KEEP_IT}".format(table=_HOLD)

_OFFERED = """
CREATE OR REPLACE FUNCTION referrals_hold_begins() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
        won record;
    BEGIN
        IF NEW.wait_id IS NULL THEN
            SELECT r.hold_for, r.closed_at INTO won FROM referrals_round r WHERE r.id = NEW.round_id FOR NO KEY UPDATE;
        ELSE
            SELECT w.offer_for AS hold_for, w.closed_at INTO won FROM referrals_wait w
                WHERE w.id = NEW.wait_id FOR NO KEY UPDATE;
        END IF;
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
"""

_WAITS = """
CREATE FUNCTION referrals_wait_moves_on() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF trust_reencrypts(TG_RELID) THEN
            RETURN NEW;
        END IF;
        IF OLD.closed_at IS NOT NULL THEN
            RAISE EXCEPTION 'a wait ends once' USING ERRCODE = 'check_violation', CONSTRAINT = 'a_wait_ends_once';
        END IF;
        IF (NEW.rank <> OLD.rank OR NEW.closed_how = 'taken_off') AND trust_agency() IS DISTINCT FROM NEW.to_agency_id
        THEN
            RAISE EXCEPTION 'the house orders its list' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'the_house_orders_its_list';
        END IF;
        IF (NEW.confirmed_at <> OLD.confirmed_at OR NEW.closed_how IN ('placed', 'left'))
            AND trust_agency() IS DISTINCT FROM NEW.from_agency_id
        THEN
            RAISE EXCEPTION 'who sent them says what they want' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'who_sent_them_says_what_they_want';
        END IF;
        RETURN NEW;
    END $$;
CREATE TRIGGER a_wait_moves_on BEFORE UPDATE ON referrals_wait FOR EACH ROW EXECUTE FUNCTION referrals_wait_moves_on();

CREATE FUNCTION referrals_skip_begins() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.until := clock_timestamp() + NEW.lasts;
        RETURN NEW;
    END $$;
CREATE TRIGGER a_skip_begins_now BEFORE INSERT ON referrals_skip FOR EACH ROW EXECUTE FUNCTION referrals_skip_begins();

CREATE FUNCTION referrals_position(the_wait uuid) RETURNS integer
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        SELECT (SELECT count(*)::integer FROM referrals_wait o WHERE o.program_id = w.program_id
            AND o.closed_at IS NULL AND (o.rank, o.since, o.id) <= (w.rank, w.since, w.id))
        FROM referrals_wait w WHERE w.id = the_wait AND w.closed_at IS NULL
            AND trust_agency() IN (w.from_agency_id, w.to_agency_id)
    $$;
"""

_WAITS_NO_MORE = """
DROP FUNCTION referrals_position(uuid);
DROP TRIGGER a_skip_begins_now ON referrals_skip;
DROP FUNCTION referrals_skip_begins();
DROP TRIGGER a_wait_moves_on ON referrals_wait;
DROP FUNCTION referrals_wait_moves_on();
"""

_RIDES = """
CREATE FUNCTION referrals_ride_moves_on() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF trust_reencrypts(TG_RELID) THEN
            RETURN NEW;
        END IF;
        IF OLD.over_at IS NOT NULL THEN
            RAISE EXCEPTION 'a ride ends once' USING ERRCODE = 'check_violation', CONSTRAINT = 'a_ride_ends_once';
        END IF;
        IF NEW.driver_id IS DISTINCT FROM OLD.driver_id
            AND trust_agency() IS DISTINCT FROM coalesce(NEW.to_agency_id, NEW.from_agency_id)
        THEN
            RAISE EXCEPTION 'those who drive say who drives' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'those_who_drive_say_who_drives';
        END IF;
        RETURN NEW;
    END $$;
CREATE TRIGGER a_ride_moves_on BEFORE UPDATE ON referrals_ride FOR EACH ROW EXECUTE FUNCTION referrals_ride_moves_on();
"""

_DRIVES = (
    "EXISTS (SELECT 1 FROM referrals_ride r WHERE r.id = {table}.ride_id AND r.over_at IS NULL"
    f" AND r.driver_id = {_I} AND coalesce(r.to_agency_id, r.from_agency_id) = {_ME})"
)
_OPEN_RIDE = (
    "EXISTS (SELECT 1 FROM referrals_ride r WHERE r.id = {table}.ride_id AND r.over_at IS NULL"
    f" AND {_ME} IN (r.from_agency_id, r.to_agency_id))"
)
_STOP_READ = (
    f"(NOT {{table}}.is_hidden AND {_ENDS}) OR ({{table}}.by_id = {_I} AND {{table}}.from_agency_id = {_ME})"
    f" OR {{table}}.keeper_id = {_ME} OR {_DRIVES}"
)
_STOP_WRITTEN = (
    f"{{table}}.from_agency_id = {_ME} AND EXISTS (SELECT 1 FROM referrals_ride r WHERE r.id = {{table}}.ride_id"
    " AND r.from_agency_id = {table}.from_agency_id AND r.to_agency_id IS NOT DISTINCT FROM {table}.to_agency_id"
    " AND r.stage = 'asked')"
)

_LEFT_OPEN = """
CREATE OR REPLACE FUNCTION referrals_hangs(the_case uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$ BEGIN
        IF EXISTS (SELECT 1 FROM cases_closure WHERE case_id = the_case AND ends_at IS NULL) AND (
            EXISTS (SELECT 1 FROM referrals_referral WHERE case_id = the_case AND closed_at IS NULL)
            OR EXISTS (SELECT 1 FROM referrals_handoff WHERE case_id = the_case AND closed_at IS NULL)
            OR EXISTS (SELECT 1 FROM referrals_wait WHERE case_id = the_case AND closed_at IS NULL)
        ) THEN
            RAISE EXCEPTION 'a closed case leaves no letter unanswered'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'a_closed_case_leaves_no_letter_unanswered';
        END IF;
    END $$;
CREATE CONSTRAINT TRIGGER a_closed_case_waits_nowhere AFTER INSERT OR UPDATE ON referrals_wait
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION referrals_check_case();
"""

_WAIT = (
    "id",
    "circle_id",
    "case_id",
    "from_agency_id",
    "to_agency_id",
    "program_id",
    "facts",
    "words",
    "offer_for",
)
_RIDE = (
    "id",
    "from_agency_id",
    "to_agency_id",
    "driving",
    "contractor",
    "starts_at",
    "ends_at",
    "asked_at",
    "by_id",
)
_PASSENGER = (
    "id",
    "circle_id",
    "case_id",
    "ride_id",
    "agency_id",
    "seats",
    "needs",
    "told_as",
    "words",
    "joined_at",
)
_HOLD_FROZEN = (
    "id",
    "round_id",
    "ask_id",
    "from_agency_id",
    "to_agency_id",
    "bed_id",
    "starts_at",
    "expires_at",
    "by_id",
)


def _refreeze(*parts: str) -> str:
    return (
        f"DROP TRIGGER {_HOLD}_stays ON {_HOLD};"
        f" CREATE TRIGGER {_HOLD}_stays BEFORE UPDATE ON {_HOLD} FOR EACH ROW"
        f" EXECUTE FUNCTION referrals_stays_as_sent({', '.join(parts)});"
    )


def _begins_as_before() -> str:
    """The function of the migration before, word for word."""
    start = _asking._HELD.index("CREATE FUNCTION referrals_hold_begins()")
    end = _asking._HELD.index("CREATE TRIGGER a_hold_begins_now")
    return _asking._HELD[start:end].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


def _hangs_as_before() -> str:
    end = _walls._HANGS.index("CREATE FUNCTION referrals_check_case()")
    return _walls._HANGS[:end].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies = [("referrals", "0005_waiting_and_rides")]

    operations = [
        _walls.walled_by_act(
            "referrals_wait",
            read=_ENDS,
            written=f"{{table}}.from_agency_id = {_ME} AND {_WORKS} AND {{table}}.to_agency_id = {_KEPT}",
            answered=_ENDS,
        ),
        _walls.in_one_circle("wait"),
        _walls.frozen("referrals_wait", *_WAIT, "since", "by_id"),
        migrations.RunSQL(_WAITS, _WAITS_NO_MORE),
        _walls.walled_by_act(
            "referrals_skip",
            read=_ENDS,
            written=(
                f"{{table}}.to_agency_id = {_ME} AND EXISTS (SELECT 1 FROM referrals_wait w"
                " WHERE w.id = {table}.wait_id AND w.to_agency_id = {table}.to_agency_id"
                " AND w.from_agency_id = {table}.from_agency_id)"
            ),
        ),
        append_only("referrals_skip"),
        _walls.walled_by_act(
            "referrals_listrule",
            read=f"{_ME} IS NOT NULL",
            written=f"{{table}}.agency_id = {_ME} AND {_ME} = {_KEPT}",
            answered=f"{{table}}.agency_id = {_ME} AND {_ME} = {_KEPT}",
        ),
        migrations.RunSQL(
            f"DROP POLICY writer ON {_HOLD}; {_WRITER} ({_WRITTEN});",
            f"DROP POLICY writer ON {_HOLD}; {_WRITER} ({_WRITTEN_BEFORE});",
        ),
        migrations.RunSQL(_refreeze(*_HOLD_FROZEN, "wait_id"), _refreeze(*_HOLD_FROZEN)),
        migrations.RunSQL(_OFFERED, _begins_as_before()),
        migrations.RunSQL(
            _LEFT_OPEN, f"DROP TRIGGER a_closed_case_waits_nowhere ON referrals_wait; {_hangs_as_before()}"
        ),
        _walls.walled_by_act(
            "referrals_ride", read=_ENDS, written=f"{{table}}.from_agency_id = {_ME}", answered=_ENDS
        ),
        _walls.frozen("referrals_ride", *_RIDE),
        migrations.RunSQL(
            _RIDES, "DROP TRIGGER a_ride_moves_on ON referrals_ride; DROP FUNCTION referrals_ride_moves_on();"
        ),
        _walls.walled_by_act("referrals_stop", read=_STOP_READ, written=_STOP_WRITTEN),
        append_only("referrals_stop"),
        _walls.walled_by_act(
            "referrals_passenger",
            read=f"{stands('needs')} OR {_DRIVES}",
            written=f"{{table}}.agency_id = {_ME} AND {_WORKS} AND {_OPEN_RIDE}",
            answered=f"{{table}}.agency_id = {_ME} AND {_WORKS}",
        ),
        _walls.in_one_circle("passenger"),
        _walls.frozen("referrals_passenger", *_PASSENGER),
    ]
