"""Sentences with which an act at the door is refused, each met once."""

from uuid import uuid4

import pytest
from django.urls import reverse

from breakwater.kernel.errors import Refused
from breakwater.kernel.keys import new_key
from breakwater.trust.actions.agencies import appoint
from breakwater.trust.actions.drafts import LARGEST, keep_draft
from breakwater.trust.capabilities import Role
from breakwater.trust.testing import NOON, an_actor
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
