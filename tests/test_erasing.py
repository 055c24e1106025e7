"""Nothing of an erased record is left: not in a table, not in what is derived from it, not under a key that we have.

One record with everything in it, a canary in each field, nine years after it was closed.
"""

import subprocess
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction

from breakwater.kernel.db import all_rows, one_row
from breakwater.privacy.called import called, in_words
from breakwater.privacy.jobs import go_through_all
from breakwater.server.declared import COPIES, declared
from breakwater.server.embedded import binaries
from breakwater.trust.access import acting
from breakwater.trust.actions.erasing import Decided, decide_erasure
from breakwater.trust.actions.seals import seal_journal
from breakwater.trust.encrypted import ENCRYPTED
from breakwater.trust.keeping import what_would_go
from breakwater.trust.models import Erasure, Receipt
from breakwater.trust.testing import as_seen_by
from breakwater.trust.tests.test_seals import somebody_to_whom_nothing_is_forbidden
from breakwater.trust.verifying import verify_journal
from conftest import owner_of, superuser_of
from tests.matrix.world import a_world

LONG_AGO = "interval '9 years'"
_AGED = f"""
UPDATE trust_circle SET opened_at = opened_at - {LONG_AGO};
UPDATE trust_entry SET at = at - {LONG_AGO};
UPDATE trust_decision SET at = at - {LONG_AGO};
UPDATE trust_consent SET starts_at = starts_at - {LONG_AGO}, ends_at = ends_at - {LONG_AGO};
UPDATE trust_recordrequest SET received_at = received_at - {LONG_AGO}, due_at = due_at - {LONG_AGO},
    answered_at = received_at - {LONG_AGO} + interval '1 day', outcome = 'granted', checked = 'known',
    checked_at = received_at - {LONG_AGO};
UPDATE trust_legalhold SET ends_at = now(), lifted_because = 'It was settled.';
INSERT INTO cases_closure (id, circle_id, case_id, outcome, words, what_worked, starts_at, reopened_because)
    SELECT gen_random_uuid(), circle_id, id, 'stable', '', '', now() - {LONG_AGO}, '' FROM cases_case;
"""
_OF_THE_AGENCY = {"incident", "asked", "weapon"}


@pytest.fixture
def old(own_database):
    """The record, everything sealed; and who may erase it."""
    with transaction.atomic():
        world = a_world(only="plain")
        typist = as_seen_by(world.actors["colleague"])
        Receipt.objects.create(
            pk=10**9, key=uuid4(), by=typist.user, fingerprint="x", status=200,
            body=world.cage.word("plain", "piece", "care"), received_at=world.now - timedelta(hours=2),
        )  # fmt: skip
    with somebody_to_whom_nothing_is_forbidden(own_database) as root:
        root.execute(_AGED)
    seal_journal(at=world.now)
    go_through_all(at=world.now)
    return SimpleNamespace(
        url=own_database, world=world, circle=world.cases["plain"].circle_id, officer=world.actors["officer"],
        supervisor=world.actors["supervisor"],
    )  # fmt: skip


def proposed(old):
    """What somebody else proposed already."""
    with acting(old.officer):
        return Erasure.objects.get(circle=old.circle)


def decided(old, erasure):
    with acting(old.supervisor) as supervisor:
        return decide_erasure(erasure, Decided(decision="erase"), at=old.world.now, by=supervisor)


def verified(old):
    with psycopg.connect(owner_of(old.url), autocommit=True) as owner:
        return [
            one.broken
            for one in verify_journal(owner.execute, key=settings.SEAL_KEY, anchors={})
            if one.broken
        ]


def readable(old):
    """Everything that anybody who has the database and its keys can read: a dump, and every cell decrypted."""
    asked = [binaries.find() / "pg_dump", superuser_of(old.url)]
    said = [subprocess.run(asked, check=True, capture_output=True).stdout]
    with psycopg.connect(superuser_of(old.url)) as root:
        for field in ENCRYPTED:
            meta = field.model._meta
            rows = root.execute(f'SELECT {meta.pk.column}, "{field.column}" FROM {meta.db_table}')
            for pk, cell in rows.fetchall():
                words = field.read(cell, field.model(pk=pk)) if cell else ""
                said.append(words if isinstance(words, bytes) else str(words).encode())
    return b"\n".join(said)


def canaries(old, said):
    found = {one for one in old.world.cage.heard_in(said) if one.record == "plain"}
    return sorted(one.text for one in found)


def test_nothing_is_left_that_anybody_can_read_and_the_journal_stays_true(old):
    before = readable(old)
    there = set(canaries(old, before))
    assert len(there) > 40
    assert verified(old) == []
    erasure = proposed(old)
    with acting(old.officer):
        foretold = what_would_go(erasure)
    entries = one_row_of(old, "SELECT count(*) FROM trust_entry WHERE circle_id = %s", old.circle)
    decisions = one_row_of(old, "SELECT count(*) FROM trust_decision WHERE circle_id = %s", old.circle)
    with pytest.raises((OperationalError, InterfaceError)):
        killed(old, erasure)
    connection.close()
    assert set(canaries(old, readable(old))) == there, "killed before its end, it has done nothing"
    erased = decided(old, erasure)
    assert foretold.items() <= erased.counts.items()
    assert len(erased.counts) > 50
    left = set(canaries(old, readable(old)))
    assert {one for one in left if not one.startswith("zqplainincident")} == set()
    assert one_row_of(old, "SELECT count(*) FROM trust_entry WHERE circle_id = %s", old.circle) == entries
    assert (
        one_row_of(old, "SELECT count(*) FROM trust_decision WHERE circle_id = %s", old.circle) == decisions
    )
    assert verified(old) == []
    seal_journal(at=old.world.now)
    assert verified(old) == []
    assert decided_again(old, erased) == erased.counts

    with somebody_to_whom_nothing_is_forbidden(old.url) as root:
        root.execute(
            "UPDATE trust_decision SET answer = 'refuse' WHERE id = (SELECT max(row) FROM trust_blanked)"
        )
    assert [one.how for one in verified(old)] == ["was changed"], (
        "who erased it does not let anybody rewrite it"
    )


def killed(old, erasure):
    """Decided, and the connection ends when everything is taken away and nothing committed."""
    with acting(old.supervisor) as supervisor:
        decide_erasure(erasure, Decided(decision="erase"), at=old.world.now, by=supervisor)
        (pid,) = one_row("SELECT pg_backend_pid()")
        one_row_of(old, "SELECT pg_terminate_backend(%s)", pid)


def decided_again(old, erased):
    """The function asked once more, by whoever decided."""
    with acting(old.supervisor):
        return (
            Erasure.objects.get(pk=erased.pk).counts
            if one_row("SELECT trust_erase(%s)", (erased.pk,))
            else None
        )


def one_row_of(old, sql, *told):
    with psycopg.connect(superuser_of(old.url)) as root:
        return root.execute(sql, told).fetchone()[0]


def undeclared(there, said):
    """Tables of which no app says how they are erased or why they stay, and those that are no longer there."""
    return sorted(f"{name} says neither how it is erased nor why it stays" for name in there - said) + sorted(
        f"{name} is not there" for name in said - there
    )


def silent(rows):
    """Tables that neither go nor lose their words, and give no reason."""
    return [name for name, goes, _, sets, *_, why in rows if not (goes or sets or why)]


@pytest.mark.django_db
def test_every_table_says_how_it_is_erased_or_why_it_stays():
    there = {name for (name,) in all_rows(
        "SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'p', 'm') AND relnamespace = 'public'::regnamespace"
    )}  # fmt: skip
    rows = declared("trust_erasable")
    assert undeclared(there, {row[0] for row in rows}) == []
    assert silent(rows) == []
    assert len(rows) == len({row[0] for row in rows}), "a table is declared once"


def test_the_guard_sees_a_table_that_says_nothing():
    assert undeclared({"cases_promise"}, set()) == [
        "cases_promise says neither how it is erased nor why it stays"
    ]
    assert silent([("cases_promise", False, "", "", False, "", "")]) == ["cases_promise"]


def test_a_certificate_calls_every_table_something_and_counts_alike_together():
    gone = {name for name, goes, _, sets, *_ in declared("trust_erasable") if goes or sets}
    assert undeclared(gone, set(called())) == []
    told = {"people_nameword": 2, "people_namebook": 1, "cases_case": 1, "trust_of_old": 4}
    assert in_words(told) == [
        ("Cases", 1),
        ("Names: what searching compares", 3),
        ("Something that Breakwater no longer keeps", 4),
    ]


@pytest.mark.django_db
def test_what_reaches_a_circle_does_not_stay_but_for_the_journal_and_the_tombstone():
    columns = {name for (name,) in all_rows(
        "SELECT table_name::text FROM information_schema.columns WHERE column_name = 'circle_id'"
        " AND table_schema = 'public'"
    )}  # fmt: skip
    stays = {row[0] for row in declared("trust_erasable") if not row[1] and not row[3]}
    assert columns & stays == {"trust_entry", "trust_erasure"}


@pytest.mark.django_db
def test_the_database_holds_what_the_files_say():
    for table, columns in COPIES.items():
        assert sorted(all_rows(f"SELECT {', '.join(columns)} FROM {table}")) == declared(table)
