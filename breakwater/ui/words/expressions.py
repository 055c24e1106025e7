"""Words within the expressions of a template: constants that are shown, and values that hold words of ours."""

import re
from collections.abc import Callable
from typing import Any, cast

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

from breakwater.ui.words.markup import Blank, Items, Text, has_letters, plain
from breakwater.ui.words.sentences import Sentence

OURS = frozenset(("label", "help_text", "sentence", "title", "role_name"))
"""What a value is called that holds words of ours, wherever it comes from."""
_OURS_BY_NAME = OURS | {"kind", "heading", "button", "does"}
"""The same for what a view or a loop names itself."""
_DISPLAY = re.compile(r"get_\w+_display")
_READS_AS_WORDS = re.compile(r"[A-Z][^A-Z_]|.*[^\W\d_] ?[\w,(]* [^\W\d_]", re.DOTALL)
_NO_WORDS = frozenset(("url", "static", "form_keys", "length_of"))
_ASKS_BY_CODE = frozenset(("may", "can", "startswith", "get", "opens"))
_NAMES_A_DAY = re.compile("%[aAbB]")
_CHANGES_WORDS = frozenset(("lower", "upper", "capitalize", "join", "trim"))
_FILTERS_OF_WORDS = frozenset(("default", "d"))


class Expressions(NodeTransformer):
    """Looks constants up, and sends what is called as our words are called through the filter that does.

    Args:
        say: from a message and its line to a translation.
        unseen: what is filled into tags, where nobody reads it, and what was looked up already; by its identity.
    """

    def __init__(self, say: Callable[[str, int], str | None], unseen: dict[int, nodes.Expr]) -> None:
        self._say = say
        self._unseen = unseen

    def visit_Const(self, node: nodes.Const) -> nodes.Node:  # noqa: N802 - Jinja's
        """A constant that reads as words."""
        if isinstance(node.value, str) and _READS_AS_WORDS.match(node.value):
            return self._constant(node)
        return node

    def visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> Any:
        """Everything but what is filled into tags."""
        return node if id(node) in self._unseen else super().visit(node, *args, **kwargs)

    def visit_Output(self, node: nodes.Output) -> nodes.Node:  # noqa: N802
        """What is put out may say by its type that it is ours; in a tag, where nobody reads it, it stays a code."""
        node.nodes = [one if id(one) in self._unseen else _by_its_type(self.visit(one)) for one in node.nodes]
        return node

    def visit_CondExpr(self, node: nodes.CondExpr) -> nodes.Node:  # noqa: N802 - Jinja's
        """One constant or another; what decides is no word."""
        node.expr1 = self.visit(node.expr1)
        node.expr2 = self.visit(node.expr2) if node.expr2 is not None else None
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        """Constants and values put together are one message."""
        items: Items = tuple(
            Text(one.value) if isinstance(one, nodes.Const) and isinstance(one.value, str) else Blank(one)
            for one in node.nodes
        )
        sentence = Sentence(items)
        if any(isinstance(one, Text) and _READS_AS_WORDS.match(one.words.strip()) for one in items):
            translation = self._said(sentence.words, node)
            items = sentence.told(translation) if translation else items
        return self.generic_visit(as_expression(items, node.lineno, self._unseen))

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802
        """Words are given to components, and not to what makes addresses; a choice says what it is called."""
        called = node.node
        if isinstance(called, nodes.Name) and called.name in _NO_WORDS:
            return node
        if isinstance(called, nodes.Getattr) and _DISPLAY.fullmatch(called.attr):
            return _looked_up(node)
        if isinstance(called, nodes.Getattr):
            called.node = self.visit(called.node)
            if called.attr == "strftime":
                return self._spelled(called.node, node)
            if called.attr in _ASKS_BY_CODE:
                return node
        else:
            node.node = self.visit(called)
        node.args = [self.visit(one) for one in node.args]
        for named in node.kwargs:
            named.value = self.visit(named.value)
        return node

    def visit_Filter(self, node: nodes.Filter) -> nodes.Node:  # noqa: N802
        """What a filter is told is no word that is shown, but for what stands in place of nothing."""
        if node.node is not None:
            node.node = self.visit(node.node)
            if node.name in _CHANGES_WORDS:
                node.node = _by_its_type(node.node)
        if node.name in _FILTERS_OF_WORDS:
            node.args = [self._shown(one) for one in node.args]
        return node

    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Node:  # noqa: N802
        """A value that is called as our words are called."""
        self.generic_visit(node)
        return _looked_up(node) if node.attr in OURS and node.ctx == "load" else node

    def visit_Name(self, node: nodes.Name) -> nodes.Node:  # noqa: N802
        """A name, likewise."""
        return _looked_up(node) if node.name in _OURS_BY_NAME and node.ctx == "load" else node

    def _left_alone(self, node: nodes.Node) -> nodes.Node:
        return node

    visit_Compare = visit_Test = visit_Getitem = visit_Extends = visit_Include = visit_Import = _left_alone  # noqa: N815
    visit_FromImport = visit_Dict = _left_alone  # noqa: N815

    def _shown(self, node: nodes.Expr) -> nodes.Expr:
        if isinstance(node, nodes.Const) and isinstance(node.value, str) and has_letters(node.value):
            return self._constant(node)
        if isinstance(node, nodes.CondExpr):
            node.expr1 = self._shown(node.expr1)
            node.expr2 = self._shown(node.expr2) if node.expr2 is not None else None
            return node
        return cast(nodes.Expr, self.visit(node))

    def _spelled(self, day: nodes.Expr, node: nodes.Call) -> nodes.Node:
        """The form in which a day is written is a message where it has names in it."""
        form = node.args[0]
        if not isinstance(form, nodes.Const) or not _NAMES_A_DAY.search(str(form.value)):
            return node
        return nodes.Filter(day, "spelled", [self._constant(form)], [], None, None, lineno=node.lineno)

    def _said(self, message: str, node: nodes.Expr) -> str | None:
        parts = node.nodes if isinstance(node, nodes.Concat) else [node]
        return None if any(id(one) in self._unseen for one in parts) else self._say(message, node.lineno)

    def _constant(self, node: nodes.Const) -> nodes.Const:
        words = str(node.value)
        before = words[: len(words) - len(words.lstrip())]
        after = words[len(words.rstrip()) :] if words.strip() else ""
        translation = self._said(words.strip(), node)
        return (
            nodes.Const(f"{before}{plain(translation)}{after}", lineno=node.lineno) if translation else node
        )


def as_expression(items: Items, line: int, unseen: dict[int, nodes.Expr]) -> nodes.Expr:
    """Words and blanks as one expression, which is escaped where it is put out. Its words were looked up."""
    found: list[nodes.Expr] = []
    for one in items:
        if isinstance(one, Text) and one.words:
            found.append(nodes.Const(plain(one.words), lineno=line))
            unseen[id(found[-1])] = found[-1]
        elif isinstance(one, Blank):
            found.append(_by_its_type(one.node) if len(items) > 1 else one.node)
    return found[0] if len(found) == 1 else nodes.Concat(found, lineno=line)


def _by_its_type(node: nodes.Expr) -> nodes.Expr:
    """A value that is told in the other language where its type says that it is ours."""
    if isinstance(node, nodes.Const | nodes.TemplateData) or (
        isinstance(node, nodes.Filter) and node.name in ("ours", "known")
    ):
        return node
    return nodes.Filter(node, "known", [], [], None, None, lineno=node.lineno)


def _looked_up(node: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(node, "ours", [], [], None, None, lineno=node.lineno)
