from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from breakwater.administration.forms import AppointForm, HandOverForm, WorkForm, chosen
from breakwater.administration.house import (
    held_by,
    last_signed_in,
    open_invitations,
    open_sessions,
    who_works_here,
)
from breakwater.cases.actions.leaving import hand_over_all
from breakwater.cases.actions.owners import TO_BE_ACCOUNTABLE
from breakwater.trust.access import Request
from breakwater.trust.actions.agencies import appoint, appoint_again, dismiss, move
from breakwater.trust.actions.handed import invite
from breakwater.trust.actions.sessions import sign_out
from breakwater.trust.journal import see_shared
from breakwater.trust.middleware import ends_sessions
from breakwater.trust.models import Appointment
from breakwater.trust.pace import paced
from breakwater.trust.receipts import ShownOnce
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other


def people(request: Request) -> HttpResponse:
    """Who works here."""
    request.actor.must("trust.administer")
    return page(request, "administration/people.html", here="people", **who_works_here(request.actor))


@paced("invitations", verb="POST")
def appointing(request: Request) -> HttpResponse:
    """Somebody starts to work here: they are appointed, and invited to choose a password."""
    request.actor.must("trust.administer")
    form = AppointForm(request.POST or None, actor=request.actor)
    if form.is_valid():
        with refusals_on(form):
            made = appoint(**form.cleaned_data, password=None, at=request.now, by=request.actor)
            return _invited(request, made)
    return page(request, "administration/appointing.html", form=form)


def person(request: Request, appointment_id: UUID) -> HttpResponse:
    """One appointment: as what, since when, and every one before it at this agency."""
    appointment = _seen(request, appointment_id)
    others = Appointment.objects.visible_to(request.actor).filter(user=appointment.user_id)
    return page(
        request, "administration/person.html", appointment=appointment, stands=appointment.ends_at is None,
        others=others.select_related("unit", "own_role", "by").defer("by__password").order_by("-starts_at"),
        signed_in=last_signed_in([appointment.user_id], request.actor).get(appointment.user_id),
        invitation=open_invitations([appointment.user_id]).get(appointment.user_id),
        open_now=open_sessions(appointment, at=request.now),
    )  # fmt: skip


@ends_sessions
@require_POST
def signing_out(request: Request, appointment_id: UUID) -> HttpResponse:
    """Every session of somebody ends: a device of theirs was lost, or somebody else sits at it."""
    appointment = _seen(request, appointment_id)
    sign_out(appointment, at=request.now, by=request.actor)
    return see_other(request, url("administration:person", appointment.pk))


def moving(request: Request, appointment_id: UUID) -> HttpResponse:
    """Somebody works in another role or unit. What their new role may not hold goes to somebody else."""
    appointment = _seen(request, appointment_id)
    form = WorkForm(request.POST or None, actor=request.actor, initial=chosen(appointment))
    hand_over = HandOverForm(request.POST or None, actor=request.actor, leaver=appointment.user)
    if form.is_valid() and hand_over.is_valid():
        with refusals_on(form), transaction.atomic():
            after = move(appointment, **form.cleaned_data, at=request.now, by=request.actor)
            if TO_BE_ACCOUNTABLE not in after.allows:
                hand_over_all(after.user, **hand_over.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("administration:person", after.pk))
    return page(
        request, "administration/moving.html", form=form, hand_over=hand_over, appointment=appointment,
        held=held_by(appointment.user, request.actor),
    )  # fmt: skip


def dismissing(request: Request, appointment_id: UUID) -> HttpResponse:
    """Somebody no longer works here: what they hold is named, and goes to somebody else in the same act."""
    appointment = _seen(request, appointment_id)
    form = HandOverForm(request.POST or None, actor=request.actor, leaver=appointment.user)
    if form.is_valid():
        with refusals_on(form), transaction.atomic():
            dismiss(appointment, at=request.now, by=request.actor)
            hand_over_all(appointment.user, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("administration:people"))
    return page(
        request, "administration/dismissing.html", form=form, appointment=appointment,
        held=held_by(appointment.user, request.actor),
    )  # fmt: skip


@require_POST
@paced("invitations")
def inviting(request: Request, appointment_id: UUID) -> HttpResponse:
    """A new invitation for somebody who lost theirs, or their password."""
    return _invited(request, _seen(request, appointment_id))


@paced("invitations", verb="POST")
def returning(request: Request, appointment_id: UUID) -> HttpResponse:
    """Somebody who was dismissed works here again."""
    appointment = _seen(request, appointment_id)
    form = WorkForm(request.POST or None, actor=request.actor, initial=chosen(appointment))
    if form.is_valid():
        with refusals_on(form):
            made = appoint_again(appointment, **form.cleaned_data, at=request.now, by=request.actor)
            return _invited(request, made)
    return page(request, "administration/returning.html", form=form, appointment=appointment)


def _seen(request: Request, appointment_id: UUID) -> Appointment:
    related = ("user", "unit", "own_role", "by")
    appointment = see_shared(Appointment, appointment_id, by=request.actor, related=related)
    request.actor.must("trust.administer")
    return appointment


def _invited(request: Request, appointment: Appointment) -> HttpResponse:
    """The secret, shown once: the same request again is answered without it."""
    secret = invite(appointment, at=request.now, by=request.actor)
    invitation = open_invitations([appointment.user_id])[appointment.user_id]
    shown = page(
        request, "administration/invited.html", status=200, appointment=appointment, secret=secret,
        invitation=invitation,
    )  # fmt: skip
    return ShownOnce(shown, told_again=see_other(request, url("administration:person", appointment.pk)))
