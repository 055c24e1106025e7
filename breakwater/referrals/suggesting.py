"""Which places to ask: how they fit, how much room they told and how old that is, what their word was worth, and why.

Nothing is hidden and nobody is left out: a place that says no to something asked for stands last, with its reason. The
order is by fit, then by how likely it is that there is room, then by how much, then by name; all is shown.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from breakwater.referrals.library import ROUNDS, Reason
from breakwater.referrals.models.asking import refusal_rows, truth_rows
from breakwater.referrals.models.placement import given_since_told
from breakwater.resources.fit import Fit, Takes, Verdict, Wants, fit
from breakwater.resources.library import FRESHNESS, HALF_LIVES
from breakwater.resources.models import Capacity, Program
from breakwater.resources.rules import Freshness, freshness, open_places, trust_at
from breakwater.trust.models import Agency

SHOWN = 60
_BY_VERDICT = {Verdict.YES: 0, Verdict.UNKNOWN: 1, Verdict.NO: 2}


class Truth(NamedTuple):
    """Of those asked when the board listed room: how many there were, and how many said yes and kept to it."""

    asked: int = 0
    accepted: int = 0

    @property
    def rate(self) -> float | None:
        """The share that said yes; ``None`` when nobody was asked."""
        return self.accepted / self.asked if self.asked else None


@dataclass(frozen=True, kw_only=True)
class Told:
    """A figure of a program at its age. Without one everything is unknown."""

    licensed: int | None = None
    staffed: int | None = None
    ready: int | None = None
    accepting: int | None = None
    given: int = 0
    """How many were given through us since it was told."""
    as_of: datetime | None = None
    trust: float = 0.0
    freshness: Freshness | None = None

    @property
    def open(self) -> int | None:
        """How many would be taken, less what was given since; ``None`` is unknown."""
        told = open_places(free=self.accepting, ready=self.ready, staffed=self.staffed)
        return None if told is None else max(told - self.given, 0)


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A place that could be asked, and all that speaks for and against it."""

    program_id: UUID
    fit: Fit
    told: Told
    truth: Truth
    refused: tuple[tuple[Reason, int], ...] = ()
    program: Any = None

    @property
    def likely(self) -> float:
        """How likely there is room: the trust in its figure times what its word was worth. Unknown is half a chance.

        Nobody's word is taken as sure or as worthless before it was tried: one yes and one no are added to each.
        """
        room = 0.5 if self.told.open is None else (1.0 if self.told.open else 0.0)
        room = 0.5 + (room - 0.5) * self.told.trust
        return room * (self.truth.accepted + 1) / (self.truth.asked + 2) if room else 0.0


class _Row(NamedTuple):
    """A program as it is ranked: no more is read of the thousands that are not shown."""

    pk: UUID
    name: str
    minimum_age: int | None
    maximum_age: int | None
    genders: list[str] | None
    families: bool | None
    pets: bool | None
    access: list[str] | None
    languages: list[str] | None
    after_use: bool | None
    medical: list[str] | None
    registry: bool | None
    cost: str


def suggest(
    kind: str, wants: Wants, *, at: datetime, agency: Agency, most: int = SHOWN, also: Sequence[str] = ()
) -> list[Suggestion]:
    """The places that can be asked for a bed of one kind, or of others that would do as well, the best first."""
    asked = Program.objects.askable_by(agency).filter(kind__in=(kind, *also))
    rows = [
        _Row(*row)
        for row in asked.values_list(
            "pk",
            "place__name",
            "minimum_age",
            "maximum_age",
            "genders",
            "families",
            "pets",
            "access",
            "languages",
            "after_use",
            "medical",
            "registry",
            "cost",
        )
    ]
    figures = figures_of([row.pk for row in rows], at=at, kind="" if also else kind)
    worth, refused = board_truth(at), refusals(at)
    names = {row.pk: row.name for row in rows}
    made = [
        suggestion(
            row.pk, wants, row, told=figures.get(row.pk), truth=worth.get(row.pk), refused=refused.get(row.pk)
        )
        for row in rows
    ]
    made.sort(key=lambda one: (*order_of(one), names[one.program_id], one.program_id))
    return _shown(made[:most])


def order_of(one: Suggestion) -> tuple[int, float, int]:
    """Where it stands: by fit, then by how likely there is room, then by how much there is."""
    return _BY_VERDICT[one.fit.verdict], -one.likely, -(one.told.open or 0)


def suggestion(
    program_id: UUID, wants: Wants, takes: Takes, *, told: Told | None, truth: Truth | None,
    refused: Mapping[str, int] | None,
) -> Suggestion:  # fmt: skip
    """One place, held against what somebody needs; of its refusals those that this request may meet again."""
    return Suggestion(
        program_id=program_id,
        fit=fit(wants, takes),
        told=told or Told(),
        truth=truth or Truth(),
        refused=_met_again(refused, wants) if refused else (),
    )


def _met_again(refused: Mapping[str, int], wants: Wants) -> tuple[tuple[Reason, int], ...]:
    facts = wants.facts()
    return tuple(
        (reason, times)
        for code, times in sorted(refused.items())
        if (reason := ROUNDS.reasons.get(code)) and (reason.about == "room" or reason.looks_at in facts)
    )


def figures_of(programs: Iterable[UUID] | None, *, at: datetime, kind: str = "") -> dict[UUID, Told]:
    """The last figure of each program, with its age and how far it is trusted. Of a kind, or of ``None``: of all."""
    standing = Capacity.objects.standing().of_programs()
    if kind:
        standing = standing.filter(program__kind=kind)
    elif programs is not None:
        standing = standing.filter(program__in=programs)
    rows = standing.annotate(given=given_since_told()).values_list(
        "program", "program__kind", "total", "staffed", "ready", "free", "as_of", "given"
    )
    return {
        pk: Told(
            licensed=licensed, staffed=staffed, ready=ready, accepting=accepting, as_of=as_of, given=given,
            trust=trust_at(at - as_of, HALF_LIVES[of_kind]), freshness=freshness(as_of, at, FRESHNESS),
        )
        for pk, of_kind, licensed, staffed, ready, accepting, as_of, given in rows
        if pk is not None
    }  # fmt: skip


def board_truth(at: datetime) -> dict[UUID, Truth]:
    """What the word of each program was worth lately."""
    rows = truth_rows(_since(at))
    return {program: Truth(asked=asked, accepted=accepted) for program, asked, accepted in rows}


def refusals(at: datetime) -> dict[UUID, dict[str, int]]:
    """Why each program said no lately, and how often."""
    found: dict[UUID, dict[str, int]] = defaultdict(dict)
    for program, reason, times in refusal_rows(_since(at)):
        found[program][reason] = times
    return found


def _since(at: datetime) -> datetime:
    return at - ROUNDS.looks_back


def _shown(made: list[Suggestion]) -> list[Suggestion]:
    """The same, each with its program and place."""
    found = Program.objects.select_related("place", "agency").in_bulk([one.program_id for one in made])
    return [replace(one, program=found[one.program_id]) for one in made]
