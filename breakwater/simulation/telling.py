"""What the county's duty tables ask, and the one threat that its security team was told about. All of it is made up."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from breakwater.cases.actions.screening import find_circumstance
from breakwater.cases.models import Case
from breakwater.duties.actions.prompts import ask_by_hand
from breakwater.duties.actions.table import Row, write_duty
from breakwater.duties.models import Duty
from breakwater.simulation.agencies import LIAISON, TEAM, House
from breakwater.trust.access import acting, actor_for, system_for
from breakwater.trust.actions.concerns import Warned, tell_concern
from breakwater.trust.rules.wording import Worry, worry_in_words

_LATELY = timedelta(minutes=40)
_TWO_WEEKS = timedelta(days=14)
_WEAPON = "A hunting rifle, in the hall closet."
_REASONS = {
    "threat": "He says he will shoot his former foreman at the yard.",
    "why_serious": "He named the man and the place, and the rifle is his.",
    "why_imminent": "The hearing about his dismissal is on Friday.",
    "how_they_can_lessen_it": "You can speak with the yard and have somebody at its gate.",
}


def fill_tables(houses: Iterable[House], *, at: datetime) -> None:
    """Each agency's duty table: made-up rows, one of them read by nobody."""
    for house in houses:
        by = system_for(house.agency, now=at)
        with acting(by):
            for row in _rows(at):
                write_duty(row, at=at, by=by)


def tell_the_team(houses: Iterable[House], *, now: datetime) -> None:
    """One open prompt, and one threat that the security team was told about."""
    by_name = {house.agency.name: house for house in houses}
    by = actor_for(by_name[LIAISON].carers[0], now=now - _LATELY)
    team = by_name[TEAM].agency
    with acting(by):
        case = Case.objects.open().held_by(by).select_related("circle", "agency", "person").earliest("pk")
        find_circumstance(case, kind="weapon", words=_WEAPON, at=by.now, by=by)
        duty = Duty.objects.visible_to(by).standing().get(topic="duty-to-protect")
        ask_by_hand(case, duty, aware_at=by.now, at=by.now, by=by)
        told = worry_in_words(
            Worry(
                by=f"{by.name}, {by.agency.name}", to=team.name, ends=(by.now + _TWO_WEEKS).astimezone(by.zone).date(),
                facts=[f"They are known as {case.person.known_as}.", f"A weapon within reach. {_WEAPON}"], **_REASONS,
            )
        )  # fmt: skip
        warned = Warned(
            team=team, told=told, lasts=_TWO_WEEKS, facts=_REASONS | {"source": "He said so at the desk."}
        )
        tell_concern(warned, circle=case.circle, at=by.now, by=by)


def _rows(at: datetime) -> list[Row]:
    day = at.date()
    read: dict[str, Any] = {
        "reviewed_by": "Nobody real",
        "reviewed_on": day - timedelta(90),
        "review_due": day + timedelta(275),
    }
    return [
        Row(
            jurisdiction="Harbor County (made up)", topic="child", force="mandatory",
            trigger="Reason to think that a child is hurt or neglected.", deadline_oral_min=120, deadline_written_h=48,
            report_to="County child line", agency_phone="(555) 010-0100", citation="Made up; not verified", **read,
        ),
        Row(
            jurisdiction="Harbor County (made up)", topic="duty-to-protect", force="permissive",
            trigger="A serious threat to somebody who can be named, by somebody in care.", deadline_oral_min=60,
            report_to="Whoever is threatened; the police", citation="Made up; not verified", **read,
        ),
        Row(
            jurisdiction="Harbor County (made up)", topic="elder", force="mandatory",
            trigger="Reason to think that an older person is harmed or neglected.", deadline_oral_min=1440,
            citation="Made up; not verified",
        ),
    ]  # fmt: skip
