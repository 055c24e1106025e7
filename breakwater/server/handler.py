"""How a request is answered: in one thread from beginning to end.

Django hands a request from the server's loop to a thread and back for every change between code that waits and code
that does not. All of ours does not: here a request changes hands once, and a worker has as many threads as its pool
has connections, so that none of them waits for another's.
"""

import asyncio
import atexit
import gc
import logging
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.signals import request_started
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import set_script_prefix

from breakwater.kernel.patience import ANSWERING
from breakwater.kernel.views import found_at
from breakwater.portal.discreet import Discreet
from breakwater.server.bounds import Message
from breakwater.server.piece import in_one_piece
from breakwater.server.pulse import Pulse
from breakwater.server.sharing import Sharing
from breakwater.server.streams import Streams
from breakwater.trust.live import Stream
from breakwater.ui.headers import SecurityHeaders
from breakwater.ui.views import too_long

log = logging.getLogger(__name__)


class OneThread(ASGIHandler):
    """Django's handler, with its middleware and views as plain functions."""

    def __init__(self) -> None:
        super().__init__()
        many = settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"]
        self._threads = ThreadPoolExecutor(many, thread_name_prefix="answers")
        self._streams, self._pulse = Streams(), Pulse()
        self._sharing = Sharing(self._answer, self._threads)

    def load_middleware(self, is_async: bool = False) -> None:
        """The chain of plain functions, whatever is asked for."""
        super().load_middleware(is_async=False)

    def resolve_request(self, request: Any) -> Any:
        """What answers this address; the door has found it already where it had to know."""
        request.resolver_match = getattr(request, "found", None) or found_at(request.path_info)
        return request.resolver_match

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        """Answer a request."""
        if scope["type"] == "websocket":
            await receive()
            return await send({"type": "websocket.close"})  # nobody is let in: 403
        if scope["type"] != "http":
            raise ValueError(f"There are pages here, and no {scope['type']}.")
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return None
        response = await self._in_time(scope, body)
        if isinstance(response, Stream):
            return await self._streams.go_on(response, receive, send)
        await self.send_response(response, send)
        if response.streaming:
            await asyncio.get_running_loop().run_in_executor(self._threads, response.close)
        return None

    async def _in_time(self, scope: Message, body: Any) -> Any:
        """The response; where none comes in time, a page that says so, which asks nobody for anything.

        What waits for a thread still is never begun. What has one goes on: PostgreSQL keeps it in bounds, or is itself
        away, and then its lines are cut. A database that says nothing at all is not waited for so long.
        """
        try:
            async with asyncio.timeout(_time_for(scope)) as bound:
                with self._pulse.felt(bound):
                    return await self._answered(scope, body)
        except TimeoutError:
            log.warning("A page was not answered in time")
            return _too_late(scope)

    async def _answered(self, scope: Message, body: Any) -> Any:
        response = await self._sharing.answer(scope)
        if response is not None:
            return response
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._answer, scope, body)

    @in_one_piece
    def _answer(self, scope: Message, body: Any) -> Any:
        """The response, with everything that was held for it given back, unless it is still to be read."""
        set_script_prefix(get_script_prefix(scope))
        request_started.send(sender=type(self), scope=scope)
        request, response = self.create_request(scope, body)
        answer: Any = self.get_response(request) if request is not None else response
        answer._handler_class = type(self)
        if not answer.streaming:
            answer.close()
        body.close()
        return answer


def _time_for(scope: Message) -> float:
    kind = dict(scope["headers"]).get(b"content-type", b"")
    return ANSWERING.with_files if kind.startswith(b"multipart/form-data") else ANSWERING.whole


def _too_late(scope: Message) -> HttpResponse:
    """What is said in place of an answer; where nothing may say what this is, it does not either."""
    asked = HttpRequest()
    asked.method, asked.path = scope["method"], scope["path"]
    return SecurityHeaders(Discreet(lambda _: too_long(asked, TimeoutError())))(asked)


def settle() -> None:
    """What is loaded by now stays loaded: the collector of garbage need not look at it again.

    A page of the board makes some ten thousand small objects and drops them all; looking for rings among them every
    700, as Python does by itself, took a quarter of its time.
    """
    import_module(settings.ROOT_URLCONF)
    gc.freeze()
    gc.set_threshold(20_000, 10, 20)
    atexit.register(connection.close_pool)  # type: ignore[attr-defined]  # of PostgreSQL's wrapper
