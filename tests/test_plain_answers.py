"""What somebody reads when something cannot be shown or done: calm words, a way back, and nothing about anybody."""

import re
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.test import Client, override_settings

from breakwater.trust.testing import an_actor

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:.*broken.*"),
]
TOO_MUCH = 3 * 1024 * 1024


@pytest.fixture
def ada():
    return an_actor(now=datetime.now(UTC))


@pytest.fixture
def client(ada):
    client = Client(raise_request_exception=False)
    client.force_login(ada.user)
    return client


def read(answer, status, says):
    """The words of an answer, after what holds for each of them."""
    page = answer.content.decode()
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert answer.status_code == status
    assert says in words
    assert re.search(r'<a [^>]*href="/"', page), "a way back"
    assert '<html lang="en">' in page
    assert 'name="viewport"' in page
    assert "<style" not in page
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    return words


def test_an_address_without_anything(client):
    read(client.get("/nowhere/"), 404, "There is nothing at this address, or it is not yours to see.")


def test_an_address_without_anything_sounds_the_same_to_everybody(client):
    assert client.get("/nowhere/").content == Client().get("/nowhere/").content


def test_a_form_whose_page_is_too_old():
    answer = Client(enforce_csrf_checks=True).post("/sign-in/", {"username": "ada"})
    read(answer, 403, "This page was opened too long ago.")


def test_more_text_than_a_form_takes(client):
    answer = client.post(
        "/cases/intake/", {"what_is_happening": "x" * TOO_MUCH, "idempotency_key": str(uuid4())}
    )
    read(answer, 413, "This was more text than a form can take")


def test_a_request_that_makes_no_sense(client):
    fields = {f"field {number}": "" for number in range(1200)}
    read(client.post("/cases/intake/", fields), 400, "could not be read")


@override_settings(ROOT_URLCONF="breakwater.trust.tests.pages")
def test_something_of_ours_breaks(client):
    words = read(client.post("/quay/broken/", {"idempotency_key": str(uuid4())}), 500, "Nothing was saved")
    assert "plank" not in words


@override_settings(ROOT_URLCONF="breakwater.trust.tests.pages")
def test_something_that_this_role_never_does(client):
    words = read(client.post("/quay/never/", {"idempotency_key": str(uuid4())}), 403, "does not allow this")
    assert "Nothing was changed" in words


@override_settings(ROOT_URLCONF="breakwater.trust.tests.pages")
def test_something_that_cannot_be_done_now(client):
    words = read(client.post("/quay/refused/", {"idempotency_key": str(uuid4())}), 422, "The tide is out.")
    assert "Nothing was changed" in words
