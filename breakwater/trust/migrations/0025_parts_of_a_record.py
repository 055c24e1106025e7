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

# Which rows are kept apart, by their ids, whatever table they stand in: for whoever tells the journal, which holds their
# ids and codes and not their laws. Nobody but its keeper reads it; the function says of chosen ids whether they are open.
_BOOK = """
CREATE TABLE trust_partbook (
    about uuid PRIMARY KEY, circle_id uuid NOT NULL REFERENCES trust_circle, segments varchar[] NOT NULL
);
CREATE INDEX part_by_circle ON trust_partbook (circle_id);
ALTER TABLE trust_partbook ENABLE ROW LEVEL SECURITY;
ALTER TABLE trust_partbook FORCE ROW LEVEL SECURITY;
CREATE POLICY keeper ON trust_partbook TO CURRENT_USER USING (true) WITH CHECK (true);

CREATE FUNCTION trust_keep_partbook() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$ BEGIN
        IF NEW.segments = '{}' THEN
            DELETE FROM trust_partbook b WHERE b.about = NEW.id;
        ELSE
            INSERT INTO trust_partbook (about, circle_id, segments) VALUES (NEW.id, NEW.circle_id, NEW.segments)
                ON CONFLICT (about) DO UPDATE SET segments = EXCLUDED.segments;
        END IF;
        RETURN NULL;
    END $$;

CREATE FUNCTION trust_apart_of(ids uuid[]) RETURNS TABLE (about uuid, segments varchar[], is_open boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT b.about, b.segments, EXISTS (
            SELECT 1 FROM trust_grant g WHERE g.circle_id = b.circle_id AND g.agency_id = (SELECT trust_agency())
                AND g.starts_at <= now() AND (g.ends_at IS NULL OR g.ends_at > now())
                AND (g.only_for_id IS NULL OR g.only_for_id = (SELECT trust_user())) AND b.segments <@ g.segments)
        FROM trust_partbook b WHERE b.about = ANY (ids) AND EXISTS (
            SELECT 1 FROM trust_grant g WHERE g.circle_id = b.circle_id AND g.agency_id = (SELECT trust_agency()))
    $$;
"""
_NO_BOOK = """
DROP FUNCTION trust_apart_of(uuid[]); DROP FUNCTION trust_keep_partbook(); DROP TABLE trust_partbook;
"""


class Migration(migrations.Migration):
    dependencies = [("trust", "0024_a_device_that_goes_along")]

    operations = [
        migrations.RunSQL(_PROTECT, "DROP FUNCTION trust_protect(regclass, uuid, text[]);"),
        migrations.RunSQL(_BOOK, _NO_BOOK),
    ]
