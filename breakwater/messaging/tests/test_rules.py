"""May a notice go? A hundred thousand times at random, against what somebody says who looks at a clock on the wall."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from breakwater.messaging.library import LIBRARY
from breakwater.messaging.rules.hours import is_within, next_within
from breakwater.messaging.rules.sending import Quiet, Reach, back_off, to_person, to_worker

ZONES = [
    ZoneInfo(name)
    for name in ("America/New_York", "America/Phoenix", "Pacific/Apia", "Europe/London", "Asia/Kathmandu")
]
START = datetime(2026, 1, 1, tzinfo=UTC)
CHANGES = [
    datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2026, 3, 29, 1, tzinfo=UTC),
]
"""When clocks are put forward or back in some of them."""
LANGUAGES = frozenset({"en", "es"})
TIMES = 100_000


def a_moment(draw: Random) -> datetime:
    if draw.random() < 0.4:
        return draw.choice(CHANGES) + timedelta(minutes=draw.randint(-180, 180))
    return START + timedelta(minutes=draw.randrange(525_600))


def a_reach(draw: Random) -> Reach:
    is_mostly = draw.random() < 0.7
    clock = [time(draw.randrange(24), draw.choice((0, 15, 30, 45))) for _ in range(2)]
    return Reach(
        kind=draw.choice(("phone", "phone", "email", "address")),
        safety="safe" if is_mostly else draw.choice(("safe", "ask_first", "unsafe")),
        has_ended=draw.random() < 0.1, is_unsafe_elsewhere=draw.random() < 0.1,
        channels=frozenset(draw.sample(("sms", "email"), draw.choice((1, 1, 2)))),
        opens=clock[0], closes=clock[draw.choice((0, 1, 1, 1))], zone=draw.choice(ZONES),
        language=draw.choice(("en", "es", "es", "vi")), agreed_from=START + timedelta(days=draw.randrange(30)),
        agreed_until=draw.choice((None, date(2026, draw.randint(1, 12), 28))),
    )  # fmt: skip


def minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def nothing_speaks_against(reach: Reach, channel: str, at: datetime) -> bool:
    """The same, said another way: by the day and the minutes that stand on the wall."""
    wall = (at + at.astimezone(reach.zone).utcoffset()).replace(tzinfo=None)
    opens, closes, now = minutes(reach.opens), minutes(reach.closes), wall.hour * 60 + wall.minute
    is_open = opens == closes or (now - opens) % 1440 < (closes - opens) % 1440
    lasts = reach.agreed_until is None or wall.date() <= reach.agreed_until
    fits = (channel, reach.kind) in (("sms", "phone"), ("email", "email")) and channel in reach.channels
    is_safe = reach.safety == "safe" and not reach.has_ended and not reach.is_unsafe_elsewhere
    return is_safe and fits and is_open and lasts and at >= reach.agreed_from and reach.language in LANGUAGES


def test_of_a_hundred_thousand_notices_none_goes_that_may_not():
    draw, came_to = Random(31), Counter()
    for _ in range(TIMES):
        reach, channel, at = a_reach(draw), draw.choice(("sms", "email")), a_moment(draw)
        expires_at = at + timedelta(minutes=draw.randint(-30, 3000))
        verdict = to_person(reach, channel, at=at, expires_at=expires_at, languages=LANGUAGES)
        came_to[verdict.act] += 1
        may = nothing_speaks_against(reach, channel, at) and at < expires_at
        assert (verdict.act == "send") == may, (reach, channel, at)
        if verdict.act == "wait":
            assert at < verdict.until < expires_at
            later = verdict.until
            opens_then = Reach(**(vars(reach) | {"agreed_until": None}))
            assert nothing_speaks_against(opens_then, channel, later), (reach, at, later)
    assert min(came_to[act] for act in ("send", "wait", "drop")) > TIMES / 200, came_to


def test_without_a_rule_nothing_goes():
    at = datetime(2026, 3, 10, 12, tzinfo=UTC)
    asked = {"at": at, "expires_at": at + timedelta(hours=1)}
    assert to_person(None, "sms", languages=LANGUAGES, **asked).why == "no_rule"
    assert to_worker(None, is_urgent=True, **asked).why == "ended"


@pytest.mark.parametrize(
    ("wall", "opens", "closes", "is_open"),
    [
        ("2026-03-08T01:59", time(2), time(3), False),
        ("2026-03-08T03:00", time(2), time(3), False),
        ("2026-11-01T01:30", time(1), time(2), True),
        ("2026-03-10T23:30", time(22), time(6), True),
        ("2026-03-10T06:00", time(22), time(6), False),
        ("2026-03-10T03:00", time(4), time(4), True),
    ],
)
def test_hours_are_those_on_the_wall(wall, opens, closes, is_open):
    zone = ZoneInfo("America/New_York")
    moments = [datetime.fromisoformat(wall).replace(tzinfo=zone, fold=fold) for fold in (0, 1)]
    assert {is_within(at, opens, closes, zone) for at in moments} == {is_open}


def test_hours_that_do_not_come_on_one_day_come_on_the_next():
    zone = ZoneInfo("America/New_York")
    at = datetime(2026, 3, 8, 1, tzinfo=zone)
    assert next_within(at, time(2, 15), time(2, 45), zone) == datetime(2026, 3, 9, 2, 15, tzinfo=zone)


def test_quiet_hours_of_a_worker_let_only_through_what_they_said():
    night = datetime(2026, 3, 10, 2, tzinfo=ZoneInfo("America/New_York"))
    for is_urgent in (True, False):
        for comes in (True, False):
            quiet = Quiet(
                starts=time(20), ends=time(8), zone=ZoneInfo("America/New_York"), urgent_comes=comes
            )
            verdict = to_worker(quiet, is_urgent=is_urgent, at=night, expires_at=night + timedelta(days=1))
            assert verdict.act == ("send" if is_urgent and comes else "wait")
            assert verdict.until in (None, night.replace(hour=8))


def test_tries_lie_further_and_further_apart():
    waits = [back_off(one) for one in range(1, 12)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(minutes=1), timedelta(hours=1))


GOLDEN = {
    ("message", "en"): ("A note is waiting", "A note is waiting. Sign in to read it."),
    ("urgent", "en"): ("A note waits for an answer", "A note waits for an answer. Sign in to read it."),
    ("request", "en"): ("Something is waiting", "Something is waiting for an answer. Sign in to see it."),
    ("house", "en"): ("Something has changed", "Something has changed. Sign in to see it."),
    ("ride", "en"): ("Something has changed", "Something has changed. Sign in to see it."),
    ("change", "en"): ("Something has changed", "Something has changed. Sign in to see it."),
    ("clock", "en"): ("Something is late", "Something is late. Sign in to see it."),
    ("soon", "en"): ("Something is due soon", "Something is due soon. Sign in to see it."),
    ("desk", "en"): ("Something on a desk is late", "Something on a desk is late. Sign in to see it."),
    ("desk_soon", "en"): (
        "Something on a desk is due soon",
        "Something on a desk is due soon. Sign in to see it.",
    ),
    ("undelivered", "en"): (
        "A note did not arrive",
        "A note that you sent did not arrive. Sign in to see it.",
    ),
    ("answer", "en"): ("An answer is waiting", "An answer is waiting. Sign in to read it."),
    ("call", "en"): ("A note for you", "Please call when you can. To stop these notes, answer STOP."),
    ("call", "es"): (
        "Una nota para usted",
        "Por favor llame cuando pueda. Para no recibir más notas, responda ALTO.",
    ),
    ("reminder", "en"): (
        "A note for you",
        "A reminder: you have something planned soon. To stop these notes, answer STOP.",
    ),
    ("reminder", "es"): (
        "Una nota para usted",
        "Un recordatorio: tiene algo planeado pronto. Para no recibir más notas, responda ALTO.",
    ),
}


def test_what_a_notice_says_in_every_language_to_the_letter():
    kinds = LIBRARY.workers | LIBRARY.people
    said = {
        (code, language): (words.subject, words.text)
        for code, kind in kinds.items()
        for language, words in kind.says.items()
    }
    assert said == GOLDEN


@pytest.mark.parametrize(
    "word",
    ["crisis", "shelter", "harbor", "breakwater", "agency", "case", "violence", "refugio", "caso", "http"],
)
def test_no_notice_says_where_it_comes_from(word):
    assert not any(word in f"{subject} {text}".casefold() for subject, text in GOLDEN.values())
