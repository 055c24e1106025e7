"""Have a link carried to a site of the directory: fixed words, the link behind them, and never the code."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from breakwater.kernel.errors import Refused
from breakwater.kernel.jobs import later
from breakwater.messaging.actions.sending import goes_by
from breakwater.messaging.library import LIBRARY
from breakwater.messaging.models import Notice
from breakwater.trust.access import Actor

_MAY = {"link": "referrals.refer", "standing": "resources.beds", "figure": "resources.beds"}
"""What somebody must be allowed who has a site written to, by the kind of it (``notices.toml``)."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Where a site is written to: an address or number at work, as the directory tells it."""

    channel: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Errand:
    """Why a site is written to: what of ``notices.toml`` it is told, and what it is about.

    Args:
        cause: what happened; the same cause is told once.
        about: the link, which calls it off when it ends.
    """

    kind: str
    cause: UUID
    about: UUID


@transaction.atomic
def carry_link(desk: Desk, address: str, errand: Errand, *, at: datetime, by: Actor) -> Notice:
    """Put a link into the outbox. It is kept, encrypted, until it has gone, and no longer.

    Raises:
        Refused: nothing goes out that way here.
    """
    by.must(_MAY[errand.kind])
    if not goes_by(desk.channel):
        raise Refused("Nothing can be sent that way from here. Send the link yourself.")
    notice = Notice.objects.create(
        agency=by.agency, kind=errand.kind, channel=desk.channel, value=desk.value, link=address, cause=errand.cause,
        about=errand.about, by=by.user, made_at=at, next_at=at,
        expires_at=at + LIBRARY.sites[errand.kind].lasts,
    )  # fmt: skip
    later("messaging.send", notice_id=str(notice.pk), agency_id=str(by.agency_id))
    return notice


@transaction.atomic
def call_links_off(links: Iterable[UUID], *, by: Actor) -> int:
    """Links that open nothing any more are not sent either. How many had not gone."""
    waiting = Notice.objects.visible_to(by).filter(
        kind__in=_MAY, about__in=list(links), state=Notice.State.WAITING
    )
    held = list(waiting.select_for_update(of=("self",)))
    for notice in held:
        notice.state, notice.why, notice.link = Notice.State.DROPPED, "called_off", ""
        notice.save(update_fields=["state", "why", "link"])
    return len(held)
