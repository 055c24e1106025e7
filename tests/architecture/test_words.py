"""What can be translated is written down, and every catalog says what its messages say and no more."""

from django.template import engines

from breakwater.ui.words.catalogs import POT, ROOM, TRANSLATED, catalog_of, known_messages
from breakwater.ui.words.extracting import messages, written


def test_the_template_of_the_catalogs_has_every_message_of_today():
    found = messages(engines["jinja"].env)
    assert POT.read_bytes() == written(found), "breakwater words update"
    assert len(found) > 4000


def test_every_language_has_a_catalog_that_can_be_used():
    assert {path.stem for path in ROOM.glob("*.po")} == set(TRANSLATED)
    known = set(known_messages())
    for code in TRANSLATED:
        catalog = catalog_of(code)
        assert set(catalog.translations) <= known, (
            f"breakwater words update: {code} has messages of yesterday"
        )
        assert "Take someone in" in catalog.translations
