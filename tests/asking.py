"""How a test asks the product: as browsers send, and with no more around it than a server has.

Django's test client builds the chain of middleware for each client, looks for the view twice where the door has found
XX"""

from collections.abc import Iterator, Mapping
from functools import partial
from secrets import token_hex
from threading import local
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.handlers.wsgi import WSGIRequest
from django.core.signals import got_request_exception, request_finished, request_started
from django.db import close_old_connections
from django.http import HttpRequest
from django.test.client import (
    MULTIPART_CONTENT,
    Client,
    ClientHandler,
    RequestFactory,
    conditional_content_removal,
)
from django.utils.http import urlencode

from breakwater.kernel.views import found_at
from breakwater.trust.sessions import SessionStore

_CHAIN = ("_middleware_chain", "_view_middleware", "_template_response_middleware", "_exception_middleware")
_IN_ONE_PIECE = "application/x-www-form-urlencoded"


def ask_lightly() -> None:
    """Have every client of this process ask so."""
    _chain_once()
    for one in (request_started, request_finished):
        one.disconnect(close_old_connections)
    handler: Any = ClientHandler
    handler.__call__, handler.resolve_request = _answered, _found_at_the_door
    client: Any = Client
    client.request = _asked
    client._login = _let_in_at_once(client._login)
    got_request_exception.connect(_note_trouble)
    factory: Any = RequestFactory
    factory.post = _as_browsers_send(factory.post)


def _chain_once() -> None:
    """Build the chain of middleware once, as a server does, and not for every browser of every test.

    To look through the static files anew took a twentieth of the matrix. Where a test has other settings, its browsers
    get a chain of their own.
    """
    load, kept = ClientHandler.load_middleware, dict[bool, tuple[object, ClientHandler]]()

    def load_once(self: ClientHandler, is_async: bool = False) -> None:
        made_with, made = kept.get(self.enforce_csrf_checks, (None, self))
        if made_with is settings._wrapped:
            self.__dict__.update({name: made.__dict__[name] for name in _CHAIN})
        else:
            load(self, is_async)
            kept[self.enforce_csrf_checks] = settings._wrapped, self

    ClientHandler.load_middleware = load_once  # type: ignore[method-assign]


_ASKS = local()
"""Which browser of a thread asks just now."""


def _note_trouble(**_: Any) -> None:
    client = getattr(_ASKS, "client", None)
    if client is not None:
        client.store_exc_info()


def _asked(self: Any, **request: Any) -> Any:
    """What Django's client does, but that it does not listen anew each time: no template of ours says it is drawn."""
    asked_before, _ASKS.client = getattr(_ASKS, "client", None), self
    try:
        response = self.handler(self._base_environ(**request))
    finally:
        _ASKS.client = asked_before
    self.check_exception(response)
    response.client, response.request = self, request
    response.json = partial(self._parse_json, response)
    if response.cookies:
        self.cookies.update(response.cookies)
    return response


def _answered(self: Any, environ: Any) -> Any:
    """What Django's handler for tests does, but for the signals that would close the connection of the test."""
    if self._middleware_chain is None:
        self.load_middleware()
    request_started.send(sender=type(self), environ=environ)
    request = WSGIRequest(environ)
    request._dont_enforce_csrf_checks = not self.enforce_csrf_checks
    response = self.get_response(request)
    conditional_content_removal(request, response)
    response.wsgi_request = request
    if not response.streaming:
        response.close()
    elif not response.is_async:
        response.streaming_content = _closed_at_its_end(response, response.streaming_content)
    return response


def _closed_at_its_end(response: Any, said: Iterator[Any]) -> Iterator[Any]:
    try:
        yield from said
    finally:
        response.close()


def _found_at_the_door(self: Any, request: Any) -> Any:
    """What answers an address, found once: as the handler of our server does."""
    request.resolver_match = getattr(request, "found", None) or found_at(request.path_info)
    return request.resolver_match


def _let_in_at_once(login: Any) -> Any:
    """What Django's client does for whoever was nobody before, in one statement: it leaves the same row."""

    def let_in(self: Any, user: Any, backend: str | None = None) -> None:
        if backend is None or settings.SESSION_COOKIE_NAME in self.cookies:
            login(self, user, backend)
            return
        asks = HttpRequest()
        asks.session = SessionStore(token_hex(16))
        asks.session._session_cache = {
            SESSION_KEY: user._meta.pk.value_to_string(user),
            BACKEND_SESSION_KEY: backend,
            HASH_SESSION_KEY: user.get_session_auth_hash(),
        }
        asks.session.save(must_create=True)
        self._set_login_cookies(asks)

    return let_in


def _as_browsers_send(post: Any) -> Any:
    def sent(
        self: Any,
        path: str,
        data: Any = None,
        content_type: str = MULTIPART_CONTENT,
        *more: Any,
        **named: Any,
    ) -> Any:
        if content_type is MULTIPART_CONTENT and _has_no_file(data):
            data, content_type = urlencode(data or {}, doseq=True), _IN_ONE_PIECE
        return post(self, path, data, content_type, *more, **named)

    return sent


def _has_no_file(data: Any) -> bool:
    if data is None:
        return True
    if not isinstance(data, Mapping):
        return False
    each = (one for said in data.values() for one in (said if isinstance(said, list | tuple) else (said,)))
    return not any(hasattr(one, "read") for one in each)
