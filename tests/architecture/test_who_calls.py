"""SP-16: whoever knows a name, a birth date and an address may be the one who hurts them: by these nobody is known."""

import re

import pytest

from tests.architecture.source import CODE, ROOT

WORKERS_ARE_TOLD = {
    "desk/templates/desk/search.html": "Do not confirm that anybody is known here.",
    "privacy/templates/privacy/telling.html": "Do not say that the person is known to you",
}
"""Where somebody looks while another waits on the phone."""
_NEVER = re.compile(
    r"mother.s maiden|security question|secret question|last (?:four|4) digits"
    r"|(?:confirm|verify|check) (?:your|their|his|her) (?:full name|name|birth ?date|date of birth|address)"
    r"|\b(?:is|are) (?:a client|a patient|in our care) (?:here|of ours)",
    re.IGNORECASE,
)


def asked(text):
    """What a page asks or says that whoever knows somebody could answer, or learn."""
    return [one.group() for one in _NEVER.finditer(" ".join(text.split()))]


def test_nothing_that_others_know_proves_who_somebody_is():
    files = [*CODE.rglob("*.html"), *CODE.rglob("*.toml")]
    said = {
        str(file.relative_to(ROOT)): asked(file.read_text()) for file in files if "tests" not in file.parts
    }
    assert {file: words for file, words in said.items() if words} == {}


def test_workers_are_told_where_they_look_while_somebody_waits():
    for file, sentence in WORKERS_ARE_TOLD.items():
        assert sentence in (CODE / file).read_text()


@pytest.mark.parametrize(
    "sentence",
    [
        "Verify their date  of birth.",
        "The last four digits?",
        "Yes, she is a client here.",
        "Her mother\u2019s maiden name",
    ],
)
def test_the_guard_sees(sentence):
    assert asked(sentence)
