"""Every table is behind a wall, or declared open with its reason; read from the catalog of PostgreSQL itself."""

import re
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import connection

from breakwater.kernel.db import run_sql
from conftest import owner_of
from tests.architecture.world import somebody_known

APP, OWNER = "breakwater_app", "breakwater_owner"

CIRCLE = {
    "people": "person name contactpoint supporter correction membership apart safeword",
    "cases": "case danger circumstance triage gate assignment note amendment notreached barrier followup attempt"
    " closure",
    "clocks": "clock pause alarm",
    "plans": "need step link goal agreement sufficiency lesson safeguard safetyplan copygiven"
    " familychoice familytelling",
    "benefits": "screening application paper notice",
    "referrals": "placement round passenger takeover",
    "duties": "prompt answer weighing",
    "messaging": "thread message amendment contactrule",
    "attachments": "attachment",
    "assessments": "assessment answer alert result override decision",
    "portal": "owncopy ownact sitefile sitelink sitequestion",
    "trust": "consent concern involvement medicalemergency",
}
"""Whoever stands in the circle; a column ``circle_id`` says which."""
LETTER = {"referrals": "referral handoff stage handoffstage meeting ask question hold wait skip ride"}
"""Both ends of a letter, sender and receiver, and nobody else."""
AGENCY = {
    "duties": "duty",
    "portal": "roomlink roomdevice",
    "messaging": "way notice",
    "attachments": "release shelf",
    "assessments": "import attestation agencydefault",
    "people": "household",
    "referrals": "hearing",
    "resources": "claim",
    "trust": "sighting decision seal erasure legalhold term retentionrun"
    " recordrequest flag opening oddlook incident affected told watch handedcode"
    " accessreview accessanswer",
}
"""One agency."""
PERSON = {
    "trust": "draft receipt passkey authenticator recoverycode", "referrals": "stop", "messaging": "mark",
}  # fmt: skip
"""One person who works there."""
PART = {"attachments": "piece"}
"""Whoever the whole is there for, by a question that stands behind the wall of the whole."""
OWN = {"trust": "circle grant entry glass"}
"""The tables the walls are made of; each has a wall of its own kind, tried one by one in ``trust``."""
KEPT = {
    "people_namebook": "who ever stood round somebody: only the search by name reads it, as its keeper",
    "people_nameword": "the same, by the words of their names",
    "trust_blanked": "digests of decisions whose words were erased: only the check of the seals reads them",
    "trust_partbook": "which rows a law keeps apart, by their ids: only who tells the journal asks, of ids it has",
    "people_wordbook": "which words an agency's names are made of",
}
"""Nobody may look into these: row security is forced, and no policy lets the role that serves in."""
OPEN = {
    "trust_agency": "an agency's name is known to those it works with",
    "trust_unit": "so are its teams",
    "trust_user": "and the people who work there; a password is kept as a slow hash",
    "trust_appointment": "who works where, asked before there is an actor",
    "trust_agencyrole": "a role's name and codes, asked together with the appointment",
    "trust_suspension": "that an agency is stopped is asked before there is an actor, and told to whoever writes to it",
    "trust_knock": "keyed hashes of names and addresses that tried to sign in, asked before there is an actor",
    "trust_datakey": "keys wrapped in one that PostgreSQL never sees; read by whoever opens a letter of another agency",
    "trust_change": "opaque names of what changed, which say nothing to whoever cannot make them",
    "trust_erasable": "how each table is erased: a copy of files, which only the owner of the tables writes",
    "trust_retentionlaw": "how long the law wants what kept: a copy of files as well",
    "trust_session": "asked before there is an actor; the key is the secret",
    "trust_challenge": "hashes of tokens, and random bytes to be signed within minutes, before there is an actor",
    "trust_provider": "where an agency's people sign in, asked before there is an actor; its secret is sealed",
    "trust_identity": "keyed hashes of how a provider names somebody, asked before there is an actor",
    "resources_organization": "the directory holds nothing about anyone",
    "resources_place": "the directory",
    "resources_service": "the directory",
    "resources_serviceat": "the directory",
    "resources_phone": "the directory",
    "resources_hours": "the directory",
    "resources_taxonomyterm": "the directory: how its sources file what they list",
    "resources_holiday": "the directory",
    "resources_import": "which package was read, by whom, with what counts",
    "resources_bed": "a bed, not who sleeps in it",
    "resources_program": "what is given at a place, and whom it takes",
    "resources_outofservice": "a bed that cannot be used",
    "resources_capacity": "how many are free, told by whom",
    "referrals_listrule": "whom a house puts first: everybody reads it, and only the house writes it",
    "procrastinate_workers": "the queue",
    "procrastinate_jobs": "the queue: ids and codes",
    "procrastinate_events": "the queue",
    "procrastinate_periodic_defers": "the queue",
    "django_migrations": "the shape of the database",
}

OWN_COPY, SITE_LETTER = "own_copy", "site_letter"
"""The policies of whoever holds an open copy of their own, or an open letter, and is no agency's."""
READ_ON_A_COPY = {
    "plans_safetyplan", "plans_step", "referrals_referral", "cases_followup", "people_supporter",
    "people_contactpoint", "trust_consent", "trust_grant", "trust_glass", "trust_decision", "portal_ownact",
}  # fmt: skip
READ_BY_KEY = {
    OWN_COPY: ("an open copy", ("portal_circle(", "portal_holder("), READ_ON_A_COPY),
    SITE_LETTER: (
        "an open letter", ("portal_letter(", "portal_packet(", "portal_site(", "portal_ask(", "portal_files("),
        {
            "referrals_referral", "portal_sitequestion", "referrals_ask", "referrals_question", "referrals_hold",
            "portal_sitefile", "attachments_attachment", "attachments_piece", "referrals_handoff",
        },
    ),
}  # fmt: skip
"""What each of them asks, and what it may read."""

APPEND_ONLY = {
    "trust_entry", "trust_sighting", "trust_decision", "trust_seal", "cases_attempt", "clocks_alarm",
    "trust_retentionrun",
    "people_correction", "trust_told", "trust_opening", "trust_accessanswer",
    "duties_answer", "duties_weighing", "plans_agreement", "plans_sufficiency",
    "plans_familychoice", "plans_familytelling",
    "benefits_screening", "benefits_notice",
    "assessments_answer", "assessments_result", "assessments_override",
    "assessments_decision", "referrals_skip", "referrals_stop", "referrals_takeover",
    "messaging_message", "messaging_amendment",
    "attachments_attachment", "attachments_piece", "attachments_release",
}  # fmt: skip
CHANGES_ONLY = {
    "cases_note",
    "cases_amendment",
    "cases_notreached",
    "plans_safetyplan",
    "plans_copygiven",
    "trust_term",
}
"""What was written stays written; which laws protect it may be said later."""
NEVER_DELETED = {
    "trust_consent", "trust_glass", "trust_recordrequest", "trust_flag", "trust_oddlook", "trust_incident",
    "cases_note", "cases_amendment", "cases_notreached",
    "trust_erasure", "trust_legalhold", "trust_term", "trust_suspension", "trust_agencyrole", "trust_accessreview",
    "assessments_assessment", "assessments_alert", "assessments_import", "assessments_attestation",
    "assessments_agencydefault",
    "duties_duty", "duties_prompt", "cases_circumstance",
    "trust_concern", "trust_involvement", "trust_medicalemergency",
    "trust_circle", "trust_grant", "people_person", "people_name", "people_contactpoint", "people_supporter",
    "people_safeword",
    "people_membership", "cases_case", "cases_danger", "cases_triage", "cases_gate", "cases_assignment",
    "cases_barrier", "cases_followup", "cases_closure", "clocks_clock", "clocks_pause", "plans_need", "plans_step",
    "portal_owncopy", "portal_ownact", "portal_sitelink", "portal_sitequestion", "portal_sitefile",
    "portal_roomlink", "portal_roomdevice",
    "plans_link", "plans_goal", "plans_lesson", "plans_safeguard", "plans_safetyplan", "plans_copygiven",
    "referrals_round", "messaging_thread", "messaging_contactrule", "messaging_way", "messaging_notice",
    "benefits_application", "benefits_paper", "attachments_shelf",
}  # fmt: skip
NO_POLICY_TO_DELETE = {
    "referrals_referral", "referrals_handoff", "referrals_stage", "referrals_handoffstage", "referrals_placement",
    "referrals_meeting",
    "referrals_ask", "referrals_question", "referrals_hold", "referrals_wait", "referrals_ride",
    "referrals_passenger",
}  # fmt: skip

_BEFORE, _DELETE, _UPDATE, _TRUNCATE = 2, 8, 16, 32
Ask = Callable[[str], list[tuple[Any, ...]]]


def _tables(by_app: dict[str, str]) -> set[str]:
    return {f"{app}_{name}" for app, names in by_app.items() for name in names.split()}


WALLS = {
    "circle": (_tables(CIRCLE), ("circle_id", "trust_grant", "trust_agency()")),
    "letter": (_tables(LETTER), ("from_agency_id", "to_agency_id", "trust_agency()")),
    "agency": (_tables(AGENCY), ("agency_id", "trust_agency()")),
    "person": (_tables(PERSON), ("by_id", "trust_user()")),
    "part": (_tables(PART), ("EXISTS", "trust_agency()", "attachments_attachment")),
    "own": (_tables(OWN), ("trust_agency()",)),
}
WALLED = set().union(*(tables for tables, _ in WALLS.values()))
VIEWS = {
    "cases_next": {"cases_case", "clocks_clock"},
    "cases_in_danger_now": {"cases_case", "cases_danger", "clocks_clock"},
    "cases_at_a_glance": {"cases_case", "cases_assignment", "cases_danger", "cases_triage", "clocks_clock"},
}
"""Views that carry the wall themselves, and what they read: each of these has the very same wall, by its circle."""


def classified(ask: Ask) -> list[str]:
    """Tables that stand in none of the lists above, or are not there at all."""
    there = {name for (name,) in ask(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm') AND relnamespace = 'public'::regnamespace"
    )}  # fmt: skip
    listed = WALLED | KEPT.keys() | OPEN.keys() | VIEWS.keys()
    return sorted(f"{name} is not classified" for name in there - listed) + sorted(
        f"{name} is not there" for name in listed - there
    )


def walls(ask: Ask) -> list[str]:
    """What is wrong with the second wall, table by table."""
    standing = {name: (on, forced, owner) for name, on, forced, owner in ask(
        "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, r.rolname FROM pg_class c"
        " JOIN pg_roles r ON r.oid = c.relowner WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"
    )}  # fmt: skip
    wrong = [
        f"{name}: not forced" for name in WALLED | KEPT.keys() if standing.get(name, ())[:2] != (True, True)
    ]
    wrong += [f"{name}: owned by the role that serves" for name, row in standing.items() if row[2] == APP]
    seen: dict[str, list[str]] = {}
    for table, policy, act, roles, expressions in ask(_POLICIES):
        if APP in roles or "public" in roles:
            seen.setdefault(table, []).append(expressions)
            if policy in READ_BY_KEY:
                wrong += _by_key(policy, table, act, expressions)
            elif "trust_agency()" not in expressions and "trust_user()" not in expressions:
                wrong.append(f"{table}: policy {policy} asks nobody who they are")
    wrong += [f"{table}: somebody may look into it" for table in KEPT.keys() & seen.keys()]
    for kind, (tables, words) in WALLS.items():
        wrong += [
            f"{table}: its wall is not one by {kind}"
            for table in tables
            if not any(all(word in one for word in words) for one in seen.get(table, []))
        ]
    return sorted(wrong)


def _by_key(policy: str, table: str, act: str, expressions: str) -> list[str]:
    """What is wrong with the wall of whoever holds a key: it is to read only, and to read what is listed."""
    what, asks, reads = READ_BY_KEY[policy]
    return (
        [f"{table}: {what} may do more than read"] * (act != "SELECT")
        + [f"{table}: policy {policy} asks nobody who they are"]
        * (not any(one in expressions for one in asks))
        + [f"{table}: nobody said that {what} reads it"] * (table not in reads)
    )


_POLICIES = """
    SELECT tablename, policyname, cmd, roles::text[], coalesce(qual, '') || ' ' || coalesce(with_check, '')
    FROM pg_policies WHERE schemaname = 'public'
"""


def keeping(ask: Ask) -> list[str]:
    """What could be rewritten or thrown away and must not be."""
    stops: dict[str, int] = {}
    for table, bits in ask(
        "SELECT tgrelid::regclass::text, tgtype::int FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'"
        " AND tgfoid = 'trust_is_append_only'::regproc AND tgqual IS NULL"
    ):
        stops[table] = stops.get(table, 0) | (bits if bits & _BEFORE else 0)
    needed = dict.fromkeys(NEVER_DELETED, _DELETE)
    needed |= dict.fromkeys(APPEND_ONLY, _UPDATE | _DELETE | _TRUNCATE)
    wrong = [
        f"{table}: nothing stops it" for table, bits in needed.items() if stops.get(table, 0) & bits != bits
    ]
    frozen = {table for (table,) in ask(
        "SELECT tgrelid::regclass::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE tgenabled = 'O'"
        " AND tgfoid = 'trust_is_append_only'::regproc AND cardinality(tgattr::int2[]) = relnatts - 1"
    )}  # fmt: skip
    wrong += [f"{table}: its words can be rewritten" for table in CHANGES_ONLY - frozen]
    policies = ask("SELECT tablename, cmd, roles::text[] FROM pg_policies")
    may_delete = {table for table, act, roles in policies if act in ("ALL", "DELETE") and roles != [OWNER]}
    return sorted(
        wrong + [f"{table}: a policy lets it be deleted" for table in NO_POLICY_TO_DELETE & may_delete]
    )


MAKE_ORDERS = {
    "trust_encrypt": "of a table that it asks whose it is, and of a column's name",
    "trust_protect": "of a table that it asks whose it is",
    "trust_settled": "of one of three words",
    "trust_why_not_erased": "of what stands in erasing.toml, which the role that serves does not write",
    "trust_would_go": "of the same",
}
"""What runs as the owner and makes an order while it runs, and of what: never of words that whoever asks may choose."""


def rights(ask: Ask) -> list[str]:
    """What the role that serves may do and must not: empty a table, rewrite the journal, be fooled as the owner."""
    wrong = [f"{table}: may be emptied" for (table,) in ask(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        f" AND has_table_privilege('{APP}', oid, 'TRUNCATE, REFERENCES, TRIGGER')"
    )]  # fmt: skip
    wrong += [f"{table}: may be rewritten" for (table,) in ask(
        "SELECT relname FROM pg_class WHERE relname IN ('trust_entry', 'trust_sighting', 'django_migrations')"
        f" AND has_table_privilege('{APP}', oid, 'UPDATE, DELETE')"
    )]  # fmt: skip
    wrong += [f"{function}: runs as the owner without a fixed path" for (function,) in ask(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef"
        " AND right(coalesce(array_to_string(proconfig, ' '), ''), 9) <> ', pg_temp'"
    )]  # fmt: skip
    wrong += [f"{function}: makes an order of words, as the owner" for (function,) in ask(
        "SELECT p.oid::regproc::text FROM pg_proc p WHERE pronamespace = 'public'::regnamespace AND prosecdef"
        " AND prosrc ~* '\\mEXECUTE\\M'"
    ) if function not in MAKE_ORDERS]  # fmt: skip
    wrong += [f"{function}: takes a table that is not asked whose it is" for (function,) in ask(
        "SELECT p.oid::regproc::text FROM pg_proc p WHERE pronamespace = 'public'::regnamespace AND prosecdef"
        " AND proargtypes::oid[] && ARRAY['regclass'::regtype::oid]"
        " AND (strpos(prosrc, 'c.relnamespace = ''public''::regnamespace') = 0"
        " OR strpos(prosrc, 'pg_get_userbyid(c.relowner) = current_user') = 0)"
    )]  # fmt: skip
    wrong += [f"{APP} makes things beside the tables" for (can,) in ask(
        f"SELECT has_schema_privilege('{APP}', 'public', 'CREATE')"
    ) if can]  # fmt: skip
    wrong += [f"{role}: {APP} is one" for (role,) in ask(
        f"SELECT rolname FROM pg_roles WHERE pg_has_role('{APP}', oid, 'MEMBER') AND rolname <> '{APP}'"
    )]  # fmt: skip
    return wrong + [f"{APP} walks through walls" for (can,) in ask(
        f"SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = '{APP}'"
    ) if can]  # fmt: skip


def views(ask: Ask) -> list[str]:
    """Where a view could show a row that its table does not: no wall in it, another one, or another circle."""
    wall = {name: " ".join(text.replace(f"{name}.circle_id", "?").split()) for name, text in ask(
        "SELECT tablename, qual FROM pg_policies WHERE policyname = 'wall' AND schemaname = 'public'"
    )}  # fmt: skip
    wrong = []
    for name, options, text in ask(
        "SELECT relname, coalesce(reloptions::text, ''), pg_get_viewdef(oid) FROM pg_class"
        " WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace"
    ):
        told = re.sub(r"(?<=\bg\.circle_id = )\w+\.circle_id", "?", " ".join(text.split()))
        read = re.findall(r"(?:FROM|JOIN|,) \(*((?!trust_grant)\w+_\w+) (?!AS )\w+", told)
        wrong += [f"{name}: is no barrier"] * ("security_barrier=true" not in options)
        wrong += [f"{name}: reads {table}" for table in set(read) - VIEWS.get(name, set())]
        if not all(table in wall and wall[table] in told for table in read):
            wrong.append(f"{name}: does not carry the wall of all that it reads")
        if len(re.findall(r"\w\.circle_id = \w+\.circle_id", told)) < len(read) - 1:
            wrong.append(f"{name}: reads beside the circle that it asks about")
    return sorted(wrong)


GUARDS = (classified, walls, views, keeping, rights)


@pytest.mark.django_db
@pytest.mark.parametrize("guard", GUARDS)
def test_every_table_has_a_circle(guard):
    assert guard(_as_who_serves) == []


def _as_who_serves(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def test_every_model_is_classified_once():
    lists = [*(tables for tables, _ in WALLS.values()), OPEN.keys()]
    for model in apps.get_models(include_auto_created=True):
        assert sum(model._meta.db_table in one for one in lists) == 1, model


def test_a_table_with_a_circle_says_so_in_its_model():
    """What reaches a circle holds the circle itself, so that neither wall has far to look."""
    for model in apps.get_models():
        columns = {field.column for field in model._meta.fields}
        assert model._meta.db_table not in _tables(CIRCLE) or "circle_id" in columns, model
        assert "circle_id" not in columns or model._meta.db_table in WALLED, model


@pytest.mark.django_db
def test_behind_every_wall_there_is_something_and_nobody_without_a_name_sees_it():
    somebody_known()
    tables = sorted(WALLED)
    before = {table: _as_who_serves(f"SELECT count(*) FROM {table}")[0][0] for table in tables}
    assert sum(count > 0 for count in before.values()) > 20
    run_sql("SELECT set_config('breakwater.agency', '', true), set_config('breakwater.user', '', true)")
    assert {table for table in tables if _as_who_serves(f"SELECT count(*) FROM {table}")[0][0]} == set()


BROKEN = {
    "ALTER TABLE cases_note NO FORCE ROW LEVEL SECURITY": (walls, "cases_note: not forced"),
    "ALTER TABLE people_person DISABLE ROW LEVEL SECURITY": (walls, "people_person: not forced"),
    "CREATE POLICY all_see ON cases_note USING (true)": (
        walls,
        "cases_note: policy all_see asks nobody who they are",
    ),
    "CREATE POLICY seen ON people_namebook USING (agency_id = trust_agency())": (
        walls,
        "people_namebook: somebody may look into it",
    ),
    "CREATE POLICY own_copy ON cases_note FOR SELECT USING (circle_id = portal_circle('plan'))": (
        walls,
        "cases_note: nobody said that an open copy reads it",
    ),
    "DROP POLICY own_copy ON plans_step; CREATE POLICY own_copy ON plans_step USING (portal_circle('x') = id)": (
        walls,
        "plans_step: an open copy may do more than read",
    ),
    "CREATE POLICY site_letter ON cases_note FOR SELECT USING (id = portal_letter())": (
        walls,
        "cases_note: nobody said that an open letter reads it",
    ),
    "DROP POLICY wall ON trust_draft": (walls, "trust_draft: its wall is not one by person"),
    "CREATE TABLE cases_secret (id integer)": (classified, "cases_secret is not classified"),
    "CREATE VIEW people_all AS SELECT * FROM people_person": (classified, "people_all is not classified"),
    "ALTER VIEW cases_next SET (security_barrier = false)": (views, "cases_next: is no barrier"),
    "ALTER POLICY wall ON cases_danger USING (circle_id = trust_agency())": (
        views,
        "cases_at_a_glance: does not carry the wall of all that it reads",
    ),
    "CREATE VIEW cases_all WITH (security_barrier) AS SELECT n.id, c.id AS case_id FROM cases_note n, cases_case c": (
        views,
        "cases_all: reads beside the circle that it asks about",
    ),
    "DROP TRIGGER trust_entry_is_append_only ON trust_entry": (keeping, "trust_entry: nothing stops it"),
    "ALTER TABLE cases_note DISABLE TRIGGER USER": (keeping, "cases_note: nothing stops it"),
    "DROP TRIGGER cases_note_changes_only_segments ON cases_note": (
        keeping,
        "cases_note: its words can be rewritten",
    ),
    "CREATE POLICY gone ON referrals_stage FOR DELETE USING (by_agency_id = trust_agency())": (
        keeping,
        "referrals_stage: a policy lets it be deleted",
    ),
    f"GRANT TRUNCATE ON cases_case TO {APP}": (rights, "cases_case: may be emptied"),
    f"GRANT UPDATE ON trust_entry TO {APP}": (rights, "trust_entry: may be rewritten"),
    "CREATE FUNCTION trust_do(it text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN EXECUTE it; END'": (
        rights,
        "trust_do: makes an order of words, as the owner",
    ),
    "CREATE FUNCTION trust_any(it regclass) RETURNS void LANGUAGE sql SECURITY DEFINER AS 'SELECT'": (
        rights,
        "trust_any: takes a table that is not asked whose it is",
    ),
    f"GRANT CREATE ON SCHEMA public TO {APP}": (rights, f"{APP} makes things beside the tables"),
    "ALTER FUNCTION trust_may_grant(uuid) RESET search_path": (
        rights,
        "trust_may_grant: runs as the owner without a fixed path",
    ),
}


def test_the_guards_see_a_wall_that_was_taken_down(own_database):
    with psycopg.connect(owner_of(own_database)) as owner:

        def ask(sql: str) -> list[tuple[Any, ...]]:
            return owner.execute(sql).fetchall()

        for order, (guard, said) in BROKEN.items():
            assert said not in guard(ask)
            owner.execute(order)
            assert said in guard(ask), order
            owner.rollback()
