"""How somebody may be reached: the person, by what they agreed to; and who works here, by what they chose."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.db import transaction

from breakwater.kernel.db import not_before
from breakwater.kernel.errors import Refused
from breakwater.messaging.devices import Browser, why_no_browser
from breakwater.messaging.events import ContactRuleChanged
from breakwater.messaging.models import Channel, ContactRule, Way
from breakwater.people.models import ContactPoint
from breakwater.trust.access import Actor
from breakwater.trust.journal import record
from breakwater.trust.sealed import keyed

_FITS = {ContactPoint.Kind.PHONE: Channel.SMS, ContactPoint.Kind.EMAIL: Channel.EMAIL}
SENDS_TO = tuple(kind.value for kind in _FITS)
"""Where a notice can go at all."""


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """What the person agreed to: hours by the clock where they are; the same twice means all day."""

    opens: time
    closes: time
    time_zone: str
    language: str
    agreed_until: date | None = None


@transaction.atomic
def write_rule(point: ContactPoint, agreed: Agreed, *, at: datetime, by: Actor) -> ContactRule:
    """Write down what the person agreed to for one number or address. What stood before ends, and stays readable.

    Raises:
        Refused: nothing is ever sent there, or what they agreed to is over already.
    """
    by.must("messaging.notify", point.circle)
    if point.ends_at is not None or point.safety != ContactPoint.Safety.SAFE:
        raise Refused(
            "This number or address is not marked as safe. Say so first, if they told you that it is."
        )
    if point.kind not in _FITS:
        raise Refused("Notices go to a phone or to an e-mail address.")
    if agreed.agreed_until and agreed.agreed_until < at.astimezone(by.zone).date():
        raise Refused("The last day of what they agreed to is over. Check it.")
    end_rule(point, at=at, by=by)
    rule = ContactRule.objects.create(
        circle=point.circle, contact_point=point, channels=[_FITS[ContactPoint.Kind(point.kind)].value],
        by=by.user, starts_at=at, **vars(agreed),
    )  # fmt: skip
    news = ContactRuleChanged(contact_point_id=point.pk, is_over=False)
    record(news, about=point.person_id, circle=point.circle, by=by, at=at)
    return rule


@transaction.atomic
def end_rule(point: ContactPoint, *, at: datetime, by: Actor) -> None:
    """They want no more notices at a number or address. Twice is once."""
    by.must("messaging.notify", point.circle)
    standing = ContactRule.objects.standing().filter(contact_point=point)
    if standing.update(ends_at=not_before(at)):
        news = ContactRuleChanged(contact_point_id=point.pk, is_over=True)
        record(news, about=point.person_id, circle=point.circle, by=by, at=at)


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """How somebody who works here wants to hear: where, and when not."""

    channel: str
    value: str
    quiet_from: time
    quiet_until: time
    urgent_at_night: bool


@transaction.atomic
def choose_way(chosen: Chosen, *, at: datetime, by: Actor) -> Way:
    """Somebody says how they want to hear of what waits for them. What they chose before for this ends.

    Raises:
        Refused: there is nowhere to send anything.
    """
    if by.user is None or not chosen.value.strip():
        raise Refused("Write your address or number at work.")
    end_way(chosen.channel, at=at, by=by)
    return Way.objects.create(agency=by.agency, user=by.user, starts_at=at, **vars(chosen))


@dataclass(frozen=True, kw_only=True)
class ChosenDevice:
    """The browser in which somebody wants to be told, on which device they are signed in, and when not."""

    browser: Browser
    device: str
    quiet_from: time
    quiet_until: time
    urgent_at_night: bool


@transaction.atomic
def choose_device(chosen: ChosenDevice, *, at: datetime, by: Actor) -> Way:
    """Somebody wants to be told on the device that they hold. It ends with their session there.

    Raises:
        Refused: nothing goes to this browser.
    """
    sentence = why_no_browser(chosen.browser)
    if by.user is None or sentence:
        raise Refused(sentence)
    mark = keyed(chosen.browser.endpoint, what="browser")
    standing = Way.objects.standing()
    standing.filter(mark=mark).update(ends_at=not_before(at))
    standing.visible_to(by).filter(channel=Channel.PUSH, device=chosen.device).update(ends_at=not_before(at))
    return Way.objects.create(
        agency=by.agency, user=by.user, starts_at=at, channel=Channel.PUSH, value=chosen.browser.written(), mark=mark,
        device=chosen.device, quiet_from=chosen.quiet_from, quiet_until=chosen.quiet_until,
        urgent_at_night=chosen.urgent_at_night,
    )  # fmt: skip


@transaction.atomic
def end_device(way_id: UUID, *, at: datetime, by: Actor) -> None:
    """Somebody does not want to be told on one of their devices any more. Twice is once."""
    mine = Way.objects.standing().visible_to(by).filter(channel=Channel.PUSH)
    mine.filter(pk=way_id).update(ends_at=not_before(at))


@transaction.atomic
def end_way(channel: str, *, at: datetime, by: Actor) -> None:
    """Somebody does not want to hear in this way any more. Twice is once."""
    Way.objects.standing().visible_to(by).filter(channel=channel).update(ends_at=not_before(at))
