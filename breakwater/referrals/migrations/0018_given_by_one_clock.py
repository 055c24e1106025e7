"""What was given since a figure was told is counted by the clock of the database alone, whichever server told which."""

from importlib import import_module

from django.db import migrations

# A stay bears the moment of the server that wrote it, a hold that of the database, a figure that of the server or of a
# report. What was done just now is taken by when the database wrote it; what lies further back, as it was told. A stay
# that took up a hold was given when the hold was: the house knew of it when it spoke in between.
_GIVEN = """
CREATE OR REPLACE FUNCTION referrals_given_since_told()
    RETURNS TABLE (program_id uuid, given bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        WITH stay AS NOT MATERIALIZED (
            SELECT p.id, p.case_id, p.bed_id, p.ends_at, p.ended_how, b.agency_id, b.place_id, b.kind, coalesce(
                (
                    SELECT max(h.starts_at) FROM referrals_hold h
                    LEFT JOIN referrals_round r ON r.id = h.round_id LEFT JOIN referrals_wait w ON w.id = h.wait_id
                    WHERE h.bed_id = p.bed_id AND h.ended_how = 'taken_up' AND p.case_id IN (r.case_id, w.case_id)
                        AND h.ended_at BETWEEN p.recorded_at - interval '1 minute' AND p.recorded_at
                ),
                CASE WHEN p.starts_at < p.recorded_at - interval '5 minutes' THEN p.starts_at ELSE p.recorded_at END
            ) AS since
            FROM referrals_placement p JOIN resources_bed b ON b.id = p.bed_id
            WHERE p.ends_at IS NULL OR p.ended_how = 'moved'
        ), taken AS (
            SELECT s.bed_id, (
                SELECT min(q.since) FROM stay q
                WHERE q.case_id = s.case_id AND (q.id = s.id OR q.ended_how = 'moved')
                    AND (q.agency_id, q.place_id, q.kind) = (s.agency_id, s.place_id, s.kind)
            ) AS since
            FROM stay s WHERE s.ends_at IS NULL
            UNION ALL
            SELECT h.bed_id, h.starts_at FROM referrals_hold h
            WHERE h.ended_at IS NULL AND h.expires_at > clock_timestamp()
        )
        SELECT g.id, count(*) FROM taken t
        JOIN resources_bed b ON b.id = t.bed_id
        JOIN resources_program g ON (g.agency_id, g.place_id, g.kind) = (b.agency_id, b.place_id, b.kind)
        JOIN resources_capacity c ON c.program_id = g.id AND c.ends_at IS NULL
            AND t.since > least(c.as_of, c.recorded_at)
        WHERE g.retired_at IS NULL
        GROUP BY g.id
    $$;
"""
_BEFORE = import_module("breakwater.referrals.migrations.0017_beside_the_bed")._GIVEN.replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)


class Migration(migrations.Migration):
    dependencies = [("referrals", "0017_beside_the_bed")]

    operations = [migrations.RunSQL(_GIVEN, _BEFORE)]
