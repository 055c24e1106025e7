"""What pages show, read in the plainest way: the same rows of the same agency, and no question about who asks."""

from collections.abc import Iterable
from typing import Any

from breakwater.desk.search import FIRST

# The fifty come first and what is told of them afterwards: asked in one, PostgreSQL may read every clock of the agency,
# and the floor would be dearer than the page that stands on it.
_NOW = """
    WITH first AS MATERIALIZED (
        SELECT k.id, k.episode, k.due_at, k.due_soon_at FROM clocks_clock k
        WHERE k.agency_id = %(agency)s AND k.ended_at IS NULL AND k.episode IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM clocks_clock earlier
            WHERE earlier.episode = k.episode AND earlier.ended_at IS NULL
                AND (earlier.due_at, earlier.id) < (k.due_at, k.id) OFFSET 0)
        ORDER BY k.due_at, k.id LIMIT 51
    )
    SELECT c.id, c.number, p.known_as, p.id, first.due_at, first.due_soon_at, a.worker_id, u.name, un.name,
        t.scheme, t.code, t.urgency, step.words, step.due_at, greatest(contact.happened_at, spoken.at),
        (SELECT json_agg(json_build_array(k.kind, k.due_at, k.due_soon_at, k.paused_at) ORDER BY k.due_at)
            FROM clocks_clock k WHERE k.episode = c.id AND k.ended_at IS NULL),
        (SELECT json_agg(json_build_array(d."to", d.level) ORDER BY d."to")
            FROM cases_danger d WHERE d.case_id = c.id AND d.ends_at IS NULL AND d.level <> 'none')
    FROM first
    JOIN cases_case c ON c.id = first.episode AND c.agency_id = %(agency)s
    JOIN people_person p ON p.id = c.person_id
    JOIN cases_assignment a ON a.case_id = c.id AND a.part = 'owner' AND a.ends_at IS NULL
    LEFT JOIN trust_user u ON u.id = a.worker_id
    LEFT JOIN trust_unit un ON un.id = a.unit_id
    LEFT JOIN cases_triage t ON t.case_id = c.id AND t.ends_at IS NULL
    LEFT JOIN LATERAL (
        SELECT s.words, s.due_at FROM plans_step s
        WHERE s.case_id = c.id AND s.ends_at IS NULL ORDER BY s.due_at LIMIT 1) step ON true
    LEFT JOIN LATERAL (
        SELECT n.happened_at FROM cases_note n
        WHERE n.case_id = c.id AND n.reached
            AND NOT EXISTS (SELECT 1 FROM cases_notreached m WHERE m.note_id = n.id)
        ORDER BY n.happened_at DESC LIMIT 1) contact ON true
    LEFT JOIN LATERAL (
        SELECT r.at FROM cases_followup f JOIN cases_attempt r ON r.follow_up_id = f.id
        WHERE f.case_id = c.id AND r.outcome IN ('reached', 'declined')
            AND NOT EXISTS (SELECT 1 FROM cases_notreached m WHERE m.attempt_id = r.id)
        ORDER BY r.at DESC LIMIT 1) spoken ON true
    ORDER BY first.due_at, first.id
"""
_CASE = (
    "SELECT * FROM cases_case c JOIN people_person p ON p.id = c.person_id WHERE c.id = %(case)s",
    "SELECT * FROM clocks_clock WHERE episode = %(case)s AND ended_at IS NULL ORDER BY due_at",
    "SELECT * FROM cases_gate WHERE case_id = %(case)s AND ends_at IS NULL",
    "SELECT * FROM cases_triage WHERE case_id = %(case)s AND ends_at IS NULL",
    "SELECT * FROM cases_danger WHERE case_id = %(case)s AND ends_at IS NULL",
    """
    SELECT a.*, u.name, n.name FROM cases_assignment a
    LEFT JOIN trust_user u ON u.id = a.worker_id LEFT JOIN trust_unit n ON n.id = a.unit_id
    WHERE a.case_id = %(case)s AND a.ends_at IS NULL
    """,
    """
    SELECT f.*, t.outcome, t.at FROM cases_followup f LEFT JOIN cases_attempt t ON t.follow_up_id = f.id
    WHERE f.case_id = %(case)s AND f.ends_at IS NULL ORDER BY f.planned_for
    """,
    "SELECT * FROM cases_barrier WHERE case_id = %(case)s",
    """
    SELECT n.*, (SELECT array_agg(l.effect_id) FROM plans_link l WHERE l.cause_id = n.id AND l.ends_at IS NULL)
    FROM plans_need n WHERE n.case_id = %(case)s
    """,
    """
    SELECT s.*, u.name FROM plans_step s LEFT JOIN trust_user u ON u.id = s.worker_id
    WHERE s.case_id = %(case)s
    """,
    "SELECT * FROM people_contactpoint WHERE person_id = %(person)s AND ends_at IS NULL",
    "SELECT * FROM people_supporter WHERE person_id = %(person)s AND ends_at IS NULL",
    "SELECT * FROM referrals_referral WHERE case_id = %(case)s",
    """
    SELECT p.*, b.label FROM referrals_placement p JOIN resources_bed b ON b.id = p.bed_id
    WHERE p.case_id = %(case)s
    """,
    """
    SELECT e.*, u.name, n.words FROM trust_entry e
    LEFT JOIN trust_user u ON u.id = e.by_id LEFT JOIN cases_note n ON n.id = e.about
    WHERE e.episode = %(case)s AND e.verb <> ALL ('{clocks.clock_started,clocks.clock_stopped}')
    ORDER BY e.at DESC LIMIT 12
    """,
)
_ALIKE = """
    SELECT p.id, p.known_as, p.birth_date, similarity(b.key, %(name)s) AS likeness
    FROM people_namebook b JOIN people_person p ON p.id = b.person_id
    WHERE b.key %% %(name)s AND b.agency_id = %(agency)s
    ORDER BY likeness DESC, p.id LIMIT {most}
"""
_EPISODES = """
    SELECT c.id, c.number, c.asked_at, a.name FROM cases_case c JOIN trust_agency a ON a.id = c.agency_id
    WHERE c.person_id = ANY(%(people)s) ORDER BY c.asked_at DESC
"""


def now(connection: Any, asked: dict[str, str]) -> str:
    """Fifty rows of the board."""
    return _table(connection.execute(_NOW, asked))


def case(connection: Any, asked: dict[str, str]) -> str:
    """Everything the case page shows, one statement a noun."""
    return "".join(_table(connection.execute(statement, asked)) for statement in _CASE)


def matches(connection: Any, asked: dict[str, str]) -> str:
    """The eight people whose names are most alike."""
    return _table(connection.execute(_ALIKE.format(most=8), asked))


def search(connection: Any, asked: dict[str, str]) -> str:
    """The people whose names are most alike, with their episodes."""
    people = connection.execute(_ALIKE.format(most=FIRST), asked).fetchall()
    return _table(people) + _table(connection.execute(_EPISODES, {"people": [row[0] for row in people]}))


def _table(rows: Iterable[tuple[Any, ...]]) -> str:
    return "".join(f"<tr>{''.join([f'<td>{value}</td>' for value in row])}</tr>" for row in rows)
