from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from breakwater.kernel.text import mark_of
from breakwater.people.models import Person
from breakwater.privacy.forms.sharing import ConsentForm, NarrowingForm, SharingForm, WithdrawalForm
from breakwater.privacy.papers import consent_on_paper, title_of
from breakwater.privacy.spoken import in_other_words
from breakwater.trust.access import Request
from breakwater.trust.actions.consents import narrow_consent, take_consent, withdraw_consent
from breakwater.trust.actions.drafts import drop_draft
from breakwater.trust.drafts import draft_of, keep_drafts
from breakwater.trust.journal import see
from breakwater.trust.library import law_of
from breakwater.trust.models import Consent, Segment
from breakwater.trust.pace import paced
from breakwater.trust.rules.wording import paragraphs
from breakwater.ui.jinja import url
from breakwater.ui.languages import LANGUAGES
from breakwater.ui.pages import page, refusals_on, see_other
from breakwater.ui.paper import paper as on_paper
from breakwater.ui.paper import wanted


def agreed(request: Request, person_id: UUID) -> HttpResponse:
    """What a person agreed to, what ended, and which laws protect their record."""
    request.actor.must("people.read")
    person = see(Person, person_id, by=request.actor)
    law = law_of(request.actor.agency)
    consents = list(Consent.objects.visible_to(request.actor).of_circle(person.circle_id))
    request.actor.saw("trust.consent", [one.pk for one in consents])
    return page(
        request, "privacy/agreed.html", person=person, kinds=law.kinds,
        standing=[one for one in consents if one.stands(request.now)],
        ended=[one for one in consents if not one.stands(request.now)],
        protected=[(Segment(one), law.regimes[one]) for one in person.circle.segments],
        is_everything=set(law.agency_kinds.get(request.actor.agency.kind, ())),
    )  # fmt: skip


@keep_drafts
def consent(request: Request, person_id: UUID) -> HttpResponse:
    """Take a consent with the person. They read it first; only what was shown is signed."""
    person = see(Person, person_id, by=request.actor)
    request.actor.must("trust.consent", person.circle)
    form = ConsentForm(
        request.POST or None, about=person.known_as, actor=request.actor, protected=person.circle.segments,
        initial=draft_of(request),
    )  # fmt: skip
    reading = _read(form)
    if reading and _was_shown(request, reading):
        with refusals_on(form):
            made = take_consent(form.release(reading), circle=person.circle, at=request.now, by=request.actor)
            drop_draft(request.path, by=request.actor)
            return see_other(request, url("privacy:paper", made.pk))
    return _asking(request, "privacy/consent.html", form, reading, person=person)


def paper(request: Request, consent_id: UUID) -> HttpResponse:
    """One consent as it was signed, to be read and printed."""
    found, person = _consent(request, consent_id)
    instead = Consent.objects.filter(pk=found.instead_id).first() if found.instead_id else None
    parts = paragraphs(found.as_shown)
    return page(
        request, "privacy/paper.html", consent=found, person=person, parts=parts, spoken=in_other_words(parts),
        kind=law_of(found.agency).kinds[found.kind], stands=found.stands(request.now), instead=instead,
        languages=LANGUAGES,
    )  # fmt: skip


@require_safe
@paced("paper")
def paper_pdf(request: Request, consent_id: UUID) -> HttpResponse:
    """The same as a PDF, for the person to take along."""
    found, _ = _consent(request, consent_id)
    how, kind = wanted(request), law_of(found.agency).kinds[found.kind]
    blocks = consent_on_paper(found, kind, how.language, zone=request.actor.zone)
    return on_paper(request, title_of(how.language), blocks, how=how, says_who=True)


def narrowing(request: Request, consent_id: UUID) -> HttpResponse:
    """The person agrees to less."""
    found, person = _consent(request, consent_id)
    request.actor.must("trust.consent", found.circle)
    form = NarrowingForm(request.POST or None, about=person.known_as, consent=found, actor=request.actor)
    reading = _read(form)
    if reading and _was_shown(request, reading):
        with refusals_on(form):
            made = narrow_consent(found, form.release(reading), at=request.now, by=request.actor)
            return see_other(request, url("privacy:paper", made.pk))
    return _asking(request, "privacy/narrowing.html", form, reading, person=person, consent=found)


def withdrawal(request: Request, consent_id: UUID) -> HttpResponse:
    """The person takes it back."""
    found, person = _consent(request, consent_id)
    form = WithdrawalForm(request.POST or None)
    if request.POST and form.is_valid():
        with refusals_on(form):
            withdraw_consent(found, words=form.cleaned_data["words"], at=request.now, by=request.actor)
            return see_other(request, url("privacy:agreed", person.pk))
    return page(request, "privacy/withdrawal.html", form=form, person=person, consent=found)


def _consent(request: Request, consent_id: UUID) -> tuple[Consent, Person]:
    """A consent, with the person whose it is."""
    request.actor.must("people.read")
    found = see(Consent, consent_id, by=request.actor, related=("agency", "recipient", "taken_by"))
    return found, Person.objects.visible_to(request.actor).get(circle=found.circle_id)


def _read(form: SharingForm) -> str:
    """The agreement as it is read before it is signed, or nothing while something is missing."""
    return form.reading() if form.is_valid() else ""


def _was_shown(request: Request, reading: str) -> bool:
    return request.POST.get("shown") == mark_of({"reading": reading})


def _asking(request: Request, template: str, form: SharingForm, reading: str, **context: Any) -> HttpResponse:
    shown = mark_of({"reading": reading}) if reading else ""
    parts = paragraphs(reading) if reading else []
    spoken = in_other_words(parts)
    return page(request, template, form=form, parts=parts, spoken=spoken, shown=shown, **context)
