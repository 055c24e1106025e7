"""More than any form holds is read past and answered in words, by the real web server."""

import asyncio
import http.client
import socket
from contextlib import ExitStack
from urllib.parse import urlsplit

from breakwater.server.bounds import Bounded

MEGABYTE = 1024 * 1024
SAID = "This was more text than a form can take"


def ask(port, body, headers, *, method="POST", where="/sign-in/"):
    connection = http.client.HTTPConnection("localhost", port, timeout=60)
    try:
        connection.request(
            method, where, body, {"Content-Type": "application/x-www-form-urlencoded", **headers}
        )
        answer = connection.getresponse()
        return answer, answer.read().decode()
    finally:
        connection.close()


def in_chunks(size):
    yield from (b"x" * 65536 for _ in range(size // 65536))


def test_what_is_too_large_is_told_so_and_the_next_is_served(server):
    port = urlsplit(server).port
    answer, page = ask(port, b"x" * (3 * MEGABYTE), {})
    assert answer.status == 413
    assert SAID in page
    assert "what you typed is still on the page" in page
    assert answer.headers["Cache-Control"] == "no-store"
    for size, status in ((1, 403), (8, 413)):
        answer, page = ask(port, in_chunks(size * MEGABYTE), {})
        assert answer.status == status, f"{size} MB of which nothing was told"
    answer, page = ask(port, None, {}, method="GET")
    assert answer.status == 200
    assert "Sign in" in page


def test_where_files_are_taken_more_is_taken_and_nowhere_else(server):
    """Whoever is not signed in is told so after it was read; more than files may be is not read."""
    port, where = urlsplit(server).port, "/messages/cases/00000000-0000-7000-8000-000000000000/"
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    five = b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--x\r\n"
    five += b"Content-Disposition: form-data; name=attached; filename=a\r\n\r\n" + b"x" * 5 * MEGABYTE
    answer, page = ask(port, five + b"\r\n--x--\r\n", form, where=where)
    assert answer.status == 403, "no page of ours sent it"
    assert SAID not in page
    assert ask(port, five, {}, where=where)[0].status == 413, "a form without files holds no more than any"
    assert ask(port, five, form, where="/sign-in/")[0].status == 413
    answer, page = ask(port, b"x" * 17 * MEGABYTE, form, where=where)
    assert answer.status == 413
    assert "files are too large together" in page


def test_four_send_files_at_once_and_the_fifth_is_told_to_send_again():
    """They lie in memory while they come; a form without files goes on as ever meanwhile."""
    asyncio.run(_five_at_once())


async def _five_at_once():
    heard, told, rest = [], [], asyncio.Event()

    async def application(scope, receive, send):
        heard.append(len((await receive())["body"]))

    async def send(message):
        told.append(message.get("status"))

    async def slowly():
        await rest.wait()
        return {"type": "http.request", "body": b"x" * 3 * MEGABYTE, "more_body": False}

    def asked(kind):
        headers = [(b"content-length", b"%d" % (3 * MEGABYTE)), (b"content-type", kind)]
        where = "/messages/cases/00000000-0000-7000-8000-000000000000/"
        return {"type": "http", "method": "POST", "path": where, "headers": headers}

    bounded = Bounded(application)
    under_way = [asyncio.create_task(bounded(asked(b"multipart/form-data"), slowly, send)) for _ in range(4)]
    await asyncio.sleep(0)
    fifth = asyncio.create_task(bounded(asked(b"multipart/form-data"), slowly, send))
    await asyncio.sleep(0)
    rest.set()
    await asyncio.gather(*under_way, fifth)
    assert heard == [3 * MEGABYTE] * 4
    assert told == [503, None]
    await bounded(asked(b"multipart/form-data"), slowly, send)
    assert len(heard) == 5, "there is room again"


def test_headers_have_a_number_and_a_length_and_the_next_is_served(server):
    port = urlsplit(server).port
    for repeated in (b"Accept: x\r\n" * 5000, b"Cookie: " + b"x" * 40_000 + b"\r\n"):
        with socket.create_connection(("localhost", port), timeout=60) as line:
            line.sendall(b"GET /sign-in/ HTTP/1.1\r\nHost: localhost\r\n" + repeated + b"\r\n")
            heard = line.makefile("rb").read()
        assert heard.startswith((b"HTTP/1.1 431", b"HTTP/1.1 400")), heard[:80]
    assert ask(port, None, {f"X-{number}": "x" for number in range(30)}, method="GET")[0].status == 200


def test_somebody_honest_is_served_while_five_hundred_lines_say_nothing_or_drip(server):
    """Each holds a line of the web server and nothing else: no thread, no connection of the database."""
    port = urlsplit(server).port
    with ExitStack() as lines:
        for number in range(500):
            line = lines.enter_context(socket.create_connection(("localhost", port), timeout=60))
            line.sendall(
                b"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nx"[: number % 50 * 2]
            )
        for _ in range(3):
            answer, page = ask(port, None, {}, method="GET")
            assert (answer.status, "Sign in" in page) == (200, True)


NOT_OURS = {
    "a name that is not ours": b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    "the same, not signed in": b"GET /notes/ HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    "and for all": b"GET /static/ui/base.css HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    "somebody's name before it": b"GET / HTTP/1.1\r\nHost: localhost@evil.example\r\nConnection: close\r\n\r\n",
    "two lengths": b"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "two slashes": b"GET //evil.example/%2e%2e HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "a line within the address": b"GET /%0d%0aevil:%201 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "out of the folder": b"GET /static/..%2f..%2fsettings.py HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "another protocol": b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
}
OURS = {
    "another name beside ours": b"X-Forwarded-Host: evil.example\r\nForwarded: host=evil.example\r\n",
    "two sessions": b"Cookie: sessionid=evil\r\nCookie: sessionid=evil2\r\n",
}


def heard_for(port, lines):
    """What comes back for a few lines, however the line ends."""
    with socket.create_connection(("localhost", port), timeout=60) as line:
        line.sendall(lines)
        return line.makefile("rb").read()


def test_what_names_somebody_else_or_is_no_request_is_turned_away_and_nothing_is_said_back(server):
    port = urlsplit(server).port
    for what, lines in NOT_OURS.items():
        heard = heard_for(port, lines)
        assert heard.split()[1] in (b"400", b"403", b"404"), (what, heard[:200])
        assert b"evil" not in heard, what
        assert heard.count(b"HTTP/1.1 ") == 1, what
    for what, more in OURS.items():
        heard = heard_for(
            port, b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + more + b"\r\n"
        )
        assert heard.split()[1] == b"302", (what, heard[:200])
        assert b"evil" not in heard, what
