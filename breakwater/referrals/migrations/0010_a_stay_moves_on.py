"""A stay goes one way, whoever writes: who has arrived has arrived, and a stay that ended is never taken up again."""

from django.db import migrations

_MOVES_ON = """
CREATE FUNCTION referrals_stay_moves_on() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.arrived_at IS NOT NULL AND NEW.arrived_at IS DISTINCT FROM OLD.arrived_at THEN
            RAISE EXCEPTION 'who has arrived has arrived' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'who_has_arrived_has_arrived';
        END IF;
        IF OLD.ends_at IS NOT NULL AND (NEW.ends_at, NEW.ended_how, NEW.arrived_at)
                IS DISTINCT FROM (OLD.ends_at, OLD.ended_how, OLD.arrived_at) THEN
            RAISE EXCEPTION 'a stay that ended has ended' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_stay_that_ended_has_ended';
        END IF;
        RETURN NEW;
    END $$;
CREATE TRIGGER a_stay_moves_on BEFORE UPDATE ON referrals_placement
    FOR EACH ROW EXECUTE FUNCTION referrals_stay_moves_on();
"""
_MOVES_ANYWHERE = (
    "DROP TRIGGER a_stay_moves_on ON referrals_placement; DROP FUNCTION referrals_stay_moves_on();"
)


class Migration(migrations.Migration):
    dependencies = [("referrals", "0009_meetings")]

    operations = [migrations.RunSQL(_MOVES_ON, _MOVES_ANYWHERE)]
