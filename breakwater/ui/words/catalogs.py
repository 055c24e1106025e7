"""The catalog of one language: what its translators wrote, checked, and how a sentence is found in it."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from heapq import merge
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any

from babel.messages.pofile import PoFileError, read_po
from markupsafe import Markup

from breakwater.kernel import tables
from breakwater.kernel.text import Filled, Ours
from breakwater.ui.words.sentences import TOKEN, faults
from breakwater.ui.words.shapes import Shape, shape_of

ROOM = Path(__file__).parent.parent / "catalogs"
POT = ROOM / "messages.pot"
ENGLISH = "en"
"""What every message is written in; it needs no catalog."""
_FEWEST_WORDS = 2
_OURS_WITHIN = re.compile("label|title|^due$|^moment$|^starts$|^ends$|_at$|_until$")
"""What a blank is called that is filled with words of ours, and not with what somebody typed."""
_IS_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_BETWEEN = re.compile(r"(?<=[.:?!,;·]) | (?=[(·])|(?<=^\d) ")
_MOST_PIECES = 6
_EDGES = (" ", " .,;:·", " .,;:()·“”")
"""What is not part of a label where it stands beside others, tried one after the other."""
_NAMES = re.compile(
    r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|tomorrow)\b"
)
_HOW_A_DAY_IS_WRITTEN = "%B %-d, %Y"
_DAY = re.compile(r"([A-Z][a-z]+) (\d{1,2}), (\d{4})")
_FIGURE = re.compile(r"\d{1,4},?|\d\d:\d\d")
_ZONE = re.compile(r" (?:[A-Z]{3,5}|[+-]\d{2,4})$")
_WORD = re.compile(r"[^\W\d_]{2,}")
_Known = tuple[int, Shape, str]
"""A sentence with blanks: how full it is among the others, its shape and its words."""
_OPEN = ("", "")
"""Sentences that begin and end with a blank."""


@dataclass(frozen=True, kw_only=True)
class Translated:
    """A language that somebody has begun."""

    name: str
    is_verified: bool


class WrongCatalog(ValueError):
    """A catalog cannot be used. The message names its file, the line and what is wrong there."""


class Catalog:
    """Messages and what they are in another language.

    Args:
        code: of the language, as browsers write it.
        translations: by message; each has exactly the blanks and tags of its message.
        is_verified: whether a native speaker has confirmed every one of them.
    """

    def __init__(self, code: str, translations: Mapping[str, str], *, is_verified: bool = False) -> None:
        self.code = code
        self.translations = translations
        self.is_verified = is_verified
        self._filled = _by_beginning(translations)

    def find(self, message: str) -> str | None:
        """The translation of a message as it stands in a template or in code."""
        return self.translations.get(message)

    def say(self, message: str) -> str:
        """The translation of a message, or the message."""
        return self.translations.get(message, message)

    def ours(self, value: Any) -> Any:
        """A sentence of ours that code made, perhaps with its blanks filled. What fills them stays as it is.

        Never asked about words that somebody typed. Markup is told where it is made.
        """
        if not isinstance(value, str) or isinstance(value, Markup):
            return value
        if isinstance(value, Filled):
            return self._told(value)
        return self._exactly(value) or self._as_filled(value) or self._piece_by_piece(value) or value

    def choice(self, value: Any, key: Any) -> Any:
        """What a form offers. Where it is kept under an id it is a row, whose name somebody typed: never looked up."""
        if isinstance(value, Filled):
            return self._told(value)
        return value if _IS_ID.fullmatch(str(key)) else self.ours(value)

    def known(self, value: Any) -> Any:
        """Words that say by their type that they are ours, alone or in a list; everything else as it is."""
        if isinstance(value, Ours | Filled):
            return self.ours(value)
        if isinstance(value, list | tuple) and any(isinstance(one, Ours) for one in value):
            return [self.known(one) for one in value]
        return value

    def _told(self, value: Filled) -> str:
        """The sentence in the language, and in its blanks what is ours; a name stays, whatever it is."""
        message = self.translations.get(value.message, value.message)
        return message.format(**{name: self.known(filled) for name, filled in value.blanks.items()})

    def _exactly(self, value: str) -> str | None:
        """The translation of these very words, also where they stand within a sentence, without their capital."""
        found = self.translations.get(value)
        if found is None and value[:1].islower():
            found = self.translations.get(value[0].upper() + value[1:])
            return found and found[0].lower() + found[1:]
        return found

    def _as_filled(self, value: str) -> str | None:
        """The sentence whose words these are, blanks apart: of several, the one that says most itself."""
        for _, shape, message in self._like(value):
            if found := shape.filled(value):
                blanks = {
                    name: self._within(filled) if _OURS_WITHIN.search(name) else filled
                    for name, filled in found.items()
                }
                return _with(blanks, self.translations[message])
        return None

    def _like(self, value: str) -> Iterable[_Known]:
        """The sentences that it can be: those that begin as it does, then those that begin with a blank."""
        first, last = value.split(" ", 1)[0], value.rsplit(" ", 1)[-1]
        open_ended = merge(self._filled.get(("", last), ()), self._filled.get(_OPEN, ()))
        return chain(self._filled.get((first, ""), ()), open_ended)

    def _within(self, filled: str) -> str:
        """Words of ours in a blank: a sentence, a label, or several with commas between them."""
        return self._moment(filled) or str(self.ours(filled))

    def _piece_by_piece(self, value: str) -> str | None:
        """Several sentences or labels of ours one after the other, all of them known; moments of a clock among them."""
        pieces, found = _BETWEEN.split(value), []
        while pieces:
            for most in range(min(len(pieces), _MOST_PIECES), 0, -1):
                run = " ".join(pieces[:most])
                if (said := self._run(run)) is not None:
                    found.append(said)
                    pieces = pieces[most:]
                    break
            else:
                return None
        return " ".join(found)

    def _run(self, run: str) -> str | None:
        for words in dict.fromkeys(run.strip(edges) for edges in _EDGES):
            if not words:
                return run
            if said := self._moment(words) or self._exactly(words) or self._as_filled(words):
                return run.replace(words, said, 1)
        return None

    def _moment(self, words: str) -> str | None:
        """A moment as a clock tells it, the names of its day and month in the language; a number is as it is."""
        if found := _DAY.fullmatch(words):
            form = self.say(_HOW_A_DAY_IS_WRITTEN).replace("%B", self.say(found[1]))
            return form.replace("%-d", found[2]).replace("%Y", found[3])
        bare = _ZONE.sub("", words)
        is_moment = all(_NAMES.fullmatch(one) or _FIGURE.fullmatch(one) for one in bare.split())
        return _NAMES.sub(lambda name: self._exactly(name[0]) or name[0], words) if is_moment else None


def read(path: Path) -> dict[str, str]:
    """The translations of a file by their messages, or nothing of it.

    Raises:
        WrongCatalog: it is no catalog, or a translation has other blanks or tags than its message.
    """
    try:
        with path.open("rb") as file:
            found = read_po(file, abort_invalid=True)
    except PoFileError as wrong:
        raise WrongCatalog(f"{path.name}: {wrong}") from wrong
    translations: dict[str, str] = {}
    for message in found:
        if not message.id or not message.string or message.fuzzy:
            continue
        for fault in faults(str(message.id), str(message.string)):
            raise WrongCatalog(f"{path.name}: line {message.lineno}: {fault}: {message.id}")
        translations[str(message.id)] = str(message.string)
    return translations


def known_messages(path: Path = POT) -> tuple[str, ...]:
    """Every message that can be translated."""
    with path.open("rb") as file:
        return tuple(str(message.id) for message in read_po(file) if message.id)


@cache
def catalog_of(code: str) -> Catalog | None:
    """The catalog of a language; none for English, and for what nobody has begun to translate. Read once."""
    if code not in TRANSLATED:
        return None
    return Catalog(code, read(ROOM / f"{code}.po"), is_verified=TRANSLATED[code].is_verified)


def told_in(code: str) -> Callable[[str], str]:
    """From a sentence of ours to the same in a language, for what is made outside a page; English stays as it is."""
    catalog = catalog_of(code)
    return catalog.ours if catalog else str


def _translated(path: Path) -> Mapping[str, Translated]:
    raw = tables.read(path)
    found = {}
    for code, table in raw.tables():
        table.day("date")
        found[code] = Translated(name=table.text("name"), is_verified=table.flag("verified"))
        table.close()
    return MappingProxyType(found)


TRANSLATED = _translated(ROOM / "languages.toml")
READ_IN = MappingProxyType({ENGLISH: "English"} | {code: one.name for code, one in TRANSLATED.items()})
"""The languages in which pages can be read, as those who speak them call them."""


def _with(blanks: Mapping[str, str], translation: str) -> str:
    return TOKEN.sub(lambda token: blanks[token[0][1:-1]], translation)


def _by_beginning(messages: Iterable[str]) -> dict[tuple[str, str], list[_Known]]:
    """Sentences with blanks, by their first word or else by their last, where that is no blank; the fullest first."""
    found: dict[tuple[str, str], list[_Known]] = {}
    for rank, message in enumerate(sorted(messages, key=lambda one: -len(TOKEN.sub("", one)))):
        first, last = message.split(" ", 1)[0], message.rsplit(" ", 1)[-1]
        fewest = 1 if _WORD.match(first) else _FEWEST_WORDS
        if "{" not in message or "<" in message or len(_WORD.findall(TOKEN.sub("", message))) < fewest:
            continue
        known = ("", "" if "{" in last else last) if "{" in first else (first, "")
        found.setdefault(known, []).append((rank, shape_of(message), message))
    return found
