from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from breakwater.cases.models import Case
from breakwater.cases.views.act import seen, seen_part
from breakwater.people.models import ContactPoint
from breakwater.portal.actions.handing import answer_own_act, hand_copy, take_back, why_no_copy
from breakwater.portal.forms import AnswerForm, HandingForm
from breakwater.portal.library import LASTING, SPEECH
from breakwater.portal.models import OwnAct, OwnCopy
from breakwater.trust.access import Request
from breakwater.trust.pace import paced
from breakwater.trust.receipts import shown_once
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other


@paced("codes", verb="POST")
def own_copy(request: Request, case_id: UUID) -> HttpResponse:
    """Hand out a code for a person's own copy; the copies that were handed out, and what they did there."""
    case = seen(request, case_id)
    form = HandingForm(request.POST or None, person=case.person)
    if form.is_valid():
        with refusals_on(form):
            copy, code = hand_copy(case, form.chosen(), at=request.now, by=request.actor)
            return shown_once(request, _slip(request, copy, code))
    return _copies(request, case, form)


@require_POST
def ending(request: Request, copy_id: UUID) -> HttpResponse:
    """Take a code or an open copy back."""
    copy = seen_part(request, OwnCopy, copy_id)
    take_back(copy, at=request.now, by=request.actor)
    return see_other(request, url("portal:own_copy", copy.case_id))


def answer(request: Request, own_act_id: UUID) -> HttpResponse:
    """Answer what they said about safe contact, after asking them."""
    said = seen_part(request, OwnAct, own_act_id)
    form = AnswerForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            answer_own_act(said, answer=form.cleaned_data["answer"], at=request.now, by=request.actor)
            return see_other(request, url("portal:own_copy", said.case_id))
    point = ContactPoint.objects.filter(pk=said.about).first()
    return page(request, "portal/answer.html", case=said.case, said=said, form=form, point=point)


def _copies(request: Request, case: Case, form: HandingForm) -> HttpResponse:
    copies, acts = list(OwnCopy.objects.of_episode(case.pk)), list(OwnAct.objects.of_episode(case.pk))
    request.actor.saw("portal.owncopy", [one.pk for one in copies])
    return page(
        request, "portal/own_copy.html", case=case, form=form, why_not=why_no_copy(case), copies=copies, acts=acts,
        lasting=LASTING,
    )  # fmt: skip


def _slip(request: Request, copy: OwnCopy, code: str) -> HttpResponse:
    """The code as it is told, and the slip that can be printed. It is shown this once."""
    address = request.build_absolute_uri(reverse("portal:notes"))
    return page(
        request, "portal/slip.html", status=200, case=copy.case, copy=copy, code=code, address=address,
        says=SPEECH[copy.language].says, lasting=LASTING, production=settings.PRODUCTION,
    )  # fmt: skip
