from uuid import UUID

from django.http import HttpResponse

from breakwater.cases.actions.follow_up import Try, book_next_contact, came_early
from breakwater.cases.actions.follow_up import attempt as try_to_reach
from breakwater.cases.forms import AttemptForm, NextContactForm
from breakwater.cases.models import FollowUp, Note
from breakwater.cases.views.act import done, seen, seen_part
from breakwater.clocks.library import profile
from breakwater.trust.access import Request
from breakwater.ui.pages import page, refusals_on


def attempt(request: Request, follow_up_id: UUID) -> HttpResponse:
    """Write down a try to reach the person."""
    owed = seen_part(request, FollowUp, follow_up_id)
    form = AttemptForm(request.POST or None, now=request.now, case=owed.case)
    if form.is_valid():
        with refusals_on(form):
            try_to_reach(owed, Try(**form.cleaned_data), at=request.now, by=request.actor)
            return done(request, owed.case_id, "#follow-ups")
    every = list(FollowUp.objects.of_case(owed.case))
    rule = profile(owed.case.agency.profile).lost
    early = came_early(owed.case, owed, at=request.now)
    agreed = Note.objects.visible_to(request.actor).agreed_for(owed)
    request.actor.saw("cases.note", [one.pk for one in agreed])
    return page(
        request, "cases/attempt.html",
        case=owed.case, owed=owed, form=form, follow_ups=every, rule=rule, early=early, agreed=agreed,
    )  # fmt: skip


def next_contact(request: Request, case_id: UUID) -> HttpResponse:
    """Book the next contact."""
    case = seen(request, case_id)
    form = NextContactForm(request.POST or None, by=request.actor, case_id=case.pk)
    if form.is_valid():
        with refusals_on(form):
            due_at, agreed = form.cleaned_data["due_at"], form.what_was_agreed()
            book_next_contact(case, due_at=due_at, agreed=agreed, at=request.now, by=request.actor)
            return done(request, case.pk, "#follow-ups")
    every = list(FollowUp.objects.of_case(case))
    return page(request, "cases/next_contact.html", case=case, form=form, follow_ups=every)
