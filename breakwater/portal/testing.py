"""Ready-made copies, made by real actions."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from breakwater.attachments.models import Attachment
from breakwater.attachments.testing import a_file
from breakwater.cases.models import Case
from breakwater.kernel.ids import new_id
from breakwater.kernel.keys import new_key
from breakwater.messaging.actions.sites import Desk
from breakwater.messaging.testing import a_message
from breakwater.people.actions.reach import add_contact_point
from breakwater.people.models import ContactPoint
from breakwater.portal.actions.handing import Chosen, hand_copy, take_back
from breakwater.portal.actions.linking import Handed, hand_link, hand_link_to_receiver
from breakwater.portal.actions.own import Press, open_copy, say_how_safe
from breakwater.portal.actions.room import let_device_in
from breakwater.portal.actions.standing import Standing, hand_room_link
from breakwater.portal.holding import Holder, holding
from breakwater.portal.models import OwnAct, OwnCopy, RoomDevice, SiteFile, SiteLink, SiteQuestion
from breakwater.portal.rules import PARTS
from breakwater.referrals.models import Handoff, Referral
from breakwater.resources.models import Bed, Place, Program
from breakwater.trust.access import Actor, put_up_walls


def chosen(**facts: Any) -> Chosen:
    """Everything, in English, read to the person, who was asked about their device."""
    usual: dict[str, Any] = {"parts": PARTS, "language": "en", "way": "spoken", "safe_device": True}
    return Chosen(**(usual | facts))


def an_own_copy(case: Case, *, by: Actor, at: datetime | None = None, **facts: Any) -> tuple[OwnCopy, str]:
    """A copy that waits for its code, and the code."""
    return hand_copy(case, chosen(**facts), at=at or by.now, by=by)


def an_own_act(case: Case, *, by: Actor, words: str = "") -> OwnAct:
    """They said on an open copy that a way to reach them, which was not known to be safe, is safe now."""
    point = add_contact_point(
        case.person, kind="phone", value="(555) 010-2121", safety="ask_first", how="", at=by.now, by=by
    )
    copy, code = an_own_copy(case, by=by)
    with held_open(code) as holder:
        press = Press(key=new_key(copy.pk), at=by.now, words=words)
        said = say_how_safe(holder, holder.see("reach", ContactPoint, point.pk), safety="safe", press=press)
    put_up_walls(by)
    take_back(copy, at=by.now, by=by)
    return said


def a_link(referral: Referral, *, by: Actor, at: datetime | None = None) -> Handed:
    """A link to a letter that was just handed out, with its code."""
    found = Referral.objects.select_related("case__circle", "circle", "to_agency").get(pk=referral.pk)
    return hand_link(found, at=at or by.now, by=by)


def a_link_to_receiver(handoff: Handoff, *, by: Actor, at: datetime | None = None) -> Handed:
    """A link to a hand-off that was just handed out, with its code."""
    found = Handoff.objects.select_related("case__circle", "circle", "to_agency").get(pk=handoff.pk)
    return hand_link_to_receiver(found, at=at or by.now, by=by)


def a_site_file(link: SiteLink, *, by: Actor, name: str = "letter.txt", words: str = "Here.") -> SiteFile:
    """A file goes along with a letter, whatever the law says. To be called as those who handed the link out."""
    case = Case.objects.get(pk=link.case_id)
    message = a_message(case, words, by=by, attached=(a_file(name=name, is_scanned=True),))
    (kept,) = Attachment.objects.on([message.pk])
    made: SiteFile = SiteFile.objects.create(
        circle=link.circle, case=case, link=link, attachment=kept, at=link.starts_at
    )
    return made


def a_room_link(place: Place, *, by: Actor, desk: Desk | None = None, at: datetime | None = None) -> Standing:
    """A standing link that was just handed out, with its code."""
    return hand_room_link(
        place, desk=desk, page="https://breakwater.example/our-room/", at=at or by.now, by=by
    )


def a_church(name: str = "Grace Church") -> Place:
    """A place of the directory that nobody here keeps, with cots."""
    place = Place.objects.create(source="testing", external_id=new_id().hex, name=name, city="Dayton")
    Program.objects.create(place=place, kind=Bed.Kind.SHELTER_ADULT)
    return place


def a_room_device(place: Place, *, by: Actor) -> RoomDevice:
    """A phone at a place that was let in by a new link. To be called as those who hand it out."""
    handed = a_room_link(place, by=by)
    let_device_in(handed.letters, handed.code, who="Sister Agnes", at=by.now)
    found: RoomDevice = RoomDevice.objects.select_related("link").get(link=handed.link)
    return found


def a_site_question(link: SiteLink, *, words: str = "Is there a pet?") -> SiteQuestion:
    """A site asked something by its link. To be called as those who handed it out."""
    made: SiteQuestion = SiteQuestion.objects.create(
        circle=link.circle, case_id=link.case_id, link=link, who="Jo", words=words, at=link.starts_at
    )
    return made


@contextmanager
def held_open(code: str, word: str = "") -> Iterator[Holder]:
    """Behind the wall of the copy that a code opens."""
    request = HttpRequest()
    request.COOKIES[settings.NOTES_COOKIE] = open_copy(code, word)
    with holding(request) as holder:
        if holder is None:
            raise LookupError("this code opens nothing")
        yield holder
