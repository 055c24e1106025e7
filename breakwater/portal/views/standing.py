"""Those who hand out standing links, by which places without accounts tell how much room they have."""

from uuid import UUID

from django.db.models import Q
from django.forms import Form
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from breakwater.messaging.actions.sites import Desk
from breakwater.portal.actions.standing import (
    Standing,
    end_device,
    end_room_link,
    give_key,
    hand_room_link,
    let_another_in,
    renew_room_link,
)
from breakwater.portal.desks import desks_of_place, numbers_of
from breakwater.portal.forms import RoomKeyForm, RoomKindForm
from breakwater.portal.library import LINKS
from breakwater.portal.models import RoomDevice, RoomLink
from breakwater.portal.telling import told_of
from breakwater.referrals.suggesting import figures_of
from breakwater.resources.actions.keeping import note_program
from breakwater.resources.models import Place
from breakwater.trust.access import Request
from breakwater.trust.pace import paced
from breakwater.trust.receipts import shown_once
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other


def links(request: Request) -> HttpResponse:
    """Every standing link that one's agency handed out."""
    request.actor.must("resources.beds")
    found = RoomLink.objects.visible_to(request.actor).listed().prefetch_related("devices")
    return page(request, "portal/room_links.html", links=list(found))


@paced("codes", verb="POST")
def place(request: Request, place_id: UUID) -> HttpResponse:
    """How one place tells its room: what it gives, its link, the devices that were let in, and a new link."""
    found = _place(request, place_id)
    form = Form(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            desk = next(
                (one for one in desks_of_place(found) if one.value == request.POST.get("desk", "")), None
            )
            there = request.build_absolute_uri(reverse("portal:our_room"))
            handed = hand_room_link(found, desk=desk, page=there, at=request.now, by=request.actor)
            return _shown(request, found, handed, desk)
    return _page(request, found, form, RoomKindForm())


def kinds(request: Request, place_id: UUID) -> HttpResponse:
    """Which kind of room a place gives."""
    found = _place(request, place_id)
    form = RoomKindForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            note_program(found, kind=form.cleaned_data["kind"], at=request.now, by=request.actor)
            return see_other(request, url("portal:room_link", place_id))
    return _page(request, found, Form(), form)


@require_POST
@paced("codes", verb="POST")
def code(request: Request, room_link_id: UUID) -> HttpResponse:
    """A new code, to let one more device in."""
    link = _link(request, room_link_id)
    return _shown(request, link.place, let_another_in(link, at=request.now, by=request.actor), None)


@require_POST
@paced("codes", verb="POST")
def key(request: Request, room_link_id: UUID) -> HttpResponse:
    """A key, by which a program of theirs tells the figures. It is shown this once."""
    link = _link(request, room_link_id)
    form = RoomKeyForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            made = give_key(link, who=form.cleaned_data["which"], at=request.now, by=request.actor)
            there = request.build_absolute_uri(reverse("portal:figures"))
            told = {"place": link.place, "link": link, "key": made, "there": there}
            return shown_once(request, page(request, "portal/room_key.html", status=200, **told))
    return _page(request, link.place, Form(), RoomKindForm(), keys=form)


@require_POST
def renewal(request: Request, room_link_id: UUID) -> HttpResponse:
    """Let a link stand for another while."""
    link = _link(request, room_link_id)
    renew_room_link(link, at=request.now, by=request.actor)
    return see_other(request, url("portal:room_link", link.place_id))


@require_POST
def ending(request: Request, room_link_id: UUID) -> HttpResponse:
    """Take a link back, at once and on every device."""
    link = _link(request, room_link_id)
    end_room_link(link, at=request.now, by=request.actor)
    return see_other(request, url("portal:room_link", link.place_id))


@require_POST
def device_ending(request: Request, room_device_id: UUID) -> HttpResponse:
    """End one device."""
    request.actor.must("resources.beds")
    found = (
        RoomDevice.objects.visible_to(request.actor).select_related("link").filter(pk=room_device_id).first()
    )
    if found is None:
        raise Http404
    end_device(found, at=request.now, by=request.actor)
    return see_other(request, url("portal:room_link", found.link.place_id))


def _place(request: Request, place_id: UUID) -> Place:
    """A place of the directory, where it is no secret."""
    request.actor.must("resources.beds")
    listed = Place.objects.filter(pk=place_id, retired_at=None, is_confidential=False)
    found: Place | None = listed.select_related("organization").first()
    if found is None:
        raise Http404
    return found


def _link(request: Request, room_link_id: UUID) -> RoomLink:
    request.actor.must("resources.beds")
    mine = RoomLink.objects.visible_to(request.actor).select_related("place__organization")
    found = mine.filter(pk=room_link_id).first()
    if found is None:
        raise Http404
    return found


def _page(
    request: Request, found: Place, form: Form, kind: RoomKindForm, *, keys: RoomKeyForm | None = None
) -> HttpResponse:
    programs = list(told_of(found.pk, request.actor.agency_id))
    figures = figures_of([one.pk for one in programs], at=request.now)
    mine = RoomLink.objects.visible_to(request.actor).filter(place=found)
    return page(
        request, "portal/room_link.html", place=found, form=form, kind=kind, lasting=LINKS.standing,
        keys=keys or RoomKeyForm(),
        rows=[(one, figures.get(one.pk)) for one in programs], link=mine.standing().select_related("by").first(),
        devices=list(RoomDevice.objects.visible_to(request.actor).filter(link__in=mine).order_by("-opened_at")[:20]),
        desks=desks_of_place(found), phones=numbers_of(_listed_with(found)),
    )  # fmt: skip


def _shown(request: Request, found: Place, handed: Standing, desk: Desk | None) -> HttpResponse:
    """The link and its code, or the code alone, as they are told: this once."""
    address = f"{handed.link.page}#{handed.letters}" if handed.letters else ""
    shown = page(
        request, "portal/room_slip.html", status=200, place=found, link=handed.link, code=handed.code, desk=desk,
        address=address, phones=numbers_of(_listed_with(found)),
    )  # fmt: skip
    return shown_once(request, shown)


def _listed_with(place: Place) -> Q:
    given = Q(service__given_at__place=place, service__given_at__retired_at=None)
    return Q(place=place) | given
