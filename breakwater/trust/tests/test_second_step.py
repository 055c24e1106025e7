"""The second step: a code from an app or a recovery code, each once; and who must have one by when."""

from datetime import timedelta

import pyotp
import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from breakwater.kernel.keys import new_key
from breakwater.trust.access import acting, knocking_as
from breakwater.trust.capabilities import CAPABILITIES_OF, Role
from breakwater.trust.models import (
    Agency,
    AgencyRole,
    Appointment,
    Authenticator,
    Challenge,
    Entry,
    Receipt,
    RecoveryCode,
    Session,
)
from breakwater.trust.rules import FREE_BY_NAME
from breakwater.trust.rules.factors import device_in_words, factor_due_at, is_at_once, plain_code
from breakwater.trust.testing import NOON, an_actor, as_seen_by
from breakwater.trust.tests.browsing import PASSWORD, hidden, press
from breakwater.trust.tests.test_passkeys import fresh
from breakwater.trust.tests.test_sign_in import HERE, knock

pytestmark = pytest.mark.django_db
WRONG = "This code is not right, or it was used before."


@pytest.fixture
def ada():
    return an_actor(now=timezone.now())


def with_an_app(actor, *, used_up=False):
    """An app that somebody added on the page, and the browser they did it in."""
    client = fresh(actor)
    shown = client.get("/your-sign-in/authenticator/").content.decode()
    app = pyotp.TOTP(shown.split('class="long">')[1].split("<")[0])
    sealed = hidden(shown.encode(), "sealed")
    answer = press(client, "/your-sign-in/authenticator/", by=actor, one_time_code=app.now(), sealed=sealed)
    assert answer.status_code == 303, answer.content.decode()
    if not used_up:
        with knocking_as(actor.user.pk):
            Authenticator.objects.update(last_step=1)
    return app, client


def second(asked, code, client=None, address=HERE):
    typed = {"second": hidden(asked.content, "second"), "next": "/", "one_time_code": code}
    return (client or asked.client).post("/sign-in/second/", typed, REMOTE_ADDR=address)


def codes_on(page):
    return [one.split("<")[0] for one in page.split("<li><code>")[1:]]


class TestACodeFromAnApp:
    def test_lets_in_after_the_password(self, ada):
        app, _ = with_an_app(ada)
        asked = knock(ada.user.username)
        assert asked.client.get("/").status_code == 302, "the password alone is not enough"
        assert second(asked, f" {app.now()[:3]} {app.now()[3:]} ").status_code == 303
        assert asked.client.get("/").status_code == 200
        assert Session.objects.filter(user=ada.user, how="authenticator").count() == 1

    def test_once(self, ada):
        app, _ = with_an_app(ada)
        code = app.now()
        assert second(knock(ada.user.username), code).status_code == 303
        again = second(knock(ada.user.username), code)
        assert (again.status_code, WRONG in again.content.decode()) == (422, True)

    def test_not_even_the_one_that_it_was_added_with(self, ada):
        app, _ = with_an_app(ada, used_up=True)
        assert second(knock(ada.user.username), app.now()).status_code == 422

    def test_not_an_old_one(self, ada):
        app, _ = with_an_app(ada)
        old = app.at(timezone.now() - timedelta(minutes=3))
        assert second(knock(ada.user.username), old).status_code == 422

    def test_guesses_make_them_wait_and_the_password_too(self, ada):
        app, _ = with_an_app(ada)
        asked = knock(ada.user.username)
        told = [second(asked, "000000").status_code for _ in range(FREE_BY_NAME)]
        assert told == [422] * FREE_BY_NAME
        assert second(asked, app.now()).status_code == 429
        assert knock(ada.user.username).status_code == 429

    def test_the_first_step_is_over_after_a_while_and_after_the_second(self, ada):
        app, _ = with_an_app(ada)
        asked = knock(ada.user.username)
        assert second(asked, app.now()).status_code == 303
        assert "That took too long." in second(asked, app.now(), Client()).content.decode()
        asked = knock(ada.user.username)
        Challenge.objects.update(expires_at=timezone.now())
        assert "That took too long." in second(asked, app.now()).content.decode()

    def test_the_app_must_work_before_it_counts(self, ada):
        client = fresh(ada)
        sealed = hidden(client.get("/your-sign-in/authenticator/").content, "sealed")
        answer = press(client, "/your-sign-in/authenticator/", by=ada, one_time_code="123456", sealed=sealed)
        assert "This is not the code that the app shows now." in answer.content.decode()
        forged = press(client, "/your-sign-in/authenticator/", by=ada, one_time_code="123456", sealed="00")
        assert "This page was open too long. Scan the new picture." in forged.content.decode()

    def test_its_secret_is_kept_sealed(self, ada):
        app, _ = with_an_app(ada)
        as_seen_by(ada)
        assert app.secret.encode() not in bytes(Authenticator.objects.get().secret)

    def test_what_was_typed_while_signed_out_comes_along(self, ada):
        app, client = with_an_app(ada)
        Session.objects.all().delete()
        turned = press(client, "/cases/intake/", by=ada, what_is_happening="He is outside the door.")
        kept = {name: hidden(turned.content, name) for name in ("next", "kept")}
        asked = knock(ada.user.username, client=client, **kept)
        typed = {name: hidden(asked.content, name) for name in ("next", "kept", "second")}
        client.post("/sign-in/second/", typed | {"one_time_code": app.now()})
        assert "He is outside the door." in client.get("/cases/intake/").content.decode()


class TestRecoveryCodes:
    def made(self, ada):
        _, client = with_an_app(ada)
        page = press(client, "/your-sign-in/codes/", by=ada).content.decode()
        return codes_on(page), client

    def test_let_in_once_each(self, ada):
        codes, _ = self.made(ada)
        assert len(set(codes)) == 10
        assert second(knock(ada.user.username), codes[0].lower().replace("-", " ")).status_code == 303
        assert second(knock(ada.user.username), codes[0]).status_code == 422
        assert second(knock(ada.user.username), codes[1]).status_code == 303
        with acting(ada):
            assert Entry.objects.filter(verb="trust.recovery_code_used").count() == 2

    def test_are_kept_as_hashes_alone_and_shown_once(self, ada):
        _, client = with_an_app(ada)
        where, key = "/your-sign-in/codes/", new_key(ada.user.pk)
        first = press(client, where, by=ada, key=key)
        again = press(client, where, by=ada, key=key)
        assert "This was shown once" in again.content.decode()
        as_seen_by(ada)
        kept = "".join(one.code for one in RecoveryCode.objects.all())
        kept += "".join(one.body for one in Receipt.objects.all())
        assert not any(code in kept for code in codes_on(first.content.decode()))

    def test_new_ones_take_the_place_of_the_old(self, ada):
        codes, client = self.made(ada)
        press(client, "/your-sign-in/codes/", by=ada)
        assert second(knock(ada.user.username), codes[0]).status_code == 422

    def test_of_somebody_else_open_nothing(self, ada):
        codes, _ = self.made(ada)
        ben = an_actor(agency=ada.agency, now=timezone.now())
        with_an_app(ben)
        assert second(knock(ben.user.username), codes[0]).status_code == 422


def give_own_role(actor, *capabilities):
    """From now on somebody has a role that their agency made for itself."""
    role = AgencyRole.objects.create(
        agency=actor.agency, name="Keeper of keys", capabilities=list(capabilities), made_at=NOON
    )
    Appointment.objects.filter(user=actor.user).update(role=Role.OWN, own_role=role)


class TestWhoMustHaveOne:
    def test_whoever_decides_what_others_may_comes_no_further_without(self):
        boss = an_actor(Role.ADMINISTRATOR, now=timezone.now())
        client = knock(boss.user.username).client
        assert client.get("/")["Location"] == "/your-sign-in/"
        assert client.get("/your-sign-in/").status_code == 200
        assert client.get("/", headers={"HX-Request": "true"}).status_code == 403
        shown = client.get("/your-sign-in/authenticator/").content
        app = pyotp.TOTP(shown.decode().split('class="long">')[1].split("<")[0])
        press(
            client,
            "/your-sign-in/authenticator/",
            by=boss,
            one_time_code=app.now(),
            sealed=hidden(shown, "sealed"),
        )
        assert client.get("/resets/").status_code == 200

    @pytest.mark.parametrize(
        ("capability", "where"),
        [("trust.administer", "/your-sign-in/"), ("trust.suspend", "/your-sign-in/"), ("cases.read", "/")],
    )
    def test_a_role_of_the_agencys_own_that_may_the_same_waits_no_longer(self, ada, capability, where):
        give_own_role(ada, capability, "resources.read")
        client = knock(ada.user.username).client
        answer = client.get("/")
        assert answer.get("Location", "/") == where

    def test_everybody_else_is_asked_and_has_a_month(self, ada):
        client = knock(ada.user.username).client
        assert "Add a second factor by" in client.get("/your-sign-in/").content.decode()
        assert client.get("/").status_code == 200
        type(ada.user).objects.update(factor_asked_at=timezone.now() - timedelta(days=31))
        assert knock(ada.user.username).client.get("/")["Location"] == "/your-sign-in/"

    def test_an_agency_says_so_itself(self, ada):
        Agency.objects.update(factor_at_once=[ada.role])
        assert knock(ada.user.username).client.get("/").status_code == 303
        Agency.objects.update(factor_at_once=[], factor_days=None)
        assert knock(ada.user.username).client.get("/").status_code == 200

    def test_as_a_rule(self):
        assert factor_due_at(at_once=True, days=30, asked_at=NOON) == NOON
        assert factor_due_at(at_once=False, days=2, asked_at=NOON) == NOON + timedelta(days=2)
        assert factor_due_at(at_once=False, days=None, asked_at=NOON) is None

    def test_a_role_of_the_agencys_own_is_what_it_may(self):
        at_once = [Role.CASE_MANAGER]
        assert is_at_once(Role.OWN, CAPABILITIES_OF[Role.CASE_MANAGER] | {"trust.review"}, at_once)
        assert not is_at_once(Role.OWN, CAPABILITIES_OF[Role.INTAKE_WORKER], at_once)
        assert not is_at_once(Role.OWN, {"trust.administer"}, [])


class TestOnceMore:
    def test_the_password_where_there_is_nothing_better(self, ada):
        client = knock(ada.user.username).client
        before = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.stale(client)
        assert press(client, "/sign-in/again/", by=ada, password="wrong").status_code == 422
        answer = press(client, "/sign-in/again/", by=ada, password=PASSWORD, next="/your-sign-in/password/")
        assert answer["Location"] == "/your-sign-in/password/"
        assert client.cookies[settings.SESSION_COOKIE_NAME].value != before, "the key is changed"
        assert client.get("/your-sign-in/password/").status_code == 200

    def stale(self, client):
        Session.objects.update(proved_at=timezone.now() - timedelta(minutes=16))
        assert client.get("/your-sign-in/password/")["Location"].startswith("/sign-in/again/")

    def test_the_factor_where_there_is_one_and_not_the_password(self, ada):
        app, client = with_an_app(ada)
        self.stale(client)
        page = client.get("/sign-in/again/").content.decode()
        assert ('name="password"' in page, 'name="one_time_code"' in page) == (False, True)
        wrong = press(client, "/sign-in/again/", by=ada, password=PASSWORD, one_time_code="000000")
        assert "This code or passkey is not yours, or it was used before." in wrong.content.decode()
        assert press(client, "/sign-in/again/", by=ada, one_time_code=app.now()).status_code == 303
        self.stale(client)
        assert press(client, "/sign-in/again/", by=ada, one_time_code=app.now()).status_code == 422


def test_codes_are_read_however_they_are_typed():
    assert plain_code(" 0ilo-abcd ") == "0110ABCD"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari on iPhone",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox on Windows",
        ),
        ("Mozilla/5.0 (Linux; Android 16) Chrome/140.0 Mobile Safari/537.36 Edg/140.0", "Edge on Android"),
        ("", "A browser"),
        ("curl/8 <script>", "A browser"),
    ],
)
def test_a_device_in_words(agent, words):
    assert device_in_words(agent) == words
