"""What a site without accounts does by its link to a letter: open it and its files, say yes or no, ask, tell its room.

It is nobody's user. What it does is written down by Breakwater itself, acting for those who asked, through the acts by
which their workers write down what they were told; and as told by whom the site says it is.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from breakwater.clocks.actions import Promise, start
from breakwater.clocks.models import Clock
from breakwater.kernel.db import one_row, refuse_if
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.portal.actions.linking import code_of, token_of
from breakwater.portal.answering import LETTERS, REFERRAL, Site, mark_of
from breakwater.portal.events import LinkOpened, SiteAnswered, SiteAsked, SiteFileOpened
from breakwater.portal.library import LINKS
from breakwater.portal.models import SiteFile, SiteLink, SiteQuestion
from breakwater.referrals.actions.along import let_file_out
from breakwater.referrals.actions.letters import QUESTION, Word
from breakwater.referrals.actions.loop import accept, acknowledge, decline
from breakwater.referrals.actions.outside import LONGEST_SOURCE
from breakwater.referrals.models import ReferralStage, Stage, Told
from breakwater.resources.actions.room import Told as RoomTold
from breakwater.resources.actions.room import tell_room
from breakwater.resources.models import Capacity
from breakwater.trust.access import Actor, acting, system_for
from breakwater.trust.actions.circles import hold_circle
from breakwater.trust.journal import record

_OPEN = "SELECT portal_open_letter(%s, %s, %s, %s)"
BY_LINK = "by a link and its code"


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a site says: who there says it, in which words, why not, and how and when they met whom they take over."""

    who: str
    words: str = ""
    reason: str = ""
    how: str = ""
    told_at: datetime | None = None


def open_link(letters: str, code: str) -> str:
    """Open a letter with the letters of its link and the code. The key for the browser; ``""`` when nothing opens."""
    key = secrets.token_urlsafe(32)
    opened = one_row(_OPEN, (token_of(letters), code_of(letters, code), mark_of(key), LINKS.open_for))
    return key if opened and opened[0] else ""


@transaction.atomic
def note_letter_read(site: Site, *, at: datetime) -> None:
    """The letter is read: whether it may be is asked once more and written down, and its receiver has it.

    Raises:
        Unlawful: what it rested on when it was sent holds no longer.
    """
    with acting(system_for(site.agency, now=at)) as by:
        letter = site.sent()
        LETTERS[site.kind].goes_with(letter.case, letter, at=at, by=by)
        record(
            LinkOpened(link_id=site.link_id),
            about=site.link_id, circle=letter.circle, episode=letter.case_id, by=by, at=at,
        )  # fmt: skip
        if site.kind == REFERRAL and letter.stage == ReferralStage.SENT:
            acknowledge(
                letter, word=Word(source=f"{letter.to_name}, {BY_LINK}"[-LONGEST_SOURCE:]), at=at, by=by
            )


@transaction.atomic
def say_yes(site: Site, said: Said, *, at: datetime) -> Stage:
    """They will help. It uses the link up.

    Raises:
        Refused: nobody is named who says so.
        Overtaken: it was answered, taken back or closed a moment ago.
    """
    return _answer(site, said, accept, "accepted", at=at)


@transaction.atomic
def say_no(site: Site, said: Said, *, at: datetime) -> Stage:
    """They will not help, and say why. It uses the link up.

    Raises:
        Refused: nobody is named who says so, or no reason is chosen.
        Overtaken: it was answered, taken back or closed a moment ago.
    """
    return _answer(site, said, decline, "declined", at=at)


@transaction.atomic
def ask_first(site: Site, said: Said, *, at: datetime) -> SiteQuestion:
    """They want to know something first. The link stays as it is, and the reply is read by it.

    Raises:
        Refused: nobody is named who asks, or nothing is asked.
        Overtaken: the last question has no reply yet, or the letter is closed.
    """
    if not said.words.strip():
        raise Refused("Write the question.")
    with acting(system_for(site.agency, now=at)) as by:
        link, letter = held_open(site, said, at=at)
        with refuse_if("a_site_asks_one_thing_at_a_time", "Your last question has no reply yet."):
            question = SiteQuestion.objects.create(
                circle=link.circle, case_id=link.case_id, link=link, who=said.who, words=said.words, at=at
            )
        if not Clock.objects.running().of(letter.pk).filter(kind=QUESTION).exists():
            owed = Promise(kind=QUESTION, about=letter.pk, started_at=at)
            start(owed, circle=letter.circle, episode=letter.case_id, at=at, by=by)
        news = SiteAsked(link_id=link.pk, question_id=question.pk)
        record(news, about=question.pk, circle=link.circle, episode=link.case_id, by=by, at=at)
    return question


@transaction.atomic
def tell_own_room(site: Site, said: Said, free: int, *, at: datetime) -> Capacity:
    """They say how many they would take now, of the service that was asked and of no other.

    Raises:
        Refused: nobody is named who says so, or the letter asks no service of the directory.
        Overtaken: the letter is closed, or a newer figure is known.
    """
    with acting(system_for(site.agency, now=at)) as by:
        _, letter = held_open(site, said, at=at)
        if letter.service is None:
            raise Refused("Your house is not in the directory. Say in words how much room you have.")
        return tell_room(
            letter.service, RoomTold(free=free, told_by=source_of(said, letter.to_name)), at=at, by=by
        )


@transaction.atomic
def open_file(site: Site, file: SiteFile, *, at: datetime) -> None:
    """They open a file: the law is asked once more, and it is accounted for, each time.

    Raises:
        Unlawful: what it rested on when it was sent holds no longer.
        Overtaken: the letter is closed, or the file was opened as often as it may be.
    """
    with acting(system_for(site.agency, now=at)) as by:
        hold_circle(site.sent().circle)
        letter, link = site.sent(locked=True), held_link(site)
        found = SiteFile.objects.select_related("attachment").lock(file)
        if link.stands_at(at) != "opened" or letter.closed_at or not found.may_be_opened:
            raise Overtaken("This file is no longer open. Call those who sent it.")
        let_file_out(letter, found.attachment, at=at, by=by)
        SiteFile.objects.filter(pk=found.pk).update(times=F("times") + 1, opened_at=at)
        news = SiteFileOpened(link_id=link.pk, site_file_id=found.pk)
        record(news, about=found.pk, circle=link.circle, episode=link.case_id, by=by, at=at)


def _answer(site: Site, said: Said, act: Callable[..., Stage], code: str, *, at: datetime) -> Stage:
    with acting(system_for(site.agency, now=at)) as by:
        link, letter = held_open(site, said, at=at)
        word = Word(
            told_by=Told.RECEIVER,
            source=source_of(said, letter.to_name),
            reason=said.reason,
            words=said.words,
        )
        stage = act(letter, word=word, at=at, by=by)
        note_answered(link, code, at=at, by=by)
    return stage


def note_answered(link: SiteLink, code: str, *, at: datetime, by: Actor) -> None:
    """The link is used up, and those who handed it out hear of it."""
    SiteLink.objects.filter(pk=link.pk).update(answered_at=at)
    say_answered(link, code, at=at, by=by)


def say_answered(link: SiteLink, code: str, *, at: datetime, by: Actor) -> None:
    """Those who handed a link out hear what was answered by it."""
    news = SiteAnswered(link_id=link.pk, code=code)
    record(news, about=link.pk, circle=link.circle, episode=link.case_id, by=by, at=at)


def held_open(site: Site, said: Said, *, at: datetime) -> tuple[SiteLink, Any]:
    """The link and its letter, locked, while the letter is open by it.

    Raises:
        Refused: nobody is named who says something.
        Overtaken: it was answered, taken back or closed a moment ago.
    """
    must_be_named(said)
    letter, link = site.sent(locked=True), held_link(site)
    if link.stands_at(at) != "opened" or letter.closed_at:
        raise Overtaken("This letter is no longer open. Call those who sent it.")
    return link, letter


def must_be_named(said: Said) -> None:
    """Go on only with somebody who can be called back.

    Raises:
        Refused: nobody is named.
    """
    if not said.who.strip():
        raise Refused("Say who you are, so that they can call you back.")


def held_link(site: Site) -> SiteLink:
    """The link, locked; to be called with what it leads to locked."""
    return SiteLink.objects.select_related("circle").select_for_update(of=("self",)).get(pk=site.link_id)


def source_of(said: Said, name: str) -> str:
    """Who told it, as far as anybody knows: the name they gave, the site, and how it came."""
    return f"{said.who.strip()}, {name}, {BY_LINK}"[:LONGEST_SOURCE]
