"""A browser, and somebody signed in."""

import os
from asyncio import AbstractEventLoop, _set_running_loop, get_running_loop
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.test import RequestFactory
from playwright.sync_api import (
    Browser,
    Error,
    Locator,
    Page,
    expect,
    sync_playwright,
)

from breakwater.trust.access import Actor, actor_for, put_up_walls
from breakwater.trust.entering import come_in
from breakwater.trust.models import Agency, Appointment, Session, Unit, User
from breakwater.trust.sessions import SessionStore
from breakwater.trust.testing import an_agency
from conftest import a_free_port, copy_database, drop_database, working_in
from tests.chromium import find
from tests.journeys.looking import check_at_both_widths as check_at_both_widths
from tests.journeys.looking import check_with_axe as check_with_axe
from tests.journeys.looking import what_axe_finds as what_axe_finds
from tests.journeys.stage import PATIENCE, Database, Seats
from tests.serving import Nursery

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


expect.set_options(timeout=PATIENCE)


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


@pytest.fixture(scope="session")
def stage(django_db_setup: None, django_db_blocker: Any, nursery: Nursery) -> Iterator[tuple[Database, str]]:
    """The database of all journeys of this worker, and the address of the real server that works in it."""
    name = f"journeys_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    database = Database(copy_database(name))
    with nursery.serving(database.url, a_free_port()) as address:
        yield database, address
    database.close()
    drop_database(name)


@pytest.fixture(scope="module")
def working_there(stage: tuple[Database, str], django_db_blocker: Any) -> Iterator[None]:
    """Django works there, as long as a module lasts."""
    with django_db_blocker.unblock(), working_in(stage[0].url):
        yield


@pytest.fixture
def own_database(stage: tuple[Database, str], working_there: None) -> Iterator[str]:
    """A database for one journey: nothing is in it, and what was written there goes with its end."""
    yield stage[0].url
    stage[0].empty()


@pytest.fixture
def server(stage: tuple[Database, str], own_database: str) -> str:
    """The real web server, which works in the database of the journey. Its address."""
    return stage[1]


@pytest.fixture(scope="session")
def all_seats(chromium: tuple[Browser, AbstractEventLoop], stage: tuple[Database, str]) -> Seats:
    """The contexts of the browser that journeys hand on to each other."""
    return Seats(chromium[0], stage[1])


@pytest.fixture
def new_page(browser: Browser, server: str, all_seats: Seats) -> Iterator[Any]:
    """A function that opens a page at a size; a script error, a refused script and anything from elsewhere fail it."""
    troubles: list[list[str]] = []

    def open_page(width: int = 390, **options: Any) -> Page:
        seat = give(**options)
        troubles.append(seat.troubles)
        page = seat.page()
        page.set_viewport_size({"width": width, "height": 844 if width < 800 else 900})
        return page

    with all_seats.given() as give:
        yield open_page
        assert [one for ones in troubles for one in ones] == []


def nowhere(wanted: Locator, why: str = "") -> None:
    """Nothing of it stands on the page, at the first look at the whole of it: what goes away later was there."""
    wanted.page.wait_for_load_state()
    assert wanted.count() == 0, why


def untold(page: Page, word: str, why: str = "") -> None:
    """It stands in nothing that the page is made of, seen or not."""
    for tries_left in (2, 1, 0):
        page.wait_for_load_state()
        try:
            said = page.content()
            break
        except Error:  # it was on its way elsewhere
            if not tries_left:
                raise
            page.wait_for_timeout(500)
    assert word not in said, why


def texts(wanted: Locator, many: int) -> list[str]:
    """The words of so many things, once they are there."""
    expect(wanted).to_have_count(many)
    return wanted.all_inner_texts()


def sign_in(page: Page, username: str, *, to: str = "/") -> None:
    """Begin a session as the door does once it is sure who comes, give it to the browser, and open a page.

    Journeys about other things begin so; how people sign in is walked in ``test_signing_in.py``.
    """
    works = Appointment.objects.select_related("user", "agency", "unit", "own_role")
    at_the_door: Any = RequestFactory().get("/sign-in/")
    at_the_door.now, at_the_door.session = datetime.now(UTC), SessionStore()
    with transaction.atomic():
        come_in(at_the_door, works.get(user__username=username, ends_at=None), how=Session.How.PASSWORD)
    key = at_the_door.session.session_key
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": key, "domain": "localhost", "path": "/"}]
    )
    page.goto(to)


def sign_in_by_hand(page: Page, username: str) -> None:
    """Sign in as people do, and arrive at the board."""
    page.goto("/sign-in/")
    page.get_by_label("Sign-in name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "sign-in" not in url)
