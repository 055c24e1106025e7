"""What a page shows of the files that hang on its records, and how a file is given out."""

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpResponse

from breakwater.attachments.models import Attachment
from breakwater.formats.files import KINDS
from breakwater.trust.access import Actor

_NOTHING_RUNS = "sandbox; default-src 'none'; frame-ancestors 'none'"


def files_on(about: Iterable[UUID], *, by: Actor) -> dict[UUID, list[Attachment]]:
    """The files by the record they hang on, each with whether it may be opened; and a note that they were shown."""
    found: dict[UUID, list[Attachment]] = {}
    for one in Attachment.objects.visible_to(by).with_releases(by).on(about):
        found.setdefault(one.about, []).append(one)
    by.saw("attachments.attachment", [one.pk for each in found.values() for one in each])
    return found


def given_out(attachment: Attachment) -> HttpResponse:
    """The file itself, to be kept or opened outside the browser, under a name that says nothing."""
    headers = {
        "Content-Disposition": f'attachment; filename="{attachment.neutral_name}"',
        "Content-Security-Policy": _NOTHING_RUNS,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return HttpResponse(attachment.content(), content_type=KINDS[attachment.kind], headers=headers)
