"""On a phone: the worker asks in two languages, then gives the phone away for one form; behind it nothing is there."""

import pytest
from django.db import transaction
from playwright.sync_api import expect

from breakwater.assessments.models import Alert, Answer, Assessment
from breakwater.assessments.testing import an_assessment
from breakwater.cases.testing import a_case
from tests.journeys.conftest import PASSWORD, check_with_axe, nowhere, sign_in

HEARD = """
- main:
  - form "Pregunta 2 de 18":
    - heading "Pregunta 2 de 18" [level=1]
    - group "¿Está pensando en quitarse la vida o en hacerse daño?":
      - radio "No"
      - radio "Lo pienso, pero no quiero hacerlo"
      - radio "He pensado cómo"
      - radio "Podría hacerlo hoy"
      - radio "Prefiero no decirlo"
    - paragraph: Puede dejarla vacía y seguir.
    - paragraph:
      - button "Siguiente"
      - button "Atrás"
- status
"""
"""What a screen reader meets on the device: which question, what it asks, each answer, and how to go on."""


@pytest.fixture
def begun(worker):
    with transaction.atomic():
        by = worker.acts()
        case = a_case(by=by, at=by.now, known_as="Marisol Vega")
        return an_assessment(case, by=by, instrument="rapid-crisis", at=by.now)


def kept(worker):
    """What was answered so far."""
    with transaction.atomic():
        worker.acts()
        return Answer.objects.last_of(Assessment.objects.get())


def in_two_languages(page, look):
    """Both languages side by side, and who interprets."""
    page.get_by_role("link", name="Another language").click()
    look(page)
    page.get_by_label("In which language too?").select_option("es")
    page.get_by_label("Who interprets?").fill("By phone, 4471")
    page.get_by_role("button", name="Ask so").click()
    page.get_by_text("¿Qué pasó para que hoy").first.wait_for()
    look(page)


def answered_by_themselves(page, look, worker):
    """One question a page, back without loss, and heard at once."""
    page.get_by_role("link", name="They answer on this device").click()
    look(page)
    page.get_by_role("button", name="Lock it, and hand it over").click()
    page.get_by_text("Pregunta 1 de").wait_for()
    assert page.title() == "Formulario"
    look(page)
    page.get_by_role("textbox").fill("Me echaron hoy.")
    page.get_by_role("button", name="Siguiente").click()
    expect(page.locator("body")).to_match_aria_snapshot(HEARD)
    page.get_by_text("Podría hacerlo hoy").click()
    look(page)
    page.get_by_role("button", name="Atrás").click()
    expect(page.get_by_role("textbox")).to_have_value("Me echaron hoy.")
    assert kept(worker) == {"happened": "Me echaron hoy.", "self": "now"}
    with transaction.atomic():
        worker.acts()
        assert Alert.objects.get().kind == "SELF-NOW"


def nothing_behind_it(page, look, begun):
    """In no tab, and not by going back."""
    other = page.context.new_page()
    for where in (f"/case/{begun.case_id}/", "/", "/sign-in/", "/search/"):
        other.goto(where)
        nowhere(other.get_by_text("Marisol"))
        nowhere(other.get_by_role("navigation"))
        other.get_by_text("Nothing here yet").wait_for()
    for _ in range(6):
        page.go_back()
        nowhere(page.get_by_text("Marisol"))
        nowhere(page.get_by_role("navigation"))
    page.goto("/form/?n=900")
    page.get_by_text("devuelva el aparato").wait_for()
    look(page)


def opened_again(page, look):
    """Only with what the worker has."""
    page.get_by_role("link", name="Para quien le dio esto").click()
    page.get_by_label("Your password, once more").fill("a guess")
    page.get_by_role("button", name="Open it again").click()
    page.get_by_text("not your password").wait_for()
    look(page)
    page.get_by_label("Your password, once more").fill(PASSWORD)
    page.get_by_role("button", name="Open it again").click()
    page.get_by_role("button", name="Finish", exact=True).wait_for()
    look(page)


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}])
def test_the_phone_in_their_hands_holds_one_form_and_nothing_else(new_page, worker, begun, options):
    page = new_page(390, **options)
    look = check_with_axe if options.get("java_script_enabled", True) else (lambda page: None)
    sign_in(page, worker.username, to=f"/case/{begun.case_id}/")
    page.locator("#assessments").get_by_role("link", name="Rapid crisis assessment").click()
    in_two_languages(page, look)
    answered_by_themselves(page, look, worker)
    nothing_behind_it(page, look, begun)
    opened_again(page, look)
    if options.get("java_script_enabled", True):
        page.get_by_role("group", name="Are you hurt or ill?").get_by_text("Nothing urgent").click()
        page.get_by_text("Saved").wait_for()
        assert kept(worker)["body"] == "fine"
