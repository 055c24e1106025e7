"""A language that nobody speaks: each message with every letter accented, to see what was never looked up."""

import re
from collections.abc import Iterable

from breakwater.ui.words.catalogs import Catalog
from breakwater.ui.words.sentences import TOKEN

ENTITY_OR_FORM = re.compile(r"(&#?\w+;|%-?[A-Za-z])")
CODE = "en-xa"
_PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ACCENTED = "áƀćďéƒǵħíĵķĺḿńóṕɋŕśťúṽẃẋýźÁƁĆĎÉƑǴĤÍĴĶĹḾŃÓṔɊŔŚŤÚṼẂẊÝŹ"
_ACCENTS = str.maketrans(_PLAIN, _ACCENTED)


def pseudo(messages: Iterable[str]) -> Catalog:
    """The catalog of that language for some messages."""
    return Catalog(CODE, {message: accented(message) for message in messages})


def accented(message: str) -> str:
    """A message in it: in brackets, so that its ends are seen; blanks and tags stay, and forms of a day."""
    found, at = "", 0
    for token in TOKEN.finditer(message):
        found += _letters(message[at : token.start()]) + token[0]
        at = token.end()
    return f"[{found}{_letters(message[at:])}]"


def _letters(words: str) -> str:
    """Accents on every letter but those of entities and of the forms of a day."""
    parts = ENTITY_OR_FORM.split(words)
    return "".join(part if at % 2 else part.translate(_ACCENTS) for at, part in enumerate(parts))
