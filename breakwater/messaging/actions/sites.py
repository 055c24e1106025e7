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

_KIND = "link"


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Where a site is written to: an address or number at work, as the directory tells it."""

    channel: str
    value: str


@transaction.atomic
def carry_link(desk: Desk, address: str, *, cause: UUID, at: datetime, by: Actor) -> Notice:
    """Put a link into the outbox. It is kept, encrypted, until it has gone, and no longer.

    Raises:
        Refused: nothing goes out that way here.
    """
    by.must("referrals.refer")
    if not goes_by(desk.channel):
        raise Refused("Nothing can be sent that way from here. Send the link yourself.")
    notice = Notice.objects.create(
        agency=by.agency, kind=_KIND, channel=desk.channel, value=desk.value, link=address, cause=cause, by=by.user,
        made_at=at, next_at=at, expires_at=at + LIBRARY.sites[_KIND].lasts,
    )  # fmt: skip
    later("messaging.send", notice_id=str(notice.pk), agency_id=str(by.agency_id))
    return notice


@transaction.atomic
def call_links_off(causes: Iterable[UUID], *, by: Actor) -> int:
    """Links that open nothing any more are not sent either. How many had not gone."""
    waiting = Notice.objects.visible_to(by).filter(
        kind=_KIND, cause__in=list(causes), state=Notice.State.WAITING
    )
    held = list(waiting.select_for_update(of=("self",)))
    for notice in held:
        notice.state, notice.why, notice.link = Notice.State.DROPPED, "called_off", ""
        notice.save(update_fields=["state", "why", "link"])
    return len(held)
