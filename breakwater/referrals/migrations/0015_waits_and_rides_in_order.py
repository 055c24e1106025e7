"""An entry on a list and a ride go one way, whoever writes; and a ride takes as many as it has seats.

Who took a bed was offered it; nobody leaves a list with a bed still offered. A driver is said before anybody is picked up, and
nobody arrives who was not; who arranged a ride calls it off. Seats are counted over all who ride, of whichever agency,
with the ride held meanwhile, so that two who board at once do not both find the last seat.
"""

from importlib import import_module

from django.db import migrations, models
from django.db.models import Q

never = import_module("breakwater.cases.migrations.0008_in_its_order").never

_WAITS = """
CREATE FUNCTION referrals_wait_is_over() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM referrals_hold h WHERE h.wait_id = NEW.id AND h.ended_at IS NULL
                AND h.expires_at > clock_timestamp()) THEN
            RAISE EXCEPTION 'nobody leaves a list with a bed offered' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'nobody_leaves_a_list_with_a_bed_offered';
        END IF;
        IF (NEW.closed_how = 'placed') <> EXISTS (
                SELECT 1 FROM referrals_hold h WHERE h.wait_id = NEW.id AND h.ended_how = 'taken_up') THEN
            RAISE EXCEPTION 'who is placed from a list took an offer' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'who_is_placed_from_a_list_took_an_offer';
        END IF;
        RETURN NULL;
    END $$;
CREATE CONSTRAINT TRIGGER a_wait_that_is_over_is_over AFTER UPDATE ON referrals_wait
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL)
    EXECUTE FUNCTION referrals_wait_is_over();
"""

_RIDES = """
CREATE FUNCTION referrals_ride_may_follow(stage text, code text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(code = ANY (CASE stage
        WHEN 'asked' THEN ARRAY['assigned', 'did_not_happen', 'canceled']
        WHEN 'assigned' THEN ARRAY['picked_up', 'did_not_happen', 'canceled']
        WHEN 'picked_up' THEN ARRAY['arrived', 'did_not_happen', 'canceled']
    END), false)
$$;
"""

_BOARDS = """
CREATE FUNCTION referrals_boards() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
        ride record;
    BEGIN
        SELECT r.stage, r.seats INTO ride FROM referrals_ride r
            WHERE r.id = NEW.ride_id AND trust_agency() IN (r.from_agency_id, r.to_agency_id) FOR NO KEY UPDATE;
        IF ride.stage NOT IN ('asked', 'assigned') THEN
            RAISE EXCEPTION 'nobody boards a ride that is on its way' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'nobody_boards_a_ride_that_is_on_its_way';
        END IF;
        IF NEW.seats + (SELECT coalesce(sum(p.seats), 0) FROM referrals_passenger p
                WHERE p.ride_id = NEW.ride_id AND p.left_at IS NULL) > ride.seats THEN
            RAISE EXCEPTION 'a ride takes as many as it has seats' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_ride_takes_as_many_as_it_has_seats';
        END IF;
        RETURN NEW;
    END $$;
CREATE TRIGGER a_ride_takes_as_many_as_it_has_seats BEFORE INSERT ON referrals_passenger
    FOR EACH ROW EXECUTE FUNCTION referrals_boards();
"""

_RIDE, _PASSENGER = "referrals_ride", "referrals_passenger"


class Migration(migrations.Migration):
    dependencies = [("referrals", "0014_rounds_in_order")]

    operations = [
        never("referrals_wait", "a_wait_begins_open", "NEW.closed_at IS NOT NULL", on="INSERT"),
        migrations.RunSQL(
            _WAITS,
            "DROP TRIGGER a_wait_that_is_over_is_over ON referrals_wait; DROP FUNCTION referrals_wait_is_over();",
        ),
        migrations.AddField(
            "ride",
            "seats",
            models.PositiveSmallIntegerField(
                default=8, help_text="How many it takes; nobody boards beyond them"
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            "ride",
            models.CheckConstraint(
                name="who_is_driven_was_picked_up",
                condition=~Q(stage__in=("picked_up", "arrived")) | Q(picked_up_at__isnull=False),
            ),
        ),
        migrations.AddConstraint(
            "ride",
            models.CheckConstraint(
                name="a_ride_arrives_once_it_is_there",
                condition=Q(stage="arrived", arrived_at__isnull=False)
                | (~Q(stage="arrived") & Q(arrived_at=None)),
            ),
        ),
        migrations.RunSQL(_RIDES, "DROP FUNCTION referrals_ride_may_follow(text, text);"),
        never(
            _RIDE,
            "a_ride_begins_without_a_driver",
            "NEW.stage <> 'asked' OR NEW.driver_id IS NOT NULL",
            on="INSERT",
        ),
        never(
            _RIDE,
            "no_ride_skips_a_stage",
            "NEW.stage <> OLD.stage AND NOT referrals_ride_may_follow(OLD.stage, NEW.stage)",
        ),
        never(
            _RIDE,
            "who_drives_is_said_before_the_pick_up",
            "NEW.driver_id IS DISTINCT FROM OLD.driver_id"
            " AND NOT (OLD.stage IN ('asked', 'assigned') AND NEW.stage = 'assigned')",
        ),
        never(
            _RIDE,
            "who_arranged_a_ride_calls_it_off",
            "NEW.stage = 'canceled' AND OLD.stage <> 'canceled'"
            " AND trust_agency() IS DISTINCT FROM NEW.from_agency_id",
        ),
        never(
            _RIDE,
            "who_was_picked_up_was_picked_up",
            "OLD.picked_up_at IS NOT NULL AND NEW.picked_up_at IS DISTINCT FROM OLD.picked_up_at",
        ),
        never(_RIDE, "a_ride_keeps_its_seats", "NEW.seats <> OLD.seats"),
        migrations.RunSQL(
            _BOARDS,
            f"DROP TRIGGER a_ride_takes_as_many_as_it_has_seats ON {_PASSENGER}; DROP FUNCTION referrals_boards();",
        ),
        never(
            _PASSENGER,
            "who_left_a_ride_has_left",
            "OLD.left_at IS NOT NULL AND NEW.left_at IS DISTINCT FROM OLD.left_at",
        ),
    ]
