"""Keep and drop what somebody has typed."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from breakwater.kernel.db import one_row
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.kernel.text import without_nul
from breakwater.trust.access import Actor
from breakwater.trust.drafts import aside, name_of
from breakwater.trust.models import Draft, User
from breakwater.trust.receipts import as_yet_unsaved

LARGEST = 200_000


@transaction.atomic
def keep_draft(
    form: str, fields: dict[str, list[str]], *, key: UUID | None = None, at: datetime, by: Actor
) -> Draft | None:
    """Keep the fields of a form as last typed. An older write that arrives late changes nothing.

    Args:
        key: by which the form is saved. Of one that was saved by it nothing is kept any more, and ``None`` is returned:
            what was still under way would come back as begun and not saved.

    Raises:
        Refused: it is far longer than any form.
    """
    if sum(len(value) for values in fields.values() for value in values) > LARGEST:
        raise Refused("This is more text than a form can keep. Save what you have, then go on.")
    kept = {name: [without_nul(value) for value in values] for name, values in fields.items()}
    if key is None:
        return _kept(form, kept, at=at, by=by)
    with as_yet_unsaved(key, by=by) as is_unsaved:
        return _kept(form, kept, at=at, by=by) if is_unsaved else None


def _kept(form: str, kept: dict[str, list[str]], *, at: datetime, by: Actor) -> Draft:
    fresh = {"agency": by.agency, "fields": kept, "kept_at": at}
    draft, is_new = Draft.objects.select_for_update().get_or_create(
        by=by.user, form=name_of(form), defaults=fresh
    )
    if not is_new and draft.kept_at <= at:
        draft.fields, draft.kept_at = kept, at
        draft.save(update_fields=["fields", "kept_at"])
    return draft


@transaction.atomic
def throw_away(form: str, *, at: datetime, by: Actor) -> None:
    """Their writer wants none of it, nor of what is being kept of it at this moment: an empty draft waits for that."""
    _kept(form, {}, at=at, by=by)
    drop_draft(form, by=by)


def drop_draft(form: str, *, by: Actor) -> Draft | None:
    """The form was saved. Returns what there was: it says who went on with it.

    What is still being kept of it has ended: both hold the key by which the form is saved.
    """
    dropping = """
        DELETE FROM trust_draft WHERE by_id = %s AND form = %s
        RETURNING id, by_id, form, begun_at, taken_by_id, taken_at
    """
    return next(iter(Draft.objects.raw(dropping, (by.user_id, name_of(form)))), None)


@transaction.atomic
def set_aside(form: str, *, by: Actor) -> None:
    """Somebody else is on the line: what was typed waits under a name of its own, and the form is empty."""
    for draft in Draft.objects.select_for_update().filter(by=by.user, form=name_of(form)):
        draft.form = aside(form, draft.pk)
        draft.save(update_fields=["form"])


@transaction.atomic
def take_up(which: str, form: str, *, by: Actor) -> None:
    """Go on with what was set aside. What stands in the form meanwhile is set aside in its turn.

    Raises:
        Overtaken: it was taken up, saved or thrown away already.
    """
    waiting = Draft.objects.select_for_update().filter(by=by.user, form=aside(form, which)).first()
    if waiting is None:
        raise Overtaken("This draft was taken up or thrown away already.")
    set_aside(form, by=by)
    waiting.form = name_of(form)
    waiting.save(update_fields=["form"])


@transaction.atomic
def take_over(
    draft_id: UUID, form: str, *, untouched_since: datetime, at: datetime, by: Actor
) -> Draft | None:
    """A colleague goes on with what somebody left: a copy waits for them there, and the writer is told who has it.

    The words are given away once, with the mark on the row. ``None`` when they have it already. Whoever calls asks
    first whether they may.

    Raises:
        Overtaken: another colleague has it.
        Draft.DoesNotExist: no colleague left this, or it was saved, thrown away or touched meanwhile.
    """
    asked = "SELECT * FROM trust_taken_over(%s, %s, %s, %s)"
    for draft in Draft.objects.raw(asked, (draft_id, form, untouched_since, at)):
        copy = Draft(by=by.user, agency=by.agency, fields=draft.fields, kept_at=at, begun_at=draft.since)
        copy.form = aside(form, copy.pk)
        copy.save(force_insert=True)
        return draft
    taker = one_row("SELECT trust_taker_of(%s, %s)", (draft_id, form))
    if taker is None or taker[0] is None:
        raise Draft.DoesNotExist
    if taker[0] != by.user_id:
        colleague = User.objects.get(pk=taker[0])
        raise Overtaken(f"{colleague} has taken this over already.")
    return None
