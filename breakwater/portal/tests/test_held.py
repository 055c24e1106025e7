"""A worker's device in the person's hands: one form, nothing else, and back only with what its owner has."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from breakwater.assessments.models import Alert, Answer, Assessment
from breakwater.assessments.testing import an_assessment
from breakwater.assessments.tests.test_translations import begun_in, in_languages
from breakwater.cases.testing import a_case
from breakwater.clocks.models import Clock
from breakwater.kernel.errors import Refused
from breakwater.plans.models import Agreement
from breakwater.plans.overview import action_plan_of, as_it_stands
from breakwater.plans.testing import a_goal, a_step
from breakwater.portal.actions.held import give_phone, hold_out_plan
from breakwater.trust.actions.sessions import end_everything_of
from breakwater.trust.models import Entry, Session
from breakwater.trust.testing import an_actor
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db
FORM, BACK = "/form/", "/form/back/"


@pytest.fixture
def ada():
    return an_actor(now=timezone.now())


@pytest.fixture
def case(ada):
    return a_case(by=ada, at=ada.now, known_as="Marisol")


@pytest.fixture
def begun(case, ada):
    return an_assessment(case, by=ada, instrument="rapid-crisis", at=ada.now)


def handed_over(ada, begun, language=""):
    """The worker's browser, once it is in the person's hands."""
    client = browser_of(ada)
    went = press(client, f"/own-copy/phone/{begun.pk}/", by=ada, language=language)
    assert (went.status_code, went.headers["Location"]) == (303, FORM)
    assert went.headers["Clear-Site-Data"] == '"cache"'
    return client


def says(client, item, said="", where=FORM, **more):
    """One question, answered as a browser would."""
    return client.post(where, {"item": item, f"item-{item}": said, **more})


def test_what_is_too_long_is_told_where_the_answer_is_heard_and_not_one_word_is_lost(ada, begun):
    client = handed_over(ada, begun, language="es")
    page = says(client, "happened", "á" * 20_001).content.decode()
    assert '<p id="wrong" class="wrong" role="alert">Esto no se guardó todavía: es demasiado largo.' in page
    (words,) = re.findall(r"<textarea[^>]*>", page)
    assert 'aria-invalid="true" autofocus aria-describedby="wrong help"' in words
    assert "á" * 20_001 in page
    assert not Answer.objects.exists()
    other = says(client, "self", "no such answer").content.decode()
    assert "Elija otra vez" in other
    assert '<fieldset class="answers" aria-describedby="wrong ">' in other


def test_one_question_a_page_kept_as_it_is_given_back_without_loss_and_heard_at_once(ada, case, begun):
    client = handed_over(ada, begun)
    first = client.get(FORM).content.decode()
    assert "What happened that made today" in first
    assert "<title>Form</title>" in first
    for word in ("Breakwater", "Ada", "Marisol", case.number, str(case.pk), str(begun.pk), "<nav", "<script"):
        assert word not in first
    went = says(client, "happened", "He left.")
    assert went.headers["Location"] == f"{FORM}?n=2"
    assert says(client, "self", "now").headers["Location"] == f"{FORM}?n=3"
    alert = Alert.objects.get()
    assert Clock.objects.running().of(alert.pk).exists(), "heard at once, while they still hold it"
    assert says(client, "reach", "yes", go="back").headers["Location"] == f"{FORM}?n=2"
    assert re.search(r'value="now" checked', client.get(f"{FORM}?n=2").content.decode())
    assert "He left." in client.get(f"{FORM}?n=1").content.decode()
    client.post(FORM, {"item": "happened", "item-happened": "", "item-happened-declined": "on"})
    assert Answer.objects.last_of(begun) == {"happened": "declined", "self": "now", "reach": "yes"}
    before = Answer.objects.count()
    says(client, "reach", "yes")
    assert Answer.objects.count() == before, "sent twice it is kept once"
    wrong = says(client, "self", "perhaps")
    assert (wrong.status_code, "Please choose again" in wrong.content.decode()) == (422, True)
    assert says(client, "whom", "Rob").headers["Location"] == f"{FORM}?n=1", "it is not asked"
    assert "hand it back" in client.get(f"{FORM}?n=900").content.decode()
    assert Assessment.objects.get(pk=begun.pk).is_open, "the worker completes it"


def test_it_opens_again_with_what_its_owner_has_and_goes_on_under_a_new_key(ada, case, begun):
    client = handed_over(ada, begun)
    held = Session.objects.get(user=ada.user)
    assert (held.confined_to, held.proved_at) == (begun.pk, None)
    assert client.get(f"/case/{case.pk}/").status_code == 404
    assert "not your password" in client.post(BACK, {"password": "a guess"}).content.decode()
    assert client.get("/").status_code == 404
    opened = client.post(BACK, {"password": "harbor light 7"})
    assert opened.headers["Location"] == f"/assessments/{begun.pk}/sheet/"
    assert client.get(opened.headers["Location"]).status_code == 200
    free = Session.objects.get(user=ada.user)
    assert (free.confined_to, free.confined_until) == (None, None)
    assert free.session_key != held.session_key
    old = Client()
    old.cookies["sessionid"] = held.session_key
    assert old.get(f"/case/{case.pk}/").status_code == 302
    verbs = set(Entry.objects.filter(episode=case.pk).values_list("verb", flat=True))
    assert {"portal.phone_given", "portal.phone_taken_back"} <= verbs
    told = client.get(f"/cases/{case.pk}/chronology/").content.decode()
    assert "was given a worker&#39;s device" in told


def test_when_the_time_is_over_nothing_is_asked_and_only_the_way_back_is_open(ada, begun):
    client = handed_over(ada, begun)
    says(client, "happened", "He left.")
    Session.objects.update(confined_until=timezone.now() - timedelta(seconds=1))
    over = client.get(FORM).content.decode()
    assert "The time is over" in over
    assert "He left." not in over
    assert "The time is over" in says(client, "self", "now").content.decode()
    assert Answer.objects.last_of(begun) == {"happened": "He left."}
    assert client.get("/").status_code == 404
    assert client.post(BACK, {"password": "harbor light 7"}).status_code == 303


def test_it_ends_with_the_sessions_and_is_nothing_to_anybody_else(ada, begun):
    client = handed_over(ada, begun)
    end_everything_of(ada.user)
    assert "Nothing here" in client.get(FORM).content.decode()
    assert says(client, "self", "now").status_code == 200
    assert Answer.objects.count() == 0
    for who in (Client(), browser_of(ada)):
        for where in (FORM, BACK):
            page = who.get(where)
            assert "Nothing here" in page.content.decode()
            assert b"Breakwater" not in page.content


def test_in_their_language_and_only_where_its_questions_are_here(ada, case, begun):
    client = handed_over(ada, begun, language="es")
    page = client.get(f"{FORM}?n=2").content.decode()
    assert '<html lang="es">' in page
    assert "¿Está pensando en quitarse la vida" in page
    assert "Prefiero no decirlo" in page
    assert "Podría hacerlo hoy" in page
    with pytest.raises(Refused, match="not here in this language"):
        give_phone(begun, language="xx", at=ada.now, by=ada)
    labels = an_assessment(case, by=ada, instrument="phq-9")
    with pytest.raises(Refused, match="The questions of PHQ-9 are not here"):
        give_phone(labels, language="", at=ada.now, by=ada)


def test_in_a_language_that_only_the_questions_have_and_in_none_that_is_there_in_part(ada):
    with pytest.raises(Refused, match="not here in this language"):
        give_phone(begun_in(ada, in_languages("vi", items=(0,))), language="vi", at=ada.now, by=ada)
    begun, client = begun_in(ada, in_languages("ar")), browser_of(ada)
    giving = client.get(f"/own-copy/phone/{begun.pk}/").content.decode()
    assert "what stands around them is in English or Spanish" in giving
    press(client, f"/own-copy/phone/{begun.pk}/", by=ada, language="ar")
    page = client.get(FORM).content.decode()
    assert '<html lang="en">' in page
    assert '<legend lang="ar" dir="auto">ar: question 1</legend>' in page
    assert '<bdi lang="ar">ar: LA6568-5</bdi>' in page


@pytest.fixture
def planned(case, ada):
    a_step(case, by=ada, words="See the room on Elm Street", goal=a_goal(case, by=ada))
    return case


def held_out(ada, case, language="en"):
    """The worker's browser with their plan on it, once it is in the person's hands."""
    client = browser_of(ada)
    went = press(client, f"/own-copy/phone/plans/{case.pk}/", by=ada, language=language)
    assert (went.status_code, went.headers["Location"]) == (303, f"{FORM}?language={language}")
    assert went.headers["Clear-Site-Data"] == '"cache"'
    return client


def shown_to(ada, case, language="en"):
    """The plan as it stands on the page before them."""
    return as_it_stands(case, zone=ada.zone, language=language)


def test_they_sign_their_plan_on_the_workers_device_once_and_nothing_else_opens(ada, planned):
    client = held_out(ada, planned, language="es")
    first = client.get(f"{FORM}?language=es").content.decode()
    assert "See the room on Elm Street" in first
    assert "¿Es este su plan?" in first
    assert (
        "Meta, un lugar para vivir: A door that locks (esto me ayuda: She keeps every appointment.)" in first
    )
    assert re.search(
        r"Paso: See the room on Elm Street \(Ada Reyes, antes del \d+ de [a-z]+ de 20\d\d, ", first
    )
    for word in ("Breakwater", "Marisol", planned.number, str(planned.pk), '<nav class="places', "sign-in"):
        assert word not in first
    for where in (f"/plans/{planned.pk}/", f"/plans/{planned.pk}/agreement/", f"/case/{planned.pk}/", "/"):
        assert client.get(where).status_code == 404
    answer = {"language": "es", "shown": shown_to(ada, planned, "es"), "voice": "La puerta primero."}
    nothing = client.post(FORM, answer | {"agrees": "yes"})
    assert (nothing.status_code, "Elija sí y firme" in nothing.content.decode()) == (422, True)
    assert "La puerta primero." in nothing.content.decode(), "nothing typed is lost"
    dot = client.post(FORM, answer | {"agrees": "yes", "strokes": "5,5"})
    assert dot.status_code == 422
    assert Agreement.objects.count() == 0
    kept = client.post(FORM, answer | {"agrees": "yes", "strokes": "10,20 400,200;30,40 90,90"})
    assert "devuelva el aparato" in kept.content.decode()
    again = client.post(FORM, answer | {"agrees": "no"})
    assert "devuelva el aparato" in again.content.decode()
    made = Agreement.objects.get()
    assert (made.how, made.voice, bool(made.drawn)) == ("signed", "La puerta primero.", True)
    assert made.why_not == "Answered by themselves, on the worker's device"
    assert (made.language, "Paso: " in made.as_shown) == ("es", True), "kept as they saw it"
    assert not action_plan_of(planned, zone=ada.zone)["changed"], "another language is no change"
    back = client.post(BACK, {"password": "harbor light 7"})
    assert back.headers["Location"] == f"/plans/{planned.pk}/#agreements"
    assert client.get(f"/plans/{planned.pk}/").status_code == 200
    told = client.get(f"/cases/{planned.pk}/chronology/").content.decode()
    assert "to read their plan and answer to it themselves" in told
    verbs = set(Entry.objects.filter(episode=planned.pk).values_list("verb", flat=True))
    assert {"portal.plan_held_out", "portal.plan_taken_back", "plans.plan_talked_over"} <= verbs


def test_a_plan_that_was_changed_meanwhile_is_read_again_and_no_is_an_answer(ada, planned):
    client = held_out(ada, planned)
    saw = shown_to(ada, planned)
    a_step(planned, by=ada, words="Ask for the deposit")
    stale = client.post(FORM, {"shown": saw, "agrees": "yes", "signature": "M. V."})
    assert (stale.status_code, "read it again" in stale.content.decode()) == (422, True)
    assert "Ask for the deposit" in stale.content.decode()
    assert Agreement.objects.count() == 0
    client.post(FORM, {"shown": shown_to(ada, planned), "agrees": "no", "why_not": "Not Elm Street."})
    made = Agreement.objects.get()
    assert (made.how, made.why_not) == (
        "not", "Not Elm Street. Answered by themselves, on the worker's device",
    )  # fmt: skip


def test_a_plan_is_not_held_out_for_longer_than_it_takes_and_not_without_one(ada, case, planned):
    client = held_out(ada, planned)
    Session.objects.update(confined_until=timezone.now() - timedelta(seconds=1))
    late = client.post(FORM, {"shown": shown_to(ada, planned), "agrees": "yes", "signature": "M. V."})
    assert "The time is over" in late.content.decode()
    assert Agreement.objects.count() == 0
    other = a_case(by=ada, at=ada.now, known_as="Nobody yet")
    with pytest.raises(Refused, match="no goal and no step yet"):
        hold_out_plan(other, at=ada.now, by=ada)
