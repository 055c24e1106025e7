"""Prints every verb that can be announced, and who hears it."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.core.management.base import BaseCommand

from breakwater.kernel.events import Reaction, listeners, name_of, type_of_verb

_HEAD = """\
# Who hears what

Printed by `manage.py reactions`; a test keeps this page the same. Every verb that can stand in the journal,
what it says happened, and the reactions that hear it. A reaction runs after the act is committed, at least
once, in a transaction of its own, on its agency's side of the wall.
"""


class Command(BaseCommand):
    help = "Every verb that can be announced, and who hears it, as a page for docs/reactions.md"
    requires_system_checks = ()  # it needs no database

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(who_hears_what(), ending="")


def who_hears_what() -> str:
    """The whole page, in Markdown."""
    verbs = sorted(verb for verb, event in type_of_verb.items() if event.__module__.startswith("breakwater."))
    lines = [_HEAD]
    for app, of_app in groupby(verbs, key=lambda verb: verb.partition(".")[0]):
        lines += [f"## {app}", "", "| verb | what happened | heard by |", "|---|---|---|"]
        lines += [f"| `{verb}` | {_first_line(type_of_verb[verb])} | {_heard_by(verb)} |" for verb in of_app]
        lines.append("")
    return "\n".join([*lines, "## What the reactions do", "", *_reactions(verbs), ""])


def _heard_by(verb: str) -> str:
    return "<br>".join(f"`{name_of(reaction)}`" for reaction in listeners(verb)) or "–"


def _reactions(verbs: list[str]) -> Iterator[str]:
    heard: dict[str, Reaction] = {name_of(one): one for verb in verbs for one in listeners(verb)}
    for name in sorted(heard):
        yield f"- `{name}`: {_first_line(heard[name])}"


def _first_line(documented: Any) -> str:
    return (documented.__doc__ or "").strip().splitlines()[0]
