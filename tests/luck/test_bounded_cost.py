"""A field that was written to be slow to read is read as quickly as any other, and no text takes much room."""

import time
import tracemalloc
from contextlib import suppress

import pytest

from breakwater.formats.hsds import flat, values
from tests.luck.test_every_pattern import HEAVY, HEAVY_TEXTS, TRIES, filters

SHORT, LONG = 20_000, 40_000
MOST_GROWTH, NEGLIGIBLE, LONGEST = 3, 0.01, 1
"""Twice the text may take three times as long, unless it takes next to nothing; and never a second."""

MOST_ROOM = 50_000_000
"""So many bytes at most while a hundred thousand signs are read."""


def took(read, text):
    """The best time of five, on the processor alone."""
    times = []
    for _ in range(5):
        began = time.process_time()
        read(text)
        times.append(time.process_time() - began)
    return min(times)


def grows_little(read, short, long):
    """Whether twice the text takes about twice as long, and not for ever."""
    first, second = took(read, short), took(read, long)
    return second < LONGEST and (second < NEGLIGIBLE or second < MOST_GROWTH * first)


@pytest.mark.parametrize(
    ("read", "before", "pump", "after"),
    [
        (values._EXTENSION.search, "", " ", "!"),
        (values._EXTENSION.search, "555 x", " ", "!"),
        (values._NUMBER.fullmatch, "", "1", "!"),
        (values._EMAIL.fullmatch, "a@", "a", "!"),
        (values._EMAIL.fullmatch, "a@", "a.", "!"),
        (values._HOST.fullmatch, "", "a-", "!"),
        (values.several, "", ",", ""),
        (values.several, "", "a,", ")"),
        (values.several, "", "(,", ""),
        (flat._ADDRESS.fullmatch, "a,", " ", ""),
        (flat._ADDRESS.fullmatch, "", "a, ", "!"),
        (flat._CITY.fullmatch, "a,", " ", "!"),
    ],
)
def test_twice_the_text_takes_about_twice_as_long(read, before, pump, after):
    short, long = (before + pump * (size // len(pump)) + after for size in (SHORT, LONG))
    assert any(grows_little(read, short, long) for _ in range(TRIES))


def test_what_they_read_they_still_read():
    assert values._EXTENSION.search("212-555-0142 , ext.: 12 ")[1] == "12"
    assert values._EXTENSION.search("212-555-0142x7").start() == 12
    assert values._NUMBER.fullmatch("-1.e5")
    assert values._NUMBER.fullmatch(".5")
    languages = "Thai", "Lao", "Sign (ASL, LSM)", "c(d"
    assert values.several(" Thai; Lao|Thai,, Sign (ASL, LSM), c(d") == languages
    found = flat._ADDRESS.fullmatch("1 Pier St, Floor 2,  Dayton, OH 45402")
    assert (found["lines"], found["city"], found["zip"]) == ("1 Pier St, Floor 2", "Dayton", "45402")


@pytest.mark.parametrize(("name", "read"), filters())
def test_a_hundred_thousand_signs_take_little_room(name, read):
    most = {}
    for pump in HEAVY_TEXTS[::5]:  # following each piece of memory takes its time
        text = pump * (HEAVY // len(pump))
        tracemalloc.start()
        with suppress(Exception):  # that it cannot be read may be said
            read(text)
        _, most[pump] = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert {pump: room for pump, room in most.items() if room > MOST_ROOM} == {}
