"""Files of a case that go along with a letter by its link, as those who send it choose them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from breakwater.attachments.library import LIMITS
from breakwater.attachments.models import Attachment
from breakwater.attachments.rules import why_not_along
from breakwater.kernel.errors import Refused
from breakwater.portal.models import SiteFile, SiteLink
from breakwater.portal.rules import may_of
from breakwater.referrals.actions.along import let_file_out, would_go_with_file
from breakwater.referrals.filed import files_of
from breakwater.referrals.models import Handoff, Referral
from breakwater.trust.access import Actor


@transaction.atomic
def send_along(
    link: SiteLink, letter: Referral | Handoff, files: Collection[UUID], *, at: datetime, by: Actor
) -> list[SiteFile]:
    """Files of the case go along with a letter, for as long as this link opens it.

    Raises:
        Refused: they are too many or too large, one is not there any more, or nobody has let it be opened here.
        Unlawful: one of them may not be told to whoever is asked.
    """
    by.must(may_of(leads_over=link.handoff_id is not None), link.circle)
    if not files:
        return []
    kept = {one.pk: one for one in files_of(letter.case, by=by)}
    if not kept.keys() >= set(files):
        raise Refused("One of these files is not there any more. Choose again.")
    chosen = [one for pk, one in kept.items() if pk in set(files)]
    if sentence := why_not_along([(one.size, one.is_open) for one in chosen], LIMITS):
        raise Refused(sentence)
    for one in chosen:
        _ask_of(letter, one, at=at, by=by)
    return SiteFile.objects.bulk_create(
        SiteFile(circle_id=link.circle_id, case_id=link.case_id, link=link, attachment=one, at=at)
        for one in chosen
    )


def _ask_of(letter: Referral | Handoff, file: Attachment, *, at: datetime, by: Actor) -> None:
    """Whether it may go. Nothing has gone yet, so a yes is accounted for when it is opened, and a no at once."""
    if would_go_with_file(letter, file, at=at, by=by) is None:
        let_file_out(letter, file, at=at, by=by)
