"""Words of ours are known by their type, by the key of a choice, and in a row; what was typed never is."""

import ast
from uuid import uuid4

import pytest

from breakwater.kernel.tables import Table
from breakwater.kernel.text import Ours
from breakwater.ui.words.blanks import made_of_ours, told_in, with_blanks
from breakwater.ui.words.catalogs import Catalog

SPANISH = Catalog(
    "es",
    {
        "Hospital": "El hospital", "Food": "Comida",
        "Money for food, on a card.": "Dinero para comida, en una tarjeta.",
        "Kept": "Cumplido", "A need was named: {domain_label}.": "Se nombró una necesidad: {domain_label}.",
        "someone is with them by {due}": "alguien está allí antes de: {due}", "Sat": "sáb", "Dec": "dic",
        "The queue of {name}.": "La fila de {name}.", "From {starts} on.": "Desde el {starts}.",
        "%B %-d, %Y": "%-d de %B de %Y", "November": "noviembre",
    },
)  # fmt: skip


def test_a_name_that_somebody_typed_is_told_as_they_typed_it_though_it_is_a_word_of_ours():
    assert SPANISH.choice("Hospital", "hospital") == "El hospital"
    assert SPANISH.choice("Hospital", str(uuid4())) == "Hospital"
    assert SPANISH.choice("Hospital", uuid4()) == "Hospital"
    assert SPANISH.ours("The queue of Food.") == "La fila de Food."


def test_words_from_a_file_of_ours_are_known_by_their_type_and_others_are_not():
    said = Table("x: ", {"label": "Food"}).text("label")
    assert SPANISH.known(said) == "Comida"
    assert SPANISH.known([said, "Food"]) == ["Comida", "Food"]
    assert SPANISH.known("Food") == "Food"
    assert (said, isinstance(said, Ours)) == ("Food", True)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("Food. Money for food, on a card.", "Comida. Dinero para comida, en una tarjeta."),
        ("Food: kept.", "Comida: cumplido."),
        ("Food, Sat 09:00", "Comida, sáb 09:00"),
        ("A need was named: food.", "Se nombró una necesidad: comida."),
        ("someone is with them by Sat 5 Dec 09:00", "alguien está allí antes de: sáb 5 dic 09:00"),
        ("From November 28, 2026 on.", "Desde el 28 de noviembre de 2026."),
        ("Food, and what else Rosa said", "Food, and what else Rosa said"),
        ("Rosa. Food.", "Rosa. Food."),
    ],
)
def test_several_labels_and_moments_one_after_the_other_are_told_when_all_of_them_are_ours(value, told):
    assert SPANISH.ours(value) == told


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("def f(facts):\n    return f'Named: {_domain(facts)}.'", "Named: {domain_label}."),
        (
            "def f(facts):\n    how = 'kept' if facts else 'missed'\n    return f'It was {how}.'",
            "It was {how_label}.",
        ),
        ("def f(user):\n    who = user.name\n    return f'{who} came.'", "{who} came."),
        ("def f(facts):\n    return f'{facts.get(\"worker\")} came.'", "{value} came."),
        ("def f(one):\n    return f'{one.get_kind_display().lower()} ended.'", "{kind_label} ended."),
    ],
)
def test_a_blank_says_whether_it_holds_words_of_ours_or_what_somebody_typed(code, message):
    every = list(ast.walk(ast.parse(code)))
    (filled,) = (node for node in every if isinstance(node, ast.JoinedStr))
    assert with_blanks(filled, made_of_ours(every)) == message


def test_what_is_said_by_its_place_is_found_however_short_it_is():
    every = list(ast.walk(ast.parse("_ALL = 'all or none'\nneeded(Line(), when=_ALL)\nf(key='not shown')")))
    told = set(told_in(every, made_of_ours(every)))
    assert [one.value for one in every if id(one) in told] == ["all or none"]
