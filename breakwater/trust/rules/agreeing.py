"""What an agreement to share must say before it holds. Plain values in, plain values out."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from breakwater.trust.rules.law import ELEMENTS, PURPOSES, SIGNERS, Law

_OF_SOMEBODY_ELSE = ("authority", "not_the_abuser")
"""What is asked of whoever signs for the person, whatever the kind of agreement."""


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """An agreement as it is being taken, before it holds.

    Args:
        kept_from: the names of those who must not know, or whom the person did not want told.
    """

    kind: str
    recipient: bool
    what: str
    purpose: str
    starts: date
    ends: date | None
    signed_by: str
    signer: str
    authority: str = ""
    signer_is_the_abuser: bool = False
    told: frozenset[str] = frozenset()
    kept_from: Collection[str] = ()


def what_is_missing(agreement: Agreement, law: Law) -> tuple[str, list[str]] | None:
    """The code of the refusal and what is missing, in words; ``None`` when the agreement is whole."""
    kind = law.kinds[agreement.kind]
    if agreement.signer_is_the_abuser:
        return "VSP-REL-02", []
    if agreement.signer != "self" and _is_one_of(agreement.signed_by, agreement.kept_from):
        return "HIPAA-REP-01", []
    if kind.signers and agreement.signer not in kind.signers:
        return kind.missing, ["a signature of " + " or ".join(SIGNERS[one].lower() for one in kind.signers)]
    if "ends" in kind.needs and agreement.ends is None and kind.no_end:
        return kind.no_end, []
    needed = dict.fromkeys((*kind.needs, *(_OF_SOMEBODY_ELSE if agreement.signer != "self" else ())))
    missing = [ELEMENTS[element] for element in needed if not _has(agreement, element)]
    if (
        agreement.ends
        and kind.longest_days
        and agreement.ends > agreement.starts + timedelta(kind.longest_days)
    ):
        missing.append(f"an end within {kind.longest_days} days")
    if agreement.ends and agreement.ends < agreement.starts:
        missing.append("an end that comes after its beginning")
    if kind.purposes and agreement.purpose not in kind.purposes:
        missing.append("a purpose of " + ", ".join(PURPOSES[one].lower() for one in kind.purposes))
    return (kind.missing, missing) if missing else None


def _is_one_of(name: str, names: Collection[str]) -> bool:
    """Whether a name is among these, but for case and spaces."""
    return name.casefold().split() in [one.casefold().split() for one in names if one.strip()]


def _has(agreement: Agreement, element: str) -> bool:
    """Whether an agreement says one of its elements."""
    said = {
        "discloser": True,
        "recipient": agreement.recipient,
        "what": bool(agreement.what.strip()),
        "purpose": agreement.purpose in PURPOSES,
        "ends": agreement.ends is not None,
        "signature": bool(agreement.signed_by.strip()) and agreement.signer in SIGNERS,
        "authority": agreement.signer == "self" or bool(agreement.authority.strip()),
        "not_the_abuser": agreement.signer == "self" or element in agreement.told,
    }
    return said.get(element, element in agreement.told)
