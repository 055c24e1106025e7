"""What is said when the database does not answer: whoever only looked lost nothing, and opens the page again."""

import pytest
from django.test import RequestFactory

from breakwater.ui.views import too_long

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
