"""More than any form holds is read past and answered in words, by the real web server."""

import http.client
import socket
from contextlib import ExitStack
from urllib.parse import urlsplit

MEGABYTE = 1024 * 1024
SAID = "This was more text than a form can take"


def ask(port, body, headers, *, method="POST", where="/sign-in/"):
    connection = http.client.HTTPConnection("localhost", port, timeout=20)
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


def test_headers_have_a_number_and_a_length_and_the_next_is_served(server):
    port = urlsplit(server).port
    for repeated in (b"Accept: x\r\n" * 5000, b"Cookie: " + b"x" * 40_000 + b"\r\n"):
        with socket.create_connection(("localhost", port), timeout=20) as line:
            line.sendall(b"GET /sign-in/ HTTP/1.1\r\nHost: localhost\r\n" + repeated + b"\r\n")
            heard = line.makefile("rb").read()
        assert heard.startswith((b"HTTP/1.1 431", b"HTTP/1.1 400")), heard[:80]
    assert ask(port, None, {f"X-{number}": "x" for number in range(30)}, method="GET")[0].status == 200


def test_somebody_honest_is_served_while_fifty_lines_say_nothing_or_drip(server):
    """Each holds a line of the web server and nothing else: no thread, no connection of the database."""
    port = urlsplit(server).port
    with ExitStack() as lines:
        for number in range(50):
            line = lines.enter_context(socket.create_connection(("localhost", port), timeout=20))
            line.sendall(
                b"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nx"[: number * 2]
            )
        for _ in range(3):
            answer, page = ask(port, None, {}, method="GET")
            assert (answer.status, "Sign in" in page) == (200, True)
