"""Counting open cases reads an index and no case: the cases themselves are asked for only where they are few.

To know which cases they are, PostgreSQL read each row of every agency that is accountable for some: with five thousand open
ones it took seven times as long as with five hundred, and nothing was made of it but a number.
"""

from importlib import import_module

from django.db import migrations

_COUNTED = """
CREATE OR REPLACE FUNCTION cases_counted(most integer, few integer, wanted_unit uuid, at timestamptz)
    RETURNS TABLE (held bigint, mine bigint, nobodys bigint, breaching bigint, in_unit bigint, by_code json)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
    DECLARE
        asking uuid := trust_agency();
        worker uuid := trust_user();
        owned uuid[];
    BEGIN
        SELECT count(*), count(*) FILTER (WHERE o.worker_id = worker), count(*) FILTER (WHERE o.worker_id IS NULL)
        INTO held, mine, nobodys FROM (
            SELECT a.worker_id FROM cases_assignment a
            WHERE a.agency_id = asking AND a.part = 'owner' AND a.ends_at IS NULL
            ORDER BY a.agency_id, a.worker_id LIMIT most
        ) o;
        SELECT count(DISTINCT l.episode) INTO breaching FROM (
            SELECT k.episode FROM clocks_clock k
            WHERE k.agency_id = asking AND k.ended_at IS NULL AND k.due_at <= at AND k.episode IS NOT NULL
            ORDER BY k.agency_id, k.due_at LIMIT most
        ) l;
        IF held <= few THEN
            owned := ARRAY(
                SELECT a.case_id FROM cases_assignment a
                WHERE a.agency_id = asking AND a.part = 'owner' AND a.ends_at IS NULL
                ORDER BY a.agency_id, a.worker_id);
            SELECT count(*) INTO in_unit FROM cases_case c WHERE c.id = ANY (owned) AND c.unit_id = wanted_unit;
            SELECT json_object_agg(c.code, c.many) INTO by_code FROM (
                SELECT t.code, count(*) AS many FROM cases_triage t
                WHERE t.case_id = ANY (owned) AND t.ends_at IS NULL GROUP BY t.code
            ) c;
        END IF;
        RETURN NEXT;
    END $$;
"""
_BEFORE = import_module("breakwater.cases.migrations.0006_counted")._COUNTED.replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_asked_once")]

    operations = [migrations.RunSQL(_COUNTED, _BEFORE)]
