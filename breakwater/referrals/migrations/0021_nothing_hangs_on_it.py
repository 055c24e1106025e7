"""What hangs on a case ends when the case comes home: only its old holder could end it, and it reaches the case no more.

Letters are taken back, places asked no more, entries of lists and seats of rides given up; whoever waits at the other end
hears it, and no clock of it runs on. Nobody is put out of a bed: the stay goes home with the person, to be ended there.
The agency that holds the case no longer is the one that ends it, so the walls between the two ends are kept as they are.
"""

from importlib import import_module

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q

never = import_module("breakwater.cases.migrations.0008_in_its_order").never

_LETTERS = """
    FOR one IN SELECT id, to_agency_id, greatest(now(), (SELECT max(s.at) FROM {stages} s WHERE s.{link} = l.id)) AS at
        FROM {letters} l WHERE l.case_id = NEW.id AND l.from_agency_id = OLD.agency_id AND l.closed_at IS NULL
    LOOP
        INSERT INTO {stages} (id, {link}, from_agency_id, to_agency_id, code, told_by, source, words, at, by_agency_id{more})
            VALUES (gen_random_uuid(), one.id, OLD.agency_id, one.to_agency_id, 'withdrawn', 'sender', 'record_left', '', one.at,
                OLD.agency_id{nothing});
        UPDATE {letters} SET stage = 'withdrawn', closed_at = one.at, due_at = NULL WHERE id = one.id;
    END LOOP;"""
_REFERRALS = _LETTERS.format(
    letters="referrals_referral",
    stages="referrals_stage",
    link="referral_id",
    more=", reason",
    nothing=", ''",
)
_HAND_OFFS = _LETTERS.format(
    letters="referrals_handoff", stages="referrals_handoffstage", link="handoff_id", more="", nothing=""
)

_ROUNDS = """
    FOR one IN SELECT id FROM referrals_round WHERE case_id = NEW.id AND agency_id = OLD.agency_id AND closed_at IS NULL
    LOOP
        PERFORM 1 FROM referrals_ask WHERE round_id = one.id ORDER BY id FOR UPDATE;
        PERFORM 1 FROM referrals_round WHERE id = one.id FOR UPDATE;
        PERFORM referrals_gives_back(ARRAY(SELECT id FROM referrals_hold WHERE round_id = one.id), 'hold_ended');
        FOR other IN UPDATE referrals_ask SET stage = 'called_off', over_at = greatest(asked_at, now())
            WHERE round_id = one.id AND stage = 'waiting' RETURNING id, to_agency_id
        LOOP
            PERFORM cases_tells(OLD.agency_id, other.to_agency_id, 'referrals.ask_called_off', other.id,
                jsonb_build_object('ask_id', other.id));
        END LOOP;
        UPDATE referrals_round SET closed_at = greatest(asked_at, now()), closed_how = 'called_off' WHERE id = one.id;
    END LOOP;"""

_WAITS = """
    FOR one IN SELECT id, to_agency_id FROM referrals_wait WHERE case_id = NEW.id AND from_agency_id = OLD.agency_id
        AND closed_at IS NULL ORDER BY id FOR UPDATE
    LOOP
        PERFORM 1 FROM resources_bed WHERE id IN (
            SELECT bed_id FROM referrals_hold WHERE wait_id = one.id AND ended_at IS NULL) ORDER BY id FOR NO KEY UPDATE;
        PERFORM referrals_gives_back(ARRAY(SELECT id FROM referrals_hold WHERE wait_id = one.id), 'offer_ended');
        UPDATE referrals_wait SET closed_at = greatest(since, now()), closed_how = 'left', reason = 'closed'
            WHERE id = one.id;
        PERFORM cases_tells(OLD.agency_id, one.to_agency_id, 'referrals.list_changed', one.id,
            jsonb_build_object('wait_id', one.id));
    END LOOP;"""

# Who is in the car is driven on: from then no clock of theirs runs, and the driver still knows what they need.
_SEATS = """
    FOR one IN SELECT r.id, r.from_agency_id, r.to_agency_id FROM referrals_ride r
        WHERE r.over_at IS NULL AND r.id IN (SELECT p.ride_id FROM referrals_passenger p
            WHERE p.case_id = NEW.id AND p.agency_id = OLD.agency_id AND p.left_at IS NULL)
        ORDER BY r.id FOR UPDATE
    LOOP
        CONTINUE WHEN (SELECT r.stage NOT IN ('asked', 'assigned') FROM referrals_ride r WHERE r.id = one.id);
        UPDATE referrals_passenger SET left_at = greatest(joined_at, now())
            WHERE ride_id = one.id AND case_id = NEW.id AND agency_id = OLD.agency_id AND left_at IS NULL;
        CONTINUE WHEN one.from_agency_id <> OLD.agency_id
            OR EXISTS (SELECT 1 FROM referrals_passenger p WHERE p.ride_id = one.id AND p.left_at IS NULL);
        UPDATE referrals_ride SET stage = 'canceled', over_at = greatest(asked_at, now()) WHERE id = one.id;
        PERFORM cases_tells(OLD.agency_id, one.to_agency_id, 'referrals.ride_moved', one.id,
            jsonb_build_object('ride_id', one.id, 'code', 'canceled'));
    END LOOP;"""

# What the other end wrote down and its sender has not heard is over as well: no promise about it runs on.
_PROMISES = """
    PERFORM cases_excuses(NEW.id, ARRAY(
        SELECT id FROM referrals_referral WHERE case_id = NEW.id AND from_agency_id = OLD.agency_id
        UNION ALL SELECT id FROM referrals_handoff WHERE case_id = NEW.id AND from_agency_id = OLD.agency_id
        UNION ALL SELECT id FROM referrals_wait WHERE case_id = NEW.id AND from_agency_id = OLD.agency_id
        UNION ALL SELECT id FROM referrals_round WHERE case_id = NEW.id AND agency_id = OLD.agency_id
        UNION ALL SELECT id FROM referrals_passenger WHERE case_id = NEW.id AND agency_id = OLD.agency_id
        UNION ALL SELECT a.id FROM referrals_ask a JOIN referrals_round r ON r.id = a.round_id
            WHERE r.case_id = NEW.id AND r.agency_id = OLD.agency_id
        UNION ALL SELECT h.id FROM referrals_hold h
            LEFT JOIN referrals_round r ON r.id = h.round_id LEFT JOIN referrals_wait w ON w.id = h.wait_id
            WHERE NEW.id IN (r.case_id, w.case_id) AND h.from_agency_id = OLD.agency_id
    ), 'Whoever held this case left the record.');"""

_ENDS = f"""
CREATE FUNCTION referrals_gives_back(holds uuid[], what text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
        one record;
    BEGIN
        FOR one IN UPDATE referrals_hold SET
            ended_how = CASE WHEN expires_at > clock_timestamp() THEN 'given_back' ELSE 'ran_out' END,
            ended_at = least(clock_timestamp(), expires_at)
            WHERE id = ANY (holds) AND ended_at IS NULL RETURNING id, from_agency_id, to_agency_id, ended_how
        LOOP
            PERFORM cases_tells(one.from_agency_id, one.to_agency_id, 'referrals.' || what, one.id,
                jsonb_build_object('hold_id', one.id, 'how', one.ended_how));
        END LOOP;
    END $$;
REVOKE ALL ON FUNCTION referrals_gives_back(uuid[], text) FROM PUBLIC;

CREATE FUNCTION referrals_ends_what_hangs() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    was_agency text := coalesce(current_setting('breakwater.agency', true), '');
    was_user text := coalesce(current_setting('breakwater.user', true), '');
    one record; other record;
BEGIN
    PERFORM set_config('breakwater.agency', OLD.agency_id::text, true), set_config('breakwater.user', '', true);
    SET CONSTRAINTS a_hand_off_stands_where_it_was_told_last DEFERRED;  -- a stage is told before the letter stands there
    {_REFERRALS}
    {_HAND_OFFS}
    {_ROUNDS}
    {_WAITS}
    {_SEATS}
    {_PROMISES}
    PERFORM set_config('breakwater.agency', was_agency, true), set_config('breakwater.user', was_user, true);
    RETURN NULL;
END $$;
CREATE TRIGGER nothing_hangs_on_what_came_home AFTER UPDATE OF agency_id ON cases_case
    FOR EACH ROW WHEN (OLD.agency_id IS DISTINCT FROM NEW.agency_id) EXECUTE FUNCTION referrals_ends_what_hangs();
"""
_ENDS_NOT = """
DROP TRIGGER nothing_hangs_on_what_came_home ON cases_case;
DROP FUNCTION referrals_ends_what_hangs();
DROP FUNCTION referrals_gives_back(uuid[], text);
"""

# Whoever tells a stage holds the letter and then its case; so does what brings the case home. What a house wrote down of a
# stay, and those who placed them have not heard, is as good as heard: the row says it.
_HELD = """
CREATE OR REPLACE FUNCTION cases_held_before_home(the_circle uuid, the_agency uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$ BEGIN
        PERFORM 1 FROM referrals_referral WHERE circle_id = the_circle AND from_agency_id = the_agency
            AND closed_at IS NULL ORDER BY id FOR UPDATE;
        PERFORM 1 FROM referrals_handoff WHERE circle_id = the_circle AND from_agency_id = the_agency
            AND closed_at IS NULL ORDER BY id FOR UPDATE;
    END $$;
CREATE OR REPLACE FUNCTION cases_follows_home(the_circle uuid, the_agency uuid, home uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$ BEGIN
        UPDATE referrals_placement SET agency_id = home
            WHERE circle_id = the_circle AND agency_id = the_agency AND ends_at IS NULL;
        UPDATE clocks_clock k SET ended_at = greatest(k.started_at, coalesce(p.arrived_at, p.ends_at)), paused_at = NULL,
            ended_how = CASE WHEN p.arrived_at IS NULL THEN 'excused' ELSE 'met' END,
            excuse = CASE WHEN p.arrived_at IS NULL THEN 'They hold this bed no longer.' ELSE '' END
            FROM referrals_placement p WHERE p.id = k.about AND k.circle_id = the_circle AND p.circle_id = the_circle
                AND k.ended_at IS NULL AND (p.arrived_at IS NOT NULL OR p.ends_at IS NOT NULL);
    END $$;
"""
_HOOKS = import_module("breakwater.cases.migrations.0017_nothing_hangs_on_it")._SHARED
_HELD_NOT = _HOOKS[
    _HOOKS.index("CREATE FUNCTION cases_held_before_home") : _HOOKS.rindex("REVOKE ALL")
].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")

_STAY = "'id', 'circle_id', 'case_id', 'bed_id', 'host_id', 'starts_at'"


def _refreeze(parts: str) -> str:
    return (
        "DROP TRIGGER referrals_placement_stays ON referrals_placement;"
        " CREATE TRIGGER referrals_placement_stays BEFORE UPDATE ON referrals_placement FOR EACH ROW"
        f" EXECUTE FUNCTION referrals_stays_as_sent({parts});"
    )


def _says_why(model: str, name: str, owed: Q, before: Q) -> list[object]:
    """What Breakwater takes back has a code and nobody's words. What was told before reasons were owed is not held against them."""
    return [
        migrations.RemoveConstraint(model, name),
        AddConstraintNotValid(model, models.CheckConstraint(name=name, condition=owed | before)),
    ]


_TAKEN_BACK = Q(code="withdrawn", by=None, source="record_left")


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0020_taken_over_into_an_open_case"),
        ("cases", "0017_nothing_hangs_on_it"),
    ]

    operations = [
        *_says_why(
            "stage",
            "what_is_taken_back_or_on_hold_says_why",
            ~Q(code__in=("withdrawn", "on_hold")) | ~Q(words=""),
            _TAKEN_BACK,
        ),
        *_says_why(
            "handoffstage", "a_hand_off_taken_back_says_why", ~Q(code="withdrawn") | ~Q(words=""), _TAKEN_BACK
        ),
        migrations.RunSQL(_ENDS, _ENDS_NOT),
        migrations.RunSQL(_HELD, _HELD_NOT),
        migrations.RunSQL(_refreeze(_STAY), _refreeze(f"{_STAY}, 'agency_id'")),
        never(
            "referrals_placement",
            "who_placed_somebody_is_who_holds_their_record",
            "OLD.agency_id IS DISTINCT FROM NEW.agency_id AND NOT cases_brings_home()",
            on="UPDATE OF agency_id",
        ),
    ]
