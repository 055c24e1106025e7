"""Two years behind the board: episodes that ended, each in one of the ways an episode ends."""

from breakwater.cases.actions.screening import read_danger
from breakwater.cases.models import Danger, FollowUp
from breakwater.plans.models import Step
from breakwater.simulation import planning
from breakwater.simulation.agencies import CLINIC, PASSAGE
from breakwater.simulation.life import Life
from breakwater.simulation.town import Town

ENDINGS = {"stable": 40, "declined": 22, "moved": 12, "lost": 9, "outside": 9, "mistake": 5, "county": 3}
"""How often each: settled, declined, moved away, lost to contact, handed on outside or within the county, a mistake."""

_PLANNED = 0.2
"""How many of those who settled have assessments and plans on record."""

CIRCLES = {"county": 2}
"""In how many circles an ending lies, where that is not one: a receiver of the county opens its own."""


def end(life: Life, town: Town, ending: str) -> None:
    """Live a whole episode to its end."""
    _ENDS[ending](life, town)


def settled(life: Life, *, until: float, is_planned: bool = False) -> list[Step]:
    """Met in person, calm, all five gates, what was planned done; some with every plan. What is still to do."""
    c = life.c
    needs = life.needs(0.5, most=c.randint(1, 2))
    if is_planned:
        planning.begins(life, 0.7, safer_by=24, safer_at=14)
    life.note(c.uniform(0.4, 2), kind="visit")
    step = life.step(3, due=30, need=needs[0], number=c.randrange(2))
    if c.random() < 0.4:  # noqa: PLR2004 - two of five
        life.barrier(5, removed=c.uniform(8, 20))
    life.note(c.uniform(8, 15), late=c.choice((0, 0, 0, 5)))
    calm(life, 18)
    life.gates(19)
    left = planning.goes_on(life, 21, due=until) if is_planned else []
    life.done(step, 28)
    life.follow_up(until)
    if left:
        planning.comes_round(life, until - 3, left.pop(0))
    life.end(needs, until - 1)
    return left


def calm(life: Life, hours: float) -> None:
    """Whatever pressed is read again."""
    for danger in Danger.objects.pressing().filter(case=life.case).order_by("to"):
        words = "Read again together: calmer, and can say why."
        read_danger(life.case, to=danger.to, level=Danger.Level.POSSIBLE, words=words, **life.acts(hours))


def _stable(life: Life, town: Town) -> None:
    until = life.c.uniform(90, 260)
    life.take_in()
    if life.c.random() < 0.5:  # noqa: PLR2004 - half of them
        life.supporters()
    for step in settled(life, until=until, is_planned=life.c.random() < _PLANNED):
        life.done(step, until - 0.5)
    life.close(until, "stable", words="Settled; knows how to come back.", worked=life.c.random() < 0.8)  # noqa: PLR2004 - mostly


def _declined(life: Life, town: Town) -> None:
    life.take_in()
    life.note(0.8)
    if life.c.random() < 0.5:  # noqa: PLR2004 - half of them
        first = FollowUp.objects.standing().filter(case=life.case).earliest("planned_for")
        life.attempt(first, 22, "declined")
    life.close(life.c.uniform(23, 60), "declined", words="Thanks, no more calls. Has the number of the line.")


def _moved(life: Life, town: Town) -> None:
    life.take_in()
    life.needs(0.5, most=1)
    life.note(1, kind="visit")
    life.follow_up(30)
    life.close(
        life.c.uniform(31, 65),
        "moved",
        words="With family in another state; gave the line there.",
        worked=True,
    )


def _lost(life: Life, town: Town) -> None:
    life.take_in()
    life.note(0.5)
    owed = FollowUp.objects.standing().filter(case=life.case).earliest("planned_for")
    for hours in (22, 50, 97, 121)[: life.c.randint(3, 4)]:
        life.attempt(owed, hours, "no_answer")
    life.close(130, "lost", words="Four ways tried. A card is left at the depot.")


def _mistake(life: Life, town: Town) -> None:
    life.take_in(code="")
    life.close(0.6, "mistake", words="Called for the pharmacy next door.")


def _outside(life: Life, town: Town) -> None:
    """Handed to somebody who does not work with Breakwater: told by them, confirmed by the person."""
    life.take_in()
    settled(life, until=70)
    handoff = town.offer(life, 72, "Long Road Services")
    town.accept(handoff, life, 80)
    if life.c.random() < 0.5:  # noqa: PLR2004 - half of them
        town.met(handoff, life, 95)
    else:
        town.confirmed(handoff, life, 95)
    life.close(96, "handed_off", words="Met the new worker together.", worked=True)


def _county(life: Life, town: Town) -> None:
    """Handed to another agency of the county, which takes it to its own end."""
    life.take_in()
    settled(life, until=70)
    theirs = hand_over(life, town, to=CLINIC if life.house.agency.name != CLINIC else PASSAGE)
    life.close(97, "handed_off", words="Their worker called: they have met.", worked=True)
    with theirs.at_work():
        theirs.close(120, "declined", words="Does well; wants no more visits.")


def hand_over(life: Life, town: Town, *, to: str) -> Life:
    """Offered, accepted, opened there from the packet, and the first contact made; the life of their own case."""
    handoff = town.offer(life, 72, to)
    town.accept(handoff, life, 80)
    theirs = town.take_over(handoff, life, 82)
    with theirs.at_work():
        theirs.note(3)
        town.hear(theirs.at(3))
    return theirs


_ENDS = {
    "stable": _stable,
    "declined": _declined,
    "moved": _moved,
    "lost": _lost,
    "mistake": _mistake,
    "outside": _outside,
    "county": _county,
}
