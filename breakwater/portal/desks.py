"""Where those who work at a place of the directory are written to and called, as the directory itself tells it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import Q, QuerySet

from breakwater.messaging.actions.sending import goes_by
from breakwater.messaging.actions.sites import Desk
from breakwater.messaging.models import Channel
from breakwater.resources.models import Phone, Place, Program, Service, ServiceAt


def desks_of(service: Service | None) -> list[Desk]:
    """Where those who give a service are written to, as far as anything goes out here."""
    if service is None:
        return []
    mail = service.email or (service.organization.email if service.organization else "")
    return _desks(mail, list(_texts(Q(service=service)).values_list("number", flat=True)[:1]))


def desks_of_place(place: Place) -> list[Desk]:
    """Where those at a place are written to, as far as anything goes out here."""
    return desks_of_places([place])[place.pk]


def desks_of_places(places: Iterable[Place]) -> dict[UUID, list[Desk]]:
    """The same for many places, with no more questions than for one."""
    wanted = {one.pk: one for one in places}
    given = ServiceAt.objects.filter(place__in=wanted, retired_at=None, service__in=Service.objects.listed())
    services, mails = defaultdict(set), {pk: _mail_of(one) for pk, one in wanted.items()}
    for place_id, service_id, mail in given.order_by("pk").values_list("place", "service", "service__email"):
        services[place_id].add(service_id)
        mails[place_id] = mails[place_id] or mail
    listed = Q(place__in=wanted) | Q(service__in=set().union(*services.values()))
    texts = list(_texts(listed).values_list("place", "service", "number"))
    return {
        pk: _desks(mails[pk], [number for at, of, number in texts if at == pk or of in services[pk]])
        for pk in wanted
    }


def numbers_of(listed: Q) -> list[str]:
    """The numbers of the directory: the ones to call, because nobody sent them along."""
    if not listed:
        return []
    answered = Phone.objects.filter(listed, kind__in=(Phone.Kind.VOICE, Phone.Kind.HOTLINE))
    return list(answered.order_by("number").values_list("number", flat=True).distinct()[:3])


def listed_with(program: Program) -> Q:
    """What the directory lists with a program: with its place, and with its service."""
    return Q(place=program.place) | (Q(service=program.service) if program.service else Q())


def _mail_of(place: Place) -> str:
    return place.organization.email if place.organization else ""


def _texts(listed: Q) -> QuerySet[Phone]:
    return Phone.objects.filter(listed, kind=Phone.Kind.TEXT).order_by("number")


def _desks(mail: str, texts: Sequence[str]) -> list[Desk]:
    found = [Desk(channel=Channel.EMAIL, value=mail)] if mail else []
    found += [Desk(channel=Channel.SMS, value=one) for one in texts[:1]]
    return [one for one in found if goes_by(one.channel)]
