"""PostgreSQL's own mouth: what it complains about may quote somebody's words, and no log does."""

import logging
import os
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from breakwater.kernel.db import run_sql
from breakwater.kernel.ids import new_id
from breakwater.server.logs import Discreet
from breakwater.trust.testing import an_actor

CANARY = "zqmouth"

_AGENCY = "INSERT INTO trust_agency (id, name, kind, profile, scheme, time_zone, founded_at)"
FORCED = {
    "unique": (
        f"{_AGENCY} SELECT gen_random_uuid(), '{CANARY}', 'clinic', 'us', 'x', 'UTC', now() FROM generate_series(1, 2)"
    ),
    "check": (
        "INSERT INTO resources_organization (id, source, external_id, name, alternate_name) "
        f"VALUES (gen_random_uuid(), '{CANARY}', '{CANARY}', '', '{CANARY}')"
    ),
    "exclusion": (
        f"CREATE TEMP TABLE mouth (word text, EXCLUDE USING btree (word WITH =)); "
        f"INSERT INTO mouth VALUES ('{CANARY}'), ('{CANARY}')"
    ),
    "not null": f"{_AGENCY} VALUES (gen_random_uuid(), '{CANARY}', NULL, 'us', 'x', 'UTC', now())",
    "foreign key": f"INSERT INTO trust_unit (id, agency_id, name) VALUES (gen_random_uuid(), '{new_id()}', '{CANARY}')",
    "too long": f"{_AGENCY} VALUES (gen_random_uuid(), 'x', '{CANARY * 9}', 'us', 'x', 'UTC', now())",
    "invalid text": f"SELECT '{CANARY}'::uuid",
    "invalid date": f"SELECT '{CANARY}'::timestamptz",
    "row security": (
        "INSERT INTO people_household (id, agency_id, formed_at)"
        f" VALUES (gen_random_uuid(), '{new_id()}', now() + ('{CANARY}' || '')::text::interval)"
    ),
}

QUOTES_NOTHING = ("foreign key", "too long")


def complaint(sql: str) -> DatabaseError:
    """What PostgreSQL says to a statement, at once or at the end."""
    try:
        with transaction.atomic():
            run_sql(sql)
            run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    except DatabaseError as error:
        return error
    raise AssertionError("nothing was complained about")


@pytest.mark.django_db
@pytest.mark.parametrize("kind", FORCED)
def test_whatever_postgresql_complains_about_no_log_quotes_it(kind):
    an_actor()
    log = Path(os.environ["TESTS_FOLDER"]) / "pg" / "postgres.log"
    before = log.stat().st_size if log.exists() else 0
    error = complaint(FORCED[kind])
    told = (type(error), error, error.__traceback__)
    record = logging.LogRecord("django.request", logging.ERROR, __file__, 1, "it broke", (), told)
    assert CANARY not in Discreet().format(record)
    assert kind in QUOTES_NOTHING or CANARY in f"{error}", "the canary must have been in the complaint"
    with log.open("rb") as said:
        said.seek(before)
        assert CANARY.encode() not in said.read()


@pytest.mark.django_db
def test_the_server_is_told_to_be_discreet():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, setting FROM pg_settings WHERE name IN ('log_error_verbosity', 'log_min_error_statement',"
            " 'log_parameter_max_length', 'log_parameter_max_length_on_error', 'log_min_messages', 'log_statement')"
        )
        assert dict(cursor.fetchall()) == {
            "log_error_verbosity": "terse", "log_min_error_statement": "panic", "log_parameter_max_length": "0",
            "log_parameter_max_length_on_error": "0", "log_min_messages": "log", "log_statement": "none",
        }  # fmt: skip
