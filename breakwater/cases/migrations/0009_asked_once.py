"""What the board asks of each case, behind the wall of its circle asked once, and not again for each row in it.

The views run as the owner of the tables, whom row security does not bind, so they carry the wall themselves: the same
sentence, made by the same function. Everything in a view is care, carries no segments of its own, and lies in the
very circle that was asked about; so whoever may read the case may read it. ``security_barrier``: nothing that somebody
asks besides is worked out on a row that the wall keeps from them.

``OFFSET 0`` lets PostgreSQL walk the clocks in the order they are due and stop after a page.
"""

from django.db import migrations

from breakwater.trust.walls import stands

_NEXT = f"""
CREATE VIEW cases_next WITH (security_barrier) AS
    SELECT c.id AS case_id, c.number, c.person_id, c.unit_id, k.agency_id, k.id AS clock_id, k.due_at, k.due_soon_at
    FROM clocks_clock k
    CROSS JOIN LATERAL (
        SELECT held.id, held.number, held.person_id, held.unit_id FROM cases_case held
        WHERE held.id = k.episode AND held.circle_id = k.circle_id AND held.agency_id = k.agency_id
            AND {stands("care", circle="held.circle_id")}
        OFFSET 0) c
    WHERE k.ended_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM clocks_clock earlier
        WHERE earlier.episode = k.episode AND earlier.circle_id = k.circle_id AND earlier.agency_id = k.agency_id
            AND earlier.ended_at IS NULL AND (earlier.due_at, earlier.id) < (k.due_at, k.id)
        OFFSET 0)
    ORDER BY k.due_at, k.id
"""
_AT_A_GLANCE = f"""
CREATE VIEW cases_at_a_glance WITH (security_barrier) AS
    SELECT c.id AS case_id, a.worker_id, a.unit_id, t.scheme, t.code, t.urgency,
        (SELECT json_agg(json_build_array(k.kind, k.due_at, k.due_soon_at, k.paused_at) ORDER BY k.due_at)
            FROM clocks_clock k
            WHERE k.episode = c.id AND k.circle_id = c.circle_id AND k.ended_at IS NULL) AS clocks,
        (SELECT json_agg(json_build_array(d."to", d.level) ORDER BY d."to")
            FROM cases_danger d
            WHERE d.case_id = c.id AND d.circle_id = c.circle_id AND d.ends_at IS NULL AND d.level <> 'none') AS dangers
    FROM cases_case c
    JOIN cases_assignment a
        ON a.case_id = c.id AND a.circle_id = c.circle_id AND a.part = 'owner' AND a.ends_at IS NULL
    LEFT JOIN LATERAL (
        SELECT s.scheme, s.code, s.urgency FROM cases_triage s
        WHERE s.case_id = c.id AND s.circle_id = c.circle_id AND s.ends_at IS NULL LIMIT 1) t ON true
    WHERE {stands("care", circle="c.circle_id")}
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_in_its_order"), ("clocks", "0002_walls")]

    operations = [
        migrations.RunSQL(_NEXT, "DROP VIEW cases_next"),
        migrations.RunSQL(_AT_A_GLANCE, "DROP VIEW cases_at_a_glance"),
    ]
