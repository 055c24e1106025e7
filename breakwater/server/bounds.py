"""How much somebody may send: more than any form holds is read past, never kept, and answered in words.

Where files are taken it is more: so many at a time in one process, and each within a while. Headers have a bound as
well: each name that is repeated is joined to what stands there already, which costs the square of them.
"""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import chain
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import HttpRequest
from django.utils.module_loading import import_string

from breakwater.attachments.library import LIMITS
from breakwater.attachments.taking import are_taken_at

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

_READ_PAST = 32 * 1024 * 1024
"""What is read and thrown away, so that a browser that is still sending hears the answer; then the line is cut."""
_WITH_FILES = LIMITS.together + 1024 * 1024
_AT_ONCE, _MOST_SECONDS = 4, 300
_MOST_HEADERS, _LONGEST_HEADERS = 100, 32 * 1024
"""How many there may be, and how long all of them together: a browser sends thirty, in two kilobytes."""


class Bounded:
    """An application that is given no larger body than its forms hold.

    A body whose length is told beforehand is judged by it; any other is gathered first, as far as it may go.
    """

    def __init__(self, application: Any) -> None:
        self.application: Application = application
        self._with_files = 0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request, or say that it is too large."""
        headers = scope.get("headers", ())
        if len(headers) > _MOST_HEADERS or sum(map(len, chain(*headers))) > _LONGEST_HEADERS:
            return await _too_many(send)
        told = dict(headers)
        length = told.get(b"content-length", b"")
        size = int(length) if length.isdigit() else 0
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0
        if size > most and _brings_files(scope, told):
            return await self._take_files(scope, receive, send, size=size)
        if size > most:
            await _read_past(receive)
            return await _too_much(send)
        if b"transfer-encoding" not in told:
            return await self.application(scope, receive, send)
        body = await _gathered(receive, most=most)
        if body is None:
            return await _too_much(send)
        return await self.application(scope, _told_again(body, receive), send)

    async def _take_files(self, scope: Message, receive: Receive, send: Send, *, size: int) -> None:
        """Gather what is larger than a form, which lies in memory meanwhile: few at once, and none for ever."""
        if size > _WITH_FILES or self._with_files >= _AT_ONCE:
            await _read_past(receive)
            return await _too_much(send, says="files_too_large" if size > _WITH_FILES else "busy_with_files")
        self._with_files += 1
        try:
            async with asyncio.timeout(_MOST_SECONDS):
                body = await _gathered(receive, most=_WITH_FILES)
        except TimeoutError:
            return await _too_much(send, says="busy_with_files")
        finally:
            self._with_files -= 1
        if body is None:
            return await _too_much(send, says="files_too_large")
        return await self.application(scope, _told_again(body, receive), send)


def _brings_files(scope: Message, told: dict[bytes, bytes]) -> bool:
    is_form = told.get(b"content-type", b"").startswith(b"multipart/form-data")
    return is_form and scope.get("method") == "POST" and are_taken_at(scope["path"])


async def _gathered(receive: Receive, *, most: int) -> bytes | None:
    """The whole body, or ``None`` when it is too large."""
    gathered, more = bytearray(), True
    while more:
        message = await receive()
        gathered += message.get("body", b"")
        more = message.get("more_body", False)
        if len(gathered) > most:
            await _read_past(receive, more=more)
            return None
    return bytes(gathered)


async def _read_past(receive: Receive, *, more: bool = True) -> None:
    seen = 0
    while more and seen < _READ_PAST:
        message = await receive()
        seen += len(message.get("body", b""))
        more = message.get("more_body", False)


def _told_again(body: bytes, receive: Receive) -> Receive:
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def told() -> Message:
        return messages.pop() if messages else await receive()

    return told


async def _too_much(send: Send, *, says: str = "bad_request") -> None:
    await _say(send, RequestDataTooBig(), says=says)


async def _too_many(send: Send) -> None:
    await _say(send, BadRequest(), status=431)


async def _say(send: Send, why: Exception, *, says: str = "bad_request", status: int | None = None) -> None:
    # Named, not imported: this module is read before Django has its settings.
    answer = import_string(f"breakwater.ui.views.{says}")(HttpRequest(), why)
    headers = [(name.lower().encode(), value.encode()) for name, value in answer.items()]
    headers += [(b"connection", b"close"), (b"content-length", str(len(answer.content)).encode())]
    await send({"type": "http.response.start", "status": status or answer.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": answer.content})
