"""Fit, trust in a figure, and unknown that is never zero: rules without a database."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakwater.resources.fit import Verdict, Wants, fit
from breakwater.resources.library import HALF_LIVES
from breakwater.resources.models.program import ACCESS, GENDERS, KINDS, MEDICAL
from breakwater.resources.rules import open_places, trust_at

UNTOLD = {
    "minimum_age": None, "maximum_age": None, "genders": None, "families": None, "pets": None, "access": None,
    "languages": None, "after_use": None, "medical": None, "registry": None, "cost": "",
}  # fmt: skip
maybe = st.none() | st.booleans()


def some(of):
    return st.lists(st.sampled_from([code for code, _ in of]), unique=True)


programs = st.fixed_dictionaries(
    {
        "minimum_age": st.none() | st.integers(0, 60), "maximum_age": st.none() | st.integers(60, 120),
        "genders": st.none() | some(GENDERS), "families": maybe, "pets": maybe, "access": st.none() | some(ACCESS),
        "languages": st.none() | st.lists(st.sampled_from(["English", "Spanish"]), unique=True), "after_use": maybe,
        "medical": st.none() | some(MEDICAL), "registry": maybe,
        "cost": st.sampled_from(["", "free", "sliding", "paid"]),
    }
)  # fmt: skip
wishes = st.builds(
    Wants, age=st.none() | st.integers(0, 110), gender=st.sampled_from(["", "woman", "man"]),
    children=st.none() | st.integers(0, 6), pet=maybe, access=some(ACCESS).map(tuple),
    language=st.sampled_from(["", "spanish", "Dari"]), used_today=maybe, medical=some(MEDICAL).map(tuple),
    registry=maybe, free_only=maybe,
)  # fmt: skip
ages = st.timedeltas(min_value=timedelta(), max_value=timedelta(days=30))
lives = st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=2))


def takes(**facts):
    return SimpleNamespace(**(UNTOLD | facts))


@given(wishes)
def test_what_nobody_told_about_a_place_is_unknown_and_neither_yes_nor_no(wants):
    found = fit(wants, takes())
    assert {one.verdict for one in found.why} <= {Verdict.UNKNOWN}
    assert all("not told" in one.words for one in found.why)


@given(wishes, programs)
def test_each_fact_that_is_told_is_answered_once_with_a_reason_and_no_other_is(wants, told):
    found = fit(wants, takes(**told))
    asked = {name for name, value in wants.facts().items() if name == "age" or value not in (False, 0)}
    assert [one.criterion for one in found.why] == [one for one in wants.facts() if one in asked]
    assert all(one.words for one in found.why)
    assert sum(len(found.told(verdict)) for verdict in Verdict) == len(found.why)


@given(wishes, programs, st.sampled_from(sorted(UNTOLD)))
def test_telling_less_about_a_place_never_turns_its_no_into_a_yes_or_its_yes_into_a_no(
    wants, told, forgotten
):
    before = {one.criterion: one.verdict for one in fit(wants, takes(**told)).why}
    after = {
        one.criterion: one.verdict for one in fit(wants, takes(**told | {forgotten: UNTOLD[forgotten]})).why
    }
    ages_apart = forgotten in ("minimum_age", "maximum_age")
    for criterion, verdict in after.items():
        assert verdict in (before[criterion], Verdict.UNKNOWN) or (ages_apart and criterion == "age")


@given(wishes)
def test_nothing_is_told_of_what_nobody_said(wants):
    assert "" not in wants.facts().values()
    assert None not in wants.facts().values()


@pytest.mark.parametrize(
    ("wants", "told", "verdict", "words"),
    [
        ({"age": 17}, {"minimum_age": 18}, "no", "from age 18"),
        ({"age": 70}, {"maximum_age": 64}, "no", "up to age 64"),
        ({"gender": "man"}, {"genders": ["woman"]}, "no", "serves women"),
        ({"pet": True}, {"pets": True}, "yes", "takes pets"),
        ({"access": ("step_free",)}, {"access": []}, "no", "access: not step free"),
        ({"language": "spanish"}, {"languages": ["Spanish"]}, "yes", "speaks spanish"),
        ({"used_today": True}, {"after_use": False}, "no", "must be sober"),
        ({"free_only": True}, {"cost": "paid"}, "no", "must be paid"),
        ({"registry": True}, {}, "unknown", "registry rule not told"),
        ({"children": 2}, {"families": False}, "no", "takes no children"),
        ({"medical": ("oxygen",)}, {"medical": ["oxygen"]}, "yes", "medical care: oxygen"),
    ],
)
def test_each_criterion_says_why(wants, told, verdict, words):
    found = fit(Wants(**wants), takes(**told))
    assert [(one.verdict, one.words) for one in found.why] == [(verdict, words)]
    assert found.verdict == verdict


@given(st.none() | st.integers(0, 9), st.none() | st.integers(0, 9), st.none() | st.integers(0, 9))
def test_unknown_is_never_zero_and_zero_is_never_unknown(free, ready, staffed):
    found = open_places(free=free, ready=ready, staffed=staffed)
    if free is not None:
        assert found == free
    else:
        assert found == (0 if 0 in (ready, staffed) else None)


@given(ages, ages, lives)
def test_trust_fades_with_age_by_half_in_each_half_life(age, more, life):
    assert 0 <= trust_at(age + more, life) <= trust_at(age, life) <= 1
    assert trust_at(timedelta(), life) == 1
    assert trust_at(-age, life) == 1
    assert trust_at(life, life) == 0.5
    assert trust_at(age + life, life) == pytest.approx(trust_at(age, life) / 2)


def test_each_kind_that_is_counted_has_a_half_life():
    assert set(HALF_LIVES) == {code for code, _ in KINDS}
