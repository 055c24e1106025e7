"""No notice goes to a number after the answer that it is not safe: whoever marks it waits for what is just going."""

from threading import Thread

import pytest
from django.db import OperationalError, connections
from django.utils import timezone

from breakwater.cases.testing import a_case
from breakwater.kernel.db import run_sql
from breakwater.messaging.actions.sending import send
from breakwater.messaging.testing import a_notice, a_rule, a_safe_phone
from breakwater.messaging.tests.outside import a_gateway
from breakwater.people.actions.reach import change_safety
from breakwater.trust.access import acting
from breakwater.trust.testing import an_actor


@pytest.fixture
def waiting(own_database):
    ada = an_actor(now=timezone.now())
    with acting(ada):
        case = a_case(by=ada, at=ada.now)
        point = a_safe_phone(case, by=ada)
        a_rule(point, by=ada)
        return ada, point, a_notice(case, point, by=ada)


def test_a_number_is_not_marked_while_something_is_handed_over(waiting, settings):
    ada, point, notice = waiting
    marked = []

    def mark():
        try:
            with acting(ada):
                run_sql("SET LOCAL lock_timeout = '30ms'")
                change_safety(point, safety="unsafe", at=ada.now, by=ada)
            marked.append(True)
        except OperationalError:
            marked.append(False)
        finally:
            connections.close_all()

    with a_gateway(settings) as gateway:
        taken = gateway.take

        def take(told, key):
            thread = Thread(target=mark)
            thread.start()
            thread.join(20)
            return taken(told, key)

        gateway.take = take
        with acting(ada):
            assert send(notice.pk, at=ada.now, by=ada) == "sent"
    assert marked == [False]
    mark()
    assert marked == [False, True]
