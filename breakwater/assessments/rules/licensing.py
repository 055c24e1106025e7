"""Whether an instrument may be begun, whether its words may be shown, and whether its score may."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from breakwater.assessments.rules.definition import Definition

ALWAYS, ATTESTED, NEVER = "always", "attested", "never"
ANSWERS = (ALWAYS, ATTESTED, NEVER)

STAFF = "staff"
"""Instruments about those who work here: never about a person helped, and never in their record."""

OF_WORDS, OF_TRAINING = "license", "training"
ATTESTATIONS = {
    OF_WORDS: "May use it, and how that is known",
    OF_TRAINING: "Raters are trained, and how that is known",
}
"""What an agency can say for itself about an instrument."""


@dataclass(frozen=True, kw_only=True)
class State:
    """What Breakwater does about one kind of license."""

    label: str
    words: str
    use: str
    leaves: str


def why_not_begun(
    definition: Definition, states: Mapping[str, State], *, attested: Collection[str] = ()
) -> str:
    """Why nobody may be asked by this instrument; empty when somebody may.

    Args:
        attested: what the agency has said for itself, of ``ATTESTATIONS``.
    """
    if definition.family == STAFF:
        return f"{definition.title} is about those who work here. It never stands in the record of a person helped."
    needs = definition.license.digital or states[definition.license.state].use == ATTESTED
    if needs and definition.level != "C" and OF_WORDS not in attested:
        return (
            f"{definition.title} is licensed by {definition.license.holder}."
            " It is asked here once your agency has written down that it may."
        )
    return ""


def may_show_words(
    definition: Definition, states: Mapping[str, State], *, attested: Collection[str] = ()
) -> bool:
    """Whether the words of its owner may be shown, where an agency has imported them."""
    answer = states[definition.license.state].words
    return answer == ALWAYS or (answer == ATTESTED and OF_WORDS in attested)


def words_may_leave(definition: Definition, states: Mapping[str, State]) -> bool:
    """Whether the words of its owner go along when an assessment leaves the agency."""
    return states[definition.license.state].leaves == ALWAYS


def why_no_score(definition: Definition, *, attested: Collection[str] = ()) -> str:
    """Why its score is not told; empty when it is."""
    if definition.license.training and OF_TRAINING not in attested:
        return (
            f"The score of {definition.title} is told to trained raters ({definition.license.training})."
            " Your agency has not written down that it has them."
        )
    return ""
