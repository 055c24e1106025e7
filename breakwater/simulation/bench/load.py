"""A small load: requests over kept-alive connections to this machine, bounded in count and time."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

Request = tuple[str, str, dict[str, str], bytes]
"""Method, path, headers, body."""


@dataclass(frozen=True)
class Timing:
    """What a load came to. Seconds, and how many a second."""

    seconds: list[float]
    rate: float
    failed: int
    size: int

    def at(self, share: float) -> float:
        """The time within which a share of the requests was answered, in milliseconds."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


def run(
    port: int, make: Callable[[int], Request], *, connections: int, requests: int, at_most: float = 20
) -> Timing:
    """Send requests and wait for every answer.

    Args:
        make: the request by its number, so that each can differ.
        at_most: seconds after which no further request is sent.
    """
    return asyncio.run(_run(port, make, connections, requests, at_most))


async def _run(
    port: int, make: Callable[[int], Request], connections: int, requests: int, at_most: float
) -> Timing:
    numbers = iter(range(requests))
    seconds: list[float] = []
    sizes: list[int] = [0]
    failed = 0
    stop_at = time.monotonic() + at_most

    async def one_connection() -> None:
        nonlocal failed
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in numbers:
            if time.monotonic() > stop_at:
                break
            request = _bytes(make(number))
            begun = time.perf_counter()
            writer.write(request)
            status, size = await _answer(reader)
            seconds.append(time.perf_counter() - begun)
            sizes[0] = size
            failed += status >= 400  # noqa: PLR2004 - HTTP: not done
        writer.close()

    begun = time.perf_counter()
    await asyncio.gather(*(one_connection() for _ in range(connections)))
    return Timing(seconds, len(seconds) / (time.perf_counter() - begun), failed, sizes[0])


def _bytes(request: Request) -> bytes:
    method, path, headers, body = request
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: localhost",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    if body:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


async def _answer(reader: asyncio.StreamReader) -> tuple[int, int]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    status = int(head.split(" ", 2)[1])
    if "transfer-encoding: chunked" in head:
        size = 0
        while length := int((await reader.readuntil(b"\r\n")).strip(), 16):
            await reader.readexactly(length + 2)
            size += length
        await reader.readexactly(2)
        return status, size
    length = next(
        (int(line.split(":")[1]) for line in head.split("\r\n") if line.startswith("content-length:")), 0
    )
    await reader.readexactly(length)
    return status, length
