"""One case's story as sentences: journal entries and notes together, newest first."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from breakwater.cases.models import Amendment, Attempt, Case, Closure, Danger, Gate, Note
from breakwater.clocks.library import LABELS
from breakwater.trust.models import Entry

LATE = timedelta(minutes=30)
"""An entry recorded this long after it happened is marked as late."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """One line of the chronology."""

    at: datetime
    recorded_at: datetime
    by: str
    sentence: str
    words: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    amendments: list[Amendment] = field(default_factory=list)
    note_id: UUID | None = None

    @property
    def is_late(self) -> bool:
        """Whether it was written down well after it happened."""
        return self.recorded_at - self.at > LATE


def chronology_of(case: Case, *, most: int | None = None) -> list[Told]:
    """Everything that happened in a case, newest first, in three queries."""
    entries = Entry.objects.of_episode(case.pk).select_related("by").exclude(verb="cases.note_added")
    notes = Note.objects.filter(case=case).select_related("by").in_order().prefetch_related("amendments__by")
    told = [_entry(entry) for entry in entries.order_by("-at", "-pk")[:most]]
    told += [_note(note) for note in notes[:most]]
    told.sort(key=lambda one: (one.at, one.recorded_at), reverse=True)
    return told[:most]


def _note(note: Note) -> Told:
    facts = [("With", note.with_whom), ("What for", note.what_for), ("Outcome", note.outcome)]
    facts += [("Minutes", str(note.minutes))] if note.minutes else []
    return Told(
        at=note.happened_at,
        recorded_at=note.recorded_at,
        by=note.by.name if note.by else "Breakwater",
        sentence=note.get_kind_display() + (" · reached" if note.reached else ""),
        words=note.words,
        facts=[(name, value) for name, value in facts if value],
        amendments=sorted(note.amendments.all(), key=lambda one: one.version),
        note_id=note.pk,
    )


def _entry(entry: Entry) -> Told:
    return Told(
        at=entry.at,
        recorded_at=entry.recorded_at,
        by=entry.by.name if entry.by else "Breakwater",
        sentence=_sentence(entry.verb, entry.facts),
    )


_SENTENCES = {
    "cases.case_opened": "Taken in. Asked by: {asked_by}.",
    "cases.case_triaged": "Triage code {code} ({scheme}).{instead}",
    "cases.danger_read": "Danger {to}: {level}.",
    "cases.gate_met": "Gate met: {gate}.",
    "cases.gate_lost": "Gate lost: {gate}.",
    "cases.case_stabilized": "All five gates are met: stabilized.",
    "cases.owner_changed": "{owner}",
    "cases.team_changed": "The team changed.",
    "cases.note_amended": "A note was amended (version {version}).",
    "cases.barrier_named": "A barrier was named.",
    "cases.barrier_removed": "A barrier was removed.",
    "cases.next_contact_booked": "The next contact was booked.",
    "cases.follow_up_attempted": "Follow-up tried: {outcome}.",
    "cases.case_closed": "Closed: {outcome}.",
    "cases.case_reopened": "Opened again.",
    "clocks.clock_started": "Promised: {clock}.",
    "clocks.clock_stopped": "{clock}: {how}{late}.",
    "clocks.clock_due_soon": "{clock} was due soon.",
    "clocks.clock_missed": "{clock} was missed.",
    "clocks.clock_paused": "{clock} was paused.",
    "clocks.clock_resumed": "{clock} runs again.",
}


def _sentence(verb: str, facts: dict[str, Any]) -> str:
    """An entry in words. Verbs of apps above are said by their name."""
    template = _SENTENCES.get(verb)
    if template is None:
        return verb.split(".")[-1].replace("_", " ").capitalize() + "."
    return template.format(**(facts | _words(verb, facts)))


def _words(verb: str, facts: dict[str, Any]) -> dict[str, str]:
    kind = str(facts.get("kind", ""))
    words = {
        "clock": LABELS.get(kind, kind),
        "instead": f" Instead of {facts['replaced']}." if facts.get("replaced") else "",
        "owner": "Somebody took it." if facts.get("worker_id") else "Put into the duty queue.",
        "late": ", late" if facts.get("was_late") else "",
    }
    for name, choices in _CHOICES.get(verb, {}).items():
        value = facts.get(name, "")
        words[name] = dict(choices).get(value, value)
    return words


_CHOICES: dict[str, dict[str, Any]] = {
    "cases.case_opened": {"asked_by": [(key, label.lower()) for key, label in Case.AskedBy.choices]},
    "cases.danger_read": {
        "to": [(key, label.lower()) for key, label in Danger.To.choices],
        "level": [(key, label.lower()) for key, label in Danger.Level.choices],
    },
    "cases.gate_met": {"gate": Gate.Kind.choices},
    "cases.gate_lost": {"gate": Gate.Kind.choices},
    "cases.follow_up_attempted": {
        "outcome": [(key, label.lower()) for key, label in Attempt.Outcome.choices]
    },
    "cases.case_closed": {"outcome": Closure.Outcome.choices},
    "clocks.clock_stopped": {
        "how": [
            ("met", "kept"),
            ("replaced", "replaced"),
            ("excused", "excused"),
            ("closed", "ended with the case"),
        ]
    },
}
