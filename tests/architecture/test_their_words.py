"""Whatever the helped person reads, on a screen or on paper, is said in each language: no words stand in the code.

What workers read is English, and stands where it is said. The own copy, a held device and every paper take each word
from tables in which a language that lacks one stops the start.
"""

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from itertools import chain
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django import forms
from django.core.exceptions import ValidationError

from breakwater.clocks.library import LABELS
from breakwater.portal.rules import PARTS
from breakwater.ui import plainly
from breakwater.ui.words.catalogs import POT, TRANSLATED, catalog_of
from tests.architecture.source import ROOT

TEMPLATES = ROOT / "breakwater/portal/templates"
FRAME = "portal/frame.html"
NOT_THEIRS = {
    "portal/held_back.html": "the worker's, who takes the device back",
    "portal/room.html": "a place's that tells how much room it has",
    "portal/room_code.html": "a place's",
    "portal/site.html": "a site's that was asked for help",
    "portal/site_answered.html": "a site's",
    "portal/site_ask.html": "a site's",
    "portal/site_code.html": "a site's",
    "portal/site_packet.html": "a site's that is asked to take somebody over",
}
"""Pages in the person's frame that somebody else reads."""
SCRIPTS = ("portal/static/portal/notes.js", "ui/static/ui/behaviour/drawing.js")
PAPERS = ("plans/papers.py", "privacy/papers.py", "cases/papers.py", "referrals/papers.py")
TOLD_TO_THEM = (
    "*/sentences.py", "*/events.py", "*/events/*.py", "cases/timeline/*.py", "*/packet.py", "*/packet.toml",
    "trust/rules/wording.py", "plans/*.toml", "referrals/rides.toml", "cases/models/*.py", "plans/models/*.py",
    "benefits/models/*.py", "assessments/models/*.py", "referrals/models/*.py", "portal/models/*.py",
    "duties/models.py", "people/models/*.py", "clocks/models.py", "resources/models/beds.py",
    "resources/models/program.py",
    "trust/models/consents.py", "trust/models/family.py", "trust/models/glass.py", "trust/models/keeping.py",
    "trust/models/requests.py",
)  # fmt: skip
"""Where words stand that a catalog tells the person: in their record, a packet, a consent, an answer to a request."""
NEVER_ABOUT_A_CASE = ("trust/events/house.py", "trust/events/signing_in.py")
_BLANKS = re.compile(r"\{\w+\}")
_LENGTH = re.compile("PT?[0-9]+[A-Z]")
_BLOCKS = {"Words", "Heading", "Boxed", "Facts", "Entries", "Table", "Line", "Drawn"}

_JINJA = re.compile(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_TEXT = re.compile(r">([^<]*)")
_SPOKEN = re.compile(r"\b(?:aria-label|title|placeholder|alt)=\"([^\"]*)\"")
_WORD = re.compile(r"[^\W\d_]{2,}")
_INCLUDED = re.compile(r"{%-? *include \"([^\"]+\.html)\" *%}")
_IN_SCRIPT = re.compile(r"\"([A-Z][a-z]+(?: [a-z]+)+[.!?]?)\"")


def words_in(template: str) -> list[str]:
    """The words that stand in a template itself, as text or where they are read aloud."""
    bare = _JINJA.sub("", template)
    return [one.strip() for one in (*_TEXT.findall(bare), *_SPOKEN.findall(bare)) if _WORD.search(one)]


def words_on(paper: str) -> Iterator[str]:
    """The words that a module puts on paper itself."""
    calls = (one for one in ast.walk(ast.parse(paper)) if isinstance(one, ast.Call))
    blocks = (one for one in calls if isinstance(one.func, ast.Name) and one.func.id in _BLOCKS)
    for one in chain.from_iterable(map(ast.walk, blocks)):
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and " " in one.value.strip():
            yield one.value


def theirs() -> dict[str, str]:
    """Every template of which the person sees something, with what it includes."""
    found = {
        name: text
        for path in TEMPLATES.rglob("*.html")
        if FRAME in (text := path.read_text())
        and (name := str(path.relative_to(TEMPLATES))) not in NOT_THEIRS
    }
    parts = {f"portal/_{one}.html" for one in (*PARTS, "press")}
    included = {one for text in found.values() for one in _INCLUDED.findall(text)}
    for name in (*parts, *included - {"trust/_proof.html"}, FRAME):
        found[name] = (TEMPLATES / name).read_text()
    return found


def test_no_page_of_theirs_holds_words_of_one_language():
    assert len(theirs()) > 10
    assert {name: said for name, text in theirs().items() if (said := words_in(text))} == {}


def test_every_part_of_their_copy_is_looked_at():
    looked_at = theirs()
    others = {
        "portal/_acts.html": "the worker's",
        "portal/_copies.html": "the worker's",
        "portal/_crumbs.html": "hers",
        "portal/_link_and_code.html": "a site's, and a place's",
        "portal/_sender.html": "a site's",
        "portal/_site_files.html": "a site's",
        "portal/_site_questions.html": "a site's",
    }
    partial = {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("_*.html")}
    assert partial - looked_at.keys() == others.keys()


def test_no_script_of_theirs_says_anything_of_its_own():
    said = {name: _IN_SCRIPT.findall((ROOT / "breakwater" / name).read_text()) for name in SCRIPTS}
    assert {name: words for name, words in said.items() if words} == {}


def test_no_paper_holds_words_of_one_language():
    said = {name: list(words_on((ROOT / "breakwater" / name).read_text())) for name in PAPERS}
    assert {name: words for name, words in said.items() if words} == {}
    there = {
        str(path.relative_to(ROOT / "breakwater")) for path in Path(ROOT / "breakwater").glob("*/papers.py")
    }
    assert there == set(PAPERS)


def told_to_them() -> set[str]:
    """Every message of the catalogs that the person can be told."""
    with POT.open("rb") as file:
        found = {str(one.id): [path for path, _ in one.locations] for one in read_po(file) if one.id}
    told = {message for message, places in found.items() if any(map(is_told_to_them, places))}
    return {one for one in told if not _LENGTH.fullmatch(one)} | (set(LABELS.values()) & found.keys())


def is_told_to_them(place: str) -> bool:
    """Whether what stands in a file can be told to the person."""
    return place not in NEVER_ABOUT_A_CASE and any(fnmatch(place, one) for one in TOLD_TO_THEM)


@pytest.mark.parametrize("code", sorted(TRANSLATED))
def test_whatever_a_catalog_tells_the_person_is_in_their_language(code):
    told, catalog = told_to_them(), catalog_of(code)
    assert len(told) > 800
    assert sorted(one for one in told if catalog.find(one) is None) == []


@pytest.mark.parametrize("code", sorted(TRANSLATED))
def test_what_a_form_asks_for_is_said_in_their_language_also_with_its_limits_filled_in(code):
    catalog = catalog_of(code)
    for field, value in ((forms.IntegerField(min_value=3, max_value=5), "1"), (forms.IntegerField(max_value=5), "9"),
        (forms.CharField(min_length=4), "abc"), (forms.CharField(max_length=4), "abcdef"),
    ):  # fmt: skip
        with pytest.raises(ValidationError) as refused:
            field.clean(value)
        (said,) = refused.value.messages
        told = catalog.ours(said)
        assert told != said
        assert set(re.findall(r"\d+", told)) == set(re.findall(r"\d+", said))
    every = {one for said in plainly.FIELDS.values() for one in said.values()} | set(
        plainly.VALIDATORS.values()
    )
    assert {one for one in every | set(plainly.DIGITS.values()) if catalog.find(str(one)) is None} == set()


NOUNS = {
    "es": {
        "referral": "derivaci", "benefit": "beneficio", "clock": "plazo", "hand-off": "traspaso", "bed": "cama",
        "goal": "meta", "consent": "consentimiento", "shelter": "refugio", "danger": "peligro", "gate": "condici",
    },
}  # fmt: skip
"""In each language: how the word for a noun of ours begins. One noun has one word there, as it has one here."""


def other_words(code, translations):
    """The sentences of a catalog in which a noun of ours is called something else."""
    for noun, word in NOUNS[code].items():
        called = re.compile(rf"\b{noun}s?\b", re.IGNORECASE)
        for message, said in translations.items():
            if called.search(_BLANKS.sub("", message)) and word not in said.lower():
                yield noun, said


@pytest.mark.parametrize("code", sorted(TRANSLATED))
def test_one_noun_has_one_word_in_each_language(code):
    assert sorted(other_words(code, catalog_of(code).translations)) == []
    wrong = {"A referral of {bed}": "Una referencia de {bed}"}
    assert list(other_words(code, wrong)) == [("referral", "Una referencia de {bed}")]


def test_the_guard_sees_a_word():
    assert is_told_to_them("plans/sentences.py")
    assert not is_told_to_them("trust/events/signing_in.py")
    assert words_in('<p>{{ says.title }} Hello</p><a aria-label="Leave now">×</a>') == ["Hello", "Leave now"]
    assert words_in("<p>{# a word #}{{ says.title }}: 1.</p>") == []
    assert list(words_on('Heading("Handed over in person")')) == ["Handed over in person"]
    assert _IN_SCRIPT.findall('said.textContent = "Something is drawn.";') == ["Something is drawn."]
