"""Journal entries in words. An app says its own news: ``@says(PersonPlaced)``; what nobody says, its event does."""

from collections.abc import Callable, Mapping
from typing import Any

from breakwater.cases import events
from breakwater.cases.models import Attempt, Case, Circumstance, Closure, Danger, Gate, Note
from breakwater.cases.schemes import SCHEMES
from breakwater.clocks import events as clocks
from breakwater.clocks.library import DONE, LABELS
from breakwater.kernel.events import Event, type_of_verb
from breakwater.kernel.text import Filled, Ours

Facts = Mapping[str, Any]
Sentence = Callable[[Facts], str]

_SENTENCES: dict[str, Sentence] = {}
_ENDED = {
    "met": Ours("kept"), "late": Ours("kept, late"), "replaced": Ours("replaced"), "excused": Ours("excused"),
    "closed": Ours("ended with the case"),
}  # fmt: skip


def says(event: type[Event]) -> Callable[[Sentence], Sentence]:
    """Say the entries of an event like this. The facts hold its ids and codes, and the words of the row behind it.

    Where words of ours stand in a sentence, beside names perhaps, it is ``Filled``: so a catalog tells both.
    """

    def register(sentence: Sentence) -> Sentence:
        _SENTENCES[event.verb] = sentence
        return sentence

    return register


def sentence_of(verb: str, facts: Facts) -> str:
    """An entry in words: as its app says it, or by the first line of its event's docstring."""
    if verb in _SENTENCES:
        return _SENTENCES[verb](facts)
    if verb in type_of_verb:
        return (type_of_verb[verb].__doc__ or "").strip().splitlines()[0]
    return f"{verb.rpartition('.')[2].replace('_', ' ').capitalize()}."


@says(events.CaseOpened)
def _opened(facts: Facts) -> str:
    return f"Help was asked for. Who asked: {_label(Case.AskedBy, facts.get('asked_by')).lower()}."


@says(events.CaseTriaged)
def _triaged(facts: Facts) -> str:
    scheme = SCHEMES.get(str(facts.get("scheme")))
    name = (
        f"{scheme.name}, {facts.get('version')}"
        if scheme
        else f"{facts.get('scheme')} {facts.get('version')}"
    )
    code, replaced = facts.get("code"), facts.get("replaced")
    if replaced:
        return Filled(
            "Triage code {code} ({name}), instead of {replaced}.", code=code, name=name, replaced=replaced
        )
    return Filled("Triage code {code} ({name}).", code=code, name=name)


@says(events.DangerRead)
def _danger(facts: Facts) -> str:
    return f"Danger {_label(Danger.To, facts.get('to')).lower()}: {_label(Danger.Level, facts.get('level')).lower()}."


@says(events.CircumstanceFound)
def _found(facts: Facts) -> str:
    return f"{_label(Circumstance.Kind, facts.get('kind'))}."


@says(events.CircumstanceGone)
def _gone(facts: Facts) -> str:
    return f"No longer so: {_label(Circumstance.Kind, facts.get('kind')).lower()}."


@says(events.GateMet)
def _gate_met(facts: Facts) -> str:
    return f"Gate met: {_label(Gate.Kind, facts.get('gate')).lower()}."


@says(events.GateLost)
def _gate_lost(facts: Facts) -> str:
    return f"Gate lost: {_label(Gate.Kind, facts.get('gate')).lower()}."


@says(events.CaseStabilized)
def _stabilized(facts: Facts) -> str:
    return "All five gates are met: stabilized."


@says(events.OwnerChanged)
def _owner(facts: Facts) -> str:
    if facts.get("worker_id"):
        return f"{facts.get('worker') or 'Somebody'} is accountable now."
    unit = facts.get("unit")
    if unit:
        return Filled("Put into the duty queue of {unit}; its alarm runs.", unit=unit)
    return Ours("Put into the duty queue; its alarm runs.")


@says(events.CaseCameHome)
def _came_home(facts: Facts) -> str:
    return Ours(
        "Whoever held this case left the record; it waits in the duty queue here, and its alarm runs."
        " What they had asked of others has ended; beds stay."
    )


@says(events.TeamChanged)
def _team(facts: Facts) -> str:
    who = facts.get("worker") or "Somebody"
    return f"{who} joined the team." if facts.get("joined") else f"{who} left the team."


@says(events.NoteAdded)
def _note(facts: Facts) -> str:
    label = _label(Note.Kind, facts.get("kind"))
    return f"{label}, the person was reached." if facts.get("reached") else f"{label}."


@says(events.NoteAmended)
def _amended(facts: Facts) -> str:
    return f"A note was amended; its text is now version {facts.get('version')}."


@says(events.ContactTakenBack)
def _taken_back(facts: Facts) -> str:
    return "They were not reached: what was written down as a contact was none."


@says(events.BarrierNamed)
def _barrier(facts: Facts) -> str:
    return "A barrier was named."


@says(events.BarrierRemoved)
def _removed(facts: Facts) -> str:
    return "A barrier was removed."


@says(events.CallAsked)
def _asked(facts: Facts) -> str:
    return "They asked to be called."


@says(events.NextContactBooked)
def _booked(facts: Facts) -> str:
    return "The next contact was booked."


@says(events.FollowUpAttempted)
def _attempted(facts: Facts) -> str:
    kind = Ours(DONE.get(str(facts.get("kind") or ""), "Follow-up"))
    outcome = within(_label(Attempt.Outcome, facts.get("outcome")))
    if facts.get("in_person"):
        return Filled(
            "{kind_label} tried in person: {outcome_label}.", kind_label=kind, outcome_label=outcome
        )
    return Filled("{kind_label} tried: {outcome_label}.", kind_label=kind, outcome_label=outcome)


@says(events.CaseClosed)
def _closed(facts: Facts) -> str:
    return f"Closed: {_label(Closure.Outcome, facts.get('outcome')).lower()}."


@says(events.CaseReopened)
def _reopened(facts: Facts) -> str:
    return "Opened again."


@says(clocks.ClockStarted)
def _promised(facts: Facts) -> str:
    return Filled("Promised: {clock_label}.", clock_label=_clock(facts))


@says(clocks.ClockStopped)
def _stopped(facts: Facts) -> str:
    how = str(facts.get("how"))
    met = DONE.get(str(facts.get("kind")), "") if how == "met" else ""
    how = "late" if facts.get("was_late") and how == "met" else how
    clock = Ours(met) if met else _clock(facts)
    return Filled("{clock_label}: {how_label}.", clock_label=clock, how_label=Ours(_ENDED.get(how, how)))


@says(clocks.ClockDueSoon)
def _due_soon(facts: Facts) -> str:
    return Filled("Due soon: {clock_label}.", clock_label=_clock(facts))


@says(clocks.ClockMissed)
def _missed(facts: Facts) -> str:
    return Filled("Missed: {clock_label}.", clock_label=_clock(facts))


@says(clocks.ClockPaused)
def _paused(facts: Facts) -> str:
    why = Ours(str(facts.get("reason", "")).replace("_", " "))
    return Filled("Stands still: {clock_label}, {why_label}.", clock_label=_clock(facts), why_label=why)


@says(clocks.ClockResumed)
def _resumed(facts: Facts) -> str:
    return Filled("Runs again: {clock_label}.", clock_label=_clock(facts))


def within(label: str) -> Ours:
    """A label of ours as it stands within a sentence."""
    return Ours(label[:1].lower() + label[1:])


def _clock(facts: Facts) -> Ours:
    kind = str(facts.get("kind", ""))
    return Ours(LABELS.get(kind, kind))


def _label(choices: Any, code: object) -> str:
    return dict(choices.choices).get(code, str(code or ""))
