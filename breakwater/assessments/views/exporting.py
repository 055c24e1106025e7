from uuid import UUID

from django.http import HttpResponse

from breakwater.assessments.actions.exporting import export
from breakwater.assessments.forms import ExportForm
from breakwater.assessments.models import Assessment
from breakwater.cases.views.act import seen_part
from breakwater.formats.fhir.bundle import MEDIA_TYPE
from breakwater.trust.access import Request
from breakwater.trust.pace import paced
from breakwater.trust.receipts import ShownOnce
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other

_NAME = "document.json"
"""A name that says nothing, in a folder that others may open."""


@paced("export", verb="POST")
def exporting(request: Request, assessment_id: UUID) -> HttpResponse:
    """To whom a completed assessment goes as a file, and what for; then the file."""
    found = seen_part(request, Assessment, assessment_id)
    request.actor.must("trust.disclose", found.circle)
    form = ExportForm(request.POST or None, actor=request.actor)
    if form.is_valid():
        with refusals_on(form):
            made = export(found, form.wanted(), at=request.now, by=request.actor)
            return ShownOnce(_file(made), told_again=see_other(request, url("assessments:result", found.pk)))
    return page(request, "assessments/export.html", case=found.case, assessment=found, form=form)


def _file(made: bytes) -> HttpResponse:
    """A file to be saved, which no cache keeps and no receipt."""
    disposition = f'attachment; filename="{_NAME}"'
    return HttpResponse(
        made,
        content_type=MEDIA_TYPE,
        headers={"Content-Disposition": disposition, "Cache-Control": "no-store"},
    )
