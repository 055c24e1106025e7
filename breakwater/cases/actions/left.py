"""Somebody began to take a person in and left: a colleague goes on with it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from breakwater.cases.events import IntakeTakenOver
from breakwater.cases.others import untouched_since
from breakwater.trust.access import Actor
from breakwater.trust.actions.drafts import take_over
from breakwater.trust.journal import record


@transaction.atomic
def take_over_intake(draft_id: UUID, form: str, *, at: datetime, by: Actor) -> None:
    """Go on with an intake that a colleague left at ``form``: it waits there with what one set aside oneself.

    Raises:
        Overtaken: another colleague has it.
        Draft.DoesNotExist: no colleague left this, or it was saved, thrown away or touched meanwhile.
    """
    by.must("cases.take_in")
    by.must("cases.assign")
    left = take_over(draft_id, form, untouched_since=untouched_since(by), at=at, by=by)
    if left:
        record(IntakeTakenOver(draft_id=left.pk, worker_id=left.by_id), about=left.pk, by=by, at=at)
