"""Whatever keeps a form from being saved, what was typed is shown and may be sent again."""

from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from breakwater.trust.testing import an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of, circles_opened_by, hidden
from breakwater.trust.tests.pages import running_into

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("breakwater.trust.tests.pages"),
    pytest.mark.filterwarnings("ignore:.*broken.*"),
]
CIRCLE = "/quay/circle/"
WORDS = "  She said: “no” & <left>.\r\nThen rain. "


@pytest.fixture
def ada():
    return an_actor(now=timezone.now())


def sent_again(client, page, where=CIRCLE, **headers):
    """Press the button of the page that shows what was typed."""
    names = ("csrfmiddlewaretoken", "idempotency_key", "words")
    return client.post(where, {name: hidden(page.content, name) for name in names}, **headers)


def opened(actor):
    as_seen_by(actor)
    return circles_opened_by(actor)


@pytest.mark.parametrize("key", ["", "1234", "not-a-key", "{}", "ffffffff-ffff-ffff-ffff-fffffffffffffff"])
def test_a_wrong_key_costs_one_more_press(ada, key):
    client = browser_of(ada)
    refused = client.post(CIRCLE, {"words": WORDS, "idempotency_key": key})
    assert refused.status_code == 422
    assert hidden(refused.content, "words") == WORDS
    assert opened(ada) == 0
    assert sent_again(client, refused).status_code == 303
    assert opened(ada) == 1


def test_what_is_shown_again_is_what_was_typed_and_no_mark_no_code_and_no_word_of_theirs(ada):
    client = browser_of(ada)
    person = str(uuid4())
    said = {"words": WORDS, "kind": "life_threat", "person": person, "shown": "0f" * 20, "word": "heron"}
    page = client.post(CIRCLE, said | {"idempotency_key": ""})
    typed, _, shown = page.content.decode().partition("What you typed")
    assert hidden(page.content, "kind") == "life_threat"
    assert hidden(page.content, "person") == person
    assert "life threat" in shown
    assert not any(one in shown for one in (person, "0f0f0f", "life_threat"))
    assert "heron" not in typed + shown, "the word that goes with a code of their own is kept nowhere"


def test_a_key_that_was_used_shows_the_new_words(ada):
    client, key = browser_of(ada), str(uuid4())
    client.post(CIRCLE, {"words": "first", "idempotency_key": key})
    refused = client.post(CIRCLE, {"words": WORDS, "idempotency_key": key})
    assert "already saved, with other words" in refused.content.decode()
    assert hidden(refused.content, "words") == WORDS
    assert hidden(refused.content, "idempotency_key") != key
    assert sent_again(client, refused).status_code == 303
    assert opened(ada) == 2


@pytest.mark.parametrize(
    "proof", [{"HTTP_ORIGIN": "http://testserver"}, {"HTTP_SEC_FETCH_SITE": "same-origin"}]
)
def test_a_page_of_ours_that_is_too_old_costs_one_more_press(ada, proof):
    client, key = browser_of(ada, enforce_csrf_checks=True), str(uuid4())
    refused = client.post(CIRCLE, {"words": WORDS, "idempotency_key": key}, **proof)
    assert refused.status_code == 403
    assert hidden(refused.content, "words") == WORDS
    assert hidden(refused.content, "idempotency_key") == key
    assert sent_again(client, refused, **proof).status_code == 303
    assert opened(ada) == 1


@pytest.mark.parametrize(
    ("lie", "said"),
    [
        ({}, b"This page was opened too long ago"),
        ({"HTTP_ORIGIN": "https://elsewhere.example"}, b"nothing was saved"),
        ({"HTTP_SEC_FETCH_SITE": "cross-site"}, b"nothing was saved"),
    ],
)
def test_what_a_stranger_sent_is_not_offered_to_be_sent_again(ada, lie, said):
    client = browser_of(ada, enforce_csrf_checks=True)
    refused = client.post(CIRCLE, {"words": WORDS, "idempotency_key": str(uuid4())}, **lie)
    assert refused.status_code == 403
    assert said in refused.content
    assert b"<form" not in refused.content
    assert opened(ada) == 0


def test_something_of_ours_that_broke_may_be_tried_again_and_counts_once(ada):
    client, key = browser_of(ada, raise_request_exception=False), str(uuid4())
    with running_into(RuntimeError("a plank is loose")):
        broke = client.post(CIRCLE, {"words": WORDS, "idempotency_key": key})
    assert broke.status_code == 500
    assert b"plank" not in broke.content
    assert hidden(broke.content, "words") == WORDS
    assert hidden(broke.content, "idempotency_key") == key
    assert [sent_again(client, broke).status_code for _ in range(2)] == [303, 303]
    assert opened(ada) == 1


def test_text_that_arrived_damaged_is_not_half_kept(ada):
    client = browser_of(ada)
    body = b"idempotency_key=" + str(uuid4()).encode() + b"&words=caf%e9%ff"
    answer = client.post(CIRCLE, body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400
    assert "arrived damaged: it is not UTF-8" in answer.content.decode()
    with_files = b'--x\r\nContent-Disposition: form-data; name="words"\r\n\r\ncaf\xe9\xff\r\n--x--\r\n'
    assert client.post(CIRCLE, with_files, content_type="multipart/form-data; boundary=x").status_code == 400
    assert opened(ada) == 0


@pytest.mark.parametrize("where", ["/drafts/?form=/x/", CIRCLE])
def test_half_a_character_is_damage_too(ada, where):
    answer = browser_of(ada).post(where, b"words=%ED%A0%80", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400


def test_a_password_is_never_shown_again():
    answer = Client(enforce_csrf_checks=True).post(
        "/sign-in/",
        {"username": "ada", "password": "harbor light 7"},
        headers={"origin": "http://testserver"},
    )
    assert answer.status_code == 403
    assert b"harbor light 7" not in answer.content
