"""Names and phone numbers, made comparable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakwater.kernel.text import mark_of, name_key, phone_key, read_json, without_nul


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("O’Brien, José", "o brien jose"),
        ("  ANNE-MARIE   d'Arcy ", "anne marie d arcy"),
        ("Łukasz Żak", "łukasz zak"),
        ("Großmann", "grossmann"),
        ("GROẞMANN", "grossmann"),
        ("İpek", "ipek"),
        ("Ｆｕｌｌ　Ｗｉｄｔｈ", "full width"),
        ("Nguyễn Thị Ánh", "nguyen thi anh"),
        ("_dash_", "dash"),
        ("Jo\u0000e", "jo e"),
        ("😀", ""),
        ("❤️", ""),
        ("", ""),
    ],
)
def test_a_name_is_compared_without_case_accents_and_punctuation(name, key):
    assert name_key(name) == key


def test_signs_that_are_no_accents_keep_names_apart():
    assert name_key("किरण") != name_key("करण")
    assert name_key("กิตติ") != name_key("กตต")
    assert " " not in name_key("กิตติ")


def test_a_composed_and_a_decomposed_name_are_the_same():
    assert name_key("Zo\u00eb") == name_key("Zoe\u0308") == "zoe"


@given(st.text())
def test_a_key_is_its_own_key(name):
    assert name_key(name_key(name)) == name_key(name)


@given(st.text(max_size=80))
def test_case_makes_no_difference_to_a_name(name):
    assert name_key(name.casefold()) == name_key(name)


@given(st.text())
def test_a_key_is_short_and_holds_no_double_space(name):
    key = name_key(name)
    assert len(key) <= 200
    assert key == " ".join(key.split(" ")).strip()
    assert "  " not in key


@pytest.mark.parametrize(
    ("number", "key"),
    [
        ("+1 (555) 010-4477", "5550104477"),
        ("555 010 4477", "5550104477"),
        ("1-555-010-4477", "5550104477"),
        ("555.010.4477 ext.", "5550104477"),
        ("+44 20 7946 0018", "442079460018"),
        ("٥٥٥٠١٠٤٤٧٧", "5550104477"),
        ("５５５－０１０－４４７７", "5550104477"),
        ("911", ""),
        ("none", ""),
        ("", ""),
    ],
)
def test_a_phone_number_is_its_digits(number, key):
    assert phone_key(number) == key


@given(st.text())
def test_a_phone_key_is_plain_digits_or_nothing(number):
    key = phone_key(number)
    assert key == "" or (key.isascii() and key.isdigit() and len(key) >= 7)


@given(st.text())
def test_text_without_nul_is_otherwise_the_same(text):
    kept = without_nul(text)
    assert "\x00" not in kept
    assert kept == "".join(sign for sign in text if sign != "\x00")


def test_one_other_letter_makes_another_mark():
    shown = {"to": "Hope House", "words": "A bed for tonight"}
    assert mark_of(shown) == mark_of(dict(reversed(shown.items())))
    assert mark_of(shown) != mark_of(shown | {"words": "A bed for tonight."})
    assert mark_of({"words": "\ud800"})


@pytest.mark.parametrize("told", ["[" * 100_000, '{"a":' * 100_000, "{", b"\xff", "1" * 5_000])
def test_json_of_somebody_else_that_cannot_be_read_is_refused_and_no_fault_of_ours(told):
    with pytest.raises(ValueError):  # noqa: PT011 - by which words does not matter
        read_json(told)
    assert read_json('{"a": [1]}') == {"a": [1]}
