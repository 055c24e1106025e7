"""Two connections, two agencies by turns, and all that can go wrong: none acts for whoever had it before."""

from itertools import cycle
from threading import Thread

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from breakwater.cases.testing import a_case
from breakwater.trust.testing import an_actor
from breakwater.trust.tests.browsing import browser_of

ASKED, AT_ONCE, POOL = 200, 4, 2
FOR_WHOM = """SELECT pg_backend_pid(), coalesce(current_setting('breakwater.agency', true), ''),
    coalesce(current_setting('breakwater.user', true), '')"""
UPSETS = {
    "goes well": (),
    "takes too long": ("SET LOCAL statement_timeout = 1", "SELECT pg_sleep(5)"),
    "is called off": ("SELECT pg_cancel_backend(pg_backend_pid())", "SELECT pg_sleep(5)"),
    "breaks": (),
    "loses its connection": ("SELECT pg_terminate_backend(pg_backend_pid())",),
}


class Upset:
    """Something goes wrong right after a request has been let in."""

    def __init__(self, how):
        self.how, self.is_over = how, how == "goes well"

    def __call__(self, execute, sql, params, many, context):
        done = execute(sql, params, many, context)
        if "set_config('breakwater.agency'" in str(sql) and not self.is_over:
            self.is_over = True
            for order in UPSETS[self.how]:
                execute(order, None, False, context)
            raise ValueError
        return done


class Desk(Thread):
    """Somebody of each agency at one desk, by turns, who asks for their own record or for the other's."""

    def __init__(self, people, hows):
        super().__init__()
        self.people, self.hows = people, hows
        self.wrong, self.connections = [], set()

    def run(self):
        try:
            for turn, how in enumerate(self.hows):
                self.ask(turn, how)
        except Exception as trouble:  # noqa: BLE001 - a thread's trouble must reach the test
            self.wrong.append(repr(trouble))
        finally:
            connections.close_all()

    def ask(self, turn, how):
        (own, name), (other, others_name) = self.people[turn % 2], self.people[1 - turn % 2]
        client, case = own
        where = other[1] if turn % 3 == 2 else case
        with connection.execute_wrapper(Upset(how)):
            answer = client.get(f"/case/{where.pk}/")
        connection.close()
        page, expected = answer.content.decode(), 404 if where is not case else 200
        if others_name in page or (how == "goes well" and answer.status_code != expected):
            self.wrong.append((how, answer.status_code))
        if how == "goes well" and (name in page) != (expected == 200):
            self.wrong.append((how, "not their own record"))
        if how != "goes well" and (answer.status_code < 500 or name in page):
            self.wrong.append((how, answer.status_code, "went on"))
        with connection.cursor() as cursor:
            cursor.execute(FOR_WHOM)
            number, *acts_for = cursor.fetchone()
        connection.close()
        self.connections.add(number)
        if acts_for != ["", ""]:
            self.wrong.append((how, "acts for somebody still"))


@pytest.fixture
def two_connections(own_database):
    options = connection.settings_dict["OPTIONS"]
    connection.close()
    connection.close_pool()
    before, options["pool"] = options["pool"], {"min_size": POOL, "max_size": POOL, "timeout": 60}
    yield
    connection.close()
    connection.close_pool()
    options["pool"] = before


def somebody(name):
    with transaction.atomic():
        worker = an_actor(now=timezone.now())
        case = a_case(by=worker, at=worker.now, known_as=name)
    return (browser_of(worker, raise_request_exception=False), case), name


def test_no_connection_acts_for_whoever_had_it_before(two_connections):
    people = [somebody("Marisol Vega"), somebody("Dario Quill")]
    hows = cycle(UPSETS)
    desks = [Desk(people, [next(hows) for _ in range(ASKED // AT_ONCE)]) for _ in range(AT_ONCE)]
    for desk in desks:
        desk.start()
    for desk in desks:
        desk.join(120)
    assert [wrong for desk in desks for wrong in desk.wrong] == []
    killed = ASKED // len(UPSETS)
    assert len(set.union(*(desk.connections for desk in desks))) <= POOL + killed
