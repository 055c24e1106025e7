from dataclasses import replace
from datetime import UTC, date, timedelta
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breakwater.benefits import library
from breakwater.benefits.library import PROGRAMS, load
from breakwater.benefits.rules import course
from breakwater.benefits.rules.course import Terms, address_due, renewal_due, share
from breakwater.benefits.rules.screening import NOT, UNKNOWN, WORTH, Figure, Household, Test, screen
from breakwater.kernel.days import end_of_day
from breakwater.kernel.tables import WrongTable

TODAY = date(2026, 11, 27)
US_FILE = Path(library.__file__).parent / "programs" / "us.toml"
US, ENGLAND = PROGRAMS["us"], PROGRAMS["gb-eng"]

amounts = st.none() | st.integers(0, 20_000)
facts = st.sampled_from((True, False, None))
households = st.builds(
    Household,
    size=st.none() | st.integers(1, 12), income=amounts, resources=amounts, housing=amounts,
    age=st.none() | st.integers(0, 110),
    **dict.fromkeys(
        ("pregnant", "children", "under_five", "disabled", "lost_work", "worked", "emergency", "settled"), facts
    ),
)  # fmt: skip
whatever_is_told = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
everywhere = st.sampled_from([US, ENGLAND])


def answer(code, programs=US, today=TODAY, **said):
    return programs.screen(Household(**said), today=today)[code].answer


@pytest.mark.parametrize(
    ("code", "said", "expected"),
    [
        ("snap", {"size": 1, "income": 0, "resources": 0, "settled": True}, WORTH),
        ("snap", {"size": 1, "income": 1729, "resources": 0, "settled": True, "disabled": False}, WORTH),
        ("snap", {"size": 1, "income": 1730, "resources": 0, "settled": True, "disabled": False}, UNKNOWN),
        ("snap", {"size": 1, "income": 9000, "resources": 0, "settled": True, "disabled": False}, NOT),
        ("snap", {"size": 8, "income": 5000, "resources": 0, "settled": True}, WORTH),
        ("snap", {"size": 1, "income": 0, "resources": 90_000, "settled": True}, UNKNOWN),
        ("snap", {"size": 1, "income": 0, "resources": 0, "settled": False}, UNKNOWN),
        ("medicaid", {"size": 1, "income": 500, "age": 40, "settled": True}, WORTH),
        ("medicaid", {"size": 3, "income": 6000, "pregnant": True, "age": 28}, UNKNOWN),
        ("ssi", {"size": 1, "income": 0, "resources": 2001, "disabled": True, "age": 40}, NOT),
        ("ssi", {"size": 2, "income": 0, "resources": 2900, "disabled": True, "settled": True}, WORTH),
        ("ssdi", {"disabled": True, "worked": True, "age": 50}, WORTH),
        ("ssdi", {"disabled": True, "worked": False, "age": 50}, NOT),
        ("unemployment", {"lost_work": True}, WORTH),
        ("unemployment", {}, UNKNOWN),
        ("wic", {"size": 2, "income": 1000, "under_five": True}, WORTH),
        ("wic", {"size": 2, "income": 1000, "under_five": False, "pregnant": False}, NOT),
        ("tanf", {"children": False, "pregnant": False}, NOT),
        ("local_relief", {"emergency": True, "size": 1, "income": 9000}, UNKNOWN),
    ],
)
def test_what_comes_out_in_the_united_states(code, said, expected):
    assert answer(code, **said) == expected


def test_another_country_has_its_own_programs_and_limits():
    said = {"age": 40, "resources": 16_000, "settled": True}
    assert answer("universal_credit", ENGLAND, **said) == WORTH
    assert answer("universal_credit", ENGLAND, **said | {"resources": 16_001}) == NOT
    assert "snap" not in ENGLAND.programs


@pytest.mark.parametrize(
    ("said", "is_faster"),
    [
        ({"income": 149, "resources": 100}, True),
        ({"income": 150, "resources": 100, "housing": 0}, False),
        ({"income": 900, "resources": 50, "housing": 951}, True),
        ({"income": 900, "resources": 51, "housing": 951}, False),
        ({"income": 100}, False),
    ],
)
def test_who_may_be_decided_faster(said, is_faster):
    assert US.is_faster("snap", Household(**said), today=TODAY) is is_faster


@whatever_is_told
@given(households, everywhere, st.sampled_from(("income", "resources")), st.integers(1, 20_000))
def test_more_money_never_makes_a_better_answer(household, programs, which, more):
    if (had := getattr(household, which)) is None:
        return
    order = (WORTH, UNKNOWN, NOT)
    richer = replace(household, **{which: had + more})
    before, after = (programs.screen(one, today=TODAY) for one in (household, richer))
    for code in programs.programs:
        assert order.index(after[code].answer) >= order.index(before[code].answer)


@whatever_is_told
@given(households, everywhere, st.data())
def test_what_was_not_said_is_never_a_no_and_never_a_zero(household, programs, data):
    """Whatever could still be answered, a definite answer without it is the answer with it."""
    name = data.draw(st.sampled_from(sorted(Household.__dataclass_fields__)))
    silent = programs.screen(replace(household, **{name: None}), today=TODAY)
    told = programs.screen(household, today=TODAY)
    for code in programs.programs:
        assert silent[code].answer in (UNKNOWN, told[code].answer)


@whatever_is_told
@given(households, everywhere)
def test_no_about_citizenship_comes_out_as_not_said(household, programs):
    no, silent = (programs.screen(replace(household, settled=one), today=TODAY) for one in (False, None))
    assert no == silent


def test_whoever_says_nothing_is_told_no_by_nothing():
    for programs in (US, ENGLAND):
        assert {one.answer for one in programs.screen(Household(), today=TODAY).values()} == {UNKNOWN}


def test_a_limit_that_is_out_of_date_or_unchecked_turns_nobody_away_near_it():
    figure = Figure(
        label="x", base=1000, more=0, is_yearly=False, until=TODAY, source="agency-rule", verified=True
    )
    for limit, today, expected in (
        (figure, TODAY, NOT),
        (figure, TODAY + timedelta(days=1), UNKNOWN),
        (replace(figure, verified=False), TODAY, UNKNOWN),
    ):
        way = [Test(ask="income", limit=limit, words="income")]
        assert screen([way], Household(income=1200), today=today, margin=25).answer == expected
        assert screen([way], Household(income=1251), today=today, margin=25).answer == NOT
    assert US.out_of_date(TODAY) == [
        US.figures["snap_resources"], US.figures["snap_resources_elderly"],
    ]  # fmt: skip


def test_every_answer_says_why():
    for code, verdict in US.screen(Household(size=1, income=99_999, age=30), today=TODAY).items():
        assert verdict.reasons, code


def test_a_file_that_would_turn_somebody_away_for_citizenship_is_refused(tmp_path):
    text = US_FILE.read_text()
    wrong = tmp_path / "us.toml"
    wrong.write_text(text.replace('ask = "settled", turns_away = false', 'ask = "settled"', 1))
    with pytest.raises(WrongTable, match="would turn somebody away for their citizenship"):
        load(wrong)
    wrong.write_text(text.replace('decision = "snap_decision"', 'decision = "nothing"', 1))
    with pytest.raises(WrongTable, match="no clock of this profile"):
        load(wrong)
    wrong.write_text(text.replace("more = 5680", "more = -1", 1))
    with pytest.raises(WrongTable, match="a larger household a lower limit"):
        load(wrong)


def test_postgresql_knows_the_same_ways():
    walls = import_module("breakwater.benefits.migrations.0002_walls")
    assert set(walls.MOVES) == {(one, to) for one, tos in course.MOVES.items() for to in tos}


def test_losses_keep_what_nobody_knows_among_all():
    found = share(["papers", "renewal", "income", "not_told", "other"])
    assert (found.procedural, found.substantive, found.unknown, found.all, found.percent) == (2, 1, 2, 5, 40)
    assert share([]).percent is None


def test_a_renewal_is_due_before_the_last_day_and_the_address_before_the_office_writes():
    snap, plain = Terms(renew_by=15, notice_days=45), Terms(renew_by=None, notice_days=60)
    last = date(2027, 5, 31)
    assert renewal_due(last, snap) == date(2027, 5, 15)
    assert renewal_due(date(2027, 5, 9), snap) == date(2027, 5, 9)
    assert renewal_due(last, plain) == last
    assert address_due(last, snap, today=TODAY) == date(2027, 4, 2)
    assert address_due(TODAY + timedelta(days=20), snap, today=TODAY) == TODAY + timedelta(days=3)
    assert address_due(TODAY, snap, today=TODAY) is None
    assert end_of_day(last, UTC) > course.noon_of(last, UTC)
