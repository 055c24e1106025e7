"""What the law says, written a second time by hand: who may know what, and what an answer may be.

It reads nothing of the product, so that the two can disagree. Each rule names the sentence of law or of practice it
stands on. Where they differ, one of them is wrong, and both are looked at.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

PERMIT, DENY, ABSENT, SIGN_IN = "permit", "deny", "absent", "sign in"

_EVERYBODY = {"own"}  # whoever signs in looks after how they do
_CARERS = _EVERYBODY | {
    "read", "take_in", "work", "correct", "plan", "refer", "answer", "place", "consent", "beds", "directory", "duties",
    "write", "notify", "release",
    "assign", "receive", "disclose", "concerns", "protect",
}  # fmt: skip
_ANSWERS = {"review", "reply", "look_into", "resets", "erase"}
_KEEPS_THE_HOUSE = {"administer", "confirm", "suspend", "keep", "resets"}
ALLOWED: Mapping[str, frozenset[str]] = {
    "intake_worker": frozenset(_CARERS),
    "responder": frozenset(_CARERS | {"hand_off", "glass"}),
    "case_manager": frozenset(_CARERS | {"hand_off", "close", "glass"}),
    "supervisor": frozenset(
        _CARERS | _ANSWERS | {"hand_off", "close", "glass", "share", "confirm", "keep", "claim"}
    ),
    "partner": frozenset(
        _EVERYBODY | {"read", "answer", "place", "beds", "directory", "write", "release", "protect"}
    ),
    "privacy_officer": frozenset(
        _EVERYBODY
        | _ANSWERS
        | {
            "read",
            "directory",
            "share",
            "consent",
            "protect",
            "lower",
            "receive",
            "suspend",
            "keep",
            "keep_records",
        }
    ),
    "administrator": frozenset(_EVERYBODY | _KEEPS_THE_HOUSE | {"directory", "beds", "claim"}),
}
"""Minimum necessary, 45 CFR 164.514(d)(2): each role has what its work asks for; who appoints people reads nothing."""

_OPENED_BY = {
    "vsp": {"vsp_release"},  # 34 USC 12291(b)(2): informed, written, reasonably time-limited
    "part2": {"part2", "part2_tpo"},  # 42 CFR 2.31(a)
    "education": {"general"},  # 34 CFR 99.30
    "minor-confidential": {"minor_own"},  # 45 CFR 164.502(g)(3): the minor's own, nobody else's
    "location-confidential": {"vsp_release"},  # 45 CFR 1370.4
    "sud-counseling-notes": {"sud_counseling_notes"},  # 42 CFR 2.31(b): apart from any other
    "psychotherapy-notes": {"psychotherapy_notes"},  # 45 CFR 164.508(a)(2)
    "staff-wellbeing": set(),
}
_NEVER_IN_AN_EMERGENCY = {
    "vsp", "part2", "sud-counseling-notes", "psychotherapy-notes", "location-confidential", "staff-wellbeing",
}  # fmt: skip
"""What no broken glass opens; substance use treatment opens by the four facts of 42 CFR 2.51 alone."""
_GLASS_OPENS = {"who", "care", "needs"}
_TOLD_TO = {
    "threat": frozenset({"concerns", "review"}),  # 45 CFR 164.512(j) and, for who accounts for it, 164.528(b)
    "disclosure": frozenset({"read"}),  # 45 CFR 164.528: to whom it went, for whose record it is
    "request": frozenset({"receive"}),  # 45 CFR 164.524: who was asked, and answers
    "place": frozenset({"place", "beds"}),  # 45 CFR 1370.4(a): where it is, and how it is laid out
    "incident": frozenset({"look_into"}),  # 45 CFR 164.530(a): who answers for it
}
"""What is not care, and which work it is for."""
_TOLD_WITH = {
    "needs": {"who", "care", "needs"}, "care": {"who", "care"}, "who": {"who"}, "emergency": {"who", "care"},
    "message": {"who", "care"},
}  # fmt: skip
"""A case is told on a page with the person's name, a need on the page of its case: each needs what it stands beside."""
_SHARED_TAGS_IN_AN_EMERGENCY: frozenset[str] = frozenset()
_OF_NOBODY_HELPED = {"", "directory"}
"""What is about nobody helped, and there for whoever works anywhere: what houses let all know of their room."""


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """A consent as the person gave it."""

    kind: str
    to: str
    information: frozenset[str]
    segments: frozenset[str]
    starts: datetime
    ends: datetime | None
    withdrawn: datetime | None = None

    def stands(self, at: datetime) -> bool:
        """It holds from its start until its end, or until it is taken back."""
        over = self.withdrawn or self.ends
        return self.starts <= at and (over is None or at < over)


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A worker broke the glass: for them alone, until then."""

    who: str
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Record:
    """Everything about one person at one agency.

    Args:
        letters_to: the agency that a letter, a hand-off and a bed of the record went to.
        typed_by: who has typed something about it and not saved it.
        was_opened: it was once opened in an emergency, and there is a paper about it.
        medics_told: medical staff were once told of it, and there is a paper about that.
        concern_to: the security team that was told of a threat, and still may read it.
        looked_at_by: whose look at it asks for an explanation.
        passkey_of: whose passkey there is beside it.
        way_told_by: who wrote where a hidden ride goes.
        driven_by: who drives it now.
        house: the agency that hides people, when it is one, and knows the way itself.
    """

    name: str
    agency: str
    segments: frozenset[str] = frozenset()
    letters_to: str = ""
    typed_by: str = ""
    was_opened: bool = False
    medics_told: bool = False
    concern_to: str = ""
    looked_at_by: str = ""
    passkey_of: str = ""
    way_told_by: str = ""
    driven_by: str = ""
    house: str = ""
    agreements: tuple[Agreement, ...] = ()
    opened: tuple[Opened, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Who:
    """Somebody who asks. Without a role they work nowhere; nobody at all has no name either."""

    name: str
    agency: str = ""
    role: str = ""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked for.

    Args:
        holds: the kind of information the address points at; ``letter`` and ``stay`` are read at both ends, ``glass``
            by whose record was opened; ``listing`` is what the far end says of itself, ``directory`` what all may read
            of that; ``message`` is what colleagues wrote to each other; ``house`` is what an agency keeps for itself,
            ``own`` how one person signs in; empty for a page about nobody in particular.
        reads: what the role must be allowed to see the page.
        does: what it must be allowed besides for the act.
        writes: whether the act is asked for.
        at_home: the page itself is only for who cares for the person.
        far: what the far end of a letter or a stay must be allowed to do it as well; empty when it is not theirs to do.
        by_guests: whoever may read there does it for their own agency, and changes nothing of the record by it.
        public: anybody may come.
        keyed: it is there only for who holds its key, which nobody who signs in does.
    """

    holds: str
    reads: tuple[str, ...] = ()
    does: tuple[str, ...] = ()
    writes: bool = False
    at_home: bool = False
    far: tuple[str, ...] = ()
    by_guests: bool = False
    public: bool = False
    keyed: bool = False


def answer(who: Who, asked: Asked, record: Record, at: datetime) -> frozenset[str]:  # noqa: PLR0911 - as the law reads
    """What may be answered: the page or the act, a refusal, the same as where nothing ever was, or the front door.

    Who is neither allowed the act nor may know of the record is told one of the two; which one says nothing of it.
    """
    if asked.public:
        return frozenset({ABSENT if asked.keyed else PERMIT})
    if not who.role:
        return frozenset({SIGN_IN})
    there = _is_there(who, asked, record, at)
    if not set(asked.reads) <= ALLOWED[who.role]:
        return frozenset({DENY} if there else {DENY, ABSENT})
    if not there:
        return frozenset({ABSENT})
    is_theirs = not asked.holds or who.agency == _kept_by(asked, record)
    if not asked.writes:
        return frozenset({PERMIT} if is_theirs or not asked.at_home else {DENY})
    if not is_theirs and not asked.by_guests and (who.agency != record.letters_to or not asked.far):
        return frozenset({DENY})  # whoever was let in reads, and changes nothing
    needed = asked.does if is_theirs or asked.by_guests else asked.far
    return frozenset({PERMIT} if set(needed) <= ALLOWED[who.role] else {DENY})


def _kept_by(asked: Asked, record: Record) -> str:
    return record.letters_to if asked.holds == "listing" else record.agency


def open_to(who: Who, record: Record, at: datetime) -> frozenset[str]:
    """Which kinds of information about the person this actor may know."""
    if "read" not in ALLOWED.get(who.role, ()):
        return frozenset()
    if who.agency == record.agency:
        return frozenset({"who", "care", "needs", "letter"})
    known: set[str] = set()
    for one in record.agreements:
        if one.to == who.agency and one.stands(at) and _lawful(one, record.segments):
            known |= one.information
    known |= _GLASS_OPENS if _looks_through_glass(who, record, at) else set()
    return frozenset(known | ({"letter"} if who.agency == record.letters_to else set()))


def may_know(who: Who, record: Record, holds: str, segments: frozenset[str], at: datetime) -> bool:  # noqa: PLR0911 - as the law reads
    """Whether this actor may know what stands in a row of the record that is protected by more than the record."""
    if holds == "draft":
        return who.name == record.typed_by  # what somebody has not saved is theirs alone
    if holds == "way":
        return _knows_the_way(who, record)  # 34 USC 12291(b)(2), 45 CFR 1370.4: where somebody is hidden
    if holds in _TOLD_TO:
        return bool(_TOLD_TO[holds] & ALLOWED.get(who.role, frozenset())) and _at_an_end(who, holds, record)
    if holds == "scope" and "part2" in record.segments and "letter" in open_to(who, record, at):
        return True  # 42 CFR 2.32(b): the scope of the consent goes with what is disclosed
    holds = "who" if holds == "scope" else holds
    if holds not in open_to(who, record, at):
        return False
    if who.agency == record.agency or not segments:
        return True
    for one in record.agreements:
        fits = one.to == who.agency and one.stands(at) and holds in one.information
        if fits and _lawful(one, record.segments | segments):
            return True
    return _looks_through_glass(who, record, at) and segments <= _SHARED_TAGS_IN_AN_EMERGENCY


def _knows_the_way(who: Who, record: Record) -> bool:
    """Who wrote where a hidden ride goes, who drives it, and those whose hidden house it is."""
    if "read" not in ALLOWED.get(who.role, ()):
        return False
    return who.name in (record.way_told_by, record.driven_by) or who.agency == record.house


def _at_an_end(who: Who, holds: str, record: Record) -> bool:
    return who.agency == record.agency or (holds == "threat" and who.agency == record.concern_to)


def _may_read_consents(who: Who, record: Record, at: datetime) -> bool:
    """What was agreed tells with whom somebody deals: 34 USC 12291(b)(2), 42 CFR 2.13(c). Its two ends read it.

    The agreement behind an address is with whom the letters of the record went to.
    """
    if who.agency == record.agency:
        return True
    agreed = [one for one in record.agreements if one.to == who.agency and one.stands(at)]
    by_consent = any("who" in one.information and _lawful(one, record.segments) for one in agreed)
    return by_consent and who.agency == record.letters_to


def _may_read_messages(who: Who, record: Record, at: datetime) -> bool:
    """A message keeps the laws it was written under: an emergency opens the record, and none of what they protect."""
    return who.agency == record.agency or may_know(who, record, "care", record.segments, at)


def _lawful(one: Agreement, segments: frozenset[str]) -> bool:
    """Every law that protects the record must be satisfied: the most restrictive wins."""
    return all(tag in one.segments and one.kind in _OPENED_BY[tag] for tag in segments)


def _looks_through_glass(who: Who, record: Record, at: datetime) -> bool:
    if record.segments & _NEVER_IN_AN_EMERGENCY or "glass" not in ALLOWED.get(who.role, ()):
        return False
    return any(one.who == who.name and at < one.until for one in record.opened)


def _is_there(who: Who, asked: Asked, record: Record, at: datetime) -> bool:  # noqa: PLR0911 - as the law reads
    """Whether what is asked for may be known to exist: 42 CFR 2.13(c) forbids even to acknowledge it."""
    if asked.holds in _OF_NOBODY_HELPED:
        return True
    if asked.holds in _KEPT_AT_HOME:
        return who.agency == record.agency and _KEPT_AT_HOME[asked.holds](who, record)
    if asked.holds == "listing":
        return who.agency == record.letters_to  # what a place says of itself, it alone writes
    if asked.holds == "concern":
        return bool(record.concern_to) and who.agency in (record.agency, record.concern_to)
    if asked.holds in ("letter", "stay") and who.agency in (record.agency, record.letters_to):
        return True
    if asked.holds == "letter":
        return False  # a letter is read at its two ends, whoever may read the record
    if asked.holds == "consent":
        return _may_read_consents(who, record, at)
    if asked.holds == "emergency" and not record.medics_told:
        return False
    if asked.holds == "message" and not _may_read_messages(who, record, at):
        return False
    known = open_to(who, record, at) if who.agency != record.agency else _GLASS_OPENS
    return _TOLD_WITH["needs" if asked.holds == "stay" else asked.holds] <= known


_KEPT_AT_HOME: Mapping[str, Callable[[Who, Record], bool]] = {
    "glass": lambda who, record: record.was_opened,
    "house": lambda who, record: True,
    "premises": lambda who, record: (
        True
    ),  # what a place of theirs has: about nobody, and theirs alone to write
    "request": lambda who, record: True,
    "look": lambda who, record: (
        who.name != record.looked_at_by
    ),  # nobody finds what is asked about themselves
    "own": lambda who, record: who.name == record.passkey_of,
}
"""What no other agency ever finds, and when one's own does."""
