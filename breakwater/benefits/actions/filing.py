"""Keep a photo or a PDF of a paper that an office wants, before or after it is handed in."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from breakwater.attachments.actions import attach
from breakwater.attachments.forms import Brought
from breakwater.attachments.models import Attachment
from breakwater.benefits.actions.going import on_its_way, peg
from breakwater.benefits.models import Paper
from breakwater.kernel.errors import Refused
from breakwater.trust.access import Actor


@transaction.atomic
def keep_paper(paper: Paper, files: Sequence[Brought], *, at: datetime, by: Actor) -> list[Attachment]:
    """Hang files on a paper: whoever sees to the application finds them there.

    Raises:
        Refused: no file is chosen, or the agency has no room for it.
        Overtaken: the application has ended.
    """
    by.must("plans.work", paper.circle)
    if not files:
        raise Refused("Choose a photo or a PDF of it.")
    on_its_way(paper.application, by=by)
    return attach(files, peg("paper", paper, by=by), at=at, by=by)
