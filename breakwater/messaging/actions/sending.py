"""The one function that sends. What decides whether a notice may go is read at that moment, and held until it is gone.

A notice is handed over under its own id. When this process dies between the handing over and the commit, it is handed
over again under the same id, and whoever took it the first time knows it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from breakwater.kernel.db import not_before
from breakwater.messaging.actions.reading import reach_of
from breakwater.messaging.events import NoticeNotSent
from breakwater.messaging.library import LIBRARY, SITES_READ
from breakwater.messaging.models import Channel, ContactRule, Notice, Way
from breakwater.messaging.rules.sending import (
    SEND,
    Quiet,
    Verdict,
    back_off,
    on_no_open_device,
    to_person,
    to_worker,
)
from breakwater.messaging.transports import Gone, Parcel, Rejected, Unreachable, gateway, mail, push
from breakwater.people.models import ContactPoint
from breakwater.trust.access import Actor
from breakwater.trust.devices import HELD, OPEN, how_stands
from breakwater.trust.journal import record
from breakwater.trust.models import Appointment

_OUT: dict[str, tuple[Callable[[], bool], Callable[[Parcel], None]]] = {
    Channel.EMAIL: (mail.is_there, mail.send),
    Channel.SMS: (gateway.is_there, gateway.send),
    Channel.PUSH: (push.is_there, push.send),
}
_LOOKS_AGAIN = timedelta(minutes=5)
"""At a device that somebody else holds, whether it is back."""


def goes_by(channel: str) -> bool:
    """Whether anything can go out by a channel here at all."""
    return channel in _OUT and _OUT[channel][0]()


def our_key() -> str:
    """By what a browser knows who may send to it; ``""`` where nothing goes to browsers."""
    return push.our_key() if push.is_there() else ""


@transaction.atomic
def send(notice_id: UUID, *, at: datetime, by: Actor) -> str:
    """Send one notice if it may go at this moment; else let it wait, or drop it. How it stands then.

    Whoever marks the number as not safe waits for this, or is waited for: after their answer nothing goes there.
    """
    waiting = Notice.objects.visible_to(by).filter(state=Notice.State.WAITING, next_at__lte=at)
    notice = waiting.select_for_update(of=("self",), skip_locked=True).filter(pk=notice_id).first()
    if notice is None:
        return ""
    address, language, verdict = _look(notice, at=at, by=by)
    if verdict.act == "wait" and verdict.until:
        notice.next_at, notice.why = verdict.until, verdict.why
    elif verdict.act == "drop":
        _end(notice, Notice.State.DROPPED, verdict.why, at=at, by=by)
    else:
        _hand_over(notice, address, language, at=at, by=by)
    if notice.state != Notice.State.WAITING:
        notice.link = ""
    notice.save(update_fields=["next_at", "why", "state", "attempts", "sent_at", "link"])
    return notice.state if notice.why != "unreachable" else notice.why


def _look(notice: Notice, *, at: datetime, by: Actor) -> tuple[str, str, Verdict]:
    """Where it would go and in which language, and whether it may: from what is written at this moment."""
    is_there, _ = _OUT[notice.channel]
    if not is_there():
        return "", "", Verdict(act="drop", why="no_channel")
    if notice.value:
        is_late = at >= notice.expires_at
        return notice.value, SITES_READ, Verdict(act="drop", why="too_late") if is_late else SEND
    if notice.contact_point_id is None:
        return _at_work(notice, at=at, by=by)
    point = ContactPoint.objects.select_for_update(of=("self",)).filter(pk=notice.contact_point_id).first()
    rules = ContactRule.objects.standing().select_for_update(of=("self",))
    rule = rules.filter(contact_point=notice.contact_point_id).first()
    languages = LIBRARY.kind(notice.kind).languages
    reach = reach_of(point, rule) if point and rule else None
    verdict = to_person(reach, notice.channel, at=at, expires_at=notice.expires_at, languages=languages)
    return (point.value if point else ""), (rule.language if rule else ""), verdict


def _at_work(notice: Notice, *, at: datetime, by: Actor) -> tuple[str, str, Verdict]:
    way = (
        Way.objects.standing().select_for_update(of=("self",)).filter(pk=notice.way_id).first()
        if notice.way_id
        else None
    )
    works_here = (
        Appointment.objects.standing(at)
        .filter(user=notice.to_id, agency=by.agency_id)
        .select_related("user", "agency")
        .first()
    )
    quiet = None
    if way and works_here:
        urgent = way.urgent_at_night
        quiet = Quiet(starts=way.quiet_from, ends=way.quiet_until, zone=by.zone, urgent_comes=urgent)
    if notice.seen_at is not None:
        verdict = Verdict(act="drop", why="seen")
    elif way and way.device and (stands := how_stands(way.device, user_id=notice.to_id, at=at)) != OPEN:
        verdict = on_no_open_device(
            is_held=stands == HELD, look_again=at + _LOOKS_AGAIN, expires_at=notice.expires_at
        )
    else:
        verdict = to_worker(quiet, is_urgent=notice.is_urgent, at=at, expires_at=notice.expires_at)
    language = (works_here.user.language or works_here.agency.language) if works_here else ""
    return (way.value if way else ""), language, verdict


def _hand_over(notice: Notice, address: str, language: str, *, at: datetime, by: Actor) -> None:
    words = LIBRARY.kind(notice.kind).words(language)
    _, hand_over = _OUT[notice.channel]
    parcel = Parcel(
        key=str(notice.pk), to=address, sender=LIBRARY.sender.get(language, LIBRARY.sender[SITES_READ]),
        subject=words.subject, text=f"{words.text} {notice.link}".strip(), at=at, expires_at=notice.expires_at,
    )  # fmt: skip
    notice.attempts += 1
    try:
        hand_over(parcel)
    except Gone:
        Way.objects.standing().filter(pk__in=[notice.way_id]).update(ends_at=not_before(at))
        _end(notice, Notice.State.FAILED, "gone", at=at, by=by)
    except Rejected:
        _end(notice, Notice.State.FAILED, "rejected", at=at, by=by)
    except Unreachable:
        notice.why, notice.next_at = "unreachable", at + back_off(notice.attempts)
        if at >= notice.made_at + LIBRARY.keeps_trying:
            _end(notice, Notice.State.FAILED, "gave_up", at=at, by=by)
    else:
        notice.state, notice.sent_at, notice.why = Notice.State.SENT, at, ""


def _end(notice: Notice, state: str, why: str, *, at: datetime, by: Actor) -> None:
    """It will not go. Whoever asked for it is told; a notice about a notice tells nobody any more."""
    notice.state, notice.why = state, why
    if notice.contact_point_id and notice.circle:
        news = NoticeNotSent(notice_id=notice.pk, why=why)
        record(news, about=notice.pk, circle=notice.circle, by=by, at=at)
