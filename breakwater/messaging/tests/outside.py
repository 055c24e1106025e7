"""What stands outside: a gateway for text messages, a mail server and a push service, real ones, on this machine."""

import hmac
import json
import os
import socketserver
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from breakwater.messaging.devices import Browser


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
    """A mail server, what it was given, and by whom. ``says`` is what it answers to a recipient."""

    says: str = "250 Fine"
    letters: list[Message] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    greeted_by: list[str] = field(default_factory=list)


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
                if verb == "EHLO":
                    mail.greeted_by.append(line.split()[1])
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
        sender = "The Harbor Shelter <notes@post.example>"
        settings.MAIL = SimpleNamespace(
            host="127.0.0.1", port=port, username="", password="", starttls=False, tls=False, sender=sender
        )
        yield mail


@dataclass
class PushService:
    """What carries notes to browsers, and one browser behind it: it opens what came with its own keys, as one would.

    Args:
        mood: ``well``; ``down`` takes nothing now; ``lost`` takes it and its answer never arrives; ``gone`` knows the
            browser no more; ``no`` takes none.
        notes: what the browser opened, by topic; ``asked`` the headers of every request.
    """

    address: str = ""
    mood: str = "well"
    notes: dict[str, bytes] = field(default_factory=dict)
    asked: list[Message] = field(default_factory=list)
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = field(default_factory=lambda: os.urandom(16))

    def browser(self, name: str = "one") -> Browser:
        """How the browser says that it is reached."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return Browser(endpoint=f"{self.address}{name}", p256dh=_plain(point), auth=_plain(self.secret))

    def take(self, headers: Message, body: bytes) -> int:
        """What it answers to one request; ``0`` when its answer is lost."""
        self.asked.append(headers)
        answers = {"down": 503, "gone": 410, "no": 413}
        if self.mood in answers:
            return answers[self.mood]
        self.notes[str(headers["Topic"])] = self.opened(body)
        return 0 if self.mood == "lost" else 201

    def opened(self, body: bytes) -> bytes:
        """What a browser makes of it (RFC 8291 section 3.4), step by step as the standard writes them."""
        salt, size = body[:16], body[20]
        sender, sealed = body[21 : 21 + size], body[21 + size :]
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        mine = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        first = hmac.digest(self.secret, self.key.exchange(ec.ECDH(), theirs), "sha256")
        secret = hmac.digest(first, b"WebPush: info\0" + mine + sender + b"\1", "sha256")
        second = hmac.digest(salt, secret, "sha256")
        key = hmac.digest(second, b"Content-Encoding: aes128gcm\0\1", "sha256")[:16]
        nonce = hmac.digest(second, b"Content-Encoding: nonce\0\1", "sha256")[:12]
        plain = AESGCM(key).decrypt(nonce, sealed, None)
        return plain.rstrip(b"\0").removesuffix(b"\2")


@contextmanager
def a_push_service(settings: Any) -> Iterator[PushService]:
    """A push service that is near, and named by whoever runs this."""
    service = PushService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = service.take(self.headers, body)
            if status:
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with _serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        settings.PUSH_HOSTS, settings.PUSH_CONTACT = ("127.0.0.1",), "mailto:ops@harbor.example"
        service.address = f"http://127.0.0.1:{port}/to/"
        yield service


def _plain(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


@contextmanager
def _serving(server: Any) -> Iterator[int]:
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
