"""Sentences with which an act at the door is refused, each met once."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from breakwater.kernel.errors import Refused
from breakwater.kernel.keys import new_key
from breakwater.trust import dispatch
from breakwater.trust.access import ITSELF, system_for
from breakwater.trust.actions.agencies import appoint
from breakwater.trust.actions.drafts import LARGEST, keep_draft
from breakwater.trust.actions.leaving import refuse
from breakwater.trust.capabilities import Role
from breakwater.trust.events import SignedIn
from breakwater.trust.journal import record
from breakwater.trust.models import Decision
from breakwater.trust.testing import NOON, an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of

pytestmark = pytest.mark.django_db


def test_a_sign_in_name_is_given_once():
    by = an_actor(Role.ADMINISTRATOR)
    facts = {"name": "Ada Reyes", "password": "seven gulls on a mast", "role": Role.RESPONDER, "unit": None}
    appoint(username="ada", **facts, at=NOON, by=by)
    with pytest.raises(Refused, match="This sign-in name is taken"):
        appoint(username="ADA", **facts, at=NOON, by=by)


def test_a_draft_is_not_a_library():
    with pytest.raises(Refused, match="This is more text than a form can keep"):
        keep_draft("/cases/intake/", {"words": ["x" * (LARGEST + 1)]}, at=NOON, by=an_actor())


def test_a_form_without_its_key_saves_nothing():
    client = browser_of(an_actor())
    answer = client.post(reverse("cases:intake"), {"what_is_happening": "Out of insulin."})
    assert answer.status_code == 422
    assert b"This form has lost its key" in answer.content


def test_a_key_that_was_used_saves_nothing_else():
    by = an_actor()
    client, key = browser_of(by), str(new_key(by.user.pk))
    typed = {
        "what_is_happening": "Out of insulin.",
        "asked_by": "self",
        "owner": "me",
        "idempotency_key": key,
    }
    assert client.post(reverse("cases:intake"), typed).status_code == 303
    other = client.post(reverse("cases:intake"), typed | {"what_is_happening": f"Something else {uuid4()}."})
    assert other.status_code == 422
    assert "This form was already saved, with other words" in other.content.decode()


def test_whoever_stood_there_before_a_refusal_was_written_down_stands_there_again():
    before, stranger = an_actor(), an_actor()
    client = browser_of(stranger)
    as_seen_by(before)
    assert client.get(reverse("desk:case", args=(uuid4(),))).status_code == 404
    assert not Decision.objects.exists()
    assert what_was_refused(stranger) == [("refuse", "NOT-FOUND", stranger.user.pk)]


def what_was_refused(by):
    as_seen_by(by)
    return list(Decision.objects.values_list("answer", "code", "by"))


@pytest.mark.urls("breakwater.trust.tests.pages")
def test_what_breakwater_itself_was_refused_outlives_the_request():
    by = an_actor()
    assert Client().get(f"/quay/shut/{by.agency_id}/").status_code == 403
    assert what_was_refused(by) == [("refuse", "P2-CON-02", None)]


def test_and_so_does_what_it_was_refused_while_it_heard_news(monkeypatch):
    by = an_actor()

    def hears(entry, itself):
        refuse(
            Decision(agency=itself.agency, act="refer", at=itself.now, purpose="TREAT"),
            "P2-CON-02",
            by=itself,
        )

    monkeypatch.setattr(dispatch, "listeners", lambda verb: [hears])
    entry = record(SignedIn(), by=by, at=NOON)
    with pytest.raises(dispatch.SomeReactionsFailed, match="Unlawful"):
        dispatch.react(entry.pk, by.agency, at=NOON)
    assert what_was_refused(by) == [("refuse", "P2-CON-02", None)]


@pytest.mark.urls("breakwater.trust.tests.pages")
@pytest.mark.parametrize("page", ["/quay/shut/{}/", "/quay/broken/"])
def test_whom_breakwater_was_in_a_request_is_forgotten_with_it(page):
    """A thread answers many requests, and does jobs: the next one shares nothing, whether this one went well or not."""
    by = an_actor()
    client = browser_of(by, raise_request_exception=False)
    assert client.get(page.format(by.agency_id)).status_code in (403, 500)
    assert ITSELF.get() is None
    system_for(by.agency, now=NOON)
    assert ITSELF.get() is None, "nobody keeps what a job does"
