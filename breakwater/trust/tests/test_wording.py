"""What a person reads before they agree."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from breakwater.trust.library import LAWS
from breakwater.trust.rules.law import ELEMENTS
from breakwater.trust.rules.wording import HEADINGS, Proposal, in_words, paragraphs, told_on_paper

KINDS = [kind for law in LAWS.values() for kind in law.kinds.values()]


def a_proposal(**facts):
    usual = {
        "kind": LAWS["us"].kinds["general"], "about": "Marisol", "by": "Harbor Line", "to": "Lantern Shelter",
        "what": "My name", "purpose": "Shelter and housing", "information": {"needs", "who"}, "protected": (),
        "starts": date(2026, 11, 23), "ends": date(2026, 12, 31), "lets_in": False,
    }  # fmt: skip
    return Proposal(**(usual | facts))


def test_it_says_who_tells_whom_what_for_and_until_when():
    words = in_words(a_proposal())
    assert words.startswith("Who it is about\nMarisol\n\nWho shares\nHarbor Line")
    assert "What for\nShelter and housing" in words
    assert "From November 23, 2026 to the end of December 31, 2026." in words
    assert "Harbor Line tells them what they need to know. They cannot read the record." in words
    assert "who you are, who is around you, and how to reach you safely; what you need" in words


def test_without_an_end_it_says_that_they_can_end_it():
    assert "until you take it back" in in_words(a_proposal(ends=None, lets_in=True))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_whatever_the_law_wants_told_stands_on_the_paper_or_is_asked_of_the_worker(kind):
    asked_of_the_worker = {"explained", "not_the_abuser"}
    of_the_form = {"discloser", "recipient", "what", "purpose", "ends", "signature", "authority"}
    assert set(kind.needs) == told_on_paper(kind) | (set(kind.needs) & (asked_of_the_worker | of_the_form))
    assert told_on_paper(kind) <= set(ELEMENTS)


@example("0\n\nWhat")
@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_no_word_of_theirs_is_lost_between_the_headings(what):
    parts = paragraphs(in_words(a_proposal(what=what)))
    again = "\n\n".join(f"{heading}\n{words}" if heading else words for heading, words in parts)
    assert again == in_words(a_proposal(what=what))
    assert {heading for heading, _ in parts} <= {"", *HEADINGS}
