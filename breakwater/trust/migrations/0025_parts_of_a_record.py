"""One part of a record is put under a law, or taken out of it, by whoever reads it: also where nothing else may change."""

from django.db import migrations

# It writes as the owner of the tables, because whoever protects something may be the first who reads it no more, and
# because what only grows is protected too. It does one thing: more laws for whoever reads the row, and fewer only for
# the agency whose record it is.
_PROTECT = """
CREATE FUNCTION trust_protect(the_table regclass, the_row uuid, wanted text[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
    BEGIN
        IF the_table::text LIKE 'trust%' OR NOT EXISTS (
            SELECT 1 FROM pg_class c WHERE c.oid = the_table AND c.relkind = 'r'
                AND c.relnamespace = 'public'::regnamespace AND pg_get_userbyid(c.relowner) = current_user) THEN
            RAISE EXCEPTION 'this is not protected here' USING ERRCODE = 'insufficient_privilege';
        END IF;
        PERFORM set_config('breakwater.reencrypts', 'on', true);
        EXECUTE format(
            'UPDATE %1$s r SET segments = $1::varchar[] WHERE r.id = $2 AND EXISTS (SELECT 1 FROM trust_grant g'
            ' JOIN trust_circle c ON c.id = g.circle_id WHERE g.circle_id = r.circle_id AND g.agency_id = trust_agency()'
            ' AND g.starts_at <= now() AND (g.ends_at IS NULL OR g.ends_at > now()) AND g.basis = ''care'''
            ' AND r.segments <@ g.segments AND (r.segments <@ $1::varchar[] OR c.opened_by_id = g.agency_id))',
            the_table) USING wanted, the_row;
        PERFORM set_config('breakwater.reencrypts', 'off', true);
    END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("trust", "0024_a_device_that_goes_along")]

    operations = [migrations.RunSQL(_PROTECT, "DROP FUNCTION trust_protect(regclass, uuid, text[]);")]
