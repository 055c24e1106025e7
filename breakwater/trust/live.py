"""Pages that are told when what they show has changed.

What changes is named by a topic: an opaque name that only this installation can make. An act writes down its topics,
once, where it is recorded. A page says what it watches in a sealed word; with it the browser opens a stream, on which
topics arrive and nothing else. What is behind a topic, the page asks for at the door, like everybody.

How far a page has been told is a snapshot of PostgreSQL, not a number: of two transactions the one with the lower
number may be committed later, and whoever has read past it would never hear of it. What is new is what was not visible
in the snapshot and is visible now, and that is exact however long anybody writes.
"""

import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse

from breakwater.kernel.cipher import Unreadable, derived, opened, shut
from breakwater.kernel.errors import Refused
from breakwater.kernel.events import Event
from breakwater.trust.access import Actor, Request

CHANNEL = "breakwater_changes"
KEPT_FOR = timedelta(hours=1)
"""How long it is known what changed. Who was away for longer is told that everything may have."""

_PURPOSE = "pages that watch"
_AGENCY, _LISTED = "agency", "listed"
_NOT_OURS = "trust."


class Watched(NamedTuple):
    """Something that a page shows: ``agency``, ``listed``, or a kind of information in a circle."""

    kind: str
    id: UUID


class Moment(NamedTuple):
    """How far somebody has been told. Leaves the server only sealed: how much is written here is nobody's business."""

    snapshot: str
    at: datetime

    def sealed(self) -> str:
        """As the browser keeps it, to say it again."""
        return _sealed({"snapshot": self.snapshot, "at": self.at.isoformat()})


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who watches, as what they came in, what they watch, and since when they have not been told.

    ``standing`` is agency, person, role and what a role of the agency's own allows. ``circles`` are looked into by
    leave that may be taken back.
    """

    session: str
    standing: tuple[UUID, UUID, str, tuple[str, ...]]
    topics: frozenset[UUID]
    circles: tuple[Watched, ...]
    since: Moment

    @property
    def person(self) -> UUID:
        """Who watches."""
        return self.standing[1]


@dataclass(frozen=True, slots=True)
class Watching:
    """What a page tells the browser: the sealed word for the stream, and the topics of its parts."""

    word: str
    topics: dict[UUID, str]

    def of(self, about: UUID) -> str:
        """The topic of one thing on the page."""
        return self.topics[about]

    @property
    def all(self) -> str:
        """Every topic of the page."""
        return " ".join(self.topics.values())


class Stream(HttpResponse):
    """The beginning of a stream; the web server goes on with it, and holds no connection of the database meanwhile."""

    def __init__(self, viewer: Viewer) -> None:
        super().__init__(content_type="text/event-stream", headers={"Cache-Control": "no-store"})
        # Some proxies gather an answer until it is whole; this one never is.
        self.headers["X-Accel-Buffering"] = "no"
        self.viewer = viewer


def topic(kind: str, about: UUID) -> UUID:
    """The opaque name of something that changes."""
    secret = _secret(settings.SECRET_KEY)
    return UUID(bytes=hmac.digest(secret, kind.encode() + about.bytes, sha256)[:16])


def topics_of(event: Event, agencies: Iterable[UUID | None], circle: UUID | None) -> set[UUID]:
    """What a piece of news changes: whoever signs in or looks changes nothing that pages show."""
    if circle is None and event.verb.startswith(_NOT_OURS):
        return set()
    found = {topic(_AGENCY, one) for one in agencies if one}
    if circle:
        found.add(topic("circle", circle))
    listed = getattr(event, event.shown_to_many, None) if event.shown_to_many else None
    return found | ({topic(_LISTED, listed)} if listed else set())


def of_agency(actor: Actor) -> Watched:
    """Everything that one's own agency does and is told."""
    return Watched(_AGENCY, actor.agency_id)


def listed(about: UUID) -> Watched:
    """Something in the directory that the page shows."""
    return Watched(_LISTED, about)


def in_circle(information: str, circle_id: UUID) -> Watched:
    """Everything about one person that reaches this page by a grant which opens this kind of information."""
    return Watched(information, circle_id)


def topic_of(watched: Watched) -> UUID:
    """The topic under which something watched is told."""
    return topic(watched.kind if watched.kind in (_AGENCY, _LISTED) else "circle", watched.id)


def watching(request: Request, *watched: Watched) -> Watching:
    """Have a page kept live: for this person, about what it was just shown."""
    actor = request.actor
    word = _sealed(
        {
            "who": str(actor.user_id), "agency": str(actor.agency_id),
            "watched": [[one.kind, one.id.hex] for one in watched],
            "snapshot": actor.visit.sees, "at": request.now.isoformat(),
        }
    )  # fmt: skip
    return Watching(word, {one.id: str(topic_of(one)) for one in watched})


def viewer(word: str, *, session: str, by: Actor, told: str = "") -> Viewer:
    """Who comes with a word.

    Args:
        session: the key of their session.
        told: how far they have been told, when they were here before.

    Raises:
        Refused: it is not a word of ours, or not theirs.
    """
    said = _opened(word)
    if by.user_id is None or said.get("who") != str(by.user_id) or said.get("agency") != str(by.agency_id):
        raise Refused("This page was opened by somebody else, or long ago. Open it again to have it live.")
    watched = [Watched(kind, UUID(hex=one)) for kind, one in said["watched"]]
    return Viewer(
        session=session,
        standing=(by.agency_id, by.user_id, by.role, tuple(by.own_role.capabilities if by.own_role else ())),
        topics=frozenset(topic_of(one) for one in watched),
        circles=tuple(one for one in watched if one.kind not in (_AGENCY, _LISTED)),
        since=_moment(_opened(told) if told else said),
    )  # fmt: skip


def _moment(said: dict[str, str]) -> Moment:
    return Moment(said["snapshot"], datetime.fromisoformat(said["at"]))


def _sealed(said: dict[str, object]) -> str:
    return shut(json.dumps(said).encode(), secret=settings.SECRET_KEY, what_for=_PURPOSE)


def _opened(word: str) -> dict[str, Any]:
    try:
        said: dict[str, Any] = json.loads(opened(word, secret=settings.SECRET_KEY, what_for=_PURPOSE))
    except Unreadable:
        raise Refused("This page cannot be kept live. Open it again.") from None
    return said


@lru_cache(maxsize=2)
def _secret(written: str) -> bytes:
    return derived(written, "topics")
