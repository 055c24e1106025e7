"""A page that listens, without a browser: one connection to the real server, which can also be cut."""

import asyncio
import re
import socket
import struct
import time
from collections import Counter
from contextlib import suppress
from html import unescape
from urllib.parse import quote, urlsplit

from django.conf import settings

_WORD = re.compile(r'data-live="([^"]+)"')
_LAST = b"0\r\n"
"""The piece of no length that ends an answer; the connection stays for another request."""
_RESET = struct.pack("ii", 1, 0)
"""Nothing is said any more, not even goodbye: what a cut line looks like from the other end."""


class Listener:
    """One open page.

    Args:
        server: the address of the server.
        session: the key of whoever looks.
    """

    def __init__(self, server: str, session: str) -> None:
        self.server = server
        self.host, self.port = urlsplit(server).hostname, urlsplit(server).port
        self.session = session
        self.heard: Counter[str] = Counter()
        self.raw = b""
        self.told = ""
        self.status = 0
        self.ended_at = 0.0
        self.address = ""
        self.began = asyncio.Event()

    async def look(self, page: str) -> "Listener":
        """Open the page, and keep the address it listens at."""
        reader, writer = await asyncio.open_connection(self.host, self.port)
        writer.write(self._asking(page, "text/html", close=True))
        body = (await reader.read()).decode()
        writer.close()
        self.address = unescape(_WORD.search(body).group(1))
        return self

    def beside(self) -> "Listener":
        """The same page, opened once more by the same person."""
        other = Listener(self.server, self.session)
        other.address = self.address
        return other

    async def listen(self) -> "Listener":
        """Open the stream, from where it was left, and hear everything until it ends. Waits for its first words."""
        self.began.clear()
        self.ended_at = 0.0
        told = f"&told={quote(self.told)}" if self.told else ""
        self._reader, self._writer = await asyncio.open_connection(self.host, self.port)
        self._writer.write(self._asking(self.address + told, "text/event-stream"))
        self._hears = asyncio.ensure_future(self._hear())
        await asyncio.wait_for(self.began.wait(), 90)
        return self

    def cut(self) -> None:
        """The line breaks."""
        self._hears.cancel()
        self._writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._writer.transport.abort()

    async def until_it_ends(self, *, seconds: float) -> None:
        """Wait for the server to end it."""
        await asyncio.wait_for(asyncio.shield(self._hears), seconds)

    async def _hear(self) -> None:
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode()
        self.status = int(head.split(" ", 2)[1])
        event: dict[str, str] = {}
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while line := await self._reader.readuntil(b"\n"):
                self.raw += line
                if line == _LAST:
                    break
                name, _, value = line.decode().strip().partition(": ")
                if name in ("id", "event", "data"):
                    event[name] = value
                elif event and not name:
                    self._take(event)
                    event = {}
        self.ended_at = time.monotonic()
        self.began.set()

    def _take(self, event: dict[str, str]) -> None:
        self.told = event["id"]
        if event["event"] == "changed":
            self.heard.update(event["data"].split(" "))
        self.began.set()

    def _asking(self, path: str, accept: str, *, close: bool = False) -> bytes:
        lines = [
            f"GET {path} HTTP/1.1", "Host: localhost", f"Accept: {accept}",
            f"Cookie: {settings.SESSION_COOKIE_NAME}={self.session}", *(["Connection: close"] if close else []),
        ]  # fmt: skip
        return ("\r\n".join(lines) + "\r\n\r\n").encode()
