from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST

from breakwater.cases.actions.again import hear_again
from breakwater.cases.actions.intake import Story, take_in
from breakwater.cases.actions.left import take_over_intake
from breakwater.cases.forms import IntakeForm
from breakwater.cases.known import episodes_of
from breakwater.cases.views.act import done
from breakwater.people.forms import MatchForm
from breakwater.people.matching import possible_matches, with_chosen
from breakwater.trust.access import Actor, Request
from breakwater.trust.actions.drafts import drop_draft
from breakwater.trust.drafts import draft_at, initial_of, keep_drafts, set_aside_of
from breakwater.trust.middleware import only_looks
from breakwater.trust.models import Draft
from breakwater.trust.pace import paced
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other


@paced("search")
@keep_drafts
def intake(request: Request) -> HttpResponse:
    """Take someone in."""
    request.actor.must("cases.take_in")
    begun = None if request.POST else draft_at(request)
    form = IntakeForm(request.POST or None, by=request.actor, initial=_initial_of(begun))
    if "look" not in request.POST and form.is_valid():
        with refusals_on(form):
            draft = drop_draft(request.path, by=request.actor)
            form.asks_whoever_went_on(draft)
            return done(request, _written_down(form, form.story(draft), at=request.now, by=request.actor))
    waiting = [] if request.POST else set_aside_of(request.actor, request.path)
    return page(
        request, "cases/intake.html", form=form, draft=begun, waiting=waiting,
        looks="look" in request.POST,
    )  # fmt: skip


def _initial_of(begun: Draft | None) -> dict[str, Any]:
    """What was kept, and since when: clocks count from there, unless its writer says that it was at another time."""
    kept = initial_of(begun)
    return kept | {"asked_at": kept.get("asked_at") or begun.first_kept_at} if begun else kept


def _written_down(form: IntakeForm, story: Story, *, at: datetime, by: Actor) -> UUID:
    """The case that was opened, or the open one into which it was written."""
    known = form.known()
    if form.earlier:
        hear_again(form.earlier, story, at=at, by=by, **known)
        return form.earlier.pk
    return take_in(story, person=form.cleaned_data["person"], at=at, by=by, **known).pk


@require_POST
def taking_over(request: Request, draft_id: UUID) -> HttpResponse:
    """Go on with an intake that a colleague left. It waits at the intake, with what one set aside oneself."""
    try:
        take_over_intake(draft_id, url("cases:intake"), at=request.now, by=request.actor)
    except Draft.DoesNotExist as gone:
        raise Http404 from gone
    return see_other(request, url("cases:intake"))


@only_looks
@require_POST
@paced("search")
def matches(request: Request) -> HttpResponse:
    """Possible matches for what is being typed, each with the cases that the actor may see."""
    request.actor.must("people.read")
    typed = MatchForm(request.POST)
    name, born, phone = typed.read()
    found = possible_matches(request.actor, name=name, born=born, phone=phone)
    chosen = typed.chosen()
    found = with_chosen(request.actor, found, chosen)
    episodes = episodes_of(request.actor, [one.person_id for one in found])
    return page(request, "cases/_matches.html", status=200, matches=found, episodes=episodes, chosen=chosen)


def promises(request: Request) -> HttpResponse:
    """What each triage code promises to somebody who asked when the form says, counted anew."""
    request.actor.must("cases.take_in")
    form = IntakeForm(by=request.actor, initial={"asked_at": request.GET.get("asked_at") or request.now})
    return page(request, "cases/_promises.html", promises=form.promises)
