"""Nothing that belongs to somebody is kept on the way: not by a cache that is shared, and not under a false name."""

import http.client
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

import pytest
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.db import transaction
from django.urls import Resolver404

from breakwater.cases.testing import a_case
from breakwater.kernel.views import found_at
from breakwater.trust.sessions import SessionStore
from breakwater.trust.testing import an_actor
from breakwater.trust.tests.browsing import browser_of
from tests.architecture.walked import NAME, walked

NOT_FOUND = 404
MASKS = (
    "x.css",
    "x.js",
    "x.png",
    "style.css",
    ";x.css",
    "%2e%2e/x.css",
    "%00.css",
    "x.css/",
    "%3fx.css",
    "%23x.css",
)


@pytest.mark.django_db
def test_every_page_says_that_it_must_not_be_kept():
    assert [one.name for one in walked() if one.headers.get("Cache-Control") != "no-store"] == []


@pytest.mark.django_db
def test_a_page_under_the_name_of_a_file_is_nothing():
    """A cache that judges by how an address ends must find nothing to keep under one that ends like a picture.

    Through the door go all masks of the addresses by turns; of each address, the map of the site is asked for all.
    """
    client = browser_of(an_actor(now=datetime.now(UTC)))
    pages, shown = walked(), []
    for number, page in enumerate(pages):
        masked = [f"{page.where}{mask}" for mask in MASKS]
        shown += [one for one in masked if is_anything(unquote(one))]
        through = masked[number % len(MASKS)]
        if client.get(through).status_code != NOT_FOUND:
            shown.append(through)
    assert shown == []
    assert all(is_anything(page.where) for page in pages)
    assert len(pages) > 10 * len(MASKS)


def is_anything(path):
    """Whether the map of the site knows a page there."""
    try:
        return bool(found_at(path))
    except Resolver404:
        return False


class Cache(ThreadingHTTPServer):
    """A cache that many share, as eager as the rules of HTTP let it be: it keeps what nobody forbade it to keep."""

    daemon_threads = True

    def __init__(self, behind):
        self.behind = urlsplit(behind).netloc
        self.kept, self.hits = {}, 0
        super().__init__(("127.0.0.1", 0), _Asked)

    def answer(self, method, path, headers, body):
        """From memory where it may, else from behind."""
        if method == "GET" and path in self.kept:
            self.hits += 1
            return self.kept[path]
        line = http.client.HTTPConnection(self.behind, timeout=60)
        line.request(method, path, body=body, headers=headers)
        told = line.getresponse()
        answer = (told.status, told.getheaders(), told.read())
        line.close()
        if method == "GET" and not _is_forbidden(told.getheader("Cache-Control", "")):
            self.kept[path] = answer
        return answer


def _is_forbidden(said):
    return any(word in said for word in ("no-store", "private", "no-cache"))


class _Asked(BaseHTTPRequestHandler):
    def do_GET(self):
        """Pass it on, or answer from memory."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
        status, said, content = self.server.answer(self.command, self.path, headers, body)
        self.send_response_only(status)
        for name, value in said:
            if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET  # noqa: N815 - the name that the library calls

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def cache(server):
    proxy = Cache(server)
    thread = threading.Thread(target=proxy.serve_forever, daemon=True)
    thread.start()
    yield proxy
    proxy.shutdown()
    proxy.server_close()


def get(cache, path, key=""):
    """What the cache answers to somebody with this session."""
    line = http.client.HTTPConnection("127.0.0.1", cache.server_port, timeout=60)
    line.request("GET", path, headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={key}"} if key else {})
    told = line.getresponse()
    answer = told.status, told.read().decode()
    line.close()
    return answer


def signed_in(actor):
    """The key of a session of somebody, as signing in makes one."""
    session = SessionStore()
    session[SESSION_KEY] = str(actor.user.pk)
    session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = actor.user.get_session_auth_hash()
    session.save()
    return session.session_key


def test_a_cache_that_everybody_shares_gives_nobody_what_is_anothers(cache):
    with transaction.atomic():
        actor = an_actor(now=datetime.now(UTC))
        case = a_case(by=actor, known_as=NAME)
        key = signed_in(actor)
    pages = [
        "/",
        f"/case/{case.pk}/",
        f"/person/{case.person_id}/",
        f"/cases/{case.pk}/record/",
        "/find-help/",
        "/nowhere/",
    ]
    assert NAME in get(cache, f"/case/{case.pk}/", key)[1]
    for page in pages:
        for _ in range(2):
            get(cache, page, key)
        assert NAME not in get(cache, page)[1], page
    assert (cache.kept, cache.hits) == ({}, 0)
    for _ in range(2):
        assert get(cache, "/static/ui/mark.svg")[0] == 200
    assert cache.hits == 1, "it does keep what it may"
