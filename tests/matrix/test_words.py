"""Every page in a language that nobody speaks: what stands there in plain letters was never looked up.

Each letter of each message has an accent in it. What has none is a name, a number, something that somebody typed in the
world of the matrix (its canaries), or stands in ``words_left.txt``: the list of what is not translatable yet.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from breakwater.trust.models import User
from breakwater.ui.words import catalogs
from breakwater.ui.words.catalogs import read
from breakwater.ui.words.extracting import POT
from breakwater.ui.words.markup import SHOWN
from breakwater.ui.words.pseudo import CODE, pseudo
from conftest import never_kept
from tests.matrix.register import pages
from tests.matrix.world import World, a_world

LEFT = Path(__file__).parent / "words_left.txt"
_OF_WHOM = "plain"
_READ_BY = ("manager", "supervisor", "administrator", "officer", "receiver")
_PLAIN = re.compile(r"(?<![\w&#./_-])[A-Za-z]{2,}(?![\w/_@-])")
_CANARY = re.compile(r"zq\w+")
_SILENT = {"script", "style"}


class Words(HTMLParser):
    """The words of a page, one run of text after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        self.runs += [value for name, value in attrs if name in SHOWN and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.runs.append(" ".join(data.split()))


def left_in(page: str, names: re.Pattern[str]) -> set[str]:
    """The runs of a page in which a word stands without an accent."""
    words = Words()
    words.feed(page)
    return {run for run in words.runs if _PLAIN.search(names.sub("", _CANARY.sub("", run)))}


@pytest.fixture(scope="module")
def world(within_the_module: None) -> World:
    return a_world(only=_OF_WHOM)


@pytest.fixture
def nobodys_language(monkeypatch):
    """The language is there as if it had a catalog, and everybody reads in it."""
    made = pseudo(read(POT, as_it_is=True).translations)
    known = catalogs.catalog_of
    monkeypatch.setattr("breakwater.ui.jinja.catalog_of", lambda code: made if code == CODE else known(code))
    User.objects.update(language=CODE)


def read_pages(world: World) -> Iterator[tuple[str, str]]:
    """Every page that somebody of the team is shown about one record."""
    for name, page in pages().items():
        for who in _READ_BY:
            with never_kept():
                answer = world.client(who).get(page.at(world.ids(_OF_WHOM)))
            if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
                yield name, answer.content.decode()
                break


def test_every_word_of_every_page_is_looked_up(world, nobodys_language):
    names = re.compile("|".join(re.escape(one) for one in sorted(names_in(world), key=len, reverse=True)))
    left = {}
    count = 0
    for name, page in read_pages(world):
        count += 1
        for run in left_in(page, names):
            left.setdefault(re.sub(r"\d+", "0", run), name)
    Path("/tmp/words/left.txt").write_text("\n".join(f"{where} | {run}" for run, where in left.items()))
    print(count, len(left))
    assert False


def names_in(world: World) -> set[str]:
    return {
        "Breakwater", "English", "Español",
        *(actor.name for actor in world.actors.values()), *(one.name for one in world.agencies.values()),
    }
