"""A file of figures: what it would change is shown first; nothing is saved before that was seen."""

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django.http import HttpResponse

from breakwater.resources.actions.reports import Outcome, import_report
from breakwater.resources.forms_of_reports import ReportForm
from breakwater.trust.access import Actor, Request
from breakwater.trust.pace import paced
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other

SHOWN = 200


@paced("uploads", verb="POST")
def report(request: Request) -> HttpResponse:
    """Choose a file, see what it would change and which lines are wrong, and then read it in."""
    request.actor.must("resources.import")
    form = ReportForm(request.POST or None, request.FILES or None, now=request.now)
    outcome, carried = None, {}
    if form.is_valid():
        is_meant = "read" in request.POST and not request.FILES
        with refusals_on(form):
            outcome = _read(form, at=request.now, by=request.actor, dry_run=not is_meant)
            if is_meant:
                return see_other(request, f"{url('referrals:room')}")
            carried = form.carried()
    return page(
        request, "resources/report.html", status=None if form.errors else 200, form=form, outcome=outcome,
        carried=carried, shown=SHOWN,
    )  # fmt: skip


def _read(form: ReportForm, *, at: datetime, by: Actor, dry_run: bool) -> Outcome:
    """The file as the import reads it: from a folder of its own that is gone afterwards."""
    told = form.cleaned_data
    ending, content = told["file"]
    with TemporaryDirectory(prefix="report-") as folder:
        path = Path(folder) / f"report{ending}"
        path.write_bytes(content)
        return import_report(path, at=at, by=by, source=told["source"], as_of=told["as_of"], dry_run=dry_run)
