"""What the person said about telling those close to them; and telling somebody close."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest

from breakwater.kernel.errors import Overtaken, Refused
from breakwater.trust.access import Actor
from breakwater.trust.actions.circles import hold_circle
from breakwater.trust.actions.leaving import Leaving, Recipient, may_leave
from breakwater.trust.events import InvolvementSaid, SomebodyCloseTold
from breakwater.trust.journal import record
from breakwater.trust.models import Circle, Information, Involvement
from breakwater.trust.rules.law import DISCLOSE
from breakwater.trust.rules.sharing import FAMILY, Permit


@dataclass(frozen=True, kw_only=True)
class Close:
    """Somebody close to the person, and what the person said about telling them. No name means everybody close."""

    answer: str
    name: str = ""
    relation: str = ""
    words: str = ""


@transaction.atomic
def say_who_may_know(close: Close, *, circle: Circle, at: datetime, by: Actor) -> Involvement:
    """The person agreed that somebody close is told, or said no. It takes the place of what they said before.

    Raises:
        Refused: silence was taken for a yes of everybody.
    """
    by.must("people.correct", circle)
    name = " ".join(close.name.split())
    if not name and close.answer == Involvement.Answer.INFERRED:
        raise Refused("Say about whom they did not say no: silence covers one person, not everybody.")
    hold_circle(circle)
    Involvement.objects.standing().in_circle(circle.pk).filter(name__iexact=name).update(ends_at=_ends(at))
    said = Involvement.objects.create(
        circle=circle, agency=by.agency, name=name, relation=close.relation, answer=close.answer,
        words=close.words, by=by.user, starts_at=at,
    )  # fmt: skip
    record(
        InvolvementSaid(involvement_id=said.pk, answer=said.answer),
        about=said.pk,
        circle=circle,
        by=by,
        at=at,
    )
    return said


@transaction.atomic
def take_back(said: Involvement, *, at: datetime, by: Actor) -> None:
    """What was said holds no longer, and nothing takes its place. It stays readable.

    Raises:
        Overtaken: it ended already.
    """
    by.must("people.correct", said.circle)
    hold_circle(said.circle)
    if not Involvement.objects.standing().filter(pk=said.pk).update(ends_at=_ends(at)):
        raise Overtaken("This holds no longer already.")
    record(
        InvolvementSaid(involvement_id=said.pk, answer="taken_back"),
        about=said.pk, circle=said.circle, by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def tell_somebody_close(
    name: str,
    told: str,
    *,
    circle: Circle,
    at: datetime,
    by: Actor,
    can_be_asked: bool,
    best_interest: str = "",
) -> Permit:
    """Somebody close is told: as the person said; only while they cannot be asked, as is best for them.

    Raises:
        Unlawful: the person said no, was not asked, or nobody wrote why it is best for them.
        Refused: it is not said who is told, or what.
    """
    by.must("trust.disclose", circle)
    if not name.strip() or not told.strip():
        raise Refused("Write who is told, and what.")
    leaving = Leaving(
        act=DISCLOSE, to=Recipient(name=name, kind=FAMILY), purpose="TREAT", what=told,
        information=frozenset({Information.WHO, Information.CARE}), can_be_asked=can_be_asked,
        facts={"best_interest": best_interest} if best_interest.strip() else {},
    )  # fmt: skip
    permit = may_leave(leaving, circle, at=at, by=by)
    record(SomebodyCloseTold(), circle=circle, by=by, at=at)
    return permit


def _ends(at: datetime) -> Greatest:
    """Now; or with its beginning, when another server wrote that a moment ahead of our clock."""
    return Greatest(F("starts_at"), Value(at))
