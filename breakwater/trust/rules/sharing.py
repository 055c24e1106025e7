"""What may leave a circle, to whom, on which basis. Plain values in, plain values out."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from breakwater.trust.rules.law import (
    DISCLOSE,
    EVERY_TOPIC,
    EXPORT,
    HAND_OFF,
    LET_IN,
    NEVER,
    REFER,
    REPORT,
    WARN,
    Law,
    Regime,
)

FAMILY = "family"
_OF_CARE = ("TREAT", "ETREAT", "HOUSING", "COVERAGE", "SAFETY")


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """An agreement as it stands.

    Args:
        recipient: the agency it names; ``None`` when it names somebody who does not work with Breakwater.
        lets_in: they agreed that it reads in the record, not only that it is told.
        is_taken_back: the person said that they no longer agree.
    """

    id: UUID
    kind: str
    recipient: UUID | None
    recipient_name: str
    purpose: str
    information: frozenset[str]
    segments: frozenset[str]
    starts_at: datetime
    ends_at: datetime | None
    withdrawn_at: datetime | None = None
    lets_in: bool = True
    is_taken_back: bool = False

    def stands(self, at: datetime) -> bool:
        """Whether it holds at a moment.

        Once it is withdrawn it never does, though an act that was begun a moment before goes by an earlier one.
        """
        is_over = self.withdrawn_at is not None or (self.ends_at is not None and self.ends_at <= at)
        return self.starts_at <= at and not is_over


@dataclass(frozen=True, kw_only=True)
class Said:
    """What the person said about telling somebody close to them.

    Args:
        name: whom it is about; everybody close to them when it is empty.
    """

    name: str
    agreed: bool


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is to leave a circle.

    Args:
        recipient: an agency, when it works with Breakwater; else its name stands in ``recipient_name``.
        recipient_is: ``care`` for who helps the person; else another of ``RECIPIENTS``.
        segments: all that protect any of it, those of the circle too.
        facts: what an emergency asks for, as far as it was written; for somebody close, ``best_interest``.
        said: what the person said about telling somebody close to them, as it stands.
        can_be_asked: the person is there and able to decide.
        topic: what a report is about, of ``TOPICS``; ``is_mandated`` when a statute says that it must be made.
        keeps: what protects everything that the recipient writes, because of what it is.
        recipient_kind: what kind of agency the recipient is, when it works with Breakwater.
    """

    act: str
    at: datetime
    purpose: str
    segments: frozenset[str]
    information: frozenset[str] = frozenset()
    recipient: UUID | None = None
    recipient_name: str = ""
    recipient_is: str = "care"
    agreed: Collection[Agreed] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    emergency: bool = False
    said: Collection[Said] = ()
    can_be_asked: bool = True
    topic: str = ""
    is_mandated: bool = False
    keeps: frozenset[str] = frozenset()
    recipient_kind: str = ""


@dataclass(frozen=True, kw_only=True)
class Permit:
    """It may leave: on this basis, and with these obligations carried out."""

    basis: str
    consents: tuple[UUID, ...] = ()
    obligations: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


def decide(asked: Asked, law: Law) -> Permit | str:
    """Whether something may leave a circle: a permit with its obligations, or the code of the refusal.

    What the person refused to have told to somebody by name goes to them in no letter, no packet and no call; only
    whoever is warned of a threat, and an authority, is not theirs to refuse. Then every protected segment must be
    satisfied, the closed ones first; without any, ordinary confidentiality applies. An agency is let into a circle by
    none but an agreement that says so, and by nothing while the person has taken back what they agreed with it.
    """
    if asked.act not in (WARN, REPORT) and _objected(asked):
        return law.family.objected
    if asked.act == LET_IN:
        if _took_back(asked, law):
            return "CIRCLE-02"
        asked = replace(asked, agreed=[one for one in asked.agreed if one.lets_in and one.recipient])
    regimes = [law.regimes[segment] for segment in sorted(asked.segments)]
    for regime in regimes:
        if asked.act in regime.refused:
            return regime.refused[asked.act]
    if not regimes:
        return _ordinary(asked, law)
    permits: list[Permit] = []
    for regime in regimes:
        permit = _protected(asked, regime, law)
        if isinstance(permit, str):
            return permit
        permits.append(permit)
    return Permit(
        basis="; ".join(dict.fromkeys(one.basis for one in permits)),
        consents=tuple(dict.fromkeys(consent for one in permits for consent in one.consents)),
        obligations=tuple(dict.fromkeys(duty for one in permits for duty in one.obligations)),
        notices=tuple(dict.fromkeys(notice for one in permits for notice in one.notices)),
    )


def _objected(asked: Asked) -> bool:
    """Whether the person said no to this recipient, or to all who are close to them."""
    return any(
        not one.agreed
        and (_same(one.name, asked.recipient_name) if one.name else asked.recipient_is == FAMILY)
        for one in asked.said
    )


def _took_back(asked: Asked, law: Law) -> bool:
    """Whether the person no longer agrees that this recipient knows anything, and agreed to nothing since."""
    naming = [one for one in asked.agreed if _names(one, asked, law)]
    return any(one.is_taken_back for one in naming) and not any(one.stands(asked.at) for one in naming)


def _reported(asked: Asked, regime: Regime) -> Permit | str:
    """A report to an authority, where the law that protects the record lets it out."""
    reports = regime.reports
    if reports is None:
        return regime.without
    knows_it = EVERY_TOPIC in reports.topics or asked.topic in reports.topics
    if not knows_it or (reports.only_mandated and not asked.is_mandated):
        return reports.without
    return Permit(basis=reports.law, obligations=("log_disclosure",))


def _close_to_them(asked: Asked, law: Law) -> Permit | str:
    """Somebody close to the person: as they said; while they cannot be asked, as is best for them."""
    agreed = any(one.agreed and (not one.name or _same(one.name, asked.recipient_name)) for one in asked.said)
    if not agreed and asked.can_be_asked:
        return law.family.not_asked
    if not agreed and not asked.facts.get("best_interest", "").strip():
        return law.family.unable
    return Permit(basis=law.family.law, obligations=("log_disclosure",))


def _protected(asked: Asked, regime: Regime, law: Law) -> Permit | str:
    if asked.act == REPORT:
        return _reported(asked, regime)
    if asked.emergency:
        return _emergency(asked, regime, law)
    naming = [
        one
        for one in asked.agreed
        if one.kind in regime.opened_by and regime.segment in one.segments and _names(one, asked, law)
    ]
    covering = [one for one in naming if asked.information <= one.information and _is_for(one, asked, law)]
    standing = [one for one in covering if one.stands(asked.at)]
    if not standing:
        return "P2-CON-04" if covering and regime.without == "P2-CON-02" else regime.without
    return Permit(
        basis=law.kinds[standing[0].kind].law,
        consents=(standing[0].id,),
        obligations=regime.obligations,
        notices=(regime.notice,) if regime.notice else (),
    )


def _emergency(asked: Asked, regime: Regime, law: Law) -> Permit | str:
    if regime.emergency == NEVER:
        return regime.without
    emergency = law.emergencies[regime.emergency]
    if asked.recipient_is not in emergency.to:
        return regime.refused.get(WARN, regime.without)
    if any(not asked.facts.get(fact, "").strip() for fact in emergency.facts):
        return emergency.missing
    return Permit(
        basis=emergency.law,
        obligations=regime.obligations,
        notices=(regime.notice,) if regime.notice else (),
    )


def _ordinary(asked: Asked, law: Law) -> Permit | str:
    """What is confidential and no more: care among those who care; a warning with its reasons; else by agreement."""
    if asked.act == REPORT:
        basis = law.reports.get(asked.topic, law.reports["any"])
        return Permit(basis=basis, obligations=("log_disclosure",))
    if asked.act == WARN or asked.emergency:
        return _warning(asked, law)
    if asked.recipient_is == FAMILY:
        return _close_to_them(asked, law)
    cares = asked.recipient_is == "care" and asked.purpose in _OF_CARE
    if cares and asked.act == LET_IN and asked.keeps:
        return _by_agreement(asked, law, without="CIRCLE-01")
    if cares and asked.act in (REFER, HAND_OFF, DISCLOSE, EXPORT, LET_IN):
        return Permit(basis="45 CFR 164.506(c)")
    return _by_agreement(asked, law, without="HIPAA-AUTH-02")


def _warning(asked: Asked, law: Law) -> Permit | str:
    emergency = law.emergencies["any"]
    if asked.recipient_is not in emergency.to or any(
        not asked.facts.get(fact, "").strip() for fact in emergency.facts
    ):
        return emergency.missing
    return Permit(basis=emergency.law, obligations=("log_disclosure",))


def _by_agreement(asked: Asked, law: Law, *, without: str) -> Permit | str:
    standing = [
        one
        for one in asked.agreed
        if one.stands(asked.at)
        and _names(one, asked, law)
        and asked.information <= one.information
        and _is_for(one, asked, law)
    ]
    if not standing:
        return without
    return Permit(basis=law.kinds[standing[0].kind].law, consents=(standing[0].id,))


def _names(one: Agreed, asked: Asked, law: Law) -> bool:
    """Whether an agreement means this recipient: by its name, or as one of all whom it names at once."""
    kind = law.kinds[one.kind]
    if one.recipient is None and kind.all_of and _same(one.recipient_name, kind.all_of):
        return asked.recipient_is == "care" and asked.recipient_kind in kind.all_of_kinds
    if asked.recipient is not None:
        return one.recipient == asked.recipient
    return one.recipient is None and _same(one.recipient_name, asked.recipient_name)


def _same(name: str, other: str) -> bool:
    """Whether two names are written the same, but for case and spaces."""
    return bool(name.strip()) and name.casefold().split() == other.casefold().split()


def _is_for(one: Agreed, asked: Asked, law: Law) -> bool:
    return asked.purpose == one.purpose or asked.purpose in law.kinds[one.kind].purposes
