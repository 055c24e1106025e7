"""A sentence with its blanks and tags by name, as a translator reads it, and back into what is put out."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from html import escape, unescape

from jinja2 import nodes

from breakwater.ui.words.markup import Blank, Cut, Either, Item, Items, Tag, Text, has_letters

TOKEN = re.compile(r"\{\w+\}|</?[a-z]+\d*>")
_MADE_OF = frozenset(("isoformat", "strftime", "astimezone", "date"))
_SPACE = re.compile(r"[ \t\r\n]+")
_ANY_TAG = re.compile(r"<[/!?a-zA-Z]")


class Sentence:
    """A message and what stands in it.

    Args:
        words: the message, as it stands in a catalog.
    """

    def __init__(self, items: Items) -> None:
        self._by_token: dict[str, Item] = {}
        self._names: Counter[str] = Counter()
        self._open: list[str] = []
        self.words = _SPACE.sub(" ", "".join(self._spelled(item) for item in items)).strip()

    def told(self, translation: str) -> Items:
        """The same items in the order of a translation, which was checked to have them all."""
        found: list[Item] = []
        at = 0
        for token in TOKEN.finditer(translation):
            found += _text(translation[at : token.start()])
            found.append(self._by_token[token[0]])
            at = token.end()
        return (*found, *_text(translation[at:]))

    def _spelled(self, item: Item) -> str:
        if isinstance(item, Text):
            return item.words
        if isinstance(item, Tag) and not item.opens:
            token = f"</{self._open.pop()}>"
        elif isinstance(item, Tag):
            self._open.append(self._named(item.name))
            token = f"<{self._open[-1]}>"
        else:
            same = [one for one, known in self._by_token.items() if known == item]
            token = same[0] if same else f"{{{self._named(_name(item))}}}"
        self._by_token[token] = item
        return token

    def _named(self, name: str) -> str:
        self._names[name] += 1
        return name if self._names[name] == 1 else f"{name}{self._names[name]}"


def faults(message: str, translation: str) -> list[str]:
    """What a translation says that its message does not say, or leaves out: blanks and tags are exactly the same."""
    wanted, given = Counter(TOKEN.findall(message)), Counter(TOKEN.findall(translation))
    found = [f"{token} is not in the message" for token in given if token not in wanted]
    found += [f"{token} is missing" for token in wanted if token not in given]
    found += [
        f"{one} is there {given[one]} times" for one in given if one[0] == "<" and given[one] > wanted[one]
    ]
    if not found and not _is_nested(TOKEN.findall(translation)):
        found.append("its tags lie across each other")
    bare = TOKEN.sub("", translation)
    if _ANY_TAG.search(bare) and not _ANY_TAG.search(TOKEN.sub("", message)):
        found.append("it brings markup of its own")
    return found


def split_at_cuts(items: Items) -> Iterator[Items | Cut]:
    """Runs that may be sentences, and what cuts them; a tag without its other end cuts as well."""
    run: list[Item] = []
    whole = _balanced(items)
    for at, item in enumerate(items):
        if isinstance(item, Cut) or (isinstance(item, Tag) and at not in whole):
            if run:
                yield tuple(run)
            yield Cut(item.nodes)
            run = []
        else:
            run.append(item)
    if run:
        yield tuple(run)


def is_closed(items: Items) -> bool:
    """Whether items can stand within a sentence: nothing cuts it, and every tag has both ends."""
    tags = sum(isinstance(one, Tag) for one in items)
    return not any(isinstance(one, Cut) for one in items) and len(_balanced(items)) == tags


def parts(items: Items) -> Iterator[Items]:
    """What lies side by side: each element whole, each other item alone."""
    depth, part = 0, []
    for item in items:
        part.append(item)
        if isinstance(item, Tag):
            depth += 1 if item.opens else -1
        if depth == 0:
            yield tuple(part)
            part = []


def in_pieces(items: Items) -> Iterator[Items]:
    """A sentence with too many conditions: what stands between them, and each by itself, elements kept whole."""
    piece: Items = ()
    for part in parts(items):
        if any(isinstance(one, Either) and says_anything([one]) for one in part):
            yield piece
            yield part
            piece = ()
        else:
            piece = (*piece, *part)
    yield piece


def says_at_its_top(items: Items) -> bool:
    """Whether words stand beside the elements, and not only in them."""
    return any(isinstance(part[0], Text) and has_letters(part[0].words) for part in parts(items))


def says_anything(items: Iterable[Item]) -> bool:
    """Whether there is a word in it anywhere."""
    return any(
        has_letters(one.words)
        if isinstance(one, Text)
        else isinstance(one, Either) and (says_anything(one.then) or says_anything(one.otherwise))
        for one in items
    )


def trimmed(items: Items) -> tuple[str, Items, str]:
    """The white space before, what lies between, and the white space after."""
    before = after = ""
    if items and isinstance(items[0], Text):
        words = items[0].words
        before = words[: len(words) - len(words.lstrip())]
        items = (Text(words.lstrip()), *items[1:])
    if items and isinstance(items[-1], Text):
        words = items[-1].words
        after = words[len(words.rstrip()) :]
        items = (*items[:-1], Text(words.rstrip()))
    return before, tuple(one for one in items if one != Text("")), after


def _balanced(items: Items) -> set[int]:
    found: set[int] = set()
    standing: list[tuple[str, int]] = []
    for at, item in enumerate(items):
        if isinstance(item, Cut):
            standing = []
        elif isinstance(item, Tag) and item.opens:
            standing.append((item.name, at))
        elif isinstance(item, Tag) and standing and standing[-1][0] == item.name:
            found |= {standing.pop()[1], at}
        elif isinstance(item, Tag):
            standing = []
    return found


def _is_nested(tokens: Iterable[str]) -> bool:
    standing: list[str] = []
    for token in tokens:
        if token.startswith("</"):
            if not standing or standing.pop() != token[2:-1]:
                return False
        elif token.startswith("<"):
            standing.append(token[1:-1])
    return not standing


def _text(words: str) -> list[Item]:
    """Words of a translation, escaped whatever they are."""
    return [Text(escape(unescape(words)))] if words else []


def _name(item: Item) -> str:
    if isinstance(item, Either):
        return "more"
    return _name_of(item.node) if isinstance(item, Blank) else "more"


def _name_of(node: nodes.Node | None) -> str:
    """What a blank is called: by the last name in it."""
    if isinstance(node, nodes.Name):
        return node.name.lower()
    if isinstance(node, nodes.Getattr):
        return node.attr.removeprefix("get_").removesuffix("_display").lower() or "value"
    if isinstance(node, nodes.Filter) and node.node is not None:
        return "number" if node.name in ("length", "count") else _name_of(node.node)
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr) and node.node.attr in _MADE_OF:
        return _name_of(node.node.node)
    if isinstance(node, nodes.Call | nodes.Getitem):
        return _name_of(node.node)
    return "value"
