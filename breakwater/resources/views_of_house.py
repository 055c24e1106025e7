"""What this place has: an agency's listing, its places, the kinds of room that they give, and their beds."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import Http404, HttpResponse

from breakwater.resources.actions.claims import claim_listing, confirm_claim, give_up_listing, withdraw_claim
from breakwater.resources.actions.keeping import bring_back_into_use, take_out_of_use
from breakwater.resources.actions.ours import (
    close_bed,
    keep_bed,
    list_place,
    retire_program,
    set_up_beds,
    set_up_program,
)
from breakwater.resources.forms_of_house import (
    BedForm,
    BedsForm,
    ClaimForm,
    KindForm,
    ListingForm,
    OutForm,
    PlaceForm,
)
from breakwater.resources.models import Bed, Claim, Organization, Place, Program
from breakwater.resources.own import listings_called, our_house, place_of_ours
from breakwater.trust.access import Request
from breakwater.trust.middleware import only_looks
from breakwater.trust.pace import paced
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other


def house(request: Request) -> HttpResponse:
    """Our listing, who claims it too, and our places."""
    request.actor.must("resources.beds")
    return page(request, "resources/our_house.html", **our_house(request.actor, at=request.now))


@only_looks
@paced("search", verb="POST")
def listing(request: Request) -> HttpResponse:
    """Find our organization in the directory. What is typed is sent, and stays out of addresses."""
    request.actor.must("resources.import")
    form = ListingForm(request.POST or None)
    found = listings_called(form.cleaned_data["words"]) if form.is_valid() else None
    return page(request, "resources/listing.html", status=200, form=form, found=found)


def claiming(request: Request, organization_id: UUID) -> HttpResponse:
    """Say that an organization of the directory is ours, and how that can be checked."""
    request.actor.must("resources.import")
    found = Organization.objects.listed().select_related("agency").filter(pk=organization_id).first()
    if found is None:
        raise Http404
    form = ClaimForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            claim_listing(found, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("resources:house"))
    return page(request, "resources/claiming.html", organization=found, form=form)


def confirmation(request: Request, claim_id: UUID) -> HttpResponse:
    """A second person confirms that the listing is ours."""
    return _claim(request, claim_id, confirm_claim, "Confirm that it is ours")


def withdrawal(request: Request, claim_id: UUID) -> HttpResponse:
    """Take the claim back."""
    return _claim(request, claim_id, withdraw_claim, "Withdraw the claim")


def giving_up(request: Request, claim_id: UUID) -> HttpResponse:
    """Hold the listing no more."""
    return _claim(request, claim_id, give_up_listing, "Give the listing up")


def place(request: Request, own_place_id: UUID) -> HttpResponse:
    """What one of our places has: kinds of room, and beds."""
    request.actor.must("resources.beds")
    return _place(request, own_place_id, KindForm(), BedsForm())


def new_place(request: Request) -> HttpResponse:
    """A place of ours that no source lists."""
    request.actor.must("resources.import")
    form = PlaceForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            made = list_place(**form.said(), at=request.now, by=request.actor)
            return see_other(request, url("resources:place", made.pk))
    return page(request, "resources/new_place.html", form=form)


def kind(request: Request, own_place_id: UUID) -> HttpResponse:
    """One kind of room more."""
    return _more(request, own_place_id, set_up_program, KindForm(request.POST or None))


def beds(request: Request, own_place_id: UUID) -> HttpResponse:
    """Beds more."""
    return _more(request, own_place_id, set_up_beds, BedsForm(request.POST or None))


def ending(request: Request, program_id: UUID) -> HttpResponse:
    """A kind of room is given no more."""
    request.actor.must("resources.beds")
    kept = Program.objects.running().kept_by(request.actor.agency).select_related("place")
    found = kept.filter(pk=program_id).first()
    if found is None:
        raise Http404
    return _sure(request, found, retire_program, found.place.name, "Give this no more", found.place_id)


def bed(request: Request, own_bed_id: UUID) -> HttpResponse:
    """What a bed is called, and whom it takes."""
    found = _bed(request, own_bed_id)
    return _of_bed(request, found, keep_bed, BedForm(request.POST or None, bed=found), "Save")


def out_of_service(request: Request, own_bed_id: UUID) -> HttpResponse:
    """A bed cannot be used for a while."""
    form = OutForm(request.POST or None)
    return _of_bed(request, _bed(request, own_bed_id), take_out_of_use, form, "Take it out of service")


def closing(request: Request, own_bed_id: UUID) -> HttpResponse:
    """There is one bed less."""
    found = _bed(request, own_bed_id)
    return _sure(request, found, close_bed, found.label, "Close this bed for good", found.place_id)


def back_in_service(request: Request, own_bed_id: UUID) -> HttpResponse:
    """A bed can be used again."""
    found = _bed(request, own_bed_id)
    return _sure(request, found, bring_back_into_use, found.label, "It can be used again", found.place_id)


def _claim(request: Request, claim_id: UUID, act: Callable[..., Any], does: str) -> HttpResponse:
    request.actor.must("resources.beds")
    seen = Claim.objects.visible_to(request.actor).of_agency(request.actor.agency)
    found = seen.select_related("organization__agency", "agency", "by").filter(pk=claim_id).first()
    if found is None:
        raise Http404
    form = Form(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            act(found, at=request.now, by=request.actor)
            return see_other(request, url("resources:house"))
    return page(request, "resources/claim.html", claim=found, form=form, does=does)


def _place(request: Request, place_id: UUID, kinds: Form, beds: Form) -> HttpResponse:
    found = place_of_ours(place_id, request.actor, at=request.now)
    if found is None:
        raise Http404
    return page(request, "resources/our_place.html", **found, kind_form=kinds, beds_form=beds)


def _more(request: Request, place_id: UUID, act: Callable[..., Any], form: Any) -> HttpResponse:
    request.actor.must("resources.beds")
    ours = place_of_ours(place_id, request.actor, at=request.now)
    if ours is None:
        raise Http404
    found: Place = ours["place"]
    if form.is_valid():
        told = form.said() if isinstance(form, BedsForm) else form.cleaned_data
        with refusals_on(form):
            act(found, **told, at=request.now, by=request.actor)
            return see_other(request, url("resources:place", place_id))
    kinds, beds = (KindForm(), form) if isinstance(form, BedsForm) else (form, BedsForm())
    return _place(request, place_id, kinds, beds)


def _bed(request: Request, bed_id: UUID) -> Bed:
    request.actor.must("resources.beds")
    found = Bed.objects.standing(request.now).kept_by(request.actor.agency).select_related("place")
    for one in found.filter(pk=bed_id):
        return one
    raise Http404


def _of_bed(request: Request, found: Bed, act: Callable[..., Any], form: Any, does: str) -> HttpResponse:
    if form.is_valid():
        with refusals_on(form):
            act(found, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, f"{url('resources:place', found.place_id)}#beds")
        found.refresh_from_db()
    return page(request, "resources/bed.html", bed=found, form=form, does=does)


def _sure(
    request: Request, found: Any, act: Callable[..., Any], what: str, does: str, place_id: UUID
) -> HttpResponse:
    """A page that names what it is about, and does it when it is pressed."""
    form = Form(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            act(found, at=request.now, by=request.actor)
            return see_other(request, url("resources:place", place_id))
    return page(
        request, "resources/sure.html", form=form, what=what, found=found, does=does, place_id=place_id
    )
