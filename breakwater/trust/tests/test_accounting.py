"""To whom a record went, as the person is told."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from breakwater.trust.library import LAWS
from breakwater.trust.rules.accounting import Disclosure, accounted, gathered

LAW = LAWS["us"].accounting
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def told(**facts):
    usual = {
        "at": NOW - timedelta(days=3), "to": "Oak County Court", "purpose": "HLEGAL", "what": "The record",
        "basis": "a court order", "signed": False,
    }  # fmt: skip
    return Disclosure(**(usual | facts))


def test_two_recipients_told_again_and_again_are_two_lines_with_count_and_last_date():
    often = [told(at=NOW - timedelta(days=day)) for day in (9, 5, 2)]
    court, board = accounted([*often, told(to="School board", at=NOW - timedelta(days=30))], LAW, at=NOW)
    assert (court.to, court.times, court.last) == ("Oak County Court", 3, NOW - timedelta(days=2))
    assert (board.to, board.times) == ("School board", 1)


def test_care_payment_operations_and_what_was_signed_for_are_left_out():
    left_out = [told(purpose=one) for one in ("TREAT", "ETREAT", "HPAYMT", "HOPERAT")]
    assert accounted([*left_out, told(signed=True)], LAW, at=NOW) == []
    assert len(gathered([*left_out, told(signed=True)])) == 5


def test_it_goes_six_years_back_and_not_a_day_more():
    edge = NOW.replace(year=2020)
    assert accounted([told(at=edge)], LAW, at=NOW)
    assert accounted([told(at=edge - timedelta(seconds=1))], LAW, at=NOW) == []
    leap = datetime(2028, 2, 29, tzinfo=UTC)
    assert accounted([told(at=datetime(2022, 3, 1, tzinfo=UTC))], LAW, at=leap)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 900)), max_size=40))
def test_nothing_is_lost_and_nothing_counted_twice(rows):
    lines = gathered(told(to=to, at=NOW - timedelta(days=day)) for to, day in rows)
    assert sum(line.times for line in lines) == len(rows)
    assert {line.to for line in lines} == {to for to, _ in rows}
    assert lines == sorted(lines, key=lambda line: line.last, reverse=True)
