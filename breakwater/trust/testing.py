"""Ready-made agencies and people who work there."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, cast
from uuid import UUID

from breakwater.kernel.ids import new_id
from breakwater.trust.access import Actor, acting, actor_for, put_up_walls, system_for
from breakwater.trust.actions.agencies import found_agency
from breakwater.trust.actions.concerns import Warned, tell_concern
from breakwater.trust.actions.consents import Release
from breakwater.trust.actions.erasing import propose_erasure
from breakwater.trust.actions.family import Close, say_who_may_know
from breakwater.trust.actions.incidents import Happened, open_incident
from breakwater.trust.actions.leaving import Recipient
from breakwater.trust.actions.looks import Oddity, find_odd_looks
from breakwater.trust.actions.medical import MedicalTelling, tell_medical_staff
from breakwater.trust.actions.requests import Asked, receive_request
from breakwater.trust.actions.standing import Guest, let_in
from breakwater.trust.capabilities import Role
from breakwater.trust.models import (
    Agency,
    Appointment,
    Circle,
    Concern,
    Erasure,
    Grant,
    Incident,
    Information,
    Involvement,
    MedicalEmergency,
    OddLook,
    RecordRequest,
    Unit,
    User,
)
from breakwater.trust.rules.keeping import Kept
from breakwater.trust.rules.law import ELEMENTS

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
"""A Tuesday in March, midday in Greenwich, when nothing in particular happens."""

_number = count(1)


def an_agency(**facts: Any) -> Agency:
    """An agency with one unit."""
    defaults: dict[str, Any] = {
        "name": f"Harbor Crisis Team {next(_number)} {new_id().hex[-6:]}",
        "kind": Agency.Kind.CASE_MANAGEMENT,
        "time_zone": "America/New_York",
        "at": datetime(2020, 1, 1, tzinfo=UTC),
        "units": ("Day team",),
    }
    return found_agency(**(defaults | facts))


def an_actor(
    role: str = Role.CASE_MANAGER,
    *,
    agency: Agency | None = None,
    now: datetime = NOON,
    name: str = "Ada Reyes",
) -> Actor:
    """Somebody at work now, and the walls put up for them: what follows is seen with their eyes."""
    agency = agency or an_agency()
    user = User(username=f"worker-{new_id().hex[-10:]}", name=name)
    user.set_password("harbor light 7")
    user.save()
    unit = Unit.objects.filter(agency=agency).first()
    appointment = Appointment.objects.create(
        user=user, agency=agency, unit=unit, role=role, starts_at=datetime(2020, 1, 1, tzinfo=UTC)
    )
    actor = actor_for(appointment, now=now)
    put_up_walls(actor)
    return actor


def as_seen_by(actor: Actor) -> Actor:
    """Look through somebody else's eyes from here on in the test."""
    put_up_walls(actor)
    return actor


def a_release(to: Agency, **facts: Any) -> Release:
    """What somebody agrees to: everything said, everything told, for a month."""
    defaults: dict[str, Any] = {
        "kind": "general", "to": Recipient(agency=to), "purpose": "TREAT", "information": frozenset({"who", "care"}),
        "segments": frozenset(), "what": "That I asked for help, and what helps me",
        "ends": NOON.date() + timedelta(30), "signer": "self", "signed_by": "Rosa M.", "as_shown": "I agree …",
        "told": frozenset(ELEMENTS),
    }  # fmt: skip
    return Release(**(defaults | facts))


def a_guest(
    circle: Circle, *, agency: Agency, until: datetime | None = None, at: datetime, by: Actor, **facts: Any
) -> Grant:
    """Another agency that was let into a circle to help there: it may know everything."""
    usual: dict[str, Any] = {
        "purpose": "HOUSING", "information": frozenset(Information.values), "what": "They look for a room with us."
    }  # fmt: skip
    return let_in(Guest(agency=agency, until=until, **(usual | facts)), circle=circle, at=at, by=by)


def a_request(circle: Circle, *, by: Actor, **facts: Any) -> RecordRequest:
    """Somebody asks to see their record, an hour ago."""
    usual: dict[str, Any] = {
        "kind": "access", "words": "All of it, on paper.", "received_at": by.now - timedelta(hours=1)
    }  # fmt: skip
    return receive_request(Asked(**(usual | facts)), circle=circle, at=by.now, by=by)


def an_incident(*, by: Actor, **facts: Any) -> Incident:
    """A letter went to the wrong house."""
    usual: dict[str, Any] = {
        "title": "Letter to the wrong house", "happened": "A neighbor opened it and brought it back.",
        "discovered_on": by.now.astimezone(by.zone).date(),
    }  # fmt: skip
    return open_incident(Happened(**(usual | facts)), at=by.now, by=by)


def an_odd_look(
    circle: Circle, *, of: Actor, by: Actor, signs: tuple[str, ...] = ("no_care", "searched")
) -> OddLook:
    """A colleague looked at a record, and nobody knows why. Found by Breakwater itself."""
    found = Oddity(
        worker=cast(UUID, of.user_id),
        circle=circle.pk,
        on=by.now.astimezone(by.zone).date(),
        at=by.now - timedelta(hours=1),
        signs=signs,
    )
    with acting(system_for(by.agency, now=by.now)) as itself:
        find_odd_looks([found], up_to=by.now, by=itself)
    put_up_walls(by)
    return OddLook.objects.get(by=of.user_id, circle=circle)


def an_erasure(circle: Circle, *, at: datetime, by: Actor) -> Erasure:
    """A record of which somebody proposed that it goes, seven years too late; whoever comes next may decide."""
    older = at - timedelta(days=9 * 366)
    until = at - timedelta(days=2 * 366)
    due = Kept(rule="record", happened=older, by_law=until, until=until)
    proposer = an_actor(Role.SUPERVISOR, agency=by.agency, now=at)
    erasure = propose_erasure(circle, [due], at=at, by=proposer)
    put_up_walls(by)
    return erasure


def a_threat_team(**facts: Any) -> Agency:
    """A threat-management team."""
    return an_agency(kind=Agency.Kind.THREAT_MANAGEMENT, **facts)


def warned(team: Agency, **facts: Any) -> Warned:
    """What a security team is told: everything that the law asks for, for two weeks."""
    asked = {
        "threat": "He will burn the depot down on Friday.", "why_serious": "He named the building and the day.",
        "why_imminent": "Friday is in two days.", "how_they_can_lessen_it": "They guard the depot.",
        "source": "He said so to me.",
    }  # fmt: skip
    defaults: dict[str, Any] = {
        "told": "He says he will burn the depot down.",
        "lasts": timedelta(14),
        "facts": asked,
    }
    return Warned(**{"team": team, **defaults, **facts})


def a_concern(team: Agency, *, circle: Circle, at: datetime, by: Actor, **facts: Any) -> Concern:
    """A threat that a security team was told about."""
    return tell_concern(warned(team, **facts), circle=circle, at=at, by=by)


def medical_facts(at: datetime, **facts: Any) -> MedicalTelling:
    """Everything that an emergency disclosure to medical staff must say."""
    defaults: dict[str, Any] = {
        "recipient_name": "Dr. Imani Cole", "recipient_affiliation": "Harbor General, emergency room",
        "discloser": "Ada Reyes", "when": at, "nature": "Found without breath at the bus stop.",
        "no_consent": "Unconscious.", "told": "On methadone, 60 mg a day, last dose this morning.",
    }  # fmt: skip
    return MedicalTelling(**(defaults | facts))


def a_medical_emergency(*, circle: Circle, at: datetime, by: Actor, **facts: Any) -> MedicalEmergency:
    """Medical staff were told what they needed."""
    return tell_medical_staff(medical_facts(at, **facts), circle=circle, at=at, by=by)


def an_involvement(*, circle: Circle, at: datetime, by: Actor, **facts: Any) -> Involvement:
    """The person said no to telling one of those close to them."""
    close = Close(**({"answer": "objected", "name": "Dario Vega", "relation": "husband"} | facts))
    return say_who_may_know(close, circle=circle, at=at, by=by)
