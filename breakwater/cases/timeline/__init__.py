"""One case's story as sentences: the journal in order, with the words that its ids and codes stand for."""

from breakwater.cases.timeline.sentences import says, sentence_of
from breakwater.cases.timeline.story import (
    ONLY,
    Amended,
    Asked,
    Told,
    chronology_of,
    how_many,
    lately_of,
    latest_of,
    reads,
    tell,
)

__all__ = [
    "ONLY",
    "Amended",
    "Asked",
    "Told",
    "chronology_of",
    "how_many",
    "lately_of",
    "latest_of",
    "reads",
    "says",
    "sentence_of",
    "tell",
]
