"""What agencies that were let into a record read there, as far as whose record it is may know: which agency, how often."""

from django.db import migrations

# Runs as the owner of the tables: an agency's sightings are its own. It answers only to the agency that opened the
# circle, only about that circle, and tells no worker's name.
_READ = """
CREATE FUNCTION cases_read_by_others(wanted uuid)
    RETURNS TABLE (agency uuid, times bigint, first_at timestamptz, last_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT s.agency_id, count(*), min(s.seen_at), max(s.seen_at) FROM trust_sighting s
        WHERE EXISTS (SELECT 1 FROM trust_circle c WHERE c.id = wanted AND c.opened_by_id = trust_agency())
            AND s.agency_id IN (
                SELECT g.agency_id FROM trust_grant g WHERE g.circle_id = wanted AND g.agency_id <> trust_agency())
            AND s.ids && ARRAY(
                SELECT p.id FROM people_person p WHERE p.circle_id = wanted
                UNION ALL SELECT e.id FROM cases_case e WHERE e.circle_id = wanted)
        GROUP BY s.agency_id
    $$
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_walls"), ("people", "0002_walls"), ("trust", "0007_seals")]

    operations = [migrations.RunSQL(_READ, "DROP FUNCTION cases_read_by_others(uuid)")]
