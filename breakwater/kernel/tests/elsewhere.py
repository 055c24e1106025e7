"""Servers elsewhere, and the names that lead to them: real ones on this machine, behind numbers of the open internet.

A network is an argument of what is tried. This one looks names up in a book, keeps a list of every number that was
dialed, and puts the call through to a server here. Nothing leaves this machine.
"""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from breakwater.kernel.outside import Network

OPEN, OTHER = "93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"
Speaks = Callable[[socket.socket, str], None]


@dataclass
class Elsewhere:
    """What stands elsewhere.

    Args:
        speaks: what a server says to a request, by the first words of it; one server plays all of them.
        book: the numbers of a name; a list of lists is what it leads to the first time, the second…
        dialed: every number that was dialed; ``asked`` every name that was looked up, ``said`` every request.
    """

    port: int
    trusted: ssl.SSLContext
    speaks: Speaks
    book: dict[str, list[list[str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    dialed: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def network(self) -> Network:
        """The network on which all of this is."""
        return Network(self.numbers, self.dial, lambda: self.trusted)

    def numbers(self, host: str, port: int) -> list[str]:
        """What a name leads to; what is written as a number in any way that a system knows is that number."""
        self.asked.append(host)
        if host in self.book:
            turns = self.book[host]
            return turns.pop(0) if len(turns) > 1 else turns[0]
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        except OSError:
            return []
        return [str(one[4][0]) for one in found]

    def dial(self, number: str, port: int, patience: float) -> socket.socket:
        """Put the call through, to the one server that there is."""
        self.dialed.append(number)
        return socket.create_connection(("127.0.0.1", self.port), timeout=patience)


def says(head: str, body: bytes = b"") -> Speaks:
    """A server that says the same to everybody."""

    def speak(line: socket.socket, request: str) -> None:
        line.sendall(f"HTTP/1.1 {head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)

    return speak


@contextmanager
def elsewhere(folder: Path, *names: str, is_plain: bool = False) -> Iterator[Elsewhere]:
    """A server that answers under these names, over TLS, believed by who trusts its maker."""
    server_side, trusted = _papers(folder, names)
    listener = socket.create_server(("127.0.0.1", 0))
    there = Elsewhere(listener.getsockname()[1], trusted, says("200 OK", b"{}"))

    def serve(line: socket.socket) -> None:
        try:
            with line if is_plain else server_side.wrap_socket(line, server_side=True) as spoken:
                if request := _heard(spoken):
                    there.said.append(request)
                    there.speaks(spoken, request)
        except OSError:
            line.close()

    def listen() -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(line,), daemon=True).start()

    threading.Thread(target=listen, daemon=True).start()
    yield there
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def _heard(line: socket.socket) -> str:
    """A whole request: whoever hangs up on words that were not read cuts off its own answer."""
    heard = line.makefile("rb")
    head = "".join(part.decode() for part in iter(heard.readline, b"\r\n"))
    length = next((part.split(":")[1] for part in head.splitlines() if part.startswith("Content-Length")), 0)
    return head + heard.read(int(length)).decode()


def _papers(folder: Path, names: tuple[str, ...]) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What a server shows, and what believes it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "elsewhere")])
    now = datetime.now(UTC)
    paper = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(one) for one in names]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    paper_file, key_file = folder / "paper.pem", folder / "key.pem"
    paper_file.write_bytes(paper.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(paper_file, key_file)
    return server_side, ssl.create_default_context(cafile=str(paper_file))
