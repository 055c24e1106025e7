"""SP-37: whatever somebody types into any field is text wherever it is shown, and a browser runs none of it.

A record of the matrix is written once more, with forty scripts in place of its words. Every page that shows them is
read as HTML; those that show most are opened in a real browser, under the policy with which they were sent: nothing
runs, and there is nothing to stop.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from playwright.sync_api import Page, Route

from tests.matrix.canaries import Cage
from tests.matrix.register import pages
from tests.matrix.world import World, a_world

MANY_PAGES, OPENED = 100, 16
HERE = "http://breakwater.test"
PAYLOADS = tuple((Path(__file__).parent / "hostile.txt").read_text().splitlines())
_ROOM, _NARROW = 190, {"pronouns": 40, "bed": 60, "language": 60, "relation": 60, "safeword": 0}
"""A word for the phone is shown nowhere, and must have nothing in common with what is."""
_WIDE = {
    "happening", "note", "amended", "therapy", "counsel", "happened", "need", "linked", "step", "coping", "goal",
    "letter", "packet", "draft", "incident", "asked", "shown", "triggers", "strengths", "safe", "gate", "barrier",
}  # fmt: skip
_ALL_OF_THEM = 1_900
"""How many letters a field has room for; what somebody writes at length has room for all of them."""
_NEVER = {"iframe", "object", "embed", "base", "style", "math", "video", "template"}
_LEADS = ("href", "src", "action", "formaction", "data", "xlink:href", "srcdoc", "poster")
_WATCH = """
    window.ran = [];
    window.zx = (one) => window.ran.push(`ran ${one}`);
    document.addEventListener("securitypolicyviolation", (one) => window.ran.push(`stopped ${one.violatedDirective}`));
"""


@dataclass
class HostileCage(Cage):
    """Gives scripts in place of words: as many as a field has room for, and others each time."""

    turns: Iterator[int] = field(default_factory=count)

    def word(self, record: str, where: str, holds: str, segments: Any = ()) -> str:
        """What somebody types who means harm."""
        room = _ALL_OF_THEM if where in _WIDE else _NARROW.get(where, _ROOM)
        begin = 7 * next(self.turns)
        typed = f"zx{record}{where}"
        for one in range(len(PAYLOADS)):
            more = PAYLOADS[(begin + one) % len(PAYLOADS)]
            if len(typed) + len(more) < room:
                typed += f" {more}"
        return typed

    def forget(self, text: str) -> None:
        """Nothing is kept of it."""


class Markup(HTMLParser):
    """What in a page could run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one tag."""
        said = dict(attrs)
        self.found += [f"<{tag} {name}>" for name in said if name.startswith("on") or name in ("style", "zx")]
        self.found += [
            f"<{tag} {name}={said[name]}>"
            for name in _LEADS
            if (said.get(name) or "").strip().lower().startswith(("javascript:", "data:", "vbscript:", "//"))
        ]
        if tag in _NEVER or "zx" in tag or (tag == "script" and not said.get("src")):
            self.found.append(f"<{tag}>")


def runs_in(page: bytes) -> list[str]:
    """What in a page could run, or comes from elsewhere."""
    read = Markup()
    read.feed(page.decode())
    return read.found


def shown(world: World) -> dict[str, HttpResponse]:
    """Every page that shows one of them, by its name, as it is answered to one who may see it."""
    answers = {}
    for page in pages().values():
        for actor in ("manager", "officer", "receiver"):
            given = world.client(actor).get(page.at(world.ids("plain")))
            is_html = given.headers.get("Content-Type", "").startswith(
                "text/html"
            )  # paper: tests/test_paper.py
            if given.status_code == 200 and is_html and b"zx" in given.content:
                answers[page.name] = given
                break
    return answers


@pytest.fixture(scope="module")
def answers(within_the_module: None) -> dict[str, HttpResponse]:
    return shown(a_world(HostileCage(), only="plain"))


def served(answers: dict[str, HttpResponse]) -> Callable[[Route], None]:
    """The pages as they were answered, headers and all, and the files that belong to them; nothing else is there."""

    def answer(route: Route) -> None:
        where = urlsplit(route.request.url)
        name = where.path.strip("/")
        if (given := answers.get(name)) is not None:
            route.fulfill(status=200, headers=dict(given.items()), body=given.content)
        elif where.netloc == urlsplit(HERE).netloc and (found := finders.find(name.removeprefix("static/"))):
            route.fulfill(path=str(found))
        else:
            route.fulfill(status=204)

    return answer


def test_no_page_holds_what_could_run(answers):
    assert len(answers) > MANY_PAGES
    assert {name: found for name, given in answers.items() if (found := runs_in(given.content))} == {}


def test_a_browser_runs_none_of_it_and_has_nothing_to_stop(answers, browser):
    heard, elsewhere = [], []
    context = browser.new_context()
    context.add_init_script(_WATCH)
    context.route("**/*", served(answers))
    page = context.new_page()
    page.on("dialog", lambda one: (heard.append(one.message), one.dismiss()))
    page.on("request", lambda one: None if one.url.startswith(HERE) else elsewhere.append(one.url))
    for name in sorted(answers, key=lambda one: -answers[one].content.count(b"zx("))[:OPENED]:
        heard += told_by(page, name)
    assert (heard, elsewhere) == ([], [])
    typed = HttpResponse("<!doctype html><script>zx(0)</script>")
    answers |= {"stopped": HttpResponse(typed.content, headers=answers["desk:case"].headers), "run": typed}
    assert [*told_by(page, "stopped"), *told_by(page, "run")] == [
        "stopped: stopped script-src-elem",
        "run: ran 0",
    ]
    context.close()


def told_by(page: Page, name: str) -> list[str]:
    """What ran on a page, or was stopped."""
    page.goto(f"{HERE}/{name}")
    return [f"{name}: {one}" for one in page.evaluate("window.ran")]
