"""Somebody reads in the language that they chose, else in their agency's; who is not signed in reads English."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from breakwater.kernel.ids import new_id
from breakwater.kernel.keys import new_key
from breakwater.trust.models import Agency, User
from breakwater.trust.testing import an_actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return an_actor(now=datetime.now(UTC))


@pytest.fixture
def client(ada):
    client = Client()
    client.force_login(ada.user)
    return client


def page(client, address="/"):
    return client.get(address).content.decode()


def choose(client, ada, language):
    typed = {"language": language, "idempotency_key": str(new_key(ada.user.pk))}
    return client.post("/your-sign-in/language/", typed)


def test_a_worker_reads_in_the_language_they_choose(client, ada):
    assert '<html lang="en">' in page(client)
    assert choose(client, ada, "es").status_code == 303
    board = page(client)
    assert '<html lang="es">' in board
    assert "Recibir a alguien" in board
    assert "Take someone in" not in board
    assert "data-words=" in board
    own = page(client, "/your-sign-in/")
    assert "Lo que todavía no está traducido aparece en inglés." in own
    choose(client, ada, "en")
    assert "Take someone in" in page(client)


def test_a_language_that_is_not_there_is_not_chosen(client, ada):
    choose(client, ada, "xx")
    assert User.objects.get(pk=ada.user.pk).language == ""


def test_an_agency_has_a_language_for_those_who_choose_none(client, ada):
    Agency.objects.update(language="es")
    assert "Recibir a alguien" in page(client)
    assert '<html lang="en">' in page(Client(), "/sign-in/")


def test_a_refusal_is_told_in_it(client, ada):
    choose(client, ada, "es")
    typed = {"idempotency_key": str(new_key(ada.user.pk)), "what_is_happening": "", "asked_by": "self"}
    answer = client.post("/cases/intake/", typed)
    assert answer.status_code == 422
    assert "Diga qué está pasando. Basta una línea." in answer.content.decode()


def test_what_is_not_theirs_looks_like_what_never_was(client, ada):
    choose(client, ada, "es")
    answers = {client.get(address).content for address in ("/nowhere/", f"/cases/{new_id()}/")}
    assert len(answers) == 1
    assert "No hay nada en esta dirección" in answers.pop().decode()
