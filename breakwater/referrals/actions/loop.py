"""The referral loop: refer, acknowledge, accept or decline, start, close it; or take the referral back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from breakwater.cases.actions.holding import held
from breakwater.cases.models import Case
from breakwater.kernel.errors import Refused
from breakwater.kernel.events import Event
from breakwater.messaging.actions.threads import Letter as LetterOfThread
from breakwater.messaging.actions.threads import open_thread_of_letter
from breakwater.messaging.models import Thread
from breakwater.referrals.actions.letters import QUESTION, Kind, Word, catch_up, heard_from, permit, tell
from breakwater.referrals.actions.sharing import Telling, goes_with, may_still_be_told
from breakwater.referrals.events import (
    HelpStarted,
    LoopClosed,
    ReferralAccepted,
    ReferralAcknowledged,
    ReferralAnswered,
    ReferralDeclined,
    ReferralMade,
    ReferralOnHold,
    ReferralWithdrawn,
)
from breakwater.referrals.models import Referral, ReferralStage, Stage, Told
from breakwater.referrals.rules import CLOCK_AFTER, NEXT_IN_LOOP, purpose_of, why_it_is_not_known
from breakwater.resources.models import Domain, Service
from breakwater.trust.access import Actor
from breakwater.trust.actions.circles import hold_circle
from breakwater.trust.models import Agency, Entry
from breakwater.trust.rules.law import REFER

_PLAIN: dict[str, type[Event]] = {
    ReferralStage.ACKNOWLEDGED: ReferralAcknowledged,
    ReferralStage.ACCEPTED: ReferralAccepted,
    ReferralStage.STARTED: HelpStarted,
    ReferralStage.ON_HOLD: ReferralOnHold,
    ReferralStage.WITHDRAWN: ReferralWithdrawn,
}


def _told(referral: Any, stage: Any) -> Event:
    about = {"referral_id": referral.pk}
    if stage.code in _PLAIN:
        return _PLAIN[stage.code](**about)
    if stage.code == ReferralStage.SENT:
        return ReferralMade(need=referral.need, to_agency_id=referral.to_agency_id, **about)
    if stage.code == ReferralStage.DECLINED:
        return ReferralDeclined(need=referral.need, reason=stage.reason, **about)
    return LoopClosed(
        need=referral.need, code=stage.code, told_by=stage.told_by, reason=stage.reason, **about
    )


LOOP = Kind(
    stages=Stage,
    link="referral",
    follows=NEXT_IN_LOOP,
    clocks=CLOCK_AFTER,
    sends="referrals.refer",
    once="each_stage_once",
    tells=_told,
    answers=lambda referral, stage: ReferralAnswered(
        referral_id=referral.pk, stage_id=stage.pk, code=str(stage.code)
    ),
    question=QUESTION,
)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """Whom we ask, for which need, and exactly what they are told. An empty name or reach is not told."""

    to_name: str
    need: str
    words: str
    known_as: str = ""
    reach: str = ""
    to_agency: Agency | None = None
    service: Service | None = None


@transaction.atomic
def refer(case: Case, letter: Letter, *, at: datetime, by: Actor) -> Referral:
    """Ask somebody to help with a need. The acknowledgement clock runs from now.

    Raises:
        Refused: the case is closed, nobody or nothing is asked, or one's own agency is.
        Unlawful: it tells who they are, and a law protects that. Without a name it may always be asked.
    """
    by.must("referrals.refer", case.circle)
    hold_circle(case.circle)
    case = held(case, by=by)
    if sentence := _why_not_sent(letter, by=by):
        raise Refused(sentence)
    referral = Referral(
        circle=case.circle, case=case, from_agency=by.agency, to_agency=letter.to_agency,
        service=letter.service, to_name=letter.to_name, need=letter.need, known_as=letter.known_as,
        reach=letter.reach, words=letter.words, goes_with=goes_with_letter(case, letter, at=at, by=by), sent_at=at,
        sent_by=by.user,
    )  # fmt: skip
    referral.save(force_insert=True)
    Stage.objects.create(
        referral=referral, from_agency=by.agency, to_agency=letter.to_agency, code=ReferralStage.SENT,
        told_by=Told.SENDER, at=at, by=by.user, by_agency=by.agency,
    )  # fmt: skip
    catch_up(referral, kind=LOOP, by=by)
    return referral


@transaction.atomic
def acknowledge(referral: Referral, *, at: datetime, by: Actor, word: Word | None = None) -> Stage:
    """The receiver has read it and will answer.

    Raises:
        Overtaken: it is past that already.
        Refused: the sender writes it down without naming who told it.
    """
    return _tell(referral, ReferralStage.ACKNOWLEDGED, word, at=at, by=by)


@transaction.atomic
def accept(referral: Referral, *, at: datetime, by: Actor, word: Word | None = None) -> Stage:
    """The receiver will help.

    Raises:
        Overtaken: it was answered or taken back a moment ago.
        Refused: the sender writes it down without naming who told it.
    """
    return _tell(referral, ReferralStage.ACCEPTED, word, at=at, by=by)


@transaction.atomic
def decline(referral: Referral, *, at: datetime, by: Actor, word: Word) -> Stage:
    """The receiver will not help, and says why. Somebody else is to be found.

    Raises:
        Overtaken: it was answered or taken back a moment ago.
        Refused: there is no reason, or the sender writes it down without naming who told it.
    """
    return _tell(referral, ReferralStage.DECLINED, word, at=at, by=by)


@transaction.atomic
def start_help(referral: Referral, *, at: datetime, by: Actor, word: Word | None = None) -> Stage:
    """The receiver has begun to help, or goes on with what was on hold.

    Raises:
        Overtaken: it was not accepted, or the loop is closed.
        Refused: the sender writes it down without naming who told it.
    """
    return _tell(referral, ReferralStage.STARTED, word, at=at, by=by)


@transaction.atomic
def put_on_hold(referral: Referral, *, at: datetime, by: Actor, word: Word) -> Stage:
    """The receiver cannot go on for a while, and says why. A clock runs until somebody looks again.

    Raises:
        Overtaken: it was not accepted, is on hold already, or the loop is closed.
        Refused: nothing is said about why, or the sender writes it down without naming who told it.
    """
    if not word.words.strip():
        raise Refused("Say why it waits: the other side reads it.")
    return _tell(referral, ReferralStage.ON_HOLD, word, at=at, by=by)


@transaction.atomic
def meet_need(referral: Referral, *, at: datetime, by: Actor, word: Word) -> Stage:
    """The need was met, as told by the person or a second source: never by the sender alone.

    Raises:
        Overtaken: the loop is already closed.
        Refused: nobody but the sender says so.
    """
    return _tell(referral, ReferralStage.NEED_MET, word, at=at, by=by)


@transaction.atomic
def miss_need(referral: Referral, *, at: datetime, by: Actor, word: Word) -> Stage:
    """The need was not met, and why.

    Raises:
        Overtaken: the loop is already closed.
        Refused: there is no reason.
    """
    return _tell(referral, ReferralStage.NOT_MET, word, at=at, by=by)


@transaction.atomic
def withdraw(referral: Referral, *, words: str, at: datetime, by: Actor) -> Stage:
    """Take the referral back.

    Raises:
        Overtaken: the loop is already closed.
        Refused: nothing is said about why, or it is not the actor's agency that sent it.
    """
    if referral.from_agency_id != by.agency_id:
        raise Refused("Only the agency that sent a referral can take it back. You can decline it.")
    if not words.strip():
        raise Refused("Say why you take it back: the receiver reads it.")
    return _tell(referral, ReferralStage.WITHDRAWN, Word(told_by=Told.SENDER, words=words), at=at, by=by)


@transaction.atomic
def hear_referral(entry: Entry, *, by: Actor) -> None:
    """The sender's side takes in what the receiver wrote down. Hearing it again changes nothing."""
    referral = Referral.objects.lock(Referral(pk=entry.about))
    catch_up(referral, kind=LOOP, by=by)


def _tell(referral: Referral, code: str, word: Word | None, *, at: datetime, by: Actor) -> Stage:
    is_sender = permit(referral, LOOP, by=by)
    word = heard_from(word or Word(), is_sender=is_sender, by=by)
    if code in (ReferralStage.DECLINED, ReferralStage.NOT_MET) and word.reason not in Stage.Reason.values:
        raise Refused("Choose a reason, so that the next search can do better.")
    if word.reason == Stage.Reason.OTHER and not word.words.strip():
        raise Refused("Say the other reason in a few words.")
    ours = (by.name, by.agency.name) if is_sender else ()
    if sentence := why_it_is_not_known(code, told_by=word.told_by, source=word.source, ours=ours):
        raise Refused(sentence)
    stage: Stage = tell(referral, code, word, kind=LOOP, at=at, by=by)
    return stage


def open_thread(referral: Referral, *, at: datetime, by: Actor) -> Thread:
    """The thread in which both ends write about a referral. Twice is once.

    Raises:
        Refused: whoever was asked does not work with Breakwater.
    """
    if referral.to_agency_id is None:
        raise Refused(
            f"{referral.to_name} does not work with Breakwater. Call them, and write it in the chronology."
        )
    about = LetterOfThread(
        id=referral.pk, case_id=referral.case_id, circle_id=referral.circle_id,
        from_agency_id=referral.from_agency_id, to_agency_id=referral.to_agency_id,
        purpose=purpose_of(referral.need),
    )  # fmt: skip
    return open_thread_of_letter(about, at=at, by=by)


def goes_with_letter(case: Case, letter: Letter | Referral, *, at: datetime, by: Actor) -> str:
    """What goes along when a letter tells who they are. One that names nobody tells nobody's secret.

    Raises:
        Unlawful: it tells who they are, and a law protects that.
    """
    telling = _telling(letter)
    return goes_with(case, telling, at=at, by=by) if telling else ""


def is_still_lawful(referral: Referral, *, at: datetime, by: Actor) -> bool:
    """Whether what a referral tells might be told at this moment: consents end, and laws come to protect a record."""
    telling = _telling(referral)
    return telling is None or may_still_be_told(referral.case, telling, at=at, by=by)


def _telling(letter: Letter | Referral) -> Telling | None:
    if not (letter.known_as or letter.reach):
        return None
    return Telling(
        act=REFER, to_agency=letter.to_agency, to_name=letter.to_name, need=letter.need,
        information=("who", "needs"), what=f"A referral for {Domain(letter.need).label.lower()}, with their name",
    )  # fmt: skip


def _why_not_sent(letter: Letter, *, by: Actor) -> str:
    if not letter.to_name.strip():
        return "Say whom you ask for help."
    if not letter.words.strip():
        return "Say what you ask for: it is all the receiver will read."
    if letter.to_agency and letter.to_agency.pk == by.agency_id:
        return "A referral goes to somebody else. For your own agency, plan a step."
    return ""
