"""Outside the circle a thing does not exist: 404, and the same bytes as behind an id that never was."""

import re
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client

from breakwater.kernel.keys import new_key
from breakwater.trust.access import Actor
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Entry, Sighting
from breakwater.trust.testing import an_actor, as_seen_by
from tests.architecture.walked import walked
from tests.architecture.world import CONFIDENTIAL, OPEN, Address, addresses

BEHIND_A_WALL = [
    one
    for one in addresses()
    if set(one.ids) & CONFIDENTIAL.keys() and not getattr(one.view, "is_public", False)
]
"""What is public with an id is a button on somebody's own copy: ``tests/test_own_copy.py`` presses it elsewhere."""
_EACH_TIME_NEW = re.compile(
    rb'(name="(?:csrfmiddlewaretoken|idempotency_key)" value|data-now|datetime)="[^"]*"'
)


def ask(client: Client, actor: Actor, method: str, where: str) -> HttpResponse:
    """Ask for an address, the way its own page would."""
    if method == "GET":
        return client.get(where)
    return client.post(where, {"idempotency_key": str(new_key(actor.user.pk)), "words": "x", "text": "x"})


def nothing_found(answer: HttpResponse, never: HttpResponse) -> str:
    """Why these two answers tell a stranger something; empty when they do not."""
    if answer.status_code not in (404, 405):
        return f"status {answer.status_code}"
    if answer.status_code != never.status_code:
        return f"status {answer.status_code}, and {never.status_code} where nothing ever was"
    if dict(answer.items()) != dict(never.items()):
        return "other headers than where nothing ever was"
    if _EACH_TIME_NEW.sub(b"", answer.content) != _EACH_TIME_NEW.sub(b"", never.content):
        return "other bytes than where nothing ever was"
    return ""


def test_every_id_in_an_address_is_known_to_this_guard():
    ids = {one for address in addresses() for one in address.ids}
    assert ids - CONFIDENTIAL.keys() - OPEN.keys() == set(), (
        "say in tests/architecture/world.py what it belongs to"
    )
    assert CONFIDENTIAL.keys() <= ids
    assert len(BEHIND_A_WALL) > 40


@pytest.mark.parametrize("role", [Role.CASE_MANAGER, Role.SUPERVISOR, Role.ADMINISTRATOR])
def test_a_stranger_finds_nothing(known, role):
    ours, ids = known
    written = Entry.objects.visible_to(ours).count()
    stranger = an_actor(role, now=ours.now)
    client = Client(raise_request_exception=False)
    client.force_login(stranger.user)
    told = {
        f"{method} {address.name}": why
        for address in BEHIND_A_WALL
        for method in ("GET", "POST")
        if (why := _asked_both_ways(client, stranger, method, address, ids))
        and not (role == Role.ADMINISTRATOR and why == "status 403")
    }
    assert told == {}
    as_seen_by(stranger)
    assert not Sighting.objects.filter(by=stranger.user, ids__overlap=list(ids.values())).exists()
    as_seen_by(ours)
    assert Entry.objects.visible_to(ours).count() == written


def _asked_both_ways(client: Client, stranger: Actor, method: str, address: Address, ids: dict) -> str:
    theirs = ask(client, stranger, method, address.at(ids))
    nobodys = ask(client, stranger, method, address.at({one: uuid4() for one in address.ids}))
    if theirs.status_code == nobodys.status_code == 403:
        return "status 403"
    return nothing_found(theirs, nobodys)


NOT_OURS = {
    "privacy:lowering": "for privacy officers alone",
    "privacy:part_lowering": "for privacy officers alone",
    "privacy:review": "for reviewers alone",
    "privacy:seen": "so is this",
    "privacy:extending": "for those who answer requests",
    "privacy:answering": "so is this",
    "privacy:looking_again": "and this",
    "privacy:letting_in": "for those who let agencies in and out",
    "privacy:standing_narrowing": "so is this",
    "privacy:letting_out": "and this",
    "privacy:keeping": "for those who may erase",
    "privacy:proposing": "so is this",
    "privacy:deciding": "and this",
    "privacy:erased": "and this",
    "privacy:holding": "for privacy officers alone",
    "privacy:lifting": "so is this",
    "privacy:flagging": "for those who look into things",
    "privacy:look": "so is this",
    "privacy:incident": "and this",
    "privacy:assessing": "and this",
    "privacy:counting": "and this",
    "privacy:letter": "and this",
    "privacy:delay": "and this",
    "privacy:telling": "and this",
    "privacy:incident_closing": "and this",
    **{
        f"administration:{page}": "for administrators alone"
        for page in ("person", "moving", "dismissing", "returning", "unit", "review")
    },
}


@pytest.mark.django_db
def test_those_it_belongs_to_find_it():
    """The addresses are real ones: whoever stands in the circle is not sent away."""
    walled = {address.name for address in BEHIND_A_WALL} - NOT_OURS.keys()
    found = {page.name: page.status for page in walked() if page.name in walled}
    assert {name: status for name, status in found.items() if status not in (200, 302, 303, 405, 422)} == {}
    assert sum(status == 200 for status in found.values()) > 30


def test_the_guard_sees_what_tells_a_stranger_something():
    nothing = HttpResponse(b"No such page.", status=404)
    assert nothing_found(HttpResponse(b"No such page.", status=404), nothing) == ""
    assert nothing_found(HttpResponse(b"Marisol"), nothing) == "status 200"
    assert nothing_found(HttpResponse(b"Not yours.", status=403), nothing) == "status 403"
    assert "bytes" in nothing_found(HttpResponse(b"No such page!", status=404), nothing)
    assert "headers" in nothing_found(HttpResponse(b"No such page.", status=404, headers={"X": "1"}), nothing)
    keyed = b'<input name="idempotency_key" value="%s">'
    assert nothing_found(HttpResponse(keyed % b"1", status=404), HttpResponse(keyed % b"2", status=404)) == ""
