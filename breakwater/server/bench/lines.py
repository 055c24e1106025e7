"""The pages and acts that are measured: how each is asked of Breakwater, how of the floor, and what it should cost."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from breakwater.cases.rules import GATES
from breakwater.kernel.text import name_key
from breakwater.server.bench.lives import Life
from breakwater.server.bench.load import Request
from breakwater.simulation import names

SHOWN, DONE = 200, 303
_TOKEN = "a" * 32
_STILL_TO_MEET = tuple(gate for gate in GATES if gate not in ("safe_tonight", "contact"))

_INTAKE = {
    "what_is_happening": "Put out of the apartment this afternoon with one bag. Nowhere to sleep tonight.",
    "danger_self": "possible",
    "danger_self_words": "Says it does not matter any more",
    "code": "B",
    "asked_by": "self",
    "owner": "me",
}
_NOTE = {"kind": "call", "words": "Called. Slept a little, ate, will wait for the visit at four."}


@dataclass(frozen=True)
class Target:
    """One open case, and the worker who opens it."""

    session: str
    agency: str
    user: str
    circle: str
    person: str
    case: str

    @classmethod
    def of(cls, life: Life) -> "Target":
        """The target that a life makes."""
        staff = life.staff
        ids = (staff.agency, staff.user, life.circle, life.person, life.case)
        return cls(staff.session, *(str(one) for one in ids))


@dataclass(frozen=True)
class Line:
    """One page or act.

    Args:
        make: the request by its number.
        floor: the same of the floor, told how many bytes the page has.
        expects: the status of the answer.
        most: how many times the floor it may cost, with one connection and with sixteen.
        most_queries: how many statements it may ask, where that is said.
        guide: the median and the requests a second of a quiet machine.
        count: how many are sent over one connection; three times as many over sixteen.
        is_used_up: what it does to a case is another thing the next time: no case has a gate more than there are.
    """

    name: str
    make: Callable[[int], Request]
    floor: Callable[[int, int], Request]
    expects: int
    most: tuple[float, float]
    guide: str
    most_queries: int | None = None
    count: int = 240
    is_used_up: bool = False


def lines(targets: list[Target]) -> list[Line]:
    """Every page and act that is measured, each over all open cases in turn."""
    pages, acts = _Pages(targets), _Acts(targets)
    return [
        Line("Now, 50 rows", pages.now, pages.floor("now"), SHOWN, (6, 7), "p50 12 ms, 150 a second", 8),
        Line("Case page", pages.case, pages.floor("case"), SHOWN, (7, 8), "p50 16 ms, 110 a second", 12),
        Line("Save an intake", acts.intake, acts.floor("intake", _intake), DONE, (6, 6), "p50 16 ms, 110 a second"),
        Line("Add a note", acts.note, acts.floor("note", lambda n: _NOTE), DONE, (6, 6), "p50 10 ms, 180 a second"),
        Line("Meet a gate", acts.gate, acts.floor("gate", acts.evidence), DONE, (6, 6), "p50 10 ms, 180 a second",
             is_used_up=True),
        Line("Matches as typed", pages.matches, pages.alike("matches"), SHOWN, (6, 6), "p95 40 ms, 60 a second", 4),
        Line("Search by name", pages.search, pages.alike("search"), SHOWN, (6, 6), "p95 40 ms, 60 a second", 4),
    ]  # fmt: skip


def typed(number: int) -> str:
    """A name as somebody types it: a first and a last name, sometimes with a slip of the hand."""
    chance = Random(number)  # noqa: S311 - the same names in every run
    name = f"{chance.choice(names.FIRST)} {chance.choice(names.LAST)}"
    if chance.random() < 0.3:  # noqa: PLR2004 - three of ten
        at = chance.randrange(1, len(name) - 1)
        name = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    return name


class _Asked:
    def __init__(self, targets: list[Target]) -> None:
        self.targets = targets

    def at(self, number: int) -> Target:
        """The target of a request. Neighbors are of different agencies and people."""
        return self.targets[number % len(self.targets)]


class _Pages(_Asked):
    def now(self, number: int) -> Request:
        return _get(self.at(number), "/")

    def case(self, number: int) -> Request:
        return _get(self.at(number), f"/case/{self.at(number).case}/")

    def matches(self, number: int) -> Request:
        return post_of(self.at(number), "/cases/matches/", {"known_as": typed(number)})

    def search(self, number: int) -> Request:
        return post_of(self.at(number), "/search/", {"q": typed(number)})

    def floor(self, act: str) -> Callable[[int, int], Request]:
        def make(number: int, size: int) -> Request:
            target = self.at(number)
            told = {"agency": target.agency, "case": target.case, "person": target.person, "bytes": size}
            return ("GET", f"/floor/{act}/?{urlencode(told)}", {}, b"")

        return make

    def alike(self, act: str) -> Callable[[int, int], Request]:
        def make(number: int, size: int) -> Request:
            told = {"agency": self.at(number).agency, "name": name_key(typed(number)), "bytes": size}
            return ("GET", f"/floor/{act}/?{urlencode(told)}", {}, b"")

        return make


class _Acts(_Asked):
    def intake(self, number: int) -> Request:
        return post_of(self.at(number), "/cases/intake/", _intake(number))

    def note(self, number: int) -> Request:
        return post_of(self.at(number), f"/cases/{self.at(number).case}/notes/", _NOTE)

    def gate(self, number: int) -> Request:
        return post_of(
            self.at(number), f"/cases/{self.at(number).case}/gates/", _as_typed(self.evidence(number))
        )

    def evidence(self, number: int) -> dict[str, str]:
        """The first gate that is missing in every case, then the second, then the last."""
        kind = _STILL_TO_MEET[number // len(self.targets)]
        return {"kind": kind, "evidence": "Spoke about it together, twice, and again this evening."}

    def floor(self, act: str, fields: Callable[[int], dict[str, str]]) -> Callable[[int, int], Request]:
        def make(number: int, size: int) -> Request:
            target = self.at(number)
            told: dict[str, Any] = {"agency": target.agency, "user": target.user, "circle": target.circle}
            body = urlencode(told | {"case": target.case} | fields(number)).encode()
            return ("POST", f"/floor/{act}/", {}, body)

        return make


def _as_typed(said: dict[str, str]) -> dict[str, str]:
    """The evidence in the field of its gate, on the page of all five."""
    return {said["kind"]: said["evidence"]}


def _intake(number: int) -> dict[str, str]:
    """Of nobody else: a worker is asked about the same name, or the same words, taken in twice."""
    words = f"{_INTAKE['what_is_happening']} Call {number}."
    return _INTAKE | {"known_as": f"{typed(number)} {number}", "what_is_happening": words}


def _get(target: Target, path: str) -> Request:
    return ("GET", path, {"Cookie": f"sessionid={target.session}; csrftoken={_TOKEN}"}, b"")


def post_of(target: Target, path: str, fields: dict[str, str]) -> Request:
    """An unsafe request with a key of its own."""
    keys = {"csrfmiddlewaretoken": _TOKEN, "idempotency_key": str(uuid4())}
    cookie = {"Cookie": f"sessionid={target.session}; csrftoken={_TOKEN}"}
    return ("POST", path, cookie, urlencode(fields | keys).encode())
