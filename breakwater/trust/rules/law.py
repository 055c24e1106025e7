"""The law of confidentiality as plain values: what protects, who may agree, what an emergency asks for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from breakwater.kernel.errors import Refused
from breakwater.trust.rules.breach import BreachLaw
from breakwater.trust.rules.keeping import Keeping
from breakwater.trust.rules.requests import Right
from breakwater.trust.rules.snooping import Snooping

REFER, HAND_OFF, DISCLOSE, WARN = "refer", "hand_off", "disclose", "warn"
REPORT, EXPORT, HMIS = "report", "export", "hmis"
PROCEEDINGS, BREAK_GLASS, LET_IN = "proceedings", "break_glass", "let_in"
ACTS = (REFER, HAND_OFF, DISCLOSE, WARN, REPORT, EXPORT, HMIS, PROCEEDINGS, BREAK_GLASS, LET_IN)
"""Ways in which something confidential leaves a circle."""

PURPOSES = {
    "TREAT": "Care and treatment",
    "ETREAT": "Treatment in an emergency",
    "HPAYMT": "Payment",
    "HOPERAT": "Running the service",
    "COVERAGE": "Benefits and eligibility",
    "HOUSING": "Shelter and housing",
    "SAFETY": "Safety and protection",
    "HLEGAL": "Legal help or proceedings",
    "PATRQT": "The person asks for it",
}
"""Why something is shared: the codes of v3-ActReason where there is one, and two of the field's own."""

TOPICS = {
    "child": "Child abuse or neglect",
    "elder": "Abuse of an older person",
    "dependent-adult": "Abuse of an adult who depends on others",
    "dv-injury": "An injury by somebody close to them",
    "gunshot": "A gunshot or stab wound",
    "duty-to-warn": "Duty to warn",
    "duty-to-protect": "Duty to protect",
    "abuse-in-care": "Abuse by somebody paid to care",
}
"""What a duty of the law may be about."""

EVERY_TOPIC = "*"
NEVER = "never"
RECIPIENTS = {
    "care": "Somebody who helps the person",
    "medical": "Medical staff",
    "police": "Police",
    "security": "A security team",
    "target": "Whoever is threatened",
    "family": "Family, a friend, somebody close",
    "authority": "An authority that takes reports",
    "other": "Somebody else",
}
"""What a recipient is."""
ELEMENTS = {
    "discloser": "who shares it",
    "recipient": "who receives it",
    "what": "what is shared",
    "purpose": "what for",
    "ends": "when it ends",
    "signature": "the signature and who signed",
    "authority": "what gives whoever signed the right to",
    "not_the_abuser": "that whoever signed is not said to be the abuser",
    "may_withdraw": "that they were told they can take it back, and how",
    "not_a_condition": "that they were told help does not depend on it",
    "may_travel_on": "that they were told the recipient may pass it on",
    "not_against_you": "that they were told it is not used against them in court without their own word or an order",
    "if_refused": "that they were told what happens if they say no",
    "explained": "that it was explained in words they understand",
}
"""What an agreement may have to say, in words for whoever left it out."""

ALL_OF = {
    "tpo": "My treating providers, health plans, third-party payers, and people helping to operate this program",
}
"""Whom an agreement may name all at once, in words (42 CFR 2.31(a)(4))."""

SIGNERS = {
    "self": "The person",
    "parent": "A parent",
    "guardian": "A guardian",
    "representative": "A representative by law",
}
"""Who can sign."""


@dataclass(frozen=True, kw_only=True)
class Reports:
    """Which reports to an authority a law lets out of what it protects, and the refusal of all others."""

    topics: tuple[str, ...]
    only_mandated: bool
    law: str
    without: str


@dataclass(frozen=True, kw_only=True)
class Regime:
    """What the law says about one protected segment. Without ``reports`` none leaves."""

    segment: str
    law: str
    opened_by: tuple[str, ...]
    without: str
    emergency: str
    refused: Mapping[str, str]
    obligations: tuple[str, ...]
    reports: Reports | None
    notice: str


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of agreement: what it must say, what it opens, and for how long at most.

    Args:
        all_of: whom it may name all at once, in words; ``all_of_kinds`` says which agencies are among them.
    """

    code: str
    label: str
    law: str
    needs: tuple[str, ...]
    opens: tuple[str, ...]
    purposes: tuple[str, ...]
    signers: tuple[str, ...]
    default_days: int
    longest_days: int
    missing: str
    no_end: str
    all_of: str = ""
    all_of_kinds: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Emergency:
    """Which facts an emergency asks for before anything leaves, and who may be told."""

    law: str
    facts: tuple[str, ...]
    to: tuple[str, ...]
    missing: str


@dataclass(frozen=True, kw_only=True)
class Family:
    """Telling somebody close to the person: the law, and the refusals when they objected or could not be asked."""

    law: str
    objected: str
    not_asked: str
    unable: str


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why not: a code, and the words in which it is told."""

    code: str
    title: str
    why: str
    who: str
    remedy: str
    status: int


@dataclass(frozen=True, kw_only=True)
class Glass:
    """The limits of breaking the glass."""

    usual: timedelta
    longest: timedelta
    reason_characters: int
    review: timedelta
    escalate: timedelta
    many_in_a_day: int


@dataclass(frozen=True, kw_only=True)
class Accounting:
    """What an accounting of disclosures covers: how many years back, and what is left out of it."""

    years: int
    leaves_out: tuple[str, ...]
    leaves_out_signed: bool
    law: str


@dataclass(frozen=True, kw_only=True)
class Law:
    """The law of one jurisdiction, as far as software must behave by it.

    Args:
        concerns: how long a security team reads what it was told, usually and at most.
        reports: what a report rests on, by its topic; ``any`` for the others.
        ways: what is lawful where a warning or a report is not, in words.
    """

    code: str
    version: str
    title: str
    agency_kinds: Mapping[str, tuple[str, ...]]
    regimes: Mapping[str, Regime]
    kinds: Mapping[str, Kind]
    emergencies: Mapping[str, Emergency]
    concerns: tuple[timedelta, timedelta]
    reports: Mapping[str, str]
    ways: Mapping[str, str]
    family: Family
    glass: Glass
    accounting: Accounting
    requests: Mapping[str, Right]
    retention: Mapping[str, Keeping]
    breach: BreachLaw
    snooping: Snooping
    notices: Mapping[str, str]
    refusals: Mapping[str, Refusal]

    def notices_on(self, segments: Collection[str]) -> list[str]:
        """What goes along, word for word, with anything that these segments protect."""
        named = (self.regimes[segment].notice for segment in sorted(segments))
        return [self.notices[notice] for notice in dict.fromkeys(named) if notice]


class Unlawful(Refused):
    """The law does not let this happen. Says what, why and what to do; its code stands behind the sentence."""

    def __init__(self, refusal: Refusal, missing: Collection[str] = ()) -> None:
        self.refusal, self.missing = refusal, list(missing)
        lacks = f" Missing: {'; '.join(missing)}." if missing else ""
        super().__init__(f"{refusal.title}. {refusal.why}{lacks} {refusal.remedy} ({refusal.code})")

    @property
    def code(self) -> str:
        """Which refusal, of ``law/*.toml``."""
        return self.refusal.code

    @property
    def status(self) -> int:
        """What the answer says."""
        return self.refusal.status
