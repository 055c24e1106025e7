from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST

from breakwater.attachments.taking import takes_files
from breakwater.benefits.actions.applying import (
    begin_application,
    book_interview,
    end_application,
    end_interview,
    screen_benefits,
    see_to_paper,
    submit,
    want_papers,
)
from breakwater.benefits.actions.filing import keep_paper
from breakwater.benefits.forms.course import (
    ApplicationEndingForm,
    ApplicationForm,
    InterviewEndingForm,
    InterviewForm,
    PaperFilesForm,
    PapersForm,
    SubmissionForm,
)
from breakwater.benefits.forms.screening import ScreeningForm
from breakwater.benefits.library import PROGRAMS, Programs, programs_of
from breakwater.benefits.models import Application, Paper, Screening
from breakwater.benefits.overview import answers_of, application_of
from breakwater.cases.views.act import act, seen, seen_part
from breakwater.trust.access import Request
from breakwater.trust.journal import see
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other


def screening(request: Request, case_id: UUID) -> HttpResponse:
    """Ask in plain questions what may be worth applying for."""
    case = seen(request, case_id)
    programs = _programs(request)
    form = ScreeningForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            made = screen_benefits(case, form.household(), at=request.now, by=request.actor)
            return see_other(request, url("benefits:screened", made.pk))
    return page(request, "benefits/screening.html", case=case, form=form, programs=programs)


def screened(request: Request, screening_id: UUID) -> HttpResponse:
    """What came out of a pre-screen, and why."""
    found = seen_part(request, Screening, screening_id)
    return page(
        request, "benefits/screened.html", case=found.case, screening=found, answers=answers_of(found),
        programs=programs_of(found.programs), today=request.now.astimezone(request.actor.zone).date(),
    )  # fmt: skip


def beginning(request: Request, case_id: UUID) -> HttpResponse:
    """Begin an application."""
    case = seen(request, case_id)
    asked = {"program": request.GET.get("program", ""), "is_expedited": "faster" in request.GET}
    form = ApplicationForm(request.POST or None, programs=_programs(request).programs, initial=asked)
    if form.is_valid():
        with refusals_on(form):
            made = begin_application(case, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("benefits:application", made.pk))
    return act(request, case, form, "Apply for a benefit", "Begin the application")


def application(request: Request, application_id: UUID) -> HttpResponse:
    """One application: where it stands, what is due, what is missing, and every notice."""
    found = seen_part(request, Application, application_id)
    shown = application_of(found, by=request.actor)
    return page(request, "benefits/application.html", case=found.case, application=found, **shown)


def papers(request: Request, application_id: UUID) -> HttpResponse:
    """The office wants to see papers."""
    found = seen_part(request, Application, application_id)
    form = PapersForm(request.POST or None, program=found.terms)
    if form.is_valid():
        with refusals_on(form):
            due_on = form.cleaned_data["due_on"]
            want_papers(found, form.wanted(), due_on=due_on, at=request.now, by=request.actor)
            return see_other(request, url("benefits:application", found.pk))
    return act(request, found.case, form, "Papers the office wants", "Write them down", about=found.label)


@require_POST
def paper_seen_to(request: Request, paper_id: UUID) -> HttpResponse:
    """A paper was handed in, or is not needed."""
    request.actor.must("cases.read")
    paper = see(Paper, paper_id, by=request.actor, related=("application__case__circle",))
    how = request.POST.get("how", "")
    if how not in Paper.Ending.values:
        raise Http404
    see_to_paper(paper, how=how, at=request.now, by=request.actor)
    return see_other(request, url("benefits:application", paper.application_id))


@takes_files
def paper_files(request: Request, paper_id: UUID) -> HttpResponse:
    """A photo or a PDF of a paper is kept with it."""
    request.actor.must("cases.read")
    paper = see(Paper, paper_id, by=request.actor, related=("application__case__circle",))
    form = PaperFilesForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        with refusals_on(form):
            keep_paper(paper, form.cleaned_data["attached"], at=request.now, by=request.actor)
            return see_other(request, url("benefits:application", paper.application_id))
    return act(request, paper.application.case, form, "A paper", "Keep it", about=paper.words)


@takes_files
def submission(request: Request, application_id: UUID) -> HttpResponse:
    """It was handed in."""
    found = seen_part(request, Application, application_id)
    form = SubmissionForm(request.POST or None, request.FILES or None, actor=request.actor)
    if form.is_valid():
        with refusals_on(form):
            when = form.cleaned_data["submitted_at"]
            submit(found, form.proof(), submitted_at=when, at=request.now, by=request.actor)
            return see_other(request, url("benefits:application", found.pk))
    return act(request, found.case, form, "Handed in", "It was handed in", about=found.label)


def interview(request: Request, application_id: UUID) -> HttpResponse:
    """The office wants to speak with them."""
    found = seen_part(request, Application, application_id)
    form = InterviewForm(request.POST or None, actor=request.actor)
    if form.is_valid():
        with refusals_on(form):
            book_interview(found, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("benefits:application", found.pk))
    return act(request, found.case, form, "An interview", "Book it", about=found.label)


def interview_over(request: Request, application_id: UUID) -> HttpResponse:
    """The interview was kept, or missed."""
    found = seen_part(request, Application, application_id)
    form = InterviewEndingForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            kept = form.cleaned_data["kept"] == "yes"
            end_interview(found, kept=kept, at=request.now, by=request.actor)
            return see_other(request, url("benefits:application", found.pk))
    return act(request, found.case, form, "The interview", "Write it down", about=found.label)


def ending(request: Request, application_id: UUID) -> HttpResponse:
    """It ends, or somebody else sees to it from now."""
    found = seen_part(request, Application, application_id)
    form = ApplicationEndingForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            end_application(found, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("benefits:application", found.pk))
    return act(request, found.case, form, "Hand it on, or end it", "End it here", about=found.label)


def _programs(request: Request) -> Programs:
    code = request.actor.agency.profile
    if code not in PROGRAMS:
        raise Http404
    return programs_of(code)
