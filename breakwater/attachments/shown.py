"""What a page shows of the files that hang on its records."""

from collections.abc import Iterable
from uuid import UUID

from breakwater.attachments.models import Attachment
from breakwater.trust.access import Actor


def files_on(about: Iterable[UUID], *, by: Actor) -> dict[UUID, list[Attachment]]:
    """The files by the record they hang on, each with whether it may be opened; and a note that they were shown."""
    found: dict[UUID, list[Attachment]] = {}
    for one in Attachment.objects.visible_to(by).with_releases(by).on(about):
        found.setdefault(one.about, []).append(one)
    by.saw("attachments.attachment", [one.pk for each in found.values() for one in each])
    return found
