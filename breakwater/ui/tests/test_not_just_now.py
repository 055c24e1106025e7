"""What is said when the database does not answer: whoever only looked lost nothing, and opens the page again."""

import pytest
from django.http import Http404
from django.test import RequestFactory
from django.utils.translation import override

from breakwater.ui.views import not_found, too_long

LOOKS, SENT = (
    RequestFactory().get("/cases/?page=2"),
    RequestFactory().post("/cases/", {"words": "He called."}),
)


@pytest.mark.parametrize(
    ("request_", "says", "not_said"),
    [
        (LOOKS, "Nothing was to be saved", "Send it again"),
        (SENT, "it counts once", "Nothing was to be saved"),
    ],
)
def test_whoever_looks_and_whoever_sends_are_told_apart(request_, says, not_said):
    answer = too_long(request_, TimeoutError())
    shown = answer.content.decode()
    assert answer.status_code == 503
    assert says in shown
    assert not_said not in shown
    assert ('href="/cases/?page=2"' in shown) == (request_ is LOOKS)


def test_the_way_back_never_leads_to_another_site():
    request = RequestFactory().get("/")
    request.path = "//elsewhere.example/"
    assert 'href="//' not in too_long(request, TimeoutError()).content.decode()


def test_what_is_drawn_once_is_drawn_for_each_language():
    said = []
    for language in ("es", "en", "es"):
        with override(language):
            said.append(not_found(RequestFactory().get("/"), Http404()).content)
    assert b'<html lang="es">' in said[0]
    assert b'<html lang="en">' in said[1]
    assert said[2] == said[0]
