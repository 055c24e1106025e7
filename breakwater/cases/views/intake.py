from django.http import HttpResponse

from breakwater.cases.actions.intake import take_in
from breakwater.cases.forms import IntakeForm
from breakwater.cases.views.act import done
from breakwater.trust.access import Request
from breakwater.trust.actions.drafts import drop_draft
from breakwater.trust.drafts import draft_of, keep_drafts
from breakwater.ui.pages import page, refusals_on


@keep_drafts
def intake(request: Request) -> HttpResponse:
    """Take someone in."""
    request.actor.must("cases.take_in")
    draft = {} if request.POST else draft_of(request)
    form = IntakeForm(request.POST or None, by=request.actor, initial=draft)
    if "look" not in request.POST and form.is_valid():
        with refusals_on(form):
            person, known = form.cleaned_data["person"], form.known()
            case = take_in(form.story(), person=person, at=request.now, by=request.actor, **known)
            drop_draft(request.path, by=request.actor)
            return done(request, case.pk)
    return page(request, "cases/intake.html", form=form, has_draft=bool(draft), looks="look" in request.POST)


def promises(request: Request) -> HttpResponse:
    """What each triage code promises to somebody who asked when the form says, counted anew."""
    request.actor.must("cases.take_in")
    form = IntakeForm(by=request.actor, initial={"asked_at": request.GET.get("asked_at") or request.now})
    return page(request, "cases/_promises.html", promises=form.promises)
