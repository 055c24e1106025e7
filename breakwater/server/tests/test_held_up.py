"""Nothing that serves is held up for ever: by a row that another holds, a statement without end, or a stalled page."""

import http.client
import os
import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone

from breakwater.kernel import patience
from breakwater.kernel.management.commands import work
from breakwater.kernel.patience import (
    ANSWERING,
    SILENCE,
    WEB,
    WORKER,
    Patience,
    Silence,
    keep_to,
    load,
)
from breakwater.kernel.tables import WrongTable
from breakwater.server import checks, handler, pulse
from breakwater.server.tests.test_handler import answer_of
from breakwater.trust.access import acting
from breakwater.trust.models import Circle, Receipt
from breakwater.trust.testing import an_actor
from breakwater.trust.tests.browsing import browser_of, hidden, press
from breakwater.trust.tests.pages import running_into
from breakwater.ui.emergency import EMERGENCY
from conftest import owner_of, wait_until

NUMBERS = {one.number for place in EMERGENCY.values() for one in (place.danger, place.talk)}
CANARY = "zq canary of what was typed"
THREADS = 4
FAR_TOO_LONG = 60


@contextmanager
def held(url, table, mode="ACCESS EXCLUSIVE"):
    """Somebody holds a table, as a change of the tables would."""
    with psycopg.connect(owner_of(url)) as owner:
        owner.execute(f"LOCK TABLE {table} IN {mode} MODE")
        yield


@pytest.fixture
def hurried(django_db_setup):
    """Connections that wait for a second or two, whatever for."""
    told = connection.settings_dict["OPTIONS"]
    before = told["options"]

    def hurry(**seconds):
        connection.close()
        connection.close_pool()
        keep_to(Patience(**{"statement": 60, "lock": 60, "idle": 60} | seconds))

    yield hurry
    connection.close()
    connection.close_pool()
    told["options"] = before


@pytest.fixture
def ada(own_database):
    with transaction.atomic():
        return an_actor(now=timezone.now())


def left_by(actor):
    """How many circles and receipts there are."""
    with acting(actor):
        return Circle.objects.count(), Receipt.objects.count()


def is_kind(answer):
    """It says why, whom to call, and keeps what was typed under the same key."""
    said = answer.content.decode()
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert all(f'href="tel:{number}"' in said for number in NUMBERS)
    assert hidden(answer.content, "words") == CANARY
    return re.search(r'role="alert">([^<]*)<', said).group(1), hidden(answer.content, "idempotency_key")


@pytest.mark.urls("breakwater.trust.tests.pages")
def test_who_waits_for_what_another_holds_is_told_so_and_trying_again_counts_once(own_database, ada, hurried):
    hurried(lock=1)
    browser, key = browser_of(ada, raise_request_exception=False), uuid4()
    with held(own_database, "trust_circle", "SHARE"):
        sentence, same = is_kind(press(browser, "/quay/circle/", key=key, words=CANARY))
    assert sentence.startswith("Somebody else was saving at the same place")
    assert same == str(key)
    assert left_by(ada) == (0, 0)
    assert press(browser, "/quay/circle/", key=key, words=CANARY).status_code == 303
    assert "Idempotent-Replay" in press(browser, "/quay/circle/", key=key, words=CANARY)
    assert left_by(ada) == (1, 1)


@pytest.mark.urls("breakwater.trust.tests.pages")
@pytest.mark.parametrize(("page", "bound"), [("endless", "statement"), ("idle", "idle")])
def test_what_comes_to_no_end_is_ended_leaves_nothing_and_says_nothing_of_it(
    ada, hurried, page, bound, caplog
):
    log = Path(os.environ["TESTS_FOLDER"]) / "pg" / "postgres.log"
    before = log.stat().st_size
    hurried(**{bound: 2})
    browser, key = browser_of(ada, raise_request_exception=False), uuid4()
    with running_into(RuntimeError("not reached")):
        sentence, same = is_kind(press(browser, f"/quay/{page}/", key=key, words=CANARY))
    assert sentence.startswith("This took longer than a page may take, so it was stopped.")
    assert same == str(key)
    assert left_by(ada) == (0, 0)
    wait_until(lambda: press(browser, f"/quay/{page}/", key=key, words=CANARY).status_code == 303)
    assert left_by(ada) == (1, 1), "the pool has gone on"
    with log.open("rb") as said:
        said.seek(before)
        assert CANARY.encode() not in said.read()
    assert CANARY not in caplog.text


def test_when_every_thread_is_stuck_the_web_server_lets_go_of_all_of_them(own_database, server):
    """The real one, with its real bounds: whoever stands behind those who are stuck is answered as well."""

    def ask(_=None):
        line = http.client.HTTPConnection(server.removeprefix("http://"), timeout=FAR_TOO_LONG)
        line.request("GET", "/", headers={"Cookie": "sessionid=somebody"})
        answer = line.getresponse()
        return answer.status, answer.read().decode()

    assert ask()[0] == 302
    with ThreadPoolExecutor(THREADS + 1) as many:
        with held(own_database, "trust_session"):
            begun = time.monotonic()
            stuck = list(many.map(ask, range(THREADS)))
            behind = many.submit(ask)
        took = time.monotonic() - begun
    assert {status for status, _ in stuck} == {503}
    assert all("Somebody else was saving at the same place" in said for _, said in stuck), "by PostgreSQL"
    assert all(number in stuck[0][1] for number in NUMBERS)
    assert WEB.lock * 0.9 < took < FAR_TOO_LONG
    assert behind.result()[0] == 302


@pytest.mark.parametrize("where", ["/", "/notes/"])
def test_when_nothing_is_heard_any_more_a_page_says_so_by_itself(own_database, monkeypatch, where):
    monkeypatch.setattr(handler, "ANSWERING", replace(ANSWERING, whole=0.3))
    with held(own_database, "trust_session"):
        start, body = answer_of(where, cookie="sessionid=somebody")
    headers, said = dict(start["headers"]), body["body"].decode()
    assert start["status"] == 503
    assert headers[b"Cache-Control"] == b"no-store"
    assert b"default-src 'none'" in headers[b"Content-Security-Policy"]
    assert any(place.danger.number in said for place in EMERGENCY.values())
    assert ("Breakwater" in said) is (where == "/"), "their own page names nothing"
    monkeypatch.undo()
    assert answer_of(where, cookie="sessionid=somebody")[0]["status"] in (200, 302)


def test_a_frozen_database_is_told_of_within_seconds_and_a_slow_page_is_waited_for(own_database, monkeypatch):
    """A socket that takes whoever comes and says nothing is what a frozen PostgreSQL is."""
    monkeypatch.setattr(pulse, "SILENCE", Silence(felt_after=0.1, heard_within=60))
    felt, real = [], pulse.address
    monkeypatch.setattr(pulse, "address", lambda called: felt.append(1) or real(called=called))
    with ThreadPoolExecutor(1) as other, held(own_database, "trust_session"):
        slow = other.submit(answer_of, "/", cookie="sessionid=somebody")
        wait_until(lambda: slow.done() or len(felt) > 1)
        assert not slow.done(), "it answers, so its page is waited for"
    assert slow.result()[0]["status"] in (200, 302)
    monkeypatch.setattr(pulse, "SILENCE", Silence(felt_after=0.1, heard_within=0.4))
    with socket.create_server(("127.0.0.1", 0)) as frozen:
        silent = f"host=127.0.0.1 port={frozen.getsockname()[1]} dbname=frozen connect_timeout=3"
        monkeypatch.setattr(pulse, "address", lambda called: silent)
        with held(own_database, "trust_session"):
            begun = time.monotonic()
            start, body = answer_of("/", cookie="sessionid=somebody")
        said = body["body"].decode()
    assert start["status"] == 503
    assert all(number in said for number in NUMBERS)
    assert WEB.lock > SILENCE.felt_after + SILENCE.heard_within
    assert time.monotonic() - begun < ANSWERING.whole, "it is not waited for as a slow page is"


def test_the_worker_waits_longer_and_not_for_ever(hurried, monkeypatch):
    async def no_work():
        assert WORKER.options in connection.settings_dict["OPTIONS"]["options"]
        begun.append(True)

    begun = []
    monkeypatch.setattr(work, "work", no_work)
    work.Command().handle()
    assert begun
    assert WORKER.lock > WEB.lock
    assert WORKER.statement > WEB.statement


def test_bounds_that_do_not_reach_postgresql_are_told_before_real_use(one_database, monkeypatch):
    assert not any("nothing bounds" in one for one in checks.unsafe_database(one_database))
    monkeypatch.setattr(checks, "within", lambda url, _: url)
    assert any("nothing bounds how long a page waits" in one for one in checks.unsafe_database(one_database))


@pytest.mark.parametrize(
    ("wrong", "right", "says"),
    [
        ("lock = 5\n", "lock = 1\n", "lock: is not between"),
        ("lock = 5\n", "lock = 10\n", "lock: is not between"),
        ("idle = 90\n", "", "idle: is missing"),
        ("whole = 30\n", "whole = 10\n", "whole: is not longer"),
        ("connection = 4\n", "connection = 5\n", "connection: would tell"),
        ("heard_within = 2\n", "heard_within = 3\n", "heard_within: would tell"),
    ],
)
def test_bounds_that_make_no_sense_together_are_refused(tmp_path, wrong, right, says):
    table, shipped = (
        tmp_path / "patience.toml",
        Path(patience.__file__).with_name("patience.toml").read_text(),
    )
    assert wrong in shipped
    table.write_text(shipped.replace(wrong, right, 1))
    with pytest.raises(WrongTable, match=says):
        load(table)
    assert ANSWERING.whole > WEB.statement
