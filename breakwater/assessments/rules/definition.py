"""What an instrument is: items, how they are scored, what a score stands for, and whose words they are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType

from breakwater.assessments.rules.predicates import Predicate

ENGINE = "1"
"""The version of these rules. It is kept with every result; a result is never worked out again in silence."""

CHOICE, SEVERAL, WORDS = "choice", "several", "words"
KINDS = (CHOICE, SEVERAL, WORDS)

SUM, MEAN, COUNT, PATTERN = "sum", "mean", "count", "pattern"
METHODS = (SUM, MEAN, COUNT, PATTERN)

ALARMING = ("high", "imminent")
"""The tiers in which what must happen now comes first, and whom to call."""

TIERS = ("none", "low", "moderate", "high", "imminent")
"""The one crosswalk for the board, from the least to the most urgent. Always shown with what it came from."""

OWN = "project-authored"
STATES = ("public-domain", "registration", "non-commercial", "commercial", OWN, "unknown")
"""What the owner of the words lets others do with them."""

LEVELS = ("A", "B", "C")
"""A and B: structure and scoring are here, under labels of our own. C: only the result from elsewhere is kept."""

NO_PROFILE = ""


@dataclass(frozen=True, kw_only=True)
class Option:
    """One answer that may be given.

    Args:
        also: other codes under which public files tell this answer: read where they come in, never written.
    """

    code: str
    label: str
    value: int | None = None
    loinc: str = ""
    also: tuple[str, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code under which it comes in from outside, the one it leaves under first."""
        return (self.loinc, *self.also) if self.loinc else self.also


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing that is asked.

    Args:
        label: what it is about, in words of our own.
        text: the words of the instrument, where they are here and may be shown.
        shown_when: what must have been answered for it to be asked.
        reverse: its highest answer counts as its lowest.
        profiles: the only cut-offs by which it is asked; all of them without it.
    """

    key: str
    label: str
    kind: str = CHOICE
    options: tuple[Option, ...] = ()
    text: str = ""
    section: str = ""
    help: str = ""
    shown_when: Predicate | None = None
    reverse: bool = False
    required: bool = False
    loinc: str = ""
    profiles: tuple[str, ...] = ()

    def option(self, code: str) -> Option | None:
        """The option of a code; ``None`` when there is none."""
        return next((one for one in self.options if one.code == code), None)

    def worth(self, code: str) -> int | None:
        """What an answer counts, turned round where the item is; ``None`` when it counts nothing."""
        option = self.option(code)
        if option is None or option.value is None:
            return None
        return self.least + self.most - option.value if self.reverse else option.value

    @property
    def least(self) -> int:
        """The least it can count."""
        return min((one.value for one in self.options if one.value is not None), default=0)

    @property
    def most(self) -> int:
        """The most it can count."""
        return max((one.value for one in self.options if one.value is not None), default=0)


@dataclass(frozen=True, kw_only=True)
class Band:
    """What a score stands for.

    Args:
        low: the lowest score of it, in a scale of numbers.
        high: the highest one.
        when: what it takes, in a pattern; the last band of a pattern takes nothing.
        proposes: codes of ``proposals.toml``; a person decides about each of them.
    """

    code: str
    label: str
    tier: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    when: Predicate | None = None
    proposes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Stop:
    """An answer after which nothing more is asked: the score, and why."""

    when: Predicate
    value: Decimal
    reason: str


@dataclass(frozen=True, kw_only=True)
class Cut:
    """A score at which a source draws one line more, beside the bands."""

    at: Decimal
    label: str


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How answers come to one score.

    Args:
        weights: how often an item counts, where that is not once.
        counted: the answers that a count counts.
        max_missing: how many items may be unanswered; what is missing is made up for by the mean of the others.
        at_least: of a mean, how many items must be answered; all of them without it.
        step: scores are told in steps of this; halves go up.
        bands: by profile, what a score stands for.
        cuts: lines that are drawn beside the bands.
        change: from how much on a change since last time says something; ``None`` where no source says.
        verified: whether somebody has read the bands in their primary source.
    """

    key: str
    label: str
    method: str
    items: tuple[str, ...]
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    step: Decimal = Decimal(1)
    weights: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    counted: tuple[str, ...] = ()
    max_missing: int = 0
    at_least: int = 0
    stop: Stop | None = None
    bands: Mapping[str, tuple[Band, ...]] = field(default_factory=lambda: MappingProxyType({}))
    cuts: tuple[Cut, ...] = ()
    change: Decimal | None = None
    loinc: str = ""
    source: str = ""
    verified: bool = False


@dataclass(frozen=True, kw_only=True)
class Remark:
    """What is to be thought of when it is answered so. It changes neither a score nor what that stands for."""

    when: Predicate
    label: str
    source: str
    verified: bool


@dataclass(frozen=True, kw_only=True)
class Alert:
    """An answer that must be heard at once, whatever else was answered."""

    key: str
    when: Predicate
    label: str
    tier: str
    proposes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class License:
    """Whose words they are, and what may be done with them.

    Args:
        training: what a rater must have learned before the scores are shown; empty when nothing.
        digital: the owner licenses every digital use, so that it may not even be begun without one.
    """

    state: str
    holder: str
    notice: str
    basis: str
    read_on: date
    verified: bool
    training: str = ""
    digital: bool = False


@dataclass(frozen=True, kw_only=True)
class Translation:
    """The words of an instrument in another language.

    Args:
        name: of the language, as its own speakers call it.
        verified: whether a native speaker confirmed them.
        answers: by item, what each answer is called.
    """

    language: str
    name: str
    verified: bool
    questions: Mapping[str, str]
    answers: Mapping[str, Mapping[str, str]]
    helps: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One instrument in one version. It never changes; another version is another definition.

    Args:
        profiles: cut-offs to choose between, by code.
        unknown: the profile whose level counts when nobody chooses; the more sensitive one.
        usual: the one by which it is then read first, where its source names one.
        of_person: its profiles go by who is asked, so that nobody chooses one for all.
    """

    key: str
    version: str
    title: str
    family: str
    level: str
    license: License
    items: tuple[Item, ...]
    scales: tuple[Scale, ...] = ()
    alerts: tuple[Alert, ...] = ()
    remarks: tuple[Remark, ...] = ()
    profiles: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    unknown: str = NO_PROFILE
    usual: str = NO_PROFILE
    of_person: bool = False
    administration: str = "interview"
    recall: str = ""
    ages: tuple[int, int] | None = None
    minutes: int = 0
    guidance: str = ""
    loinc: str = ""
    translations: Mapping[str, Translation] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def canonical(self) -> str:
        """What it is called outside."""
        return f"urn:breakwater:instrument:{self.key}"

    def item(self, key: str) -> Item | None:
        """The item of a key; ``None`` when there is none."""
        return self._items.get(key)

    @property
    def first(self) -> str:
        """The profile by which it is read first when nobody chooses."""
        return self.usual or self.unknown

    @cached_property
    def _items(self) -> dict[str, Item]:
        return {one.key: one for one in self.items}


def is_alarming(tier: str, waiting: Iterable[bool]) -> bool:
    """Whether a result says that something must happen now: by its tier, or an answer that nobody has heard yet."""
    return tier in ALARMING or any(waiting)
