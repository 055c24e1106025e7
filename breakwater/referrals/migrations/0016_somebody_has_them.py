"""A hand-off to an agency that works here is complete only when that agency has a case of its own.

Its case has an owner and a running clock from its first second: PostgreSQL sees to both. Until it is open nobody there is
accountable, whatever was said at the telephone, so neither end can write down a first contact, and the case of those who
offered it cannot be closed as handed off. A receiver without accounts stands outside, and is heard through somebody named.

Each end may ask whether the receiver's case is open, and learns no more than yes or no.
"""

from django.db import migrations

_HAS_THEM = """
CREATE FUNCTION referrals_receiver_has_them(handoff uuid, told_at timestamptz) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM referrals_handoff h JOIN cases_case c ON c.came_from = h.id AND c.agency_id = h.to_agency_id
        WHERE h.id = handoff AND trust_agency() IN (h.from_agency_id, h.to_agency_id)
            AND NOT EXISTS (
                SELECT 1 FROM cases_closure e WHERE e.case_id = c.id AND e.starts_at < told_at
                    AND (e.ends_at IS NULL OR e.ends_at > told_at)))
$$;

CREATE FUNCTION referrals_somebody_has_them() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        IF NOT referrals_receiver_has_them(NEW.id, NEW.closed_at) THEN
            RAISE EXCEPTION 'a receiver who works here has a case of its own' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_receiver_who_works_here_has_a_case_of_its_own';
        END IF;
        RETURN NEW;
    END $$;
CREATE TRIGGER a_receiver_who_works_here_has_a_case_of_its_own BEFORE UPDATE OF stage ON referrals_handoff
    FOR EACH ROW WHEN (
        NEW.stage = 'first_contact' AND OLD.stage <> 'first_contact' AND NEW.to_agency_id IS NOT NULL)
    EXECUTE FUNCTION referrals_somebody_has_them();
"""
_NOBODY = """
DROP TRIGGER a_receiver_who_works_here_has_a_case_of_its_own ON referrals_handoff;
DROP FUNCTION referrals_somebody_has_them();
DROP FUNCTION referrals_receiver_has_them(uuid, timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0015_waits_and_rides_in_order"),
        ("cases", "0011_the_night"),
    ]

    operations = [migrations.RunSQL(_HAS_THEM, _NOBODY)]
