"""What a questionnaire is called in other languages is kept beside what it translates."""

import json

import pytest

from breakwater.assessments.actions.keeping import import_instrument
from breakwater.assessments.importing import own_definition, pack_of, with_words
from breakwater.assessments.languages import named
from breakwater.assessments.library import INSTRUMENTS
from breakwater.assessments.rules.translating import in_language
from breakwater.assessments.testing import an_assessment
from breakwater.assessments.tests.test_questionnaires import asks, one, phq_2, read
from breakwater.cases.testing import NOON, a_case
from breakwater.formats.fhir import Unreadable
from breakwater.trust.access import acting, system_for
from breakwater.trust.testing import an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press


def beside(*told):
    """A text in other languages, as a Questionnaire tells it."""
    url = "http://hl7.org/fhir/StructureDefinition/translation"
    pairs = [
        [{"url": "lang", "valueCode": lang}, {"url": "content", "valueString": words}] for lang, words in told
    ]
    return {"extension": [{"url": url, "extension": pair} for pair in pairs]}


def test_translations_are_kept_beside_what_they_translate():
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


def test_a_language_is_called_as_its_speakers_call_it():
    assert [named(one) for one in ("vi", "zh-Hant", "ht", "ar")] == [
        "Tiếng Việt",
        "中文 (繁體)",
        "Kreyòl Ayisyen",
        "العربية",
    ]
    assert [named(one) for one in ("x-private", "en_US", "hmn")] == ["x-private", "en_US", "hmn"]


def in_languages(*languages, items=(0, 1)):
    """A PHQ-2 with words that nobody owns, some of its items with all their answers in other languages."""
    pack = phq_2()
    for place in items:
        item = pack["item"][place]
        item["_text"] = beside(*((one, f"{one}: question {place + 1}") for one in languages))
        for option in item["answerOption"]:
            told = ((one, f"{one}: {option['valueCoding']['code']}") for one in languages)
            option["valueCoding"]["_display"] = beside(*told)
    return pack


def begun_in(ada, pack):
    """A PHQ-2 in words that the actor's agency brought, being asked."""
    by = system_for(ada.agency, now=ada.now)
    with acting(by):
        import_instrument(json.dumps(pack).encode(), state="", holder="", at=ada.now, by=by)
    as_seen_by(ada)
    return an_assessment(a_case(by=ada), by=ada)


@pytest.mark.django_db
class TestInterpreterMode:
    """Any language that an agency brought is asked in beside ours; where there is none, the page says so."""

    @pytest.fixture
    def ada(self):
        return an_actor(now=NOON)

    def test_in_whichever_language_the_agency_brought(self, ada):
        begun = begun_in(ada, in_languages("vi", "ar"))
        client, where = browser_of(ada), f"/assessments/{begun.pk}"
        form = client.get(f"{where}/language/").content.decode()
        for name in ("Tiếng Việt", "العربية"):
            assert f"{name} (nobody has verified these words)" in form
        press(client, f"{where}/language/", by=ada, language="vi", interpreter="", read=begun.spoken())
        page = client.get(f"{where}/question/?item=2").content.decode()
        assert 'Made-up question 2 <span class="beside" lang="vi" dir="auto">vi: question 2</span>' in page
        assert 'lang="vi" dir="auto">vi: LA6568-5' in page
        assert "Tiếng Việt" in client.get(f"{where}/sheet/").content.decode()

    def test_what_is_not_there_in_it_is_said_at_its_question(self, ada):
        begun = begun_in(ada, in_languages("vi", items=(0,)))
        client, where = browser_of(ada), f"/assessments/{begun.pk}"
        form = client.get(f"{where}/language/").content.decode()
        assert "Tiếng Việt (1 of 2 questions; nobody has verified these words)" in form
        press(client, f"{where}/language/", by=ada, language="vi", interpreter="", read=begun.spoken())
        sheet = client.get(f"{where}/sheet/").content.decode()
        assert sheet.count("Not here in Tiếng Việt: whoever interprets says it.") == 1

    def test_where_there_is_none_the_page_says_so(self, ada):
        begun = an_assessment(a_case(by=ada), by=ada, instrument="gad-2")
        page = browser_of(ada).get(f"/assessments/{begun.pk}/language/").content.decode()
        assert "Its words are in no other language here. Your agency may import them" in page
