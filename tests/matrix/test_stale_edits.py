"""SP-44: nobody writes over words that they have not read, in whatever form; who was overtaken is shown both texts.

Which acts could is found, not listed: each is done twice, the second time with other words, as from a page that was
opened before the first. Where the words of the first are gone afterwards, the form must carry what was read.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django import forms
from django.db import models
from django.test import Client

from tests.matrix.acts import DONE, TABLES, Rows, act_of, moved, sent, sent_by, that_can_be_done, undone
from tests.matrix.cells import Cell, sample
from tests.matrix.forms import every_form
from tests.matrix.world import World

NEVER_READ_TWICE = {
    (
        "administration:unit",
        "trust_unit.name",
    ): "the name of a team; nobody wrote about anybody",
    ("trust:naming", "trust_passkey.name"): "what somebody calls a key of their own",
    ("trust:password", "trust_user.password"): "nobody reads a password",
}
"""What is written over all the same, each with the reason."""
CARRIES_WHAT_WAS_READ = {
    "people:who": {"known_as": "Somebody else"},
    "cases:amendment": {"words": "Called three times."},
    "plans:safety_plan_writing": {"own_coping": "A walk."},
    "privacy:assessing": {"nature": "A name and a number."},
    "assessments:language": {"interpreter": "By video, 12"},
    "resources:bed": {"label": "Door"},
    "privacy:letter": {"happened": "It came back unopened."},
}
"""Each form that edits words, and what the second of two writes there."""
_DONE_TWICE = 30
_OTHERWISE = "Otherwise said"
_SHORTEST = 3
_WORDS = (models.TextField, models.CharField, models.JSONField)


@pytest.fixture(scope="module")
def rows(world) -> Rows:
    """What everybody could see before."""
    return Rows(world)


def free_text() -> set[str]:
    """The names of all fields in which somebody writes as they like, whatever form they stand in."""
    fields = [(name, one) for kind in every_form() for name, one in kind.base_fields.items()]
    written = {name for name, one in fields if isinstance(one, forms.CharField) and not one.widget.is_hidden}
    return written - {name for name, one in fields if not isinstance(one, forms.CharField)}


def test_no_act_writes_over_words_that_it_was_not_shown(world, rows):
    done, found = 0, set[tuple[str, str]]()
    acts = [(name, act_of(name)) for name in that_can_be_done()]
    names = free_text()
    assert "words" in names
    for name, act in acts:
        twice = written_over(world, rows, act, names)
        if twice is not None:
            done += 1
            found |= {(name, one) for one in twice}
    assert done > _DONE_TWICE
    assert found - NEVER_READ_TWICE.keys() == set()


def written_over(world: World, rows: Rows, act: Cell, names: set[str]) -> set[str] | None:
    """The columns whose words are gone after an act was done a second time; ``None`` when it could not be."""
    before = moved()
    with undone():
        sent(world, act)
        tables = [one for one, many in moved().items() if many != before[one] and one in TABLES]
        kept = {table: rows.now(act.actor, table) for table in tables}
        other = {
            field: _OTHERWISE
            for field, value in sample(world, act).items()
            if field in names and isinstance(value, str) and len(value) >= _SHORTEST
        }
        if not other or sent(world, act, other).status_code not in DONE:
            return None
        return {
            f"{table}.{column}"
            for table in tables
            for column in gone(rows, table, kept[table], rows.now(act.actor, table))
        }


def gone(rows: Rows, table: str, before: Mapping[Any, Any], after: Mapping[Any, Any]) -> Iterator[str]:
    """The columns of words in which a row says something else than it did."""
    words = {one.attname for one in TABLES[table]._meta.concrete_fields if isinstance(one, _WORDS)}
    for pk, row in before.items():
        for column in words & row.keys():
            before_it, now = row[column], after.get(pk, row)[column]
            if before_it and before_it != now and str(before_it) not in str(now):
                yield column


@pytest.mark.parametrize("name", CARRIES_WHAT_WAS_READ)
def test_who_was_overtaken_is_shown_both_texts_and_saves_again(world, name):
    act, ((field, mine),) = act_of(name), CARRIES_WHAT_WAS_READ[name].items()
    theirs = str(sample(world, act)[field])
    with undone():
        client = world.client(act.actor)
        first, typed = sent_by(client, world, act)
        assert first.status_code in DONE
        stale = typed | {field: mine}
        refused = sent_anew(world, client, act, stale)
        assert theirs in refused
        assert mine in refused
        assert _SAVED.search(refused)
        old, latest = str(typed.get("version", typed.get("read"))), carried(refused)
        assert old != latest[1]
        mistaken = sent_anew(world, client, act, typed | {field: ""})
        assert carried(mistaken)[1] == (latest[1] if _SAVED.search(mistaken) else old)
        assert sent_anew(world, client, act, stale | dict([latest])) == ""


_SAVED = re.compile(r"What [^<]+ saved [^<]*\d\d:\d\d")
_CARRIED = re.compile(r'name="(version|read)" value="([^"]+)"')


def sent_anew(world: World, client: Client, act: Cell, typed: dict[str, Any]) -> str:
    """The page that is shown again because an act was refused; nothing when it was done."""
    key = sample(world, act)["idempotency_key"]
    answer = client.post(act.page.at(world.ids("plain")), typed | {"idempotency_key": key})
    return "" if answer.status_code in DONE else answer.content.decode()


def carried(page: str) -> tuple[str, str]:
    """What a form carries of what was read: the name of the field, and the mark."""
    found = _CARRIED.search(page)
    assert found
    return found[1], found[2]
