"""Triage schemes: every code, every total, and what is refused: no database."""

import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from breakwater.cases import schemes
from breakwater.cases.schemes import SCHEMES, WrongTable, axis_total, load, scheme
from breakwater.clocks import library
from breakwater.clocks.sources import SOURCES

FOLDER = Path(schemes.__file__).parent / "schemes"
PROFILES = Path(library.__file__).parent / "profiles"
PLANS, PORTAL, BENEFITS, MESSAGING, ATTACHMENTS = (
    Path(library.__file__).parents[1] / app
    for app in ("plans", "portal", "benefits", "messaging", "attachments")
)
NEW_YORK = ZoneInfo("America/New_York")
ASKED = datetime(2026, 11, 23, 17, 40, tzinfo=NEW_YORK)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

# --- every code


@pytest.mark.parametrize(
    ("key", "letter", "response", "limit", "verified"),
    [
        ("uk-mhts-2015", "A", "visit", 15 * MINUTE, True),
        ("uk-mhts-2015", "B", "visit", 4 * HOUR, True),
        ("uk-mhts-2015", "C", "visit", 24 * HOUR, True),
        ("uk-mhts-2015", "D", "visit", 72 * HOUR, False),
        ("uk-mhts-2015", "E", "visit", 28 * DAY, False),
        ("uk-mhts-2015", "F", "refer", None, False),
        ("uk-mhts-2015", "G", "advice", None, False),
        ("vic-mhts-2010", "A", "visit", 15 * MINUTE, True),
        ("vic-mhts-2010", "B", "visit", 2 * HOUR, True),
        ("vic-mhts-2010", "C", "visit", 8 * HOUR, True),
        ("vic-mhts-2010", "D", "visit", 72 * HOUR, False),
        ("vic-mhts-2010", "E", "appointment", None, False),
        ("vic-mhts-2010", "F", "refer", None, False),
        ("vic-mhts-2010", "G", "advice", None, False),
        ("ctrs-1984", "3-9", "visit", 15 * MINUTE, True),
        ("ctrs-1984", "10", "visit", 2 * HOUR, True),
        ("ctrs-1984", "11", "visit", 12 * HOUR, True),
        ("ctrs-1984", "12-13", "visit", 48 * HOUR, True),
        ("ctrs-1984", "14-15", "visit", 14 * DAY, True),
    ],
)
def test_every_code_says_what_is_done_and_by_when(key, letter, response, limit, verified):
    code = scheme(key).code(letter)
    assert (code.response, code.limit, code.verified) == (response, limit, verified)
    assert code.due_at(ASKED) == (limit and ASKED.astimezone(UTC) + limit)


def test_at_once_is_at_once_and_its_alarm_needs_a_moment():
    for key, letter in (("uk-mhts-2015", "A"), ("vic-mhts-2010", "A"), ("ctrs-1984", "3-9")):
        code = scheme(key).code(letter)
        assert code.within == timedelta()
        assert code.limit == 15 * MINUTE


def test_the_same_letter_promises_other_times_elsewhere():
    assert scheme("uk-mhts-2015").code("B").limit == 2 * scheme("vic-mhts-2010").code("B").limit


@pytest.mark.parametrize("key", SCHEMES)
def test_the_less_urgent_a_code_the_longer_its_limit(key):
    visits = [one for one in scheme(key).codes if one.limit is not None]
    assert all(first.limit < second.limit for first, second in pairwise(visits))
    for first, second in pairwise(scheme(key).codes):
        assert first.urgency < second.urgency


def test_a_code_that_is_not_there_is_refused():
    with pytest.raises(LookupError, match="UK Mental Health Triage Scale has no code H"):
        scheme("uk-mhts-2015").code("H")
    with pytest.raises(LookupError, match="no triage scheme ctrs"):
        scheme("ctrs")


def test_only_a_scheme_read_to_its_last_limit_counts_as_verified():
    assert not scheme("uk-mhts-2015").verified
    assert not scheme("vic-mhts-2010").verified
    assert scheme("ctrs-1984").verified


# --- promises in plain words


@pytest.mark.parametrize(
    ("key", "letter", "said"),
    [
        ("uk-mhts-2015", "A", "emergency services go at once; someone is with them by 17:55"),
        ("uk-mhts-2015", "B", "someone is with them by 21:40"),
        ("uk-mhts-2015", "C", "someone speaks with them today and is with them by Tue 24 Nov 17:40"),
        ("uk-mhts-2015", "F", "they are put in touch with a service that can help"),
        ("uk-mhts-2015", "G", "they get advice or information now"),
        ("vic-mhts-2010", "B", "someone is with them by 19:40"),
        ("vic-mhts-2010", "E", "an appointment is agreed with them; the scale names no hour"),
        ("ctrs-1984", "3-9", "someone goes at once and is with them by 17:55"),
        ("ctrs-1984", "14-15", "someone is with them by Mon 7 Dec 17:40"),
    ],
)
def test_a_code_promises_in_plain_words(key, letter, said):
    assert scheme(key).promise(letter, asked_at=ASKED, now=ASKED, zone=NEW_YORK) == said


def test_a_promise_made_the_night_clocks_are_set_holds_its_hours():
    """Four hours after 22:30 on 7 March 2026 are 3:30 in New York."""
    asked = datetime(2026, 3, 7, 22, 30, tzinfo=NEW_YORK)
    said = scheme("uk-mhts-2015").promise("B", asked_at=asked, now=asked, zone=NEW_YORK)
    assert said == "someone is with them by Sun 8 Mar 03:30"


def test_no_word_of_a_scale_that_is_copyright_is_in_ours():
    for made in SCHEMES.values():
        for one in made.codes:
            words = f"{one.label} {one.mode} {one.promise}".lower()
            assert len(words) < 160
            assert not any(
                phrase in words for phrase in ("overdose", "psychosis", "delirium", "siege", "caller")
            )


# --- totals

CTRS = scheme("ctrs-1984")


@pytest.mark.parametrize(
    ("total", "code"),
    [
        *((total, "3-9") for total in range(3, 10)), (10, "10"), (11, "11"), (12, "12-13"), (13, "12-13"),
        (14, "14-15"), (15, "14-15"),
    ],
)  # fmt: skip
def test_every_total_has_one_code(total, code):
    assert CTRS.code_for_total(total).code == code


@pytest.mark.parametrize("total", [-1, 0, 2, 16, 99])
def test_a_total_outside_every_band_is_refused_and_never_clamped(total):
    with pytest.raises(ValueError, match=f"{total} is not a total"):
        CTRS.code_for_total(total)


def test_every_answer_adds_up_to_a_total_with_a_code():
    for values in product(range(1, 6), repeat=3):
        total = axis_total(CTRS, dict(zip(CTRS.axes, values, strict=True)))
        assert total == sum(values)
        assert CTRS.code_for_total(total).limit is not None


def test_three_threes_are_nine_and_at_the_cut():
    assert CTRS.code_for_total(axis_total(CTRS, dict.fromkeys(CTRS.axes, 3))).code == "3-9"


@pytest.mark.parametrize(
    "answers",
    [
        {"dangerousness": 0, "support": 3, "cooperation": 3},
        {"dangerousness": 6, "support": 3, "cooperation": 3},
        {"dangerousness": 3, "support": 3},
        {"dangerousness": 3, "support": 3, "cooperation": 3, "mood": 3},
        {"dangerousness": 3, "support": True, "cooperation": 3},
        {"dangerousness": 3, "support": 2.5, "cooperation": 3},
        {"dangerousness": 3, "support": "3", "cooperation": 3},
        {"dangerousness": 3, "support": None, "cooperation": 3},
        {},
    ],
)
def test_an_answer_outside_its_options_is_refused_and_never_clamped(answers):
    with pytest.raises(ValueError, match=r"is from 1 to 5|needs exactly"):
        axis_total(CTRS, answers)


# --- what is refused in a file

UK, AXES = ((FOLDER / f"{key}.toml").read_text(encoding="utf-8") for key in ("uk-mhts-2015", "ctrs-1984"))


def wrong(text: str, change: Callable[[str], str], folder: Path, name: str) -> str:
    """What is said of a scheme with one change."""
    changed = change(text)
    assert changed != text
    path = folder / name
    path.write_text(changed, encoding="utf-8")
    with pytest.raises(WrongTable) as refused:
        load(path)
    return str(refused.value)


WRONG = [
    ("a code twice", 'code = "B"', 'code = "A"', "uk-mhts-2015.toml: codes: a code stands twice"),
    ("a visit at no time", 'within = "PT4H"\n', "", "uk-mhts-2015.toml: codes[2].within: is missing"),
    (
        "a limit that is no length",
        '"PT4H"',
        '"soon"',
        "uk-mhts-2015.toml: codes[2].within: 'soon' is not a length",
    ),
    (
        "an unknown response",
        '"refer"',
        '"pray"',
        "uk-mhts-2015.toml: codes[6].response: is 'pray', not one of visit",
    ),
    (
        "a limit on advice",
        'response = "advice"',
        'response = "advice"\nwithin = "PT1H"',
        "uk-mhts-2015.toml: codes[7].within: is not a key",
    ),
    (
        "a promise that forgets when",
        "is with them by {due}",
        "is with them",
        "uk-mhts-2015.toml: codes[1].promise: says {due} once",
    ),
    (
        "a moment nobody promised",
        "get advice or information now",
        "get advice by {due}",
        "uk-mhts-2015.toml: codes[7].promise: says {due} once",
    ),
    ("another key", 'key = "uk-mhts-2015"', 'key = "mhts"', "uk-mhts-2015.toml: key: is not 'uk-mhts-2015'"),
    (
        "a source not in the list",
        'source = "uk-mhts-2015"',
        'source = "x"',
        "uk-mhts-2015.toml: source: is 'x'",
    ),
    ("at once in no time", '"PT15M"', '"PT0M"', "uk-mhts-2015.toml: at_once: 'PT0M' is no time at all"),
    (
        "totals without axes",
        'code = "A"',
        'code = "A"\ntotals = [3, 15]',
        "uk-mhts-2015.toml: codes: their totals",
    ),
    (
        "a misspelled key",
        'mode = "advice only"',
        'mod = "advice only"',
        "uk-mhts-2015.toml: codes[7].mode: is missing",
    ),
]


@pytest.mark.parametrize(("what", "before", "after", "said"), WRONG, ids=[one[0] for one in WRONG])
def test_a_wrong_scheme_is_named_by_file_and_key(what, before, after, said, tmp_path):
    assert said in wrong(UK, lambda text: text.replace(before, after, 1), tmp_path, "uk-mhts-2015.toml")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("totals = [10, 10]", "totals = [10, 11]", "codes: their totals leave a gap, overlap"),
        ("totals = [12, 13]", "totals = [12, 12]", "codes: their totals leave a gap, overlap"),
        ("totals = [14, 15]", "totals = [14, 16]", "codes: their totals leave a gap, overlap"),
        ("totals = [3, 9]", "totals = [9, 3]", "codes[1].totals: ends before it begins"),
        ("totals = [3, 9]", "totals = [3]", "codes[1].totals: is [3], not two whole numbers"),
        ('support = "Support"\n', "", "codes: their totals leave a gap, overlap"),
    ],
)
def test_bands_are_whole_and_do_not_overlap(before, after, said, tmp_path):
    assert said in wrong(AXES, lambda text: text.replace(before, after, 1), tmp_path, "ctrs-1984.toml")


# --- sources


def test_every_source_backs_a_number_and_every_number_has_a_source():
    used: set[str] = set()
    for path in (
        *FOLDER.glob("*.toml"),
        *PROFILES.glob("*.toml"),
        *PLANS.glob("*.toml"),
        *PORTAL.glob("*.toml"),
        *(BENEFITS / "programs").glob("*.toml"),
        *MESSAGING.glob("*.toml"),
        *ATTACHMENTS.glob("*.toml"),
    ):
        used |= named_in(tomllib.loads(path.read_text(encoding="utf-8")))
    assert used == set(SOURCES)


def named_in(values: Any) -> set[str]:
    """Every source that a file names, however deep."""
    if isinstance(values, list):
        return set().union(*(named_in(one) for one in values))
    if not isinstance(values, dict):
        return set()
    own = {value for key, value in values.items() if key == "source"}
    return own | set().union(*(named_in(value) for value in values.values()))
