from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.apps import apps
from django.forms import Form
from django.http import HttpResponse

from breakwater.people.models import Person
from breakwater.privacy.forms.keeping import DecisionForm, HoldForm, LiftForm, ProposalForm, TermForm
from breakwater.privacy.keeping import kept_of
from breakwater.trust.access import Request
from breakwater.trust.actions.erasing import decide_erasure, propose_erasure
from breakwater.trust.actions.keeping import lift_hold, put_hold, set_term
from breakwater.trust.journal import see, see_shared
from breakwater.trust.keeping import own_terms, what_would_go, why_not_erased
from breakwater.trust.library import law_of
from breakwater.trust.models import Erasure, LegalHold, RecordRequest, RetentionRun
from breakwater.trust.rules.keeping import AFTER, Kept, last_of
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other

_RUNS = 10
_OF_DERIVED = {
    "people_namebook": "names to search by",
    "people_nameword": "words of names",
    "people_wordbook": "words",
}


def keeping(request: Request, person_id: UUID) -> HttpResponse:
    """Until when one record is kept and why, what holds it, and what was proposed."""
    person = see(Person, person_id, by=request.actor)
    request.actor.must("trust.erase", person.circle)
    kept = _kept(person, request)
    holds = LegalHold.objects.visible_to(request.actor).filter(circle=person.circle_id)
    found = Erasure.objects.visible_to(request.actor).filter(circle=person.circle_id).order_by("-found_at")
    return page(
        request, "privacy/keeping.html", person=person, kept=kept, rules=law_of(request.actor.agency).retention,
        after=AFTER, until=last_of(kept, asked=False), by_law=last_of(kept, asked=True),
        asked=_granted(person, request),
        holds=list(holds.select_related("by", "ended_by").defer("by__password", "ended_by__password")),
        erasures=list(found.select_related("proposed_by", "decided_by")),
    )  # fmt: skip


def holding(request: Request, person_id: UUID) -> HttpResponse:
    """Put a legal hold on a record."""
    person = see(Person, person_id, by=request.actor)
    request.actor.must("trust.keep_records", person.circle)
    form = HoldForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            put_hold(person.circle, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("privacy:keeping", person.pk))
    return _act(request, form, person, title="A legal hold", act="Hold it")


def lifting(request: Request, legal_hold_id: UUID) -> HttpResponse:
    """Lift a legal hold."""
    hold = see(LegalHold, legal_hold_id, by=request.actor)
    request.actor.must("trust.keep_records", hold.circle)
    person = Person.objects.visible_to(request.actor).get(circle=hold.circle_id)
    form = LiftForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            lift_hold(hold, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("privacy:keeping", person.pk))
    return _act(request, form, person, title="The hold ends", act="Lift it")


def proposing(request: Request, person_id: UUID) -> HttpResponse:
    """Propose that a record is erased; somebody else decides."""
    person = see(Person, person_id, by=request.actor)
    request.actor.must("trust.erase", person.circle)
    form = ProposalForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            asked = _granted(person, request) if form.cleaned_data["rests_on"] == "asked" else None
            propose_erasure(
                person.circle, _kept(person, request), request=asked, at=request.now, by=request.actor
            )
            return see_other(request, url("privacy:keeping", person.pk))
    return _act(request, form, person, title="Erase this record", act="Propose it")


def deciding(request: Request, erasure_id: UUID) -> HttpResponse:
    """Decide what somebody else proposed, with what would go before one's eyes."""
    found = see_shared(Erasure, erasure_id, by=request.actor, related=("proposed_by",))
    request.actor.must("trust.erase")
    person = Person.objects.visible_to(request.actor).filter(circle=found.circle_id).first()
    form = DecisionForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            decide_erasure(found, form.decided(), at=request.now, by=request.actor)
            return see_other(request, url("privacy:erased", found.pk))
    return page(
        request, "privacy/deciding.html", form=form, erasure=found, person=person, why_not=why_not_erased(found),
        counts=in_words(what_would_go(found)),
    )  # fmt: skip


def erased(request: Request, erasure_id: UUID) -> HttpResponse:
    """The tombstone of a record, to be printed: what was there, under which rules it went, and who decided."""
    related = ("agency", "proposed_by", "decided_by")
    found = see_shared(Erasure, erasure_id, by=request.actor, related=related)
    request.actor.must("trust.erase")
    rules = law_of(request.actor.agency).retention
    return page(
        request, "privacy/erased.html", erasure=found, rules=[rules[one] for one in found.rules if one in rules],
        counts=in_words(found.counts),
    )  # fmt: skip


def terms(request: Request) -> HttpResponse:
    """For how long the agency keeps what, and what was gone through lately."""
    request.actor.must("trust.keep_records")
    law = law_of(request.actor.agency)
    rules = [one for one in law.retention.values() if one.binds(request.actor.agency.kind)]
    form = TermForm(request.POST or None, rules=rules)
    if form.is_valid():
        with refusals_on(form):
            set_term(**form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("privacy:terms"))
    runs = RetentionRun.objects.visible_to(request.actor).order_by("-on")[:_RUNS]
    own = own_terms(request.actor)
    return page(
        request, "privacy/terms.html", form=form, law=law, rules=rules, own=own, runs=runs, after=AFTER
    )


def in_words(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """How many of what, as our models are called; by their app and name."""
    names = {
        one._meta.db_table: str(one._meta.verbose_name_plural) for one in apps.get_models()
    } | _OF_DERIVED
    return sorted((names.get(table, table), many) for table, many in counts.items())


def _kept(person: Person, request: Request) -> list[Kept]:
    return kept_of([person], request.actor).get(person.circle_id, [])


def _granted(person: Person, request: Request) -> RecordRequest | None:
    """The person's request to be erased that was granted, and that nothing was proposed for yet."""
    asked = RecordRequest.objects.visible_to(request.actor).filter(
        circle=person.circle_id, kind=RecordRequest.Kind.ERASURE, outcome=RecordRequest.Outcome.GRANTED
    )
    followed = Erasure.objects.visible_to(request.actor).filter(circle=person.circle_id).exclude(request=None)
    return asked.exclude(pk__in=followed.values("request")).order_by("answered_at").first()


def _act(request: Request, form: Form, person: Person, *, title: str, act: str) -> HttpResponse:
    """The form of one act about how long a record is kept."""
    back = url("privacy:keeping", person.pk)
    return page(request, "privacy/act.html", form=form, person=person, title=title, act=act, back=back)


def on_the_desk(request: Request) -> dict[str, Any]:
    """What has come due, what is held, what was erased lately, and when records were gone through."""
    actor, most = request.actor, 50
    ours = Erasure.objects.visible_to(actor)
    due = list(ours.open().select_related("proposed_by").order_by("kept_until", "pk")[:most])
    holds = list(LegalHold.objects.visible_to(actor).standing().order_by("starts_at", "pk")[:most])
    people = {
        one.circle_id: one
        for one in Person.objects.visible_to(actor).filter(
            circle__in={one.circle_id for one in [*due, *holds]}
        )
    }
    actor.saw("people.person", [one.pk for one in people.values()])
    return {
        "due": [(one, people.get(one.circle_id)) for one in due],
        "holds": [(one, people.get(one.circle_id)) for one in holds],
        "gone": list(ours.exclude(erased_at=None).order_by("-erased_at")[:_RUNS]),
        "run": RetentionRun.objects.visible_to(actor).order_by("-on").first(),
    }
