"""A small load: requests over kept-alive connections to this machine, bounded in count and time."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

Request = tuple[str, str, dict[str, str], bytes]
"""Method, path, headers, body."""


class WrongAnswer(Exception):
    """An answer that nobody expected: a figure of such answers would mean nothing."""


@dataclass(frozen=True)
class Timing:
    """What a load came to. Seconds each, and how many a second."""

    seconds: list[float]
    rate: float
    size: int

    def at(self, share: float) -> float:
        """The time within which a share of the requests was answered, in milliseconds."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


def joined(parts: list[Timing]) -> Timing:
    """Several loads as one."""
    seconds = [one for part in parts for one in part.seconds]
    took = sum(len(part.seconds) / part.rate for part in parts)
    return Timing(seconds, len(seconds) / took, parts[-1].size)


def run(
    port: int,
    make: Callable[[int], Request],
    *,
    expects: int,
    connections: int,
    requests: range,
    at_most: float = 20,
) -> Timing:
    """Send requests and wait for every answer.

    Args:
        make: the request by its number, so that each can differ.
        expects: the status that every answer must have.
        requests: their numbers.
        at_most: seconds after which no further request is sent.

    Raises:
        WrongAnswer: one has another status.
    """
    return asyncio.run(_run(port, make, expects, connections, requests, at_most))


async def _run(
    port: int,
    make: Callable[[int], Request],
    expects: int,
    connections: int,
    requests: range,
    at_most: float,
) -> Timing:
    numbers = iter(requests)
    seconds: list[float] = []
    sizes = [0]
    stop_at = time.monotonic() + at_most

    async def one_connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in numbers:
            if time.monotonic() > stop_at:
                break
            request = on_the_wire(make(number))
            begun = time.perf_counter()
            writer.write(request)
            status, body = await answered(reader)
            seconds.append(time.perf_counter() - begun)
            if status != expects:
                where = request.split(b"\r\n", 1)[0].decode()
                raise WrongAnswer(f"{where}: status {status} in place of {expects}: {body[:400]!r}")
            sizes[0] = len(body)
        writer.close()

    begun = time.perf_counter()
    await asyncio.gather(*(one_connection() for _ in range(connections)))
    return Timing(seconds, len(seconds) / (time.perf_counter() - begun), sizes[0])


def ask(port: int, request: Request) -> str:
    """The body of one answer.

    Raises:
        WrongAnswer: it is not there.
    """

    async def asked() -> tuple[int, bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(on_the_wire(request))
        answer = await answered(reader)
        writer.close()
        return answer

    status, body = asyncio.run(asked())
    if status != 200:  # noqa: PLR2004 - HTTP: here it is
        raise WrongAnswer(f"{request[0]} {request[1]}: status {status}: {body[:400]!r}")
    return body.decode()


def on_the_wire(request: Request) -> bytes:
    """A request as it is sent."""
    method, path, headers, body = request
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: localhost",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    if body:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


async def answered(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Status and body of the next answer."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    status = int(head.split(" ", 2)[1])
    if "transfer-encoding: chunked" in head:
        parts = []
        while length := int((await reader.readuntil(b"\r\n")).strip(), 16):
            parts.append((await reader.readexactly(length + 2))[:-2])
        await reader.readexactly(2)
        return status, b"".join(parts)
    length = next(
        (int(line.split(":")[1]) for line in head.split("\r\n") if line.startswith("content-length:")), 0
    )
    return status, await reader.readexactly(length)
