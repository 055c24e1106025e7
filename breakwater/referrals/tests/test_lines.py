"""Which words of a packet's line are ours, and what becomes of them in another language."""

from breakwater.kernel.text import Ours
from breakwater.referrals.lines import line, told


def loudly(words):
    return words.upper()


def test_what_is_ours_is_told_in_the_language_and_what_was_typed_stays():
    made = line("step", "Step", "Not met\nyet", Ours("The person"), "", Ours("By noon"))
    assert made["words"] == "Not met\nyet\nThe person\nBy noon"
    assert told(made, loudly) == ("STEP", "Not met\nyet\nTHE PERSON\nBY NOON")


def test_a_label_that_somebody_typed_stays():
    assert told(line("supporter", "Safe", "Mo", Ours("Must not know"), is_typed=True), loudly) == (
        "Safe", "Mo\nMUST NOT KNOW",
    )  # fmt: skip


def test_a_line_of_a_packet_that_was_offered_before_stays_as_it_was_offered():
    assert told({"code": "code", "label": "Code", "words": "B"}, loudly) == ("Code", "B")
