"""Ask another server: the name is looked up once, every number it leads to is judged, and one of these is dialed.

All of it together has ten seconds and ten megabytes. Nothing that was packed is unpacked. A document that has moved is
followed three times, each time judged anew; what carries something of ours goes where it was sent, or nowhere.
"""

import io
import logging
import socket
import ssl
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection, HTTPException
from typing import Any, cast
from urllib.parse import urljoin

from breakwater.kernel.outside.addresses import NotAllowed, Place, may_be_dialed, read

PATIENCE, MOST, HOPS = 10.0, 10_000_000, 3
_MOVED = (301, 302, 303, 307, 308)
_log = logging.getLogger(__name__)


class Unanswered(Exception):
    """It did not answer, or not in a way that is taken. Holds the name of a fault, and nothing of what was asked."""


@dataclass(frozen=True)
class Answer:
    """What another server said."""

    status: int
    body: bytes


@dataclass(frozen=True)
class Network:
    """How a name becomes numbers, a number becomes a line, and whom we believe to be who they say."""

    numbers: Callable[[str, int], list[str]]
    dial: Callable[[str, int, float], socket.socket]
    trusted: Callable[[], ssl.SSLContext]


def _numbers(host: str, port: int) -> list[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _dial(number: str, port: int, patience: float) -> socket.socket:
    return socket.create_connection((number, port), timeout=patience)


WORLD = Network(_numbers, _dial, cache(ssl.create_default_context))


def ask(
    address: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    near: Collection[str] = (),
    patience: float = PATIENCE,
    network: Network = WORLD,
) -> Answer:
    """Ask for an address; with a body, hand that over.

    Args:
        near: hosts that whoever runs this server named, which may stand on their own network.

    Raises:
        NotAllowed: the address, or one that it led to, is not asked. Nothing went there.
        Unanswered: no answer that can be taken came in time.
    """
    ends = time.monotonic() + patience
    try:
        for _ in range(HOPS + 1):
            place = read(address, near=near)
            with closing(_reached(place, network, ends)) as wire:
                answer, moved_to = _exchange(_Line(wire, ends), place, body, headers or {})
            if answer.status not in _MOVED or body is not None or not moved_to:
                return answer
            address = urljoin(address, moved_to)
    except NotAllowed as why:
        _log.warning("Not asked: an address of which the %s is not allowed", why)
        raise
    except (OSError, HTTPException, ValueError) as trouble:
        raise Unanswered(type(trouble).__name__) from None
    raise Unanswered("moved too often")


class _Line:
    """A line whose time ends: whoever reads or writes gets what is left of it, however slowly the other side drips."""

    def __init__(self, wire: socket.socket, ends: float) -> None:
        self.wire, self.ends = wire, ends

    def sendall(self, octets: bytes) -> None:
        """All of it, in time."""
        self.wire.settimeout(_left(self.ends))
        self.wire.sendall(octets)

    def makefile(self, mode: str) -> io.BufferedReader:
        """What is read from it."""
        return io.BufferedReader(_Incoming(self))

    def close(self) -> None:
        """Not yet: the library closes what it has not read to its end. Whoever dialed hangs up."""


class _Incoming(io.RawIOBase):
    def __init__(self, line: _Line) -> None:
        self.line = line

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.line.wire.settimeout(_left(self.line.ends))
        return self.line.wire.recv_into(buffer)


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _reached(place: Place, network: Network, ends: float) -> socket.socket:
    """A line to a place, by a number that was judged. One bad number among them, and none is dialed."""
    numbers = _looked_up(place, network, ends)
    if not numbers or not all(may_be_dialed(place, number) for number in numbers):
        raise NotAllowed("number")
    wire = _dialed(numbers, place.port, network, ends)
    if place.is_plain:
        return wire
    with closing(wire):
        wire.settimeout(_left(ends))
        return network.trusted().wrap_socket(wire, server_hostname=place.host)


def _looked_up(place: Place, network: Network, ends: float) -> list[str]:
    """What a name leads to. The system's own look-up knows no time limit, so it is waited for beside."""
    beside = ThreadPoolExecutor(1, thread_name_prefix="looks-up")
    try:
        return beside.submit(network.numbers, place.host, place.port).result(_left(ends))
    finally:
        beside.shutdown(wait=False)


def _dialed(numbers: list[str], port: int, network: Network, ends: float) -> socket.socket:
    for number in numbers[:-1]:
        try:
            return network.dial(number, port, _left(ends) / 2)
        except OSError:
            continue
    return network.dial(numbers[-1], port, _left(ends))


def _exchange(
    line: _Line, place: Place, body: bytes | None, headers: Mapping[str, str]
) -> tuple[Answer, str]:
    """One question and its answer, with where it says that it moved to."""
    asked = HTTPConnection(place.host, place.port)
    asked.sock = cast(Any, line)
    ours = {"Host": place.named, "Accept-Encoding": "identity", "Connection": "close"}
    asked.request("GET" if body is None else "POST", place.path, body, {**headers, **ours})
    answer = asked.getresponse()
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Unanswered("packed")
    told = answer.read(MOST + 1)
    if len(told) > MOST:
        raise Unanswered("too large")
    return Answer(answer.status, told), answer.headers.get("Location", "")
