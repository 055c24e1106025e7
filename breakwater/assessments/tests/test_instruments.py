"""Every instrument is whole, and every answered example comes to what it must."""

import re
import time
import tomllib
from dataclasses import replace
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest

from breakwater.assessments.library import CROSSWALK, INSTRUMENTS, LICENSES, PROPOSALS
from breakwater.assessments.rules.answering import (
    WrongAnswer,
    check,
    item_before,
    next_item,
    states_of,
    still_asked,
    unanswered,
)
from breakwater.assessments.rules.checks import wrong_with
from breakwater.assessments.rules.crosswalk import most_urgent
from breakwater.assessments.rules.definition import PATTERN, TIERS, Band, Option
from breakwater.assessments.rules.licensing import may_show_words, why_no_score, why_not_begun
from breakwater.assessments.rules.predicates import Not, read, truth
from breakwater.assessments.rules.profiles import band_of, by_profile
from breakwater.assessments.rules.scoring import Score, Scored, score

EXAMPLES = tomllib.loads(Path(__file__).with_name("examples.toml").read_text())["examples"]


def answered(definition, says, rest=""):
    """Answers as they are written in an example; ``rest`` answers everything else that is asked."""
    answers = {}
    for one in says.split():
        key, _, said = one.partition("=")
        answers[key] = tuple(said.split("+")) if "+" in said else said
    while rest and (left := unanswered(definition, answers)):
        answers[left[0].key] = rest
    return answers


def told(definition, found):
    """What a score stands for by each of its cut-offs, and by the lines beside its bands."""
    codes = {words: code for code, words in definition.profiles.items()}
    bands = {one.label: one.code for some in found.scale.bands.values() for one in some}
    by_code = " ".join(
        f"{codes[one.label]}={bands[one.says]}" for one in found.readings if one.label in codes
    )
    return by_code or "; ".join(f"{one.label}={one.says}" for one in found.readings)


def named(example):
    return f"{example['instrument']} {example.get('says', '')} {example.get('rest', '')}"[:70]


@pytest.mark.parametrize("example", EXAMPLES, ids=named)
def test_an_example_comes_to_what_it_must(example):
    definition = by_profile(INSTRUMENTS[example["instrument"]], example.get("profile", ""))
    answers = answered(definition, example.get("says", ""), example.get("rest", ""))
    if "refused" in example:
        with pytest.raises(WrongAnswer) as refused:
            score(definition, answers)
        assert refused.value.item == example["refused"]
        return
    scored = score(definition, answers, profile=example.get("profile", ""))
    assert {one.key for one in scored.alerts} == set(example.get("alerts", "").split())
    if "tier" in example:
        assert scored.tier == example["tier"]
    if "remarks" in example:
        assert len(scored.remarks) == example["remarks"]
    if "scale" in example:
        (found,) = (one for one in scored.scores if one.scale.key == example["scale"])
        assert (found.band.code if found.band else "") == example.get("band", "")
        assert (found.at_least.code if found.at_least else "") == example.get("at_least", "")
        assert found.value == (Decimal(example["value"]) if "value" in example else None)
        assert found.reason == example.get("reason", "")
        wanted = example.get("status", "complete")
        assert found.status == wanted
        assert not example.get("readings") or told(definition, found) == example["readings"]


def test_every_instrument_has_its_examples():
    assert INSTRUMENTS.keys() - {one["instrument"] for one in EXAMPLES} == set()


@pytest.mark.parametrize("key", INSTRUMENTS)
def test_a_definition_is_whole(key):
    definition = INSTRUMENTS[key]
    assert wrong_with(definition, proposals=PROPOSALS) == []
    for scale in definition.scales:
        for profile, bands in scale.bands.items() if scale.method != PATTERN else ():
            value = scale.low
            while bands and value <= scale.high:
                assert band_of(scale, value, profile), f"nothing stands for {value}"
                value += scale.step


@pytest.mark.parametrize("key", ["c-ssrs-screener", "asq", "pss-3"])
def test_a_screener_has_one_band_for_whatever_is_answered(key):
    definition = INSTRUMENTS[key]
    items = [one for one in definition.items if one.options]
    for said in product(*([option.code for option in one.options] for one in items)):
        for profile in definition.profiles or ("",):
            asked = by_profile(definition, profile)
            given = dict(zip((one.key for one in items), said, strict=True))
            answers = still_asked(asked, {one.key: given[one.key] for one in asked.items if one.key in given})
            (found,) = score(definition, answers, profile=profile).scores
            assert found.band is not None
            assert found.value is None, "a screener is a pattern, never a sum"


def test_scoring_takes_less_than_a_millisecond():
    slow = {}
    for key, definition in INSTRUMENTS.items():
        answers = {}
        while left := unanswered(definition, answers):
            answers[left[0].key] = left[0].options[-1].code if left[0].options else "words"
        score(definition, answers)
        times = []
        for _ in range(15):
            begun = time.process_time()
            score(definition, answers)
            times.append(time.process_time() - begun)
        slow[key] = min(times)
    assert {key: took for key, took in slow.items() if took > 0.001} == {}


class TestWhatIsWrongWithADefinition:
    """Each way to be wrong is named with its place; the files as they are have none of them."""

    phq = INSTRUMENTS["phq-9"]

    def broken(self, definition=None, **facts):
        return " ".join(wrong_with(replace(definition or self.phq, **facts), proposals=PROPOSALS))

    def with_bands(self, *bands, definition=None):
        definition = definition or self.phq
        scale = replace(definition.scales[0], bands=dict.fromkeys(definition.profiles or ("",), bands))
        return self.broken(definition, scales=(scale,))

    def test_a_gap_between_bands_is_seen(self):
        low, high = (Band(code="a", label="A", low=Decimal(0), high=Decimal(9)),
                     Band(code="b", label="B", low=Decimal(11), high=Decimal(27)))  # fmt: skip
        assert "nothing stands for 10" in self.with_bands(low, high)
        assert "where another still stands" in self.with_bands(low, replace(high, low=Decimal(9)))
        assert "the last band ends at 9, and the scale at 27" in self.with_bands(low)
        assert self.with_bands(low, replace(high, low=Decimal(10))) == ""

    def test_a_range_that_the_answers_do_not_give_is_seen(self):
        scale = replace(self.phq.scales[0], high=Decimal(30))
        assert "it says 0 to 30, and its answers give 0 to 27" in self.broken(scales=(scale,))

    def test_a_pattern_is_total_and_no_sum(self):
        screener = INSTRUMENTS["c-ssrs-screener"]
        bands = screener.scales[0].bands["two_band"]
        assert "the last band of a pattern is for everything else" in self.with_bands(
            *bands[:-1], definition=screener
        )
        summed = replace(bands[0], low=Decimal(4), high=Decimal(6))
        assert "a pattern is no sum" in self.with_bands(summed, *bands[1:], definition=screener)
        assert "leaves nothing for those below" in self.with_bands(bands[-1], *bands, definition=screener)

    def test_conditions_ask_about_what_is_there(self):
        screener = INSTRUMENTS["c-ssrs-screener"]
        first, *rest = screener.items
        waits = replace(first, shown_when=read("2=yes"))
        assert "waits for 2, which does not come before it" in self.broken(screener, items=(waits, *rest))
        odd = replace(screener.items[2], shown_when=read("2=maybe"))
        assert "2 has no answer 'maybe'" in self.broken(
            screener, items=(*screener.items[:2], odd, *screener.items[3:])
        )

    def test_the_more_sensitive_profile_counts_when_nobody_knows(self):
        audit_c = INSTRUMENTS["audit-c"]
        assert "is not the more sensitive profile" in self.broken(audit_c, unknown="men")
        assert "none of its profiles" in self.broken(audit_c, unknown="children")
        assert "at 10, 'nine' is not the more sensitive" in self.broken(
            INSTRUMENTS["ctrs-1984"], unknown="nine"
        )

    def test_words_of_others_do_not_come_with_it(self):
        item = replace(self.phq.items[0], text="Words of somebody else")
        assert "words of others" in self.broken(items=(item, *self.phq.items[1:]))
        for definition in INSTRUMENTS.values():
            assert not any(one.text for one in definition.items)

    def test_what_is_there_twice_or_strange_is_seen(self):
        assert "'1' is there twice" in self.broken(items=(*self.phq.items, self.phq.items[0]))
        declined = replace(self.phq.items[0], options=(Option(code="declined", label="No"),))
        assert "belongs to every item" in self.broken(items=(declined, *self.phq.items[1:]))
        alert = replace(self.phq.alerts[0], tier="awful", proposes=("dance",))
        said = self.broken(alerts=(alert,))
        assert "'awful' is no tier" in said
        assert "'dance' is no proposal" in said


class TestSkippingAndAsking:
    screener = INSTRUMENTS["c-ssrs-screener"]

    def test_what_is_not_known_yet_is_neither_asked_nor_skipped(self):
        assert states_of(self.screener, {})["4"] == "waiting"
        assert states_of(self.screener, {"2": "no"})["4"] == "skipped"
        assert states_of(self.screener, {"2": "yes"})["4"] == "asked"
        assert next_item(self.screener, {"1": "no"}).key == "2"
        assert next_item(self.screener, {"1": "no", "2": "no"}).key == "6"
        assert next_item(self.screener, {"2": "yes"}, after="2").key == "3"
        assert item_before(self.screener, {"2": "no"}, "6").key == "2"
        assert item_before(self.screener, {}, "1") is None

    def test_an_answer_that_is_changed_takes_those_with_it_that_hung_on_it(self):
        assert still_asked(self.screener, {"1": "no", "2": "no", "4": "yes"}) == {"1": "no", "2": "no"}

    def test_who_prefers_not_to_say_has_not_said_no(self):
        states = states_of(self.screener, {"1": "declined"})
        assert truth(read("1=yes"), {"1": "declined"}, states) is None
        assert truth(Not(read("1=yes")), {"1": "declined"}, states) is None
        assert truth(read("1=yes|declined"), {"1": "declined"}, states) is True

    @pytest.mark.parametrize("said", ["4", "-1", "03", " 3", "", "3.0", "yes", ("1", "2")])
    def test_a_value_outside_the_options_is_an_error_and_never_made_to_fit(self, said):
        with pytest.raises(WrongAnswer):
            check(INSTRUMENTS["phq-9"], {"1": said})

    def test_several_answers_come_once_each(self):
        hrsn = INSTRUMENTS["ahc-hrsn"]
        check(hrsn, {"2": ("mold", "pests")})
        for said in (("mold", "mold"), ("mold", "rats"), ()):
            with pytest.raises(WrongAnswer):
                check(hrsn, {"2": said})


class TestWhatIsKnownToBeWrongInPublicFiles:
    """Defects that stand in files others have published. None of them is repeated here."""

    def test_intent_and_old_behavior_are_read_as_columbia_reads_them(self):
        screener = INSTRUMENTS["c-ssrs-screener"]
        for says, band in (("2=yes 4=yes", "high"), ("6=yes 6r=no", "moderate")):
            (found,) = score(screener, answered(by_profile(screener, ""), says, "no")).scores
            assert found.band.code == band

    def test_audit_c_begins_with_its_own_first_item(self):
        assert [one.loinc for one in INSTRUMENTS["audit-c"].items] == ["68518-0", "68519-8", "68520-6"]

    def test_a_panel_is_no_item(self):
        for definition in INSTRUMENTS.values():
            items = {one.loinc for one in definition.items if one.loinc}
            panels = {one.loinc for one in INSTRUMENTS.values() if one.loinc}
            assert not items & panels
        assert INSTRUMENTS["hark"].loinc == "76499-3"

    def test_no_code_of_one_instrument_stands_on_another(self):
        panels = [one.loinc for one in INSTRUMENTS.values() if one.loinc]
        assert len(panels) == len(set(panels))
        codes = {key: INSTRUMENTS[key].scales[0].loinc for key in ("audit", "audit-c")}
        assert codes == {"audit": "75624-7", "audit-c": "75626-2"}
        assert INSTRUMENTS["asq"].loinc == ""
        assert INSTRUMENTS["gad-7"].loinc == "69737-5"
        assert INSTRUMENTS["c-ssrs-screener"].loinc == "93373-9"

    def test_the_lowest_answer_of_gad_7_is_not_at_all(self):
        for key in ("gad-7", "gad-2", "phq-9"):
            assert INSTRUMENTS[key].items[0].options[0].label == "Not at all"

    def test_a_code_that_was_mistyped_shows_by_its_check_digit(self):
        for definition in INSTRUMENTS.values():
            told = [definition.loinc, *(one.loinc for one in (*definition.items, *definition.scales))]
            assert [one for one in told if one and not has_right_digit(one)] == []

    def test_bands_without_a_published_basis_are_not_here(self):
        assert [one.code for one in INSTRUMENTS["barc-10"].scales[0].bands[""]] == ["below", "at"]
        for key in ("olbi", "dasa", "sbq-r", "ssm"):
            assert not INSTRUMENTS[key].scales[0].bands


class TestLicenses:
    """What the owner of the words allows is data, and is kept."""

    def test_words_of_a_commercial_or_unknown_owner_are_never_shown(self):
        for definition in INSTRUMENTS.values():
            attested = may_show_words(definition, LICENSES, attested=("license", "training"))
            if definition.license.state in ("commercial", "unknown"):
                assert not attested
            if definition.license.state in ("registration", "non-commercial"):
                assert attested
                assert not may_show_words(definition, LICENSES)

    def test_a_digital_license_is_needed_before_anybody_is_asked(self):
        broset = INSTRUMENTS["broset"]
        assert "is licensed by R. Almvik" in why_not_begun(broset, LICENSES)
        assert why_not_begun(broset, LICENSES, attested=("license",)) == ""
        assert why_not_begun(INSTRUMENTS["wavr-21"], LICENSES) == ""

    def test_what_is_about_staff_never_stands_in_a_record(self):
        for key in ("proqol-5", "olbi", "cbi"):
            assert "never stands in the record of a person helped" in why_not_begun(
                INSTRUMENTS[key], LICENSES
            )

    def test_a_score_that_needs_training_is_told_to_the_trained(self):
        danger = INSTRUMENTS["danger-assessment"]
        assert "is told to trained raters" in why_no_score(danger)
        assert why_no_score(danger, attested=("training",)) == ""
        assert why_no_score(INSTRUMENTS["phq-9"]) == ""


def test_an_alert_outweighs_the_band():
    asq = INSTRUMENTS["asq"]
    low = Scored(scores=(Score(scale=asq.scales[0], band=asq.scales[0].bands[""][-1]),), alerts=asq.alerts)
    assert low.tier == "imminent"
    assert low.proposes[:2] == ("stay", "full_evaluation")


def test_what_is_missing_is_made_up_for_where_an_instrument_allows_it():
    phq = INSTRUMENTS["phq-9"]
    lenient = replace(phq, scales=(replace(phq.scales[0], max_missing=2),))
    answers = {str(n): "2" for n in range(1, 8)}
    assert score(lenient, answers).scores[0].value == 18
    assert score(phq, answers).scores[0].value is None
    with pytest.raises(ValueError, match="has no cut-offs for 'women'"):
        score(phq, {}, profile="women")


def has_right_digit(code):
    digits = re.sub(r"\D", "", code.rpartition("-")[0])[::-1]
    doubled = [int(one) * (2 if place % 2 == 0 else 1) for place, one in enumerate(digits)]
    return str(-sum(one // 10 + one % 10 for one in doubled) % 10) == code[-1]


def test_one_tier_of_many_results_comes_from_the_last_of_each_instrument():
    class Done:
        def __init__(self, pk, instrument):
            self.pk, self.instrument = pk, instrument

    now, before, other = Done(1, "phq-9"), Done(2, "phq-9"), Done(3, "gad-7")
    tiers = {1: "low", 2: "imminent", 3: "moderate"}
    assert most_urgent([now, before, other], tiers) is other
    assert most_urgent([now, other], {1: "moderate", 3: "moderate"}) is now
    assert most_urgent([now, before], {2: "high", 1: ""}) is before, "what gives no tier says nothing"
    assert most_urgent([now], {}) is None
    assert tuple(CROSSWALK.tiers) == TIERS
    assert not CROSSWALK.verified
