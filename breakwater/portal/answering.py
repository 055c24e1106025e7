"""Who reads a letter by a link: a site without accounts, one referral, hand-off or ask, and nothing behind it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from breakwater.kernel.db import one_row, run_sql
from breakwater.kernel.errors import Refused
from breakwater.portal.models import SiteFile
from breakwater.referrals.actions.along import would_go_with_file
from breakwater.referrals.actions.loop import goes_with_letter, is_still_lawful
from breakwater.referrals.actions.packets import goes_with_packet, is_packet_still_lawful
from breakwater.referrals.models import Ask, Handoff, Hold, Referral
from breakwater.resources.models import Phone
from breakwater.trust.access import Actor, acting, as_nobody, system_for
from breakwater.trust.models import Agency
from breakwater.trust.sealed import keyed

_SITE = "SELECT link_id, agency_id, referral_id, ask_id, handoff_id, closes_at, stands FROM portal_site()"
REFERRAL, ASK, HAND_OFF = "referral", "ask", "hand_off"
OPEN, HELD, AWAITED = "open", "held", "awaited"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What differs between the two letters that a link opens.

    Args:
        goes_with: whether it may be told now, and what goes along; it is accounted for.
        is_lawful: whether it might be told now; nothing is written down.
    """

    letters: type[Referral | Handoff]
    goes_with: Callable[..., str]
    is_lawful: Callable[..., bool]


def packet_goes(handoff: Handoff, *, at: datetime, by: Actor) -> str:
    """What goes along with a packet that is told now by a link, which is accounted for.

    Raises:
        Unlawful: a law protects what is in it, and no consent of the person covers it.
        Refused: something of the record came to be protected since it was offered.
    """
    along = goes_with_packet(handoff, at=at, by=by)
    if not _stands_as_offered(handoff):
        raise Refused(
            "A law came to protect something of this record since the case was offered. Take the offer back, and"
            " offer it anew."
        )
    return along


def _packet_goes(case: Any, handoff: Handoff, **told: Any) -> str:
    return packet_goes(handoff, **told)


def _may_packet_be_told(handoff: Handoff, *, at: datetime, by: Actor) -> bool:
    return is_packet_still_lawful(handoff, at=at, by=by) and _stands_as_offered(handoff)


def _stands_as_offered(handoff: Handoff) -> bool:
    """Whether no law came to protect anything of the record since; the record itself is asked of the law."""
    found = one_row("SELECT portal_stands_as_offered(%s)", (handoff.pk,))
    return bool(found and found[0])


LETTERS: Mapping[str, Kind] = {
    REFERRAL: Kind(letters=Referral, goes_with=goes_with_letter, is_lawful=is_still_lawful),
    HAND_OFF: Kind(letters=Handoff, goes_with=_packet_goes, is_lawful=_may_packet_be_told),
}


@dataclass(frozen=True, kw_only=True)
class Site:
    """Whoever holds an open letter: a referral, a hand-off, or what their place was asked in a round.

    Args:
        agency: who asked them for help.
        letter_id: what the link leads to, which is of this ``kind``.
        stands: ``open`` while an answer is awaited, ``held`` while their yes keeps a place, ``awaited`` until they have
            reached whom they take over; else how it ended, and nothing of the letter is shown any more.
    """

    link_id: UUID
    agency: Agency
    closes_at: datetime
    letter_id: UUID
    kind: str = REFERRAL
    stands: str = OPEN

    @property
    def is_open(self) -> bool:
        """Whether the letter is read: an answer or a first contact is awaited."""
        return self.stands in (OPEN, AWAITED)

    @property
    def is_live(self) -> bool:
        """Whether there is something to read or to do."""
        return self.is_open or self.stands == HELD

    def letter(self) -> Any:
        """The one letter that they may read. To be asked behind their wall."""
        letters = LETTERS[self.kind].letters
        return letters.objects.select_related("from_agency", "service").get(pk=self.letter_id)

    def sent(self, *, locked: bool = False) -> Any:
        """The letter, perhaps locked, with what those need who sent it. To be asked as they."""
        letters = LETTERS[self.kind].letters
        found = letters.objects.select_related(
            "case__circle", "circle", "to_agency", "from_agency", "service"
        )
        return found.lock(letters(pk=self.letter_id)) if locked else found.get(pk=self.letter_id)

    def files(self, at: datetime) -> list[tuple[SiteFile, str]]:
        """The files that go along and may be opened at this moment, each with what the law sends along.

        To be asked behind their wall.
        """
        if self.kind == ASK or not self.is_open:
            return []
        found = [one for one in SiteFile.objects.by_link(self.link_id) if one.may_be_opened]
        with acting(system_for(self.agency, now=at)) as by:
            told = [(one, _goes_with(self, one, at=at, by=by)) for one in found]
        return [(one, goes_with) for one, goes_with in told if goes_with is not None]

    def lines(self, at: datetime) -> list[Phone]:
        """Where whoever asked them is called, as the directory has it."""
        with acting(system_for(self.agency, now=at)):
            return list(Phone.objects.lines_of(self.agency.pk))

    def ask(self) -> Ask:
        """What their place was asked. To be asked behind their wall."""
        found: Ask = Ask.objects.select_related("from_agency", "program__place").get(pk=self.letter_id)
        return found

    def hold(self) -> Hold | None:
        """What their yes keeps. To be asked behind their wall."""
        return Hold.objects.filter(ask=self.letter_id).first()


def _goes_with(site: Site, file: SiteFile, *, at: datetime, by: Actor) -> str | None:
    return would_go_with_file(site.sent(), file.attachment, at=at, by=by)


@contextmanager
def answering(request: HttpRequest, *, at: datetime) -> Iterator[Site | None]:
    """Behind the wall of the letter whose key the browser brings; ``None`` when it holds none that may be read now.

    Whoever else is signed in with the same browser has no part in this: the wall of the letter stands alone.
    """
    key = request.COOKIES.get(settings.ANSWER_COOKIE, "")
    with as_nobody():
        run_sql("SELECT set_config('breakwater.copy', %s, true)", (mark_of(key) if key else "",))
        yield _site(at)
        run_sql("SELECT set_config('breakwater.copy', '', true)")


def mark_of(key: str) -> str:
    """How the key of an open letter is kept."""
    return keyed(key, what="open letter")


def _site(at: datetime) -> Site | None:
    row = one_row(_SITE)
    if row is None:
        return None
    link_id, agency_id, referral_id, ask_id, handoff_id, closes_at, stands = row
    kind = ASK if ask_id else HAND_OFF if handoff_id else REFERRAL
    found = Site(
        link_id=link_id, agency=Agency.objects.get(pk=agency_id), letter_id=ask_id or handoff_id or referral_id,
        kind=kind, closes_at=closes_at, stands=stands,
    )  # fmt: skip
    return found if not found.is_open or _may_be_read(found, at) else None


def _may_be_read(site: Site, at: datetime) -> bool:
    """What the letter rests on still holds: a consent that was taken back meanwhile closes it. An ask names nobody."""
    if site.kind == ASK:
        return True
    with acting(system_for(site.agency, now=at)) as by:
        return LETTERS[site.kind].is_lawful(site.sent(), at=at, by=by)
