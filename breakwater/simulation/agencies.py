"""Who works in Harbor County: eight agencies and thirty-two people."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random

from breakwater.simulation import names
from breakwater.trust.access import Actor, acting, system_for
from breakwater.trust.actions.agencies import appoint, found_agency
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Agency, Appointment, Unit

PASSWORD = "harbor light at 7"  # noqa: S105 - printed for everyone; the demo county holds no real person
ZONE = "America/New_York"

LINE, MOBILE, SHELTER = "Harbor Crisis Line", "Harbor Mobile Team", "Lantern Shelter"
DETOX, CLINIC, LIAISON, PASSAGE = "Tidewater Detox", "Bayside Clinic", "Harbor Police Liaison", "Safe Passage"
TEAM = "Harbor Threat Assessment"

_AGENCIES = (
    (LINE, Agency.Kind.CRISIS_LINE, ("Day line", "Night line"),
     (Role.CASE_MANAGER, Role.INTAKE_WORKER, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.CASE_MANAGER,
      Role.INTAKE_WORKER)),
    (MOBILE, Agency.Kind.MOBILE_TEAM, ("North shore", "South shore"),
     (Role.RESPONDER, Role.CASE_MANAGER, Role.RESPONDER, Role.RESPONDER, Role.SUPERVISOR)),
    (SHELTER, Agency.Kind.SHELTER, ("Front desk",),
     (Role.PARTNER, Role.CASE_MANAGER, Role.CASE_MANAGER, Role.SUPERVISOR)),
    (DETOX, Agency.Kind.DETOX, ("Intake",),
     (Role.CASE_MANAGER, Role.PARTNER, Role.INTAKE_WORKER, Role.SUPERVISOR)),
    (CLINIC, Agency.Kind.CLINIC, ("Crisis follow-up",),
     (Role.CASE_MANAGER, Role.CASE_MANAGER, Role.PARTNER, Role.SUPERVISOR)),
    (LIAISON, Agency.Kind.POLICE_LIAISON, ("Liaison desk",),
     (Role.CASE_MANAGER, Role.RESPONDER, Role.SUPERVISOR)),
    (PASSAGE, Agency.Kind.VICTIM_SERVICE, ("Advocates",),
     (Role.CASE_MANAGER, Role.PRIVACY_OFFICER, Role.CASE_MANAGER, Role.SUPERVISOR)),
    (TEAM, Agency.Kind.THREAT_MANAGEMENT, ("Assessors",), (Role.CASE_MANAGER, Role.SUPERVISOR)),
)  # fmt: skip
_CARERS = (Role.CASE_MANAGER, Role.SUPERVISOR)


@dataclass(frozen=True)
class House:
    """An agency with the people who work there."""

    agency: Agency
    staff: tuple[Appointment, ...]

    @property
    def carers(self) -> list[Appointment]:
        """Those who may carry a case to its end."""
        return [one for one in self.staff if one.role in _CARERS]

    @property
    def answers(self) -> Appointment:
        """Whoever answers letters and keeps the beds."""
        return next((one for one in self.staff if one.role == Role.PARTNER), self.staff[0])


def found_all(chance: Random, *, at: datetime) -> Iterator[House]:
    """Found every agency and appoint its people, each with a sign-in name made of their own."""
    first, last = chance.sample(names.FIRST, 60), chance.sample(names.LAST, 60)
    for name, kind, units, roles in _AGENCIES:
        agency = found_agency(name=name, kind=kind, time_zone=ZONE, at=at, units=units)
        by = system_for(agency, now=at)
        teams = list(Unit.objects.filter(agency=agency).order_by("name"))
        with acting(by):
            staff = [_appoint(role, first.pop(), last.pop(), teams[number % len(teams)], at, by)
                     for number, role in enumerate(roles)]  # fmt: skip
        yield House(agency, tuple(staff))


def _appoint(role: str, first: str, last: str, unit: Unit, at: datetime, by: Actor) -> Appointment:
    return appoint(
        username=f"{first}.{last}".lower(), name=f"{first} {last}", password=PASSWORD, role=role, unit=unit, at=at,
        by=by,
    )  # fmt: skip
