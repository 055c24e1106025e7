"""What the board tells of each of its cases: one question about some fifty of them, read as one list.

Asked of the tables, row security sets up the wall of each of them for every page and asks the grants anew for each row.
So it is asked by a function of the owner of the tables, in which each table stands within its own wall, and what stands
open in the circle of a case is asked once for the case. `python -m tests.asked_once` writes the function from what
stands here.
"""

BY = "desk_board"
"""The function in PostgreSQL, told the cases."""

OF_CASES = """SELECT json_object_agg(c.id, json_build_array(
        c.number, p.known_as, p.id, a.worker_id,
        (SELECT u.name FROM "trust_user" u WHERE u.id = a.worker_id),
        (SELECT un.name FROM "trust_unit" un WHERE un.id = a.unit_id),
        t.scheme, t.code, t.urgency, told.tier, told.title, told.ends_at, told.rater, told.is_judged,
        step.id, step.words, step.due_at,
        greatest(
            (SELECT n.happened_at FROM "cases_note" n
                WHERE n.case_id = c.id AND n.reached
                    AND NOT EXISTS (SELECT 1 FROM "cases_notreached" m WHERE m.note_id = n.id)
                ORDER BY n.happened_at DESC LIMIT 1),
            (SELECT r.at FROM "cases_followup" f JOIN "cases_attempt" r ON r.follow_up_id = f.id
                WHERE f.case_id = c.id AND r.outcome IN ('reached', 'declined')
                    AND NOT EXISTS (SELECT 1 FROM "cases_notreached" m WHERE m.attempt_id = r.id)
                ORDER BY r.at DESC LIMIT 1)),
        (SELECT json_agg(json_build_array(k.kind, k.due_at, k.due_soon_at, k.paused_at) ORDER BY k.due_at, k.id)
            FROM "clocks_clock" k
            WHERE k.episode = c.id AND k.circle_id = c.circle_id AND k.ended_at IS NULL),
        (SELECT json_agg(json_build_array(d."to", d.level) ORDER BY d."to")
            FROM "cases_danger" d WHERE d.case_id = c.id AND d.ends_at IS NULL AND d.level <> 'none'))){known}
    FROM {wanted}
    JOIN "people_person" p ON p.id = c.person_id
    JOIN "cases_assignment" a ON a.case_id = c.id AND a.part = 'owner' AND a.ends_at IS NULL
    LEFT JOIN "cases_triage" t ON t.case_id = c.id AND t.ends_at IS NULL
    LEFT JOIN LATERAL (
        SELECT last.* FROM (
            SELECT DISTINCT ON (s.instrument) s.title, s.ends_at, coalesce(judged.tier, came_to.tier) AS tier,
                (SELECT r.name FROM "trust_user" r WHERE r.id = s.by_id) AS rater,
                judged.tier IS NOT NULL AS is_judged
            FROM "assessments_assessment" s
            JOIN LATERAL (
                SELECT f.tier FROM "assessments_result" f
                WHERE f.assessment_id = s.id ORDER BY f.number DESC LIMIT 1) came_to ON true
            LEFT JOIN LATERAL (
                SELECT o.tier FROM "assessments_override" o
                WHERE o.assessment_id = s.id ORDER BY o.at DESC, o.id DESC LIMIT 1) judged ON true
            WHERE s.case_id = c.id AND coalesce(judged.tier, came_to.tier) <> ''
            ORDER BY s.instrument, s.ends_at DESC, s.starts_at DESC, s.id) last
        ORDER BY array_position(ARRAY['none', 'low', 'moderate', 'high', 'imminent'], last.tier::text) DESC,
            last.ends_at DESC LIMIT 1) told ON true
    LEFT JOIN LATERAL (
        SELECT s.id, s.words, s.due_at FROM "plans_step" s
        WHERE s.case_id = c.id AND s.ends_at IS NULL ORDER BY s.due_at, s.id LIMIT 1) step ON true"""
"""Of each case by its id, all that its row shows, and what else is ``known``. ``wanted``: where they are, as ``c``."""

IN_THE_TABLES = 'unnest({cases}) wanted JOIN "cases_case" c ON c.id = wanted'
OF_THE_FUNCTION = "(SELECT said FROM desk_board({cases}))"
"""What asks about ``cases`` the function, which tells what the tables tell."""

FIRST_PAGE = "ARRAY(SELECT case_id FROM pinned UNION ALL SELECT case_id FROM rest)"
LATER_PAGE = "ARRAY(SELECT case_id FROM rest)"

SEEN = """, read AS MATERIALIZED (
        SELECT * FROM desk_board({cases})
    ), seen AS (
        INSERT INTO trust_sighting (agency_id, by_id, glass, asked, page, what, ids)
        SELECT %(agency)s, %(user)s, %(through)s::uuid, %(filters)s::varchar[], %(page)s::varchar, 'cases.case',
            array_agg(shown.case_id ORDER BY shown.part, shown.due_at, shown.clock_id)
        FROM (
            SELECT 1 AS part, one.* FROM pinned one, read WHERE one.case_id = ANY (read.said_of)
            UNION ALL (
                SELECT 2, one.* FROM rest one, read WHERE one.case_id = ANY (read.said_of)
                ORDER BY one.due_at, one.clock_id LIMIT {most})) shown
        HAVING count(*) > 0
    )"""
"""Asks about ``cases``, and writes down which are shown: those that are pinned, and ``most`` of the rest."""

WHAT_WAS_READ = "(SELECT said FROM read)"
