"""Streams to open pages: what changed, to those who still may know that it did.

All streams of a process share one connection and one round of questions. A stream itself is a place in memory: it asks
the database nothing and holds nothing of it. Before somebody is told of a change, and every second besides, everybody
concerned is asked about at the door in one statement, and about circles in another; whoever would not be let in now is
told nothing more. Where that cannot be asked, every stream ends: a page that stays as it was is no lie, because it says
since when.
"""

import asyncio
import logging
import random
import time
from collections import defaultdict
from collections.abc import Collection
from contextlib import suppress
from typing import Any
from uuid import UUID

import psycopg
from django.utils import timezone

from breakwater.server.bounds import Receive, Send
from breakwater.server.farewell import before_the_server_ends
from breakwater.server.wire import PLACES, Wire
from breakwater.trust.live import KEPT_FOR, Moment, Stream, Viewer

log = logging.getLogger(__name__)

MOST = 2_000
"""Streams of one process."""

_HEARS = 0.2
"""Seconds for which it waits to hear something; who knocks waits no longer."""
_PAUSE = 0.2
"""Seconds between two tellings: many changes at once are told as one."""
_ASKS_EVERY = 1.0
_BEAT = 15.0
_PATIENCE = 3.0
"""Seconds for one round of questions: together with the pause before it less than the five that are promised."""
_SLOW = 20.0
"""Seconds for a browser to take what it is told."""
_COMES_BACK = (1_000, 4_000)
"""Milliseconds after which a browser comes back: not all at once when a server was started anew."""

_FULL = (
    f"You have {PLACES} pages open that are kept live, and no more can be. This one stays as it was when you opened it."
    " Close one of the others, then open this one again."
)
_CROWDED = "Too many pages are kept live just now. This one stays as it was when you opened it."
_AWAY = "Pages cannot be kept live just now. This one stays as it was when you opened it."
_NOT_YOU = "You are signed out, or this is no longer open to you."


class Turned(Exception):
    """No stream for this one: with the status of the answer and the sentence in it."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Open:
    """One stream."""

    __slots__ = ("is_over", "place", "told_at", "topics", "viewer", "wire", "woken")

    def __init__(self, viewer: Viewer, place: int, wire: Wire) -> None:
        self.viewer = viewer
        self.place = place
        self.wire = wire
        self.topics: set[UUID] = set()
        self.woken = asyncio.Event()
        self.is_over = False
        self.told_at = time.monotonic()

    def tell(self, topics: Collection[UUID]) -> None:
        """Something they watch changed."""
        self.topics |= self.viewer.topics.intersection(topics)
        self.woken.set()

    def end(self) -> None:
        """Nothing more is told."""
        self.topics.clear()
        self.is_over = True
        self.woken.set()

    def take(self, stamp: str) -> bytes:
        """What is to be said now: what changed, or only that the stream still runs. The stamp says how far it goes."""
        event, names = ("changed", self.topics) if self.topics else ("here", {"yes"})
        said = f"id: {stamp}\nevent: {event}\ndata: {' '.join(map(str, names))}\n\n".encode()
        self.topics = set()
        self.told_at = time.monotonic()
        self.woken.clear()
        return said


class Streams:
    """All streams of this process."""

    def __init__(self) -> None:
        self._open: set[Open] = set()
        self._by_topic: dict[UUID, set[Open]] = defaultdict(set)
        self._knocking: list[tuple[Viewer, asyncio.Future[Open]]] = []
        self._left: list[Open] = []
        self._runs: asyncio.Task[None] | None = None
        self._is_ending = False
        self._moment, self._stamp = Moment("", timezone.now()), ""
        self._told_at = self._asked_at = 0.0

    async def go_on(self, response: Stream, receive: Receive, send: Send) -> None:
        """Go on with a stream that was begun at the door, until either side ends it."""
        try:
            stream = await self._come_in(response.viewer)
        except Turned as turned:
            return await _turn_away(response, turned, send)
        gone = asyncio.ensure_future(_until_gone(receive, stream))
        try:
            await send(_start(response, 200))
            stream.woken.set()
            await send(_body(b"retry: %d\n\n" % random.randint(*_COMES_BACK)))  # noqa: S311 - only to spread them
            await self._tell(stream, send)
        finally:
            self._leave(stream)
            gone.cancel()
        return None

    async def _tell(self, stream: Open, send: Send) -> None:
        with suppress(TimeoutError):
            while not stream.is_over:
                await stream.woken.wait()
                async with asyncio.timeout(_SLOW):
                    await send(
                        _body(b"" if stream.is_over else stream.take(self._stamp), more=not stream.is_over)
                    )

    async def _come_in(self, viewer: Viewer) -> Open:
        if self._is_ending:
            raise Turned(503, _AWAY)
        if len(self._open) + len(self._knocking) >= MOST:
            raise Turned(503, _CROWDED)
        if self._runs is None:
            self._runs = asyncio.ensure_future(self._run())
            before_the_server_ends(self._end)
        answer: asyncio.Future[Open] = asyncio.get_running_loop().create_future()
        self._knocking.append((viewer, answer))
        return await answer

    def _leave(self, stream: Open) -> None:
        stream.end()
        self._left.append(stream)
        self._open.discard(stream)
        for topic in stream.viewer.topics:
            watchers = self._by_topic[topic]
            watchers.discard(stream)
            if not watchers:
                del self._by_topic[topic]

    async def _run(self) -> None:
        """Hear, ask and tell for as long as the connection holds; then every stream ends, and the next begins anew."""
        try:
            async with Wire.open() as wire:
                self._moment, _ = await wire.changes("", now=timezone.now())
                while True:
                    await asyncio.wait_for(self._once(wire), _PATIENCE)
        except (psycopg.Error, OSError, TimeoutError) as trouble:
            log.warning("pages are not kept live for the moment: %s", type(trouble).__name__)
        finally:
            self._runs = None
            self._end_all()

    async def _once(self, wire: Wire) -> None:
        is_news = await wire.hears(_HEARS)
        now = time.monotonic()
        while self._left:
            left = self._left.pop()
            if left.wire is not wire:  # its place was given back when that connection ended
                continue
            await wire.give_back(left.viewer.person, left.place)
        if self._knocking:
            await self._hand_out(wire)
            await self._let_in(wire)
        elif is_news:
            await asyncio.sleep(max(0.0, self._told_at + _PAUSE - now))
            await self._hand_out(wire)
        if now >= self._asked_at + _ASKS_EVERY:
            await self._ask_about_all(wire)

    async def _hand_out(self, wire: Wire) -> None:
        """Tell everybody who watches it what changed since the last time."""
        moment, topics = await wire.changes(self._moment.snapshot, now=timezone.now())
        concerned = set[Open]().union(*(self._by_topic.get(one, ()) for one in topics))
        await self._end_those_who_may_not(wire, concerned)
        # From here to the end nothing waits: what a stamp says was told is what each stream was given.
        self._moment, self._stamp, self._told_at = moment, moment.sealed(), time.monotonic()
        for stream in concerned:
            if not stream.is_over:
                stream.tell(topics)

    async def _ask_about_all(self, wire: Wire) -> None:
        self._asked_at = time.monotonic()
        await self._hand_out(wire)
        await self._end_those_who_may_not(wire, self._open)
        for stream in self._open:
            if stream.told_at + _BEAT <= self._asked_at:
                stream.woken.set()

    async def _end_those_who_may_not(self, wire: Wire, streams: Collection[Open]) -> None:
        """The door and the walls are asked about all of these at once."""
        if not streams:
            return
        asked = list(streams)
        standing = await wire.still_in({one.viewer.session for one in asked}, now=timezone.now())
        looks = [(one, circle) for one in asked for circle in one.viewer.circles]
        opens = await wire.still_open([(*one.viewer.standing[:2], circle) for one, circle in looks])
        shut = {one for (one, _), is_open in zip(looks, opens, strict=True) if not is_open}
        for one in asked:
            if one in shut or (one.viewer.session, *one.viewer.standing) not in standing:
                one.end()

    async def _let_in(self, wire: Wire) -> None:
        """Those who knock: each is told first what changed since the page was shown, or since they were here."""
        knocking, self._knocking = self._knocking, []
        come: list[tuple[Open, asyncio.Future[Open]]] = []
        for viewer, answer in knocking:
            here = (*self._open, *(new for new, _ in come))
            held = [one.place for one in here if one.viewer.person == viewer.person]
            place = await wire.take_place(viewer.person, held=held)
            if place is not None:
                come.append((Open(viewer, place, wire), answer))
            elif not answer.done():
                answer.set_exception(Turned(429, _FULL))
        await self._end_those_who_may_not(wire, [new for new, _ in come])
        missed = await wire.missed(
            [new.viewer.since.snapshot or self._moment.snapshot for new, _ in come], until=self._moment
        )
        for (new, answer), topics in zip(come, missed, strict=True):
            self._begin(new, answer, topics)

    def _begin(self, new: Open, answer: "asyncio.Future[Open]", missed: set[UUID] | None) -> None:
        if new.is_over or answer.done():
            self._left.append(new)
            if not answer.done():
                answer.set_exception(Turned(403, _NOT_YOU))
            return
        since = new.viewer.since
        is_long_ago = not since.snapshot or since.at < timezone.now() - KEPT_FOR
        topics = new.viewer.topics if missed is None or is_long_ago else missed & new.viewer.topics
        if topics:
            new.tell(topics)
        self._open.add(new)
        for topic in new.viewer.topics:
            self._by_topic[topic].add(new)
        answer.set_result(new)

    def _end(self) -> None:
        """The server was told to end: it waits for its answers, and a stream has no end of its own."""
        self._is_ending = True
        self._end_all()

    def _end_all(self) -> None:
        for stream in self._open:
            stream.end()
        knocking, self._knocking = self._knocking, []
        for _, answer in knocking:
            if not answer.done():
                answer.set_exception(Turned(503, _AWAY))


async def _until_gone(receive: Receive, stream: Open) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.end()


def _start(response: Stream, status: int) -> dict[str, Any]:
    headers = [
        (name.lower().encode(), value.encode())
        for name, value in response.items()
        if name != "Content-Length"
    ]
    return {"type": "http.response.start", "status": status, "headers": headers}


def _body(said: bytes, *, more: bool = True) -> dict[str, Any]:
    return {"type": "http.response.body", "body": said, "more_body": more}


async def _turn_away(response: Stream, turned: Turned, send: Send) -> None:
    response["Content-Type"] = "text/plain; charset=utf-8"
    await send(_start(response, turned.status))
    await send(_body(str(turned).encode(), more=False))
