"""An act that fails anywhere, at any of its statements, leaves nothing: not what it wrote, nor that it was written.

Each act breaks once at each statement, and once more PostgreSQL kills its connection there. ``LUCK_KILLS=1000`` kills a
thousand, the rest of them at statements chosen by chance.
"""

import os
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.apps import apps
from django.db import InterfaceError, OperationalError, connection, transaction
from procrastinate.exceptions import ConnectorException

from breakwater.cases.actions.gates import meet_gate
from breakwater.cases.actions.notes import amend_note, name_barrier
from breakwater.cases.models import Case, Note
from breakwater.cases.testing import a_note, a_triaged_case
from breakwater.referrals.testing import a_referral
from breakwater.trust.access import Actor, acting
from breakwater.trust.actions.consents import take_consent, withdraw_consent
from breakwater.trust.models import Consent
from breakwater.trust.testing import NOON, a_release, an_actor, an_agency, as_seen_by

KILLS = int(os.environ.get("LUCK_KILLS", "0"))
ROOMS = ("cases", "clocks", "people", "plans", "referrals")
OF_TRUST = ("trust_circle", "trust_consent", "trust_decision", "trust_entry", "trust_grant")
_STEPS = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


class Struck(Exception):
    """Something broke."""


class Blow:
    """Lets so many statements happen, and strikes after the last of them."""

    def __init__(self, after: int) -> None:
        self.left = after
        self.last = ""

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Send a statement; then strike, when it was the last."""
        done = execute(sql, params, many, context)
        if not str(sql).startswith(_STEPS):
            self.left, self.last = self.left - 1, str(sql)
            if self.left == 0:
                self.strike(lambda order: execute(order, None, False, context))
        return done

    def strike(self, send: Callable[[str], Any]) -> None:
        """Break."""
        raise Struck


class Kill(Blow):
    """Has PostgreSQL end the very connection that the act is written through."""

    def strike(self, send: Callable[[str], Any]) -> None:
        """Kill."""
        send("SELECT pg_terminate_backend(pg_backend_pid())")


def everything() -> dict[str, str]:
    """Each table that an act may write, as one mark of all its rows, read as the role that serves reads it."""
    tables = [model._meta.db_table for room in ROOMS for model in apps.get_app_config(room).get_models()]
    marks = " UNION ALL ".join(
        f"SELECT '{table}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM \"{table}\" t"
        for table in (*tables, *OF_TRUST)
    )
    with connection.cursor() as cursor:
        cursor.execute(marks)
        return dict(cursor.fetchall())


@contextmanager
def struck(after: int) -> Iterator[Blow]:
    """Something breaks after so many statements."""
    blow = Blow(after)
    with connection.execute_wrapper(blow):
        yield blow


Act = Callable[[Case, Actor], object]
ACTS: dict[str, Act] = {
    "intake": lambda case, by: a_triaged_case(by=by),
    "note": lambda case, by: a_note(case, by=by, kind="visit", reached=True),
    "amendment": lambda case, by: amend_note(
        Note.objects.get(), words="Other words.", reason="Misheard", version=1, at=NOON, by=by
    ),
    "barrier": lambda case, by: name_barrier(case, words="No papers.", at=NOON, by=by),
    "gate": lambda case, by: meet_gate(case, kind="safe_tonight", evidence="Seen and safe.", at=NOON, by=by),
    "referral": lambda case, by: a_referral(case, by=by, at=NOON),
    "consent": lambda case, by: take_consent(
        a_release(Consent.objects.get().recipient), circle=case.circle, at=NOON, by=by
    ),
    "withdrawal": lambda case, by: withdraw_consent(Consent.objects.get(), words="No.", at=NOON, by=by),
}


@pytest.fixture
def ada() -> Actor:
    return an_actor()


@pytest.fixture
def case(ada: Actor) -> Case:
    """A case with a note and a consent, so that each act has something to happen to."""
    shelter = an_agency()
    made = a_triaged_case(by=ada)
    a_note(made, by=ada)
    take_consent(a_release(shelter), circle=made.circle, at=NOON, by=ada)
    as_seen_by(ada)
    return made


@pytest.mark.django_db
@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_whatever_statement_it_breaks_at_nothing_is_left(ada, case, act):
    before, broken, wrote = everything(), 0, set()
    while True:
        try:
            with struck(broken + 1) as blow:
                act(case, ada)
            break
        except Struck:
            broken += 1
            wrote |= {table for table in (*OF_TRUST, "cases_note") if f"INTO {table}" in blow.last}
            assert everything() == before, f"left behind after: {blow.last[:200]}"
    assert "trust_entry" in wrote, "it was struck right after its entry in the journal, too"
    after = everything()
    assert after["trust_entry"] != before["trust_entry"], "unbroken, it is done and written down"
    assert len({table for table in after if after[table] != before[table]}) > 1


def run_against(blow: Blow, act: Act, case: Case, by: Actor) -> None:
    """An act in a transaction of its own, that never ends well."""
    with acting(by), connection.execute_wrapper(blow):
        act(case, by)
        raise Struck


def statements_of(act: Act, case: Case, by: Actor) -> int:
    """How many statements an act sends, when nothing strikes."""
    blow = Blow(sys.maxsize)
    with suppress(Struck):
        run_against(blow, act, case, by)
    return sys.maxsize - blow.left


@pytest.mark.timeout(max(600, KILLS))
def test_wherever_its_connection_is_killed_neither_half_of_it_is_left(own_database):
    with transaction.atomic():
        ada, shelter = an_actor(), an_agency()
        case = a_triaged_case(by=as_seen_by(ada))
        a_note(case, by=ada)
        take_consent(a_release(shelter), circle=case.circle, at=NOON, by=ada)
    points = [
        (name, number) for name in ACTS for number in range(1, statements_of(ACTS[name], case, ada) + 1)
    ]
    assert len(points) > 5 * len(ACTS)
    chance = random.Random(19)
    points += [chance.choice(points) for _ in range(KILLS - len(points))]
    with acting(ada):
        before = everything()
    for name, number in points:
        with pytest.raises((OperationalError, InterfaceError, ConnectorException)):
            run_against(Kill(number), ACTS[name], case, ada)
        connection.close()
        with acting(ada):
            assert everything() == before, (name, number)
