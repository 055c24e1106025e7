"""Wherever a secret can be tried it is declared, tried in one way, and tells nobody who exists: text, status, size and
work are the same for a name that is unknown, shut out, waiting or real."""

import ast
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import transaction
from django.test import Client, override_settings
from django.utils import timezone

from breakwater.assessments.models import Assessment
from breakwater.assessments.testing import an_assessment
from breakwater.cases.testing import a_case
from breakwater.kernel.keys import new_key
from breakwater.people.actions.callers import choose_word
from breakwater.people.models import Person, SafeWord
from breakwater.trust.access import acting
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Appointment, Session, User
from breakwater.trust.rules import FREE_BY_NAME, HARD_STOP, stopped_until
from breakwater.trust.testing import NOON, an_actor, as_seen_by
from breakwater.trust.tests.browsing import hidden
from tests.architecture.source import called, code
from tests.architecture.walked import walked
from tests.architecture.world import addresses
from tests.paper import plain

ACCEPTS = {
    "trust:sign_in": "a password",
    "trust:second": "a code from an app, a recovery code",
    "trust:passkey": "a signature",
    "trust:given_code": "the code of an invitation or a reset",
    "trust:proof": "a password, a code or a signature, once more",
    "trust:authenticator": "the first code of an app, of somebody who has just proved themselves",
    "trust:single_back": "what a provider says",
    "administration:suspension": "a password, a code or a signature, before everything is stopped",
    "portal:notes": "the code of a person's own copy, and a word of their own",
    "portal:site": "the letters of a link for a site without accounts, and the code that goes with it",
    "portal:figures": "the key by which a program of a place tells its room",
    "portal:our_room": "the letters of a standing link of a place, and the code that lets one device in",
    "portal:form_back": "a password, a code or a signature, before a device that somebody held opens again",
    "messaging:gateway": "the secret of the gateway for text messages",
    "people:caller": "the word by which a person is known on the phone, as a caller says it",
    "privacy:emergency": "a password, a code or a signature, before the glass is broken",
}
TRIES = {
    "check_password",
    "use_code",
    "who_signed",
    "takes_code",
    "handed_to",
    "subject_of",
    "step_of",
    "authenticate",
    "open_copy",
    "open_link",
    "let_device_in",
    "telling_by_key",
    "try_caller",
}
"""What tries a secret."""

WHERE = {
    "breakwater/trust/views/front.py": "the front door, through try_secret",
    "breakwater/trust/views/handed.py": "through try_secret",
    "breakwater/portal/views/figures.py": "through try_secret; what then tells is behind the wall of the key",
    "breakwater/trust/views/single.py": "through try_secret",
    "breakwater/trust/step_up.py": "through try_secret",
    "breakwater/trust/sign_in.py": "the backend that the front door asks",
    "breakwater/trust/proving.py": "asked by those above",
    "breakwater/trust/views/factors.py": "the first code of an app, through try_secret",
    "breakwater/trust/actions/factors.py": "asked by proving; and once more when the app is kept",
    "breakwater/trust/models/agencies.py": "what a password is",
    "breakwater/portal/actions/own.py": "asked by the person's own page",
    "breakwater/portal/views/own.py": "through try_secret",
    "breakwater/portal/views/site.py": "through try_secret",
    "breakwater/portal/views/room.py": "through try_secret",
    "breakwater/people/actions/callers.py": "what a caller said, asked by the page through try_secret",
    "breakwater/people/views.py": "through try_secret",
    "breakwater/portal/testing.py": "what stands in for a browser",
}
_BOXES = re.compile(r'<input[^>]*(?:type="password"|autocomplete="one-time-code"|name="passkey")')


def test_what_accepts_a_secret_is_declared():
    declared = {one.name for one in addresses() if getattr(one.view, "accepts_secret", False)}
    assert declared == ACCEPTS.keys()


def test_secrets_are_tried_in_known_places_only():
    found = {
        module.path
        for module in code()
        for node in module.nodes
        if isinstance(node, ast.Call) and called(node).split(".")[-1] in TRIES
    }
    assert found == WHERE.keys()


@pytest.mark.django_db
def test_every_page_with_a_box_for_a_secret_leads_to_one_that_is_declared():
    sends = set()
    for page in walked():
        for said in (page.content, page.content_for_nobody):
            sends |= _sends(plain(said).decode(), page.where)
    by_path = {one.where: one.name for one in walked()}
    led_to = {by_path[where] for where in sends} - NO_SECRET_OF_OURS
    assert led_to <= ACCEPTS.keys()
    assert len(led_to) >= 5


def _sends(page, here):
    """Where the forms of a page send what is typed into a box for a secret."""
    asking = [one for one in re.findall(r"<form\b.*?</form>", page, re.DOTALL) if _BOXES.search(one)]
    return {found.group(1) if (found := re.search(r'action="([^"]*)"', one)) else here for one in asking}


NO_SECRET_OF_OURS = {"trust:new_passkey", "trust:password", "ui:patterns"}
"""A new passkey and a new password are made there, not tried; the pattern page shows a box."""


class Counting(Argon2PasswordHasher):
    """Counts how often a password is hashed."""

    time_cost, memory_cost, parallelism, hashes = 1, 8, 1, 0

    def encode(self, password, salt):
        """Count and hash."""
        Counting.hashes += 1
        return super().encode(password, salt)

    def verify(self, password, encoded):
        """Count and compare."""
        Counting.hashes += 1
        return super().verify(password, encoded)


def people():
    """A name of each kind, all of one length."""
    now = timezone.now()
    shut_out, left, no_password, real = (an_actor(now=now) for _ in range(4))
    for one in (shut_out, left, no_password, real):
        one.user.set_password("harbor light 7")
        one.user.save()
    User.objects.filter(pk=shut_out.user.pk).update(is_active=False)
    Appointment.objects.filter(user=left.user).update(ends_at=now)
    no_password.user.set_unusable_password()
    no_password.user.save()
    known = {"shut out": shut_out, "left": left, "without a password": no_password, "real": real}
    return {"unknown": "worker-0000000000"} | {kind: one.user.username for kind, one in known.items()}


SIGN_IN = ("/sign-in/", {"password": "not this one, surely"})
GIVEN_CODE = (
    "/sign-in/code/",
    {"one_time_code": "00000-00000-00000-00000", "new_password": "nine herons on one leg",
     "new_password_again": "nine herons on one leg"},
)  # fmt: skip


def _on_a_held_phone(client, who):
    """The way back from a device that was given away for one form."""
    with transaction.atomic(), acting(who):
        begun = Assessment.objects.filter(by=who.user).first() or an_assessment(
            a_case(by=who), by=who, instrument="rapid-crisis"
        )
    Session.objects.filter(user=who.user).update(
        confined_to=begun.pk, confined_until=timezone.now() + timedelta(minutes=5)
    )
    return client.post("/form/back/", {"password": "wrong"})


AT_THE_DOOR = {
    "trust:sign_in",
    "trust:given_code",
    "trust:passkey",
    "trust:single_back",
    "portal:notes",
    "portal:site",
    "portal:figures",
    "portal:our_room",
}


@pytest.mark.django_db
@pytest.mark.parametrize(("where", "typed"), [SIGN_IN, GIVEN_CODE])
@pytest.mark.parametrize("tries_before", [0, FREE_BY_NAME])
def test_nobody_learns_who_exists(where, typed, tries_before):
    settings.PASSWORD_HASHERS = [f"{__name__}.Counting"]
    told = {}
    for number, (kind, name) in enumerate(people().items()):
        for one in range(tries_before):
            Client().post(where, typed | {"username": name}, REMOTE_ADDR=f"198.51.{number}.{one}")
        Counting.hashes = 0
        answer = Client().post(where, typed | {"username": name}, REMOTE_ADDR=f"203.0.113.{number}")
        page = re.sub(r'value="[^"]{20,}"', "", answer.content.decode().replace(name, "NAME"))
        page = re.sub(r'data-now="[^"]*"', "", page)
        told[kind] = (answer.status_code, page, Counting.hashes)
    assert len(set(told.values())) == 1, {kind: (one[0], len(one[1]), one[2]) for kind, one in told.items()}


@pytest.mark.django_db
def test_every_one_of_them_waits():
    """The same caller tries the same secret wrongly, and has to wait, wherever it is asked for."""
    waits = {}
    for number, (name, try_once) in enumerate(_TRIES.items()):
        who = an_actor(_WORKS.get(name, Role.PRIVACY_OFFICER), now=timezone.now())
        client = Client(REMOTE_ADDR=f"198.51.100.{number}")
        if name not in AT_THE_DOOR:
            client.force_login(who.user)
        answers = [try_once(client, who).content.decode() for _ in range(FREE_BY_NAME + 1)]
        waits[name] = ["Too many tries" in one for one in answers]
        as_seen_by(who)
    assert waits == dict.fromkeys(_TRIES, [False] * FREE_BY_NAME + [True])
    assert ACCEPTS.keys() - _TRIES.keys() == {"trust:second", "privacy:emergency"}


def _press(client, who, where, **typed):
    return client.post(where, typed | {"idempotency_key": str(new_key(who.user.pk))})


def _a_first_code(client, who):
    """The first code of a new app, on a page that offers another secret each time it is opened."""
    Session.objects.filter(user=who.user).update(proved_at=timezone.now())
    sealed = hidden(client.get("/your-sign-in/authenticator/").content, "sealed")
    return _press(client, who, "/your-sign-in/authenticator/", one_time_code="wrong", sealed=sealed)


def _as_a_gateway(client, who):
    with override_settings(SMS_SECRET="what the gateway knows"):
        told = {"from": "(555) 010-4477", "text": "STOP"}
        headers = {"Authorization": "Bearer wrong"}
        return client.post("/messages/gateway/", told, content_type="application/json", headers=headers)


def _as_a_program(client, who):
    told = {"content_type": "application/json", "headers": {"Authorization": "Bearer wrong"}}
    return client.post("/room/figures/", {}, **told)


def _as_somebody_who_calls(client, who):
    """One person's word, again and again."""
    with transaction.atomic(), acting(who):
        person = Person.objects.filter(circle__opened_by=who.agency).first() or a_case(by=who).person
        if not SafeWord.objects.of(person).exists():
            choose_word(person, word="heron lamp", known_by="in_person", at=who.now, by=who)
    return _press(client, who, f"/people/{person.pk}/caller/", word="wrong one")


_WORKS = {"portal:form_back": Role.CASE_MANAGER, "people:caller": Role.CASE_MANAGER}
_TRIES = {
    "messaging:gateway": _as_a_gateway,
    "people:caller": _as_somebody_who_calls,
    "portal:figures": _as_a_program,
    "trust:sign_in": lambda client, who: client.post(
        "/sign-in/", {"username": who.user.username, "password": "wrong"}
    ),
    "trust:given_code": lambda client, who: client.post(
        GIVEN_CODE[0], GIVEN_CODE[1] | {"username": who.user.username}
    ),
    "trust:passkey": lambda client, who: client.post(
        "/sign-in/passkey/", {"passkey": "", "step": "the same"}
    ),
    "portal:notes": lambda client, who: client.post("/notes/", {"one_time_code": "00000-00000"}),
    "portal:site": lambda client, who: client.post(
        "/answers/", {"letters": "x" * 43, "one_time_code": "AAAAA"}
    ),
    "portal:our_room": lambda client, who: client.post(
        "/our-room/", {"letters": "y" * 43, "one_time_code": "AAAAA", "who": "Jo"}
    ),
    "trust:single_back": lambda client, who: client.get("/sign-in/agency/back/", {"state": "the same"}),
    "administration:suspension": lambda client, who: _press(
        client,
        who,
        "/administration/suspension/",
        password="wrong",
        reason="A stolen laptop.",
        name=who.agency.name,
    ),
    "portal:form_back": _on_a_held_phone,
    "trust:proof": lambda client, who: _press(client, who, "/sign-in/again/", password="wrong"),
    "trust:authenticator": _a_first_code,
}
"""The others are tried one by one: ``test_second_step.py`` and, for the glass, ``privacy/tests/test_glass.py``."""


def test_after_a_hundred_wrong_tries_there_is_one_a_day():
    assert stopped_until(HARD_STOP - 1, last_at=NOON, now=NOON) is None
    until = stopped_until(HARD_STOP, last_at=NOON, now=NOON)
    assert until is not None
    assert (until - NOON).total_seconds() == 24 * 3600
    assert stopped_until(HARD_STOP, last_at=NOON, now=until) is None


@pytest.mark.django_db
def test_a_secret_is_never_tried_where_it_is_not_declared(rf):
    from breakwater.trust.guessing import try_secret

    request = rf.post("/")
    request.resolver_match = None
    with pytest.raises(LookupError, match="declared with @accepts_secret"):
        try_secret(request, "x", lambda: True, wrong="no")
