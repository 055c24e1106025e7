"""Fault drills that need no right on the machine: a flipped bit, connections that are all taken, files all open."""

import http.client
import socket
import time
from contextlib import ExitStack, suppress
from urllib.parse import urlsplit

import psutil
import psycopg
from django.db import connection, transaction
from django.utils import timezone

from breakwater.cases.testing import a_case
from breakwater.server.embedded import OWNER
from breakwater.trust.testing import an_actor
from breakwater.trust.tests.browsing import browser_of
from breakwater.ui.emergency import EMERGENCY
from conftest import superuser_of, wait_until

NUMBERS = {one.number for place in EMERGENCY.values() for one in (place.danger, place.talk)}
CANARY = "zqtornpage"
A_PAGE = 8192
LONG = 18
"""Seconds: less than whoever wants a connection waits for one where nothing says otherwise, and more than four."""


def ask(server, where="/"):
    """A page as somebody with a session asks for it: its status and its words."""
    line = http.client.HTTPConnection(server.removeprefix("http://"), timeout=60)
    line.request("GET", where, headers={"Cookie": "sessionid=somebody"})
    answer = line.getresponse()
    return answer.status, answer.read().decode()


def test_f11_while_every_connection_is_taken_whom_to_call_is_said_and_afterwards_it_goes_on(
    own_database, server
):
    """PostgreSQL says the same to one too many, whether the database or the whole server is full."""
    assert ask(server)[0] == 302
    name = urlsplit(own_database).path.lstrip("/")
    with psycopg.connect(superuser_of(own_database), autocommit=True) as root:
        root.execute(f'ALTER DATABASE "{name}" CONNECTION LIMIT 0')
        try:
            root.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND usename <> current_user"
            )
            began = time.monotonic()
            status, said = ask(server)
            took = time.monotonic() - began
        finally:
            root.execute(f'ALTER DATABASE "{name}" CONNECTION LIMIT -1')
    assert status == 503
    assert all(number in said for number in NUMBERS)
    assert took < LONG, "nobody waits as long as the pool would"
    wait_until(lambda: is_served(server))


def test_f9_a_page_with_a_flipped_bit_is_never_shown(own_home):
    with own_home.at_work():
        with transaction.atomic():
            ada = an_actor(now=timezone.now())
            case = a_case(by=ada, at=timezone.now(), known_as=CANARY)
        browser = browser_of(ada, raise_request_exception=False)
        assert CANARY in browser.get(f"/case/{case.pk}/").content.decode()
        with psycopg.connect(own_home.cluster.url(OWNER)) as owner:
            (where,) = owner.execute("SELECT pg_relation_filepath('people_person')").fetchone()
    own_home.cluster.stop()
    flip_a_bit_of_the_last_row(own_home.cluster.data / where)
    with own_home.at_work():
        answer = browser.get(f"/case/{case.pk}/")
        connection.close()
    assert answer.status_code == 500
    assert CANARY not in answer.content.decode()
    assert all(number in answer.content.decode() for number in NUMBERS)


def flip_a_bit_of_the_last_row(path):
    """Rows lie at the end of a page; the name in one of them is another by one bit."""
    held = bytearray(path.read_bytes())
    at = held.rindex(CANARY.encode(), len(held) - A_PAGE)
    held[at + 2] ^= 1
    path.write_bytes(held)


def test_f22_with_no_file_left_to_open_nothing_ends_and_afterwards_it_goes_on(own_database, server):
    port = urlsplit(server).port
    assert ask(server)[0] == 302
    process = next(
        psutil.Process(one.pid) for one in psutil.net_connections() if one.laddr.port == port and one.pid
    )
    before = process.rlimit(psutil.RLIMIT_NOFILE)
    process.rlimit(psutil.RLIMIT_NOFILE, (most := process.num_fds() + 3, before[1]))
    with ExitStack() as lines:
        for _ in range(12):
            lines.enter_context(socket.create_connection(("localhost", port), timeout=60))
        wait_until(lambda: process.num_fds() >= most - 1)
    wait_until(lambda: is_served(server))
    process.rlimit(psutil.RLIMIT_NOFILE, before)


def is_served(server):
    """Whether somebody gets their page; whoever comes too early is cut off, and comes again."""
    with suppress(ConnectionError):
        return ask(server)[0] == 302
    return False
