from uuid import UUID

from django.http import HttpResponse

from breakwater.cases.views.act import seen
from breakwater.plans.actions.family import choose_family, tell_kin
from breakwater.plans.family import family_of, tellings_of
from breakwater.plans.forms.family import FamilyForm, TellingForm
from breakwater.trust.access import Request
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other


def family(request: Request, case_id: UUID) -> HttpResponse:
    """The household of a case's person: whose plans there are, and who may see which part of them."""
    case = seen(request, case_id)
    found = family_of(case, by=request.actor)
    told = tellings_of(case, by=request.actor)
    return page(request, "plans/family.html", case=case, family=found, told=told)


def family_choice(request: Request, case_id: UUID) -> HttpResponse:
    """The person chooses who of their household may see which part of their plans."""
    case = seen(request, case_id)
    form = FamilyForm(request.POST or None, case=case, actor=request.actor)
    if form.is_valid():
        with refusals_on(form):
            read = form.cleaned_data["read"]
            choose_family(case, form.choices(), read=read, at=request.now, by=request.actor)
            return see_other(request, url("plans:family", case.pk))
    return page(request, "plans/family_choice.html", case=case, form=form)


def family_telling(request: Request, case_id: UUID) -> HttpResponse:
    """Write down that parts of a plan were read out or handed to somebody of the household."""
    case = seen(request, case_id)
    form = TellingForm(request.POST or None, case=case, actor=request.actor)
    if form.is_valid():
        with refusals_on(form):
            member = form.members[form.cleaned_data["member"]]
            tell_kin(case, member, form.telling(), at=request.now, by=request.actor)
            return see_other(request, f"{url('plans:family', case.pk)}#told")
    return page(request, "plans/family_telling.html", case=case, form=form)
