"""A sentence with blanks, by which the same sentence is known again once they are filled."""

from dataclasses import dataclass

from breakwater.ui.words.sentences import TOKEN


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What stands between the blanks of a sentence, from its beginning to its end, and how the blanks are called."""

    words: tuple[str, ...]
    blanks: tuple[str, ...]

    def filled(self, value: str) -> dict[str, str] | None:
        """What fills the blanks, each as short as it can be; ``None`` when it is another sentence.

        No pattern: what somebody typed may stand in a blank, and whatever it is, it is gone through once.
        """
        first, *between, last = self.words
        if not value.startswith(first) or not value.endswith(last) or len(value) < sum(map(len, self.words)):
            return None
        at, end = len(first), len(value) - len(last)
        found: dict[str, str] = {}
        for blank, words in zip(self.blanks, between, strict=False):
            to = value.find(words, at, end)
            if to < 0 or found.setdefault(blank, value[at:to]) != value[at:to]:
                return None
            at = to + len(words)
        tail = value[at:end]
        return found if found.setdefault(self.blanks[-1], tail) == tail else None


def shape_of(message: str) -> Shape:
    """The shape of a message, which has at least one blank."""
    words, blanks, at = [], [], 0
    for token in TOKEN.finditer(message):
        words.append(message[at : token.start()])
        blanks.append(token[0][1:-1])
        at = token.end()
    return Shape(words=(*words, message[at:]), blanks=tuple(blanks))
