from django.http import HttpResponse
from django.views.decorators.http import require_POST

from breakwater.trust.access import Request
from breakwater.trust.actions.drafts import keep_draft, set_aside, take_up, throw_away
from breakwater.trust.middleware import needs_no_receipt
from breakwater.trust.receipts import KEY_FIELD, key_of
from breakwater.trust.views.front import here
from breakwater.ui.pages import see_other

_NOT_TYPED = (KEY_FIELD, "csrfmiddlewaretoken")


@needs_no_receipt
@require_POST
def draft(request: Request) -> HttpResponse:
    """Keep what is being typed, as it is typed. No receipt is needed: the last text wins."""
    form = request.GET.get("form", "")
    if request.GET.get("drop"):
        throw_away(form, at=request.now, by=request.actor)
        return see_other(request, here(request, form))
    if request.GET.get("aside"):
        set_aside(form, by=request.actor)
        return see_other(request, here(request, form))
    if request.GET.get("waiting"):
        take_up(request.GET["waiting"], form, by=request.actor)
        return see_other(request, here(request, form))
    fields = {name: request.POST.getlist(name) for name in request.POST if name not in _NOT_TYPED}
    keep_draft(form, fields, key=key_of(request), at=request.now, by=request.actor)
    return HttpResponse(status=204)
