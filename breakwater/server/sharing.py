"""One answer for many who ask for the same thing in the same moment, where all of them are shown the same.

When a place tells a figure, every open board asks for it at once: hundreds of requests for a few lines that say the
same to everybody of an agency. Whoever comes while the answer is being made waits for the next one, and shares it with
all who came meanwhile: nobody is told what was so before they asked. The door is asked about each of them, in one
statement; one of each agency and role goes in, and what it brings out is given to those who stand as it does. Whoever
would not come in, or is shown anything else than the thing itself, goes the long way alone, and is turned away there.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Hashable
from concurrent.futures import Executor
from contextlib import closing
from functools import lru_cache
from io import BytesIO
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.http import HttpResponse, parse_cookie
from django.urls import Resolver404, resolve
from django.utils import timezone

from breakwater.server.bounds import Message
from breakwater.trust.door import as_what_they_come

log = logging.getLogger(__name__)

_SHOWN = 200
_OF_ONE = (b"csrfmiddlewaretoken", b"idempotency_key")
"""What is made for one person: an answer that holds it is theirs alone."""


class _Asked(NamedTuple):
    """Somebody who waits for an answer."""

    session: str
    scope: Message
    answer: "asyncio.Future[Any]"


class Sharing:
    """Those who wait, by what they ask for.

    Args:
        answer: answers one request, in a thread.
        threads: where it does.
    """

    def __init__(self, answer: Callable[[Message, Any], Any], threads: Executor) -> None:
        self._answer, self._threads = answer, threads
        self._waiting: dict[str, list[_Asked]] = defaultdict(list)
        self._under_way: dict[str, asyncio.Task[None]] = {}

    async def answer(self, scope: Message) -> Any:
        """The answer that was made for all who ask for this now; nothing where one goes alone."""
        session = _session_of(scope)
        if not session:
            return None
        path: str = scope["path"]
        asked = _Asked(session, scope, asyncio.get_running_loop().create_future())
        self._waiting[path].append(asked)
        if path not in self._under_way:
            self._under_way[path] = asyncio.ensure_future(self._answer_by_turns(path))
        return await asked.answer

    async def _answer_by_turns(self, path: str) -> None:
        """All who wait, then all who came meanwhile, until nobody does."""
        try:
            while together := self._waiting.pop(path, None):
                given = await self._made_for(together)
                for number, asked in enumerate(together):
                    _hand_over(asked, given.get(number))
        finally:
            del self._under_way[path]

    async def _made_for(self, together: list[_Asked]) -> dict[int, Any]:
        """What is given to each; where it cannot be made, each asks for itself and is told what is wrong."""
        made = asyncio.get_running_loop().run_in_executor(self._threads, self._answers, together)
        await asyncio.wait([made])
        if trouble := made.exception():
            log.warning("an answer could not be shared: %s", type(trouble).__name__)
            return {}
        return made.result()

    def _answers(self, together: list[_Asked]) -> dict[int, Any]:
        """By the number of whoever asked. One is answered for all who stand as they do."""
        if len(together) == 1:
            return {0: self._answer(together[0].scope, BytesIO())}
        with closing(connection):
            standing = as_what_they_come({one.session for one in together}, now=timezone.now())
        alike: dict[Hashable, list[int]] = defaultdict(list)
        for number, one in enumerate(together):
            if one.session in standing:
                alike[standing[one.session]].append(number)
        given: dict[int, Any] = {}
        for first, *others in alike.values():
            made = given[first] = self._answer(together[first].scope, BytesIO())
            if _is_for_all(made):
                given |= dict.fromkeys(others, made)
        return given


def _hand_over(asked: _Asked, made: Any) -> None:
    """Give somebody the answer, if they still wait."""
    if not asked.answer.done():
        asked.answer.set_result(made)


def _session_of(scope: Message) -> str:
    """The session of a page that asks by itself for what colleagues are shown alike; empty for everything else."""
    if scope["method"] != "GET" or scope.get("query_string") or not _is_alike(scope["path"]):
        return ""
    headers = dict(scope["headers"])
    if b"x-by-itself" not in headers:
        return ""
    return parse_cookie(headers.get(b"cookie", b"").decode("latin-1")).get(settings.SESSION_COOKIE_NAME, "")


@lru_cache(maxsize=1024)
def _is_alike(path: str) -> bool:
    try:
        return getattr(resolve(path).func, "is_alike", False)
    except Resolver404:
        return False


def _is_for_all(made: HttpResponse) -> bool:
    """Whether it is the thing itself, and nothing in it is made for one person."""
    return (
        made.status_code == _SHOWN
        and not made.streaming
        and not made.cookies
        and not any(one in made.content for one in _OF_ONE)
    )
