"""What was handed over before it was one thing is still there, and opens what it should."""

from datetime import timedelta
from importlib import import_module

import psycopg
import pytest
from django.db import transaction
from django.utils import timezone

from breakwater.trust.access import knocking_as
from breakwater.trust.actions.handed import handed_to
from breakwater.trust.capabilities import Role
from breakwater.trust.factors import hash_of
from breakwater.trust.models import HandedCode
from breakwater.trust.testing import an_actor, as_seen_by
from conftest import owner_of

CODE = "AAAAA-BBBBB-CCCCC-DDDDD"
BEFORE = """
    ALTER TABLE trust_handedcode ADD takes_factors boolean;
    DROP INDEX one_unused_handed_code_per_person;
    CREATE TABLE trust_invitation (id uuid, user_id uuid, agency_id uuid, by_id uuid, mark text,
        starts_at timestamptz, expires_at timestamptz, ended_at timestamptz);
"""
RESET = """INSERT INTO trust_handedcode
    (id, user_id, agency_id, started_by_id, takes_factors, code, started_at, expires_at, ended_at, why)
    VALUES (gen_random_uuid(), %s, %s, %s, %s, %s, %s, %s, %s, '')"""
INVITATION = (
    """INSERT INTO trust_invitation VALUES (gen_random_uuid(), %s, %s, %s, 'hashed otherwise', %s, %s, %s)"""
)
STEPS = import_module("breakwater.trust.migrations.0013_handed_codes")


@pytest.fixture
def people(own_database):
    with transaction.atomic():
        boss = an_actor(Role.ADMINISTRATOR, now=timezone.now())
        return boss, *(an_actor(agency=boss.agency, now=boss.now) for _ in range(3))


def test_no_row_is_lost_and_a_reset_still_opens(own_database, people):
    boss, lost, joins, joined = people
    before, soon = boss.now - timedelta(hours=2), boss.now + timedelta(hours=8)
    with psycopg.connect(owner_of(own_database)) as owner:
        owner.execute(BEFORE)
        ours, by = boss.agency.pk, boss.user.pk
        for takes, code, used in (
            (True, "older", None),
            (True, hash_of(CODE), None),
            (False, "used", before),
        ):
            started = before - timedelta(hours=code == "older")
            owner.execute(RESET, (lost.user.pk, ours, by, takes, code, started, soon, used))
        owner.execute(INVITATION, (joins.user.pk, ours, by, before, soon, None))
        owner.execute(INVITATION, (joined.user.pk, ours, None, before, soon, boss.now))
        for step in (STEPS._RESETS, *STEPS._INVITATIONS, STEPS._OLDER):
            owner.execute(step)
    with transaction.atomic():
        as_seen_by(boss)
        kept = list(HandedCode.objects.order_by("started_at", "why").values_list("user", "why", "ended_at"))
        assert sorted(kept, key=str) == sorted(
            [(lost.user.pk, "all", None), (lost.user.pk, "password", before), (joins.user.pk, "joins", None),
             (joined.user.pk, "joins", boss.now)], key=str,
        )  # fmt: skip
        assert not HandedCode.objects.open(timezone.now()).filter(user=joins.user).exists()
        with knocking_as(lost.user.pk):
            assert handed_to(lost.user, CODE, at=boss.now).why == "all"


def test_taken_back_each_is_what_it_was_and_no_invitation_opens(own_database, people):
    boss, lost, joins, _ = people
    before, soon = boss.now - timedelta(hours=2), boss.now + timedelta(hours=8)
    with psycopg.connect(owner_of(own_database)) as owner:
        owner.execute(BEFORE)
        ours, by = boss.agency.pk, boss.user.pk
        owner.execute(RESET, (lost.user.pk, ours, by, True, hash_of(CODE), before, soon, None))
        owner.execute(INVITATION, (joins.user.pk, ours, by, before, soon, None))
        for step in (STEPS._RESETS, *STEPS._INVITATIONS, STEPS._OLDER):
            owner.execute(step)
        owner.execute("DELETE FROM trust_invitation")
        owner.execute("UPDATE trust_handedcode SET takes_factors = false")
        for step in (*STEPS._WERE_INVITATIONS, STEPS._WERE_RESETS):
            owner.execute(step)
        assert owner.execute("SELECT user_id, takes_factors FROM trust_handedcode").fetchall() == [
            (lost.user.pk, True)
        ]
        ((user, mark, is_over),) = owner.execute(
            "SELECT user_id, mark, ended_at IS NOT NULL FROM trust_invitation"
        ).fetchall()
        assert (user, mark, is_over) == (joins.user.pk, "hashed otherwise", True)
