"""What may follow what, who may say so, and which clock runs meanwhile. Plain values in, plain values out."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from breakwater.kernel.text import Ours, name_key

NEXT_IN_LOOP: Mapping[str, frozenset[str]] = {
    "sent": frozenset({"acknowledged", "accepted", "declined", "need_met", "not_met", "withdrawn"}),
    "acknowledged": frozenset({"accepted", "declined", "need_met", "not_met", "withdrawn"}),
    "accepted": frozenset({"started", "on_hold", "need_met", "not_met", "withdrawn"}),
    "started": frozenset({"on_hold", "need_met", "not_met", "withdrawn"}),
    "on_hold": frozenset({"started", "need_met", "not_met", "withdrawn"}),
}
"""Which stages may follow which. A stage may be skipped when life skipped it; none may be taken back. Help that is on
hold goes on as help that has started. PostgreSQL knows the same table, and a test holds both against each other."""

NEXT_IN_HAND_OFF: Mapping[str, frozenset[str]] = {
    "offered": frozenset({"accepted", "declined", "withdrawn"}),
    "accepted": frozenset({"first_contact", "withdrawn"}),
}

CLOCK_AFTER: Mapping[str, str] = {
    "sent": "referral_acknowledgement",
    "acknowledged": "referral_answer",
    "accepted": "referral_start",
    "started": "referral_need_met",
    "on_hold": "referral_on_hold",
}
"""The clock that runs while a referral stands at a stage."""

HAND_OFF_CLOCK_AFTER: Mapping[str, str] = {
    "offered": "handoff_acceptance",
    "accepted": "handoff_first_contact",
}
"""The clock that runs while a hand-off stands at a stage."""

_PURPOSES: Mapping[str, str] = {
    "housing": "HOUSING",
    "benefits": "COVERAGE",
    "income": "COVERAGE",
    "legal": "HLEGAL",
    "safety": "SAFETY",
}


def purpose_of(need: str) -> str:
    """Why somebody is told about a need: the code of the purpose. Most help is care."""
    return _PURPOSES.get(need, "TREAT")


_RECEIVERS_WORDS = frozenset({"acknowledged", "accepted", "declined", "started", "on_hold"})

_STANDS = {
    "sent": "{to} has not acknowledged this referral yet.",
    "acknowledged": "{to} has already acknowledged this referral.",
    "accepted": "{to} has already accepted this.",
    "declined": "{to} has already declined this.",
    "started": "{to} has already started to help.",
    "on_hold": "{to} has put this on hold.",
    "need_met": "This loop is already closed: the need was met.",
    "not_met": "This loop is already closed: the need was not met.",
    "withdrawn": "This was withdrawn.",
    "offered": "{to} has not accepted this case yet.",
    "first_contact": "This hand-off is complete: the first contact was confirmed.",
}


def why_it_cannot_follow(
    stage: str, code: str, *, to: str, allowed: Mapping[str, frozenset[str]] = NEXT_IN_LOOP
) -> str:
    """The sentence that says why ``code`` cannot come after ``stage``, or ``""`` when it can."""
    if code in allowed.get(stage, frozenset()):
        return ""
    return _STANDS[stage].format(to=to)


def why_it_is_not_known(code: str, *, told_by: str, source: str, ours: Iterable[str]) -> str:
    """The sentence that says why the sender cannot write this stage down on such word, or ``""`` when it can.

    What the receiver did is written down on the word of somebody named there. That the need was met is said
    by the person, or by a second source: somebody other than the sender's people, whose names are ``ours``.
    """
    if code in _RECEIVERS_WORDS:
        return (
            "" if told_by == "receiver" and source else "Say who there told you, so that it can be checked."
        )
    if code != "need_met" or told_by == "person":
        return ""
    if told_by != "second_source":
        return "Only the person, or a second source, can say that the need was met."
    if not name_key(source):
        return "Say who the second source is."
    if name_key(source) in {name_key(name) for name in ours}:
        return (
            "You cannot be the second source for your own referral. Ask the person, or somebody who saw it."
        )
    return ""


def why_contact_is_not_confirmed(*, told_by: str, source: str, ours: Iterable[str]) -> str:
    """The sentence that says why a first contact is not confirmed on such word, or ``""`` when it is."""
    if told_by == "sender":
        return "The receiver's first contact is confirmed by the person, the receiver or a second source."
    if not name_key(source):
        return "Say who confirmed it."
    if name_key(source) in {name_key(name) for name in ours}:
        return (
            "You cannot confirm the receiver's contact yourself. Ask the person, or the worker who met them."
        )
    return ""


def why_no_meeting(*, kind: str, outcome: str, receiver: str, ours: Iterable[str]) -> str:
    """The sentence that says why a meeting is not written down like this, or ``""`` when it is."""
    if not (kind and outcome):
        return "Say how you met, and what came of it."
    if outcome != "spoke":
        return ""
    if not name_key(receiver):
        return "Say who of the receiver spoke with the person."
    if name_key(receiver) in {name_key(name) for name in ours}:
        return "Whoever takes the case over is somebody else than you. Say who of the receiver was there."
    return ""


@dataclass(frozen=True)
class Completed:
    """How many hand-offs were complete in time, of all whose time is over; nobody's word stays among all."""

    in_time: int
    late: int
    not_yet: int
    warm: int

    @property
    def all(self) -> int:
        """Every hand-off whose time is over, those that were declined or of which nobody knows too."""
        return self.in_time + self.late + self.not_yet

    @property
    def percent(self) -> int | None:
        """The share in percent; ``None`` of no hand-offs at all."""
        return round(100 * self.in_time / self.all) if self.all else None


def completed(handoffs: Iterable[tuple[datetime, datetime | None, bool]], *, at: datetime) -> Completed:
    """How many were complete in time, of those whose time is over. Sending a packet is not completion.

    Args:
        handoffs: of each until when a first contact is in time, when it was, and whether they met for it.
    """
    over = [one for one in handoffs if one[0] <= at]
    in_time = [met for due, contact, met in over if contact is not None and contact <= due]
    not_yet = sum(contact is None for _, contact, _ in over)
    return Completed(len(in_time), len(over) - len(in_time) - not_yet, not_yet, sum(in_time))


def clocks_ended_by(code: str, clocks: Mapping[str, str] = CLOCK_AFTER) -> list[str]:
    """The kinds of clocks that have nothing to wait for once ``code`` was told: all but the one that begins with it."""
    return [clock for stage, clock in clocks.items() if stage != code]


def is_kept(kind: str, code: str) -> bool:
    """Whether the promise of a clock was kept when ``code`` ended it.

    An answer keeps the promise to answer, whatever the answer is. A letter taken back, help that is put on hold, or
    one that came to nothing before help began, keeps no promise: its clock is excused.
    """
    if code == "not_met":
        return kind == CLOCK_AFTER["started"]
    return code not in ("withdrawn", "on_hold")


_INTAKE = ("what_is_happening", "known_as", "pronouns", "birth_date", "language", "needs_interpreter")
_CONTACT = ("safe_contact", "must_not_know")
_FULL_LINE = 500


def intake_from(packet: Mapping[str, Any]) -> dict[str, str]:
    """What a receiver need not type again: the packet's lines as first values of an intake.

    Only what the packet shows is used. Words about a danger that are longer than a line stay in the packet.
    """
    found: dict[str, str] = {"asked_by": "partner"}
    for section in packet["sections"]:
        for line in section["lines"]:
            code = line["code"]
            if code in _INTAKE or code in _CONTACT:
                found[code] = line.get("value") or line["words"]
            elif code.startswith("danger_"):
                found[code] = line["value"]
                found[f"{code}_words"] = line["words"].partition("\n")[2][:_FULL_LINE]
    return found


def reading_of(letter: Any, *, from_name: str, need: str) -> dict[str, str]:
    """What the receiver of a referral reads, part by part, and whose agency it is where the name does not say so.

    The same before it is sent and ever after.
    """
    parts = {"from": from_name, "to": letter.to_name, "need": need, "known_as": letter.known_as}
    reader, hides = read_by(letter.to_name, letter.to_agency)
    parts |= {"read_by": reader, "reader_hides": "yes" if hides else ""}
    return parts | {"reach": letter.reach, "words": letter.words}


def read_by(to_name: str, agency: Any) -> tuple[str, bool]:
    """Which agency reads what goes to a listing of another name, and whether it is one that is not named.

    A listing is claimed by an agency, and what is sent there arrives there. ``("", False)`` when the name says it, or
    nobody holds it; of one that helps victims only that it does.
    """
    names = {name_key(to_name), name_key(to_name.rpartition(", ")[2])}
    if agency is None or name_key(agency.name) in names:
        return "", False
    return ("", True) if agency.kind == "victim_service" else (str(agency.name), False)


_FACTS: Mapping[str, str] = {
    "age": "Age",
    "gender": "Gender",
    "children": "Children with them",
    "pet": "A pet comes along",
    "access": "Access needs",
    "language": "Language",
    "used_today": "Drank or used substances today",
    "medical": "Medical needs",
    "registry": "On a registry that keeps them from some places",
    "free_only": "Cannot pay",
    "grounds": "Grounds",
}


def facts_in_words(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a place that is asked reads of somebody, line by line: only what was told, and nothing of who they are."""
    return [(label, _fact(facts[name])) for name, label in _FACTS.items() if name in facts]


def _fact(told: Any) -> str:
    if isinstance(told, bool):
        return Ours("yes" if told else "no")
    if isinstance(told, list | tuple):
        return Ours(", ".join(str(one).replace("_", " ") for one in told))
    return str(told)


def by_house(beds: Iterable[Any]) -> list[list[Any]]:
    """Beds that differ in nothing but their label, side by side and in the order one counts: Bunk 2 before Bunk 10."""

    def alike(bed: Any) -> tuple[str, ...]:
        return bed.place.name, str(bed.place.pk), bed.kind, bed.accepts

    return [as_counted(of_a_kind) for _, of_a_kind in groupby(sorted(beds, key=alike), key=alike)]


def as_counted(beds: Iterable[Any]) -> list[Any]:
    """Beds in the order one counts: Bunk 2 before Bunk 10."""
    return sorted(beds, key=lambda bed: _as_counted(bed.label))


def _as_counted(label: str) -> list[tuple[int, str]]:
    return [
        (int(part) if part.isdecimal() else 0, "" if part.isdecimal() else part)
        for part in re.split(r"(\d+)", label)
    ]


def rank_of(grounds: Iterable[str], first: Sequence[str]) -> int:
    """Where somebody stands in what a house puts first: by the first of its grounds that is true of them.

    Whoever has none of them comes after all who have one, by the time waited alone.
    """
    held = set(grounds)
    return next((place for place, ground in enumerate(first) if ground in held), len(first))


def why_this_place(grounds: Iterable[str], first: Sequence[str], labels: Mapping[str, str]) -> str:
    """The sentence that says by which rule somebody stands where they stand."""
    place = rank_of(grounds, first)
    if not first:
        return "By the time waited, and nothing else."
    if place == len(first):
        return "By the time waited, after those whom the house puts first."
    return f"{labels.get(first[place], first[place])}: the house puts this {_ORDINALS[place]}; then by the time waited."


_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
