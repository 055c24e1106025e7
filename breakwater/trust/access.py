"""The actor: who acts, for which agency, and what they may do."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Q
from django.http import HttpRequest
from django.urls import ResolverMatch

from breakwater.kernel.errors import NotPermitted
from breakwater.trust.capabilities import CAPABILITIES, CAPABILITIES_OF, READING, Role
from breakwater.trust.keyring import forget_key_in_use
from breakwater.trust.models import Agency, AgencyRole, Appointment, Circle, Glass, Grant, Unit, User


@dataclass(frozen=True, kw_only=True)
class Visit:
    """What the door knows of how somebody came in.

    Args:
        proved_at: when everything they have was last asked for.
        factor_due_at: from when on they come no further without a second factor.
        changed_at: when their sign-in was changed, until they say here that they know.
        sees: what was committed when they came in, as PostgreSQL's snapshot of it; a page shows no less.
        confined_to: the one thing that is open while somebody else holds their device, ``confined_until`` then.
    """

    proved_at: datetime | None = None
    factor_due_at: datetime | None = None
    changed_at: datetime | None = None
    sees: str = ""
    confined_to: UUID | None = None
    confined_until: datetime | None = None


@dataclass(kw_only=True)
class Actor:
    """Somebody acting for an agency at a moment. ``user`` is ``None`` for Breakwater itself.

    Args:
        language: in which they read.
        heard: the entry of another agency that Breakwater follows; who did it stands there.
    """

    user: User | None
    agency: Agency
    role: str
    now: datetime
    unit: Unit | None = None
    visit: Visit = Visit()
    own_role: AgencyRole | None = None
    language: str = "en"
    seen: dict[tuple[str, str], list[UUID]] = field(default_factory=dict)
    looked: set[tuple[str, str]] = field(default_factory=set)
    written: dict[tuple[str, str], list[UUID]] = field(default_factory=dict)
    refused: list[Any] = field(default_factory=list)
    asked_why: set[UUID] = field(default_factory=set)
    heard: int | None = None
    _works_in: set[UUID] = field(default_factory=set)
    _looks_into: set[UUID] = field(default_factory=set)
    _looked_at: set[tuple[UUID, str]] = field(default_factory=set)
    _glass: "list[Glass] | None" = None

    @property
    def agency_id(self) -> UUID:
        """The agency they act for."""
        return self.agency.pk

    @property
    def user_id(self) -> UUID | None:
        """Who acts; ``None`` for Breakwater itself."""
        return self.user.pk if self.user else None

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone in which they read the clock."""
        return self.agency.zone

    @property
    def name(self) -> str:
        """As colleagues know them."""
        return self.user.name if self.user else "Breakwater"

    @property
    def role_name(self) -> str:
        """Their role, in words."""
        return self.own_role.name if self.own_role else Role(self.role).label

    def may(self, capability: str) -> bool:
        """Whether their role allows this at all."""
        if capability not in CAPABILITIES:
            raise LookupError(f"{capability} is not in trust/capabilities.py")
        return capability in (self.own_role.allows if self.own_role else CAPABILITIES_OF[self.role])

    def can(self, capability: str) -> bool:
        """Whether a page offers this: their role allows it, and where they look they do more than read."""
        only_reads = bool(self._looks_into) and not self._works_in
        return self.may(capability) and not (only_reads and capability not in READING)

    def must(self, capability: str, circle: Circle | None = None) -> None:
        """Go on only when their role allows this, and their agency stands in the circle.

        Raises:
            NotPermitted: it does not.
        """
        if not self.may(capability):
            raise NotPermitted(
                f"Your role ({self.role_name.lower()}) does not allow this: {CAPABILITIES[capability]}."
            )
        if circle is None or self.works_in(circle.pk):
            return
        if not self.stands_in(circle.pk):
            raise NotPermitted("Your agency does not stand in this person's circle of care.")
        if capability not in READING:
            raise NotPermitted(
                "Your agency may read here, and changes nothing: it does not care for this person."
            )

    def stands_in(self, circle_id: UUID) -> bool:
        """Whether their agency has a standing grant in the circle, on any basis. Asked once a request."""
        if not self.works_in(circle_id) and circle_id not in self._looks_into:
            grants = Grant.objects.standing(self.now).of(self).filter(circle_id=circle_id)
            if not grants.exists():
                return False
            self._looks_into.add(circle_id)
        return True

    def works_in(self, circle_id: UUID) -> bool:
        """Whether their agency cares for the person: who was only let in to read changes nothing."""
        if circle_id not in self._works_in and circle_id not in self._looks_into:
            grants = Grant.objects.standing(self.now).of(self).filter(circle_id=circle_id)
            if not grants.that_works().exists():
                return False
            self._works_in.add(circle_id)
        return circle_id in self._works_in

    @property
    def through(self) -> "Glass | None":
        """The broken glass through which they look at this moment, when what they looked at is open by nothing else."""
        if not self._looks_into or self.user is None:
            return None
        if self._glass is None:
            looks = Glass.objects.open(self.now).filter(circle__in=self._looks_into, by=self.user)
            self._glass = list(looks.order_by("-opened_at")[:1])
        return next(iter(self._glass), None)

    def has_joined(
        self, circle_id: UUID, *, works: bool = True, information: str = "", is_ours: bool = False
    ) -> None:
        """Remember a standing that was just given, or just read through the wall with something of one kind.

        Args:
            is_ours: the circle is the agency's own: nobody takes that back, as they can from whom they let in.
        """
        (self._works_in if works else self._looks_into).add(circle_id)
        if information and not (works and is_ours):
            self._looked_at.add((circle_id, information))

    def is_still_let_in(self, at: datetime) -> bool:
        """Whether all that was open to them where they looked by somebody's leave is so now, when the answer is ready.

        Every kind, not only what they looked up: a page shows besides whatever else was open when it was begun.
        """
        if not self._looked_at:
            return True
        circles = {circle_id for circle_id, _ in self._looked_at}
        grants = Grant.objects.of(self).filter(
            Q(ends_at=None) | Q(ends_at__gt=self.now), circle_id__in=circles
        )
        was, still = (
            {
                (one.circle_id, kind)
                for one in grants
                if one.starts_at <= moment and (one.ends_at is None or one.ends_at > moment)
                for kind in one.information
            }
            for moment in (self.now, at)
        )
        return self._looked_at | was <= still

    def saw(self, what: str, ids: list[UUID], *, page: str = "", written: bool = False) -> None:
        """Remember what was shown; written down when the page is answered, or ``written`` by what read it."""
        (self.written if written and ids else self.seen).setdefault((page, what), []).extend(ids)

    def looked_for(self, what: str, ids: list[UUID]) -> None:
        """Remember what was found when they looked for somebody; also that nothing was."""
        self.saw(what, ids)
        self.looked.add(("", what))


Statement = tuple[str, tuple[Any, ...]]
"""A statement in SQL, and what it is told."""


class AtTheDoor(HttpRequest):
    """What comes to the door: perhaps from nobody."""

    actor: Actor | None
    receipt: Statement | None
    """What is still to be written of what an unsafe request came to."""
    now: datetime
    found: ResolverMatch
    """What answers their address, where that had to be known at the door."""


class Request(HttpRequest):
    """What a view is asked: by whom, and at which moment. The keeper of the door fills both in."""

    actor: Actor
    now: datetime
    stands: bool = False
    """What was written stands, whatever the answer says: that somebody knocked."""


def actor_for(appointment: Appointment, *, now: datetime) -> Actor:
    """The actor that an appointment makes of somebody."""
    return Actor(
        user=appointment.user,
        agency=appointment.agency,
        unit=appointment.unit,
        role=appointment.role,
        own_role=appointment.own_role,
        now=now,
    )


ITSELF: ContextVar[list[Actor] | None] = ContextVar("ITSELF", default=None)
"""As whom Breakwater itself acted in a request: what it was refused outlives the request, as what a worker was does."""


def system_for(agency: Agency, *, now: datetime) -> Actor:
    """Breakwater itself, acting for one agency: jobs and reactions."""
    itself = Actor(user=None, agency=agency, role=Role.SYSTEM, now=now)
    known = ITSELF.get()
    if known is not None:
        known.append(itself)
    return itself


def put_up_walls(actor: Actor) -> None:
    """Tell PostgreSQL for whom this transaction acts. Without this, row security shows nothing."""
    _set_context(*stands_as(actor))


@contextmanager
def acting(actor: Actor) -> Iterator[Actor]:
    """One transaction on behalf of an actor; inside another one, the former actor returns afterwards."""
    with transaction.atomic(durable=False):
        before = _set_context(*stands_as(actor))
        yield actor
        _set_context(*before)


@contextmanager
def knocking_as(user_id: UUID) -> Iterator[None]:
    """Behind the wall of whoever somebody says they are, before it is proved: nothing of an agency lies there."""
    before = _set_context("", str(user_id))
    yield
    _set_context(*before)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Behind every wall: for neither an agency nor anybody who works at one, whoever else is signed in."""
    with transaction.atomic(durable=False):
        before = _set_context("", "")
        yield
        _set_context(*before)


def stands_as(actor: Actor) -> tuple[str, str]:
    """For which agency and whom a transaction of theirs acts, as PostgreSQL is told."""
    return str(actor.agency_id), str(actor.user.pk) if actor.user else ""


STANDS_NOW = """
    SELECT coalesce(current_setting('breakwater.agency', true), '') AS agency,
        coalesce(current_setting('breakwater.user', true), '') AS person
"""
_SET_CONTEXT = f"""
    SELECT was.agency, was.person, set_config('breakwater.agency', %s, true), set_config('breakwater.user', %s, true)
    FROM ({STANDS_NOW} OFFSET 0) AS was
"""


def _set_context(agency: str, user: str) -> tuple[str, str]:
    """Say for whom the transaction acts from now on; for whom it did until now."""
    forget_key_in_use()
    with connection.cursor() as cursor:
        cursor.execute(_SET_CONTEXT, (agency, user))
        was: tuple[str, str] = cursor.fetchone()[:2]
        return was
