"""Single sign-on: there and back in one browser, once; what it says there counts only when it is said to us, now."""

import time
from html import unescape
from threading import Event

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from breakwater.kernel import outside
from breakwater.kernel.db import one_row
from breakwater.kernel.errors import Refused
from breakwater.trust.actions.single import connect_identity, set_provider
from breakwater.trust.models import Challenge, Identity, Session
from breakwater.trust.models import Provider as KnownProvider
from breakwater.trust.pace import PACES
from breakwater.trust.single import KNOWN
from breakwater.trust.testing import an_actor
from breakwater.trust.tests.browsing import browser_of, press
from breakwater.trust.tests.provider import CLIENT, SECRET, a_provider
from breakwater.trust.tests.test_passkeys import fresh, registered

pytestmark = pytest.mark.django_db
OUT = "Your agency&#39;s sign-in did not let you in here."


@pytest.fixture(scope="module")
def there():
    with a_provider() as provider:
        yield provider


@pytest.fixture(autouse=True)
def near(settings):
    settings.NEAR_HOSTS = ("127.0.0.1",)


@pytest.fixture
def ada(there):
    there.lies, there.about = {}, {}
    KNOWN.forget()
    ada = an_actor(now=timezone.now())
    at_the_machine(ada.agency, there)
    connected(ada, there, "ada at her agency")
    return ada


def at_the_machine(agency, there, **facts):
    told = {"word": "harbor", "issuer": there.issuer, "client_id": CLIENT, "client_secret": SECRET}
    return set_provider(agency, **(told | {"asks_for_two": True} | facts))


def leave(client):
    page = client.post("/sign-in/agency/", {"word": "Harbor"}).content.decode()
    return unescape(page.split('class="button" href="')[1].split('"')[0])


def come_back(client, told):
    return client.get("/sign-in/agency/back/", told)


def connected(actor, there, subject):
    client = fresh(actor)
    page = press(client, "/your-sign-in/agency/", by=actor).content.decode()
    where = unescape(page.split('class="button" href="')[1].split('"')[0])
    assert come_back(client, there.signs_in(where, subject))["Location"] == "/your-sign-in/"
    Session.objects.all().delete()


class TestThereAndBack:
    def test_lets_in_whoever_was_connected(self, ada, there):
        client = Client()
        answer = come_back(client, there.signs_in(leave(client), "ada at her agency"))
        assert answer["Location"] == "/"
        assert client.get("/").status_code == 200
        assert Session.objects.get(user=ada.user).how == "single"
        assert there.asked[-1]["code_verifier"]

    def test_lets_in_nobody_else(self, ada, there):
        client = Client()
        answer = come_back(client, there.signs_in(leave(client), "somebody unknown"))
        assert (answer.status_code, OUT in answer.content.decode()) == (422, True)

    def test_once(self, ada, there):
        client = Client()
        told = there.signs_in(leave(client), "ada at her agency")
        assert come_back(client, told).status_code == 303
        client.post("/sign-out/")
        assert come_back(client, told).status_code == 422

    def test_by_one_of_two_presses_at_once(self, ada, there):
        client = Client()
        told = there.signs_in(leave(client), "ada at her agency")
        with_the_first = there.codes.pop(told["code"])
        second = come_back(client, told)
        assert (second.status_code, "you may be in" in second.content.decode()) == (422, True)
        there.codes[told["code"]] = with_the_first
        assert come_back(client, told)["Location"] == "/", "its answer was on its way meanwhile"
        assert not Challenge.objects.filter(kind="single").exists()

    def test_in_the_browser_that_left(self, ada, there):
        told = there.signs_in(leave(Client()), "ada at her agency")
        assert come_back(Client(), told).status_code == 422

    def test_with_the_state_it_left_with(self, ada, there):
        client = Client()
        told = there.signs_in(leave(client), "ada at her agency")
        assert come_back(client, told | {"state": "made up"}).status_code == 422

    def test_without_a_code(self, ada, there):
        client = Client()
        told = there.signs_in(leave(client), "ada at her agency")
        assert come_back(client, {"error": "access_denied", "state": told["state"]}).status_code == 422

    def test_goes_on_to_the_second_step_where_the_agency_does_not_vouch(self, ada, there):
        registered(ada)
        KnownProvider.objects.update(asks_for_two=False)
        client = Client()
        answer = come_back(client, there.signs_in(leave(client), "ada at her agency"))
        assert "The second step" in answer.content.decode()
        assert client.get("/").status_code == 302

    def test_is_not_for_who_left(self, ada, there):
        type(ada.user).objects.filter(pk=ada.user.pk).update(is_active=False)
        client = Client()
        assert come_back(client, there.signs_in(leave(client), "ada at her agency")).status_code == 422


LIES = {
    "another issuer": {"iss": "https://evil.example"},
    "another audience": {"aud": "somebody else"},
    "two audiences and no party": {"aud": [CLIENT, "somebody else"]},
    "another nonce": {"nonce": "from before"},
    "no nonce": {"nonce": None},
    "over": {"exp": int(time.time()) - 3600},
    "no end": {"exp": None},
    "nobody": {"sub": None},
    "another key": {"forged": True},
    "no signature": {"unsigned": True},
}


class TestWhatItSaysCountsOnlyWhenItIsSaidToUsNow:
    @pytest.mark.parametrize("lie", LIES)
    def test_a_token_with(self, ada, there, lie):
        client = Client()
        told = there.signs_in(leave(client), "ada at her agency")
        there.lies = LIES[lie]
        answer = come_back(client, told)
        assert (answer.status_code, OUT in answer.content.decode()) == (422, True)

    @pytest.mark.parametrize(
        "about",
        [
            {"issuer": "https://evil.example"},
            {"token_endpoint": "http://192.0.2.1/token"},
            {"token_endpoint": "https://login.example:22/token"},
            {"jwks_uri": "https://me:secret@login.example/keys"},
            {"jwks_uri": "file:///etc/passwd"},
            {"jwks_uri": None},
        ],
    )
    def test_a_provider_that_says_of_itself(self, ada, there, about):
        there.about = about
        KNOWN.forget()
        answer = Client().post("/sign-in/agency/", {"word": "harbor"})
        assert "sign-in does not answer as it should" in answer.content.decode()

    @pytest.mark.parametrize("inside", ["169.254.169.254", "localhost", "[::ffff:10.0.0.1]"])
    def test_a_provider_that_leads_to_where_nobody_from_outside_comes(self, ada, there, inside, caplog):
        client = Client()
        told = there.signs_in(leave(client), "ada at her agency")
        there.about = {"token_endpoint": f"https://{inside}/token"}
        KNOWN.forget()
        assert come_back(client, told).status_code == 422
        assert "Not asked: an address of which the number is not allowed" in caplog.text
        assert inside not in caplog.text


class TestConnecting:
    def test_asks_who_one_is_first(self, ada):
        client = browser_of(ada)
        assert press(client, "/your-sign-in/agency/", by=ada)["Location"].startswith("/sign-in/again/")

    def test_reaches_the_disk_before_it_is_answered_though_the_browser_comes_back_by_a_link(self, ada, there):
        client = fresh(ada)
        page = press(client, "/your-sign-in/agency/", by=ada).content.decode()
        told = there.signs_in(unescape(page.split('class="button" href="')[1].split('"')[0]), "ada, moved")
        client.get("/your-sign-in/")
        assert one_row("SHOW synchronous_commit") == ("off",), "what only shows need not wait"
        assert come_back(client, told)["Location"] == "/your-sign-in/"
        assert one_row("SHOW synchronous_commit") == ("on",)

    def test_one_identity_is_one_person(self, ada, there):
        ben = an_actor(agency=ada.agency, now=timezone.now())
        client = fresh(ben)
        page = press(client, "/your-sign-in/agency/", by=ben).content.decode()
        where = unescape(page.split('class="button" href="')[1].split('"')[0])
        answer = come_back(client, there.signs_in(where, "ada at her agency"))
        assert "Somebody else here signs in so already." in answer.content.decode()

    def test_of_another_agency_is_refused(self, ada, there):
        stranger = an_actor(now=timezone.now())
        with pytest.raises(Refused, match="another agency's sign-in"):
            connect_identity(KnownProvider.objects.get(), "x", key="", at=timezone.now(), by=stranger)
        answer = press(fresh(stranger), "/your-sign-in/agency/", by=stranger)
        assert "Your agency has no sign-in of its own here." in answer.content.decode()

    def test_can_be_undone(self, ada, there):
        press(fresh(ada), "/your-sign-in/agency/removal/", by=ada)
        client = Client()
        assert come_back(client, there.signs_in(leave(client), "ada at her agency")).status_code == 422

    def test_how_a_provider_names_somebody_is_not_kept(self, ada):
        assert "ada" not in Identity.objects.get().subject


class TestAtTheMachine:
    def test_only_an_encrypted_issuer_will_do(self, ada, there):
        with pytest.raises(Refused, match="The issuer must begin with https://"):
            at_the_machine(ada.agency, there, issuer="http://login.example.org")

    def test_a_word_is_one_agencys(self, ada, there):
        with pytest.raises(Refused, match="Another agency has this word"):
            at_the_machine(an_actor().agency, there)

    def test_its_secret_is_kept_sealed(self, ada):
        assert SECRET.encode() not in bytes(KnownProvider.objects.get().client_secret)

    def test_a_word_that_is_none(self, ada):
        answer = Client().post("/sign-in/agency/", {"word": "nowhere"})
        assert "No agency here has this word." in answer.content.decode()


class TestStrangersWhoPress:
    def test_make_us_ask_once_in_some_minutes(self, ada, there):
        before = there.told
        for _ in range(5):
            leave(Client())
        assert there.told - before <= 1
        KNOWN.forget()
        leave(Client())
        assert there.told - before <= 2

    def test_and_once_in_a_while_though_nobody_answers(self, ada, there):
        there.about = {"issuer": "somebody else"}
        KNOWN.forget()
        before = there.told
        for _ in range(5):
            page = Client().post("/sign-in/agency/", {"word": "Harbor"})
            assert "does not answer as it should" in page.content.decode()
        assert there.told - before == 1

    def test_do_not_fill_a_table(self, ada, monkeypatch):
        monkeypatch.setattr(settings, "PERSON_PACE", 3 / PACES["elsewhere"].often)
        before = Challenge.objects.count()
        heard = [
            Client().post("/sign-in/agency/", {"word": "Harbor"}, REMOTE_ADDR="192.0.2.7").status_code
            for _ in range(6)
        ]
        assert heard == [200] * 3 + [429] * 3
        monkeypatch.setattr(settings, "PERSON_PACE", 3 / PACES["passkeys"].often)
        heard = [
            Client().post("/sign-in/passkey/asked/", REMOTE_ADDR="192.0.2.7").status_code for _ in range(6)
        ]
        assert heard == [200] * 3 + [429] * 3
        assert Challenge.objects.count() - before == 6
        assert Client().post("/sign-in/passkey/asked/", REMOTE_ADDR="192.0.2.8").status_code == 200


class TestWhileAnIssuerIsAsked:
    def test_one_that_is_silent_costs_what_we_wait_once(self, ada, there, monkeypatch):
        monkeypatch.setattr(outside, "PATIENCE", 0.3)
        client, other = Client(), Client()
        told = there.signs_in(leave(client), "ada at her agency")
        later = there.signs_in(leave(other), "ada at her agency")
        over, looked = Event(), list[int]()
        there.looks_on = lambda: (looked.append(1), over.wait(30))
        try:
            assert come_back(client, told).status_code == 422
            assert come_back(other, later).status_code == 422
            page = Client().post("/sign-in/agency/", {"word": "Harbor"})
            assert "does not answer as it should" in page.content.decode()
        finally:
            over.set()
            there.looks_on = None
        assert looked == [1], "nobody waits for it again so soon"

    def test_what_is_typed_is_counted_once(self, ada, there, monkeypatch):
        KNOWN.forget()
        monkeypatch.setattr(settings, "PERSON_PACE", 1 / PACES["elsewhere"].often)
        heard = Client().post("/sign-in/agency/", {"word": "Harbor"}, REMOTE_ADDR="192.0.2.9").status_code
        assert heard == 200
