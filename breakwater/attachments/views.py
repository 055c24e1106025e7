from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from breakwater.attachments.actions import release
from breakwater.attachments.models import Attachment
from breakwater.attachments.shown import given_out
from breakwater.kernel.errors import Refused
from breakwater.trust.access import Request
from breakwater.trust.journal import see_shared
from breakwater.trust.models import Circle
from breakwater.trust.pace import paced
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, see_other


def attachment(request: Request, attachment_id: UUID) -> HttpResponse:
    """What is known of a file: who sent it and when, and whether a scanner looked at it."""
    found = _seen(request, attachment_id)
    return page(request, "attachments/attachment.html", attachment=found)


@paced("files")
def content(request: Request, attachment_id: UUID) -> HttpResponse:
    """The file itself: to be kept or opened outside the browser, under a name that says nothing."""
    found = _seen(request, attachment_id)
    if not found.is_open:
        raise Refused(
            "No scanner has looked at this file. Somebody who knows whom it came from releases it first."
        )
    return given_out(found)


@require_POST
def releasing(request: Request, attachment_id: UUID) -> HttpResponse:
    """Somebody lets a file be opened that no scanner looked at."""
    found = _seen(request, attachment_id)
    release(found, at=request.now, by=request.actor)
    return see_other(request, url("attachments:attachment", found.pk))


def _seen(request: Request, attachment_id: UUID) -> Attachment:
    """A file, for whoever may see what it hangs on; of a flagged record one says why first.

    Whoever reads it by somebody's leave is asked once more when it is ready, as at a page of the record.
    """
    request.actor.must("cases.read")
    found = see_shared(Attachment, attachment_id, by=request.actor)
    if found.to_agency_id is None:
        works = request.actor.works_in(found.circle_id)
        ours = Circle.objects.filter(pk=found.circle_id, opened_by=request.actor.agency)
        request.actor.has_joined(
            found.circle_id, works=works, information=found.opens, is_ours=works and ours.exists()
        )
    files = Attachment.objects.with_releases(request.actor).select_related("agency")
    seen: Attachment = files.get(pk=found.pk)
    return seen
