"""Identifiers follow time, and cannot be guessed."""

from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from breakwater.kernel.ids import new_id

_MOMENTS = st.integers(min_value=0, max_value=2**48 - 1)


def id_at(milliseconds):
    with patch("breakwater.kernel.ids.time.time_ns", return_value=milliseconds * 1_000_000):
        return new_id()


def test_ten_thousand_ids_made_at_once_are_all_different():
    made = [id_at(1_790_000_000_000) for _ in range(10_000)]
    assert len(set(made)) == 10_000


@given(_MOMENTS, _MOMENTS)
def test_of_two_moments_the_later_has_the_greater_id(one, other):
    if one != other:
        assert (id_at(one) < id_at(other)) == (one < other)


@given(_MOMENTS)
def test_an_id_says_its_version_its_variant_and_its_moment(milliseconds):
    made = id_at(milliseconds)
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert made.int >> 80 == milliseconds


def test_every_random_bit_of_an_id_is_used():
    told = (((1 << 48) - 1) << 80) | (0xF << 76) | (0b11 << 62)
    random = ((1 << 128) - 1) & ~told
    always, ever = random, 0
    for _ in range(400):
        made = id_at(0).int
        always, ever = always & made, ever | made
    assert always & random == 0, "some bit is always 1"
    assert ever & random == random, "some bit is always 0"
