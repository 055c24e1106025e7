"""While another server is asked, no transaction is open: who answers there looks on."""

from contextlib import contextmanager

import psycopg
from django.db import transaction
from django.test import Client
from django.utils import timezone

from breakwater.trust.single import KNOWN
from breakwater.trust.testing import an_actor
from breakwater.trust.tests.provider import a_provider
from breakwater.trust.tests.test_single import at_the_machine, come_back, connected, leave


@contextmanager
def looking_on(database):
    """How many transactions are open in a database, whose role sees its own; asked on a line of its own."""
    with psycopg.connect(database, autocommit=True) as line:
        yield lambda: line.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE xact_start IS NOT NULL AND pid <> pg_backend_pid()"
            " AND datname = current_database()"
        ).fetchone()[0]


def test_nothing_is_held_in_postgresql_while_an_issuer_is_asked(own_database, settings):
    settings.NEAR_HOSTS = ("127.0.0.1",)
    KNOWN.forget()
    with a_provider() as there, looking_on(own_database) as open_now:
        with transaction.atomic():
            ada = an_actor(now=timezone.now())
            at_the_machine(ada.agency, there)
        connected(ada, there, "ada at her agency")
        KNOWN.forget()
        seen, client = [], Client()
        there.looks_on = lambda: seen.append(open_now())
        assert come_back(client, there.signs_in(leave(client), "ada at her agency")).status_code == 303
    assert seen == [0, 0, 0], "about itself, for the code, for its keys"
