"""Close and reopen."""

from datetime import datetime

from django.db import transaction

from breakwater.cases.actions.beginning import begin
from breakwater.cases.actions.holding import locked
from breakwater.cases.actions.leaving_danger import danger_left, why_not_left_in_danger
from breakwater.cases.events import CaseClosed, CaseReopened
from breakwater.cases.models import (
    SPOKE,
    Assignment,
    Attempt,
    Case,
    Closure,
    Danger,
    FollowUp,
    Gate,
    Note,
    Triage,
)
from breakwater.cases.rules import Reason, blocking, missing_gates, why_not_closed, why_not_lost
from breakwater.clocks.actions import stop
from breakwater.clocks.library import LABELS, profile
from breakwater.clocks.models import Clock
from breakwater.kernel.db import not_before
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.people.models import Person
from breakwater.trust.access import Actor
from breakwater.trust.encrypted import cells
from breakwater.trust.journal import record

_REOPENED = "The case was opened again."
_NOT_CONFIRMED = "No hand-off of this case was confirmed: the receiver's first contact is still to come."
_HAND_OFF_CONFIRMED = "handoff_first_contact"
_OUTCOME_OF_FOLLOW_UPS = {
    Closure.Outcome.DECLINED: FollowUp.Ended.DECLINED,
    Closure.Outcome.LOST: FollowUp.Ended.LOST,
}


@transaction.atomic
def close_case(
    case: Case, *, outcome: str, what_worked: str = "", words: str = "", at: datetime, by: Actor
) -> Closure:
    """End the episode, with the clocks that its ending ends and with its owner's accountability.

    Which clocks an ending ends is data: ``rules.ENDED_BY_CLOSURE``, with the reasons.

    Raises:
        Refused: a clock runs that this ending does not end (a referral, a bed, a step or a hand-off among them), no
            hand-off was confirmed, the person may not be called lost yet, or a danger presses and was not read again,
            has nobody's words, or is ended by one worker alone. Every reason is told at once.
        Overtaken: it is closed already.
    """
    by.must("cases.close", case.circle)
    case = locked(case, by=by)
    if outcome not in Closure.Outcome.values:
        raise Refused("Say how it ended.")
    if Closure.objects.standing().filter(case=case).exists():
        raise Overtaken("This case is closed already.")
    running = list(Clock.objects.running().in_episode(case.pk).select_related("circle"))
    reasons = _why_not_closed(case, running, _missing(case), outcome=outcome, at=at)
    if reasons := [*reasons, *why_not_left_in_danger(case, outcome=outcome, words=words, at=at, by=by)]:
        raise Refused(
            " ".join(["This case cannot be closed like this yet.", *(one.sentence for one in reasons)])
        )
    closure = Closure(
        circle=case.circle, case=case, outcome=outcome, words=words, what_worked=what_worked, by=by.user, starts_at=at
    )  # fmt: skip
    closure.save(force_insert=True)
    _end_everything(case, running, outcome=outcome, at=at, by=by)
    record(
        CaseClosed(case_id=case.pk, outcome=outcome, danger=danger_left(case)),
        about=closure.pk, circle=case.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip
    return closure


@transaction.atomic
def reopen_case(case: Case, *, because: str, at: datetime, by: Actor) -> Case:
    """Go on with an episode: whoever reopens it is accountable, and every first clock runs again from now.

    The gates and the code of before end: what held then is looked at anew. Dangers stand until they are read again.

    Nobody has two open cases at one agency: the person is held as whoever takes them in holds them, after the case.

    Raises:
        Refused: it is open, nothing is said about why, the moment is impossible, or they have another open case here.
    """
    by.must("cases.close", case.circle)
    case = locked(case, by=by)
    closure = _ended(case, because, at=at)
    Person.objects.lock(case.person)
    if other := Case.objects.open().held_by(by).filter(person=case.person_id).first():
        raise Refused(f"They have an open case here: {other.number}. Write what is new into that one.")
    standing = Closure.objects.filter(pk=closure.pk)
    standing.update(ends_at=not_before(at), reopened_by=by.user, **cells(closure, reopened_because=because))
    Assignment.objects.create(
        circle=case.circle,
        case=case,
        agency=case.agency,
        worker=by.user,
        unit=by.unit,
        by=by.user,
        starts_at=at,
    )
    Triage.objects.standing().filter(case=case).update(ends_at=not_before(at))
    for gate in Gate.objects.standing().filter(case=case).select_related("circle"):
        Gate.objects.filter(pk=gate.pk).update(ends_at=not_before(at), **cells(gate, lost_because=_REOPENED))
    levels = Danger.objects.standing().filter(case=case).values_list("level", flat=True)
    record(CaseReopened(case_id=case.pk), about=closure.pk, circle=case.circle, episode=case.pk, by=by, at=at)
    begin(case, asked_at=at, judgment=None, levels=levels, is_queued=by.user is None, at=at, by=by)
    return case


def why_not_closed_as(case: Case, *, at: datetime, by: Actor) -> dict[str, list[Reason]]:
    """For every way to end, what it still waits for; nothing when it can be chosen now."""
    by.must("cases.read", case.circle)
    running, missing = list(Clock.objects.running().in_episode(case.pk)), _missing(case)
    return {
        outcome: _why_not_closed(case, running, missing, outcome=outcome, at=at)
        + why_not_left_in_danger(case, outcome=outcome, words=None, at=at, by=by)
        for outcome in Closure.Outcome.values
    }


def _ended(case: Case, because: str, *, at: datetime) -> Closure:
    """The closure that a reopening ends."""
    if not because.strip():
        raise Refused("Say why it is opened again.")
    closure = Closure.objects.standing().filter(case=case).first()
    if closure is None:
        raise Refused("This case is open already.")
    if at < closure.starts_at:
        raise Refused("A case cannot be opened again before it was closed.")
    return closure


def _missing(case: Case) -> list[str]:
    met = set(Gate.objects.standing().filter(case=case).values_list("kind", flat=True))
    return [Gate.Kind(kind).label for kind in missing_gates(met)]


def _why_not_closed(
    case: Case, running: list[Clock], missing: list[str], *, outcome: str, at: datetime
) -> list[Reason]:
    hanging = blocking([(clock.kind, clock.due_at) for clock in running], outcome=outcome, at=at)
    reasons = why_not_closed(hanging, labels=LABELS, missing=missing)
    if outcome == Closure.Outcome.LOST and (reason := _why_not_lost(case)):
        reasons.append(Reason(reason, "follow-ups"))
    if outcome == Closure.Outcome.HANDED_OFF and not _was_handed_off(case):
        reasons.append(Reason(_NOT_CONFIRMED, "handoff"))
    return reasons


def _why_not_lost(case: Case) -> str:
    rule = profile(case.agency.profile).lost
    attempts = list(Attempt.objects.counted().filter(follow_up__case=case).values_list("outcome", "at"))
    reached = [at for outcome, at in attempts if outcome in SPOKE]
    reached += Note.objects.filter(case=case).contacts().values_list("happened_at", flat=True)
    reached += Closure.objects.filter(case=case, ends_at__isnull=False).values_list("ends_at", flat=True)
    return why_not_lost(
        [at for outcome, at in attempts if outcome not in SPOKE], needed=rule.attempts, over=rule.over,
        last_reached=max(reached, default=None),
    )  # fmt: skip


def _was_handed_off(case: Case) -> bool:
    """Whether a receiver's first contact was confirmed since the case was last opened: its clock was kept."""
    reopened_at = (
        Closure.objects.filter(case=case).order_by("-ends_at").values_list("ends_at", flat=True).first()
    )
    confirmed = Clock.objects.in_episode(case.pk).filter(kind=_HAND_OFF_CONFIRMED, ended_how=Clock.Ended.MET)
    return confirmed.filter(ended_at__gte=reopened_at or case.asked_at).exists()


def _end_everything(case: Case, running: list[Clock], *, outcome: str, at: datetime, by: Actor) -> None:
    for clock in running:
        stop(clock, how=Clock.Ended.CLOSED, at=at, by=by)
    how = _OUTCOME_OF_FOLLOW_UPS.get(Closure.Outcome(outcome), FollowUp.Ended.CANCELED)
    FollowUp.objects.standing().filter(case=case).update(ends_at=not_before(at), ended_how=how)
    Assignment.objects.standing().filter(case=case).update(ends_at=not_before(at))
