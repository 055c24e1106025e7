"""Read a notice: approved, refused or stopped; appeal in time; renew in time, after asking for the address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from breakwater.attachments.actions import attach
from breakwater.attachments.forms import Brought
from breakwater.benefits.actions.going import (
    ADDRESS,
    HEARING,
    KEPT,
    LAST_DAY,
    RENEWAL,
    STATUS,
    clock_of,
    move,
    on_its_way,
    peg,
    tell,
    unwatch,
    watch,
)
from breakwater.benefits.events import AddressAsked, AppealFiled, LastDayFound, NoticeReceived, RenewalFiled
from breakwater.benefits.models import Application, Notice
from breakwater.benefits.rules.course import (
    APPEALING,
    APPROVED,
    DENIED,
    LOST,
    REASONS,
    RENEWING,
    address_due,
    noon_of,
    renewal_due,
)
from breakwater.clocks.models import Clock
from breakwater.kernel.days import end_of_day
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.trust.access import Actor

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What stands on a notice.

    Args:
        dated: the date on it, from which deadlines count.
        reason: why it was refused or stopped, by code.
        effective_on: from when it stops.
        last_day: the last day to appeal, where it says one; it goes before what the law says.
        kept_day: the last day to appeal so that the benefit goes on meanwhile.
        attached: how it looks.
    """

    kind: str
    dated: date
    words: str = ""
    reason: str = ""
    effective_on: date | None = None
    last_day: date | None = None
    kept_day: date | None = None
    holds_from: date | None = None
    holds_until: date | None = None
    amount: str = ""
    attached: Sequence[Brought] = ()


@transaction.atomic
def note_notice(application: Application, letter: Letter, *, at: datetime, by: Actor) -> Notice:
    """A notice came: what was due is settled by it, and what is due next runs from its date.

    Raises:
        Refused: it is dated ahead, a refusal has no reason, an approval no first day, or its days contradict.
        Overtaken: the application stands elsewhere, or has ended.
    """
    by.must("plans.work", application.circle)
    application = on_its_way(application, by=by)
    if sentence := _why_not_read(letter, today=at.astimezone(by.zone).date()):
        raise Refused(sentence)
    notice = Notice(
        circle=application.circle, application=application, kind=letter.kind, dated=letter.dated,
        reason=letter.reason if letter.kind in _AGAINST else "", effective_on=letter.effective_on,
        words=letter.words, by=by.user, at=at,
    )  # fmt: skip
    notice.save(force_insert=True)
    attach(letter.attached, peg("notice", notice, by=by), at=at, by=by)
    if letter.kind == Notice.Kind.APPROVED:
        _approve(application, letter, at=at, by=by)
    elif letter.kind in _AGAINST:
        _refuse(application, letter, at=at, by=by)
    news = NoticeReceived(
        notice_id=notice.pk, program=application.program, kind=notice.kind, ground=notice.ground
    )
    tell(news, application, at=at, by=by)
    return notice


@transaction.atomic
def find_last_day(application: Application, *, last_day: date, at: datetime, by: Actor) -> Application:
    """The last day to appeal was found out, or read again.

    Raises:
        Refused: the day is over.
        Overtaken: nothing was refused or stopped, or an appeal was filed.
    """
    by.must("plans.work", application.circle)
    application = on_its_way(application, by=by)
    if application.stage not in (DENIED, LOST):
        raise Overtaken(
            "Nothing was refused that could be appealed now. Open the page again to see how it stands."
        )
    until = end_of_day(last_day, by.zone)
    if until <= at:
        raise Refused(
            "This day is over. Ask legal aid whether an appeal can still be heard, and end it if not."
        )
    kind, _ = clock_of(application, "hearing", HEARING, by=by)
    watch(application, kind, since=at, until=until, at=at, by=by)
    unwatch(application, [LAST_DAY], at=at, by=by)
    news = LastDayFound(application_id=application.pk, program=application.program, due_at=until)
    tell(news, application, at=at, by=by)
    return application


@transaction.atomic
def appeal(application: Application, *, at: datetime, by: Actor) -> Application:
    """A hearing was asked for; its deadlines are kept, and the next notice is waited for.

    Raises:
        Overtaken: nothing was refused or stopped, or it has ended.
    """
    by.must("plans.work", application.circle)
    application = on_its_way(application, by=by)
    move(application, APPEALING)
    application.appealed_at = at
    application.save(update_fields=["stage", "appealed_at"])
    _wait_for_an_answer(application, at=at, by=by)
    tell(AppealFiled(application_id=application.pk, program=application.program), application, at=at, by=by)
    return application


@transaction.atomic
def file_renewal(application: Application, *, at: datetime, by: Actor) -> Application:
    """The renewal was filed; the next notice is waited for.

    Raises:
        Overtaken: it is not approved, or has ended.
    """
    by.must("plans.work", application.circle)
    application = on_its_way(application, by=by)
    move(application, RENEWING)
    application.renewed_at = at
    application.save(update_fields=["stage", "renewed_at"])
    _wait_for_an_answer(application, at=at, by=by)
    tell(RenewalFiled(application_id=application.pk, program=application.program), application, at=at, by=by)
    return application


@transaction.atomic
def ask_address(application: Application, *, still_right: bool, at: datetime, by: Actor) -> Application:
    """They were asked whether the office's mail still finds them, before it writes.

    Raises:
        Overtaken: nothing is approved that could be renewed, or it has ended.
    """
    by.must("plans.work", application.circle)
    application = on_its_way(application, by=by)
    if application.stage != APPROVED:
        raise Overtaken(
            "Nothing is approved that the office would write about. Open the page again to see how it stands."
        )
    application.address_asked_at = at
    application.save(update_fields=["address_asked_at"])
    unwatch(application, [ADDRESS], at=at, by=by)
    news = AddressAsked(application_id=application.pk, program=application.program, still_right=still_right)
    tell(news, application, at=at, by=by)
    return application


_AGAINST = (Notice.Kind.DENIED, Notice.Kind.STOPPED)


def _why_not_read(letter: Letter, *, today: date) -> str:
    if letter.dated > today:
        return "The date on the notice has not come yet. Check the date."
    if letter.kind in _AGAINST and letter.reason not in REASONS:
        return "Say why it was refused or stopped, or that the notice does not say."
    if letter.kind == Notice.Kind.APPROVED and letter.holds_from is None:
        return "Say from which day it is approved."
    if letter.holds_from and letter.holds_until and letter.holds_until < letter.holds_from:
        return "It would stop before it begins. Check both days."
    if any(day is not None and day < letter.dated for day in (letter.last_day, letter.kept_day)):
        return "The last day to appeal lies before the date on the notice. Check both."
    return ""


def _approve(application: Application, letter: Letter, *, at: datetime, by: Actor) -> None:
    move(application, APPROVED)
    application.holds_from, application.holds_until = letter.holds_from, letter.holds_until
    application.amount, application.address_asked_at = letter.amount, None
    application.save(update_fields=["stage", "holds_from", "holds_until", "amount", "address_asked_at"])
    unwatch(application, at=at, by=by)
    if application.holds_until is None:
        return
    terms, today = application.terms.terms, at.astimezone(by.zone).date()
    due = renewal_due(application.holds_until, terms)
    if due > today:
        kind, _ = clock_of(application, "renewal", RENEWAL, by=by)
        watch(application, kind, since=at, until=end_of_day(due, by.zone), at=at, by=by)
    if ask_by := address_due(application.holds_until, terms, today=today):
        watch(application, ADDRESS, since=at, until=end_of_day(ask_by, by.zone), at=at, by=by)


def _refuse(application: Application, letter: Letter, *, at: datetime, by: Actor) -> None:
    """Refused or stopped. What was approved and is not renewed was lost, whatever the notice calls it."""
    was_running = application.stage in (APPROVED, RENEWING)
    move(application, LOST if was_running or letter.kind == Notice.Kind.STOPPED else DENIED)
    application.save(update_fields=["stage"])
    _let_them_appeal(application, letter, at=at, by=by)
    if was_running:
        _keep_it_going(application, letter, at=at, by=by)
    awaited = [kind for kind in _kinds(application) if kind not in _appeals(application, by=by)]
    unwatch(application, awaited, at=at, by=by)


def _let_them_appeal(application: Application, letter: Letter, *, at: datetime, by: Actor) -> None:
    """The day on the notice; else the law's, from the day it counts as received; else somebody finds it out."""
    kind, is_law = clock_of(application, "hearing", HEARING, by=by)
    received = noon_of(letter.dated + application.terms.mailing_days * _A_DAY, by.zone)
    if letter.last_day is not None:
        until = end_of_day(letter.last_day, by.zone)
        watch(application, kind, since=noon_of(letter.dated, by.zone), until=until, at=at, by=by)
    elif is_law:
        watch(application, kind, since=received, at=at, by=by)
    else:
        watch(application, LAST_DAY, since=at, at=at, by=by)


def _keep_it_going(application: Application, letter: Letter, *, at: datetime, by: Actor) -> None:
    """By when an appeal keeps the benefit going: the notice's day, the law's, or the day before it stops."""
    kind, is_law = clock_of(application, "kept", KEPT, by=by)
    received = noon_of(letter.dated + application.terms.mailing_days * _A_DAY, by.zone)
    before = (
        letter.effective_on - _A_DAY if letter.effective_on and letter.effective_on > letter.dated else None
    )
    day = letter.kept_day or (None if is_law else before)
    if day is not None:
        since = noon_of(letter.dated, by.zone)
        watch(application, kind, since=since, until=end_of_day(day, by.zone), at=at, by=by)
    elif is_law:
        watch(application, kind, since=received, at=at, by=by)


def _wait_for_an_answer(application: Application, *, at: datetime, by: Actor) -> None:
    watch(application, STATUS, since=at, at=at, by=by)
    unwatch(application, [kind for kind in _kinds(application) if kind != STATUS], at=at, by=by)


def _kinds(application: Application) -> list[str]:
    """The kinds of clock that run about it."""
    return list(Clock.objects.running().of(application.pk).values_list("kind", flat=True))


def _appeals(application: Application, *, by: Actor) -> set[str]:
    return {LAST_DAY, *(clock_of(application, what, ours, by=by)[0] for what, ours in _DEADLINES)}


_DEADLINES = (("hearing", HEARING), ("kept", KEPT))
