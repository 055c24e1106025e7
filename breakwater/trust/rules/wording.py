"""What a person reads before they agree: all of it, in words anybody understands. Plain values in, plain values out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from breakwater.trust.rules.law import Kind

STATEMENTS = {
    "not_a_condition": (
        "If you say no",
        "You get the same help from us, whether you agree or not.",
    ),
    "if_refused": (
        "If you say no",
        "We go on helping you. They may be able to do less for you, because they will not know this.",
    ),
    "may_withdraw": (
        "If you change your mind",
        (
            "You can take this back at any time. Tell anybody at {by}, in writing or aloud. What they know by then "
            "stays known; nothing more is shared."
        ),
    ),
    "may_travel_on": (
        "What they may do with it",
        (
            "They should use it only for what is written here. The law that binds us may not bind them in the same "
            "way, so they might pass it on."
        ),
    ),
    "not_against_you": (
        "What they may never do with it",
        (
            "Those who keep health records under federal law may pass it on as that law lets them. But nobody may use "
            "it against you before a court or an office, unless you agree to that apart, or a court orders it."
        ),
    ),
}
"""What the law wants to be told, as it is told. Whatever stands on the paper counts as told."""

INFORMATION = {
    "who": "who you are, who is around you, and how to reach you safely",
    "care": "what happened, what is dangerous, and the care you get",
    "needs": "what you need: steps, referrals, beds, benefits",
    "threat": "worries that somebody may be hurt",
}
"""The kinds of information, as they are told to the person."""

CONCERN = ("From", "To", "About", "The threat", "Why it is serious", "Why it is imminent", "How you can lessen it",
           "How long you read this")  # fmt: skip
"""The parts of a concern as a security team reads it."""

HEADINGS = (
    *CONCERN,
    "Who it is about", "Who shares", "With whom", "What", "That is", "Protected by law", "What for", "How", "How long",
    *dict.fromkeys(heading for heading, _ in STATEMENTS.values()),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What somebody is asked to agree to. ``purpose`` and ``protected`` are in words already."""

    kind: Kind
    about: str
    by: str
    to: str
    what: str
    purpose: str
    information: Collection[str]
    protected: Sequence[str]
    starts: date
    ends: date | None
    lets_in: bool


def in_words(asked: Proposal) -> str:
    """The whole agreement as it is read and signed: a heading and its words, and an empty line between."""
    parts = [
        ("Who it is about", asked.about),
        ("Who shares", asked.by),
        ("With whom", asked.to),
        ("What", asked.what),
        ("That is", "; ".join(INFORMATION[one] for one in INFORMATION if one in asked.information)),
        ("Protected by law", "; ".join(asked.protected)),
        ("What for", asked.purpose),
        ("How", _way(asked)),
        ("How long", _period(asked)),
        *((heading, words.format(by=asked.by)) for heading, words in _told(asked.kind)),
    ]
    return "\n\n".join(f"{heading}\n{words}" for heading, words in parts if words)


@dataclass(frozen=True, kw_only=True)
class Worry:
    """A concern as it is told to a security team: the facts that were chosen, and what the law asks for."""

    by: str
    to: str
    facts: Sequence[str]
    threat: str
    why_serious: str
    why_imminent: str
    how_they_can_lessen_it: str
    ends: date


def worry_in_words(told: Worry) -> str:
    """Word for word what leaves. Where it is known from stays behind: it could endanger whoever told."""
    said = (told.by, told.to, "\n".join(told.facts), told.threat, told.why_serious, told.why_imminent,
            told.how_they_can_lessen_it, f"Until {_day(told.ends)}.")  # fmt: skip
    return "\n\n".join(
        f"{heading}\n{words}" for heading, words in zip(CONCERN, said, strict=True) if words.strip()
    )


def paragraphs(text: str) -> list[tuple[str, str]]:
    """An agreement as it was signed, in parts: the heading, or nothing where the words go on, and the words."""
    found = []
    for part in text.split("\n\n"):
        first, goes_on, rest = part.partition("\n")
        found.append((first, rest) if goes_on and first in HEADINGS else ("", part))
    return found


def told_on_paper(kind: Kind) -> frozenset[str]:
    """What the paper itself tells, by its code."""
    return frozenset(STATEMENTS) & frozenset(kind.needs)


def _told(kind: Kind) -> list[tuple[str, str]]:
    return [said for element, said in STATEMENTS.items() if element in kind.needs]


def _way(asked: Proposal) -> str:
    if asked.lets_in:
        return f"{asked.to} may read it in the record here. They cannot change it."
    return f"{asked.by} tells them what they need to know. They cannot read the record."


def _period(asked: Proposal) -> str:
    starts = _day(asked.starts)
    if asked.ends is None:
        return f"From {starts} until you take it back."
    return f"From {starts} to the end of {_day(asked.ends)}."


def _day(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"
