"""A template in another language: its words are looked up once, when it is compiled."""

from collections.abc import Callable, Iterable
from typing import Any, cast

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame

from breakwater.ui.words.expressions import Expressions, as_expression
from breakwater.ui.words.markup import (
    Blank,
    Cut,
    Either,
    Item,
    Items,
    Scanner,
    Speaks,
    Tag,
    Text,
    begins_in_a_tag,
)
from breakwater.ui.words.sentences import (
    Sentence,
    in_pieces,
    is_closed,
    parts,
    says_anything,
    says_at_its_top,
    split_at_cuts,
    trimmed,
)

LookUp = Callable[[str, str], str | None]
"""From a message and the place where it stands to its translation, or nothing."""
_MOST_CONDITIONS = 2
"""A sentence with more of them is cut there: each doubles the messages it needs."""


def rewritten(template: nodes.Template, look_up: LookUp) -> nodes.Template:
    """The template with every word that was found in the catalog in the other language."""
    rewriter = _Rewriter(template.environment, look_up)
    template.body = rewriter.body(template.body)
    return cast(nodes.Template, Expressions(rewriter.say, rewriter.unseen).visit(template))


def generator(look_up: Callable[[str, str, int], str | None]) -> type[CodeGenerator]:
    """What compiles templates into another language."""

    class Translating(CodeGenerator):
        def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802 - Jinja's
            name = self.name or ""

            def say(message: str, line: str) -> str | None:
                return look_up(message, name, int(line))

            super().visit_Template(rewritten(node, say), frame)

    return Translating


class _Rewriter(Speaks):
    """Walks the statements of a template in their order, and speaks what lies between two cuts."""

    def __init__(self, environment: Any, look_up: LookUp) -> None:
        self._environment = environment
        self._look_up = look_up
        self.unseen: dict[int, nodes.Expr] = {}
        self._scanner = self._begun()

    def _begun(self) -> Scanner:
        return Scanner(self, unseen=self.unseen)

    def body(self, statements: Iterable[nodes.Node]) -> list[nodes.Node]:
        """Statements, of which several may be one sentence."""
        found: list[nodes.Node] = []
        run: list[Item] = []
        line = 1
        for one in statements:
            items = self._within_a_sentence(one)
            if items is None:
                found += self._run(tuple(run), line)
                run = []
                found.append(self._statement(one))
            else:
                line = line if run else one.lineno
                run += items
        return found + self._run(tuple(run), line)

    def say(self, message: str, line: int) -> str | None:
        """The translation of a message."""
        return self._look_up(message, str(line))

    def attribute(self, value: Items, line: int) -> list[nodes.Expr]:
        """The words of an attribute, as one expression."""
        if not says_anything(value):
            return [_raw(one) for one in value]
        return [self._chosen(value, line)]

    def _chosen(self, value: Items, line: int) -> nodes.Expr:
        """The words of an attribute for each of the ways its conditions can fall."""
        at = next((at for at, one in enumerate(value) if isinstance(one, Either)), None)
        if at is None:
            return as_expression(self._told(value, line), line, self.unseen)
        one = cast(Either, value[at])
        then, otherwise = (self._chosen((*value[:at], *way, *value[at + 1 :]), line) for way in one[1:])
        return nodes.CondExpr(one.test, then, otherwise, lineno=line)

    def _within_a_sentence(self, statement: nodes.Node) -> Items | None:
        if isinstance(statement, nodes.Output):
            return self._scanner.read(statement)
        if not isinstance(statement, nodes.If) or statement.elif_ or not self._scanner.in_text:
            return None
        before = self._scanner.mark()
        ways = [self._way(way) for way in (statement.body, statement.else_)]
        if None in ways:
            self._scanner = before
            return None
        then, otherwise = (cast(Items, way) for way in ways)
        return (Either(cast(nodes.Expr, statement.test), then, otherwise),)

    def _way(self, statements: Iterable[nodes.Node]) -> Items | None:
        """What one way of a condition adds to a sentence; nothing when it is more than a part of one."""
        found: list[Item] = []
        for one in statements:
            items = self._within_a_sentence(one)
            if items is None:
                return None
            found += items
        return tuple(found) if is_closed(tuple(found)) and self._scanner.in_text else None

    def _statement(self, statement: nodes.Node) -> nodes.Node:
        if isinstance(statement, nodes.If):
            before = self._scanner.mark()
            statement.body = self.body(statement.body)
            after = self._scanner
            statement.elif_ = [cast(nodes.If, self._again(before, one)) for one in statement.elif_]
            self._scanner = before.mark()
            statement.else_ = self.body(statement.else_)
            self._scanner = after
        elif isinstance(statement, nodes.For):
            statement.body = self.body(statement.body)
            statement.else_ = self.body(statement.else_)
        elif isinstance(statement, nodes.Macro | nodes.CallBlock | nodes.AssignBlock | nodes.Block):
            self._apart(statement)
        elif isinstance(statement, nodes.With | nodes.FilterBlock | nodes.Scope):
            statement.body = self.body(statement.body)
        return statement

    def _again(self, before: Scanner, statement: nodes.Node) -> nodes.Node:
        self._scanner = before.mark()
        return self._statement(statement)

    def _apart(self, statement: Any) -> None:
        """What stands by itself begins in text, unless it plainly begins with an attribute."""
        outside, self._scanner = self._scanner, self._begun()
        first = next(iter(statement.body), None)
        first = next(iter(first.body), None) if isinstance(first, nodes.If) else first
        self._scanner.in_tag = isinstance(first, nodes.Output) and begins_in_a_tag(first)
        statement.body = self.body(statement.body)
        self._scanner = outside

    def _run(self, items: Items, line: int) -> list[nodes.Node]:
        found: list[nodes.Node] = []
        for piece in split_at_cuts(items):
            found += [_put_out(piece.nodes)] if isinstance(piece, Cut) else self._speak(piece, line)
        return found

    def _speak(self, items: Items, line: int) -> list[nodes.Node]:
        """Put items out, in the other language where they are a sentence."""
        if not says_anything(items):
            return self._plainly(items, line)
        if not says_at_its_top(items):
            return [made for part in parts(items) for made in self._part(part, line)]
        choices = [at for at, one in enumerate(items) if isinstance(one, Either) and says_anything([one])]
        if len(choices) > _MOST_CONDITIONS:
            return [made for piece in in_pieces(items) for made in self._speak(piece, line)]
        if not choices:
            return self._plainly(self._told(items, line), line)
        at = choices[0]
        one = cast(Either, items[at])
        then, otherwise = (self._speak((*items[:at], *way, *items[at + 1 :]), line) for way in one[1:])
        return [nodes.If(one.test, then, [], otherwise, lineno=line)]

    def _part(self, part: Items, line: int) -> list[nodes.Node]:
        """One of several things side by side: an element is spoken within itself."""
        first = part[0]
        if isinstance(first, Tag):
            within = self._run(part[1:-1], line)
            return [_put_out(first.nodes), *within, _put_out(cast(Tag, part[-1]).nodes)]
        return self._plainly(part, line)

    def _told(self, items: Items, line: int) -> Items:
        before, sentence, after = trimmed(items)
        message = Sentence(sentence)
        translation = self.say(message.words, line) if len(message.words) > 1 else None
        told = message.told(translation) if translation else sentence
        return (Text(before), *told, Text(after))

    def _plainly(self, items: Items, line: int) -> list[nodes.Node]:
        found: list[nodes.Node] = []
        for item in items:
            if isinstance(item, Either):
                then, otherwise = (self._run(way, line) for way in item[1:])
                found.append(nodes.If(item.test, then, [], otherwise, lineno=line))
            else:
                found.append(_put_out([_raw(item)] if isinstance(item, Text | Blank) else item.nodes))
        return found


def _raw(item: Item) -> nodes.Expr:
    return nodes.TemplateData(item.words) if isinstance(item, Text) else cast(Blank, item).node


def _put_out(what: Iterable[nodes.Expr]) -> nodes.Output:
    return nodes.Output(list(what))
