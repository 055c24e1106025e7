"""What is folded away on the intake opens by itself when it says something: an error, or words of a draft."""

import re

import pytest

from breakwater.trust.actions.drafts import keep_draft
from breakwater.trust.testing import an_actor
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db
INTAKE = "/cases/intake/"


def opened(answer):
    """The summaries of what is open."""
    return set(re.findall(r"<details open><summary>([^<]*)", answer.content.decode()))


def test_an_empty_intake_is_folded_and_what_a_draft_says_is_open():
    ada = an_actor()
    client = browser_of(ada)
    assert opened(client.get(INTAKE)) == set()
    keep_draft(INTAKE, {"must_not_know": ["Her brother."], "pronouns": ["she/her"]}, at=ada.now, by=ada)
    shown = client.get(INTAKE)
    assert opened(shown) == {
        "Asked earlier, or for the duty queue",
        "How to reach them safely, and who must not know",
        "Language, interpreter, pronouns",
    }, "since when it is typed is told as well: clocks count from there"
    assert "Her brother." in shown.content.decode()


def test_what_is_refused_within_a_fold_is_open():
    ada = an_actor()
    typed = {"what_is_happening": "Alone.", "asked_by": "self", "owner": "me"}
    refused = press(browser_of(ada), INTAKE, by=ada, **typed, asked_at="never", reasons="x" * 20_001)
    assert refused.status_code == 422
    assert opened(refused) == {"Asked earlier, or for the duty queue", "Why this code"}
