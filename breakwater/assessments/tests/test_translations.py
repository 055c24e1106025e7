"""What a questionnaire is called in other languages is kept beside what it translates."""

import pytest

from breakwater.assessments.importing import own_definition, pack_of, with_words
from breakwater.assessments.library import INSTRUMENTS
from breakwater.assessments.rules.translating import in_language
from breakwater.assessments.tests.test_questionnaires import asks, one, phq_2, read
from breakwater.cases.testing import NOON
from breakwater.formats.fhir import Unreadable


def test_translations_are_kept_beside_what_they_translate():
    def beside(*told):
        url = "http://hl7.org/fhir/StructureDefinition/translation"
        pairs = [
            [{"url": "lang", "valueCode": lang}, {"url": "content", "valueString": words}]
            for lang, words in told
        ]
        return {"extension": [{"url": url, "extension": pair} for pair in pairs]}

    pack = phq_2()
    pack["item"][0]["_text"] = beside(("es", "Pregunta inventada"), ("es", "Otra"), ("fr", "Question"))
    pack["item"][0]["answerOption"][0]["valueCoding"]["_display"] = beside(("es", "Nunca"))
    known = INSTRUMENTS["phq-2"]
    made = with_words(known, pack_of(read(pack), known))
    assert set(made.translations) == {"es", "fr"}
    spanish = in_language(made, "es").items[0]
    assert (spanish.text, spanish.options[0].label) == ("Pregunta inventada", "Nunca")
    assert in_language(made, "es").items[1] == made.items[1], "what is not translated stays as it is"
    own = asks(one("boolean", text="Is the door locked?", _text=beside(("es", "¿Está cerrada?"))))
    its = own_definition(read(own), key="own-x", state="project-authored", holder="Us", read_on=NOON.date())
    assert next(iter(its.translations["es"].questions.values())) == "¿Está cerrada?"
    for told in ([("", "x")], [("es", "x" * 20_001)], [("es", "x")] * 41):
        with pytest.raises(Unreadable, match="translation"):
            read(asks(one("boolean", text="x", _text=beside(*told))))
