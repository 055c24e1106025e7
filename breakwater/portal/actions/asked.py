"""What a place without accounts does by its link to what it was asked in a round: yes, no, ask first, its room.

Its yes wins or comes too late like that of any other place. What it does is written down by Breakwater itself, acting
for those who asked, as told by whom the place says it is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from breakwater.kernel.errors import Overtaken
from breakwater.portal.actions.site import Said, held_link, must_be_named, note_answered, source_of
from breakwater.portal.answering import Site
from breakwater.portal.events import LinkOpened
from breakwater.portal.models import SiteLink
from breakwater.referrals.actions.outside import Heard, hear_no, hear_question, hear_taking_back, hear_yes
from breakwater.referrals.models import Ask, Hold, Question
from breakwater.resources.actions.counting import Count, count_outside
from breakwater.resources.models import Capacity
from breakwater.trust.access import Actor, acting, system_for
from breakwater.trust.journal import record


@transaction.atomic
def note_ask_read(site: Site, *, at: datetime) -> None:
    """The place reads what it was asked. Nobody is named in it, so no law is asked; it is written down."""
    with acting(system_for(site.agency, now=at)) as by:
        link = SiteLink.objects.select_related("circle").get(pk=site.link_id)
        news = LinkOpened(link_id=link.pk)
        record(news, about=link.pk, circle=link.circle, episode=link.case_id, by=by, at=at)


@transaction.atomic
def keep_place(site: Site, said: Said, *, at: datetime) -> Hold:
    """They keep a place, for so long as the round says. Of all who say yes one is first.

    Raises:
        Refused: nobody is named who says so.
        Overtaken: another place was faster, or nobody asks any more.
    """
    with _held(site, said, at=at) as (by, link, ask):
        hold = hear_yes(ask, _heard(said, ask), at=at, by=by)
        note_answered(link, "accepted", at=at, by=by)
        return hold


@transaction.atomic
def keep_none(site: Site, said: Said, *, at: datetime) -> Ask:
    """They cannot, and say why.

    Raises:
        Refused: nobody is named who says so, or no reason is chosen.
        Overtaken: it was answered or called off a moment ago.
    """
    with _held(site, said, at=at) as (by, link, ask):
        declined = hear_no(ask, _heard(said, ask), at=at, by=by)
        note_answered(link, "declined", at=at, by=by)
        return declined


@transaction.atomic
def ask_back(site: Site, said: Said, *, at: datetime) -> Question:
    """They want to know something first. The reply is read by the same link.

    Raises:
        Refused: nobody is named who asks, or nothing is asked.
        Overtaken: the last question has no reply yet, or nobody asks any more.
    """
    with _held(site, said, at=at) as (by, _, ask):
        return hear_question(ask, _heard(said, ask), at=at, by=by)


@transaction.atomic
def keep_no_longer(site: Site, said: Said, *, at: datetime) -> Hold:
    """They cannot keep it after all.

    Raises:
        Refused: nobody is named who says so, or nothing is said about why.
        Overtaken: it is held no longer.
    """
    must_be_named(said)
    with acting(system_for(site.agency, now=at)) as by:
        ask = Ask.objects.select_related("program__place", "to_agency").get(pk=site.letter_id)
        return hear_taking_back(ask, _heard(said, ask), at=at, by=by)


@transaction.atomic
def tell_program_room(site: Site, said: Said, free: int, *, at: datetime) -> Capacity:
    """They say how many they would take now, of what was asked and of nothing else.

    Raises:
        Refused: nobody is named who says so.
        Overtaken: somebody told another figure at the same moment.
    """
    must_be_named(said)
    with acting(system_for(site.agency, now=at)) as by:
        ask = Ask.objects.select_related("program__place", "to_agency").get(pk=site.letter_id)
        source = source_of(said, ask.name)
        return count_outside(ask.program, Count(accepting=free), told_by=source, at=at, by=by)


@contextmanager
def _held(site: Site, said: Said, *, at: datetime) -> Iterator[tuple[Actor, SiteLink, Ask]]:
    """The ask and the link, locked in this order, while the ask is open by it; acting for those who asked."""
    must_be_named(said)
    with acting(system_for(site.agency, now=at)) as by:
        ask: Ask = Ask.objects.select_related("program__place", "to_agency").lock(Ask(pk=site.letter_id))
        link = held_link(site)
        if link.stands_at(at) != "opened":
            raise Overtaken("This is no longer open. Call those who asked.")
        yield by, link, ask


def _heard(said: Said, ask: Ask) -> Heard:
    return Heard(source=source_of(said, ask.name), words=said.words, reason=said.reason)
