from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST

from breakwater.attachments.shown import files_on
from breakwater.attachments.taking import takes_files
from breakwater.cases.models import Case
from breakwater.cases.views.act import seen
from breakwater.clocks.models import Clock
from breakwater.messaging.actions.notices import see_all_about, see_notice
from breakwater.messaging.actions.threads import amend, mark_read, write_on_case, write_on_letter
from breakwater.messaging.forms import AmendmentForm, MessageForm
from breakwater.messaging.library import OF_A_CLOCK
from breakwater.messaging.models import Message, Notice, Thread
from breakwater.trust.access import Request
from breakwater.trust.journal import see_shared
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other
from breakwater.ui.paging import around, page_asked

PER_PAGE, THREADS = 30, 50


def inbox(request: Request) -> HttpResponse:
    """What waits for somebody: notices, and every thread that they may read, the latest first."""
    request.actor.must("cases.read")
    number, only_unread = page_asked(request), "unread" in request.GET
    threads = Thread.objects.visible_to(request.actor).filter(last_number__gt=0)
    narrowed = threads.unread_by if only_unread else threads.with_unread
    about = narrowed(request.actor.user_id).select_related("from_agency", "to_agency").latest_first()
    found = list(about[(number - 1) * THREADS : number * THREADS + 1])
    request.actor.saw("messaging.thread", [one.pk for one in found[:THREADS]])
    notices = list(Notice.objects.on_the_page_of(request.actor)[:THREADS])
    wanted = {one.case_id for one in found} | {one.about for one in notices}
    pages = around(number, more=len(found) > THREADS, also="unread&" if only_unread else "")
    return page(
        request, "messaging/inbox.html", threads=found[:THREADS], cases=_cases(wanted, request), notices=notices,
        clocks=_clocks(notices, request), only_unread=only_unread, **pages,
        held_up=Notice.objects.visible_to(request.actor).that_nothing_takes(),
    )  # fmt: skip


def _cases(wanted: set[UUID | None], request: Request) -> dict[UUID, Case]:
    """What threads and notices lead to, as far as it is ours to see."""
    ours = Case.objects.visible_to(request.actor).filter(pk__in=wanted - {None})
    return {one.pk: one for one in ours.select_related("person")}


def _clocks(notices: list[Notice], request: Request) -> dict[UUID, Clock]:
    """Of which promises notices tell."""
    told = [one.cause for one in notices if one.kind in OF_A_CLOCK]
    return {one.pk: one for one in Clock.objects.of_agency(request.actor.agency).filter(pk__in=told)}


@takes_files
def of_case(request: Request, case_id: UUID) -> HttpResponse:
    """The thread of a case, and the box to write in it."""
    case = seen(request, case_id)
    form = MessageForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        with refusals_on(form):
            write_on_case(case, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, f"{url('messaging:case', case.pk)}#latest")
    thread = Thread.objects.visible_to(request.actor).of_episode(case.pk).first()
    return page(request, "messaging/thread.html", form=form, case=case, **_shown(request, thread))


@takes_files
def of_letter(request: Request, thread_id: UUID) -> HttpResponse:
    """The thread of a letter, at either end, and the box to write in it."""
    request.actor.must("cases.read")
    thread = see_shared(Thread, thread_id, by=request.actor, related=("from_agency", "to_agency"))
    if thread.to_agency_id is None:
        return see_other(request, url("messaging:case", thread.case_id))
    form = MessageForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        with refusals_on(form):
            write_on_letter(thread, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, f"{url('messaging:thread', thread.pk)}#latest")
    return page(request, "messaging/thread.html", form=form, case=None, **_shown(request, thread))


def amending(request: Request, message_id: UUID) -> HttpResponse:
    """A new text of one's own message."""
    request.actor.must("cases.read")
    message = see_shared(Message, message_id, by=request.actor, related=("thread",))
    if message.to_agency_id is None:
        seen(request, message.thread.case_id)
    text = message.amendments.order_by("-version").first()
    first = {"words": text.words if text else message.words, "version": text.version if text else 1}
    form = AmendmentForm(request.POST or None, initial=first)
    back = _place_of(message.thread)
    if form.is_valid():
        with refusals_on(form):
            amend(message, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, back)
    return page(request, "messaging/amendment.html", form=form, back=back)


@require_POST
def seeing(request: Request, notice_id: UUID) -> HttpResponse:
    """Somebody looked at what a notice leads to, or will see to it."""
    request.actor.must("cases.read")
    found = see_shared(Notice, notice_id, by=request.actor)
    if found.contact_point_id or found.to_id not in (None, request.actor.user_id):
        raise Http404
    see_notice(found, at=request.now, by=request.actor)
    return see_other(request, url("messaging:inbox"))


def _place_of(thread: Thread) -> str:
    return (
        url("messaging:thread", thread.pk) if thread.to_agency_id else url("messaging:case", thread.case_id)
    )


def _shown(request: Request, thread: Thread | None) -> dict[str, Any]:
    """The latest messages as they were written, the last one last. Whoever sees them has read them."""
    if thread is None:
        return {"thread": None, "messages": [], "files": {}, "previous": "", "next": "", "other": None}
    number = page_asked(request)
    asked = Message.objects.visible_to(request.actor).newest_first(thread)
    found = list(asked[(number - 1) * PER_PAGE : number * PER_PAGE + 1])
    messages = found[:PER_PAGE][::-1]
    request.actor.saw("messaging.message", [one.pk for one in messages])
    if number == 1 and messages and request.method == "GET":
        mark_read(thread, messages[-1].number, at=request.now, by=request.actor)
        see_all_about(thread.pk, at=request.now, by=request.actor)
    other = thread.other_end(request.actor.agency_id) if thread.to_agency_id else None
    return {
        "thread": thread,
        "messages": messages,
        "files": files_on([one.pk for one in messages], by=request.actor),
        "other": other,
        **around(number, more=len(found) > PER_PAGE),
    }
