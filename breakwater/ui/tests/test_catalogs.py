"""A catalog says what its messages say and no more; a sentence of ours is found with its blanks filled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from breakwater.kernel.text import Filled, Ours
from breakwater.ui.words.catalogs import Catalog, WrongCatalog, read
from breakwater.ui.words.pseudo import accented
from breakwater.ui.words.shapes import shape_of

_HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.fixture
def catalog(tmp_path):
    """A catalog with one translation."""

    def made(message, translation):
        path = tmp_path / "es.po"
        path.write_text(f'{_HEAD}msgid "{message}"\nmsgstr "{translation}"\n', encoding="utf-8")
        return read(path)

    return made


@pytest.mark.parametrize(
    ("message", "translation", "fault"),
    [
        ("Now", "<script>alert(1)</script>", "<script> is not in the message"),
        ("Now", "<b>Ahora</b>", "<b> is not in the message"),
        ("Now", "<img src=x onerror=y>", "it brings markup of its own"),
        ("Ask <b>{who}</b>", "Pregunte a {who}", "<b> is missing"),
        ("Ask <b>{who}</b>", "Pregunte a <b>{who}</b> <b>ya</b>", "<b> is there 2 times"),
        ("Ask <b>{who}</b>", "Pregunte a </b>{who}<b>", "its tags lie across each other"),
        ("Ask <b>{who}</b>", "Pregunte a <b>{actor}</b>", "{actor} is not in the message"),
        ("Ask {who}", "Pregunte", "{who} is missing"),
        ("Ask <b>{who}</b>", "Pregunte a <b onclick='x()'>{who}</b>", "<b> is missing"),
    ],
)
def test_a_translation_with_other_blanks_or_tags_is_refused_with_its_place(
    catalog, message, translation, fault
):
    with pytest.raises(WrongCatalog, match=r"es\.po: line 4: ") as refused:
        catalog(message, translation)
    assert fault in str(refused.value)


def test_blanks_and_tags_may_change_their_order(catalog):
    assert catalog("Ask <b>{who}</b> by {day}", "Hasta el {day}, a <b>{who}</b>")


def test_what_is_no_catalog_is_refused(tmp_path):
    path = tmp_path / "es.po"
    path.write_text("[section]\nname = 'x'\n", encoding="utf-8")
    with pytest.raises(WrongCatalog, match=r"es\.po"):
        read(path)


SPANISH = Catalog(
    "es",
    {
        "Possible": "Posible",
        "{worker} is accountable already.": "{worker} ya es responsable.",
        "{worker} works as {role}, and cannot be accountable.": "{worker} trabaja como {role}.",
        "Promised: {label}.": "Prometido: {label}.",
        "First contact": "Primer contacto",
        "Now": "Ahora",
    },
)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Now", "Ahora"),
        ("possible", "posible"),
        ("Nora Khan is accountable already.", "Nora Khan ya es responsable."),
        ("Now is accountable already.", "Now ya es responsable."),
        ("Promised: First contact.", "Prometido: Primer contacto."),
        ("What nobody translated.", "What nobody translated."),
        ("", ""),
        (None, None),
        (7, 7),
    ],
)
def test_a_sentence_is_found_whatever_fills_it(said, told):
    assert SPANISH.ours(said) == told


@given(
    st.sampled_from(["{a}", "{a} of {b}", "Ask {a}: {b}, {c}.", "{a}{b} now", "no {a}"]),
    *[st.text("of :,.x\n")] * 3,
)
def test_whatever_was_typed_into_the_blanks_the_sentence_is_known_and_is_the_same_when_filled_again(
    message, a, b, c
):
    said = message.format(a=a, b=b, c=c)
    assert message.format(**shape_of(message).filled(said)) == said


def test_what_a_sentence_says_twice_is_twice_the_same():
    twice = shape_of("{a} and {a}.")
    assert twice.filled("Ada and Ada.") == {"a": "Ada"}
    assert twice.filled("Ada and Bo.") is twice.filled("and.") is None


def test_of_a_choice_with_a_name_in_it_what_stands_beside_the_name_is_told():
    """A team called as one of our words is called so in every language."""
    known = Catalog(
        "es",
        {"Hospital": "Hospital general", "Supervisor": "Supervisión", "Kept by {who}": "Lo guarda {who}"},
    )
    named = Filled("{name} ({role}, {unit})", name="Hospital", role=Ours("supervisor"), unit="Hospital")
    an_id = "01a2218b-70d3-7089-aa82-df2e93146f2b"
    assert named == "Hospital (supervisor, Hospital)"
    assert known.choice(named, an_id) == "Hospital (supervisión, Hospital)"
    assert known.choice("Hospital", an_id) == "Hospital"
    assert known.ours(Filled("Kept by {who}", who="{unit}")) == "Lo guarda {unit}"


def test_markup_is_left_as_it_was_made():
    made = escape("Now")
    assert SPANISH.ours(made) is made


def test_the_language_of_nobody_keeps_blanks_tags_and_entities():
    assert accented("Ask <b>{who}</b>&nbsp;now") == "[Áśķ <b>{who}</b>&nbsp;ńóẃ]"
