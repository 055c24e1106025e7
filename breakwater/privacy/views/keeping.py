from uuid import UUID

from django.forms import Form
from django.http import HttpResponse

from breakwater.people.models import Person
from breakwater.privacy.called import in_words
from breakwater.privacy.forms.keeping import DecisionForm, HoldForm, LiftForm, ProposalForm, TermForm
from breakwater.privacy.keeping import kept_of_one, lately_gone_through, on_one_record, to_follow, whose
from breakwater.trust.access import Request
from breakwater.trust.actions.erasing import decide_erasure, propose_erasure
from breakwater.trust.actions.keeping import lift_hold, put_hold, set_term
from breakwater.trust.journal import see, see_shared
from breakwater.trust.keeping import own_terms, what_would_go, why_not_erased
from breakwater.trust.library import law_of
from breakwater.trust.models import Erasure, LegalHold
from breakwater.trust.rules.keeping import AFTER, last_of
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other


def keeping(request: Request, person_id: UUID) -> HttpResponse:
    """Until when one record is kept and why, what holds it, and what was proposed."""
    person = see(Person, person_id, by=request.actor)
    request.actor.must("trust.erase", person.circle)
    kept = kept_of_one(person, request.actor)
    return page(
        request, "privacy/keeping.html", person=person, kept=kept, rules=law_of(request.actor.agency).retention,
        after=AFTER, until=last_of(kept, asked=False), by_law=last_of(kept, asked=True),
        **on_one_record(person, request.actor),
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
            asked = to_follow(person, request.actor) if form.cleaned_data["rests_on"] == "asked" else None
            kept = kept_of_one(person, request.actor)
            propose_erasure(person.circle, kept, request=asked, at=request.now, by=request.actor)
            return see_other(request, url("privacy:keeping", person.pk))
    return _act(request, form, person, title="Erase this record", act="Propose it")


def deciding(request: Request, erasure_id: UUID) -> HttpResponse:
    """Decide what somebody else proposed, with what would go before one's eyes."""
    found = see_shared(Erasure, erasure_id, by=request.actor, related=("proposed_by",))
    request.actor.must("trust.erase")
    person = whose(found, request.actor)
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
    return page(
        request, "privacy/terms.html", form=form, law=law, rules=rules, own=own_terms(request.actor), after=AFTER,
        runs=lately_gone_through(request.actor),
    )  # fmt: skip


def _act(request: Request, form: Form, person: Person, *, title: str, act: str) -> HttpResponse:
    """The form of one act about how long a record is kept."""
    back = url("privacy:keeping", person.pk)
    return page(request, "privacy/act.html", form=form, person=person, title=title, act=act, back=back)
