"""Many pages listen to one real server: each hears once of what it may hear of, and not a second longer than it may."""

import asyncio
import os
import re
import subprocess
import time
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import psutil
import psycopg
import pytest
from django.db import transaction
from django.utils import timezone

from breakwater.cases.testing import a_case
from breakwater.referrals.testing import a_program
from breakwater.resources.actions.counting import Count, count_room
from breakwater.resources.events import RoomTold
from breakwater.server import streams
from breakwater.server.home import SETTINGS, web_command
from breakwater.server.processes import end_group
from breakwater.server.supervisor import wait_for_port
from breakwater.server.wire import PLACES, Wire
from breakwater.trust import waking
from breakwater.trust.access import acting, system_for
from breakwater.trust.actions.agencies import dismiss, move
from breakwater.trust.actions.consents import take_consent, withdraw_consent
from breakwater.trust.actions.glass import Emergency, break_glass
from breakwater.trust.actions.standing import let_out
from breakwater.trust.actions.suspensions import suspend
from breakwater.trust.capabilities import Role
from breakwater.trust.journal import record
from breakwater.trust.live import CHANNEL, listed, topic_of
from breakwater.trust.models import Session
from breakwater.trust.testing import a_guest, a_release, an_actor, an_agency
from breakwater.trust.tests.browsing import browser_of
from conftest import a_free_port, superuser_of
from tests.luck.listening import Listener

PEOPLE, EACH = 16, 5
TOO_MANY = 429
ROOM, NOW = "/referrals/room/", "/"
_WHY = {
    "reason": "life_threat",
    "words": "She stands on the bridge and says nothing.",
    "lasts": timedelta(hours=1),
}
_SAID = re.compile(rb"(retry: \d+|id: [\w=-]+|event: (here|changed)|data: (yes|[0-9a-f -]+)|[0-9a-f]+|\s)*")
"""All that a stream may ever say: opaque names, how far it was told under seal, and the lengths of its pieces."""


@pytest.fixture
def somebody(own_database):
    """People of one agency, each with a session."""

    def made(**facts):
        with transaction.atomic():
            actor = an_actor(now=timezone.now(), **facts)
        return actor, browser_of(actor).session.session_key

    return made


@pytest.fixture
def shelter(own_database):
    """A program of another agency, and a way to tell its room."""
    with transaction.atomic():
        keeper = an_actor("partner", agency=an_agency(name="Lantern", kind="shelter"), now=timezone.now())
        program = a_program(keeper=keeper.agency, at=timezone.now())

    def tells(free):
        with acting(keeper):
            count_room(program, Count(accepting=free), at=timezone.now(), by=keeper)

    return program, tells


def by(actor, act, *args, **told):
    """Somebody does something, when it is called."""

    def do():
        with acting(actor):
            act(*args, **told, at=timezone.now(), by=actor)

    return do


@pytest.fixture
def colleagues(somebody):
    """People of one agency whose leave to come in ends, each in another way; and one who stays."""
    chief, _ = somebody(role=Role.ADMINISTRATOR)
    ways = ("signs out", "is moved", "is dismissed", "sits idle", "stays")
    people = {way: somebody(agency=chief.agency) for way in ways}
    place = {way: actor.user.appointments.get() for way, (actor, _) in people.items()}
    key = {way: session for way, (_, session) in people.items()}
    idle_since = timezone.now() - timedelta(hours=9)

    def session(way):
        return Session.objects.filter(session_key=key[way])

    ends = {
        "signs out": lambda: session("signs out").delete(),
        "is moved": by(chief, move, place["is moved"], role=Role.INTAKE_WORKER, unit=None),
        "is dismissed": by(chief, dismiss, place["is dismissed"]),
        "sits idle": lambda: session("sits idle").update(seen_at=idle_since),
    }
    return key["stays"], {way: (key[way], NOW, end) for way, end in ends.items()}


@pytest.fixture
def endings(own_database, somebody, colleagues):
    """Those whose leave ends while they look, and those who look on: sessions, their pages, and how it ends."""
    stays, ends = colleagues
    stopped, asked, guest = (somebody() for _ in range(3))
    broke, expired = (somebody(role=Role.RESPONDER) for _ in range(2))
    with acting(asked[0]) as ada:
        case = a_case(by=ada, at=ada.now)
        release = a_release(guest[0].agency, ends=(ada.now + timedelta(30)).date())
        consent = take_consent(release, circle=case.circle, at=ada.now, by=ada)
    boss, helper = somebody(agency=asked[0].agency, role=Role.SUPERVISOR)[0], somebody()
    with acting(boss):
        a_guest(case.circle, agency=helper[0].agency, at=boss.now, by=boss)
    page = f"/case/{case.pk}/"
    for actor, _ in (broke, expired):
        with acting(actor):
            break_glass([case.circle_id], Emergency(**_WHY), at=actor.now, by=actor)

    def stop():
        with acting(system_for(stopped[0].agency, now=timezone.now())) as itself:
            suspend(reason="A laptop was stolen.", looked_after_by=None, at=timezone.now(), by=itself)

    return [(stays, NOW), (asked[1], page), (broke[1], page)], ends | {
        "agency is stopped": (stopped[1], NOW, stop),
        "consent is taken back": (guest[1], page, by(asked[0], withdraw_consent, consent, words="No more.")),
        "they are let out": (helper[1], page, by(boss, let_out, case.circle, agency=helper[0].agency)),
        "glass is over": (expired[1], page, lambda: time_runs_out(own_database, expired[0])),
    }


def time_runs_out(url, actor):
    """The hour of an emergency is over."""
    with psycopg.connect(superuser_of(url)) as root:
        root.execute("UPDATE trust_grant SET ends_at = now() WHERE only_for_id = %s", (actor.user_id,))


def connections_to(url):
    """How many connections of each kind this database has, and how many of them do anything."""
    asked = """
        SELECT application_name, count(*), count(*) FILTER (WHERE state <> 'idle') FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() GROUP BY application_name"""
    with psycopg.connect(superuser_of(url)) as admin:
        return {name: (many, busy) for name, many, busy in admin.execute(asked)}


def nobody_asks(url):
    """Whether neither those who serve pages nor those who serve streams are at work in a database."""
    found = connections_to(url)
    return found["breakwater live"][1] == found["breakwater"][1] == 0


async def until(is_so, seconds=60):
    stop_at = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < stop_at, "waited in vain"
        await asyncio.sleep(0.02)


def test_each_of_many_hears_once_through_cuts_and_none_holds_a_connection(
    server, own_database, somebody, shelter
):
    program, tells = shelter
    agency = an_agency()
    sessions = [somebody(agency=agency)[1] for _ in range(PEOPLE)]
    name = str(topic_of(listed(program.pk)))
    slow = psycopg.connect(own_database)

    async def story():
        first = await (await Listener(server, sessions[0]).look(ROOM)).listen()
        looked = [first, *[await Listener(server, key).look(ROOM) for key in sessions[1:]]]
        pages = [*looked[1:], *(one.beside() for one in looked for _ in range(EACH - 1))]
        await asyncio.gather(*(page.listen() for page in pages))
        pages.append(first)
        assert connections_to(own_database)["breakwater live"][0] == 1
        await until(lambda: nobody_asks(own_database))  # a stream holds no connection

        # Written first and committed last: a number would have been passed by, and never told.
        slow.execute("INSERT INTO trust_change (topics) VALUES (%s)", ([topic_of(listed(program.pk))],))
        await asyncio.to_thread(tells, 3)
        await until(lambda: all(page.heard[name] == 1 for page in pages))
        cut = pages[::2]
        for page in cut:
            page.cut()
        await asyncio.to_thread(slow.commit)
        await until(lambda: all(page.heard[name] == 2 for page in pages if page not in cut))
        await asyncio.gather(*(page.listen() for page in cut))
        await until(lambda: all(page.heard[name] == 2 for page in pages))
        await asyncio.to_thread(tells, 4)
        await until(lambda: all(page.heard[name] >= 3 for page in pages))
        return pages

    pages = asyncio.run(story())
    assert {page.heard[name] for page in pages} == {3}, "once each, and no more"
    assert {name for page in pages for name in page.heard} == {name}
    assert all(_SAID.fullmatch(page.raw) for page in pages)
    assert not any(str(program.pk).encode() in page.raw for page in pages), "not even the id of what changed"


def test_no_stream_outlives_the_leave_to_look_by_five_seconds(server, own_database, somebody, endings):
    stays, ends = endings

    async def story():
        still = [await (await Listener(server, key).look(where)).listen() for key, where in stays]
        over = {
            name: await (await Listener(server, key).look(where)).listen()
            for name, (key, where, _) in ends.items()
        }
        ended = {}
        for name, (_, _, end) in ends.items():
            await asyncio.to_thread(end)
            ended[name] = time.monotonic()
        await asyncio.gather(*(page.until_it_ends(seconds=60) for page in over.values()))
        took = {name: page.ended_at - ended[name] for name, page in over.items()}
        return took, [page.ended_at for page in still]

    took, still = asyncio.run(story())
    assert streams._HEARS + streams._PAUSE + streams._ASKS_EVERY + streams._PATIENCE < 5
    assert {name: seconds for name, seconds in took.items() if seconds > 30} == {}, (
        "on a machine that is busy"
    )
    assert set(still) == {0.0}, "others listen on"


def test_a_sixth_page_is_refused_in_words_and_a_word_opens_nothing_for_another(server, somebody):
    _, mine = somebody()
    _, theirs = somebody()

    async def story():
        pages = [await (await Listener(server, mine).look(NOW)).listen() for _ in range(PLACES + 1)]
        pages[0].cut()
        again = await Listener(server, mine).look(NOW)
        stolen = await Listener(server, theirs).look(NOW)
        stolen.address = again.address
        await stolen.listen()
        while (await again.listen()).status == TOO_MANY:  # the server hears of the cut when it next looks up
            pass
        return pages, again, stolen

    pages, again, stolen = asyncio.run(story())
    assert [page.status for page in pages] == [200] * PLACES + [TOO_MANY]
    assert b"no more can be" in pages[-1].raw
    assert again.status == 200, "the place of one that was cut is free again"
    assert stolen.status == 422


def test_two_processes_count_the_places_of_one_person_together(own_database):
    async def story():
        somebody, somebody_else = uuid4(), uuid4()
        async with Wire.open() as one:
            async with Wire.open() as other:
                taken = {one: list[int | None](), other: list[int | None]()}
                for process in (one, other, one, other, one, other):
                    taken[process].append(await process.take_place(somebody, held=taken[process]))
                free = await other.take_place(somebody_else, held=())
            again = None
            while again is None:  # PostgreSQL hears of an end when it next looks up
                again = await one.take_place(somebody, held=taken[one])
            return taken[one], taken[other], free, again

    ours, theirs, free, again = asyncio.run(story())
    assert (sorted([*ours, *theirs[:-1]]), theirs[-1], free) == ([*range(PLACES)], None, 0)
    assert again in theirs, "what a process held is free when it ends"


def test_two_processes_share_the_limit_a_kill_loses_nothing_and_the_end_waits_for_nobody(
    own_database, somebody, shelter, tmp_path
):
    program, tells = shelter
    _, key = somebody()
    name = str(topic_of(listed(program.pk)))

    async def story(address, server):
        pages = [await (await Listener(address, key).look(ROOM)).listen() for _ in range(PLACES + 1)]
        assert [page.status for page in pages] == [200] * PLACES + [TOO_MANY]
        psutil.Process(server.pid).children(recursive=True)[-1].kill()
        await asyncio.to_thread(tells, 3)
        for page in pages[:PLACES]:
            while not page.heard[name]:
                if page.ended_at:
                    await page.listen()
                await asyncio.sleep(0.05)
        server.terminate()
        await asyncio.gather(*(page.until_it_ends(seconds=30) for page in pages[:PLACES]))
        await asyncio.to_thread(server.wait, 30)
        return [page.heard[name] for page in pages[:PLACES]]

    with two_processes(own_database, tmp_path / "said") as (address, server):
        heard = asyncio.run(story(address, server))
    assert heard == [1] * PLACES
    assert "graceful shutdown exceeded" not in (tmp_path / "said").read_text(), "nobody was waited for"


@contextmanager
def two_processes(database, said):
    """The web server as it is started in real use. Its address, and the process that keeps the others.

    Args:
        said: the file that its words go to.
    """
    port = a_free_port()
    variables = os.environ | {"DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": SETTINGS}
    command = web_command(port)
    with said.open("wb") as log:
        server = subprocess.Popen(
            command, env=variables, stdin=subprocess.DEVNULL, stderr=log, start_new_session=True
        )
    try:
        assert wait_for_port(port, until=lambda: server.poll() is not None)
        yield f"http://localhost:{port}", server
    finally:
        end_group(server)


def test_whoever_listens_is_woken_after_the_commit_and_once_for_many_acts(own_database, monkeypatch):
    monkeypatch.setattr(waking, "_GATHERS", 0.5)
    with transaction.atomic():
        ada = an_actor(now=timezone.now())
    with psycopg.connect(own_database, autocommit=True) as listener:
        listener.execute(f"LISTEN {CHANNEL}")
        with acting(ada):
            tell_something(ada)
            assert list(listener.notifies(timeout=0.3)) == [], "nobody is told of what may be undone"
        assert list(listener.notifies(timeout=60, stop_after=1))
        for _ in range(50):
            with acting(ada):
                tell_something(ada)
        first = list(listener.notifies(timeout=60, stop_after=1))
        assert 0 < len(first) + len(list(listener.notifies(timeout=2))) < 50


def tell_something(by):
    record(RoomTold(program_id=None, capacity_id=uuid4(), free=2), by=by, at=by.now)
