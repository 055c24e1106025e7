"""Put a notice into the outbox; say that somebody looked; let what nobody looked at go on; hear what came of one."""

from collections.abc import Callable, Set
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from breakwater.cases.actions.holding import locked
from breakwater.cases.models import Case
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.kernel.ids import new_id
from breakwater.kernel.jobs import later
from breakwater.kernel.text import phone_key
from breakwater.messaging.actions.reading import reach_of
from breakwater.messaging.events import NoticeAsked, NoticeNotSent, NoticesRefused
from breakwater.messaging.library import LIBRARY
from breakwater.messaging.models import Channel, ContactRule, Notice, Way
from breakwater.messaging.rules.sending import to_person
from breakwater.messaging.rules.wording import WHY_NOT
from breakwater.people.actions.reach import change_safety
from breakwater.people.models import ContactPoint
from breakwater.trust.access import Actor
from breakwater.trust.journal import record
from breakwater.trust.keyring import tokens_of
from breakwater.trust.models import Appointment, CircleQuerySet
from breakwater.trust.sealed import keyed

_ON_THE_PAGE = Channel.APP.value


@dataclass(frozen=True, kw_only=True)
class News:
    """What waits for somebody who works here.

    Args:
        cause: what happened; the same cause is told to the same person once.
        about: what it leads to.
        by_whom: what somebody must be allowed to do about it, to hear of it by the ways they chose when it lies on the
            duty queue. Without it the queue finds it on the page of messages only.
    """

    kind: str
    cause: UUID
    about: UUID
    is_urgent: bool = False
    step: int = 0
    by_whom: str = ""


@transaction.atomic
def tell_workers(news: News, workers: Set[UUID | None], *, at: datetime, by: Actor) -> int:
    """Tell people of one's own agency what waits for them; nobody in particular is the duty queue. In how many ways.

    Told twice is told once, whoever may be waiting for it by then. Each finds it on the page of messages; whoever
    chose more ways hears by those as well.
    """
    same = Notice.objects.visible_to(by).filter(cause=news.cause, kind=news.kind, step=news.step)
    if same.exists():
        return 0
    here = Appointment.objects.standing(at).filter(agency=by.agency_id, user__in=workers)
    found: list[UUID | None] = sorted(here.values_list("user", flat=True))
    to = [*found, None] if None in workers or not found else found
    answer_by = at + LIBRARY.answer if news.is_urgent else None
    made = [_notice(news, _ON_THE_PAGE, at=at, by=by, to_id=one, answer_by=answer_by) for one in to]
    rung: Any = here.values("user")
    if None in to and news.by_whom:
        rung = (
            Appointment.objects.standing(at).filter(agency=by.agency_id).that_may(news.by_whom).values("user")
        )
    ways = Way.objects.standing().filter(user__in=rung)
    made += [_notice(news, way.channel, at=at, by=by, to_id=way.user_id, way=way) for way in ways]
    Notice.objects.bulk_create(made, ignore_conflicts=True)
    for one in made:
        if one.channel != _ON_THE_PAGE:
            later("messaging.send", notice_id=str(one.pk), agency_id=str(by.agency_id))
    return len(made)


@transaction.atomic
def see_notice(notice: Notice, *, at: datetime, by: Actor) -> None:
    """Somebody looked at what a notice leads to: it goes to nobody else any more. Twice is once."""
    same = Notice.objects.visible_to(by).filter(cause=notice.cause, kind=notice.kind, contact_point=None)
    same.filter(seen_at=None).update(seen_at=at)


@transaction.atomic
def see_all_about(about: UUID, *, at: datetime, by: Actor) -> None:
    """Somebody opened what notices to them lead to."""
    to_them = Q(to=by.user_id) | Q(to=None, contact_point=None)
    Notice.objects.visible_to(by).filter(to_them, about=about, seen_at=None).update(seen_at=at)


@transaction.atomic
def settle(about: UUID, *, at: datetime, by: Actor) -> None:
    """What was asked is answered, or asked no more: it waits for nobody in one's agency. Other news of it stays."""
    asked = Notice.objects.visible_to(by).filter(about=about, kind="request", contact_point=None)
    waiting = asked.filter(seen_at=None)
    waiting.update(seen_at=at)


@transaction.atomic
def go_on(notice: Notice, *, at: datetime, by: Actor) -> None:
    """Nobody looked in time: it goes on to who supervises, then to the duty queue of the agency, and stays there."""
    held = (
        Notice.objects.visible_to(by)
        .select_for_update(of=("self",))
        .unanswered(at)
        .filter(pk=notice.pk)
        .first()
    )
    if held is None:
        return
    Notice.objects.filter(pk=held.pk).update(answer_by=None)
    if held.to_id is None:
        return
    news = News(
        kind=held.kind, cause=held.cause, about=held.about or held.cause, is_urgent=True, step=held.step + 1
    )
    told = Notice.objects.visible_to(by).filter(cause=held.cause, kind=held.kind).values("to")
    next_ones = supervising(at=at, by=by) - set(told.values_list("to", flat=True))
    tell_workers(news, next_ones if held.step == 0 else set(), at=at, by=by)


def supervising(*, at: datetime, by: Actor) -> set[UUID]:
    """Who supervises in one's agency, by what they may and not by what they are called."""
    here = Appointment.objects.standing(at).filter(agency=by.agency_id)
    return set(here.that_may("trust.confirm_access").that_may("cases.work").values_list("user", flat=True))


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A notice to the person: which one, to which number or address, by what, not before when."""

    kind: str
    contact_point: ContactPoint
    channel: str
    when: datetime


@transaction.atomic
def ask_for_notice(case: Case, wish: Wish, *, at: datetime, by: Actor) -> Notice:
    """Have a notice sent to the person. Whether it may go is asked now, to say so at once; and again when it goes.

    Raises:
        Refused: it may not go there, or there is no such notice.
    """
    by.must("messaging.notify", case.circle)
    case = locked(case, by=by)
    if sentence := _why_not(case, wish, at=at):
        raise Refused(sentence)
    when = max(wish.when, at)
    lasts = LIBRARY.people[wish.kind].lasts
    notice = Notice.objects.create(
        agency=by.agency, kind=wish.kind, channel=wish.channel, circle=case.circle, case=case,
        contact_point=wish.contact_point, about=case.pk, cause=new_id(), by=by.user, made_at=at, next_at=when,
        expires_at=when + lasts,
    )  # fmt: skip
    news = NoticeAsked(notice_id=notice.pk, kind=notice.kind, channel=notice.channel)
    record(news, about=notice.pk, circle=case.circle, episode=case.pk, by=by, at=at)
    if when <= at:
        later("messaging.send", notice_id=str(notice.pk), agency_id=str(by.agency_id))
    return notice


@transaction.atomic
def call_notice_off(notice: Notice, *, at: datetime, by: Actor) -> None:
    """A notice that has not gone yet is not to go.

    Raises:
        Refused: it has gone, or was called off.
    """
    by.must("messaging.notify", notice.circle)
    waiting = Notice.objects.visible_to(by).filter(pk=notice.pk, state=Notice.State.WAITING)
    if not waiting.update(state=Notice.State.DROPPED, why="called_off"):
        raise Refused("It has gone already, or was called off.")


@transaction.atomic
def hear_status(notice_id: UUID, *, arrived: bool, at: datetime, by: Actor) -> bool:
    """What the gateway says came of a notice. Whether it is one of ours; said twice is once."""
    sent = Notice.objects.visible_to(by).filter(pk=notice_id)
    notice = sent.select_for_update(of=("self",)).first()
    if notice is None or notice.state != Notice.State.SENT:
        return notice is not None
    notice.state = Notice.State.DELIVERED if arrived else Notice.State.FAILED
    notice.why = "" if arrived else "not_delivered"
    notice.save(update_fields=["state", "why"])
    if not arrived and notice.circle:
        news = NoticeNotSent(notice_id=notice.pk, why=notice.why)
        record(news, about=notice.pk, circle=notice.circle, by=by, at=at)
    return True


@transaction.atomic
def hear_refusal(number: str, *, at: datetime, by: Actor) -> int:
    """Somebody at a number wants no more, or is not who is meant: it is not safe from now on. How many ways it was.

    Found at once where numbers are kept with a token. An agency that keeps none reads those to which a text message
    went, one by one: later, by a mark that tells nobody which number it is of.
    """
    digits = phone_key(number)
    if not digits:
        return 0
    written_to = _written_to(by)
    if written_to.filter(key="").exists():
        later("messaging.refused", mark=mark_of(digits), agency_id=str(by.agency_id))
    known = written_to.filter(key__in=tokens_of(by.agency_id, digits))
    return _end_writing(lambda: list(known.all()), at=at, by=by)


@transaction.atomic
def hear_refusal_by_mark(mark: str, *, at: datetime, by: Actor) -> int:
    """The same, of a number that is kept without a token. How many ways it was; heard twice is heard once."""
    kept = _written_to(by).filter(key="")
    return _end_writing(
        lambda: [one for one in kept.all() if mark_of(phone_key(one.value)) == mark], at=at, by=by
    )


def mark_of(digits: str) -> str:
    """By what a number is known in the queue, which holds nothing about a person."""
    return keyed(digits, what="refusal")


def _written_to(by: Actor) -> CircleQuerySet:
    """The phones of people to whom a text message of the agency went."""
    went = Notice.objects.visible_to(by).filter(
        channel=Channel.SMS, contact_point__isnull=False, attempts__gt=0
    )
    theirs = ContactPoint.objects.filter(
        person__contact_points__in=went.values("contact_point"), ends_at=None
    )
    phones = theirs.filter(kind=ContactPoint.Kind.PHONE).exclude(safety=ContactPoint.Safety.UNSAFE)
    return phones.distinct().select_related("circle", "person__circle")


def _end_writing(find: Callable[[], list[ContactPoint]], *, at: datetime, by: Actor) -> int:
    """Nothing goes there any more, where the agency cares for the person. How many ways it was.

    Where somebody changed one of them in this moment, it is looked for again: whoever said STOP is not asked twice.
    """
    ended = 0
    while found := [point for point in find() if by.works_in(point.circle_id)]:
        for point in found:
            with suppress(Overtaken):
                changed = change_safety(point, safety=ContactPoint.Safety.UNSAFE, at=at, by=by)
                news = NoticesRefused(contact_point_id=changed.pk)
                record(news, about=point.person_id, circle=point.circle, by=by, at=at)
                ended += 1
    return ended


def _notice(news: News, channel: str, *, at: datetime, by: Actor, **facts: Any) -> Notice:
    is_here = channel == _ON_THE_PAGE
    return Notice(
        agency=by.agency, kind=news.kind, channel=channel, about=news.about, cause=news.cause, step=news.step,
        is_urgent=news.is_urgent, made_at=at, next_at=at, expires_at=at + LIBRARY.kind(news.kind).lasts,
        state=Notice.State.SENT if is_here else Notice.State.WAITING, sent_at=at if is_here else None, **facts,
    )  # fmt: skip


def _why_not(case: Case, wish: Wish, *, at: datetime) -> str:
    if wish.kind not in LIBRARY.people:
        return "Choose what they are told."
    if wish.contact_point.person_id != case.person_id:
        return "This number or address is not theirs."
    rule = ContactRule.objects.standing().filter(contact_point=wish.contact_point).first()
    when, kind = max(wish.when, at), LIBRARY.people[wish.kind]
    verdict = to_person(
        reach_of(wish.contact_point, rule) if rule else None, wish.channel, at=when,
        expires_at=when + kind.lasts, languages=kind.languages,
    )  # fmt: skip
    return WHY_NOT[verdict.why] if verdict.act == "drop" else ""
