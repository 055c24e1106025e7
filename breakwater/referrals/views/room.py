"""The board of room: list and map side by side."""

from uuid import UUID

from django.http import Http404, HttpResponse

from breakwater.referrals.forms_of_room import RoomLookForm
from breakwater.referrals.models import houses_to_call
from breakwater.referrals.room import Row, Wanted, board, row_of
from breakwater.resources.atlas import Map, draw
from breakwater.trust.access import Request
from breakwater.trust.live import listed, watching
from breakwater.trust.middleware import alike_for_colleagues, only_looks
from breakwater.trust.pace import paced
from breakwater.ui.pages import page


@only_looks
@paced("search", verb="POST")
def room(request: Request) -> HttpResponse:
    """How much room there is, how old that word is, what it was worth, and where."""
    request.actor.must("resources.read")
    asked = request.POST.dict() or {"kind": request.GET.get("kind", "")}
    form = RoomLookForm({"within": "25"} | asked)
    wanted = form.wanted() if form.is_valid() else Wanted()
    found = board(wanted, at=request.now, agency=request.actor.agency)
    return page(
        request, "referrals/room.html", status=200, here="room", form=form, found=found, wanted=wanted,
        map=_map(found.rows, wanted), houses=houses_to_call(request.now, besides=request.actor.agency),
        previous=wanted.page - 1, next=wanted.page + 1 if found.more else 0,
        live=watching(request, *(listed(row.program.pk) for row in found.rows)),
    )  # fmt: skip


@alike_for_colleagues
def figure(request: Request, program_id: UUID) -> HttpResponse:
    """The figure of one place on the board, for a board that is open: as it is now."""
    request.actor.must("resources.read")
    row = row_of(program_id, at=request.now, agency=request.actor.agency)
    if row is None:
        raise Http404
    return page(request, "referrals/_room_figure.html", row=row, live=watching(request, listed(program_id)))


def _map(rows: list[Row], wanted: Wanted) -> Map | None:
    spots = [
        (str(number), row.program.place.latitude, row.program.place.longitude)
        for number, row in enumerate(rows, 1)
        if row.program.place.latitude is not None
    ]
    around = (wanted.near.latitude, wanted.near.longitude) if wanted.near else None
    return draw(spots, around=around, within=wanted.within)
