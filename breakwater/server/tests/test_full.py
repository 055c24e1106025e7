"""Fault drills of what runs out beneath PostgreSQL: the disk under a table, and the memory of one of its processes.

No right on the machine is needed: a process of one's own is given less. A file may not grow beyond a size, which
PostgreSQL takes as it takes a full disk; or the process may ask for no more memory.
"""

import os
import resource
from contextlib import contextmanager

import psutil
import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone

from breakwater.cases.models import Case
from breakwater.kernel.db import one_row
from breakwater.trust.models import Receipt
from breakwater.trust.testing import an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press
from breakwater.ui.emergency import EMERGENCY
from conftest import superuser_of

NUMBERS = {one.number for place in EMERGENCY.values() for one in (place.danger, place.talk)}
LOG_FILE, A_PAGE, A_ROW = 16 * 2**20, 80, 1_500
"""How large a file of the log is; how many short rows fill a page, and how long one is that helps to fill a table."""
FILLED = """
    INSERT INTO trust_receipt (key, by_id, fingerprint, headers, body)
    SELECT gen_random_uuid(), %s, '', jsonb_build_object('x', substr(repeat(md5(n::text), 60), 1, %s)), ''
    FROM generate_series(1, %s) n
"""


@pytest.fixture
def ada(own_database):
    with transaction.atomic():
        return an_actor(now=timezone.now())


def intake(browser, ada):
    typed = {"what_is_happening": "Out of insulin.", "asked_by": "self", "owner": "me"}
    return press(browser, "/cases/intake/", by=ada, **typed)


def reads_in(browser, language, ada):
    return press(browser, "/your-sign-in/language/", by=ada, language=language)


def seen(model, by, **facts):
    with transaction.atomic():
        as_seen_by(by)
        return model.objects.filter(**facts).count()


def test_f6_a_table_that_cannot_grow_loses_nothing_and_whom_to_call_is_said(own_database, ada):
    """The log of PostgreSQL has room still: where it has none, PostgreSQL ends itself, and F3 begins."""
    with psycopg.connect(superuser_of(own_database), autocommit=True) as root:
        root.execute(FILLED, (ada.user.pk, A_ROW, (LOG_FILE * 11 // 10) // A_ROW))
        (size,) = root.execute("SELECT pg_relation_size('trust_receipt')").fetchone()
    assert size > LOG_FILE
    browser = browser_of(ada, raise_request_exception=False)
    done = 0
    with given_less(psutil.RLIMIT_FSIZE, size):
        while (answer := reads_in(browser, "es", ada)).status_code == 303 and done < A_PAGE:
            done += 1
    assert answer.status_code in (500, 503), "PostgreSQL gives a limit no class, as it does a full disk"
    assert all(number in answer.content.decode() for number in NUMBERS)
    assert reads_in(browser, "en", ada).status_code == 303, "it goes on when there is room"
    assert seen(Receipt, ada, status=303) == done + 1, "what was answered is there, and nothing else"


def test_f21_a_process_of_postgresql_without_memory_takes_no_other_with_it(own_database, ada):
    browser = browser_of(ada, raise_request_exception=False)
    assert browser.get("/").status_code == 200
    connection.close_pool()
    connection.close()
    with given_less(psutil.RLIMIT_AS, psutil.Process(backend()).memory_info().vms):
        answer = intake(browser, ada)
        with psycopg.connect(superuser_of(own_database)) as other:
            assert other.execute("SELECT 1").fetchone() == (1,)
    assert answer.status_code == 503
    assert all(number in answer.content.decode() for number in NUMBERS)
    assert seen(Case, ada) == 0
    assert intake(browser, ada).status_code == 303
    assert seen(Case, ada) == 1


def backend():
    """The process of PostgreSQL that this connection speaks to."""
    return one_row("SELECT pg_backend_pid()")[0]


@contextmanager
def given_less(what, most):
    """That process has no more of something than this, and is told so by the kernel."""
    process = psutil.Process(backend())
    before = limited(process, what, most)
    try:
        yield
    finally:
        limited(process, what, before)
    assert backend() == process.pid, "it lived through it"


def limited(process, what, most):
    """Give it so much at the most; how much it had before."""
    before, highest = as_its_owner(process, what)
    as_its_owner(process, what, (most, highest))
    return before


def as_its_owner(process, *what):
    """Ask for a limit, or set it, as whoever runs PostgreSQL: not even root in a container may do it for another."""
    reads, writes = os.pipe()
    child = os.fork()
    if not child:
        try:
            if (who := process.uids().real) != os.getuid():
                os.setgroups([])
                os.setgid(process.gids().real)
                os.setuid(who)
            os.write(writes, "{} {}".format(*resource.prlimit(process.pid, *what)).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(writes)
    with os.fdopen(reads) as told:
        before, highest = map(int, told.read().split())
    return before, highest
