from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from breakwater.referrals.models import ReferralStage
from breakwater.referrals.rules import (
    CLOCK_AFTER,
    HAND_OFF_CLOCK_AFTER,
    NEXT_IN_HAND_OFF,
    NEXT_IN_LOOP,
    by_house,
    clocks_ended_by,
    completed,
    is_kept,
    why_contact_is_not_confirmed,
    why_it_cannot_follow,
    why_it_is_not_known,
    why_no_meeting,
)

OURS = ("Harbor Crisis Team", "Ada Reyes")


def test_every_open_stage_of_the_loop_has_a_clock_of_its_own():
    assert set(CLOCK_AFTER) == set(NEXT_IN_LOOP)
    assert len(set(CLOCK_AFTER.values())) == len(CLOCK_AFTER)


def test_every_open_stage_of_a_hand_off_has_a_clock_of_its_own():
    assert set(HAND_OFF_CLOCK_AFTER) == set(NEXT_IN_HAND_OFF)


def test_every_open_stage_can_be_withdrawn():
    assert all("withdrawn" in following for following in NEXT_IN_LOOP.values())
    assert all("withdrawn" in following for following in NEXT_IN_HAND_OFF.values())


def test_no_stage_can_be_taken_back():
    order = ["sent", "acknowledged", "accepted", "started", "need_met"]
    for stage, following in NEXT_IN_LOOP.items():
        for code in following & set(order) if stage in order else ():
            assert order.index(code) > order.index(stage)


STANDARD = {
    "requested": {"accepted", "rejected", "cancelled"},
    "accepted": {"in-progress", "on-hold", "cancelled", "completed", "failed"},
    "in-progress": {"completed", "failed", "on-hold", "cancelled"},
    "on-hold": {"in-progress", "cancelled", "completed", "failed"},
}
"""The referral status machine of Gravity SDOH Clinical Care 3.0.0, from a task that was requested on."""
AS_TASK = {
    "sent": "requested", "acknowledged": "requested", "accepted": "accepted", "declined": "rejected",
    "started": "in-progress", "on_hold": "on-hold", "need_met": "completed", "not_met": "failed",
    "withdrawn": "cancelled",
}  # fmt: skip


def test_every_way_of_the_standard_can_be_gone_and_those_beyond_it_are_known():
    ways = {(AS_TASK[stage], AS_TASK[code]) for stage, codes in NEXT_IN_LOOP.items() for code in codes}
    standard = {(status, following) for status, codes in STANDARD.items() for following in codes}
    assert standard <= ways
    assert ways - standard == {
        ("requested", "requested"),  # acknowledged
        ("requested", "completed"),  # life skipped the answer
        ("requested", "failed"),
    }
    assert set(AS_TASK) == set(ReferralStage.values)


def test_a_clock_of_another_stage_ends_with_each_and_only_a_kept_promise_is_met():
    assert clocks_ended_by("on_hold") == [
        clock for clock in CLOCK_AFTER.values() if clock != "referral_on_hold"
    ]
    assert is_kept("referral_on_hold", "started")
    assert not is_kept("referral_start", "on_hold")


def test_a_receiver_may_accept_what_it_never_acknowledged():
    assert why_it_cannot_follow("sent", "accepted", to="Hope House") == ""


@pytest.mark.parametrize(
    ("stage", "code", "sentence"),
    [
        ("accepted", "accepted", "Hope House has already accepted this."),
        ("accepted", "declined", "Hope House has already accepted this."),
        ("acknowledged", "acknowledged", "Hope House has already acknowledged this referral."),
        ("acknowledged", "started", "Hope House has already acknowledged this referral."),
        ("sent", "started", "Hope House has not acknowledged this referral yet."),
        ("declined", "accepted", "Hope House has already declined this."),
        ("withdrawn", "accepted", "This was withdrawn."),
        ("need_met", "not_met", "This loop is already closed: the need was met."),
        ("not_met", "need_met", "This loop is already closed: the need was not met."),
        ("started", "accepted", "Hope House has already started to help."),
    ],
)
def test_what_cannot_follow_is_said_in_words(stage, code, sentence):
    assert why_it_cannot_follow(stage, code, to="Hope House") == sentence


@pytest.mark.parametrize(
    ("stage", "code", "sentence"),
    [
        ("offered", "first_contact", "Hope House has not accepted this case yet."),
        ("accepted", "declined", "Hope House has already accepted this."),
        ("first_contact", "withdrawn", "This hand-off is complete: the first contact was confirmed."),
    ],
)
def test_a_hand_off_goes_its_way_in_order(stage, code, sentence):
    assert why_it_cannot_follow(stage, code, to="Hope House", allowed=NEXT_IN_HAND_OFF) == sentence


@pytest.mark.parametrize("code", ["acknowledged", "accepted", "declined", "started"])
def test_what_the_receiver_did_is_written_down_on_a_named_persons_word(code):
    assert why_it_is_not_known(code, told_by="receiver", source="Bo at the desk", ours=OURS) == ""
    assert "who there told you" in why_it_is_not_known(code, told_by="receiver", source="", ours=OURS)
    assert "who there told you" in why_it_is_not_known(code, told_by="sender", source="Ada Reyes", ours=OURS)


def test_the_person_can_say_that_the_need_was_met():
    assert why_it_is_not_known("need_met", told_by="person", source="", ours=OURS) == ""


def test_a_named_second_source_can_say_that_the_need_was_met():
    assert why_it_is_not_known("need_met", told_by="second_source", source="Her sister", ours=OURS) == ""


@pytest.mark.parametrize("told_by", ["sender", "receiver", ""])
def test_the_sender_alone_cannot_say_that_the_need_was_met(told_by):
    assert "Only the person, or a second source" in why_it_is_not_known(
        "need_met", told_by=told_by, source="anybody", ours=OURS
    )


@pytest.mark.parametrize("source", ["Ada Reyes", "  ada   REYES ", "Harbor Crisis Team"])
def test_the_sender_cannot_be_its_own_second_source(source):
    assert "cannot be the second source" in why_it_is_not_known(
        "need_met", told_by="second_source", source=source, ours=OURS
    )


@pytest.mark.parametrize("source", ["", "   ", "…"])
def test_a_second_source_has_a_name(source):
    assert "Say who the second source is" in why_it_is_not_known(
        "need_met", told_by="second_source", source=source, ours=OURS
    )


def test_a_need_that_was_not_met_may_be_told_by_anyone():
    assert why_it_is_not_known("not_met", told_by="sender", source="", ours=OURS) == ""


def test_a_first_contact_is_confirmed_by_somebody_named_who_is_not_the_sender():
    assert why_contact_is_not_confirmed(told_by="person", source="Jay", ours=OURS) == ""
    assert why_contact_is_not_confirmed(told_by="receiver", source="Bo at Hope House", ours=OURS) == ""
    assert "confirmed by the person" in why_contact_is_not_confirmed(
        told_by="sender", source="Jay", ours=OURS
    )
    assert "Say who" in why_contact_is_not_confirmed(told_by="person", source="", ours=OURS)
    assert "cannot confirm" in why_contact_is_not_confirmed(told_by="receiver", source="ada reyes", ours=OURS)


def test_beds_stand_by_house_in_the_order_one_counts():
    north, south = (SimpleNamespace(pk=number, name=name) for number, name in enumerate(("North", "South")))
    beds = [
        SimpleNamespace(label=label, place=place, kind=kind, accepts="")
        for label, place, kind in (
            ("Bunk 10", south, "adults"), ("Cot", south, "adults"), ("Bunk 2", south, "adults"),
            ("Bunk 1", north, "adults"), ("Room 3", south, "family"),
        )
    ]  # fmt: skip
    assert [[bed.label for bed in alike] for alike in by_house(beds)] == [
        ["Bunk 1"],
        ["Bunk 2", "Bunk 10", "Cot"],
        ["Room 3"],
    ]


DAY = timedelta(days=1)
THEN = datetime(2026, 11, 1, 12, tzinfo=UTC)


def test_a_packet_that_was_sent_is_no_completed_hand_off_and_nobodys_word_counts_against_it():
    """K27: the receiver's first contact confirmed within 7 days, of all hand-offs whose week is over."""
    due = THEN + 7 * DAY
    known = [
        (due, THEN + 2 * DAY, True),
        (due, due, False),
        (due, due + timedelta(seconds=1), True),
        (due, None, True),
        (due + 30 * DAY, THEN + DAY, True),
    ]
    found = completed(known, at=THEN + 10 * DAY)
    assert (found.in_time, found.late, found.not_yet, found.warm) == (2, 1, 1, 1)
    assert (found.all, found.percent) == (4, 50)
    assert completed([], at=THEN).percent is None


def test_a_meeting_says_who_spoke_and_nobody_hands_over_to_themselves():
    said = {"kind": "call", "outcome": "spoke", "ours": OURS}
    assert why_no_meeting(receiver="Bo Lund", **said) == ""
    assert "Say who of the receiver" in why_no_meeting(receiver=" ", **said)
    assert "somebody else than you" in why_no_meeting(receiver="ada  reyes", **said)
    assert why_no_meeting(kind="visit", outcome="person_away", receiver="", ours=OURS) == ""
    assert "how you met" in why_no_meeting(kind="", outcome="spoke", receiver="Bo", ours=OURS)
