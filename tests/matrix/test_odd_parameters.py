"""SP-36: by no parameter does anybody choose a column, an order or a piece of a statement.

Every page is asked with hundreds of keys that a query could be made of, and each of its own keys with hostile values:
it answers, and nothing of them stands in the text of any statement, where only what we wrote may stand.
"""

import inspect
import re
from itertools import product
from typing import Any
from urllib.parse import urlencode

import pytest
from django.urls import resolve

from breakwater.trust.keyring import forget_keys
from tests.architecture.source import CODE
from tests.architecture.world import Address
from tests.matrix.acts import undone
from tests.matrix.cells import Cell, sample
from tests.matrix.register import pages
from tests.matrix.surfaces import POLICIES
from tests.matrix.test_hidden_existence import overhearing
from tests.matrix.world import World

MARK = "zqodd"
_FIELDS = (
    "id",
    "pk",
    "password",
    "agency",
    "circle__grants",
    "person__known_as",
    "by__password",
    "case__owner",
    "words",
)
_LOOKUPS = ("", "__regex", "__startswith", "__isnull", "__in", "__gt", "__contains", "__", ".id")
_WAYS = ("order_by", "sort", "filter", "fields", "group_by", "select", "where", "using")
_ENDS = ("", "'", '"', ";--", "\x00", "\r\n", ") OR 1=1 --", "%s", "{0}", "$$")
ODD_KEYS = [f"{MARK}__{one}" for one in _FIELDS] + [
    *(f"{field}{lookup}" for field, lookup in product(_FIELDS, _LOOKUPS)),
    *(f"{way}{end}" for way, end in product(_WAYS, _ENDS)),
    *(f"-{field}{end}" for field, end in product(_FIELDS, _ENDS)),
    *(f"{way}[{field}]" for way, field in product(_WAYS, _FIELDS)),
    *(f"{field}{lookup}{end}" for field, lookup, end in product(_FIELDS[:4], _LOOKUPS[1:5], _ENDS[1:])),
]
HOSTILE = [f"{MARK}{end}" for end in _ENDS] + [f"-{MARK}", f"1,{MARK}", f"{MARK}__regex", f"(SELECT {MARK})"]
_ASKED_FOR = re.compile(r"\.GET(?:\.get|\.getlist)?[\[(]\"(\w+)\"")
_TAKEN = re.compile(r"\.POST(?:\.get|\.getlist)?[\[(]\"([\w-]+)\"")
_WENT_WRONG = 500


def own_keys() -> set[str]:
    """Every parameter that any view reads, by the source."""
    return {name for path in CODE.rglob("*.py") for name in _ASKED_FOR.findall(path.read_text())}


def statements(world: World, address: str, typed: list[tuple[str, str]]) -> list[str]:
    """What a page asks of PostgreSQL when it is asked with parameters; it must answer."""
    with overhearing() as heard:
        answer = world.client("manager").get(f"{address}?{urlencode(typed)}")
    assert answer.status_code < _WENT_WRONG, address
    return [step for step, _ in heard.steps()]


def asked_otherwise(world: World, address: str, typed: list[tuple[str, str]]) -> bool:
    """Whether parameters change what a page asks, once every key is open that it needs: a process opens each once."""
    statements(world, address, [])
    return statements(world, address, typed) != statements(world, address, [])


def lists() -> list[str]:
    """Pages about nobody in particular: they find, filter and order."""
    return [page.at({}) for page in pages().values() if not page.ids]


def test_keys_that_nobody_asked_for_change_no_statement(world):
    assert len(set(ODD_KEYS)) > 400
    forget_keys()
    odd = [(key, MARK) for key in ODD_KEYS]
    changed = [one for one in lists() if asked_otherwise(world, one, odd)]
    assert changed == []


def test_a_value_stands_in_no_statement(world):
    names = own_keys() | {"q", "page", "sort", "order"}
    assert len(names) > 8
    for number, address in enumerate(lists()):
        for value in (HOSTILE[number % len(HOSTILE)], HOSTILE[(number + 7) % len(HOSTILE)]):
            told = statements(world, address, [(name, value) for name in sorted(names)])
            assert not [one for one in told if MARK in one], address


def read_by_name(page: Address, ids: dict[str, Any]) -> set[str]:
    """What the code of a page takes from what is sent without asking a form of ours about it."""
    view = inspect.unwrap(resolve(page.at(ids)).func)
    return set(_TAKEN.findall(inspect.getsource(inspect.getmodule(view))))


@pytest.mark.parametrize("value", ["be\x00fore", "9" * 400])
def test_a_value_that_no_form_looked_at_breaks_no_page(world, value):
    broken, asked = [], 0
    for page in pages().values():
        if not (names := read_by_name(page, world.ids("plain"))):
            continue
        cell = Cell(page, "POST", POLICIES[page.name].by or "manager", "plain")
        typed = sample(world, cell) | dict.fromkeys(names, value)
        asked += 1
        with undone():
            answer = world.client(cell.actor).post(page.at(world.ids("plain")), typed)
        if answer.status_code >= _WENT_WRONG:
            broken.append(page.name)
    assert asked > 40
    assert broken == []


@pytest.mark.parametrize("key", ["q", "page"])
def test_the_source_is_read_for_keys(key):
    assert _ASKED_FOR.findall(f'request.GET.get("{key}", "")') == [key]
