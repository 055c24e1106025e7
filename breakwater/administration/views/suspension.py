from django.http import HttpResponse

from breakwater.administration.forms import SuspensionForm
from breakwater.cases.looked_after import cases_looked_after, looked_after_for
from breakwater.trust.access import Request
from breakwater.trust.actions.suspensions import suspend
from breakwater.trust.middleware import accepts_secret, ends_sessions
from breakwater.trust.models import Suspension
from breakwater.trust.step_up import is_still_them
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other


@accepts_secret
@ends_sessions
def suspension(request: Request) -> HttpResponse:
    """Stop one's own agency at once. Whoever does it is out with everybody else."""
    request.actor.must("trust.suspend")
    form = SuspensionForm(request.POST or None, actor=request.actor)
    if form.is_valid() and is_still_them(request, form):
        with refusals_on(form):
            said = form.cleaned_data
            suspend(
                reason=said["reason"], looked_after_by=said["looked_after_by"], at=request.now, by=request.actor
            )  # fmt: skip
            return see_other(request, url("trust:sign_in"))
    past = Suspension.objects.filter(agency=request.actor.agency_id).order_by("-starts_at")
    return page(request, "administration/suspension.html", here="suspension", form=form, past=past)


def looked_after(request: Request) -> HttpResponse:
    """The open cases of suspended agencies that ours looks after: what says nothing about the person."""
    request.actor.must("cases.assign")
    return page(
        request, "administration/looked_after.html", suspensions=looked_after_for(request.actor),
        cases=cases_looked_after(),
    )  # fmt: skip
