"""SP-16: whoever knows a name, a birth date and an address may be the one who hurts them: by these nobody is known."""

import re

import pytest

from breakwater.desk.panels import ASIDE_PANELS
from tests.architecture.source import CODE, ROOT

WORKERS_ARE_TOLD = {
    "desk/templates/desk/search.html": "Do not confirm that anybody is known here.",
    "privacy/templates/privacy/telling.html": "Do not say that the person is known to you",
    "people/templates/people/_on_the_phone.html": "Ask for the word they chose",
    "people/templates/people/caller.html": "<b>Do not confirm that this person is known here.</b>",
}
"""Where somebody looks while another waits on the phone."""
SHOWS_IT = {
    "people/_on_the_phone.html": "desk/templates/desk/_who.html",
    "desk/_who.html": "desk/templates/desk/person.html",
}
"""The line is there where whoever answers the phone looks: on the person page, and in a panel of the case page."""

_OF_THEM = r"(?:full name|name|birth ?date|birthday|date of birth|address|zip code|phone(?: number)?|social security)"
_SUYO = r"(?:nombre(?: completo)?|fecha de nacimiento|cumpleaños|dirección|domicilio|teléfono|seguro social)"
_NEVER = re.compile(
    r"(?:mother|father).s (?:maiden )?name|security question|secret question|last (?:four|4)\b"
    rf"|(?:confirm|verify|check|match) (?:your|their|his|her|the caller.s|a) {_OF_THEM}"
    r"|ask (?:the caller )?for (?:your|their|his|her|a) (?:birth ?da|date of birth|social security)"
    rf"|(?:prove|proof of|identify)[^.?]{{0,40}}\b(?:by|with) (?:their|his|her|a) {_OF_THEM}"
    r"|\b(?:she|he|they|this person|the person) (?:is|are) (?:a client|a patient|in our care|staying)"
    r"|\b(?:is|are) (?:a client|a patient|in our care) (?:here|of ours)"
    r"|(?:apellido|nombre) (?:de soltera|de (?:la|su) madre)|pregunta (?:de seguridad|secreta)|últimos (?:cuatro|4)\b"
    rf"|(?:confirme|confirmar|verifique|verificar|compruebe|comprobar) (?:su|el|la) {_SUYO}"
    r"|(?:pregunte|pida) (?:su|la) (?:fecha de nacimiento|cumpleaños|seguro social)"
    r"|(?:ella|él|esta persona|la persona) (?:es (?:cliente|paciente)|está (?:aquí|con nosotros|alojada))"
)


def asked(text):
    """What a page asks or says that whoever knows somebody could answer, or learn."""
    return [one.group() for one in _NEVER.finditer(" ".join(text.lower().replace('"\n"', "").split()))]


def test_nothing_that_others_know_proves_who_somebody_is():
    """In every template and table, and each sentence of the catalogs, English and Spanish: those of the code too."""
    files = [*CODE.rglob("*.html"), *CODE.rglob("*.toml"), *CODE.rglob("*.po")]
    said = {
        str(file.relative_to(ROOT)): asked(file.read_text()) for file in files if "tests" not in file.parts
    }
    assert {file: words for file, words in said.items() if words} == {}
    assert sum(file.endswith("es.po") for file in said) == 1


def test_workers_are_told_where_they_look_while_somebody_waits():
    for file, sentence in WORKERS_ARE_TOLD.items():
        assert sentence in (CODE / file).read_text()
    for part, whole in SHOWS_IT.items():
        assert f'include "{part}"' in (CODE / whole).read_text()
    assert "desk/_who.html" in ASIDE_PANELS


@pytest.mark.parametrize(
    "sentence",
    [
        "Verify their date  of birth.",
        "Ask for their birth date first.",
        "The last four digits?",
        "Yes, she is a client here.",
        "Yes, he is staying with us.",
        "Her mother\u2019s maiden name",
        "They prove who they are by their birth date.",
        "Verifique su fecha de nacimiento.",
        "Pida su fecha de nacimiento.",
        "El apellido de su madre",
        "Sí, la persona está con nosotros.",
        'msgid "Confirm their "\n"address."',
    ],
)
def test_the_guard_sees(sentence):
    assert asked(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "A name, a birth date or an address proves nothing.",
        "Ask for the word they chose.",
        "Correct their address, or choose “Other”.",
        "No confirme por teléfono que esta persona es conocida aquí.",
    ],
)
def test_the_guard_lets_pass(sentence):
    assert not asked(sentence)
