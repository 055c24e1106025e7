"""What the journeys of a worker share: a database that is emptied after each, its server, and the browser's contexts.

A database, a server and the first page of a context cost half a second of processor, and prove nothing. What is handed
on from one journey to the next is as it was found: no row, cookie, stored word, worker of a page or open page is left.
"""

import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import psycopg
from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    ConsoleMessage,
    Error,
    Page,
    ProxySettings,
    Request,
)

from conftest import superuser_of, wait_until
from tests.journeys.looking import line_of

PATIENCE = 90_000
"""Thousandths of a second until something that is waited for is missed: a busy machine is no fault."""

_TABLES = """
    SELECT quote_ident(nspname) || '.' || quote_ident(relname)
    FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace
    WHERE relkind = 'r' AND nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
"""
_AT_WORK = """
    SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND backend_type = 'client backend' AND state <> 'idle'
"""


def _not_empty(tables: Iterable[str]) -> str:
    """Asks in which of these tables anything stands."""
    return " UNION ALL ".join(f"(SELECT '{name}' FROM {name} LIMIT 1)" for name in tables)


class Database:
    """A database that many journeys work in, one after the other, each of which finds it empty."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._line = psycopg.connect(superuser_of(url), autocommit=True)
        tables = [name for (name,) in self._line.execute(_TABLES)]
        begun_with = {name for (name,) in self._line.execute(_not_empty(tables))}
        self._written = _not_empty(name for name in tables if name not in begun_with)
        self._line.execute("SET session_replication_role = replica")

    def empty(self) -> None:
        """Take away all that was written, once nobody is at work in it any more; no trigger and no wall is asked."""
        wait_until(lambda: self._line.execute(_AT_WORK).fetchone() == (0,))
        for (name,) in self._line.execute(self._written).fetchall():
            self._line.execute(f"DELETE FROM {name}")

    def close(self) -> None:
        """Nobody looks into it any more from here."""
        self._line.close()


_LEAVE = """() => {
    try { sessionStorage.clear(); } catch { }
    return /native code/.test(setTimeout) && /native code/.test(Date);
}"""
"""Forget what a page of ours keeps as long as it is open. Whether time is the browser's own: a clock that was put into
a context cannot be taken out of it."""
_STAYS = (
    (BrowserContext, "new_cdp_session"),
    *((Page, one) for one in ("add_init_script", "expose_binding", "expose_function", "on", "once", "route")),
)
"""Who was asked for one of these goes on to no other journey with its page."""


@cache
def _nobody() -> socket.socket:
    """A place where nobody listens, and nobody can."""
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    return taken


def alone_with(server: str) -> ProxySettings:
    """Have a browser seek everything where nobody answers, but for what lies on one server."""
    place = server.partition("://")[2]
    # The first is for pages. The driver, which signs in, knows no ports; and what it knows says nothing to the browser.
    return {
        "server": f"http://127.0.0.1:{_nobody().getsockname()[1]}",
        "bypass": f"{place},.{place.split(':')[0]}",
    }


def tell_of_elsewhere(context: BrowserContext, server: str, troubles: list[str]) -> None:
    """Tell of whatever a page loads by itself from elsewhere: every journey is a network log as well (SP-32).

    To be told of each thing that is loaded costs a tenth of a page. Of a browser that is alone with our server only
    what failed is told: from elsewhere nothing can come.
    """

    def note(failed: Request) -> None:
        if not failed.is_navigation_request() and not failed.url.startswith((f"{server}/", "data:", "blob:")):
            troubles.append(f"loaded from elsewhere: {failed.url}")

    context.on("requestfailed", note)


@dataclass
class Seat:
    """A context of the browser, and the page in it that one journey hands on to the next.

    Another page stands there that nobody sees: it keeps the process, with what that has read and compiled.
    """

    context: BrowserContext
    place: str
    troubles: list[str] = field(default_factory=list)
    _behind: Page = field(init=False)
    _page: Page | None = None
    _line: CDPSession = field(init=False)

    def __post_init__(self) -> None:
        tell_of_elsewhere(self.context, self.place, self.troubles)
        self._behind = self.context.new_page()
        self._line = line_of(self._behind)

    def page(self) -> Page:
        """The page of the journey. A script error, a refused script and anything from elsewhere are troubles."""
        if self._page is None:
            page = self.context.new_page()
            page.on("pageerror", lambda error: self.troubles.append(str(error)))
            page.on("console", self._note)
            line_of(page)
            for whose, name in _STAYS:
                one = self.context if whose is BrowserContext else page
                setattr(one, name, self._noticed(getattr(one, name)))
            self._page = page
        return self._page

    def is_cleared(self) -> bool:
        """Leave nothing behind for the next journey. ``False``: that cannot be done."""
        try:
            return self._cleared()
        except Error:  # as of a page that was closed while it was asked
            return False

    def _cleared(self) -> bool:
        self.context.set_offline(False)
        self.context.unroute_all()
        pages = [page for page in self.context.pages if page != self._behind]
        if not all(page.evaluate(_LEAVE) for page in pages):
            return False
        for page in pages:
            if page == self._page:
                self._empty(page)
            else:
                page.close()
        self.context.clear_permissions()
        self._line.send("Storage.clearDataForOrigin", {"origin": self.place, "storageTypes": "all"})
        self.troubles.clear()
        return True

    def _empty(self, page: Page) -> None:
        page.goto("about:blank")
        page.emulate_media(media="null", color_scheme="null", reduced_motion="null", forced_colors="null")
        line_of(page).send("Page.resetNavigationHistory")

    def _note(self, said: ConsoleMessage) -> None:
        if "Content Security Policy" in said.text:
            self.troubles.append(said.text)

    def _noticed(self, act: Callable[..., Any]) -> Callable[..., Any]:
        """An act after which the page is closed at the end of the journey."""

        def noticed(*args: Any, **named: Any) -> Any:
            self._page = None
            return act(*args, **named)

        return noticed


_ASKED_FOR_OFTEN = ("[]", "[('java_script_enabled', False)]")
_MOST_FREE = 3
"""Of each kind. Each keeps a process of its own."""


class Seats:
    """The contexts of one browser by how they were asked for, each given to one journey at a time."""

    def __init__(self, browser: Browser, server: str) -> None:
        self._browser, self._server = browser, server
        self._free: dict[str, list[Seat]] = {}

    @contextmanager
    def given(self) -> Iterator[Callable[..., Seat]]:
        """Contexts for a journey, which come back at its end."""
        taken: list[tuple[str, Seat]] = []

        def give(**options: Any) -> Seat:
            asked = repr(sorted(options.items()))
            free = self._free.setdefault(asked, [])
            seat = free.pop() if free else self._made(**options)
            taken.append((asked, seat))
            return seat

        try:
            yield give
        finally:
            for asked, seat in taken:
                free = self._free[asked]
                if asked in _ASKED_FOR_OFTEN and len(free) < _MOST_FREE and seat.is_cleared():
                    free.append(seat)
                else:
                    seat.context.close()

    def _made(self, **options: Any) -> Seat:
        context = self._browser.new_context(base_url=self._server, proxy=alone_with(self._server), **options)
        context.set_default_timeout(PATIENCE)
        return Seat(context, self._server)

    def close(self) -> None:
        """Close all that were given back."""
        while self._free:
            for seat in self._free.popitem()[1]:
                seat.context.close()
