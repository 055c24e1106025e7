"""What waits on the desks of those who answer for privacy: a request, an incident, looks that nobody has explained."""

from datetime import datetime, timedelta

from breakwater.cases.models import Case
from breakwater.simulation.agencies import LINE, PASSAGE, House
from breakwater.simulation.town import Town
from breakwater.trust.access import Actor, acting, actor_for, system_for
from breakwater.trust.actions.incidents import Happened, count_affected, open_incident
from breakwater.trust.actions.looks import Oddity, find_odd_looks
from breakwater.trust.actions.requests import Asked, check_asker, receive_request
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Circle

_REVIEWERS = (Role.PRIVACY_OFFICER, Role.SUPERVISOR)
_ASKED, _KNOWN, _LOOKED = timedelta(days=24), timedelta(days=33), timedelta(hours=5)
_FEWEST = 3
_SIGNS = (("no_care", "searched"), ("no_care", "off_shift"))


def fill(town: Town, *, now: datetime) -> None:
    """Somebody asks for their record, a phone was lost, two looks ask for an explanation."""
    for name in (LINE, PASSAGE):
        house = town.houses[name]
        reviewer = next(one for one in house.staff if one.role in _REVIEWERS)
        with acting(actor_for(reviewer, now=now)) as by:
            circles = _circles(by)
            if len(circles) < _FEWEST:
                continue
            _somebody_asks(circles[0], at=now, by=by)
            if name == LINE:
                _a_phone_was_lost(at=now, by=by)
        _looks(house, circles[1:_FEWEST], at=now)
        town.hear(now)


def _circles(by: Actor) -> list[Circle]:
    """Of those whom the agency knows longest, so that there was somebody to ask a month ago."""
    cases = Case.objects.visible_to(by).filter(agency=by.agency_id).select_related("circle", "person")
    return [one.circle for one in cases.order_by("asked_at", "pk")[:_FEWEST]]


def _somebody_asks(circle: Circle, *, at: datetime, by: Actor) -> None:
    words = "Everything that was written since the first call, on paper. I fetch it myself; please do not send it."
    asked = Asked(kind="access", words=words, received_at=at - _ASKED)
    made = receive_request(asked, circle=circle, at=at - _ASKED, by=by)
    check_asker(made, how="safe_word", words="", at=at - _ASKED, by=by)


def _a_phone_was_lost(*, at: datetime, by: Actor) -> None:
    told = Happened(
        title="Phone left on a bus", discovered_on=(at - _KNOWN).astimezone(by.zone).date(),
        happened="A work phone was left on the number 9. It was locked; messages may have shown on its screen.",
    )  # fmt: skip
    incident = open_incident(told, at=at - _KNOWN, by=by)
    count_affected(incident, state="OR", people=17, at=at, by=by)


def _looks(house: House, circles: list[Circle], *, at: datetime) -> None:
    """Two colleagues looked where they have no part."""
    looked = at - _LOOKED
    curious = [one for one in house.staff if one.role not in _REVIEWERS]
    found = [
        Oddity(
            worker=who.user_id,
            circle=circle.pk,
            on=looked.astimezone(house.agency.zone).date(),
            at=looked,
            signs=signs,
        )
        for who, circle, signs in zip(curious, circles, _SIGNS, strict=False)
    ]
    with acting(system_for(house.agency, now=at)) as itself:
        find_odd_looks(found, up_to=at, by=itself)
