"""The profiles, and what is refused in one: no database."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from breakwater.clocks import library, sources
from breakwater.clocks.library import DONE, IN_EVERY_PROFILE, LABELS, PROFILES, load, load_all, profile
from breakwater.clocks.rules import BUSINESS_DAYS, HOURS, LOCAL_DAYS, due_at
from breakwater.clocks.sources import SOURCES
from breakwater.kernel.tables import WrongTable, length

HERE = Path(library.__file__).parent
US = (HERE / "profiles" / "us.toml").read_text(encoding="utf-8")


# --- what is there


def test_an_agency_may_choose_one_of_two_jurisdictions():
    assert set(PROFILES) == {"us", "gb-eng"}
    assert profile("us").stamp == "us@2026-11"
    assert profile("us@2019-01") is profile("us")


@pytest.mark.parametrize("code", PROFILES)
def test_every_profile_has_every_clock_that_an_act_starts(code):
    assert set(IN_EVERY_PROFILE) <= set(profile(code).clocks)


def test_what_nobody_knows_is_a_lookup_error():
    with pytest.raises(LookupError, match="no profile atlantis"):
        profile("atlantis")
    with pytest.raises(LookupError, match="no clock tea_break"):
        profile("us").spec("tea_break")


def test_the_founding_promises_are_there():
    us = profile("us")
    assert us.spec("stabilization").limit.time == timedelta(hours=48)
    assert us.spec("gate_review").limit.time == timedelta(hours=24)
    assert us.schedule == ("follow_up_24h", "follow_up_72h", "follow_up_7d", "follow_up_30d")
    assert (us.lost.attempts, us.lost.over) == (3, timedelta(days=3))


def test_the_same_clock_has_another_limit_elsewhere():
    assert profile("us").spec("first_contact").limit.time == timedelta(hours=1)
    assert profile("gb-eng").spec("first_contact").limit.time == timedelta(hours=4)
    assert "snap_expedited" not in profile("gb-eng").clocks


@pytest.mark.parametrize(
    ("kind", "calendar", "count"),
    [
        ("snap_expedited", LOCAL_DAYS, 7),
        ("snap_decision", LOCAL_DAYS, 30),
        ("medicaid_decision", LOCAL_DAYS, 45),
        ("medicaid_disability_decision", LOCAL_DAYS, 90),
        ("medicaid_renewal", LOCAL_DAYS, 30),
        ("medicaid_reconsideration", LOCAL_DAYS, 90),
        ("ssa_reconsideration", LOCAL_DAYS, 60),
        ("snap_fair_hearing", LOCAL_DAYS, 90),
        ("referral_answer", BUSINESS_DAYS, 1),
        ("handoff_first_contact", LOCAL_DAYS, 7),
    ],
)
def test_the_law_is_counted_in_its_own_days(kind, calendar, count):
    limit = profile("us").spec(kind).limit
    assert (limit.calendar, limit.count) == (calendar, count)


def test_some_limits_are_given_by_the_act_or_its_scheme():
    assert profile("us").spec("triage_response").limit is None
    assert profile("us").spec("step").limit is None


def test_an_unclaimed_case_alarms_whoever_is_on_duty():
    alarms = profile("us").spec("duty_queue").alarms
    assert alarms["due_soon"] == ("duty_queue",)
    assert alarms["missed"] == ("duty_queue", "supervisor")


ROWS = [(code, kind) for code, made in PROFILES.items() for kind in made.clocks]


def test_every_row_promises_something_that_can_be_kept():
    zone = ZoneInfo("America/New_York")
    start = datetime(2026, 11, 23, 12, tzinfo=zone)
    assert ROWS
    for code, kind in ROWS:
        spec = profile(code).spec(kind)
        said = spec.promise.format(due="21:40")
        assert "21:40" in said, (code, kind)
        assert not said.endswith("."), (code, kind)
        assert spec.label == LABELS[kind], (code, kind)
        if spec.limit is None:
            assert spec.calendar == HOURS, (code, kind)
        else:
            due = due_at(spec.limit, start, zone=zone, holidays=profile(code).holidays)
            assert due > start, (code, kind)


def test_a_row_counts_as_verified_only_when_somebody_read_its_source():
    specs = {(code, kind): profile(code).spec(kind) for code, kind in ROWS}
    unread = [row for row, one in specs.items() if one.verified and SOURCES[one.source].read_on is None]
    assert unread == []


def test_nothing_of_our_own_making_counts_as_verified():
    for code, kind in ROWS:
        spec = profile(code).spec(kind)
        assert not (spec.verified and spec.source in ("agency-rule", "handoff-measure")), kind


def test_what_is_quoted_from_memory_says_so():
    assert not profile("us").spec("ssa_protective_filing").verified
    assert not profile("us").spec("unemployment_appeal").verified
    assert "memory" in SOURCES["unemployment-appeals"].unsettled


# --- holidays: worked out once more from the law


def _nth(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta((weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _last_monday(year: int, month: int) -> date:
    return max(day for n in (4, 5) if (day := _nth(year, month, 0, n)).month == month)


def _kept(day: date) -> date:
    return day + timedelta({5: -1, 6: 1}.get(day.weekday(), 0))


def test_the_holidays_of_the_united_states_follow_from_the_law():
    """Source: docs/sources.md#us-5-usc-6103."""
    worked_out = set()
    for year in range(2023, 2034):
        fixed = (
            date(year, 1, 1),
            date(year, 6, 19),
            date(year, 7, 4),
            date(year, 11, 11),
            date(year, 12, 25),
        )
        worked_out |= {_kept(day) for day in fixed} | {_last_monday(year, 5), _nth(year, 11, 3, 4)}
        worked_out |= {_nth(year, month, 0, nth) for month, nth in ((1, 3), (2, 3), (9, 1), (10, 2))}
    until = profile("us").holidays_until
    assert set(profile("us").holidays) == {day for day in worked_out if date(2024, 1, 1) <= day <= until}


EASTER_SUNDAYS = [
    date(2024, 3, 31),
    date(2025, 4, 20),
    date(2026, 4, 5),
    date(2027, 3, 28),
    date(2028, 4, 16),
    date(2029, 4, 1),
    date(2030, 4, 21),
    date(2031, 4, 13),
    date(2032, 3, 28),
]


def test_the_bank_holidays_of_england_follow_from_the_rule():
    """Source: docs/sources.md#uk-bank-holidays."""
    worked_out = {day + timedelta(n) for day in EASTER_SUNDAYS for n in (-2, 1)}
    for year in range(2024, 2033):
        worked_out |= {_nth(year, 5, 0, 1), _last_monday(year, 5), _last_monday(year, 8)}
        new_year, christmas = date(year, 1, 1), date(year, 12, 25)
        worked_out.add(new_year + timedelta({5: 2, 6: 1}.get(new_year.weekday(), 0)))
        kept = {4: (0, 3), 5: (2, 3), 6: (2, 1)}.get(christmas.weekday(), (0, 1))
        worked_out |= {christmas + timedelta(n) for n in kept}
    assert set(profile("gb-eng").holidays) == worked_out


@pytest.mark.parametrize("code", PROFILES)
def test_no_holiday_lies_on_a_weekend_or_past_what_is_known(code):
    made = profile(code)
    assert all(day.weekday() < 5 and day <= made.holidays_until for day in made.holidays)


# --- what is refused


def wrong(change: Callable[[str], str], folder: Path, name: str = "us.toml") -> str:
    """What is said of a profile with one change."""
    changed = change(US)
    assert changed != US
    (folder / name).write_text(changed, encoding="utf-8")
    with pytest.raises(WrongTable) as refused:
        load_all(folder)
    return str(refused.value)


def swap(before: str, after: str) -> Callable[[str], str]:
    return lambda text: text.replace(before, after, 1)


def in_row(kind: str, before: str, after: str) -> Callable[[str], str]:
    """A change in the row of one clock only."""

    def change(text: str) -> str:
        start = text.index(f"[clocks.{kind}]")
        return text[:start] + text[start:].replace(before, after, 1)

    return change


WRONG: dict[str, tuple[Callable[[str], str], str]] = {
    "an unknown calendar": (
        in_row("rescreen", '"hours"', '"lunar"'),
        "us.toml: clocks.rescreen.calendar: is 'lunar', not one of hours, local_days, local_months, business",
    ),
    "a limit of no time": (
        in_row("rescreen", '"PT24H"', '"PT0H"'),
        "us.toml: clocks.rescreen.limit: 'PT0H' is no time at all",
    ),
    "days counted in hours": (
        in_row("snap_expedited", '"P7D"', '"PT168H"'),
        "us.toml: clocks.snap_expedited.limit: 'PT168H' is not a number",
    ),
    "no days at all": (
        in_row("snap_expedited", '"P7D"', '"P0D"'),
        "us.toml: clocks.snap_expedited.limit: a clock runs",
    ),
    "a limit that is no length": (
        in_row("rescreen", '"PT24H"', '"a day"'),
        "us.toml: clocks.rescreen.limit: 'a day' is not a length of time",
    ),
    "a lead that is none": (
        in_row("step", '"25%"', '"soonish"'),
        "us.toml: clocks.step.due_soon: 'soonish' is not a length of time",
    ),
    "a promise without its moment": (
        in_row("step", "it is done by {due}", "it is done"),
        "us.toml: clocks.step.promise: does not say {due} once",
    ),
    "a promise that says nothing": (
        in_row("step", "it is done by {due}", " "),
        "us.toml: clocks.step.promise: says nothing",
    ),
    "an alarm nobody hears": (
        in_row("step", 'missed = ["owner"]', "missed = []"),
        "us.toml: clocks.step.alarms.missed: alarms nobody",
    ),
    "an alarm for a stranger": (
        in_row("step", 'missed = ["owner"]', 'missed = ["the mayor"]'),
        "us.toml: clocks.step.alarms.missed: has 'the mayor', not one of owner, supervisor, duty_queue",
    ),
    "a source that is not in the list": (
        in_row("step", '"agency-rule"', '"hearsay"'),
        "us.toml: clocks.step.source: is 'hearsay', not one of",
    ),
    "verified, though nobody read it": (
        in_row("step", "verified = false", "verified = true"),
        "us.toml: clocks.step.verified: is true, but nobody has read agency-rule",
    ),
    "not verified, and nothing open": (
        in_row("follow_up_7d", "verified = true", "verified = false"),
        "us.toml: clocks.follow_up_7d.verified: is false, but hedis-fum does not say what is unsettled",
    ),
    "verified, more or less": (
        in_row("step", "verified = false", 'verified = "mostly"'),
        "us.toml: clocks.step.verified: is 'mostly', not bool",
    ),
    "a pause nobody explained": (
        in_row("step", "pauses = []", 'pauses = ["tea"]'),
        "us.toml: clocks.step.pauses: has 'tea', not one of in_hospital",
    ),
    "a pause for ever": (
        swap('at_most = "P7D"', 'at_most = "for ever"'),
        "us.toml: pauses.in_hospital.at_most: 'for ever' is not",
    ),
    "a misspelled key": (
        in_row("step", "stops_when", "stopps_when"),
        "us.toml: clocks.step.stops_when: is missing",
    ),
    "a key nobody asked for": (
        in_row("step", "pauses = []", "pauses = []\nurgent = true"),
        "us.toml: clocks.step.urgent: is not a key",
    ),
    "the same clock twice": (swap("[clocks.rescreen]", "[clocks.step]"), "us.toml: Cannot declare"),
    "a clock that acts need": (
        swap("[clocks.rescreen]", "[clocks.rescreened]"),
        "us.toml: clocks.rescreen: is missing",
    ),
    "a schedule of clocks that are not there": (
        swap('"follow_up_30d"]', '"follow_up_31d"]'),
        "us.toml: follow_up.schedule: has 'follow_up_31d'",
    ),
    "lost after no attempt": (
        swap("attempts = 3", "attempts = 0"),
        "us.toml: lost_to_contact.attempts: is 0",
    ),
    "a holiday on no day": (
        swap('2024-01-01 = "New', '2024-02-30 = "New'),
        "us.toml: holidays.days.2024-02-30: is not a day",
    ),
    "a day that is text": (
        in_row("step", "date = 2026-11-23", 'date = "last week"'),
        "us.toml: clocks.step.date: is 'last week', not date",
    ),
    "no TOML at all": (swap("[follow_up]", "[follow_up"), "us.toml: "),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_profile_is_named_by_file_and_key(what, tmp_path):
    change, said = WRONG[what]
    assert said in wrong(change, tmp_path)


def test_two_profiles_do_not_share_a_code(tmp_path):
    (tmp_path / "gb.toml").write_text(US, encoding="utf-8")
    (tmp_path / "us.toml").write_text(US, encoding="utf-8")
    with pytest.raises(WrongTable, match=r"us\.toml: code: 'us' is another profile's"):
        load_all(tmp_path)


def test_two_profiles_call_a_clock_by_one_name(tmp_path):
    (tmp_path / "us.toml").write_text(US, encoding="utf-8")
    other = US.replace('code = "us"', 'code = "us-ak"').replace('label = "Step"', 'label = "Task"')
    (tmp_path / "us-ak.toml").write_text(other, encoding="utf-8")
    with pytest.raises(WrongTable, match=r"clocks.step.label: another profile says 'Task'"):
        load_all(tmp_path)


def test_a_clock_that_runs_says_what_must_happen_and_one_that_was_met_what_was_done():
    """Nobody reads a promise as kept while it runs: what is said of a met clock is said of no other."""
    for kind, done in DONE.items():
        label = LABELS[kind]
        is_past = label.endswith(("ed", "taken", "sent", " met", "heard")) and not label.endswith(
            ("bed", "expedited")
        )
        assert not is_past or done != label, f"{kind} sounds as if it were over: {label}"
    assert (LABELS["rescreen"], DONE["rescreen"]) == ("Screen the risk again", "Risk screened again")


def test_the_files_are_read_as_they_are_written():
    assert load(HERE / "profiles" / "us.toml") == profile("us")


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("PT15M", timedelta(minutes=15)),
        ("PT48H", timedelta(hours=48)),
        ("P1DT12H", timedelta(hours=36)),
        ("P7D", timedelta(days=7)),
        ("P2W", timedelta(days=14)),
    ],
)
def test_a_length_of_time_is_read(text, means):
    assert length(text) == means


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1DT", "48H", "PT-1H", "P1Y", "PT1S", "PT1.5H", " PT1H", "PT0H", "P0D"]
)
def test_what_is_no_length_of_time_is_refused(text):
    with pytest.raises(ValueError, match=r"length of time|no time at all"):
        length(text)


# --- sources


def sourced(change: str, folder: Path) -> str:
    path = folder / "sources.toml"
    path.write_text(change, encoding="utf-8")
    with pytest.raises(WrongTable) as refused:
        sources.load(path)
    return str(refused.value)


def test_a_source_that_nobody_read_says_what_is_unsettled(tmp_path):
    row = '[hearsay]\ntitle = "T"\npublisher = "P"\nyear = "2020"\nbacks = "B"\n'
    assert sourced(row, tmp_path) == "sources.toml: hearsay.unsettled: is missing, though nobody has read it"
