"""What state machines have in common: a run is taken back, time goes on, and raw SQL is tried as the role that serves.

``MACHINES=2000x50`` in the environment, with ``--timeout=0``, tries as many runs of as many steps; here a few, on each
change.
"""

import os
import re
from contextlib import contextmanager
from copy import deepcopy
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine

from breakwater.kernel.errors import Refused
from breakwater.trust.access import acting

NOW = timezone.now()
RUNS, STEPS = (int(one) for one in os.environ.get("MACHINES", "6x20").split("x"))
FEW = settings(
    max_examples=RUNS,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
"""A run that fails is shown as it was: to make it shorter would take a thousand runs more."""
ONE = timedelta(minutes=1)


class Machine(RuleBasedStateMachine):
    """Each run in a transaction that is taken back; time goes on a minute with each act."""

    stands: ClassVar[dict[str, dict[str, Any]]] = {}
    """What stood when the first run of a test began, by the test's transaction: it is made for all of its runs."""

    def __init__(self):
        super().__init__()
        here = the_transaction()
        if here not in self.stands:
            known = set(vars(self))
            self.now = NOW
            self.begin()
            made = {name: value for name, value in vars(self).items() if name not in known}
            type(self).stands = {here: made}
        vars(self).update(deepcopy(self.stands[here]))
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def begin(self):
        """What stands when a run begins."""

    def teardown(self):
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def tries(self, act, *args, by, may, **how):
        """Do something that the model allows, or does not: then it is refused in words, and nothing has changed."""
        self.now += ONE
        with acting(by), transaction.atomic():
            if may:
                with locks_in_one_order():
                    return act(*args, at=self.now, by=by, **how)
        with acting(by), pytest.raises(Refused), transaction.atomic():
            act(*args, at=self.now, by=by, **how)
        return None


def the_transaction():
    """The number of the transaction that goes on, whatever savepoints there are in it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        return cursor.fetchone()[0]


_LOCKS = re.compile(r'FROM "?(\w+)"? .*FOR (?:NO KEY )?UPDATE', re.DOTALL)
_AFTER_ITS_CASE = {
    "referrals_placement", "referrals_wait", "referrals_hold", "referrals_round", "referrals_ride",
    "referrals_passenger", "portal_owncopy",
}  # fmt: skip
"""What is held after its case, and never before it."""


@contextmanager
def locks_in_one_order():
    """A circle is held before a case in it, and a case before what hangs on it: nobody waits for who waits for them.

    Each case counts: one that is held already may be asked for again, another one not, when what hangs on both is held.
    """
    held, cases = [], set()

    def watch(execute, sql, params, many, context):
        if found := _LOCKS.search(sql):
            table, which = found[1], {str(one) for one in params or ()}
            if table == "cases_case" and not which <= cases:
                assert _AFTER_ITS_CASE.isdisjoint(held), (*held, table)
                cases.update(which)
            held.append(table)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield
    first = [one for one in ("trust_circle", "cases_case") if one in held]
    assert [one for one in dict.fromkeys(held) if one in first] == first, held


def refusal(by, statement, *values):
    """By which constraint PostgreSQL refuses a statement of this agency, now or at the end; or that it finds no row."""
    with acting(by):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, values)
                touched = cursor.rowcount
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        except DatabaseError as error:
            return error.__cause__.diag.constraint_name or error.__cause__.diag.sqlstate
    return "" if touched else "no row"


def refused_by_postgresql(by, statement, *values):
    """Whether PostgreSQL refuses a statement of this agency, now or at the end; or changes no row by it."""
    return bool(refusal(by, statement, *values))
