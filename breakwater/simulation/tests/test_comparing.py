"""The comparison of ways to find a bed: repeatable, by the rules that are shipped, and true where one can know it."""

import json
from dataclasses import replace
from io import StringIO
from itertools import pairwise

import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from breakwater.kernel.tables import WrongTable
from breakwater.resources.fit import Verdict
from breakwater.simulation.comparing import assumptions, kept
from breakwater.simulation.comparing.assumptions import ASSUMPTIONS
from breakwater.simulation.comparing.picture import HEIGHT, WIDTH, picture
from breakwater.simulation.comparing.running import MEASURES, SURE, Estimate, compare, estimate, student
from breakwater.simulation.comparing.ways import WAYS
from breakwater.simulation.comparing.world import draw, told_at

SHORT = replace(ASSUMPTIONS, runs=3, staleness=(0, 12), figures=replace(ASSUMPTIONS.figures, days=3))
KEPT = {(one.way, one.staleness): one.estimates for one in kept.read()}


def test_the_same_seed_gives_the_same_figures_and_another_gives_others():
    first = compare(SHORT)
    assert compare(SHORT) == first
    assert compare(replace(SHORT, seed=49)) != first


def test_what_is_shown_is_what_the_shipped_rules_come_to():
    """Trust, truth, fit and the wait of a round are the product's: whoever changes one computes this anew."""
    (ours,) = (one for one in WAYS if one.code == "ours")
    (now,) = compare(replace(ASSUMPTIONS, staleness=(12,)), [ours])
    assert kept.rounded(now).estimates == KEPT["ours", 12], (
        "the figures have changed: `breakwater compare --keep`, and read what the page says now"
    )
    assert {one.staleness for one in kept.read()} == set(ASSUMPTIONS.staleness)


def test_where_every_figure_is_true_and_nobody_says_no_both_boards_are_worth_the_same():
    figures = replace(ASSUMPTIONS.figures, unfit=0, reluctant=0, refuse=0, picks_up=1)
    found = {
        one.way: one.estimates for one in compare(replace(SHORT, staleness=(0,), runs=6, figures=figures))
    }
    for code in ("calls", "minutes", "placed"):
        assert found["plain"][code].overlaps(found["ours"][code]), code
    for way in ("plain", "ours"):
        assert found[way]["truth"].mean > 0.9, "a bed may still go while one talks"
        assert found[way]["calls"].mean < 1.1


@pytest.mark.parametrize("way", [one.code for one in WAYS])
def test_no_board_is_truer_for_being_older(way):
    truths = [KEPT[way, hours]["truth"] for hours in ASSUMPTIONS.staleness]
    assert all(older.mean <= fresher.mean for fresher, older in pairwise(truths))
    assert not truths[0].overlaps(truths[-1])


def test_a_phone_round_reads_no_board_so_its_calls_do_not_depend_on_one():
    for code in ("calls", "minutes", "placed"):
        assert len({KEPT["phone", hours][code] for hours in ASSUMPTIONS.staleness}) == 1


@given(st.integers(0, 10_000), st.sampled_from((1, 6, 48)))
@settings(max_examples=15, deadline=None)
def test_a_board_that_asks_again_is_told_no_less_often(seed, staleness):
    world = draw(SHORT.figures, str(seed), answer_within=30)
    for house in world.houses:
        own = list(told_at(house, staleness, None, 0.25, world.ends))
        with_asking = list(told_at(house, staleness, 1.0, 0.25, world.ends))
        assert set(own) <= set(with_asking)
        assert with_asking == sorted(with_asking)
        assert all(house.listed[wants].verdict is not Verdict.NO for wants, can in house.takes.items() if can)


@pytest.mark.parametrize(("freedom", "tabled"), [(9, 2.2622), (29, 2.0452), (120, 1.9799)])
def test_the_width_of_an_interval_is_that_of_the_tables(freedom, tabled):
    assert student(SURE, freedom) == pytest.approx(tabled, abs=0.005)


def test_an_interval_is_round_the_mean_and_one_run_has_none():
    found = estimate([1.0, 2.0, 3.0, 4.0])
    assert found.low < found.mean == 2.5 < found.high
    assert estimate([2.0]) == Estimate(2.0, 2.0, 2.0)


def test_every_line_of_a_picture_lies_within_it():
    for compared in kept.by_measure(kept.read()):
        drawn = picture(compared)
        assert [one.label for one in drawn.lines] == [way.label for way in WAYS]
        assert len(drawn.marks) == len(ASSUMPTIONS.staleness)
        for line in drawn.lines:
            for point in (*line.line.split(), *line.band.split()):
                x, y = map(float, point.split(","))
                assert 0 <= x <= WIDTH
                assert 0 <= y <= HEIGHT


def test_a_figure_without_a_source_is_refused(tmp_path):
    wrong = tmp_path / "assumptions.toml"
    told = (assumptions.Path(assumptions.__file__).with_name("assumptions.toml")).read_text("utf-8")
    wrong.write_text(told.replace('source = "A county of ours"', "", 1), "utf-8")
    with pytest.raises(WrongTable, match=r"figures.places.source: is missing"):
        assumptions.load(wrong)


def test_the_command_prints_every_measure_and_keeps_what_it_is_told_to(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("breakwater.simulation.management.commands.compare.ASSUMPTIONS", SHORT)
    monkeypatch.setattr(kept.write, "__defaults__", (tmp_path / "figures.json",))
    call_command("compare", "--keep", stdout=StringIO())
    said = capsys.readouterr().out
    assert "A simulation" in said
    assert all(one.label in said for one in MEASURES)
    assert len(json.loads((tmp_path / "figures.json").read_text("utf-8"))) == len(WAYS) * len(SHORT.staleness)
