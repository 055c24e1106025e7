from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST

from breakwater.cases.views.act import seen
from breakwater.messaging.actions.notices import ask_for_notice, call_notice_off
from breakwater.messaging.actions.reach import (
    SENDS_TO,
    choose_device,
    choose_way,
    end_device,
    end_rule,
    end_way,
    write_rule,
)
from breakwater.messaging.actions.sending import our_key
from breakwater.messaging.forms import DeviceForm, NoticeForm, RuleForm, WayForm
from breakwater.messaging.models import ContactRule, Notice, Way
from breakwater.messaging.models.notices import OUTSIDE
from breakwater.messaging.rules.wording import WHY_NOT
from breakwater.people.models import ContactPoint
from breakwater.trust.access import Request
from breakwater.trust.devices import device_of, how_stands
from breakwater.trust.journal import see, see_shared
from breakwater.ui.headers import WITH_WORKER
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other

SHOWN = 20


def ways(request: Request) -> HttpResponse:
    """How somebody who works here wants to hear of what waits for them."""
    form = WayForm(None if "ends" in request.POST else request.POST or None, initial=WayForm.first())
    if ends := request.POST.get("ends"):
        if ends not in dict(OUTSIDE):
            raise Http404
        end_way(ends, at=request.now, by=request.actor)
        return see_other(request, url("messaging:ways"))
    if form.is_valid():
        with refusals_on(form):
            choose_way(form.chosen(), at=request.now, by=request.actor)
            return see_other(request, url("messaging:ways"))
    return _ways(request, form, DeviceForm(initial=WayForm.first()))


@require_POST
def device(request: Request) -> HttpResponse:
    """Somebody wants to be told in the browser that they hold."""
    form = DeviceForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            choose_device(form.chosen(device_of(request)), at=request.now, by=request.actor)
            return see_other(request, url("messaging:ways"))
    return _ways(request, WayForm(initial=WayForm.first()), form)


@require_POST
def device_ending(request: Request, way_id: UUID) -> HttpResponse:
    """Somebody wants to be told no more on one of their devices."""
    if not Way.objects.visible_to(request.actor).filter(pk=way_id).exists():
        raise Http404
    end_device(way_id, at=request.now, by=request.actor)
    return see_other(request, url("messaging:ways"))


def _ways(request: Request, form: WayForm, on_device: DeviceForm) -> HttpResponse:
    standing = list(Way.objects.standing().visible_to(request.actor).order_by("channel", "starts_at"))
    here = device_of(request)
    response = page(
        request, "messaging/ways.html", form=form, ways=standing, on_device=on_device, here=here, push_key=our_key(),
        devices=[(one, how_stands(one.device, user_id=one.user_id, at=request.now)) for one in standing if one.device],
    )  # fmt: skip
    response.headers["Content-Security-Policy"] = WITH_WORKER
    return response


def notice(request: Request, case_id: UUID) -> HttpResponse:
    """Send the person a notice: where it may go, and what became of the last ones."""
    case = seen(request, case_id)
    ways_to = _ways_to(request, case.person_id)
    points = {str(point.pk): point for point, rule in ways_to if rule}
    form = NoticeForm(request.POST or None, now=request.now, points=points)
    if form.is_valid():
        with refusals_on(form):
            ask_for_notice(case, form.wish(), at=request.now, by=request.actor)
            return see_other(request, f"{url('messaging:notice', case.pk)}#sent")
    sent = Notice.objects.visible_to(request.actor).of_case(case)[:SHOWN]
    return page(
        request,
        "messaging/notice.html",
        form=form,
        case=case,
        ways=ways_to,
        points=points,
        sent=sent,
        why=WHY_NOT,
    )


def rule(request: Request, contact_point_id: UUID) -> HttpResponse:
    """What the person agreed to about one number or address."""
    point = see(ContactPoint, contact_point_id, by=request.actor, related=("person",))
    if request.POST.get("ends"):
        end_rule(point, at=request.now, by=request.actor)
        return see_other(request, url("desk:person", point.person_id))
    stands = ContactRule.objects.visible_to(request.actor).standing().filter(contact_point=point).first()
    zone = request.actor.zone
    form = RuleForm(request.POST or None, initial=RuleForm.first(stands, zone), zone=zone)
    if form.is_valid():
        with refusals_on(form):
            write_rule(point, form.agreed(), at=request.now, by=request.actor)
            return see_other(request, url("desk:person", point.person_id))
    return page(request, "messaging/rule.html", form=form, point=point, rule=stands)


@require_POST
def calling_off(request: Request, sent_id: UUID) -> HttpResponse:
    """A notice that has not gone yet is not to go."""
    request.actor.must("cases.read")
    found = see_shared(Notice, sent_id, by=request.actor, related=("circle",))
    if found.case_id is None or found.circle is None:
        raise Http404
    call_notice_off(found, at=request.now, by=request.actor)
    return see_other(request, f"{url('messaging:notice', found.case_id)}#sent")


def _ways_to(request: Request, person_id: UUID) -> list[tuple[Any, Any]]:
    """Each number and address of somebody, with what they agreed to about it."""
    asked = ContactPoint.objects.visible_to(request.actor).filter(
        person=person_id, ends_at=None, kind__in=SENDS_TO
    )
    points = list(asked.order_by("starts_at", "pk"))
    rules = ContactRule.objects.visible_to(request.actor).standing().filter(contact_point__in=points)
    by_point = {one.contact_point_id: one for one in rules}
    return [(point, by_point.get(point.pk)) for point in points]
