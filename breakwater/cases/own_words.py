"""What the person said in their own words, wherever it is kept: chosen where a worker writes, and never typed again.

Apps above say how theirs are found (``tells``), by section; this one knows none of them.
"""

from collections.abc import Callable, Collection, Iterable
from hashlib import sha256
from uuid import UUID

from breakwater.trust.access import Actor

Words = Iterable[tuple[str, str]]
"""Of each line the code of its section, and the line as it was said."""

_TOLD: list[Callable[[UUID, Actor], Words]] = []


def tells(found: Callable[[UUID, Actor], Words]) -> Callable[[UUID, Actor], Words]:
    """Offer what this finds of a case. It writes down that it was shown."""
    _TOLD.append(found)
    return found


def own_words_of(case_id: UUID, *, by: Actor, sections: Collection[str] = ()) -> dict[str, str]:
    """Each line once, under a key that follows from what it says: a plan that changed meanwhile swaps no lines."""
    lines = [line for found in _TOLD for line in found(case_id, by)]
    return {_key(words): words for section, words in lines if not sections or section in sections}


def _key(words: str) -> str:
    return sha256(words.encode()).hexdigest()[:16]
