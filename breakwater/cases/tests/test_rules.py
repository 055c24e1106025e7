from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from breakwater.cases.rules import (
    ENDED_BY_CLOSURE,
    GATES,
    blocking,
    each_once,
    in_words,
    is_follow_up,
    is_late,
    missing_gates,
    number_of,
    read_number,
    stopped_by,
    times_for_contact,
    why_no_such_moment,
    why_not_closed,
    why_not_lost,
    why_not_to_be_used,
)
from breakwater.kernel.ids import new_id

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
LATER, EARLIER = NOON + timedelta(hours=1), NOON - timedelta(hours=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NEW_YORK = ZoneInfo("America/New_York")


def test_what_is_missing_comes_in_its_order():
    assert missing_gates({"contact", "rescreened"}) == ["safe_tonight", "basic_needs", "next_contact"]
    assert missing_gates(GATES) == []


@pytest.mark.parametrize("outcome", ENDED_BY_CLOSURE)
@pytest.mark.parametrize(
    "kind",
    ["step", "referral_answer", "handoff_first_contact", "placement_arrival", "snap_decision", "duty_queue"],
)
def test_no_ending_ends_what_somebody_else_made_or_nobody_has_taken(outcome, kind):
    assert blocking([(kind, LATER)], outcome=outcome, at=NOON) == [kind]


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        *product(
            ("declined", "lost", "moved", "died", "mistake"),
            ("stabilization", "first_contact", "triage_response", "rescreen"),
        )
    ],
)
def test_somebody_who_left_is_not_stabilized_by_us(outcome, kind):
    assert blocking([(kind, EARLIER)], outcome=outcome, at=NOON) == []


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [*product(("stable", "handed_off"), ("stabilization", "first_contact", "triage_response"))],
)
def test_a_settled_ending_keeps_the_first_promises(outcome, kind):
    assert blocking([(kind, LATER)], outcome=outcome, at=NOON) == [kind]


def test_nobody_is_stable_while_a_danger_presses():
    assert blocking([("rescreen", LATER)], outcome="stable", at=NOON) == ["rescreen"]
    assert blocking([("rescreen", LATER)], outcome="handed_off", at=NOON) == []


@pytest.mark.parametrize("kind", ["follow_up_24h", "follow_up_30d", "next_contact"])
def test_a_follow_up_to_come_ends_with_the_case_but_an_overdue_one_was_not_kept(kind):
    assert blocking([(kind, LATER)], outcome="stable", at=NOON) == []
    assert blocking([(kind, EARLIER)], outcome="stable", at=NOON) == [kind]
    assert blocking([(kind, EARLIER)], outcome="lost", at=NOON) == []


def test_follow_ups_of_any_schedule_are_known_as_such():
    assert is_follow_up("follow_up_90d")
    assert is_follow_up("next_contact")
    assert not is_follow_up("first_contact")


LABELS = {
    "first_contact": "First contact",
    "snap_decision": "SNAP decision",
    "stabilization": "Stabilization",
}


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("first_contact", "The clock “First contact” is still running."),
        ("snap_decision", "The clock “SNAP decision” is still running."),
        ("triage_response", "Write down the visit"),
        ("duty_queue", "Nobody has taken this case"),
        ("referral_answer", "A referral hangs"),
        ("handoff_acceptance", "A hand-off is not confirmed"),
        ("placement_arrival", "A bed is held"),
        ("round_answer", "Places are still asked for a bed"),
        ("hold_confirmation", "take it up or give it back"),
        ("waitlist_offer", "stand on a waiting list"),
        ("ride_pick_up", "A ride is arranged"),
        ("step", "Finish the step or drop it"),
        ("follow_up_72h", "Try to reach them first"),
        ("rescreen", "Screen the risk again"),
    ],
)
def test_each_reason_is_a_sentence_one_can_act_on(kind, sentence):
    assert sentence in why_not_closed([kind], labels=LABELS)[0].sentence


def test_stabilization_says_which_gates_are_missing():
    said = why_not_closed(["stabilization"], labels=LABELS, missing=["Safe tonight", "Basic needs met"])
    assert [one.sentence for one in said] == [
        "The clock “Stabilization” is still running; still missing: safe tonight and basic needs met."
    ]


def test_the_same_reason_is_told_once_with_every_ending_it_forbids():
    assert len(why_not_closed(["step", "step"], labels={})) == 1
    step, hung = why_not_closed(["step", "referral_answer"], labels={})
    assert each_once({"stable": [step], "lost": [step, hung], "moved": []}) == {
        step: ["stable", "lost"],
        hung: ["lost"],
    }


def test_somebody_is_lost_after_enough_attempts_spread_far_enough():
    tried = [NOON, NOON + DAY, NOON + 3 * DAY]
    assert why_not_lost(tried, needed=3, over=3 * DAY, last_reached=None) == ""
    assert "there are 2" in why_not_lost(tried[:2], needed=3, over=3 * DAY, last_reached=None)
    assert "3 days or more" in why_not_lost(
        [NOON, LATER, NOON + DAY], needed=3, over=3 * DAY, last_reached=None
    )
    assert "36 hours or more" in why_not_lost(
        [NOON] * 3, needed=3, over=timedelta(hours=36), last_reached=None
    )


def test_attempts_before_the_last_contact_do_not_count():
    tried = [NOON, NOON + DAY, NOON + 3 * DAY]
    assert "there are 2" in why_not_lost(tried, needed=3, over=DAY, last_reached=NOON)


def test_only_being_there_keeps_the_promise_of_a_code():
    assert stopped_by("call") == ("first_contact",)
    assert stopped_by("visit") == ("first_contact", "triage_response")


@pytest.mark.parametrize(
    ("safety", "outcome", "asked_first", "sentence"),
    [
        ("safe", "message_left", False, ""),
        ("unsafe", "no_answer", True, "not safe"),
        ("ask_first", "no_answer", False, "Ask them first"),
        ("ask_first", "no_answer", True, ""),
        ("ask_first", "message_left", True, "no message is left"),
    ],
)
def test_a_number_is_used_as_is_safe(safety, outcome, asked_first, sentence):
    assert sentence in why_not_to_be_used(safety, outcome, asked_first=asked_first)
    assert bool(sentence) == bool(why_not_to_be_used(safety, outcome, asked_first=asked_first))


def test_nothing_has_happened_in_the_future():
    assert why_no_such_moment(NOON + timedelta(minutes=1), at=NOON) == ""
    assert "future" in why_no_such_moment(LATER, at=NOON)
    assert why_no_such_moment(NOON, at=LATER, since=NOON + timedelta(seconds=50)) == "", "the same minute"
    assert "before this began" in why_no_such_moment(NOON, at=LATER, since=NOON + timedelta(minutes=1))


def test_an_entry_is_late_when_it_was_written_well_after():
    assert not is_late(NOON, NOON + timedelta(minutes=29))
    assert is_late(NOON, NOON + timedelta(minutes=31))


def test_a_number_is_read_however_it_is_written():
    number = number_of(new_id().int)
    for written in (number, number.lower(), number.replace("-", ""), f" {number.replace('-', ' ')} "):
        assert read_number(written) == number


@pytest.mark.parametrize("written", ["Hannahs", "4KD-9RTA", "4KD-9RT", "4KD-9RTXX", ""])
def test_what_no_number_is_made_of_is_none(written):
    assert read_number(written) == ""


def test_a_number_can_be_said_aloud_and_spells_nothing():
    numbers = {number_of(new_id().int) for _ in range(2000)}
    assert len(numbers) == 2000
    assert all(len(one) == 8 and one[3] == "-" for one in numbers)
    assert not set("".join(numbers)) & set("AEIOUY01")


def test_usual_times_are_told_by_the_clock_on_the_wall_even_when_it_jumps():
    before_the_jump = datetime(2026, 3, 7, 22, tzinfo=UTC)
    times = times_for_contact(before_the_jump, NEW_YORK)
    assert times["tomorrow_morning"].astimezone(UTC) == datetime(2026, 3, 8, 14, tzinfo=UTC)
    assert times["tonight"].astimezone(UTC) == datetime(2026, 3, 8, 1, tzinfo=UTC)


def test_after_midnight_the_morning_that_comes_is_this_morning():
    half_past_one = datetime(2026, 3, 10, 5, 30, tzinfo=UTC)
    times = times_for_contact(half_past_one, NEW_YORK)
    assert times["this_morning"] == datetime(2026, 3, 10, 14, tzinfo=UTC)
    assert times["tomorrow_morning"] - times["this_morning"] == timedelta(days=1)
    assert "this_morning" not in times_for_contact(half_past_one + timedelta(hours=6), NEW_YORK)


def test_late_in_the_evening_tonight_is_no_longer_offered():
    assert "tonight" not in times_for_contact(datetime(2026, 3, 10, 23, tzinfo=UTC), NEW_YORK)


def test_a_list_in_words():
    assert [in_words(one) for one in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
