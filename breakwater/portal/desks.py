"""Where those who work at a place of the directory are written to and called, as the directory itself tells it."""

from django.db.models import Q

from breakwater.messaging.actions.sending import goes_by
from breakwater.messaging.actions.sites import Desk
from breakwater.messaging.models import Channel
from breakwater.resources.models import Phone, Place, Program, Service


def desks_of(service: Service | None) -> list[Desk]:
    """Where those who give a service are written to, as far as anything goes out here."""
    if service is None:
        return []
    mail = service.email or (service.organization.email if service.organization else "")
    return _reached(mail, Q(service=service))


def desks_of_place(place: Place) -> list[Desk]:
    """Where those at a place are written to, as far as anything goes out here."""
    given = Service.objects.listed().filter(given_at__place=place, given_at__retired_at=None)
    mails = [place.organization.email if place.organization else "", *given.values_list("email", flat=True)]
    mail = next((one for one in mails if one), "")
    return _reached(mail, Q(place=place) | Q(service__in=given))


def numbers_of(listed: Q) -> list[str]:
    """The numbers of the directory: the ones to call, because nobody sent them along."""
    if not listed:
        return []
    answered = Phone.objects.filter(listed, kind__in=(Phone.Kind.VOICE, Phone.Kind.HOTLINE))
    return list(answered.order_by("number").values_list("number", flat=True).distinct()[:3])


def listed_with(program: Program) -> Q:
    """What the directory lists with a program: with its place, and with its service."""
    return Q(place=program.place) | (Q(service=program.service) if program.service else Q())


def _reached(mail: str, listed: Q) -> list[Desk]:
    texts = Phone.objects.filter(listed, kind=Phone.Kind.TEXT).order_by("number")
    found = [Desk(channel=Channel.EMAIL, value=mail)] if mail else []
    found += [Desk(channel=Channel.SMS, value=one) for one in texts.values_list("number", flat=True)[:1]]
    return [one for one in found if goes_by(one.channel)]
