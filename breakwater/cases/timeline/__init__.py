"""One case's story as sentences: the journal in order, with the words that its ids and codes stand for."""

from breakwater.cases.timeline.sentences import says, sentence_of
from breakwater.cases.timeline.story import ONLY, Asked, Told, chronology_of, how_many

__all__ = ["ONLY", "Asked", "Told", "chronology_of", "how_many", "says", "sentence_of"]
