"""How one agency of the county keeps its house: a role of its own, a unit that is closed, a review half answered."""

from dataclasses import replace
from datetime import datetime, timedelta

from breakwater.simulation.agencies import House
from breakwater.trust.access import acting, actor_for
from breakwater.trust.actions.agencies import move
from breakwater.trust.actions.reviews import begin_review, confirm
from breakwater.trust.actions.roles import make_role
from breakwater.trust.actions.units import add_unit, close_unit
from breakwater.trust.capabilities import Role

_LISTENER = ("cases.read", "cases.take_in", "people.read", "clocks.run", "resources.read")


def keep_house(house: House, *, now: datetime) -> None:
    """A listener who takes in and triages nothing, a weekend line that was given up, and who still works there."""
    chief, boss = (
        actor_for(next(one for one in house.staff if one.role == role), now=now)
        for role in (Role.ADMINISTRATOR, Role.SUPERVISOR)
    )
    with acting(replace(chief, now=now - timedelta(days=200))) as by:
        listener = make_role(name="Listener", capabilities=_LISTENER, because="", at=by.now, by=by)
        newest = [one for one in house.staff if one.role == Role.INTAKE_WORKER][-1]
        move(newest, role=listener, unit=newest.unit, at=by.now, by=by)
        unit = add_unit(name="Weekend line", at=by.now, by=by)
    with acting(replace(chief, now=now - timedelta(days=90))) as by:
        close_unit(unit, at=by.now, by=by)
    with acting(replace(chief, now=now - timedelta(days=5))) as by:
        review = begin_review(at=by.now, by=by)
    with acting(replace(boss, now=now - timedelta(days=4))) as by:
        others = review.covers().exclude(user=boss.user_id).order_by("user__username")
        for one in list(others)[: len(house.staff) // 2]:
            confirm(review, one, at=by.now, by=by)
