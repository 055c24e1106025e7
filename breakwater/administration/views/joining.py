from django.http import HttpResponse

from breakwater.administration.forms import JoiningForm
from breakwater.trust.access import Request
from breakwater.trust.actions.invitations import accept_invitation, invitation_of
from breakwater.trust.guessing import try_secret
from breakwater.trust.middleware import accepts_secret, ends_sessions, public
from breakwater.trust.models import Invitation
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other

_NO_MATCH = "This name and invitation do not match, or the invitation is over. Ask who sent it for another."


@public
@accepts_secret
@ends_sessions
def joining(request: Request) -> HttpResponse:
    """Somebody who was invited chooses a password. Guesses count as at the front door, and tell nobody who exists."""
    form = JoiningForm(request.POST or None)
    status = None
    if form.is_valid():
        said = form.cleaned_data
        found: list[Invitation] = []
        name = said["username"]
        tried = try_secret(request, name, lambda: _fits(request, form, found), wrong=_NO_MATCH, last=False)
        if tried.is_right:
            with refusals_on(form):
                accept_invitation(found[0], password=said["password"], at=request.now)
                return see_other(request, url("trust:sign_in"))
        else:
            form.add_error(None, tried.sentence)
            status = tried.status
    return page(request, "administration/joining.html", status=status, form=form)


def _fits(request: Request, form: JoiningForm, found: list[Invitation]) -> bool:
    """Whether there is such an invitation of such a person."""
    said = form.cleaned_data
    invitation = invitation_of(said["username"], said["secret"], at=request.now)
    found += [invitation] if invitation else []
    return bool(found)
