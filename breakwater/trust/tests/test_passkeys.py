"""Passkeys: with the owner seen, here, once; whatever else somebody sends opens nothing."""

import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from breakwater.trust.access import acting, knocking_as
from breakwater.trust.actions.challenges import challenge, take_challenge
from breakwater.trust.actions.factors import add_passkey
from breakwater.trust.models import Challenge, Entry, Knock, Passkey, Session
from breakwater.trust.passkeys import Made
from breakwater.trust.rules import FREE_BY_NAME
from breakwater.trust.testing import NOON, an_actor, as_seen_by
from breakwater.trust.tests.authenticators import ATTESTED, PRESENT, Phone
from breakwater.trust.tests.browsing import browser_of, press
from breakwater.trust.tests.test_sign_in import guess, knock

pytestmark = pytest.mark.django_db
REFUSED = "This passkey did not let you in."


@pytest.fixture
def ada():
    return an_actor(now=timezone.now())


def fresh(actor):
    """A browser in which somebody is signed in and has just shown that it is them."""
    client = browser_of(actor)
    Session.objects.filter(user=actor.user).update(proved_at=timezone.now())
    return client


def asked(client, where="/sign-in/passkey/asked/"):
    told = client.post(where).json()
    return told["asked"], told["step"]


def registered(actor, **facts):
    """A phone that holds a passkey of somebody, added on the page."""
    client, phone = fresh(actor), Phone(**facts)
    what, step = asked(client, "/your-sign-in/passkey/asked/")
    answer = press(
        client, "/your-sign-in/passkey/", by=actor, name="My phone", passkey=phone.make(what), step=step
    )
    assert answer.status_code == 303, answer.content.decode()
    return phone, client


def come_in(phone, client=None, **lies):
    client = client or Client()
    what, step = asked(client)
    return client.post("/sign-in/passkey/", {"passkey": phone.sign(what, **lies), "step": step})


class TestAPasskey:
    def test_lets_its_owner_in_alone(self, ada):
        phone, _ = registered(ada)
        client = Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36"})
        assert come_in(phone, client)["Location"] == "/"
        assert client.get("/").status_code == 200
        session = Session.objects.get(session_key=client.cookies[settings.SESSION_COOKIE_NAME].value)
        assert (session.how, session.where) == ("passkey", "Chrome on Linux")
        assert session.proved_at is not None

    def test_is_named_renamed_and_removed_by_its_owner(self, ada):
        phone, client = registered(ada)
        as_seen_by(ada)
        passkey = Passkey.objects.get()
        assert passkey.name == "My phone"
        press(client, f"/your-sign-in/passkeys/{passkey.pk}/", by=ada, name="My old phone")
        assert "My old phone" in client.get("/your-sign-in/").content.decode()
        answer = press(client, f"/your-sign-in/passkeys/{passkey.pk}/", by=ada, name=" ")
        assert "Give the passkey a name by which you know it again." in answer.content.decode()
        ada.user.refresh_from_db()
        ada.user.password_stands_alone = True
        ada.user.save()
        press(client, f"/your-sign-in/passkeys/{passkey.pk}/removal/", by=ada)
        assert come_in(phone).status_code == 422

    def test_the_last_one_stays_while_the_password_is_short(self, ada):
        _, client = registered(ada)
        as_seen_by(ada)
        answer = press(client, f"/your-sign-in/passkeys/{Passkey.objects.get().pk}/removal/", by=ada)
        assert "Your password is too short to be all that is asked for." in answer.content.decode()
        as_seen_by(ada)
        assert Passkey.objects.count() == 1

    def test_is_asked_for_after_the_password(self, ada):
        registered(ada)
        answer = knock(ada.user.username)
        assert answer.status_code == 200
        assert "The second step" in answer.content.decode()
        assert settings.SESSION_COOKIE_NAME not in answer.client.cookies

    def test_undoes_the_lock_that_guesses_at_the_password_brought(self, ada):
        phone, _ = registered(ada)
        guess(ada.user.username, FREE_BY_NAME)
        assert knock(ada.user.username).status_code == 429
        assert come_in(phone).status_code == 303
        assert knock(ada.user.username, address="127.0.0.1").status_code == 200

    def test_ends_every_other_session_when_it_is_added_and_changes_the_key_of_this_one(self, ada):
        other = browser_of(ada)
        _, client = registered(ada)
        assert other.get("/").status_code == 302
        assert client.get("/").status_code == 200
        assert Session.objects.filter(user=ada.user).count() == 1

    def test_is_told_in_the_journal_and_wherever_they_come_in_next(self, ada):
        phone, client = registered(ada)
        with acting(ada):
            assert Entry.objects.filter(verb="trust.factor_added", about=ada.user.pk).count() == 1
        later = Client()
        come_in(phone, later)
        assert "Your sign-in was changed" in later.get("/").content.decode()
        assert "Your sign-in was changed" not in client.get("/").content.decode()
        press(later, "/your-sign-in/known/", by=ada)
        assert "Your sign-in was changed" not in later.get("/").content.decode()

    def test_cannot_be_added_without_showing_who_one_is(self, ada):
        client = browser_of(ada)
        assert client.get("/your-sign-in/passkey/")["Location"].startswith("/sign-in/again/")
        what, step = asked(client, "/your-sign-in/passkey/asked/")
        answer = press(
            client, "/your-sign-in/passkey/", by=ada, name="Thief", passkey=Phone().make(what), step=step
        )
        assert answer["Location"].startswith("/sign-in/again/")
        assert not Passkey.objects.exists()

    def test_is_behind_the_wall_of_its_owner(self, ada):
        registered(ada)
        as_seen_by(an_actor(agency=ada.agency, now=timezone.now()))
        assert not Passkey.objects.exists()


LIES = {
    "another origin": {"origin": "https://testserver.evil.example"},
    "plain where it is encrypted": {"origin": "https://testserver"},
    "another relying party": {"host": "evil.example"},
    "nobody seen": {"flags": PRESENT},
    "nobody there": {"flags": 0},
}


class TestWhateverElseIsSentOpensNothing:
    @pytest.mark.parametrize("lie", LIES)
    def test_a_lie_about(self, ada, lie):
        phone, _ = registered(ada)
        answer = come_in(phone, **LIES[lie])
        assert (answer.status_code, REFUSED in answer.content.decode()) == (422, True)
        assert come_in(phone).status_code == 303, "the phone itself is fine"

    @pytest.mark.parametrize("lie", LIES)
    def test_when_it_is_made(self, ada, lie):
        client = fresh(ada)
        what, step = asked(client, "/your-sign-in/passkey/asked/")
        lies = dict(LIES[lie])
        if "flags" in lies:
            lies["flags"] |= ATTESTED
        made = Phone().make(what, **lies)
        answer = press(client, "/your-sign-in/passkey/", by=ada, name="x", passkey=made, step=step)
        assert "No passkey was made." in answer.content.decode()

    def test_an_answer_is_taken_once(self, ada):
        phone, _ = registered(ada)
        what, step = asked(Client())
        answer = {"passkey": phone.sign(what), "step": step}
        assert Client().post("/sign-in/passkey/", answer).status_code == 303
        assert Client().post("/sign-in/passkey/", answer).status_code == 422

    def test_what_was_asked_is_over_with_its_answer(self, ada):
        token = challenge("passkey", {}, at=NOON)
        assert take_challenge(token, "passkey", at=NOON) is not None
        assert take_challenge(token, "passkey", at=NOON) is None

    def test_an_answer_to_another_challenge(self, ada):
        phone, _ = registered(ada)
        old, _ = asked(Client())
        _, step = asked(Client())
        assert (
            Client().post("/sign-in/passkey/", {"passkey": phone.sign(old), "step": step}).status_code == 422
        )

    def test_an_answer_that_comes_too_late(self, ada):
        phone, _ = registered(ada)
        what, step = asked(Client())
        Challenge.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        assert (
            Client().post("/sign-in/passkey/", {"passkey": phone.sign(what), "step": step}).status_code == 422
        )

    def test_a_copy_that_counts_behind(self, ada):
        phone, _ = registered(ada)
        copy = Phone(handle=phone.handle, counter=0, key=phone.key, credential_id=phone.credential_id)
        assert come_in(phone).status_code == 303
        assert come_in(phone).status_code == 303
        assert come_in(copy).status_code == 422

    def test_a_phone_that_never_counts_is_believed(self, ada):
        phone, _ = registered(ada)
        assert [come_in(phone, counts=False).status_code for _ in range(2)] == [303, 303]

    def test_the_passkey_of_somebody_else(self, ada):
        ben = an_actor(agency=ada.agency, now=timezone.now())
        phone, _ = registered(ada)
        assert come_in(phone, handle=ben.user.pk.bytes).status_code == 422
        forged = Phone(handle=ada.user.pk.bytes, credential_id=phone.credential_id)
        assert come_in(forged).status_code == 422

    def test_one_passkey_belongs_to_one_person(self, ada):
        phone, _ = registered(ada)
        ben = an_actor(agency=ada.agency, now=timezone.now())
        client = fresh(ben)
        what, step = asked(client, "/your-sign-in/passkey/asked/")
        answer = press(
            client, "/your-sign-in/passkey/", by=ben, name="x", passkey=phone.make(what), step=step
        )
        assert "This passkey was added before." in answer.content.decode()

    def test_somebody_who_was_shut_out(self, ada):
        phone, _ = registered(ada)
        type(ada.user).objects.filter(pk=ada.user.pk).update(is_active=False)
        assert come_in(phone).status_code == 422

    @pytest.mark.parametrize(
        "junk",
        ["", "{}", "[]", "null", "7", '{"id": "x"}', '{"id":"eA","rawId":"eA","type":"public-key","response":{}}',
         '{"id":"eA","rawId":"eA","response":{"clientDataJSON":"eA","authenticatorData":"eA","signature":"eA"}}',
         "[" * 3000],
    )  # fmt: skip
    def test_junk(self, junk):
        _, step = asked(Client())
        answer = Client().post("/sign-in/passkey/", {"passkey": junk, "step": step})
        assert (answer.status_code, REFUSED in answer.content.decode()) == (422, True)

    def test_guesses_make_the_caller_wait(self):
        answers = [
            Client().post("/sign-in/passkey/", {"passkey": "", "step": "the same"}).status_code
            for _ in range(FREE_BY_NAME + 1)
        ]
        assert answers == [422] * FREE_BY_NAME + [429]
        assert not any("same" in one.name for one in Knock.objects.all())


def test_bytes_of_a_passkey_that_are_damaged_open_nothing(ada):
    phone, _ = registered(ada)
    with knocking_as(ada.user.pk):
        Passkey.objects.update(credential=b"\0" * 20)
    assert come_in(phone).status_code == 422


def test_somebody_may_have_several(ada):
    registered(ada)
    with acting(ada):
        add_passkey(Made(b"x" * 16, b"y" * 77, 0), name="", key="", at=timezone.now(), by=ada)
        assert sorted(one.name for one in Passkey.objects.all()) == ["My phone", "Passkey"]


def test_what_is_asked_names_only_ones_own(ada):
    phone, client = registered(ada)
    mine, _ = asked(client)
    assert len(mine["publicKey"]["allowCredentials"]) == 1
    anybodys, _ = asked(Client())
    assert not anybodys["publicKey"].get("allowCredentials")
    assert anybodys["publicKey"]["userVerification"] == "required"
    assert json.loads(phone.sign(mine))["id"] == mine["publicKey"]["allowCredentials"][0]["id"]
