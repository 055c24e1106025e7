from uuid import UUID

from django.forms import Form
from django.http import HttpResponse

from breakwater.people.models import Person
from breakwater.privacy.forms.requests import (
    AnswerForm,
    AppealForm,
    AskedForm,
    CheckForm,
    ExtensionForm,
    SecondLookForm,
)
from breakwater.trust.access import Request
from breakwater.trust.actions.requests import (
    answer_request,
    appeal_refusal,
    check_asker,
    costs_nothing,
    extend_request,
    is_looked_at_again,
    receive_request,
    review_refusal,
)
from breakwater.trust.journal import see
from breakwater.trust.library import law_of
from breakwater.trust.models import RecordRequest
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other


def asking(request: Request, person_id: UUID) -> HttpResponse:
    """Write down what a person asks about their record."""
    person = see(Person, person_id, by=request.actor)
    request.actor.must("trust.receive_requests", person.circle)
    form = AskedForm(request.POST or None, actor=request.actor)
    if form.is_valid():
        with refusals_on(form):
            made = receive_request(form.asked(), circle=person.circle, at=request.now, by=request.actor)
            return see_other(request, url("privacy:asked", made.pk))
    return page(
        request, "privacy/act.html", form=form, person=person, title="A request about their record",
        act="Write it down", back=url("privacy:agreed", person.pk),
    )  # fmt: skip


def asked(request: Request, request_id: UUID) -> HttpResponse:
    """One request: what was asked, by when it is answered, and what was done."""
    found, person = _asked(request, request_id, must="trust.receive_requests")
    right = law_of(found.agency).requests[found.kind]
    return page(
        request, "privacy/asked.html", asked=found, person=person, right=right, ground=right.grounds.get(found.ground),
        is_free=costs_nothing(found, request.actor), last_day=found.last_day(request.actor.zone),
        looks_again=is_looked_at_again(found, request.actor),
    )  # fmt: skip


def checking(request: Request, request_id: UUID) -> HttpResponse:
    """Write down how it was made sure who asks."""
    found, person = _asked(request, request_id, must="trust.receive_requests")
    form = CheckForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            check_asker(found, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("privacy:asked", found.pk))
    return _act(request, form, found, person, title="Who asks?", act="Write it down")


def extending(request: Request, request_id: UUID) -> HttpResponse:
    """Take longer, once."""
    found, person = _asked(request, request_id, must="trust.answer_requests")
    form = ExtensionForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            extend_request(found, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("privacy:asked", found.pk))
    return _act(request, form, found, person, title="It takes longer", act="Extend it")


def answering(request: Request, request_id: UUID) -> HttpResponse:
    """Answer the person."""
    found, person = _asked(request, request_id, must="trust.answer_requests")
    form = AnswerForm(request.POST or None, asked=found)
    if form.is_valid():
        with refusals_on(form):
            answer_request(found, form.answer(), at=request.now, by=request.actor)
            return see_other(request, url("privacy:asked", found.pk))
    return _act(request, form, found, person, title="Answer", act="Answer them")


def appealing(request: Request, request_id: UUID) -> HttpResponse:
    """The person does not agree with a refusal."""
    found, person = _asked(request, request_id, must="trust.receive_requests")
    form = AppealForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            appeal_refusal(found, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("privacy:asked", found.pk))
    return _act(request, form, found, person, title="They do not agree", act="Write it down")


def looking_again(request: Request, request_id: UUID) -> HttpResponse:
    """Somebody else looks again at a refusal."""
    found, person = _asked(request, request_id, must="trust.answer_requests")
    form = SecondLookForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            review_refusal(found, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("privacy:asked", found.pk))
    return _act(request, form, found, person, title="Look again", act="Say so")


def _asked(request: Request, request_id: UUID, *, must: str) -> tuple[RecordRequest, Person]:
    """What was asked, with the person whose record it is about; for those who may do what is asked of them here."""
    related = ("agency", "received_by", "checked_by", "extended_by", "answered_by", "reviewed_by")
    found = see(RecordRequest, request_id, by=request.actor, related=related)
    request.actor.must(must, found.circle)
    return found, Person.objects.visible_to(request.actor).get(circle=found.circle_id)


def _act(
    request: Request, form: Form, found: RecordRequest, person: Person, *, title: str, act: str
) -> HttpResponse:
    """The form of one act on a request."""
    back = url("privacy:asked", found.pk)
    return page(request, "privacy/act.html", form=form, person=person, title=title, act=act, back=back)
