"""A PDF as its readers have it: the words on its pages, what it says of itself, and its tags.

The words are read by the library that shows PDFs in Chromium; what is said beside them by one that walks its objects.
Whether it can be heard is judged by a validator, a program of its own that knows nothing of how ours are set.
"""

import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import page
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject
from pypdfium2 import PdfDocument

_BREAKS = dict.fromkeys(map(ord, "\u200b\ufffe\r"))
PDF = b"%PDF-"
_RULES = 100
"""It knows more than so many: one that asks nothing finds nothing."""


@dataclass(frozen=True)
class Read:
    """One PDF.

    Args:
        pages: the words of each page.
        about: what it says of itself, with the XMP packet that some programs read instead.
        tags: how often each tag stands in it, in the order in which a screen reader meets them.
        turns: the languages to which it turns, where a part is in another one.
    """

    pages: tuple[str, ...]
    about: str
    language: str
    title: str
    is_marked: bool
    tags: Counter[str]
    turns: frozenset[str]
    extras: frozenset[str]

    @property
    def text(self) -> str:
        return "\n".join(self.pages)

    @property
    def said(self) -> bytes:
        """Every word that can be got out of it, whether it is on a page or not."""
        return f"{self.text}\n{self.about}\n{self.language}".encode()


def read(pdf: bytes) -> Read:
    """Read it through."""
    reader = PdfReader(io.BytesIO(pdf))
    root: Any = reader.trailer["/Root"]
    objects = [one.get_object() for one in _objects(reader)]
    names = [str(name) for one in objects if isinstance(one, DictionaryObject) for name in one]
    return Read(
        pages=_words(pdf),
        about=_about(reader),
        language=str(root.get("/Lang", "")),
        title=str((reader.metadata or {}).get("/Title", "")),
        is_marked=bool(root.get("/MarkInfo", {}).get("/Marked", False)),
        tags=Counter(_tags(root.get("/StructTreeRoot", {}))),
        turns=frozenset(
            str(one["/Lang"])
            for one in objects
            if isinstance(one, DictionaryObject) and {"/S", "/Lang"} <= one.keys()
        ),
        extras=frozenset(names),
    )


def broken_rules(pdf: bytes) -> set[str]:
    """By which rules of PDF/UA-1 it is no PDF that everybody can hear read: what a validator of others says."""
    report = page.validate_pdf_bytes(pdf, profile="ua1")
    assert report.rules.total > _RULES
    return {one.rule_id for one in report.failures}


def _words(pdf: bytes) -> tuple[str, ...]:
    with PdfDocument(pdf) as document:
        return tuple(page.get_textpage().get_text_range().translate(_BREAKS) for page in document)


def plain(body: bytes) -> bytes:
    """What an answer says: of a PDF every word that can be got out of it, whether it is on a page or not."""
    return _said(body) if body.startswith(PDF) else body


def _said(pdf: bytes) -> bytes:
    """Without a look at its tags, which takes longer than its words."""
    reader = PdfReader(io.BytesIO(pdf))
    language = reader.trailer["/Root"].get("/Lang", "")  # type: ignore[attr-defined]  # a dictionary of the PDF
    return "\n".join([*_words(pdf), _about(reader), str(language)]).encode()


def _about(reader: PdfReader) -> str:
    """What it says of itself, with the packet and the titles beside its pages."""
    root: Any = reader.trailer["/Root"]
    packet = root["/Metadata"].get_object().get_data().decode() if "/Metadata" in root else ""
    outline = repr(root["/Outlines"].get_object()) if "/Outlines" in root else ""
    facts = (f"{name} {value}" for name, value in (reader.metadata or {}).items())
    return "\n".join([*facts, packet, outline, *_titles(reader)])


def _objects(reader: PdfReader) -> Iterator[IndirectObject]:
    for number in reader.xref_objStm:
        yield IndirectObject(number, 0, reader)
    for generation, found in reader.xref.items():
        for number in found:
            yield IndirectObject(number, generation, reader)


def _titles(reader: PdfReader) -> Iterator[str]:
    waiting: list[Any] = list(reader.outline)
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        else:
            yield str(one.title)


def _tags(node: Any) -> Iterator[str]:
    node = node.get_object() if isinstance(node, IndirectObject) else node
    if isinstance(node, ArrayObject):
        for one in node:
            yield from _tags(one)
    elif isinstance(node, DictionaryObject):
        if "/S" in node:
            yield str(node["/S"]).removeprefix("/")
        if "/K" in node:
            yield from _tags(node["/K"])
