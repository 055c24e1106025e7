"""The board as it stands: sixty open cases, in every state that a case can be in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from breakwater.cases.actions.gates import lose_gate
from breakwater.cases.actions.intake import judge
from breakwater.cases.actions.owners import join_team
from breakwater.cases.actions.triage import triage_case
from breakwater.cases.models import FollowUp, Gate
from breakwater.cases.rules import GATES
from breakwater.plans.models import Step
from breakwater.resources.models import Bed
from breakwater.simulation import applying, around, asking, planning
from breakwater.simulation.agencies import CLINIC, DETOX, LIAISON, LINE, MOBILE, PASSAGE, SHELTER
from breakwater.simulation.housing import in_bed
from breakwater.simulation.life import SCHEME, Life
from breakwater.simulation.past import hand_over, settled
from breakwater.simulation.town import Town
from breakwater.trust.models import Appointment


@dataclass(frozen=True)
class State:
    """A state of a case: how it comes about, how many hours ago help was asked for, and in how many circles it lies.

    Args:
        together: they live with somebody whom the same agency helps.
    """

    name: str
    comes: Callable[[Life, Town], None]
    hours: tuple[float, float]
    circles: int = 1
    together: bool = False


def _queued(life: Life, town: Town) -> None:
    """New, in the duty queue: nobody has taken it."""
    life.take_in(hours=0.05, is_queued=True, code="" if life.c.random() < 0.5 else None)  # noqa: PLR2004 - half of them


def _fresh(life: Life, town: Town) -> None:
    """Just taken in; somebody is on the way."""
    life.take_in()
    if life.c.random() < 0.6:  # noqa: PLR2004 - most have somebody
        life.supporters()
    planning.asked_in_crisis(life, 0.15, is_finished=False)


def _waits_for_a_visit(life: Life, town: Town) -> None:
    """Spoken with, and promised a visit that has not come."""
    life.take_in(code="B")
    life.note(0.5)
    life.needs(0.6, most=2)
    life.step(0.8, due=8, number=0)
    planning.asked_in_crisis(life, 0.9)


def _settling(life: Life, town: Town, *, gates: int | None = None) -> None:
    """Visited; some gates are met, others are not."""
    since = (life.now - life.asked_at).total_seconds() / 3600
    life.take_in()
    life.supporters(life.c.randint(0, 2))
    needs = life.needs(0.5)
    note = life.note(min(1.5, since * 0.2), kind="visit")
    planning.begins(life, 1.2, safer_by=since + 6)
    late = life.step(2, due=max(3, since * 0.7), need=needs[0])
    life.step(2.2, due=since + 9, number=1, owner=Step.Owner.PERSON)
    life.barrier(since * 0.3, removed=since * 0.6 if life.c.random() < 0.4 else None)  # noqa: PLR2004 - some
    life.note(since * 0.4, late=life.c.choice((0, 2, 4)))
    life.amend(note, since * 0.5)
    planning.plans_together(life, since * 0.45, due=since + 5)
    life.advocacy(since * 0.55)
    life.gates(since * 0.6, *GATES[: life.c.randint(1, 4) if gates is None else gates])
    if life.c.random() < 0.5:  # noqa: PLR2004 - half are done, half are late
        life.done(late, since * 0.65)
    life.follow_up(since)
    _help_of_a_colleague(life, since * 0.5)
    applying.waits_for_food(life, since * 0.5)
    if life.house.agency.name == LINE:
        _looks_for_a_bed(life, town, since * 0.55)


def _looks_for_a_bed(life: Life, town: Town, hours: float) -> None:
    """Whoever asks around finds nothing but a list; the night before, a chair became free after all."""
    asking.asks_around(life, town, hours)
    if life.now - life.at(hours) > timedelta(hours=14):
        asking.stays_a_night(life, town, hours + 0.4)
    around.stands_on_a_list(life, town, hours + 0.5)


def _help_of_a_colleague(life: Life, hours: float) -> None:
    mate = _a_colleague(life)
    join_team(life.case, worker=mate.user, **life.acts(hours))
    around.talks_it_over(life, mate, hours + 0.2)


def _a_colleague(life: Life) -> Appointment:
    return life.c.choice([one for one in life.house.staff if one.user_id != life.worker.user_id])


def _slipped(life: Life, town: Town) -> None:
    """All five gates were met, and one was lost again."""
    life.take_in()
    settled(life, until=30, is_planned=True)
    gate = Gate.objects.standing().filter(case=life.case).get(kind="safe_tonight")
    lose_gate(gate, because="The neighbor moved out yesterday; alone at night again.", **life.acts(34))
    asking.asks_just_now(life)


def _settled(life: Life, town: Town) -> None:
    """All five gates are met; follow-up runs."""
    since = (life.now - life.asked_at).total_seconds() / 3600
    life.take_in()
    life.supporters()
    settled(life, until=min(since - 2, 70), is_planned=True)
    applying.was_refused(life, since - 6)
    around.gives_a_link(life, town, since - 5)
    around.talks_it_over(life, _a_colleague(life), since - 4, letter=True)
    around.takes_a_copy_along(life, since - 2)
    life.next_contact(since - 1, due=since + life.c.uniform(0.4, 20))


def _triaged_again(life: Life, town: Town) -> None:
    """It got worse: a more urgent code replaced the first."""
    life.take_in(code="D")
    life.note(0.6)
    life.needs(0.7, most=2)
    planning.asked_in_crisis(life, 0.8, later=True)
    planning.asked_in_crisis(life, 2.5)
    judgment = judge(SCHEME, "B", reasons="Called back: the plan is more definite than this morning.")
    triage_case(life.case, judgment, **life.acts(3))


def _lost(life: Life, town: Town) -> None:
    """Nobody has reached them for days."""
    life.take_in()
    life.note(0.5)
    owed = FollowUp.objects.standing().filter(case=life.case).earliest("planned_for")
    for hours in (23, 47, 70):
        life.attempt(owed, hours, life.c.choice(("no_answer", "wrong_number", "not_safe")))


def _reopened(life: Life, town: Town) -> None:
    """Closed as settled, and open again."""
    life.take_in()
    for step in settled(life, until=100, is_planned=True):
        life.done(step, 101)
    life.close(102, "stable", words="Settled; knows how to come back.", worked=True)
    life.reopen(150, "Called again: the room is gone, and the nights are bad.")
    life.note(151, kind="visit")
    planning.asked_in_crisis(life, 151.2)
    applying.is_renewed_soon(life, 152)


def _asks(*stages: tuple[str, float], met: bool = False, reason: str = "") -> Callable[[Life, Town], None]:
    """A referral that got as far as these stages."""

    def comes(life: Life, town: Town) -> None:
        life.take_in()
        life.needs(0.5, most=2)
        life.note(1, kind="visit")
        planning.asked_in_crisis(life, 1.1)
        referral = town.refer(life, 1.5)
        for code, hours in stages:
            words = "Full until Friday; try the room on Elm Street." if code == "declined" else ""
            town.answer(referral, life, hours, code, reason=reason, words=words)
        if met:
            town.need_met(referral, life, stages[-1][1] + 2)
        if reason:
            town.refer(life, stages[-1][1] + 1, need=1)
            life.barrier(stages[-1][1] + 1)
        life.follow_up((life.now - life.asked_at).total_seconds() / 3600)

    return comes


def _waits_for_a_bed(life: Life, town: Town) -> None:
    """No bed was free: on the list, and called every morning."""
    life.take_in()
    life.needs(0.5, most=2)
    life.note(1, kind="visit", words="No bed tonight. Stays on the couch one more night; first on the list.")
    referral = town.refer(life, 1.2)
    town.answer(referral, life, 2, "acknowledged")
    life.step(2, due=(life.now - life.asked_at).total_seconds() / 3600 + 3, number=0)
    life.barrier(2)


def _offered(to: str, *, answer: str = "") -> Callable[[Life, Town], None]:
    """Offered to another agency: unanswered, accepted but not met yet, or declined; then to somebody outside."""

    def comes(life: Life, town: Town) -> None:
        life.take_in()
        settled(life, until=26)
        handoff = town.offer(life, 30, to)
        if answer == "accepted":
            town.accept(handoff, life, 34)
            town.met(handoff, life, 35, spoke=False)
        elif answer == "declined":
            town.decline(handoff, life, 34, "Both workers are full until the first; can advise by phone.")
            around.offers_by_link(life, town, 35)

    return comes


def _taken_over(life: Life, town: Town) -> None:
    """Came from another agency, which has closed its own case; this one is the receiver's."""
    life.take_in()
    settled(life, until=70)
    theirs = hand_over(life, town, to=CLINIC)
    life.close(97, "handed_off", words="Their worker called: they have met.", worked=True)
    with theirs.at_work():
        theirs.needs(4, most=2)
        theirs.next_contact(5, due=(theirs.now - theirs.asked_at).total_seconds() / 3600 + 5)


_QUEUED = State("queued", _queued, (0.06, 0.2))
_QUEUED_TOO_LONG = State("queued too long", _queued, (0.4, 0.9))
_JUST_IN = State("just in", _fresh, (0.2, 0.9))
_DUE_SOON = State("visit due soon", _waits_for_a_visit, (3.1, 3.8))
_OVERDUE = State("visit overdue", _waits_for_a_visit, (4.3, 7))
_SETTLING = State("gates partly met", _settling, (10, 40))
_LATE = State("stabilization overdue", lambda life, town: _settling(life, town, gates=3), (50, 56))
_SETTLED = State("settled", _settled, (60, 120), together=True)
_AGAIN = State("triaged again", _triaged_again, (5, 9))
_LOST = State("lost to contact", _lost, (76, 90))
_UNANSWERED = State("referral unanswered", _asks(), (2.2, 9))
_ACCEPTED = State("referral accepted", _asks(("acknowledged", 3), ("accepted", 8)), (12, 40))
_DECLINED = State(
    "referral declined", _asks(("acknowledged", 3), ("declined", 6), reason="no_capacity"), (12, 40)
)
_STARTED = State("help started", _asks(("accepted", 4), ("started", 20)), (24, 44))
_MET = State("need met", _asks(("accepted", 4), ("started", 20), met=True), (26, 46))
_WAITING = State("waiting for a bed", _waits_for_a_bed, (8, 20))

_ADULT, _FAMILY, _DETOX, _HIDDEN = (
    Bed.Kind.SHELTER_ADULT,
    Bed.Kind.SHELTER_FAMILY,
    Bed.Kind.DETOX,
    Bed.Kind.SAFE_HOUSE,
)
_IN_BED, _IN_A_ROOM = (
    State("in a bed", in_bed(_ADULT), (6, 60)),
    State("in a bed", in_bed(_FAMILY), (6, 60)),
)
_IN_DETOX, _IN_HIDING = (
    State("in a bed", in_bed(_DETOX), (10, 60)),
    State("in a bed", in_bed(_HIDDEN), (10, 60)),
)
_ELSEWHERE = State("in another agency's bed", in_bed(_ADULT), (8, 40))
_HELD = State("bed held", in_bed(_ADULT, stage="expected"), (1.5, 4))
_DETOX_HELD = State("bed held", in_bed(_DETOX, stage="expected"), (1.5, 4))
_MISSED = State("did not come", in_bed(_ADULT, stage="missed"), (7, 14))
_SLIPPED, _REOPENED = State("gate lost", _slipped, (36, 60)), State("reopened", _reopened, (155, 200))
_OFFERED = State("offered", _offered(MOBILE), (32, 46))
_ACCEPTED_THERE = State("accepted elsewhere", _offered(CLINIC, answer="accepted"), (36, 60))
_DECLINED_THERE = State("declined elsewhere", _offered(SHELTER, answer="declined"), (36, 60))
_TAKEN_OVER = State("taken over", _taken_over, (110, 120), circles=2)

BOARD: dict[str, tuple[State, ...]] = {
    LINE: (
        *(_QUEUED,) * 4, *(_QUEUED_TOO_LONG,) * 2, *(_JUST_IN,) * 3, *(_DUE_SOON,) * 2, *(_OVERDUE,) * 2,
        *(_SETTLING,) * 2, _LATE, _SETTLED, _SETTLED, _LOST, _OFFERED,
    ),
    MOBILE: (
        *(_JUST_IN,) * 2, *(_OVERDUE,) * 2, *(_SETTLING,) * 2, _SLIPPED, *(_AGAIN,) * 2, _UNANSWERED, _ACCEPTED,
        _ACCEPTED_THERE, _MET, _ELSEWHERE,
    ),
    SHELTER: (_IN_BED, _IN_BED, _IN_A_ROOM, _HELD, _MISSED, _WAITING, _SETTLED, _DECLINED),
    CLINIC: (_STARTED, _MET, _SETTLED, _REOPENED, _LOST, _DECLINED_THERE, _SETTLING),
    DETOX: (_IN_DETOX, _IN_DETOX, _DETOX_HELD, _SETTLING, _QUEUED),
    LIAISON: (_AGAIN, _TAKEN_OVER),
    PASSAGE: (_IN_HIDING, _IN_HIDING, _SETTLING, _UNANSWERED),
}  # fmt: skip
"""Who holds which open cases. What was taken over is held by its receiver."""
