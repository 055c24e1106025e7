"""Drafts: everything typed is kept, by form and writer, until the form is saved."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import QuerySet

from breakwater.kernel.text import without_nul
from breakwater.kernel.views import is_marked
from breakwater.trust.access import Actor, Request
from breakwater.trust.models import Draft

View = TypeVar("View", bound=Callable[..., Any])
_LONGEST_NAME = 120


def draft_of(request: Request) -> dict[str, Any]:
    """What the actor last typed into the form at this address: initial values for the form, or ``{}``."""
    return initial_of(draft_at(request))


def draft_at(request: Request) -> Draft | None:
    """The draft itself: with it the page says who went on with it."""
    return drafts_of(request.actor).filter(form=name_of(request.path)).first()


def initial_of(draft: Draft | None) -> dict[str, Any]:
    """The initial values for a form, or ``{}``."""
    return initial_from(draft.fields) if draft else {}


def keep_drafts(view: View) -> View:
    """Declare that a page shows what was typed there and not saved, when it is opened again."""
    view.keeps_drafts = True  # type: ignore[attr-defined]  # a mark on a function
    return view


def keeps_drafts(address: str) -> bool:
    """Whether the page at an address does so."""
    return is_marked(address, "keeps_drafts")


def name_of(form: str) -> str:
    """What a draft of the form at an address is kept under."""
    return without_nul(form)[:_LONGEST_NAME]


def drafts_of(actor: Actor) -> QuerySet[Draft]:
    """Everything this person has begun and not saved, newest first."""
    found = Draft.objects.filter(by=actor.user, agency=actor.agency).order_by("-kept_at")
    return found.select_related("taken_by")


def set_aside_of(actor: Actor, form: str) -> QuerySet[Draft]:
    """What this person began at a form and set aside for somebody else, newest first."""
    return drafts_of(actor).filter(form__startswith=aside(form))


def aside(form: str, which: object = "") -> str:
    """What a draft that was set aside is kept under. The form never shows it, so nothing of it is saved there."""
    return name_of(f"{form}?aside={which}")


def initial_from(fields: dict[str, list[str]]) -> dict[str, Any]:
    """Form fields as kept (each a list) to initial values: one value alone, several as a list."""
    return {name: values[0] if len(values) == 1 else values for name, values in fields.items()}
