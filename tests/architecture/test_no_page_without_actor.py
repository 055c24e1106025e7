"""No actor, no page: whoever is not signed in is asked to sign in, and is shown nothing, whatever they ask for."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from breakwater.trust.middleware import public
from tests.architecture.conftest import NAME
from tests.architecture.world import addresses

PUBLIC = {
    "trust:sign_in": "one signs in here",
    "trust:second": "the second step of signing in",
    "trust:passkey": "one signs in here with a passkey",
    "trust:asked": "what a passkey is to sign: random bytes",
    "trust:given_code": "a password, by a code that was handed over to whoever joins or lost theirs",
    "trust:single": "which agency's own sign-in",
    "trust:single_back": "back from there",
    "trust:sign_out": "harmless to somebody who is out",
    "ui:patterns": "the components with made-up words",
    "portal:notes": "the box for the code of a person's own copy, and the copy for whoever opened it",
    "portal:out": "leaving it; harmless to somebody who holds none",
    "portal:site": "the boxes for a link and its code, and the letter for the site that opened it",
    **dict.fromkeys(
        ("portal:site_answer", "portal:site_room"),
        "a button of an open letter; whoever holds none is shown the boxes for a link and its code",
    ),
    "portal:site_file": "a file that goes along with an open letter; to anybody else nothing is there",
    "portal:figures": "the figures of a place, for a program that holds a key of its own",
    "portal:our_room": "the boxes for a standing link and its code, and the figures of a place whose phone was let in",
    **dict.fromkeys(
        ("portal:our_room_told", "portal:our_room_out"),
        "a button on a device that was let in; any other is sent to the boxes for a link and its code",
    ),
    "portal:form": "a worker's device in somebody's hands; to anybody else nothing is there",
    "portal:form_back": "the way back from there",
    **dict.fromkeys(
        ("portal:call", "portal:need_met", "portal:way", "portal:taking_back"),
        "a button of an open copy; whoever holds none is shown the box for a code",
    ),
    **dict.fromkeys(
        (
            "interop:about",
            "interop:services",
            "interop:service",
            "interop:organizations",
            "interop:organization",
            "interop:terms",
            "interop:term",
            "interop:taxonomies",
            "interop:taxonomy",
            "interop:given_list",
            "interop:given",
        ),
        "the directory for programs, which holds nothing about anyone; hidden places are left out",
    ),
    "messaging:gateway": "a machine says what became of a text message, and proves itself by a secret",
    "robots": "that nothing here may be collected",
    "security_contact": "whom to tell about a weakness",
}
WAYS: dict[str, dict[str, Any]] = {
    "a page": {},
    "a fragment": {"headers": {"HX-Request": "true"}},
    "a draft": {"headers": {"X-Autosave": "1"}},
}


def shows_nothing(answer: HttpResponse) -> bool:
    """Whether an answer only asks to sign in, or says that there is nothing here."""
    if b"Zwart" in answer.content:
        return False
    if answer.status_code == 302:
        return answer["Location"].startswith("/sign-in/")
    return answer.status_code in (401, 404, 405)


def test_what_is_public_is_declared_here_with_its_reason():
    declared = {address.name for address in addresses() if getattr(address.view, "is_public", False)}
    assert declared <= PUBLIC.keys()
    assert {name for name in PUBLIC if name not in {one.name for one in addresses()}} == set()


@pytest.mark.parametrize("way", WAYS)
def test_somebody_who_is_not_signed_in_is_shown_nothing(known, way):
    _ours, ids = known
    client = Client()
    shown = [
        f"{method.__name__} {address.name}"
        for address in addresses()
        if address.name not in PUBLIC
        for method in (client.get, client.post, client.put, client.delete)
        if not shows_nothing(method(address.at(ids), **WAYS[way]))
    ]
    assert shown == []
    assert len(addresses()) > 60


def test_a_session_that_has_ended_is_nobody(known):
    ours, ids = known
    client = Client()
    client.force_login(ours.user)
    client.session.flush()
    assert all(shows_nothing(client.get(one.at(ids))) for one in addresses() if one.name not in PUBLIC)


def test_the_guard_sees_a_page_that_shows_something():
    assert not shows_nothing(HttpResponse(b"The board"))
    assert not shows_nothing(HttpResponse(status=302, headers={"Location": "/case/1/"}))
    assert not shows_nothing(HttpResponse(f"Sign in to read about {NAME}", status=401))
    assert shows_nothing(HttpResponse(b"Sign in first.", status=401))
    assert public(lambda request: None).is_public
