"""While another server is asked, no transaction is open: who answers there looks on."""

from django.db import transaction
from django.test import Client
from django.utils import timezone

from breakwater.trust.single import KNOWN
from breakwater.trust.testing import an_actor
from breakwater.trust.tests.provider import a_provider
from breakwater.trust.tests.test_single import at_the_machine, come_back, connected, leave
from conftest import IN_A_TRANSACTION


def test_nothing_is_held_in_postgresql_while_an_issuer_is_asked(how_many, settings):
    settings.NEAR_HOSTS = ("127.0.0.1",)
    KNOWN.forget()
    with a_provider() as there:
        with transaction.atomic():
            ada = an_actor(now=timezone.now())
            at_the_machine(ada.agency, there)
        connected(ada, there, "ada at her agency")
        KNOWN.forget()
        seen, client = [], Client()
        there.looks_on = lambda: seen.append(how_many(IN_A_TRANSACTION))
        assert come_back(client, there.signs_in(leave(client), "ada at her agency")).status_code == 303
    assert seen == [0, 0, 0], "about itself, for the code, for its keys"
