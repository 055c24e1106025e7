"""Carries journal entries to reactions, at least once."""

import logging
from datetime import datetime

from breakwater.kernel.events import listeners, name_of
from breakwater.kernel.patience import was_away, was_full
from breakwater.trust.access import acting, system_for
from breakwater.trust.models import Agency, Entry
from breakwater.trust.turned_away import write_refusals

log = logging.getLogger(__name__)


class SomeReactionsFailed(Exception):
    """Some reactions to an entry failed; all will hear it again. Holds names of code, nothing of people."""


def react(entry_id: int, agency: Agency, *, at: datetime) -> None:
    """Let every reaction hear an entry, each in a transaction of its own, on the agency's side of the wall.

    What it was refused is written down though what it began is undone.

    Raises:
        SomeReactionsFailed: at least one failed; the others have done their part. Its cause tells that PostgreSQL
            was away or full.
    """
    by = system_for(agency, now=at)
    with acting(by):
        entry = Entry.objects.select_related("agency", "circle").get(pk=entry_id)
    by.heard = entry_id if entry.agency_id != agency.pk else None
    failed, away = [], None
    for reaction in listeners(entry.verb):
        try:
            with acting(by):
                reaction(entry, by)
        except Exception as error:  # one reaction must not keep the others from hearing
            log.warning("%s did not hear entry %s", name_of(reaction), entry_id, exc_info=True)
            away = error if was_away(error) or was_full(error) else away
            failed.append(f"{name_of(reaction)}: {type(error).__name__}")
            with acting(by):
                write_refusals(by)
    if failed:
        raise SomeReactionsFailed("; ".join(failed)) from away
