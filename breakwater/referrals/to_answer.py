"""What others wait for us to answer first: beds that are asked for, letters, rides that somebody wants driven."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from breakwater.kernel.together import Counted
from breakwater.referrals.models import Ask, Handoff, Referral, Ride, won_rounds
from breakwater.referrals.rules import facts_in_words
from breakwater.trust.access import Actor

SHOWN = 50


def how_many(actor: Actor) -> int:
    """How many wait for a first word from us, in one question; none for whoever may not give it."""
    waiting = _WAITING[actor.may("referrals.answer"), actor.may("referrals.place")]
    return waiting.ask(agency=actor.agency_id) if waiting else 0


def how_many_within(actor: Actor) -> tuple[str, list[Any]]:
    """The same as an expression of SQL, and what it is told: for a page that asks for it in a statement of its own."""
    waiting = _WAITING[actor.may("referrals.answer"), actor.may("referrals.place")]
    return waiting.within(agency=actor.agency_id) if waiting else ("0", [])


def waiting_for_us(actor: Actor) -> dict[str, Any]:
    """What a page shows of it: how many there are, the beds and the rides. Whom nobody asks pays one question."""
    many = how_many(actor)
    return {
        "to_answer": many,
        "asks": asks_of(actor) if many and actor.may("referrals.answer") else [],
        "wanted": rides_of(actor) if many and actor.may("referrals.place") else [],
    }


def asks_of(actor: Actor) -> list[dict[str, Any]]:
    """The beds that are asked for, the next due first: each with what is told of whom it is for."""
    asks = list(_asks(actor).select_related("from_agency", "program__place")[:SHOWN])
    actor.saw("referrals.ask", [one.pk for one in asks])
    return [{"ask": one, "reading": facts_in_words(one.facts)} for one in asks]


def rides_of(actor: Actor) -> list[Ride]:
    """The rides that another agency wants driven, the next first."""
    rides = list(_rides(actor).select_related("from_agency").defer("words")[:SHOWN])
    actor.saw("referrals.ride", [one.pk for one in rides])
    return rides


def _asks(actor: Actor) -> Any:
    return Ask.objects.received_by(actor).waiting().exclude(round__in=won_rounds())


def _rides(actor: Actor) -> Any:
    return Ride.objects.received_by(actor).to_assign(actor)


def _letters(actor: Actor) -> Any:
    return Referral.objects.received_by(actor).filter(closed_at=None, stage__in=("sent", "acknowledged"))


def _handoffs(actor: Actor) -> Any:
    return Handoff.objects.received_by(actor).filter(closed_at=None, stage="offered")


def _counted(*questions: Callable[[Actor], Any]) -> Counted:
    """They ask about nothing of an actor but their agency."""
    asked = ((lambda agency, one=one: one(cast(Actor, _OfAgency(agency)))) for one in questions)
    return Counted(("agency",), *asked)


@dataclass(frozen=True)
class _OfAgency:
    agency_id: UUID


_TO_ANSWER = (_asks, _letters, _handoffs)
_WAITING = {
    (True, True): _counted(*_TO_ANSWER, _rides), (True, False): _counted(*_TO_ANSWER),
    (False, True): _counted(_rides), (False, False): None,
}  # fmt: skip
"""What is counted for whoever may answer, and for whoever may place."""
