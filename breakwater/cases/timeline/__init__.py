"""One case's story as sentences: the journal in order, with the words that its ids and codes stand for."""

from breakwater.cases.timeline.sentences import says, sentence_of
from breakwater.cases.timeline.sources import reads
from breakwater.cases.timeline.story import (
    ONLY,
    Amended,
    Asked,
    TakenBack,
    Told,
    chronology_of,
    how_many,
    lately_of,
    latest_of,
    tell,
)

__all__ = [
    "ONLY",
    "Amended",
    "Asked",
    "TakenBack",
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
