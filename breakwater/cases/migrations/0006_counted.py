"""How many open cases each filter of the board shows, for the agency that is accountable for them and for no other."""

from django.db import migrations

# Runs as the owner of the tables: row security asks for each of a thousand cases whether the agency stands in its
# circle, and in those of the cases that it is accountable for it always does. It answers with numbers alone, of the
# one agency that asks. The orders matter to nobody but PostgreSQL: they name the index that lies in them.
_COUNTED = """
CREATE FUNCTION cases_counted(most integer, few integer, wanted_unit uuid, at timestamptz)
    RETURNS TABLE (held bigint, mine bigint, nobodys bigint, breaching bigint, in_unit bigint, by_code json)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
    DECLARE
        asking uuid := trust_agency();
        worker uuid := trust_user();
        owned uuid[];
    BEGIN
        SELECT array_agg(o.case_id), count(*) FILTER (WHERE o.worker_id = worker),
            count(*) FILTER (WHERE o.worker_id IS NULL)
        INTO owned, mine, nobodys FROM (
            SELECT a.case_id, a.worker_id FROM cases_assignment a
            WHERE a.agency_id = asking AND a.part = 'owner' AND a.ends_at IS NULL
            ORDER BY a.agency_id, a.worker_id LIMIT most
        ) o;
        held := coalesce(cardinality(owned), 0);
        SELECT count(DISTINCT l.episode) INTO breaching FROM (
            SELECT k.episode FROM clocks_clock k
            WHERE k.agency_id = asking AND k.ended_at IS NULL AND k.due_at <= at AND k.episode IS NOT NULL
            ORDER BY k.agency_id, k.due_at LIMIT most
        ) l;
        IF held <= few THEN
            SELECT count(*) INTO in_unit FROM cases_case c WHERE c.id = ANY (owned) AND c.unit_id = wanted_unit;
            SELECT json_object_agg(c.code, c.many) INTO by_code FROM (
                SELECT t.code, count(*) AS many FROM cases_triage t
                WHERE t.case_id = ANY (owned) AND t.ends_at IS NULL GROUP BY t.code
            ) c;
        END IF;
        RETURN NEXT;
    END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_circumstances")]

    operations = [
        migrations.RunSQL(_COUNTED, "DROP FUNCTION cases_counted(integer, integer, uuid, timestamptz);")
    ]
