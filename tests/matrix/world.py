"""A seeded corner of the field with a canary in every protected place, made by real actions."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.test import Client

from breakwater.cases.models import Case
from breakwater.cases.testing import a_case
from breakwater.duties.models import Duty
from breakwater.people.actions.households import join_household
from breakwater.referrals.testing import a_bed
from breakwater.resources.testing import a_place, a_service
from breakwater.trust.access import Actor
from breakwater.trust.actions.consents import raise_segments
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Agency, Session
from breakwater.trust.testing import an_actor, an_agency, as_seen_by
from tests.matrix.canaries import Cage
from tests.matrix.oracle import Record, Who
from tests.matrix.records import Hands, Taken, everything_about
from tests.matrix.within import Team, on_the_desk, the_house, told_outside

PENDING = {
    "platform administrator": "nobody is one: the product knows no role above the agencies",
    "integration token": "the API",
}
"""Actors that the product cannot have yet, and what each waits for."""
_KINDS = {
    "alpha": "case_management", "bravo": "clinic", "charlie": "shelter", "victor": "victim_service",
    "school": "case_management", "sober": "detox", "watch": "threat_management",
}  # fmt: skip
TEAM = {
    "intake": ("alpha", Role.INTAKE_WORKER),
    "manager": ("alpha", Role.CASE_MANAGER),
    "colleague": ("alpha", Role.CASE_MANAGER),
    "supervisor": ("alpha", Role.SUPERVISOR),
    "officer": ("alpha", Role.PRIVACY_OFFICER),
    "administrator": ("alpha", Role.ADMINISTRATOR),
    "volunteer": ("alpha", Role.PARTNER),
    "partner": ("bravo", Role.CASE_MANAGER),
    "responder": ("bravo", Role.RESPONDER),
    "partners administrator": ("bravo", Role.ADMINISTRATOR),
    "receiver": ("charlie", Role.CASE_MANAGER),
    "advocate": ("victor", Role.CASE_MANAGER),
    "counselor": ("school", Role.CASE_MANAGER),
    "nurse": ("sober", Role.CASE_MANAGER),
    "guard": ("watch", Role.CASE_MANAGER),
    "nobody": ("", ""),
    "without a role": ("", ""),
    "deactivated": ("alpha", ""),
}
OWNERS = {"plain": "manager", "minor": "manager", "hers": "advocate", "pupil": "counselor", "dry": "nurse"}
"""The records with everything in them, and whose they are."""
_PROTECTED = {"minor": "minor-confidential", "pupil": "education"}


_NEVER_ASKED_AGAIN = timedelta(days=1)
"""However long the matrix takes, nobody is asked in the middle of it whether it is still them, and of nobody is it
written down each minute that they are there."""


_KNOWN_BROWSER = "k" * 32
"""What stands in its cookie against forgery: to draw a new one for each question took a fiftieth of a page."""


@dataclass
class World:
    """Who there is, what is written, and what must not be told."""

    now: datetime
    cage: Cage = field(default_factory=Cage)
    agencies: dict[str, Agency] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    who: dict[str, Who] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    taken: dict[str, Taken] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    houses: dict[str, dict[str, Any]] = field(default_factory=dict)

    def ids(self, record: str) -> dict[str, Any]:
        """What the ids in an address, and the placeholders of a sample, stand for about one record."""
        return self.taken[record].ids

    def client(self, actor: str) -> Client:
        """A browser of theirs, signed in as far as they ever were, that has been here before."""
        client = Client(raise_request_exception=False)
        client.cookies[settings.CSRF_COOKIE_NAME] = _KNOWN_BROWSER
        if actor in self.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[actor]
        return client

    def owner(self, record: str) -> Actor:
        """Who is accountable for a record."""
        return self.actors[OWNERS[record]]


def a_world(cage: Cage | None = None, *, only: str = "") -> World:
    """Build it, with all its records or only one. Within a transaction, which whoever asks rolls back."""
    now = datetime.now(UTC)
    world = World(now=now, cage=cage or Cage())
    world.agencies = {
        name: an_agency(name=f"{name.capitalize()} Services", kind=kind) for name, kind in _KINDS.items()
    }
    for name, (agency, role) in TEAM.items():
        _hire(world, name, agency, role)
    _bystanders(world)
    _hidden_house(world)
    for name in [only] if only else OWNERS:
        _write(world, name)
    return world


def _hire(world: World, name: str, agency: str, role: str) -> None:
    world.who[name] = Who(name=name, agency=agency, role=str(role))
    if name == "nobody":
        return
    works_at = world.agencies[agency or "alpha"]
    actor = an_actor(role or Role.CASE_MANAGER, agency=works_at, now=world.now, name=name.capitalize())
    client = Client()
    client.force_login(actor.user)
    world.sessions[name] = client.cookies[settings.SESSION_COOKIE_NAME].value
    as_seen_by(actor)
    ever = world.now + _NEVER_ASKED_AGAIN
    Session.objects.filter(user=actor.user).update(proved_at=ever, seen_at=ever)
    world.actors[name] = actor
    if name == "without a role":
        actor.user.appointments.update(ends_at=world.now - timedelta(hours=1))
    if name == "deactivated":
        actor.user.is_active = False
        actor.user.save()


def _write(world: World, name: str) -> None:
    by = as_seen_by(world.owner(name))
    agency = next(key for key, one in world.agencies.items() if one == by.agency)
    protection = {_PROTECTED[name]} if name in _PROTECTED else set()
    receiving, bed = world.agencies["charlie"], a_bed(keeper=world.agencies["charlie"], at=world.now)
    team = _team(world, by, agency)
    as_seen_by(by)
    hands = Hands(
        colleague=team.colleague, driver=world.actors["receiver"],
        medic=lambda: an_actor(Role.RESPONDER, now=world.now),
    )  # fmt: skip
    taken = everything_about(name, by=by, hands=hands, bed=bed, protection=protection, cage=world.cage)
    _write_within(world, taken, team, agency)
    others = {"service_id": a_service().pk, "@helper": world.actors["supervisor"].user.pk}
    others["@free_bed"] = a_bed(keeper=receiving, at=world.now).pk
    taken.ids |= others
    world.taken[name] = taken
    answered = {"application_id": taken.ids["@answered"]}
    world.taken[answered_about(name)] = Taken(name, taken.case, taken.ids | answered)
    world.cases[name] = taken.case
    segments = frozenset(taken.case.circle.segments)
    has, is_alpha = taken.ids, agency == "alpha"
    world.records[name] = Record(
        name=name, agency=agency, segments=segments, letters_to="charlie",
        typed_by="colleague" if is_alpha else "", looked_at_by="supervisor" if is_alpha else "",
        passkey_of="colleague" if is_alpha else "", was_opened=has["glass_id"] is not None,
        medics_told=has["emergency_id"] is not None, concern_to="watch" if has["concern_id"] else "",
        way_told_by=OWNERS[name], driven_by="receiver", house="victor" if agency == "victor" else "",
    )  # fmt: skip


def _team(world: World, by: Actor, agency: str) -> Team:
    """Who does what at the agency of a record: those of the world, or others whom nobody asks."""
    if agency == "alpha":
        known = (world.actors[one] for one in ("colleague", "officer", "supervisor"))
        return Team(by, *known, key=world.sessions["colleague"])
    roles = (Role.CASE_MANAGER, Role.PRIVACY_OFFICER, Role.SUPERVISOR)
    return Team(by, *(an_actor(role, agency=by.agency, now=world.now) for role in roles))


def _write_within(world: World, taken: Taken, team: Team, agency: str) -> None:
    """What stands beside a record, and once for each agency what it keeps for itself."""
    as_seen_by(team.owner)
    if agency not in world.houses:
        world.houses[agency] = the_house(team)
    taken.ids |= world.houses[agency]
    duty = Duty.objects.get(pk=taken.ids["duty_id"])
    taken.ids |= told_outside(
        taken.name, taken.case, duty, team=world.agencies["watch"], by=team.owner, cage=world.cage
    )  # fmt: skip
    taken.ids |= on_the_desk(taken.name, taken.case, taken.ids["@person_alone"], team=team, cage=world.cage)
    as_seen_by(team.owner)


_NOWHERE: dict[str, Any] = {"is_confidential": True, "latitude": None, "longitude": None} | dict.fromkeys(
    ("address", "city", "postal_code"), ""
)


def _hidden_house(world: World) -> None:
    """Beds of a shelter for victims, whose names and number nobody learns who is not of it."""
    house, keeper = a_place("A house", **_NOWHERE), world.agencies["victor"]
    for _ in range(2):
        label = world.cage.word("hers", "bed", "place")
        a_bed(keeper=keeper, at=world.now, place=house, label=label, kind="safe_house")


def _bystanders(world: World) -> None:
    """Two with one name, a worker who asks for help, and somebody whose abuser works at a partner agency."""

    def one(name: str, who: str, **known: Any) -> Case:
        by = as_seen_by(world.actors[who])
        word: Callable[..., str] = world.cage.word
        facts = {"what_is_happening": word(name, "happening", "care")} | known
        made = world.cases[name] = a_case(by=by, at=world.now - timedelta(hours=4), **facts)
        agency = world.who[who].agency
        world.records[name] = Record(name=name, agency=agency, segments=frozenset(made.circle.segments))
        return made

    cage = world.cage
    one("twin", "manager", known_as="Robin Twinn", safe_contact=cage.word("twin", "safe", "who"))
    one("othertwin", "partner", known_as="Robin Twinn", safe_contact=cage.word("othertwin", "safe", "who"))
    one(
        "worker",
        "partner",
        known_as=world.actors["manager"].name,
        triggers=cage.word("worker", "what", "who"),
    )
    one("alone", "manager", known_as=cage.word("alone", "known", "who"))
    hunted = one(
        "hunted", "manager", known_as=cage.word("hunted", "known", "who"),
        must_not_know=cage.word("hunted", "mustnot", "who"),
    )  # fmt: skip
    abuser = one("abuser", "manager", known_as=cage.word("abuser", "known", "who"))
    by = as_seen_by(world.actors["manager"])
    join_household(hunted.person, with_=abuser.person, part="adult", at=world.now, by=by)


def answered_about(record: str) -> str:
    """The same record, with ids of what was answered meanwhile in place of what is still on its way."""
    return f"{record}, answered"


def protected(taken: Taken, segment: str, *, at: datetime, by: Actor) -> None:
    """Raise what protects the whole record."""
    raise_segments(taken.case.circle, [segment], at=at, by=by)
