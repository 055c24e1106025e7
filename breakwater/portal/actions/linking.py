"""A link for a site without accounts: hand it out with a code, take it back, reply to what the site asks."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from breakwater.clocks.actions import stop_kind
from breakwater.clocks.models import Clock
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.messaging.actions.sites import call_links_off
from breakwater.portal.actions.along import send_along
from breakwater.portal.answering import packet_goes
from breakwater.portal.events import LinkHanded, LinkTakenBack, SiteReplied
from breakwater.portal.library import LINKS
from breakwater.portal.models import SiteLink, SiteQuestion
from breakwater.portal.models.links import SiteLinkQuerySet
from breakwater.portal.rules import may_of, why_no_link
from breakwater.referrals.actions.letters import QUESTION, hold_case
from breakwater.referrals.actions.loop import goes_with_letter
from breakwater.referrals.models import Ask, Handoff, HandoffStageCode, Referral
from breakwater.trust.access import Actor
from breakwater.trust.factors import new_recovery_codes
from breakwater.trust.journal import record
from breakwater.trust.rules.factors import plain_code
from breakwater.trust.sealed import keyed


@dataclass(frozen=True, kw_only=True)
class Handed:
    """A link as it is told, this once: its letters go to the site by message, the code by phone."""

    link: SiteLink
    letters: str
    code: str


@transaction.atomic
def hand_link(referral: Referral, *, files: Collection[UUID] = (), at: datetime, by: Actor) -> Handed:
    """Let a site without accounts read and answer one letter, perhaps with files of the case.

    A link that was handed out before opens nothing more.

    Raises:
        Refused: it is not ours, its receiver works with Breakwater, it was answered, or a file cannot go along.
        Unlawful: the letter or a file tells who they are, and what that rests on does not hold, or no longer.
    """
    by.must("referrals.refer", referral.circle)
    goes_with_letter(referral.case, referral, at=at, by=by)
    found: Referral = Referral.objects.select_related("circle", "case__circle", "to_agency").lock(referral)
    if sentence := why_no_link(
        stage=found.stage, is_ours=found.from_agency_id == by.agency_id, has_accounts=bool(found.to_agency_id)
    ):
        raise Refused(sentence)
    _end(SiteLink.objects.usable().filter(referral=found), at=at, by=by)
    handed = _hand(SiteLink(circle=found.circle, case_id=found.case_id, referral=found), at=at, by=by)
    send_along(handed.link, found, files, at=at, by=by)
    return handed


@transaction.atomic
def hand_link_to_receiver(handoff: Handoff, *, at: datetime, by: Actor) -> Handed:
    """Let a receiver without accounts read a packet with its files, answer it, and confirm the first contact.

    A link that was handed out before opens nothing more.

    Raises:
        Refused: it is not ours, its receiver works with Breakwater, it is over, a file is not there any more, or a law
            came to protect something of the record since it was offered.
        Unlawful: a law protects what is in it, and what it rests on does not hold, or no longer.
    """
    by.must("referrals.hand_off", handoff.circle)
    packet_goes(handoff, at=at, by=by)
    found: Handoff = Handoff.objects.select_related("circle", "case__circle", "to_agency").lock(handoff)
    is_ours, has_accounts = found.from_agency_id == by.agency_id, bool(found.to_agency_id)
    if sentence := why_no_link(
        stage=found.stage, is_ours=is_ours, has_accounts=has_accounts, takes_over=True
    ):
        raise Refused(sentence)
    _end(SiteLink.objects.usable().filter(handoff=found), at=at, by=by)
    lasts = LINKS.contact_lasts if found.stage == HandoffStageCode.ACCEPTED else LINKS.link_lasts
    made = SiteLink(circle=found.circle, case_id=found.case_id, handoff=found)
    handed = _hand(made, lasts=lasts, at=at, by=by)
    send_along(handed.link, found, [UUID(one) for one in found.packet.get("files", ())], at=at, by=by)
    return handed


@transaction.atomic
def hand_link_to_place(ask: Ask, *, at: datetime, by: Actor) -> Handed:
    """Let a place without accounts read and answer what it was asked. A link of before opens nothing more.

    Raises:
        Refused: we did not ask, the place works with Breakwater, or it is over.
    """
    by.must("referrals.place", ask.round.circle)
    found: Ask = Ask.objects.select_related("round__circle").lock(ask)
    if sentence := why_no_link(
        stage=found.stage, is_ours=found.from_agency_id == by.agency_id, has_accounts=bool(found.to_agency_id)
    ):
        raise Refused(sentence)
    _end(SiteLink.objects.usable().filter(ask=found), at=at, by=by)
    asked = found.round
    return _hand(SiteLink(circle=asked.circle, case_id=asked.case_id, ask=found), at=at, by=by)


@transaction.atomic
def end_link(link: SiteLink, *, at: datetime, by: Actor) -> None:
    """The link opens nothing any more; a letter that is open by it closes at once.

    Raises:
        Overtaken: it was answered, or is over already.
    """
    by.must(_may(link), link.circle)
    _hold(link)
    link = SiteLink.objects.lock(link)
    if link.stands_at(at) not in ("waiting", "opened"):
        raise Overtaken("This link is over already.")
    _end(SiteLink.objects.filter(pk=link.pk), at=at, by=by)
    record(
        LinkTakenBack(link_id=link.pk),
        about=link.pk, circle=link.circle, episode=link.case_id, by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def reply_to_site(question: SiteQuestion, *, words: str, at: datetime, by: Actor) -> SiteQuestion:
    """Reply to what a site asks. It reads the reply when it opens the same link again.

    Raises:
        Refused: nothing is said.
        Overtaken: somebody has replied.
    """
    link = SiteLink.objects.get(pk=question.link_id)
    by.must(_may(link), question.circle)
    if not words.strip():
        raise Refused("Say something: they wait for it.")
    _hold_with_its_case(link)
    question = SiteQuestion.objects.lock(question)
    if question.replied_at is not None:
        raise Overtaken("Somebody has replied a moment ago.")
    question.reply, question.replied_at, question.replied_by = words, at, by.user
    question.save(update_fields=["reply", "replied_at", "replied_by"])
    if not SiteQuestion.objects.of_letter(link.leads_to).filter(replied_at=None).exists():
        stop_kind([QUESTION], about=link.leads_to, how=Clock.Ended.MET, at=at, by=by)
    record(
        SiteReplied(question_id=question.pk),
        about=question.pk, circle=question.circle, episode=question.case_id, by=by, at=at,
    )  # fmt: skip
    return question


def _hand(link: SiteLink, *, lasts: timedelta = LINKS.link_lasts, at: datetime, by: Actor) -> Handed:
    letters, (code,) = secrets.token_urlsafe(32), new_recovery_codes(1, parts=1)
    link.agency, link.by, link.starts_at = by.agency, by.user, at
    link.token, link.code = token_of(letters), code_of(letters, code)
    link.expires_at = at + lasts
    link.save(force_insert=True)
    news = LinkHanded(
        link_id=link.pk, referral_id=link.referral_id, ask_id=link.ask_id, handoff_id=link.handoff_id
    )
    record(news, about=link.pk, circle=link.circle, episode=link.case_id, by=by, at=at)
    return Handed(link=link, letters=letters, code=code)


def _end(links: SiteLinkQuerySet, *, at: datetime, by: Actor) -> None:
    """These open nothing any more, and one that waits to be sent is not sent."""
    call_links_off(links.values_list("pk", flat=True), by=by)
    links.update(ended_at=at)


def _hold(link: SiteLink) -> None:
    """What a link leads to is held before the link is."""
    if link.referral_id:
        Referral.objects.lock(Referral(pk=link.referral_id))
    elif link.handoff_id:
        Handoff.objects.lock(Handoff(pk=link.handoff_id))
    else:
        Ask.objects.lock(Ask(pk=link.ask_id))


def _hold_with_its_case(link: SiteLink) -> None:
    """What a link leads to and its case, in the order of whoever acts on it: a letter before its case, an ask after."""
    if link.ask_id:
        hold_case(link.case_id)
        _hold(link)
    else:
        _hold(link)
        hold_case(link.case_id)


def _may(link: SiteLink) -> str:
    return may_of(leads_over=link.handoff_id is not None)


def token_of(letters: str) -> str:
    """How the letters of a link are kept."""
    return keyed(letters, what="link")


def code_of(letters: str, code: str) -> str:
    """How a code is kept: together with its link, so that it is good for no other."""
    return keyed(f"{letters} {plain_code(code)}", what="code of a link")
