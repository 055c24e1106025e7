"""Many pages ask for one figure at once: the door is asked about each, one goes in, nobody hears what was before."""

import asyncio
import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from breakwater.referrals.testing import a_program
from breakwater.resources.actions.counting import Count, count_room
from breakwater.server.handler import OneThread
from breakwater.trust.access import acting
from breakwater.trust.door import as_what_they_come
from breakwater.trust.models import Agency, Session, User
from breakwater.trust.testing import an_actor, an_agency
from breakwater.trust.tests.browsing import browser_of


@pytest.fixture
def house(own_database):
    """The address of a figure, and a way to tell it."""
    with transaction.atomic():
        keeper = an_actor("partner", agency=an_agency(name="Lantern", kind="shelter"), now=timezone.now())
        program = a_program(keeper=keeper.agency, at=timezone.now())

    def tells(free):
        with acting(keeper):
            count_room(program, Count(accepting=free), at=timezone.now(), by=keeper)

    tells(3)
    return reverse("referrals:figure", args=[program.pk]), tells


@pytest.fixture
def somebody(own_database):
    """The session of somebody at work."""

    def made(**facts):
        with transaction.atomic():
            actor = an_actor(now=timezone.now(), **facts)
        return browser_of(actor).session.session_key

    return made


class Crowd:
    """Requests to a handler whose real answers are counted; the first one waits until it is let go on."""

    def __init__(self, path):
        connection.close()  # what made the story holds one of the few that there are for those who answer
        self.path, self.asked, self.goes_on = path, 0, threading.Event()
        self.handler = OneThread()
        self._answers, self.handler._sharing._answer = self.handler._answer, self.counted
        self.long_way = []
        self.handler._answer = self.alone

    def counted(self, scope, body):
        self.asked += 1
        assert self.goes_on.wait(20)
        return self._answers(scope, body)

    def alone(self, scope, body):
        self.long_way.append(scope)
        return self._answers(scope, body)

    async def ask(self, session, *, by_itself=True):
        """The status and the words of one answer."""
        cookie = f"{settings.SESSION_COOKIE_NAME}={session}".encode()
        headers = [(b"host", b"testserver"), (b"cookie", cookie)] + [(b"x-by-itself", b"1")] * by_itself
        scope = {"type": "http", "method": "GET", "path": self.path, "query_string": b"", "headers": headers}
        sent = []

        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message):
            sent.append(message)

        await self.handler(scope, receive, send)
        return sent[0]["status"], b"".join(one.get("body", b"") for one in sent[1:]).decode()

    async def first(self, session):
        """Somebody whose answer is being made."""
        begun = asyncio.ensure_future(self.ask(session))
        while not self.asked:
            await asyncio.sleep(0.01)
        return begun


def test_colleagues_share_one_answer_and_it_is_no_older_than_what_they_asked(house, somebody):
    path, tells = house
    agency = an_agency()
    ours, theirs = [somebody(agency=agency) for _ in range(4)], somebody()
    crowd = Crowd(path)

    async def story():
        early = await crowd.first(ours[0])
        late = [asyncio.ensure_future(crowd.ask(one)) for one in (*ours, theirs)]
        await asyncio.to_thread(tells, 5)
        crowd.goes_on.set()
        return await early, await asyncio.gather(*late)

    _, late = asyncio.run(story())
    assert {status for status, _ in late} == {200}
    assert all("5 accepting" in words for _, words in late), "who asked after the tap is shown it"
    assert (crowd.asked, crowd.long_way) == (3, []), "one for the first, one for each agency"


def test_whoever_would_not_come_in_goes_the_long_way_and_is_turned_away(house, somebody):
    path, _ = house
    agency = an_agency()
    ours, idle, confined = somebody(agency=agency), somebody(agency=agency), somebody(agency=agency)
    since = timezone.now() - timedelta(hours=9)
    Session.objects.filter(session_key=idle).update(seen_at=since)
    Session.objects.filter(session_key=confined).update(
        confined_to=uuid4(), confined_until=timezone.now() + timedelta(hours=1)
    )
    crowd = Crowd(path)

    async def story():
        early = await crowd.first(ours)
        late = [asyncio.ensure_future(crowd.ask(one)) for one in (ours, idle, confined, "nobody")]
        await asyncio.sleep(0)
        crowd.goes_on.set()
        return await early, await asyncio.gather(*late)

    (status, _), late = asyncio.run(story())
    assert [status, *(one for one, _ in late)] == [200, 200, 302, 404, 302]
    assert len(crowd.long_way) == 3
    assert not any("accepting" in words for _, words in late[1:])


def test_what_was_not_asked_by_a_page_itself_is_never_shared(house, somebody):
    path, _ = house
    ours = somebody()
    crowd = Crowd(path)
    crowd.goes_on.set()
    assert asyncio.run(crowd.ask(ours, by_itself=False))[0] == 200
    assert asyncio.run(crowd.ask(""))[0] == 302
    assert (crowd.asked, len(crowd.long_way)) == (0, 2)


def test_roles_are_told_apart_at_the_door(somebody, own_database):
    agency = an_agency()
    ada, bo, cy = (
        somebody(agency=agency),
        somebody(agency=agency),
        somebody(agency=agency, role="administrator"),
    )
    found = as_what_they_come({ada, bo, cy, "nobody"}, now=timezone.now())
    assert found.keys() == {ada, bo, cy}
    assert found[ada] == found[bo] != found[cy]


def test_an_answer_that_could_not_be_made_together_is_asked_for_by_each(house, somebody):
    path, _ = house
    agency = an_agency()
    crowd = Crowd(path)

    def breaks(together):
        raise RuntimeError("for the test")

    crowd.handler._sharing._answers = breaks
    status, words = asyncio.run(crowd.ask(somebody(agency=agency)))
    assert (status, "3 accepting" in words) == (200, True)
    assert len(crowd.long_way) == 1


def test_nobody_is_given_an_answer_in_a_language_that_they_do_not_read(somebody):
    """One chose theirs, one reads as their agency does."""
    agency = an_agency()
    ada, bo, cy = (somebody(agency=agency) for _ in range(3))
    User.objects.filter(sessions__session_key=bo).update(language="es")
    found = as_what_they_come({ada, bo, cy}, now=timezone.now())
    assert found[ada] == found[cy] != found[bo]
    Agency.objects.filter(pk=agency.pk).update(language="es")
    assert len(set(as_what_they_come({ada, bo, cy}, now=timezone.now()).values())) == 1
