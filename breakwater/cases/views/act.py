from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model
from django.forms import Form
from django.http import HttpResponse

from breakwater.cases.models import Case
from breakwater.trust.access import Request
from breakwater.trust.journal import see
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, see_other

M = TypeVar("M", bound=Model)


def seen(request: Request, case_id: UUID) -> Case:
    """The case, for somebody who may read cases."""
    request.actor.must("cases.read")
    return see(Case, case_id, by=request.actor, related=("person", "agency"))


def seen_part(request: Request, part: type[M], pk: UUID) -> M:
    """A part of a case, with its case, for somebody who may read cases."""
    request.actor.must("cases.read")
    return see(part, pk, by=request.actor, related=("case__person", "case__agency", "case__circle"))


def done(request: Request, case_id: UUID, where: str = "") -> HttpResponse:
    """The act is done: back to the case, to the panel it changed."""
    return see_other(request, f"{url('desk:case', case_id)}{where}")


def act(request: Request, case: Case, form: Form, title: str, does: str, **more: Any) -> HttpResponse:
    """The page of one act on a case: its form, and nothing else to decide. A template of its own says more first."""
    context: dict[str, Any] = {"about": "", "keeps_draft": False, "template": "cases/act.html"} | more
    return page(request, context.pop("template"), case=case, form=form, title=title, does=does, **context)
