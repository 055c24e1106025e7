"""JSON documents: one entry, a list of entries, a page of a list, or one entry a line; read as a stream."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import ijson

from breakwater.formats.hsds.entries import Entry, kind_of
from breakwater.formats.hsds.rows import Raw, flat_row
from breakwater.formats.hsds.sources import Meter, Metered, Source
from breakwater.formats.problems import Problem, Weight

_BOM = b"\xef\xbb\xbf"
_MARGIN = 2048
_PAGE = re.compile(rb'"page_number"\s*:\s*(\d{1,9})')
_PAGES = re.compile(rb'"total_pages"\s*:\s*(\d{1,9})')
_LOOKED_AT = 5000
_NO_VALUES = ("map_key", "end_map", "end_array")
_PAGED = ("contents", "items", "results", "data")
FAULTS = (ijson.JSONError, UnicodeDecodeError, OSError, ValueError)


@dataclass(frozen=True)
class Form:
    """What a document looks like from its beginning.

    Args:
        prefix: where its entries stand, as ijson names it.
        is_list: it holds a list, not one entry.
        first: the plain values of the first entry; its lists and entries are empty.
    """

    prefix: str
    is_list: bool
    first: Entry


def form_of(source: Source, name: str) -> Form | None:
    """What a JSON document holds; ``None`` when it holds no entries that we know."""
    with Metered(source.open(name), lambda chunk: None) as stream:
        try:
            return _form(stream)
        except FAULTS:
            return None


def _form(stream: Metered) -> Form | None:
    """Walk the first events: enough to see whether a list begins, and the plain values of the first entry."""
    first: dict[str, Any] = {}
    entry, is_list = "", False
    for seen, (prefix, event, value) in enumerate(
        ijson.parse(_Bare(stream), multiple_values=True, use_float=True)
    ):
        if seen == 0 and event == "start_array":
            entry, is_list = "item", True
        elif seen and event == "start_array" and not first.get("id") and prefix in _PAGED and not is_list:
            entry, is_list, first = f"{prefix}.item", True, {}
        elif event == "map_key" and prefix == entry:
            first.setdefault(value, None)
        elif (
            event not in _NO_VALUES
            and prefix.startswith(f"{entry}." if entry else "")
            and prefix.removeprefix(f"{entry}.") in first
        ):
            key = prefix.removeprefix(f"{entry}.")
            first[key] = [] if event == "start_array" else {} if event == "start_map" else value
        if (event == "end_map" and prefix == entry) or seen > _LOOKED_AT:
            break
    return Form(entry, is_list, first) if first else None


class _Bare:
    """A stream without the mark that some programs put before UTF-8; remembers how it begins and ends."""

    def __init__(self, stream: Metered) -> None:
        self._stream = stream
        self.head = b""
        self.tail = b""

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        chunk = self._stream.read(size)
        if not self.head:
            chunk = chunk.removeprefix(_BOM)
            self.head = chunk[:_MARGIN]
        self.tail = (self.tail + chunk)[-_MARGIN:]
        return chunk

    @property
    def pages(self) -> tuple[int, int]:
        """Which page of how many the list says it is: told before the list, or after it."""
        margins = self.head + b"\n" + self.tail
        page, pages = _PAGE.search(margins), _PAGES.search(margins)
        return (int(page[1]) if page else 1, int(pages[1]) if pages else 1)


def entries(
    source: Source, name: str, form: Form, meter: Meter, pages: dict[str, tuple[int, int]]
) -> Iterator[tuple[int, Entry] | Problem]:
    """The entries of a document, numbered from 1; broken off with a problem where the text is no JSON.

    Args:
        pages: is told which page of how many the document says it is.
    """
    number = 0
    with meter.open(source, name) as stream:
        bare = _Bare(stream)
        try:
            for number, entry in enumerate(
                ijson.items(bare, form.prefix, multiple_values=True, use_float=True), start=1
            ):
                if isinstance(entry, dict):
                    yield number, entry
                else:
                    yield Problem(name, number, "", str(entry)[:80], "is no entry but a single value")
            pages[name] = bare.pages if form.prefix.removesuffix(".item") in _PAGED else (1, 1)
        except FAULTS as fault:
            yield Problem(name, number + 1, "", "", f"is not JSON to its end: {_plain(fault)}", Weight.BROKEN)


def flat_rows(source: Source, name: str, form: Form, meter: Meter) -> Iterator[tuple[int, Raw] | Problem]:
    """The entries of a document that is one table, as rows."""
    for found in entries(source, name, form, meter, {}):
        if isinstance(found, Problem):
            yield found
        elif (row := flat_row(found[1])) is not None:
            yield found[0], row
        else:
            yield Problem(name, found[0], "", "", "holds lists or entries where a table has single values")


def is_one_table(form: Form) -> bool:
    """Whether the entries of a document are plain rows, each one thing of one table."""
    return form.is_list and flat_row(form.first) is not None


def is_directory_entry(form: Form) -> bool:
    """Whether the entries are organizations, services, locations or services at locations."""
    return kind_of(form.first) is not None


def _plain(fault: Exception) -> str:
    return " ".join(str(fault).split())[:160] or type(fault).__name__
