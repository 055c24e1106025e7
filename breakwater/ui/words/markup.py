"""What a template says, told apart from how it is marked up: text, blanks, tags within a sentence, and what cuts it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from html import escape, unescape
from typing import NamedTuple

from jinja2 import nodes

INLINE = frozenset("a abbr b bdi cite code em i kbd mark q s small span strong sub sup time u var".split())
"""Tags that stand within a sentence. Every other one ends it."""
SHOWN = frozenset(("alt", "aria-label", "content-label", "data-label", "data-name", "placeholder", "title"))
"""Attributes whose words somebody reads or hears."""
_LETTER = re.compile(r"[^\W\d_]")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)|<!")
_IN_TAG = re.compile(r"""([\w:@.-]+)\s*=\s*(["'])|(>)""")
_BEGINS_IN_A_TAG = re.compile(r"""\s*[a-z][a-z-]*=["']""")
_ENTITY = re.compile(r"&#?\w+;")


class Text(NamedTuple):
    """Words as they stand in the template, entities and all."""

    words: str


class Blank(NamedTuple):
    """What is filled in."""

    node: nodes.Expr


class Tag(NamedTuple):
    """One end of an element that stands within a sentence."""

    name: str
    opens: bool
    nodes: tuple[nodes.Expr, ...]


class Cut(NamedTuple):
    """A tag that ends a sentence, or a part of one."""

    nodes: tuple[nodes.Expr, ...]


class Either(NamedTuple):
    """One or the other, by a condition."""

    test: nodes.Expr
    then: "Items"
    otherwise: "Items"


Item = Text | Blank | Tag | Cut | Either
Items = tuple[Item, ...]


def has_letters(words: str) -> bool:
    """Whether words can be read, entities not counted."""
    return bool(_LETTER.search(_ENTITY.sub("", words)))


def begins_in_a_tag(output: nodes.Output) -> bool:
    """Whether a part that is put together elsewhere holds attributes, and not words."""
    first = output.nodes[0] if output.nodes else None
    return isinstance(first, nodes.TemplateData) and bool(_BEGINS_IN_A_TAG.match(first.data))


@dataclass
class Scanner:
    """Reads what is put out in its order, and knows at each place whether it stands in text, a tag or an attribute.

    Args:
        shown: what becomes of the words of an attribute that somebody reads.
    """

    shown: "Speaks"
    in_tag: bool = False
    attribute: str = ""
    _quote: str = ""
    _name: str = ""
    _opens: bool = True
    _is_whole: bool = False
    _parts: list[nodes.Expr] = field(default_factory=list)
    _value: list[Item] = field(default_factory=list)
    unseen: dict[int, nodes.Expr] = field(default_factory=dict)
    """What is filled into tags, by its identity: classes, addresses; no words."""

    @property
    def in_text(self) -> bool:
        """Whether what comes next is text."""
        return not self.in_tag

    def mark(self) -> "Scanner":
        """Where it stands now, to come back to."""
        return replace(self, _parts=[*self._parts], _value=[*self._value])

    def read(self, output: nodes.Output) -> Items:
        """The items of one piece of output."""
        self._is_whole = False
        found: list[Item] = []
        for node in output.nodes:
            if isinstance(node, nodes.TemplateData):
                found += self._scan(node.data, node.lineno)
            else:
                found += self._fill(node)
        if self.in_tag:
            self._end_value(output.lineno)
            found.append(self._cut())
            self._is_whole = False
        return tuple(found)

    def _fill(self, node: nodes.Expr) -> Iterable[Item]:
        if not self.in_tag:
            return _items(node)
        if self.attribute:
            self._value += _items(node)
        else:
            self.unseen[id(node)] = node
            self._parts.append(node)
        return ()

    def _scan(self, text: str, line: int) -> Iterator[Item]:
        at = 0
        while at < len(text):
            if not self.in_tag:
                found = _TAG.search(text, at)
                end = found.start() if found else len(text)
                if end > at:
                    yield Text(text[at:end])
                at = end
                if found:
                    self._begin(found, line)
                    at = found.end()
            elif self._quote:
                end = text.find(self._quote, at)
                self._read_value(text[at : end if end >= 0 else len(text)], line)
                at = len(text) if end < 0 else end
                if end >= 0:
                    self._end_value(line)
                    self._quote = self.attribute = ""
                    self._raw(text[at : at + 1], line)
                    at += 1
            else:
                found = _IN_TAG.search(text, at)
                end = found.end() if found else len(text)
                self._raw(text[at:end], line)
                at = end
                if found and found[3]:
                    self.in_tag = False
                    yield self._tag()
                elif found:
                    self._quote = found[2]
                    self.attribute = found[1] if found[1] in SHOWN else ""

    def _begin(self, found: re.Match[str], line: int) -> None:
        self.in_tag, self._is_whole = True, True
        self._opens, self._name = not found[1], (found[2] or "!").lower()
        self._raw(found[0], line)

    def _raw(self, text: str, line: int) -> None:
        if text:
            self._parts.append(nodes.TemplateData(text, lineno=line))

    def _read_value(self, text: str, line: int) -> None:
        if self.attribute:
            if text:
                self._value.append(Text(text))
        else:
            self._raw(text, line)

    def _end_value(self, line: int) -> None:
        if self._value:
            self._parts += self.shown.attribute(tuple(self._value), line)
        self._value = []

    def _tag(self) -> Item:
        is_inline = self._is_whole and self._name in INLINE
        return Tag(self._name, self._opens, self._taken()) if is_inline else self._cut()

    def _cut(self) -> Cut:
        return Cut(self._taken())

    def _taken(self) -> tuple[nodes.Expr, ...]:
        taken, self._parts = tuple(self._parts), []
        return taken


class Speaks:
    """Whoever says words in another language."""

    def attribute(self, value: Items, line: int) -> list[nodes.Expr]:
        """The words of an attribute."""
        raise NotImplementedError


def _items(node: nodes.Expr) -> Items:
    """A constant is words; one constant or another is either; what is put together comes apart."""
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        return (Text(escape(node.value)),)
    if isinstance(node, nodes.Concat):
        return tuple(item for one in node.nodes for item in _items(one))
    if isinstance(node, nodes.CondExpr) and _is_words(node):
        return (Either(node.test, _items(node.expr1), _items(node.expr2) if node.expr2 is not None else ()),)
    return (Blank(node),)


def _is_words(node: nodes.Expr | None) -> bool:
    if isinstance(node, nodes.CondExpr):
        return _is_words(node.expr1) or _is_words(node.expr2)
    if isinstance(node, nodes.Concat):
        return any(_is_words(one) for one in node.nodes)
    return isinstance(node, nodes.Const) and isinstance(node.value, str) and has_letters(node.value)


def plain(words: str) -> str:
    """Words without entities."""
    return unescape(words)
