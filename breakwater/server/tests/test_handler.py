"""A request is answered in one thread: its page whole, its connection given back, and nobody waits for whoever left."""

import asyncio
import threading

import pytest
from django.core.signals import request_finished, request_started

from breakwater.server.handler import OneThread


def answer_of(path, *messages, kind="http", cookie=""):
    """What the handler sends to somebody who asks for a page."""
    scope = {
        "type": kind,
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": [(b"host", b"testserver"), (b"cookie", cookie.encode())],
    }
    waiting, sent = list(messages) or [{"type": "http.request", "body": b"", "more_body": False}], []

    async def receive():
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    asyncio.run(OneThread()(scope, receive, send))
    return sent


@pytest.fixture
def hands():
    """The threads in which a request began and ended."""
    seen = []

    def note(**_):
        seen.append(threading.current_thread().name)

    for signal in (request_started, request_finished):
        signal.connect(note)
    yield seen
    for signal in (request_started, request_finished):
        signal.disconnect(note)


def test_a_page_begins_and_ends_in_one_thread(own_database, hands):
    start, body = answer_of("/sign-in/")
    assert start["status"] == 200
    assert body["body"].rstrip().endswith(b"</html>")
    assert len(hands) == 2
    assert len(set(hands)) == 1
    assert hands[0].startswith("answers")


def test_a_file_is_streamed_whole_and_closed_afterwards(hands):
    start, *parts = answer_of("/static/ui/site/base.css")
    length = dict(start["headers"])[b"Content-Length"]
    assert sum(len(part.get("body", b"")) for part in parts) == int(length) > 0
    assert len(hands) == 2


def test_nobody_is_answered_who_has_gone():
    assert answer_of("/sign-in/", {"type": "http.disconnect"}) == []


def test_there_are_pages_and_nothing_else():
    assert answer_of("/", {"type": "websocket.connect"}, kind="websocket") == [{"type": "websocket.close"}]
    with pytest.raises(ValueError, match="no lifespan"):
        answer_of("/", kind="lifespan")
