"""Those who sent a letter to a site without accounts: hand out a link, take it back, reply."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from breakwater.cases.views.act import seen_part
from breakwater.kernel.errors import Refused
from breakwater.portal.actions.linking import Handed, end_link, hand_link, reply_to_site
from breakwater.portal.forms import SiteReplyForm
from breakwater.portal.library import LINKS
from breakwater.portal.models import SiteLink, SiteQuestion
from breakwater.portal.rules import why_no_link
from breakwater.referrals.models import Referral
from breakwater.resources.models import Phone
from breakwater.trust.access import Request
from breakwater.trust.receipts import shown_once
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other


def links(request: Request, referral_id: UUID) -> HttpResponse:
    """The links to one letter, what was asked by them, and a new one."""
    found = _letter(request, referral_id)
    said = ""
    if request.method == "POST":
        try:
            return shown_once(
                request, _told(request, found, hand_link(found, at=request.now, by=request.actor))
            )
        except Refused as refusal:
            said = str(refusal)
    return page(
        request, "portal/site_links.html", letter=found, said=said, why_not=_why_not(request, found),
        links=list(SiteLink.objects.of_letter(found.pk)), questions=list(SiteQuestion.objects.of_letter(found.pk)),
        lasting=LINKS, phones=_phones(found),
    )  # fmt: skip


@require_POST
def ending(request: Request, site_link_id: UUID) -> HttpResponse:
    """Take a link back."""
    link = seen_part(request, SiteLink, site_link_id)
    end_link(link, at=request.now, by=request.actor)
    return see_other(request, url("portal:site_links", link.referral_id))


def reply(request: Request, site_question_id: UUID) -> HttpResponse:
    """Reply to what a site asks."""
    question = seen_part(request, SiteQuestion, site_question_id)
    form = SiteReplyForm(request.POST or None)
    back = url("portal:site_links", SiteLink.objects.get(pk=question.link_id).referral_id)
    if form.is_valid():
        with refusals_on(form):
            reply_to_site(question, words=form.cleaned_data["reply"], at=request.now, by=request.actor)
            return see_other(request, back)
    return page(request, "portal/site_reply.html", question=question, form=form, back=back)


def _letter(request: Request, referral_id: UUID) -> Referral:
    """A letter of our own: whoever it went to finds nothing here."""
    request.actor.must("cases.read")
    sent = Referral.objects.sent_by(request.actor).filter(pk=referral_id)
    found: Referral | None = sent.select_related("case__circle", "circle", "service", "to_agency").first()
    if found is None:
        raise Http404
    request.actor.saw("referrals.letter", [found.pk])
    return found


def _told(request: Request, found: Referral, handed: Handed) -> HttpResponse:
    """The link and its code as they are told. They are shown this once."""
    address = f"{request.build_absolute_uri(reverse('portal:site'))}#{handed.letters}"
    return page(
        request, "portal/site_slip.html", status=200, letter=found, link=handed.link, address=address,
        code=handed.code, phones=_phones(found),
    )  # fmt: skip


def _why_not(request: Request, found: Referral) -> str:
    is_ours = found.from_agency_id == request.actor.agency_id
    return why_no_link(stage=found.stage, is_ours=is_ours, has_accounts=bool(found.to_agency_id))


def _phones(found: Referral) -> list[str]:
    """The numbers of the directory: the ones to call, because nobody sent them along."""
    if found.service is None:
        return []
    answered = Phone.objects.filter(service=found.service, kind__in=(Phone.Kind.VOICE, Phone.Kind.HOTLINE))
    return list(answered.order_by("number").values_list("number", flat=True)[:3])
