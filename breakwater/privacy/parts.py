"""Which parts of a record can be kept apart by a law, one by one, and where a page tells of each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404

from breakwater.assessments.models import Assessment
from breakwater.cases.models import Barrier, Note
from breakwater.kernel.text import Filled, Ours
from breakwater.people.actions.apart import lower_fact
from breakwater.people.apart import FIELDS
from breakwater.people.models import Apart, ContactPoint, Name
from breakwater.plans.models import Agreement, Goal, Lesson, Need, SafetyPlan, Step, Sufficiency
from breakwater.trust.access import Actor
from breakwater.trust.actions.protecting import lower_part
from breakwater.trust.journal import see
from breakwater.trust.models import KeptApart
from breakwater.trust.one_row import kind_of_row
from breakwater.ui.jinja import url


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of a record.

    Args:
        model: what it is kept as.
        noun: what a page calls it.
        tells: what tells one from another of its kind.
        panel: where on the case page it stands; without one it belongs to the person.
        lower: the act by which it is lowered.
    """

    model: type[KeptApart]
    noun: str
    tells: Callable[[Any], str]
    panel: str = ""
    lower: Callable[..., None] = lower_part

    @property
    def related(self) -> tuple[str, ...]:
        """What is read together with it, so that a page can say whose it is."""
        return ("case__person", "case__agency", "case__circle") if self.panel else ("person",)

    def since(self, one: Any) -> Any:
        """When it happened, or was written down."""
        return next(
            (found for at in ("happened_at", "starts_at", "at") if (found := getattr(one, at, None))), None
        )

    def back(self, one: Any) -> str:
        """The page that it was chosen on."""
        if self.panel:
            return url("desk:case", one.case_id) + self.panel
        return url("desk:person", one.person_id)


def _words(one: Any) -> str:
    return str(one.words)


PARTS: Mapping[str, Part] = {
    "note": Part(
        model=Note, noun=Ours("note"), tells=lambda one: Ours(one.get_kind_display()), panel="#chronology"
    ),
    "barrier": Part(model=Barrier, noun=Ours("barrier"), tells=_words, panel="#barriers"),
    "need": Part(
        model=Need, noun=Ours("need"), tells=lambda one: Ours(one.get_domain_display()), panel="#needs"
    ),
    "goal": Part(model=Goal, noun=Ours("goal"), tells=_words, panel="#steps"),
    "step": Part(model=Step, noun=Ours("step"), tells=_words, panel="#steps"),
    "talk": Part(
        model=Agreement,
        noun=Ours("talk about the plan"),
        tells=lambda one: Ours(one.get_how_display()),
        panel="#steps",
    ),
    "lesson": Part(model=Lesson, noun=Ours("lesson"), tells=_words, panel="#card"),
    "reading": Part(
        model=Sufficiency,
        noun=Ours("reading"),
        tells=lambda one: Ours(one.get_moment_display()),
        panel="#needs",
    ),
    "plan": Part(
        model=SafetyPlan,
        noun=Ours("safety plan"),
        tells=lambda one: Filled("version {number}", number=one.version),
        panel="#safety-plan",
    ),
    "assessment": Part(
        model=Assessment, noun=Ours("assessment"), tells=lambda one: str(one.title), panel="#assessments"
    ),
    "name": Part(model=Name, noun=Ours("name"), tells=lambda one: str(one.text)),
    "fact": Part(model=Apart, noun=Ours("fact"), tells=lambda one: Ours(FIELDS[one.field]), lower=lower_fact),
    "reach": Part(
        model=ContactPoint, noun=Ours("way to reach them"), tells=lambda one: Ours(one.get_kind_display())
    ),
}
"""By what one is called here. Of names not the one they are known by, which every page says."""

_AMONG = tuple((kind, part.model) for kind, part in PARTS.items())


def see_part(pk: UUID, *, by: Actor) -> tuple[Part, Any]:
    """A part of a record by its id alone, and which one it is; that the actor looked is written down.

    Raises:
        Http404: it does not exist, or not for this actor: nobody can tell which.
    """
    by.must("people.read")
    kind = kind_of_row(pk, by=by, among=_AMONG)
    if kind is None:
        raise Http404
    part = PARTS[kind]
    return part, see(part.model, pk, by=by, related=part.related)
