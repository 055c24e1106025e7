"""Whoever is accountable for a case is told that a site asked something, or answered."""

from breakwater.cases.models import Assignment
from breakwater.kernel.events import on
from breakwater.messaging.actions.notices import News, tell_workers
from breakwater.portal.events import SiteAnswered, SiteAsked
from breakwater.trust.access import Actor
from breakwater.trust.models import Entry


@on(SiteAsked, SiteAnswered)
def tell_of_a_site(entry: Entry, by: Actor) -> None:
    """Something waits at a letter: a question, or its answer. Heard twice, told once."""
    if entry.about is None or entry.episode is None:
        return
    owners = Assignment.objects.owners().filter(case=entry.episode, agency=by.agency_id, worker__isnull=False)
    news = News(kind="answer", cause=entry.about, about=entry.episode)
    tell_workers(news, set(owners.values_list("worker", flat=True)), at=by.now, by=by)
