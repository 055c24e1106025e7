from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpResponse

from breakwater.privacy.forms.incidents import (
    AssessmentForm,
    ClosingForm,
    CountForm,
    DelayForm,
    IncidentForm,
    LetterForm,
    ToldForm,
)
from breakwater.trust.access import Request
from breakwater.trust.actions.incidents import (
    assess_incident,
    close_incident,
    count_affected,
    open_incident,
    tell,
    wait_for_the_police,
    write_letter,
)
from breakwater.trust.journal import see_shared
from breakwater.trust.library import law_of
from breakwater.trust.models import Incident
from breakwater.trust.rules import breach
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other


def opening(request: Request) -> HttpResponse:
    """Open an incident."""
    request.actor.must("trust.look_into")
    form = IncidentForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            made = open_incident(form.told(), at=request.now, by=request.actor)
            return see_other(request, url("privacy:incident", made.pk))
    return page(
        request, "privacy/act.html", form=form, title="Something got out", act="Open an incident", person=None,
        back=url("privacy:desk"),
    )  # fmt: skip


def incident(request: Request, incident_id: UUID) -> HttpResponse:
    """One incident: what it counts as, who is affected, who is told by when."""
    found = _incident(request, incident_id)
    return page(request, "privacy/incident.html", incident=found, **standing_of(found, request))


def assessing(request: Request, incident_id: UUID) -> HttpResponse:
    """Say what it counts as."""
    found = _incident(request, incident_id)
    form = AssessmentForm(request.POST or None, incident=found)
    if request.POST and form.is_valid():
        with refusals_on(form):
            assess_incident(
                found, form.assessment(), read=form.cleaned_data["read"], at=request.now, by=request.actor
            )
            return _back(request, found)
    found.refresh_from_db()
    return _act(request, form, found, title="Is it a breach?", act="Keep it", latest=found.judged())


def counting(request: Request, incident_id: UUID) -> HttpResponse:
    """Count who is affected."""
    found = _incident(request, incident_id)
    form = CountForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            count_affected(found, **form.cleaned_data, at=request.now, by=request.actor)
            return _back(request, found)
    return _act(request, form, found, title="Who is affected?", act="Count them")


def letter(request: Request, incident_id: UUID) -> HttpResponse:
    """Write to those affected."""
    found = _incident(request, incident_id)
    form = LetterForm(request.POST or None, initial=found.parts() | {"read": found.written()})
    if request.POST and form.is_valid():
        parts = dict(form.cleaned_data)
        with refusals_on(form):
            write_letter(found, parts, read=parts.pop("read"), at=request.now, by=request.actor)
            return _back(request, found)
    found.refresh_from_db()
    return _act(
        request, form, found, title="The letter to those affected", act="Keep it", latest=found.written()
    )


def delay(request: Request, incident_id: UUID) -> HttpResponse:
    """The police asked to wait."""
    found = _incident(request, incident_id)
    form = DelayForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        with refusals_on(form):
            wait_for_the_police(
                found, until=said["until"], words=said["words"], in_writing=said["way"] == "written",
                at=request.now, by=request.actor,
            )  # fmt: skip
            return _back(request, found)
    return _act(request, form, found, title="The police asked to wait", act="Write it down")


def telling(request: Request, incident_id: UUID) -> HttpResponse:
    """Write down who was told."""
    found = _incident(request, incident_id)
    left = breach.still_owed(found.known(), law_of(found.agency).breach)
    form = ToldForm(request.POST or None, owed=left)
    if form.is_valid():
        with refusals_on(form):
            tell(found, **form.cleaned_data, at=request.now, by=request.actor)
            return _back(request, found)
    return _act(request, form, found, title="Who was told?", act="Write it down")


def closing(request: Request, incident_id: UUID) -> HttpResponse:
    """Nothing is owed any more."""
    found = _incident(request, incident_id)
    form = ClosingForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            close_incident(found, **form.cleaned_data, at=request.now, by=request.actor)
            return _back(request, found)
    return _act(request, form, found, title="Close the incident", act="Close it")


def standing_of(found: Incident, request: Request) -> dict[str, Any]:
    """What an incident counts as on this day, and what is owed."""
    known, law = found.known(), law_of(found.agency).breach
    today = request.now.astimezone(request.actor.zone).date()
    told = {one.key: one for one in found.told.all()}
    return {
        "verdict": breach.VERDICTS[breach.verdict(known)],
        "is_open_question": breach.verdict(known) == breach.PRESUMED,
        "owed": [(one, told.get(one.key), breach.is_late(one, today)) for one in breach.owed(known, law)],
        "banner": breach.banner(known, law, today),
        "is_red": breach.is_red(known, law, today),
        "days": breach.days_since(known, today),
        "last_day": breach.last_day(known, law),
        "affected": sorted(found.affected.all(), key=lambda one: one.state),
        "factors": [(breach.FACTORS[key], words) for key, words in found.factors().items()],
        "parts": [(breach.LETTER[key], words) for key, words in found.parts().items()],
        "law": law,
    }


def _incident(request: Request, incident_id: UUID) -> Incident:
    related = ("agency", "opened_by", "assessed_by", "closed_by")
    found = see_shared(Incident, incident_id, by=request.actor, related=related)
    request.actor.must("trust.look_into")
    return found


def _back(request: Request, found: Incident) -> HttpResponse:
    return see_other(request, url("privacy:incident", found.pk))


def _act(
    request: Request, form: Form, found: Incident, *, title: str, act: str, latest: str = ""
) -> HttpResponse:
    """The form of one act on an incident; ``latest`` is the mark of what is read there now."""
    back = url("privacy:incident", found.pk)
    return page(
        request, "privacy/act.html", form=form, person=None, title=title, act=act, back=back, latest=latest
    )
