"""What may leave a circle, to whom, on which basis. Plain values in, plain values out."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from breakwater.trust.rules.law import DISCLOSE, HAND_OFF, NEVER, REFER, WARN, Law, Regime

_OF_CARE = ("TREAT", "ETREAT", "HOUSING", "COVERAGE", "SAFETY")


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """An agreement as it stands.

    Args:
        recipient: the agency it names; ``None`` when it names somebody who does not work with Breakwater.
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

    def stands(self, at: datetime) -> bool:
        """Whether it holds at a moment."""
        over = self.withdrawn_at or self.ends_at
        return self.starts_at <= at and (over is None or at < over)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is to leave a circle.

    Args:
        recipient: an agency, when it works with Breakwater; else its name stands in ``recipient_name``.
        recipient_is: ``care`` for who helps the person; else another of ``RECIPIENTS``.
        segments: all that protect any of it, those of the circle too.
        facts: what an emergency asks for, as far as it was written.
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


@dataclass(frozen=True, kw_only=True)
class Permit:
    """It may leave: on this basis, and with these obligations carried out."""

    basis: str
    consents: tuple[UUID, ...] = ()
    obligations: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


def decide(asked: Asked, law: Law) -> Permit | str:
    """Whether something may leave a circle: a permit with its obligations, or the code of the refusal.

    Every protected segment must be satisfied, the closed ones first; without any, ordinary confidentiality applies.
    """
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


def _protected(asked: Asked, regime: Regime, law: Law) -> Permit | str:
    if asked.emergency:
        return _emergency(asked, regime, law)
    naming = [
        one
        for one in asked.agreed
        if one.kind in regime.opened_by and regime.segment in one.segments and _names(one, asked)
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
    if asked.act == WARN or asked.emergency:
        emergency = law.emergencies["any"]
        if any(not asked.facts.get(fact, "").strip() for fact in emergency.facts):
            return emergency.missing
        return Permit(basis=emergency.law, obligations=("log_disclosure",))
    if (
        asked.act in (REFER, HAND_OFF, DISCLOSE)
        and asked.recipient_is == "care"
        and asked.purpose in _OF_CARE
    ):
        return Permit(basis="45 CFR 164.506(c)")
    standing = [
        one
        for one in asked.agreed
        if one.stands(asked.at) and _names(one, asked) and asked.information <= one.information
    ]
    if not standing:
        return "HIPAA-AUTH-02"
    return Permit(basis=law.kinds[standing[0].kind].law, consents=(standing[0].id,))


def _names(one: Agreed, asked: Asked) -> bool:
    if asked.recipient is not None:
        return one.recipient == asked.recipient
    same = one.recipient_name.casefold().split() == asked.recipient_name.casefold().split()
    return one.recipient is None and bool(asked.recipient_name.strip()) and same


def _is_for(one: Agreed, asked: Asked, law: Law) -> bool:
    return asked.purpose == one.purpose or asked.purpose in law.kinds[one.kind].purposes
