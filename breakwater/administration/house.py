"""What the pages of administration tell: who works here and since when, what somebody holds, what a role allows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Max, Min

from breakwater.cases.models import Assignment, Case
from breakwater.clocks.models import Clock
from breakwater.kernel.db import STANDING, asked_of_upkeep
from breakwater.kernel.text import Ours
from breakwater.kernel.upkeep import judged, look
from breakwater.plans.models import Step
from breakwater.trust.access import Actor
from breakwater.trust.capabilities import BUILT_IN, CAPABILITIES, CAPABILITIES_OF
from breakwater.trust.house import HOUSE
from breakwater.trust.models import AgencyRole, Appointment, Entry, HandedCode, Session, User
from breakwater.trust.rules.roles import Apart, not_apart

LEFT_LATELY = timedelta(days=90)
_MOST = 50


@dataclass(frozen=True, kw_only=True)
class RoleTold:
    """A role as a page tells it: what it allows in words, who holds it, and what should be apart."""

    key: str
    name: str
    allows: frozenset[str]
    holders: int
    own: AgencyRole | None = None

    @property
    def sentences(self) -> list[str]:
        """What it allows, in words, in the order of the closed list."""
        return [says for code, says in CAPABILITIES.items() if code in self.allows]

    @property
    def together(self) -> list[Apart]:
        """Which rights it holds that should be apart."""
        return not_apart(self.allows, HOUSE.apart)


def roles_of(actor: Actor) -> list[RoleTold]:
    """Every role that can be given here: the built-in ones, then the agency's own."""
    standing = Appointment.objects.visible_to(actor).standing(actor.now)
    held = {
        (role, own): many
        for role, own, many in standing.values_list("role", "own_role").annotate(many=Count("pk")).order_by()
    }
    built_in = [
        RoleTold(
            key=role.value,
            name=Ours(role.label),
            allows=CAPABILITIES_OF[role],
            holders=held.get((role, None), 0),
        )
        for role in BUILT_IN
    ]
    made = (
        AgencyRole.objects.visible_to(actor).filter(ended_at=None).select_related("made_by").order_by("name")
    )
    return built_in + [
        RoleTold(
            key=str(one.pk), name=one.name, allows=one.allows, own=one,
            holders=sum(many for (_role, own), many in held.items() if own == one.pk),
        )
        for one in made.defer("made_by__password")
    ]  # fmt: skip


def who_works_here(actor: Actor) -> dict[str, Any]:
    """Everybody who works here by name, when they signed in last, who has not joined yet, and who left lately."""
    people = (
        Appointment.objects.visible_to(actor)
        .select_related("user", "unit", "own_role")
        .defer("user__password")
    )
    standing = list(people.standing(actor.now).order_by("user__name", "pk"))
    ids = [one.user_id for one in standing]
    gone = people.filter(ends_at__gt=actor.now - LEFT_LATELY, user__is_active=False)
    last = gone.order_by("user", "-starts_at").distinct("user")
    left = sorted(last, key=lambda one: one.ends_at, reverse=True)
    return {
        "standing": standing, "signed_in": last_signed_in(ids, actor), "invited": open_invitations(ids),
        "left": left[:_MOST], "most_left": _MOST,
    }  # fmt: skip


def last_signed_in(user_ids: list[UUID], actor: Actor) -> dict[UUID, datetime]:
    """When each of these people signed in last."""
    entries = Entry.objects.filter(verb="trust.signed_in", by__in=user_ids, agency=actor.agency_id)
    return dict(entries.values_list("by").annotate(last=Max("at")).order_by())


def open_sessions(appointment: Appointment, *, at: datetime) -> int:
    """On how many devices somebody who works here is signed in now; none of whom has left."""
    has_left = appointment.ends_at is not None and appointment.ends_at <= at
    return 0 if has_left else Session.objects.filter(user=appointment.user_id, expire_date__gt=at).count()


def open_invitations(user_ids: list[UUID]) -> dict[UUID, HandedCode]:
    """The invitation of each of these people that nobody has accepted."""
    invited = HandedCode.objects.unused().filter(user__in=user_ids, why=HandedCode.Why.JOINS)
    return {one.user_id: one for one in invited}


def held_by(user: User, actor: Actor) -> dict[str, Any]:
    """What somebody holds here, by number and without a name: open cases, teams, steps still to do."""
    standing = Assignment.objects.filter(STANDING, agency=actor.agency_id, worker=user)
    cases = Case.objects.filter(pk__in=standing.filter(part=Assignment.Part.OWNER).values("case"))
    found = list(cases.order_by("asked_at", "pk"))
    running = Clock.objects.running().filter(episode__in=[one.pk for one in found])
    due = dict(running.values_list("episode").annotate(first=Min("due_at")).order_by())
    actor.saw("cases.case", [one.pk for one in found])
    return {
        "cases": [(one.number, due.get(one.pk)) for one in found],
        "teams": standing.filter(part=Assignment.Part.TEAM).count(),
        "steps": Step.objects.filter(ends_at=None, worker=user).count(),
    }


def upkeep_of(now: datetime) -> dict[str, Any]:
    """When the last backup was made and the journal last anchored, and what is to be said of them and of the clock."""
    found = look(asked_of_upkeep(now), now=now, backups=settings.BACKUPS, anchors=settings.ANCHORS)
    said = judged(found)
    of_clock = [one.is_wrong for one in said if one.about == "clock"]
    stands = (
        "Wrong" if any(of_clock) else "Whether it is right cannot be seen from here" if of_clock else "Kept"
    )
    return {"found": found, "said": said, "clock_stands": stands}
