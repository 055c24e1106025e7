from types import SimpleNamespace

import pytest

from breakwater.referrals.rules import (
    CLOCK_AFTER,
    HAND_OFF_CLOCK_AFTER,
    NEXT_IN_HAND_OFF,
    NEXT_IN_LOOP,
    by_house,
    why_contact_is_not_confirmed,
    why_it_cannot_follow,
    why_it_is_not_known,
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
        for code in following & set(order):
            assert order.index(code) > order.index(stage)


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
