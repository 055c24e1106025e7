"""Tell a security team about a threat: exactly the facts that were chosen, for a while. The only door to that wall."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.postgres.functions import TransactionNow
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Least

from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.kernel.ids import new_id
from breakwater.trust.access import Actor
from breakwater.trust.actions.circles import from_now_on
from breakwater.trust.actions.leaving import Leaving, Recipient, may_leave, what_the_law_says
from breakwater.trust.events import ConcernEnded, ConcernTold
from breakwater.trust.journal import record
from breakwater.trust.library import law_of
from breakwater.trust.models import Agency, Circle, Concern, Grant, Information
from breakwater.trust.rules.law import WARN, Refusal
from breakwater.trust.rules.sharing import Permit


@dataclass(frozen=True, kw_only=True)
class Warned:
    """What a security team is told, and why.

    Args:
        told: word for word, as it was shown before.
        facts: what the law asks for, by its code: the threat, why it is serious and imminent, how they can lessen it.
    """

    team: Agency
    told: str
    lasts: timedelta
    facts: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def tell_concern(warned: Warned, *, circle: Circle, at: datetime, by: Actor) -> Concern:
    """A security team reads these words from now, and nothing that lies behind them.

    From now by the clock of the database too: the wall asks that one, and it may be a little behind ours.

    Raises:
        Unlawful: a law keeps the record closed, or what it asks for was not written.
        Refused: nobody would be told, or nothing, or for too long.
    """
    by.must("trust.disclose", circle)
    if warned.team.kind != Agency.Kind.THREAT_MANAGEMENT:
        raise Refused("Choose a threat-management team.")
    if not warned.told.strip():
        raise Refused("Choose what the team is told. Nothing leaves by itself.")
    _, longest = law_of(by.agency).concerns
    if not timedelta() < warned.lasts <= longest:
        raise Refused(f"A security team reads what it was told for at most {longest.days} days.")
    concern_id = new_id()
    permit = may_leave(_leaving(warned, about=concern_id), circle, at=at, by=by)
    starts_at = Least(Value(at), TransactionNow())
    grant = Grant.objects.create(
        circle=circle, agency=warned.team, basis=Grant.Basis.THREAT, information=[Information.THREAT],
        starts_at=starts_at, ends_at=at + warned.lasts, given_by=by.user,
    )  # fmt: skip
    concern = Concern.objects.create(
        id=concern_id, circle=circle, from_agency=by.agency, to_agency=warned.team, grant=grant, told=warned.told,
        basis=permit.basis, by=by.user, starts_at=starts_at, ends_at=at + warned.lasts,
    )  # fmt: skip
    concern.refresh_from_db(fields=["starts_at"])
    record(
        ConcernTold(concern_id=concern.pk, ends_at=concern.ends_at),
        about=concern.pk, circle=circle, to_agency=warned.team, by=by, at=at,
    )  # fmt: skip
    return concern


@transaction.atomic
def end_concern(concern: Concern, *, at: datetime, by: Actor) -> Concern:
    """Nobody need worry any more: the team reads it no longer, from this moment. What it was told stays written.

    Raises:
        NotPermitted: another agency told it.
        Overtaken: its time is over already.
    """
    by.must("trust.disclose", concern.circle)
    if concern.from_agency_id != by.agency_id:
        raise NotPermitted("Only the agency that told this can end it.")
    held = Concern.objects.select_for_update(of=("self",)).get(pk=concern.pk)
    if not held.is_open(at):
        raise Overtaken("The team no longer reads this.")
    Concern.objects.filter(pk=held.pk).update(ends_at=from_now_on(at))
    Grant.objects.filter(pk=held.grant_id).update(ends_at=from_now_on(at))
    record(
        ConcernEnded(concern_id=held.pk),
        about=held.pk, circle=concern.circle, to_agency=concern.to_agency, by=by, at=at,
    )  # fmt: skip
    return held


def law_on_concern(warned: Warned, *, circle: Circle, at: datetime, by: Actor) -> Permit | Refusal:
    """What the law says to it, before anything leaves."""
    return what_the_law_says(_leaving(warned), circle, at=at, by=by)


def _leaving(warned: Warned, *, about: UUID | None = None) -> Leaving:
    return Leaving(
        act=WARN, to=Recipient(agency=warned.team, kind="security"), purpose="SAFETY", what=warned.told,
        information=frozenset({Information.WHO, Information.THREAT}), emergency=True, about=about,
        facts={**warned.facts, "recipient_name": warned.team.name},
    )  # fmt: skip
