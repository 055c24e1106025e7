"""A bed for somebody of the county: held, driven to, arrived in, or waited at in vain."""

from collections.abc import Callable
from typing import Any

from breakwater.referrals.actions.placement import Guest, arrive, miss, place
from breakwater.referrals.models import Placement
from breakwater.resources.models import Bed
from breakwater.simulation import around, people, planning
from breakwater.simulation.life import Life
from breakwater.simulation.town import Town


def in_bed(kind: str, *, stage: str = "arrived") -> Callable[[Life, Town], None]:
    """A bed is held: they arrived, are expected, or did not come."""

    def comes(life: Life, town: Town) -> None:
        facts: dict[str, Any] = people.in_danger(life.c) if kind == Bed.Kind.SAFE_HOUSE else {}
        life.take_in(**facts)
        life.needs(0.4, most=2)
        life.note(0.8, kind="visit")
        planning.asked_in_crisis(life, 0.5)
        if kind == Bed.Kind.SAFE_HOUSE:
            planning.writes_safety_plan(life, 0.9)
        bed = town.a_free_bed(kind, life.c, life.at(1))
        guest = Guest(known_as=life.case.person.known_as.split()[0])
        held = place(life.case, bed, guest=guest, **life.acts(1))
        if stage == "expected":
            around.will_be_driven(life, held, 1.1)
        elif stage == "arrived":
            if kind != Bed.Kind.SAFE_HOUSE:
                around.is_driven_there(life, held, 1.2)
            _at_the_door(life, town, held, 2.5, arrives=True)
            life.gates(3, "safe_tonight", "basic_needs")
        elif stage == "missed":
            _at_the_door(life, town, held, 5.5, arrives=False)
            life.note(
                6, reached=False, words="Did not come by ten. Phone is off; the depot is on the way home."
            )

    return comes


def _at_the_door(life: Life, town: Town, held: Placement, hours: float, *, arrives: bool) -> None:
    """Whoever keeps the bed writes down what happened at it."""
    with town.at(held.bed.agency.name, life.at(hours), carer=held.host_id == held.agency_id) as by:
        if arrives:
            arrive(held, at=by.now, by=by)
        else:
            miss(held, words="Waited until ten", at=by.now, by=by)
    town.hear(life.at(hours))
