"""A browser, and somebody signed in."""

import os
import socket
from asyncio import AbstractEventLoop, _set_running_loop, get_running_loop
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    ProxySettings,
    Request,
    expect,
    sync_playwright,
)

from breakwater.trust.access import Actor, actor_for, put_up_walls
from breakwater.trust.models import Agency, Appointment, Unit, User
from breakwater.trust.testing import an_agency
from tests.chromium import find
from tests.journeys.looking import check_at_both_widths as check_at_both_widths
from tests.journeys.looking import check_with_axe as check_with_axe
from tests.journeys.looking import what_axe_finds as what_axe_finds

PASSWORD = "harbor light 7"
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--js-flags=--no-maglev --no-opt",
]
"""Scripts are not compiled anew to run faster: a page lives too shortly here to win back what that takes."""
_PICTURES = ("SCREENS", "SHOTS", "JOURNEY_PICTURES")
_UNDRAWN = "--force-gpu-mem-available-mb=0"
"""No room for pixels: styles, boxes and what lies where are worked out as ever, and no picture is painted of them."""
_ONE_ROOM = [
    # The first page of a context moves into the process that was begun for it empty, and none is begun for each.
    "--renderer-process-limit=1",
    # A page that follows another of ours moves into its place, and none is made for it. What stands after the first is
    # what the driver turns off as well, and it would be lost: only the last such list counts.
    (
        "--disable-features=RenderDocument,AvoidUnnecessaryBeforeUnloadCheckSync,HttpsUpgrades,PaintHolding,"
        "HttpsFirstBalancedModeAutoEnable,ThirdPartyStoragePartitioning,AvoidCorsURLLoaderRestartOnRedirect"
    ),
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[tuple[Browser, AbstractEventLoop]]:
    """A real Chromium, begun once for a worker, and the loop that drives it. Never skipped: ``make test`` saw to it."""
    path = find()
    assert path, "The journeys need Chromium: run `make test`, which installs it."
    with sync_playwright() as playwright:
        undrawn = [] if any(os.environ.get(one) for one in _PICTURES) else [_UNDRAWN]
        began = playwright.chromium.launch(executable_path=path, args=[*_ARGUMENTS, *_ONE_ROOM, *undrawn])
        loop = get_running_loop()
        _set_running_loop(None)
        yield began, loop
        _set_running_loop(loop)
        began.close()


@pytest.fixture(scope="module")
def browser(chromium: tuple[Browser, AbstractEventLoop]) -> Iterator[Browser]:
    """The browser for a module.

    Its loop goes on as long as it lives, and says so to everybody in this thread. What runs between two modules must
    find the thread as it was, so the loop is put aside until the next.
    """
    began, loop = chromium
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        _set_running_loop(loop)
        yield began
        _set_running_loop(None)


@cache
def _kept() -> str:
    """The password as servers of the suite keep it. One that is really slow is tried in ``test_killed_by_turns``."""
    return make_password(PASSWORD)


expect.set_options(timeout=30_000)  # a busy machine is no fault


class Worker:
    """Somebody at work, for journeys: their sign-in name, and acting as them in the database."""

    def __init__(
        self, role: str = "case_manager", agency: Agency | None = None, name: str = "Ada Reyes"
    ) -> None:
        with transaction.atomic():
            self.agency = agency or an_agency(kind="crisis_line")
            # Journeys about other things begin with a password alone, whatever the role.
            Agency.objects.filter(pk=self.agency.pk).update(factor_at_once=[])
            user = User(username=f"worker{User.objects.count() + 1}", name=name)
            user.password = _kept()
            user.save()
            self.appointment = Appointment.objects.create(
                user=user, agency=self.agency, unit=Unit.objects.filter(agency=self.agency).first(), role=role,
                starts_at=datetime(2020, 1, 1, tzinfo=UTC),
            )  # fmt: skip
        self.username = user.username

    def acts(self) -> Actor:
        """Put the walls up for them in the running transaction."""
        actor = actor_for(self.appointment, now=datetime.now(UTC))
        put_up_walls(actor)
        return actor


@pytest.fixture
def worker(own_database: str) -> Worker:
    """A case manager of a crisis line."""
    return Worker()


@pytest.fixture
def rosa(own_database: str) -> Worker:
    """Somebody who works at a shelter that is a partner."""
    with transaction.atomic():
        shelter = an_agency(kind="shelter", name="Lantern House")
    return Worker("partner", agency=shelter, name="Rosa Lind")


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


@pytest.fixture
def new_page(browser: Browser, server: str) -> Iterator[Any]:
    """A function that opens a page at a size; a script error, a refused script and anything from elsewhere fail it."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def open_page(width: int = 390, **options: Any) -> Page:
        context = browser.new_context(
            base_url=server, viewport={"width": width, "height": 844 if width < 800 else 900},
            proxy=alone_with(server), **options,
        )  # fmt: skip
        context.set_default_timeout(30_000)
        contexts.append(context)
        tell_of_elsewhere(context, server, troubles)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "console",
            lambda said: troubles.append(said.text) if "Content Security Policy" in said.text else None,
        )
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


def nowhere(wanted: Locator, why: str = "") -> None:
    """Nothing of it stands on the page, at the first look at the whole of it: what goes away later was there."""
    wanted.page.wait_for_load_state()
    assert wanted.count() == 0, why


def untold(page: Page, word: str, why: str = "") -> None:
    """It stands in nothing that the page is made of, seen or not."""
    page.wait_for_load_state()
    assert word not in page.content(), why


def texts(wanted: Locator, many: int) -> list[str]:
    """The words of so many things, once they are there."""
    expect(wanted).to_have_count(many)
    return wanted.all_inner_texts()


def sign_in(page: Page, username: str, *, to: str = "/") -> None:
    """Come in through the door of the server without having a browser draw it, and open a page.

    Journeys about other things begin so; how people sign in is walked in ``test_signing_in.py``.
    """
    door = page.context.request
    door.get("/sign-in/")
    (token,) = (one for one in page.context.cookies() if one["name"] == settings.CSRF_COOKIE_NAME)
    typed = {"csrfmiddlewaretoken": token["value"], "username": username, "password": PASSWORD}
    assert door.post("/sign-in/", form=typed, max_redirects=0).status == 303
    page.goto(to)


def sign_in_by_hand(page: Page, username: str) -> None:
    """Sign in as people do, and arrive at the board."""
    page.goto("/sign-in/")
    page.get_by_label("Sign-in name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "sign-in" not in url)
