"""Whether something that happened is a breach, who has to be told, and by when. Plain values in, plain values out."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

FACTORS = {
    "nature": "What it was, and how well it tells who somebody is",
    "recipient": "Who used it, or to whom it went",
    "viewed": "Whether it was really acquired or looked at",
    "mitigation": "How far the risk has been made smaller",
}
"""The four factors of an assessment."""

EXCEPTIONS = {
    "good_faith": "One of our own looked in good faith, within their work, and it went no further",
    "inadvertent": "One who may know told another who may know, by mistake, and it went no further",
    "not_retained": "Whoever got it cannot have kept it",
}
"""What is no breach, though it got out."""

LETTER = {
    "happened": "What happened, when, and when it was found",
    "kinds": "Which kinds of information it was",
    "steps": "What they should do to protect themselves",
    "doing": "What we do: to find out, to make it smaller, to keep it from happening again",
    "contact": "How they reach us: a free number, an address, a site",
}
"""What a letter to those affected must say."""

PEOPLE, MEDIA, AUTHORITY = "people", "media", "authority"
WHOM = {
    PEOPLE: "Those affected",
    MEDIA: "The media of",
    AUTHORITY: "The Department of Health and Human Services",
}
"""Who is told, in words."""

SECURED, EXCEPTED, UNLIKELY, BREACH, PRESUMED = "secured", "excepted", "unlikely", "breach", "presumed"
VERDICTS = {
    SECURED: "Not unsecured: it was encrypted, and the key is safe",
    EXCEPTED: "An exception of the law",
    UNLIKELY: "It is unlikely that anything was learned",
    BREACH: "A breach",
    PRESUMED: "Counts as a breach until all four factors are assessed",
}
"""What an incident counts as."""


@dataclass(frozen=True, kw_only=True)
class BreachLaw:
    """The numbers of the law: days, and from how many people on who else is told."""

    people_days: int
    media_from: int
    authority_at_once_from: int
    authority_days_after_year: int
    banners: tuple[int, ...]
    oral_delay_days: int
    law: str


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of an incident.

    Args:
        discovered_on: the first day on which it was known, or would have been with reasonable care.
        is_secured: everything was encrypted, and the key is safe.
        factors: which of the four have been assessed.
        is_unlikely: what the four came to; ``None`` while nobody has said.
        people: how many live in each state.
        told: who has been told, as the keys of ``Owed`` say.
        delayed_until: until when the police asked to tell nobody.
    """

    discovered_on: date
    is_secured: bool = False
    exception: str = ""
    factors: frozenset[str] = frozenset()
    is_unlikely: bool | None = None
    people: Mapping[str, int]
    told: frozenset[str] = frozenset()
    delayed_until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Owed:
    """Somebody who has to be told: the affected, the media of a state, or the authority."""

    who: str
    state: str = ""
    due_on: date

    @property
    def key(self) -> str:
        """Whom this is owed to: ``people``, ``media:OR``, ``authority``."""
        return f"{self.who}:{self.state}" if self.state else self.who

    def in_words(self) -> str:
        """Whom, in words."""
        return f"{WHOM[self.who]} {self.state}".strip()


def verdict(known: Known) -> str:
    """What it counts as. Nothing but all four factors, said to be unlikely, undoes the presumption."""
    if known.is_secured:
        return SECURED
    if known.exception:
        return EXCEPTED
    if known.is_unlikely is None or known.factors < FACTORS.keys():
        return PRESUMED
    return UNLIKELY if known.is_unlikely else BREACH


def owed(known: Known, law: BreachLaw) -> list[Owed]:
    """Everybody whom the law says to tell, told or not, in the order in which it is due."""
    if verdict(known) not in (BREACH, PRESUMED):
        return []
    by = known.discovered_on + timedelta(days=law.people_days)
    due = max(by, known.delayed_until) if known.delayed_until else by
    whom = [Owed(who=PEOPLE, due_on=due)]
    whom += [
        Owed(who=MEDIA, state=state, due_on=due)
        for state, people in sorted(known.people.items())
        if people >= law.media_from
    ]
    at_once = sum(known.people.values()) >= law.authority_at_once_from
    whom.append(Owed(who=AUTHORITY, due_on=due if at_once else _after_the_year(known, law, due)))
    return sorted(whom, key=lambda one: one.due_on)


def still_owed(known: Known, law: BreachLaw) -> list[Owed]:
    """Everybody who has not been told yet."""
    return [one for one in owed(known, law) if one.key not in known.told]


def last_day(known: Known, law: BreachLaw) -> date | None:
    """The first of the last days that are still to be kept, or ``None`` when all is told."""
    return next((one.due_on for one in still_owed(known, law)), None)


def days_since(known: Known, on: date) -> int:
    """How many days it has been known, on a day."""
    return (on - known.discovered_on).days


def banner(known: Known, law: BreachLaw, on: date) -> int:
    """Which banner stands over it: the last of the law's days that has come, or 0. Nothing is said when all is told."""
    waits = [one for one in still_owed(known, law) if one.who != AUTHORITY or is_late(one, on)]
    if not waits:
        return 0
    return max((day for day in law.banners if days_since(known, on) >= day), default=0)


def is_late(one: Owed, on: date) -> bool:
    """Whether its last day is over."""
    return on > one.due_on


def is_red(known: Known, law: BreachLaw, on: date) -> bool:
    """Whether somebody should have been told by now and was not."""
    return any(is_late(one, on) for one in still_owed(known, law))


def longest_delay(asked_on: date, law: BreachLaw, *, in_writing: bool, until: date) -> date:
    """Until when nobody is told because the police asked: as they wrote it, or for so long when they only said so."""
    return until if in_writing else min(until, asked_on + timedelta(days=law.oral_delay_days))


def not_assessed(factors: Mapping[str, str]) -> list[str]:
    """Which factors nobody has written about yet, in words."""
    return [label for key, label in FACTORS.items() if not factors.get(key, "").strip()]


def not_in_the_letter(parts: Mapping[str, str], present: Collection[str] = tuple(LETTER)) -> list[str]:
    """Which parts a letter still lacks, in words."""
    return [LETTER[key] for key in present if not parts.get(key, "").strip()]


def _after_the_year(known: Known, law: BreachLaw, due: date) -> date:
    """So many days after the end of the year in which it was discovered, and never before the people are told."""
    end = date(known.discovered_on.year, 12, 31) + timedelta(days=law.authority_days_after_year)
    return max(end, due)
