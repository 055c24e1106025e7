"""What stands outside: a gateway for text messages and a mail server, real ones, on this machine."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any


@dataclass
class Gateway:
    """A gateway that knows a key again, and has its bad days.

    Args:
        mood: ``well``; ``down`` takes nothing now; ``lost`` takes it and its answer never arrives; ``no`` takes none.
        asked: every request, as it came; ``went`` what it sent on, once for each key.
    """

    mood: str = "well"
    address: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    went: dict[str, dict[str, str]] = field(default_factory=dict)

    def take(self, told: dict[str, str], key: str) -> int:
        """What it answers to one request; ``0`` when its answer is lost."""
        self.asked.append(told)
        if self.mood in ("down", "no"):
            return 503 if self.mood == "down" else 422
        if key in self.went:
            return 409
        self.went[key] = told
        return 0 if self.mood == "lost" else 202


@contextmanager
def a_gateway(settings: Any) -> Iterator[Gateway]:
    """A gateway that is set up here."""
    gateway = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status = gateway.take(told, self.headers["Idempotency-Key"])
            if self.headers["Authorization"] != "Bearer who we are":
                status = 401
            if status:
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with _serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        settings.SMS_GATEWAY, settings.SMS_KEY = f"http://127.0.0.1:{port}/texts", "who we are"
        yield gateway


@dataclass
class MailServer:
    """A mail server, and what it was given. ``says`` is what it answers to a recipient."""

    says: str = "250 Fine"
    letters: list[Message] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)


@contextmanager
def a_mail_server(settings: Any) -> Iterator[MailServer]:
    """A mail server that is set up here: as much of RFC 5321 as sending one letter takes."""
    mail = MailServer()

    class Handler(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self) -> None:
            self.say("220 here")
            while line := self.rfile.readline().decode().strip():
                verb = line.split()[0].upper()
                if verb == "DATA":
                    self.say("354 Go on")
                    self.take()
                elif verb == "QUIT":
                    return self.say("221 Bye")
                self.say(mail.says if verb == "RCPT" else "250 Fine")
            return None

        def take(self) -> None:
            lines = list(iter(self.rfile.readline, b".\r\n"))
            mail.raw.append(b"".join(lines))
            mail.letters.append(message_from_bytes(mail.raw[-1]))

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    with _serving(server) as port:
        sender = "Notes <notes@post.example>"
        settings.MAIL = SimpleNamespace(
            host="127.0.0.1", port=port, username="", password="", starttls=False, tls=False, sender=sender
        )
        yield mail


@contextmanager
def _serving(server: Any) -> Iterator[int]:
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
