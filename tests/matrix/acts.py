"""An act done on purpose, with what it wrote: so that two ways of asking for it can be held against each other."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from breakwater.trust import encrypted
from breakwater.trust.access import put_up_walls
from tests.matrix.cells import Cell, moved, sample
from tests.matrix.forms import AN_ID
from tests.matrix.register import pages
from tests.matrix.surfaces import POLICIES
from tests.matrix.world import World

_SHOWN = re.compile(rb'name="shown" value="([0-9a-f]+)"')
"""What was read and is signed or sent: the mark that goes with it."""
DONE = (200, 303)
"""Gone on, or shown something once. An act that did not happen shows its page with 422."""
_LATELY = timedelta(hours=2)
_KEEP_MARKS = {"trust_receipt", "trust_session"}
"""A receipt keeps a mark of everything that was sent, whatever became of it."""
TABLES: dict[str, Any] = {one._meta.db_table: one for one in apps.get_models()}


def that_can_be_done() -> list[str]:
    """The acts whose sample really does what it says."""
    return [name for name, policy in POLICIES.items() if policy.does and not policy.not_done]


def act_of(name: str) -> Cell:
    """The act as it is done by whoever may, about the plain record."""
    return Cell(pages()[name], "POST", POLICIES[name].by, "plain")


def sent(
    world: World, cell: Cell, more: Mapping[str, Any] | None = None, *, asked: Mapping[str, Any] | None = None
) -> HttpResponse:
    """Send the sample as its own page would, the second time with the mark of what was read.

    Args:
        more: fields that are sent besides, or instead.
        asked: what stands in the address besides.
    """
    return sent_by(world.client(cell.actor), world, cell, more, asked=asked)[0]


def sent_by(
    client: Client, world: World, cell: Cell, more: Mapping[str, Any] | None = None,
    *, asked: Mapping[str, Any] | None = None,
) -> tuple[HttpResponse, dict[str, Any]]:  # fmt: skip
    """The same from one browser, which goes on from there; and what was sent in the end."""
    where = cell.page.at(world.ids(cell.record))
    where = f"{where}?{urlencode(asked)}" if asked else where
    put_up_walls(world.actors[cell.actor])
    with transaction.atomic():
        typed = sample(world, cell) | dict(more or {})
        answer = client.post(where, typed)
        if answer.status_code == 422 and (found := _SHOWN.search(answer.content)):
            typed |= {"idempotency_key": _fresh(world, cell), "shown": found[1].decode()}
            answer = client.post(where, typed)
    return answer, typed


def _fresh(world: World, cell: Cell) -> str:
    return str(sample(world, cell)["idempotency_key"])


@contextmanager
def undone() -> Iterator[Counter[str]]:
    """What is done here is undone at the end; which tables it wrote to is told before that."""
    before, wrote = moved(), Counter[str]()
    with transaction.atomic():
        yield wrote
        wrote.update(moved())
        wrote.subtract(before)
        transaction.set_rollback(True)


@dataclass
class Rows:
    """Every row that somebody may see, as it was before: an act is told by what is different after it."""

    world: World
    seen: dict[tuple[str, str], dict[Any, Any]] = field(default_factory=dict)
    written: dict[tuple[str, str], dict[Any, str]] = field(default_factory=dict)

    def written_by(
        self, cell: Cell, more: Mapping[str, Any] | None = None, asked: Mapping[str, Any] | None = None
    ) -> tuple[int, Counter[tuple[str, str, str]]]:
        """Do an act and undo it: its status, and each value that is new, by table and column."""
        for table in TABLES.keys() - _KEEP_MARKS:
            self._before(cell.actor, table)
        before = moved()
        with undone():
            status = sent(self.world, cell, more, asked=asked).status_code
            tables = {name for name, many in moved().items() if many != before[name]} & TABLES.keys()
            told = [one for table in sorted(tables - _KEEP_MARKS) for one in self._new(cell.actor, table)]
        return status, Counter(told)

    def _before(self, actor: str, table: str) -> dict[Any, Any]:
        if (actor, table) not in self.seen:
            self.seen[actor, table] = self.now(actor, table)
            self.written[actor, table] = dict(self._versions(table))
        return self.seen[actor, table]

    def now(self, actor: str, table: str) -> dict[Any, Any]:
        """The rows of a table as somebody sees them now."""
        put_up_walls(self.world.actors[actor])
        return {row[TABLES[table]._meta.pk.attname]: row for row in TABLES[table]._base_manager.values()}

    def _versions(self, table: str) -> Any:
        """Which writing each row is from, by PostgreSQL's own mark: a savepoint has one of its own."""
        return (
            TABLES[table]._base_manager.extra(select={"_version": "xmin::text"}).values_list("pk", "_version")
        )

    def _written_since(self, actor: str, table: str) -> Iterator[tuple[Any, Any]]:
        """The rows that were written since the first look, each by its key; the others are what they were."""
        put_up_walls(self.world.actors[actor])
        before = self.written[actor, table]
        pks = [pk for pk, version in self._versions(table) if before.get(pk) != version]
        rows = TABLES[table]._base_manager.filter(pk__in=pks).values() if pks else ()
        return ((row[TABLES[table]._meta.pk.attname], row) for row in rows)

    def _new(self, actor: str, table: str) -> Iterator[tuple[str, str, str]]:
        before, key = self.seen[actor, table], TABLES[table]._meta.pk.attname
        for pk, row in self._written_since(actor, table):
            for name, value in row.items():
                if pk not in before or (name != key and before[pk][name] != value):
                    told = getattr(TABLES[table](**row), name) if isinstance(value, encrypted.Cell) else value
                    yield table, name, self._plainly(told)

    @cached_property
    def _known(self) -> set[str]:
        return {str(one) for record in ("plain", "hers") for one in self.world.ids(record).values()}

    def _plainly(self, value: Any) -> str:
        """A value without what is new each time: ids and moments."""
        known = self._known
        if isinstance(value, datetime):
            return "now" if abs(value - datetime.now(value.tzinfo)) < _LATELY else value.isoformat()
        if isinstance(value, bytes | memoryview):
            return "bytes"
        if isinstance(value, date | UUID | int | bool) and not isinstance(value, UUID):
            return str(value)
        return AN_ID.sub(lambda found: found[0] if found[0] in known else "an id", str(value))
