from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from breakwater.administration.forms import RoleForm
from breakwater.administration.house import RoleTold, roles_of
from breakwater.trust.access import Request
from breakwater.trust.actions.roles import end_role, make_role
from breakwater.trust.capabilities import CAPABILITIES
from breakwater.trust.journal import see_shared
from breakwater.trust.models import AgencyRole
from breakwater.trust.rules.roles import compared
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other


def roles(request: Request) -> HttpResponse:
    """Every role as what it allows, in words, and how many hold it."""
    request.actor.must("trust.administer")
    return page(request, "administration/roles.html", here="roles", roles=roles_of(request.actor))


def making(request: Request) -> HttpResponse:
    """Make a role of the agency's own, perhaps beginning with what another allows."""
    request.actor.must("trust.administer")
    like = _asked(request, "like", roles_of(request.actor))
    form = RoleForm(request.POST or None, initial={"capabilities": sorted(like.allows)} if like else {})
    if form.is_valid():
        with refusals_on(form):
            make_role(**form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("administration:roles"))
    return page(request, "administration/making.html", form=form)


def comparing(request: Request) -> HttpResponse:
    """What two roles allow: both, only the one, only the other."""
    request.actor.must("trust.administer")
    known = roles_of(request.actor)
    first = _asked(request, "first", known) or known[0]
    second = _asked(request, "second", known) or known[-1]
    return page(
        request, "administration/comparing.html", roles=known, first=first, second=second, words=CAPABILITIES,
        compared=compared(first.allows, second.allows, CAPABILITIES),
    )  # fmt: skip


@require_POST
def ending(request: Request, role_id: UUID) -> HttpResponse:
    """A role can no longer be given."""
    role = see_shared(AgencyRole, role_id, by=request.actor)
    end_role(role, at=request.now, by=request.actor)
    return see_other(request, url("administration:roles"))


def _asked(request: Request, name: str, known: list[RoleTold]) -> RoleTold | None:
    return next((one for one in known if one.key == request.GET.get(name)), None)
