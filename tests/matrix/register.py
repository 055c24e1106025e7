"""The register of surfaces: everything by which something can come in or go out, read from the product itself."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.core.management import get_commands
from procrastinate.contrib.django import app

from breakwater.kernel import events
from tests.architecture.world import Address, addresses
from tests.matrix.surfaces import COMMANDS, HOLDS, JOBS, OPEN_TO_ALL, POLICIES, REACTIONS

HERE = Path(__file__).parent
COUNTED = HERE / "counted.json"
VERBS = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE")
_MOST_GONE = 0.10


@dataclass(frozen=True)
class Surface:
    """One way in or out. ``declared`` is its policy, or what is told of it in words."""

    kind: str
    name: str
    verb: str
    declared: object


def register() -> list[Surface]:
    """Every surface there is, with what is declared of it; ``None`` where nothing is."""
    return [*_pages(), *_commands(), *_jobs(), *_reactions()]


def undeclared(surfaces: list[Surface]) -> list[str]:
    """Surfaces of which nobody said who may use them, each with the line that is missing."""
    where = {"page": "POLICIES", "command": "COMMANDS", "job": "JOBS", "reaction": "REACTIONS"}
    return sorted(
        {
            f"{one.kind} {one.name}: add a line to {where[one.kind]} in tests/matrix/surfaces.py"
            for one in surfaces
            if not one.declared
        }
    )


def left_over(surfaces: list[Surface]) -> list[str]:
    """What is declared of surfaces that are no longer there."""
    there = {(one.kind, one.name) for one in surfaces}
    told: dict[str, Mapping[str, object]] = {
        "page": POLICIES, "command": COMMANDS, "job": JOBS, "reaction": REACTIONS
    }  # fmt: skip
    return [f"{kind} {name}" for kind, named in told.items() for name in named if (kind, name) not in there]


def without_a_sample(known: Mapping[str, Address], ids: Mapping[str, object]) -> list[str]:
    """Pages whose address cannot be asked for, or whose act has no sample of its form."""
    lacking = [
        f"page {name}: what does {one} belong to? Say so in HOLDS, and give the world one"
        for name, address in known.items()
        for one in address.ids
        if one not in HOLDS or one not in ids
    ]
    silent = [
        f"page {name}: say what its form sends"
        for name, policy in POLICIES.items()
        if policy.does and not policy.sends
    ]
    return lacking + silent


def counted(surfaces: list[Surface]) -> dict[str, int]:
    """How many surfaces there are of each kind."""
    return {
        kind: sum(one.kind == kind for one in surfaces) for kind in ("page", "command", "job", "reaction")
    }


def too_few(now: Mapping[str, int], before: Mapping[str, int]) -> list[str]:
    """Kinds of which more than a tenth went missing since they were last counted."""
    return [
        f"{kind}: {now[kind]}, and {before[kind]} before"
        for kind in before
        if now[kind] < before[kind] * (1 - _MOST_GONE)
    ]


def counted_before() -> dict[str, int]:
    """How many there were when somebody last looked."""
    found: dict[str, int] = json.loads(COUNTED.read_text())["surfaces"]
    return found


def pages() -> dict[str, Address]:
    """Every address that the matrix asks for, by its name."""
    return {one.name: one for one in addresses() if one.name not in OPEN_TO_ALL}


def named_twice() -> list[str]:
    """Names that two addresses have: a link by such a name leads to either."""
    return sorted(name for name, times in Counter(one.name for one in addresses()).items() if times > 1)


def _pages() -> Iterator[Surface]:
    for one in pages().values():
        for verb in VERBS:
            yield Surface("page", one.name, verb, POLICIES.get(one.name))


def _commands() -> Iterator[Surface]:
    for name, where in get_commands().items():
        if str(where).startswith("breakwater."):
            yield Surface("command", name, "run", COMMANDS.get(name))


def _jobs() -> Iterator[Surface]:
    app.perform_import_paths()
    for name in app.tasks:
        if "procrastinate" not in name:
            yield Surface("job", name, "do", JOBS.get(name))


def _reactions() -> Iterator[Surface]:
    told = {
        f"{one.__module__.split('.')[1]}.{one.__name__}"
        for some in events._listeners.values()
        for one in some
        if re.match(r"breakwater\.\w+\.reactions$", one.__module__)
    }
    for name in sorted(told):
        yield Surface("reaction", name, "hear", REACTIONS.get(name))
