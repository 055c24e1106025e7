"""When an agency is stopped, whoever looks after its cases sees which are open, and by when somebody must act."""

from django.db import migrations

# Runs as the owner of the tables, because whoever looks after the cases stands in none of their circles. It tells of a
# case what says nothing about the person: its number, its code, who is accountable, and what is due next.
_LOOKED_AFTER = """
CREATE FUNCTION cases_looked_after() RETURNS TABLE (
    agency varchar, number varchar, unit varchar, worker varchar, code varchar, asked_at timestamptz, due_at timestamptz
)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT g.name, k.number, n.name, w.name,
            (SELECT t.code FROM cases_triage t WHERE t.case_id = k.id AND t.ends_at IS NULL LIMIT 1), k.asked_at,
            (SELECT min(c.due_at) FROM clocks_clock c
                WHERE c.episode = k.id AND c.agency_id = k.agency_id AND c.ended_at IS NULL)
        FROM trust_suspension s
        JOIN trust_agency g ON g.id = s.agency_id
        JOIN cases_case k ON k.agency_id = s.agency_id
        JOIN cases_assignment a ON a.case_id = k.id AND a.part = 'owner' AND a.ends_at IS NULL
        LEFT JOIN trust_unit n ON n.id = a.unit_id
        LEFT JOIN trust_user w ON w.id = a.worker_id
        WHERE s.ends_at IS NULL AND s.looked_after_by_id = trust_agency()
            AND NOT EXISTS (SELECT 1 FROM cases_closure e WHERE e.case_id = k.id AND e.ends_at IS NULL)
        ORDER BY 7 NULLS LAST, 2
    $$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_read_by_others"), ("trust", "0011_administration")]

    operations = [migrations.RunSQL(_LOOKED_AFTER, "DROP FUNCTION cases_looked_after();")]
