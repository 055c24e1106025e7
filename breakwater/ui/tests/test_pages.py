"""How a view answers: with a page, by going on, or with a refusal on the form it came from."""

import pytest
from django import forms
from django.http import HttpResponse
from django.test import RequestFactory

from breakwater.kernel.errors import NotPermitted, Refused, Stale
from breakwater.ui.headers import CONTENT_SECURITY_POLICY, SecurityHeaders
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other

ask = RequestFactory()


class Saying(forms.Form):
    words = forms.CharField(required=False)


@pytest.fixture
def form():
    form = Saying({"words": "Typed."})
    assert form.is_valid()
    return form


@pytest.mark.parametrize(
    ("request_", "status"), [(ask.get("/"), 200), (ask.head("/"), 200), (ask.post("/"), 422)]
)
def test_a_page_in_answer_to_an_act_says_that_it_did_not_happen(request_, status):
    answer = page(request_, "ui/plain.html", title="Not done", sentence="Say more.")
    assert answer.status_code == status
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_act_that_is_done_goes_on_to_another_page():
    answer = see_other(ask.post("/"), "/case/1/#notes")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/case/1/#notes")


def test_an_act_within_a_page_goes_on_as_well():
    answer = see_other(ask.post("/", headers={"HX-Request": "true"}), "/case/1/")
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, "/case/1/")


def test_a_refusal_is_shown_on_the_form(form):
    with refusals_on(form):
        raise Refused("The tide is out.")
    assert form.non_field_errors() == ["The tide is out."]
    assert not hasattr(form, "stale")


def test_a_stale_edit_brings_the_other_text_along(form):
    with refusals_on(form):
        raise Stale("Somebody was faster.", theirs={"words": "Theirs."}, who="Noor", at=None)
    assert form.stale.theirs == {"words": "Theirs."}


def test_what_is_never_allowed_is_no_matter_of_the_form(form):
    with pytest.raises(NotPermitted), refusals_on(form):
        raise NotPermitted("Not yours to do.")
    assert form.is_valid()


def test_every_answer_forbids_scripts_and_styles_of_its_own():
    answer = SecurityHeaders(lambda request: HttpResponse("Hello."))(ask.get("/"))
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "frame-ancestors 'none'" in CONTENT_SECURITY_POLICY
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_answer_may_say_for_itself_how_long_it_keeps():
    kept = HttpResponse("a{}", headers={"Cache-Control": "max-age=60"})
    assert SecurityHeaders(lambda request: kept)(ask.get("/")).headers["Cache-Control"] == "max-age=60"


def test_addresses_are_worked_out_once_and_filled_in():
    first, second = url("desk:case", "a1"), url("desk:case", "b2")
    assert (first, second) == ("/case/a1/", "/case/b2/")
