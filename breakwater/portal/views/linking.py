"""Those who sent a letter to a site without accounts: hand out a link, take it back, reply."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from breakwater.cases.views.act import seen_part
from breakwater.kernel.errors import NotPermitted, Refused
from breakwater.messaging.actions.sites import Desk, Errand, carry_link
from breakwater.portal.actions.linking import (
    Handed,
    end_link,
    hand_link,
    hand_link_to_place,
    hand_link_to_receiver,
    reply_to_site,
)
from breakwater.portal.desks import desks_of, listed_with, numbers_of
from breakwater.portal.forms import AlongForm, SiteReplyForm
from breakwater.portal.library import LINKS
from breakwater.portal.models import SiteFile, SiteLink, SiteQuestion
from breakwater.portal.rules import why_no_link
from breakwater.referrals.models import Ask, Handoff, Referral
from breakwater.referrals.views.asking import our_ask
from breakwater.resources.models import Service
from breakwater.trust.access import Request
from breakwater.trust.journal import must_have_said_why
from breakwater.trust.pace import paced
from breakwater.trust.receipts import shown_once
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other


@paced("codes", verb="POST")
def links(request: Request, referral_id: UUID) -> HttpResponse:
    """The links to one letter, what was asked by them, and a new one."""
    found = _letter(request, Referral, referral_id)
    form = AlongForm(request.POST or None, case=found.case, actor=request.actor)

    def hand() -> Handed:
        return hand_link(found, files=form.chosen(), at=request.now, by=request.actor)

    return _links(request, _of_referral(found), hand, form, **_known(request, found))


@paced("codes", verb="POST")
def links_to_hand_off(request: Request, handoff_id: UUID) -> HttpResponse:
    """The links to one hand-off, what was asked by them, and a new one, with which the files of the packet go."""
    found = _letter(request, Handoff, handoff_id)
    return _links(
        request, _of_hand_off(found), lambda: hand_link_to_receiver(found, at=request.now, by=request.actor),
        forms.Form(request.POST), **_known(request, found),
    )  # fmt: skip


@paced("codes", verb="POST")
def links_to_place(request: Request, ask_id: UUID) -> HttpResponse:
    """The links to what one place was asked in a round, and a new one. What it asks is replied to on the round."""
    found = our_ask(request, ask_id)
    return _links(
        request, _of_ask(found), lambda: hand_link_to_place(found, at=request.now, by=request.actor),
        forms.Form(request.POST),
        links=list(SiteLink.objects.leading_to(found.pk)), questions=[], went={},
    )  # fmt: skip


@require_POST
def ending(request: Request, site_link_id: UUID) -> HttpResponse:
    """Take a link back."""
    link = seen_part(request, SiteLink, site_link_id)
    end_link(link, at=request.now, by=request.actor)
    return see_other(request, _place_of(link))


def reply(request: Request, site_question_id: UUID) -> HttpResponse:
    """Reply to what a site asks."""
    question = seen_part(request, SiteQuestion, site_question_id)
    form = SiteReplyForm(request.POST or None)
    back = _place_of(SiteLink.objects.get(pk=question.link_id))
    if form.is_valid():
        with refusals_on(form):
            reply_to_site(question, words=form.cleaned_data["reply"], at=request.now, by=request.actor)
            return see_other(request, back)
    return page(request, "portal/site_reply.html", question=question, form=form, back=back)


def _letter(request: Request, kind: type[Any], letter_id: UUID) -> Any:
    """A letter of our own: whoever it went to finds nothing here."""
    request.actor.must("cases.read")
    sent = kind.objects.sent_by(request.actor).filter(pk=letter_id)
    found = sent.select_related("case__circle", "circle", "service", "to_agency").first()
    if found is None:
        raise Http404
    must_have_said_why(found.circle_id, by=request.actor)
    request.actor.saw("referrals.letter", [found.pk])
    return found


@dataclass(frozen=True, kw_only=True)
class _Led:
    """What a link leads to, for those who hand it out."""

    name: str
    back: str
    place: str
    why_not: str
    may: str
    phones: list[str]
    desks: list[Desk]


def _of_referral(found: Referral) -> _Led:
    return _Led(
        name=found.to_name, back=url("referrals:letter", found.pk), place=url("portal:site_links", found.pk),
        why_not=_why_not(found), may="referrals.refer", phones=_numbers(found.service),
        desks=desks_of(found.service),
    )  # fmt: skip


def _of_hand_off(found: Handoff) -> _Led:
    return _Led(
        name=found.to_name, back=url("referrals:packet", found.pk), place=url("portal:links_to_hand_off", found.pk),
        why_not=_why_not(found), may="referrals.hand_off", phones=_numbers(found.service),
        desks=desks_of(found.service),
    )  # fmt: skip


def _of_ask(found: Ask) -> _Led:
    return _Led(
        name=found.name, back=url("referrals:round", found.round_id), place=url("portal:links_to_place", found.pk),
        why_not=_why_not(found), may="referrals.place", phones=numbers_of(listed_with(found.program)),
        desks=desks_of(found.program.service),
    )  # fmt: skip


def _place_of(link: SiteLink) -> str:
    """The page on which a link is looked after."""
    if link.ask_id:
        return url("portal:links_to_place", link.ask_id)
    if link.handoff_id:
        return url("portal:links_to_hand_off", link.handoff_id)
    return url("portal:site_links", link.referral_id)


def _known(request: Request, found: Referral | Handoff) -> dict[str, Any]:
    """The links to a letter, what was asked by them, and the files that went along, by the link with which they did."""
    files = list(SiteFile.objects.of_letter(found.pk))
    request.actor.saw("attachments.attachment", [one.attachment_id for one in files])
    return {
        "links": list(SiteLink.objects.leading_to(found.pk)),
        "questions": list(SiteQuestion.objects.of_letter(found.pk)),
        "went": {link: list(some) for link, some in groupby(files, key=attrgetter("link_id"))},
    }


def _links(
    request: Request, led: _Led, hand: Callable[[], Handed], form: forms.Form, **shown: Any
) -> HttpResponse:
    """Hand out a link when it was pressed; else the page of links."""
    said = ""
    if request.method == "POST" and form.is_valid():
        try:
            return shown_once(request, _told(request, led, hand()))
        except NotPermitted:
            raise
        except Refused as refusal:
            said = str(refusal)
    return page(request, "portal/site_links.html", led=led, said=said, form=form, lasting=LINKS, **shown)


def _told(request: Request, led: _Led, handed: Handed) -> HttpResponse:
    """The link and its code as they are told. They are shown this once; the link may go by itself."""
    address = f"{request.build_absolute_uri(reverse('portal:site'))}#{handed.letters}"
    desk = next((one for one in led.desks if one.value == request.POST.get("desk", "")), None)
    if desk:
        errand = Errand(kind="link", cause=handed.link.pk, about=handed.link.pk)
        carry_link(desk, address, errand, at=request.now, by=request.actor)
    return page(
        request, "portal/site_slip.html", status=200, led=led, link=handed.link, address=address, code=handed.code,
        desk=desk, files=list(SiteFile.objects.by_link(handed.link.pk)),
    )  # fmt: skip


def _numbers(service: Service | None) -> list[str]:
    return numbers_of(Q(service=service)) if service else []


def _why_not(found: Referral | Handoff | Ask) -> str:
    """Those who look stand at its sending end: everybody else found nothing."""
    has_accounts, takes_over = bool(found.to_agency_id), isinstance(found, Handoff)
    return why_no_link(stage=found.stage, is_ours=True, has_accounts=has_accounts, takes_over=takes_over)
