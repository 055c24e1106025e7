"""Whoever is accountable for a case is told that a site asked something, or answered."""

from uuid import uuid5

from breakwater.cases.models import Assignment
from breakwater.kernel.events import on
from breakwater.messaging.actions.notices import News, tell_workers
from breakwater.portal.events import SiteAnswered, SiteAsked
from breakwater.trust.access import Actor
from breakwater.trust.models import Entry

_AFTER_A_YES = "first_contact"
"""What is answered by a link that was answered before: who takes a case over has reached the person."""


@on(SiteAsked, SiteAnswered)
def tell_of_a_site(entry: Entry, by: Actor) -> None:
    """Something waits at a letter: a question, an answer, a first contact. Heard twice, told once."""
    if entry.about is None or entry.episode is None:
        return
    owners = Assignment.objects.owners().filter(case=entry.episode, agency=by.agency_id, worker__isnull=False)
    is_second = entry.facts.get("code") == _AFTER_A_YES
    cause = uuid5(entry.about, _AFTER_A_YES) if is_second else entry.about
    news = News(kind="answer", cause=cause, about=entry.episode)
    tell_workers(news, set(owners.values_list("worker", flat=True)), at=by.now, by=by)
