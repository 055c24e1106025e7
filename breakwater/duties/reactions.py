"""What duties do about news: a reading or a circumstance opens the agency's own questions."""

from uuid import UUID

from breakwater.assessments.events import AlertRaised
from breakwater.cases.events import CaseCameHome, CircumstanceFound, DangerRead
from breakwater.cases.judging import PRESSING
from breakwater.cases.models import Case, Circumstance, Danger
from breakwater.duties.actions.prompts import Sign, ask
from breakwater.duties.library import BY_HAND, OF_AN_AGE, SIGNALS
from breakwater.duties.models import Prompt
from breakwater.duties.rules import has_risen, is_young_enough
from breakwater.kernel.db import not_before
from breakwater.kernel.events import event_from, on
from breakwater.people.apart import with_what_is_apart
from breakwater.people.events import PersonCorrected
from breakwater.trust.access import Actor
from breakwater.trust.models import Appointment, Entry

_ABOUT = ("others", "community", "from_other")
_ALERTS = {alert: code for code, one in SIGNALS.items() for alert in one.alerts}


@on(DangerRead, when=lambda event: event.to in _ABOUT and event.level in PRESSING)
def ask_about_a_danger(entry: Entry, by: Actor) -> None:
    """A danger to others or to a child that grew to likely or now asks what the law asks. Heard twice, it asks once."""
    event = event_from(entry.verb, entry.facts)
    if not isinstance(event, DangerRead) or event.to not in _ABOUT or event.level not in PRESSING:
        return
    of_it = Danger.objects.filter(case=event.case_id, to=event.to).exclude(pk=entry.about)
    before = of_it.filter(ends_at=not_before(entry.at))
    if has_risen(before.values_list("level", flat=True).last(), event.level):
        _ask(entry, f"danger_{event.to}", by)


@on(PersonCorrected, when=lambda event: event.field == "birth_date")
def ask_about_an_age_that_was_learned(entry: Entry, by: Actor) -> None:
    """They turn out to be a child: a danger that stands asks what it would have asked. Heard twice, it asks once."""
    event = event_from(entry.verb, entry.facts)
    if not isinstance(event, PersonCorrected) or event.field != "birth_date":
        return
    still_open = Case.objects.open().filter(person=event.person_id)
    for case, to in Danger.objects.pressing().filter(case__in=still_open).values_list("case", "to"):
        if (signal := f"danger_{to}") in OF_AN_AGE:
            _ask_on(case, entry, signal, by)


@on(CircumstanceFound)
def ask_about_a_circumstance(entry: Entry, by: Actor) -> None:
    """A child in the home, a weapon, a named target: each asks what the law asks. Heard twice, it asks once."""
    event = event_from(entry.verb, entry.facts)
    if isinstance(event, CircumstanceFound) and event.kind in SIGNALS:
        _ask(entry, event.kind, by)


@on(AlertRaised, when=lambda event: f"{event.instrument} {event.alert}" in _ALERTS)
def ask_about_an_alarming_answer(entry: Entry, by: Actor) -> None:
    """An answer that must be heard asks what the law asks about the same thing. Heard twice, it asks once."""
    event = event_from(entry.verb, entry.facts)
    if isinstance(event, AlertRaised) and f"{event.instrument} {event.alert}" in _ALERTS:
        _ask(entry, _ALERTS[f"{event.instrument} {event.alert}"], by)


@on(CaseCameHome)
def ask_anew_at_home(entry: Entry, by: Actor) -> None:
    """What the table of its old holder asked of a case that came home, our own asks now, and what nobody has asked yet.

    Heard twice, it asks once.
    """
    case_id = UUID(entry.facts["case_id"])
    asked = set(Prompt.objects.left_behind(case_id).values_list("signal", flat=True))
    asked |= set(Circumstance.objects.standing().filter(case=case_id).values_list("kind", flat=True))
    pressing = Danger.objects.pressing().filter(case=case_id, to__in=_ABOUT)
    asked |= {f"danger_{to}" for to in pressing.values_list("to", flat=True)}
    for signal in sorted((asked & SIGNALS.keys()) - {BY_HAND}):
        _ask(entry, signal, by)


def _ask(entry: Entry, signal: str, by: Actor) -> None:
    """Ask on the case that the news belongs to."""
    _ask_on(entry.episode, entry, signal, by)


def _ask_on(case_id: UUID | None, entry: Entry, signal: str, by: Actor) -> None:
    """Ask on a case, also when it was closed before we heard: of the role in which whoever wrote it down works."""
    case = Case.objects.select_related("circle", "agency", "person").filter(pk=case_id).first()
    if case is None or case.agency_id != by.agency_id:
        return
    with_what_is_apart(case.person, by)
    if not is_young_enough(case.person.age(entry.at.astimezone(by.zone).date()), SIGNALS[signal].under):
        return
    works = Appointment.objects.standing(by.now).filter(user=entry.by_id, agency=by.agency_id)
    role = works.values_list("role", flat=True).first() or ""
    ask(case, Sign(signal=signal, aware_at=entry.at, role=role, news=entry.pk), at=by.now, by=by)
