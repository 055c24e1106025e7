"""What is kept with services so that searching them is quick; worked out again after every change.

Each statement is about the services of one ``%(source)s``.
"""

HOURS_TOLD = """
CREATE TEMP TABLE hours_told ON COMMIT DROP AS
    SELECT DISTINCT service_id, place_id FROM resources_hours WHERE weekday IS NOT NULL OR month_day IS NOT NULL;
ANALYZE hours_told
"""

HOURS_FROM = """
UPDATE resources_serviceat a SET hours_from = x.hours_from
FROM (
    SELECT a.id, CASE WHEN h.place_id IS NOT NULL THEN 'here' WHEN s.service_id IS NOT NULL THEN 'service'
        WHEN p.place_id IS NOT NULL THEN 'place' ELSE '' END AS hours_from
    FROM resources_serviceat a
    LEFT JOIN hours_told h ON h.service_id = a.service_id AND h.place_id = a.place_id
    LEFT JOIN hours_told s ON s.service_id = a.service_id AND s.place_id IS NULL
    LEFT JOIN hours_told p ON p.place_id = a.place_id AND p.service_id IS NULL
    WHERE a.source = %(source)s AND a.retired_at IS NULL
) x WHERE a.id = x.id AND a.hours_from <> x.hours_from
"""

PLACED = """
UPDATE resources_service s SET is_placed = x.is_placed, states = x.states
FROM (
    SELECT s.id, coalesce(bool_or(p.latitude IS NOT NULL), false) AS is_placed,
        CASE WHEN count(p.id) > 0 THEN coalesce(array_agg(DISTINCT p.state) FILTER (WHERE p.state <> ''), '{}')
            WHEN o.state <> '' THEN array[o.state] ELSE '{}' END AS states
    FROM resources_service s
    LEFT JOIN resources_serviceat a ON a.service_id = s.id AND a.retired_at IS NULL
    LEFT JOIN resources_place p ON p.id = a.place_id AND p.retired_at IS NULL
    LEFT JOIN resources_organization o ON o.id = s.organization_id
    WHERE s.source = %(source)s GROUP BY s.id, o.state
) x WHERE s.id = x.id AND (s.is_placed, s.states) IS DISTINCT FROM (x.is_placed, x.states)
"""
