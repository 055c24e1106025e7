"""The states of consent: what a person may have said about a partner agency, done by real actions."""

from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.db import transaction

from breakwater.trust.actions.consents import take_consent, withdraw_consent
from breakwater.trust.actions.glass import Emergency, break_glass
from breakwater.trust.rules.law import Unlawful
from breakwater.trust.testing import a_release, as_seen_by
from tests.matrix.oracle import Agreement, Opened, Record
from tests.matrix.records import EVERYTHING, KIND_OF
from tests.matrix.world import World

PENDING = {"court order": "an act that records an order; until then a record opens by none"}
"""States that the product cannot have yet, and what each waits for."""
_WHO = frozenset({"who"})


@dataclass(frozen=True, kw_only=True)
class State:
    """What was agreed with the partner: which information, from when, how long, and whether it was taken back."""

    information: frozenset[str] = EVERYTHING
    begins: timedelta = timedelta(hours=-1)
    days: int = 20
    withdrawn: bool = False
    kind: str = ""
    segments: frozenset[str] | None = None


STATES: Mapping[str, State | None] = {
    "none": None,
    "in scope": State(),
    "other scope": State(information=_WHO),
    "future": State(begins=timedelta(days=2)),
    "expired": State(begins=timedelta(days=-60), days=-2),
    "revoked": State(withdrawn=True),
    "another kind": State(kind="general", segments=frozenset()),
    "emergency": None,
}
"""What was agreed in each. What a law does not let be agreed, the product refuses, and the record stays shut."""


@contextmanager
def in_state(world: World, name: str, state: str) -> Any:
    """The world with one record in a state of consent toward ``bravo``; afterwards as it was."""
    before = world.records[name]
    with transaction.atomic():
        world.records[name] = _REACHED.get(state, _agreed)(world, name, state)
        yield
        transaction.set_rollback(True)
    world.records[name] = before
    for actor in world.actors.values():
        actor.refused.clear()


def _agreed(world: World, name: str, state: str) -> Record:
    said, record, by = STATES[state], world.records[name], world.owner(name)
    if said is None:
        return record
    segments = frozenset(record.segments) if said.segments is None else said.segments
    kind = said.kind or KIND_OF[next(iter(record.segments), "")]
    ends = world.now.date() + timedelta(said.days)
    as_seen_by(by)
    release = a_release(
        world.agencies["bravo"], kind=kind, information=said.information, segments=segments, ends=ends
    )
    starts = world.now + said.begins
    try:
        with transaction.atomic():
            consent = take_consent(release, circle=world.cases[name].circle, at=starts, by=by)
    except Unlawful:
        return record
    if said.withdrawn:
        withdraw_consent(consent, words="", at=world.now - timedelta(minutes=5), by=by)
    agreement = Agreement(
        kind=kind, to="bravo", information=said.information, segments=segments, starts=starts,
        ends=consent.ends_at, withdrawn=world.now - timedelta(minutes=5) if said.withdrawn else None,
    )  # fmt: skip
    return replace(record, agreements=(agreement,))


def _broken(world: World, name: str, state: str) -> Record:
    """A responder of the partner breaks the glass; whether anything opens, product and oracle must agree."""
    by, record = as_seen_by(world.actors["responder"]), world.records[name]
    why = Emergency(reason="life_threat", words="Unconscious at the bus stop.", lasts=timedelta(hours=1))
    opened = Opened(who="responder", until=world.now + timedelta(hours=1))
    try:
        with transaction.atomic():
            break_glass([world.cases[name].circle_id], why, at=world.now, by=by)
    except Unlawful:
        return replace(record, opened=(opened,))
    return replace(record, opened=(opened,), was_opened=True)


_REACHED: Mapping[str, Callable[[World, str, str], Record]] = {"emergency": _broken}
