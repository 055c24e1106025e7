"""What can be translated is written down, and every catalog says what its messages say and no more."""

import re

from django.template import engines

from breakwater.ui.words.beside import of_its_own, said_beside
from breakwater.ui.words.catalogs import POT, ROOM, TRANSLATED, catalog_of, known_messages
from breakwater.ui.words.extracting import brought_up, messages, written
from breakwater.ui.words.reading import said_by_code

_HEADER = re.compile(r"(?:X|Accept|Content|Idempotency|If|Last|Sec|User)(?:-[A-Z][A-Za-z]+)+")
_OF_PROGRAMS = re.compile(r"::|\b(?:JOIN|SELECT|CASE WHEN)\b|^breakwater\.")


def test_the_template_of_the_catalogs_has_every_message_of_today():
    found = messages(engines["jinja"].env)
    assert POT.read_bytes() == written(found), "breakwater words update"
    assert len(found) > 4000


def test_nobody_is_asked_to_translate_what_programs_say_to_each_other():
    assert [one for one in known_messages() if _OF_PROGRAMS.search(one) or _HEADER.fullmatch(one)] == []


def test_what_programs_say_to_each_other_is_known_wherever_it_stands(tmp_path):
    code = tmp_path / "wanted.py"
    code.write_text(
        'SAYS = {"one": "Somebody saw to it.", "two": "LEFT JOIN places p ON p.id = k.place"}\n'
        'KINDS = ("Cc", "Zl")\n'
        "def ask(how):\n"
        '    last = "x.key, k::text" if how else "Content-Type"\n'
        '    return f"{last} was called by nobody."\n'
    )
    assert {said for said, _ in said_by_code(code)} == {
        "Somebody saw to it.",
        "{last_label} was called by nobody.",
    }


def test_every_language_has_a_catalog_that_can_be_used():
    assert {path.stem for path in ROOM.glob("*.po")} == set(TRANSLATED)
    known = set(known_messages())
    for code in TRANSLATED:
        catalog = catalog_of(code)
        assert set(catalog.translations) <= known, (
            f"breakwater words update: {code} has messages of yesterday"
        )
        assert "Take someone in" in catalog.translations


def test_what_a_file_says_in_a_language_is_what_its_catalog_says():
    """A sentence that stands in a table in each language is translated once, there: ``words update`` takes it along."""
    known = set(known_messages())
    for code in TRANSLATED:
        beside, catalog = said_beside(code), catalog_of(code)
        assert len(beside) > 200
        assert {one for one in beside if one in known and catalog.find(one) != beside[one]} == set()
        own = of_its_own(code)
        assert own.keys() <= known, "a word of its own is a message of today"


def test_a_translation_of_a_file_stands_before_what_a_catalog_said_and_brings_no_message_of_its_own():
    pot = b'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "{one}"\nmsgstr ""\n'
    old = pot.replace(b'"{one}"\nmsgstr ""', b'"Open"\nmsgstr "Abierto"')
    made = brought_up(old, pot.replace(b"{one}", b"Open"), {"Open": "Abrir", "Shut": "Cerrar"}).decode()
    assert 'msgstr "Abrir"' in made
    assert "Cerrar" not in made
