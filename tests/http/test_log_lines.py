"""SP-18: what comes from outside cannot write a line of its own into the log, nor color, hide or turn one round."""

import logging
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.test import Client

from breakwater.server.logs import Discreet
from tests.architecture.world import addresses

HOSTILE = {
    "a line of its own": "x\r\n2026-11-27T00:00:00.000Z ERROR breakwater: all is well",
    "colors": "\x1b[2J\x1b[31mred\x07",
    "reading turned round": "\u202egnp.exe\u2066\u200f",
    "separators": "a\u2028b\u2029c\x85d",
    "nothing": "a\x00b\x08\x7f\ufeff",
}


class Lines(logging.Handler):
    """Keeps what the log would hold."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(Discreet())

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line."""
        self.lines.append(self.format(record))


@pytest.fixture
def lines():
    """The log of everything that is said while a request is answered."""
    kept = Lines()
    loggers = [logging.getLogger(name) for name in ("", "django", "django.request", "django.security")]
    before = [one.level for one in loggers]
    for one in loggers:
        one.setLevel(logging.INFO)
        one.addHandler(kept)
    yield kept.lines
    for one, level in zip(loggers, before, strict=True):
        one.removeHandler(kept)
        one.setLevel(level)


def is_one_plain_line(line: str) -> bool:
    """Whether a line is one line, and shows all of itself."""
    return line.isprintable()


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_message_stays_one_plain_line(kind):
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "said %s", (HOSTILE[kind],), None)
    line = Discreet().format(record)
    assert is_one_plain_line(line)
    assert "said " in line
    assert not is_one_plain_line(HOSTILE[kind])


@pytest.mark.django_db
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_request_writes_nothing_of_its_own(lines, kind):
    hostile = HOSTILE[kind]
    client = Client(raise_request_exception=False)
    client.get(
        f"/no/such/{quote(hostile)}/", headers={"User-Agent": hostile, "Referer": hostile, "X-Odd": hostile}
    )
    client.get("/", {"q": hostile}, headers={"Host": hostile.encode("ascii", "ignore").decode()})
    client.post("/sign-in/", {"username": hostile, "password": hostile}, headers={"User-Agent": hostile})
    assert lines
    assert [line for line in lines if not is_one_plain_line(line) or "all is well" in line] == []


@pytest.mark.django_db
def test_a_stranger_who_asks_for_anything_leaves_one_line_and_nothing_of_what_they_asked(lines):
    """No agency could keep a decision about nobody: which page, and no more, stands in the log."""
    client = Client(raise_request_exception=False)
    for page in (one for one in addresses() if not getattr(one.view, "is_public", False)):
        ids, before = {one: uuid4() for one in page.ids}, len(lines)
        client.get(page.at(ids), {"q": "zqstranger"})
        said = [one for one in lines[before:] if "A stranger was asked to sign in: GET" in one]
        assert len(said) == 1, page.name
        assert not any(str(one) in said[0] for one in (*ids.values(), "zqstranger"))
    client.post(page.at(ids), {"q": "zqstranger"})
    assert sum("A stranger was asked to sign in: POST" in one for one in lines) == 1
