"""The forms of the product, found on its pages as a browser finds them: whose act each is, and what it offers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django import forms
from django.urls import Resolver404, resolve

from tests.matrix.cells import Cell, expected, moved, try_it
from tests.matrix.made_once import for_a_run
from tests.matrix.oracle import PERMIT
from tests.matrix.register import pages
from tests.matrix.surfaces import POLICIES
from tests.matrix.world import World

AN_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NOT_TYPED = {"csrfmiddlewaretoken", "idempotency_key"}
_WHO_ELSE_MAY = ("supervisor", "officer", "administrator")


@dataclass
class Form:
    """Everything that may be sent to one address, and what can be chosen there."""

    fields: dict[str, set[str]] = field(default_factory=dict)
    many: set[str] = field(default_factory=set)

    def take(self, other: "Form") -> None:
        """What stands on another page belongs to it as well."""
        self.many |= other.many
        for name, offered in other.fields.items():
            self.fields.setdefault(name, set()).update(offered)

    def of_ids(self) -> set[str]:
        """The fields in which a thing is chosen by its id."""
        return {name for name, offered in self.fields.items() if any(map(AN_ID.fullmatch, offered))}


def forms_met(world: World) -> dict[str, Form]:
    """The form of each address, put together from every page on which it stands: the pages are read once for a run."""
    return for_a_run("forms", lambda: _forms_on_all_pages(world))


def _forms_on_all_pages(world: World) -> dict[str, Form]:
    met: dict[str, Form] = {}
    before = moved()
    for cell in _looked_at(world):
        page = try_it(world, cell, before).body.decode()
        for action, found in forms_on(page, cell.page.at(world.ids("plain"))):
            met.setdefault(_whose(action), Form()).take(found)
    met.pop("", None)
    return met


def _looked_at(world: World) -> Iterator[Cell]:
    """Every page, asked for by whoever may do what it is for."""
    for page in pages().values():
        asked = [Cell(page, "GET", who, "plain") for who in (POLICIES[page.name].by, *_WHO_ELSE_MAY)]
        record = world.records["plain"]
        yield next((one for one in asked if expected(world, one, record) == {PERMIT}), asked[0])


def _whose(action: str) -> str:
    """Whose form it is that is sent to an address; of nobody of ours, nothing."""
    try:
        return str(resolve(re.split(r"[?#]", action)[0]).view_name)
    except Resolver404:
        return ""


def forms_on(page: str, where: str) -> Iterator[tuple[str, Form]]:
    """The forms that are sent by POST, each with where it is sent."""
    reader = _Reader(where)
    reader.feed(page)
    yield from reader.found


def every_form(kind: type[forms.BaseForm] = forms.BaseForm) -> set[type[forms.Form]]:
    """Every form of the product."""
    found = {one for one in kind.__subclasses__() if issubclass(one, forms.Form)}
    return {one for one in found if one.__module__.startswith("breakwater.")}.union(
        *map(every_form, kind.__subclasses__())
    )


class _Reader(HTMLParser):
    """Reads forms as a browser does: inputs, boxes to tick, lists to choose from, and text."""

    def __init__(self, where: str) -> None:
        super().__init__()
        self.where, self.found = where, list[tuple[str, Form]]()
        self.form: Form | None = None
        self.choosing = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a form, or note one of its fields."""
        said = {name: value or "" for name, value in attrs}
        if tag == "form" and said.get("method", "").lower() == "post":
            self.form = Form()
            self.found.append((said.get("action") or self.where, self.form))
        elif self.form is not None and tag in ("input", "select", "textarea", "button") and said.get("name"):
            self._note(self.form, tag, said)
        elif self.form is not None and tag == "option" and self.choosing:
            self.form.fields[self.choosing].add(said.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        """A form is over."""
        if tag == "form":
            self.form = None

    def _note(self, form: Form, tag: str, said: dict[str, str]) -> None:
        name = said["name"]
        if name in NOT_TYPED:
            return
        is_chosen = said.get("type") in ("radio", "checkbox", "hidden") or tag == "button"
        form.fields.setdefault(name, set()).update({said.get("value", "")} if is_chosen else set())
        self.choosing = name if tag == "select" else ""
        takes_several = "multiple" in said and said.get("type") != "file"  # a file is no value of a form
        if (said.get("type") == "checkbox" and said.get("value", "on") != "on") or takes_several:
            form.many.add(name)
