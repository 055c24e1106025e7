"""How many places were asked or called for a bed, and how long that took until somebody kept one (K16)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median, quantiles
from uuid import UUID

from breakwater.cases.models import Note
from breakwater.referrals.models import Ask, Placement, Round
from breakwater.trust.access import Actor

LOOKS_BACK = timedelta(days=90)
_BELONGS = timedelta(days=1)
"""A call belongs to a search when it was made within so long of a place that was asked, or of a bed that was found."""
_IN_TEN = 9


@dataclass
class Search:
    """What was done in one case to find a bed elsewhere: when places were asked and called, and when one kept a bed."""

    asked: list[datetime] = field(default_factory=list)
    called: list[datetime] = field(default_factory=list)
    found: list[datetime] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What finding a bed took. Whoever found none is among those who asked, so looking in vain makes it no better."""

    beds: int
    asked: int
    called: int
    minutes: tuple[int, ...] = ()

    @property
    def for_each(self) -> float | None:
        """How many were asked or called for each bed that was found; ``None`` while none was."""
        return round((self.asked + self.called) / self.beds, 1) if self.beds else None

    @property
    def half_within(self) -> int | None:
        """Within how many minutes half had their yes, from the first who was asked."""
        return round(median(self.minutes)) if self.minutes else None

    @property
    def most_within(self) -> int | None:
        """Within how many minutes nine in ten had it."""
        if not self.minutes[1:]:
            return self.half_within
        return round(quantiles(self.minutes, n=10, method="inclusive")[_IN_TEN - 1])


def looked(searches: Iterable[Search]) -> Looked:
    """Count what was asked and called, and the time from the first of them to each bed."""
    asked = called = beds = 0
    minutes: list[int] = []
    for one in searches:
        near = [*one.asked, *one.found]
        calls = [call for call in one.called if any(abs(call - moment) <= _BELONGS for moment in near)]
        asked, called, beds = asked + len(one.asked), called + len(calls), beds + len(one.found)
        before = datetime.min.replace(tzinfo=near[0].tzinfo) if near else None
        for found in sorted(one.found):
            tried = [moment for moment in (*one.asked, *calls) if before is None or before < moment <= found]
            minutes += [round((found - min(tried)).total_seconds() / 60)] if tried else []
            before = found
    return Looked(beds=beds, asked=asked, called=called, minutes=tuple(minutes))


def looked_for_beds(actor: Actor, *, at: datetime) -> Looked:
    """What an agency did lately to find beds that others keep.

    A call counts that is written down on the case with whom it was, and in which the person themselves was not reached.
    """
    since = at - LOOKS_BACK
    searches: dict[UUID, Search] = defaultdict(Search)
    asks = Ask.objects.sent_by(actor).filter(asked_at__gt=since)
    for case, moment in asks.values_list("round__case", "asked_at"):
        searches[case].asked.append(moment)
    for case, moment in _found(actor, since):
        searches[case].found.append(moment)
    calls = Note.objects.visible_to(actor).filter(kind=Note.Kind.CALL, reached=False, happened_at__gt=since)
    with_others = calls.filter(case__in=list(searches)).exclude(with_whom="")
    for case, moment in with_others.values_list("case", "happened_at"):
        searches[case].called.append(moment)
    return looked(searches.values())


def _found(actor: Actor, since: datetime) -> list[tuple[UUID, datetime]]:
    """When each house of others first gave somebody a bed; who is moved within it has found no other one."""
    placed = Placement.objects.visible_to(actor).filter(agency=actor.agency, starts_at__gt=since)
    firsts: dict[tuple[UUID, UUID], datetime] = {}
    beds = placed.exclude(host=actor.agency).order_by("starts_at", "pk")
    for case, host, moment in beds.values_list("case", "host", "starts_at"):
        firsts.setdefault((case, host), moment)
    kept = Ask.objects.sent_by(actor).filter(
        to_agency=None, stage=Ask.Stage.ACCEPTED, round__closed_how=Round.Ending.TAKEN_UP
    )
    outside = kept.filter(round__closed_at__gt=since).values_list("round__case", "round__closed_at")
    return [*((case, moment) for (case, _), moment in firsts.items()), *outside]
