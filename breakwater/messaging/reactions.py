"""What messaging does about news: whoever waits for it is told, and whoever sent what did not arrive."""

from collections.abc import Callable
from uuid import UUID, uuid5

from breakwater.cases.events import CaseClosed
from breakwater.cases.models import Assignment, Case
from breakwater.cases.rules import BESIDE_A_CASE
from breakwater.clocks.events import ClockDueSoon, ClockMissed
from breakwater.clocks.library import DUE_SOON, MISSED
from breakwater.clocks.models import Clock
from breakwater.kernel.events import Event, event_from, on
from breakwater.messaging.actions.notices import News, supervising, tell_workers
from breakwater.messaging.events import MessageCame, MessageWritten, NoticeNotSent, RequestCame
from breakwater.messaging.models import Message, Notice
from breakwater.referrals.events import HandoffOffered, ReferralMade
from breakwater.resources.events import ListingContested, ListingReleased
from breakwater.trust.access import Actor
from breakwater.trust.journal import record
from breakwater.trust.models import Agency, Entry


@on(MessageWritten, MessageCame)
def tell_of_a_message(entry: Entry, by: Actor) -> None:
    """Whoever is accountable for the case or wrote in the thread before is told. Heard twice, told once."""
    event = event_from(entry.verb, entry.facts)
    if not isinstance(event, MessageWritten | MessageCame):
        return
    message = Message.objects.visible_to(by).filter(pk=event.message_id).select_related("thread").first()
    if message is None:
        return
    before = message.thread.messages.filter(number__lt=message.number, agency=by.agency_id)
    wrote = before.values_list("by", flat=True)
    workers = ({*wrote} | _accountable(message.thread.case_id, by)) - {None, message.by_id}
    if not workers and entry.agency_id == by.agency_id:
        return
    kind = "urgent" if event.is_urgent else "message"
    news = News(kind=kind, cause=message.pk, about=message.thread_id, is_urgent=event.is_urgent)
    tell_workers(news, workers, at=by.now, by=by)


@on(ReferralMade, HandoffOffered, when=lambda event: event.to_agency_id is not None)
def carry_a_letter_over(entry: Entry, by: Actor) -> None:
    """A letter to an agency that works here is news there: it says so on its own side of the wall."""
    event = event_from(entry.verb, entry.facts)
    to = _to_agency(event)
    if to is not None and entry.about is not None:
        record(
            RequestCame(letter_id=entry.about), about=entry.about, to_agency=Agency(pk=to), by=by, at=by.now
        )


@on(RequestCame)
def tell_of_a_letter(entry: Entry, by: Actor) -> None:
    """Who takes turns on the duty queue finds what is asked of their agency. Heard twice, told once."""
    event = event_from(entry.verb, entry.facts)
    if isinstance(event, RequestCame) and entry.to_agency_id == by.agency_id:
        news = News(kind="request", cause=event.letter_id, about=event.letter_id)
        tell_workers(news, set(), at=by.now, by=by)


@on(ListingContested, ListingReleased)
def tell_of_a_listing(entry: Entry, by: Actor) -> None:
    """Who answers for the agency hears that somebody else claims its listing, or does so no more. Told once."""
    event = event_from(entry.verb, entry.facts)
    if isinstance(event, ListingContested | ListingReleased):
        news = News(
            kind="house",
            cause=uuid5(event.claim_id, event.verb),
            about=event.claim_id,
            by_whom="resources.import",
        )
        tell_workers(news, set(), at=by.now, by=by)


@on(CaseClosed, when=lambda closed: closed.danger)
def tell_of_somebody_left_in_danger(entry: Entry, by: Actor) -> None:
    """Who supervises hears of a case that ended while a danger pressed. Heard twice, told once."""
    event = event_from(entry.verb, entry.facts)
    if not isinstance(event, CaseClosed) or not event.danger or event.outcome in _SETTLED or not entry.about:
        return
    news = News(kind="left", cause=entry.about, about=event.case_id)
    tell_workers(news, {*supervising(at=by.now, by=by)} - {entry.by_id} or {None}, at=by.now, by=by)


@on(ClockMissed, ClockDueSoon)
def tell_of_a_clock(entry: Entry, by: Actor) -> None:
    """Whom the profile names is told what was missed or soon will be. Heard twice, told once.

    Who is accountable has what is due soon on the board already, and is told when it was missed. A clock that ended
    meanwhile is told of all the same, unless the promise was kept after all, made anew, or ended with the case.
    """
    event = event_from(entry.verb, entry.facts)
    if not isinstance(event, ClockMissed | ClockDueSoon):
        return
    clock = Clock.objects.of_agency(by.agency).filter(pk=event.clock_id).first()
    missed = isinstance(event, ClockMissed)
    if clock is None or clock.ended_how not in (("", Clock.Ended.EXCUSED) if missed else ("",)):
        return
    alarmed = set(clock.spec.alarms[MISSED if missed else DUE_SOON]) - (set() if missed else {"owner"})
    if alarmed:
        workers = {one for who in alarmed for one in _ALARMED[who](clock, by)}
        case = clock.episode or _case_beside(clock, by)
        news = News(kind=_KIND[missed, case is None], cause=clock.pk, about=case or clock.about)
        tell_workers(news, workers, at=by.now, by=by)


@on(NoticeNotSent)
def tell_who_sent_it(entry: Entry, by: Actor) -> None:
    """Whoever asked for a notice to the person is told that it did not reach them. Heard twice, told once."""
    event = event_from(entry.verb, entry.facts)
    if not isinstance(event, NoticeNotSent):
        return
    notice = Notice.objects.visible_to(by).filter(pk=event.notice_id).first()
    if notice is not None and notice.case_id is not None:
        news = News(kind="undelivered", cause=notice.pk, about=notice.case_id)
        tell_workers(news, {notice.by_id} if notice.by_id else set(), at=by.now, by=by)


def _case_beside(clock: Clock, by: Actor) -> UUID | None:
    """The case, closed when it was made, that a promise is about which runs beside it: our last of the person."""
    if clock.kind not in BESIDE_A_CASE:
        return None
    ours = Case.objects.held_by(by).filter(circle=clock.circle_id).order_by("asked_at", "pk")
    return ours.values_list("pk", flat=True).last()


def _accountable(case_id: UUID | None, by: Actor) -> set[UUID | None]:
    """Who of our agency is accountable for a case, as far as it is ours."""
    owners = Assignment.objects.owners().filter(case=case_id, agency=by.agency_id)
    return set(owners.filter(worker__isnull=False).values_list("worker", flat=True))


_ALARMED: dict[str, Callable[[Clock, Actor], set[UUID | None]]] = {
    "owner": lambda clock, by: _accountable(clock.episode, by) or {None},
    "supervisor": lambda clock, by: {*supervising(at=by.now, by=by)} or {None},
    "duty_queue": lambda clock, by: {None},
}
"""Whom a profile can name; nobody in particular is the duty queue."""

_SETTLED = ("stable", "handed_off")
_KIND = {
    (True, False): "clock",
    (False, False): "soon",
    (True, True): "desk",
    (False, True): "desk_soon",
}
"""What is told: whether it was missed, and whether it belongs to no case."""


def _to_agency(event: Event) -> UUID | None:
    return event.to_agency_id if isinstance(event, ReferralMade | HandoffOffered) else None
