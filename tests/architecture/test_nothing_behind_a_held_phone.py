"""While somebody else holds a worker's device, nothing is there but the one form: every address there is, and every
address there is not, gives the same bytes; and those tell nobody who is helped, by whom, or that anybody is."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from breakwater.trust.middleware import open_while_confined
from breakwater.trust.models import Session
from tests.architecture.test_no_page_without_actor import WAYS
from tests.architecture.world import addresses

OPEN = {
    "portal:form": "the one form",
    "portal:form_back": "the way back, with what the owner of the device has",
    "trust:asked": "what a passkey is to sign on the way back: random bytes",
}
_EACH_TIME_NEW = re.compile(rb'name="(?:csrfmiddlewaretoken|idempotency_key)" value="[^"]*"|datetime="[^"]*"')


@pytest.fixture
def held_phone(known) -> tuple[Client, dict[str, Any]]:
    """A worker's browser in somebody else's hands, and the ids of everything that lies behind it."""
    ours, ids = known
    client = Client()
    client.force_login(ours.user)
    until = timezone.now() + timedelta(minutes=5)
    Session.objects.filter(user=ours.user).update(confined_to=ids["assessment_id"], confined_until=until)
    return client, ids


def what_it_is(answer: HttpResponse) -> tuple[int, bytes, dict[str, str]]:
    """Everything that whoever holds the device can see of an answer."""
    return answer.status_code, _EACH_TIME_NEW.sub(b"", answer.content), dict(answer.items())


def test_what_stays_open_is_declared_here_with_its_reason():
    declared = {one.name for one in addresses() if getattr(one.view, "open_while_confined", False)}
    assert declared == OPEN.keys()
    assert open_while_confined(lambda request: None).open_while_confined


def test_from_a_held_phone_nothing_else_opens(held_phone):
    client, ids = held_phone
    asked = [(client.get, {}), (client.post, {}), *((client.post, WAYS[way]) for way in WAYS if WAYS[way])]
    opened = []
    for method, way in asked:
        nothing = method("/there/never/was/such/a/page/", **way)
        assert nothing.status_code == 404
        assert not re.search(b"Zwart|Breakwater|sign-in|/case", nothing.content)
        opened += [
            f"{method.__name__} {one.name}"
            for one in addresses()
            if one.name not in OPEN and what_it_is(method(one.at(ids), **way)) != what_it_is(nothing)
        ]
    assert opened == []
    assert Session.objects.filter(confined_to__isnull=False).count() == 1, "nothing of it let go"


def test_what_is_open_names_nobody(held_phone):
    client, ids = held_phone
    for address in addresses():
        if address.name in OPEN:
            for answer in (client.get(address.at(ids)), client.post(address.at(ids))):
                assert not re.search(rb"Zwart|Breakwater|<nav", answer.content), address.name


def test_whoever_signs_in_there_comes_in_nowhere(held_phone):
    client, _ = held_phone
    answer = client.post("/sign-in/", {"username": "nobody", "password": "harbor light 7"})
    assert answer.status_code == 404
    assert "sessionid" not in answer.cookies


def test_the_guard_sees_what_opens():
    assert what_it_is(HttpResponse("a", status=404)) != what_it_is(HttpResponse("b", status=404))
    assert what_it_is(HttpResponse(status=404)) != what_it_is(HttpResponse(status=404, headers={"X": "1"}))
