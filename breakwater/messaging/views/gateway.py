from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from breakwater.kernel.text import read_json
from breakwater.messaging.actions.notices import hear_refusal, hear_status
from breakwater.messaging.library import LIBRARY
from breakwater.trust.access import Request, acting, system_for
from breakwater.trust.guessing import try_secret
from breakwater.trust.middleware import accepts_secret, public
from breakwater.trust.models import Agency
from breakwater.trust.pace import address_of

_ARRIVED = {"delivered": True, "failed": False}
_LARGEST = 20_000


@csrf_exempt
@public
@accepts_secret
@require_POST
def gateway(request: Request) -> HttpResponse:
    """What the gateway says: that a text message arrived or did not, or what somebody answered to one.

    It proves itself by a secret too long to be guessed; whoever guesses waits, and nobody else does: a stranger
    keeps no STOP from being heard. Said twice is heard once. No answer tells what is known here.
    """
    if not settings.SMS_SECRET:
        raise Http404
    tried = try_secret(request, address_of(request), lambda: _is_gateway(request), wrong="No.", by="gateway")
    if not tried.is_right:
        return HttpResponse(tried.sentence, status=tried.status or 403, content_type="text/plain")
    told = _told(request)
    if told is None:
        return HttpResponse("Not understood.", status=400, content_type="text/plain")
    for agency in Agency.objects.order_by("pk"):
        with acting(system_for(agency, now=request.now)) as by:
            if "key" in told:
                hear_status(UUID(told["key"]), arrived=_ARRIVED[told["status"]], at=request.now, by=by)
            elif LIBRARY.refuses(told["text"]):
                hear_refusal(told["from"], at=request.now, by=by)
    return HttpResponse(status=204)


def _is_gateway(request: Request) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return constant_time_compare(given, settings.SMS_SECRET)


def _told(request: Request) -> dict[str, str] | None:
    """``{"key", "status"}`` of a message, or ``{"from", "text"}`` of an answer; nothing else is understood."""
    try:
        told = read_json(request.body[:_LARGEST])
    except ValueError:
        return None
    if not isinstance(told, dict) or not all(isinstance(one, str) for one in told.values()):
        return None
    if told.get("status") in _ARRIVED and _is_id(told.get("key", "")):
        return told
    return told if told.keys() >= {"from", "text"} and "key" not in told else None


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
