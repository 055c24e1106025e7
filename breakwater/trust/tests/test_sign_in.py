"""Signing in and out: nobody learns who works here, guessing gets slower, and an ended session loses nothing."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from breakwater.kernel.errors import Refused
from breakwater.kernel.keys import new_key
from breakwater.trust.access import acting
from breakwater.trust.actions.agencies import appoint, dismiss
from breakwater.trust.actions.knocks import forget_knocks
from breakwater.trust.capabilities import Role
from breakwater.trust.jobs import forget_sessions
from breakwater.trust.models import Appointment, Draft, Entry, Knock, Session
from breakwater.trust.rules import FREE_BY_ADDRESS, FREE_BY_NAME
from breakwater.trust.testing import NOON, an_actor, as_seen_by
from breakwater.trust.tests.browsing import PASSWORD, browser_of, hidden

WRONG = "This name and password do not match, or the account is not in use."
TOO_MANY = "Too many tries with a wrong name or password. Wait"
HERE, ELSEWHERE = "192.0.2.10", "198.51.100.7"


@pytest.fixture
def ada():
    return an_actor(now=timezone.now())


def knock(name, password=PASSWORD, *, client=None, address=HERE, **more):
    client = client or Client()
    return client.post("/sign-in/", {"username": name, "password": password, **more}, REMOTE_ADDR=address)


def guess(name, times, **options):
    return [knock(name, f"wrong {one}", **options).status_code for one in range(times)]


@pytest.mark.django_db
class TestSomebodyComesIn:
    def test_however_they_write_the_case_of_their_name(self, ada):
        answer = knock(f" {ada.user.username.upper()} ")
        assert (answer.status_code, answer["Location"]) == (303, "/")

    def test_it_is_in_the_journal(self, ada):
        knock(ada.user.username)
        as_seen_by(ada)
        assert Entry.objects.filter(verb="trust.signed_in", by=ada.user).count() == 1

    def test_the_session_from_before_is_not_the_session_after(self, ada):
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = "planted-by-somebody-else"
        knock(ada.user.username, client=client)
        key = client.cookies[settings.SESSION_COOKIE_NAME].value
        assert key != "planted-by-somebody-else"
        assert Session.objects.get(session_key=key).user_id == ada.user.pk

    def test_the_cookie_is_out_of_the_reach_of_scripts_and_of_other_sites(self, ada):
        client = Client()
        knock(ada.user.username, client=client)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 12 * 3600)

    @pytest.mark.parametrize(
        "where", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"]
    )
    def test_and_is_never_sent_to_a_stranger(self, ada, where):
        assert knock(ada.user.username, next=where)["Location"] == "/"

    def test_they_go_on_to_where_they_were_turned_away(self, ada):
        client = Client()
        turned_away = client.get("/search/?q=Vega")
        answer = client.get(turned_away["Location"])
        assert hidden(answer.content, "next") == "/search/?q=Vega"
        assert (
            knock(ada.user.username, client=client, next="/search/?q=Vega")["Location"] == "/search/?q=Vega"
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "letter", ["I", "\N{LATIN SMALL LETTER DOTLESS I}", "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}"]
)
def test_no_way_to_write_a_name_gives_more_guesses_at_it(ada, letter):
    type(ada.user).objects.filter(pk=ada.user.pk).update(username=f"maier-{ada.user.username}")
    ada.user.refresh_from_db()
    guess(ada.user.username, FREE_BY_NAME, address="203.0.113.9")
    other = ada.user.username.replace("i", letter)
    assert knock(other, address="203.0.113.10").status_code in (422, 429)


@pytest.mark.django_db
class TestNobodyLearnsWhoWorksHere:
    def dismissed(self):
        gone = an_actor(now=timezone.now())
        dismiss(
            Appointment.objects.get(user=gone.user), at=timezone.now(),
            by=an_actor(Role.ADMINISTRATOR, agency=gone.agency, now=timezone.now()),
        )  # fmt: skip
        return gone.user.username

    def test_a_wrong_name_a_wrong_password_and_a_dismissed_person_sound_the_same(self, ada):
        answers = [
            knock("nobody"), knock(ada.user.username, "wrong"), knock(self.dismissed()),
        ]  # fmt: skip
        pages = {answer.content.decode().replace("nobody", "NAME") for answer in answers}
        assert {answer.status_code for answer in answers} == {422}
        assert all(WRONG in page for page in pages)

    def test_each_costs_one_hash(self, ada, settings):
        settings.PASSWORD_HASHERS = [f"{__name__}.Counting"]
        ada.user.set_password(PASSWORD)
        ada.user.save()
        counted = []
        for name, password in (
            ("nobody", "wrong"),
            (ada.user.username, "wrong"),
            (ada.user.username, PASSWORD),
        ):
            Counting.hashes = 0
            knock(name, password)
            counted.append(Counting.hashes)
        assert counted == [1, 1, 1]

    def test_a_name_that_does_not_exist_waits_like_one_that_does(self, ada):
        told = []
        for name in ("nobody at all", ada.user.username):
            guess(name, FREE_BY_NAME)
            answer = knock(name, address=ELSEWHERE)
            told.append((answer.status_code, TOO_MANY in answer.content.decode()))
        assert told == [(429, True)] * 2

    def test_what_is_kept_of_a_knock_names_nobody(self, ada):
        guess("somebody famous", 1)
        kept = Knock.objects.get()
        assert "famous" not in f"{kept.name}{kept.address}"
        assert HERE not in f"{kept.name}{kept.address}"


@pytest.mark.django_db
class TestGuessing:
    def test_after_five_wrong_passwords_even_the_right_one_waits(self, ada):
        assert guess(ada.user.username, FREE_BY_NAME) == [422] * FREE_BY_NAME
        answer = knock(ada.user.username)
        assert answer.status_code == 429
        assert f"{TOO_MANY} 1 minute," in answer.content.decode()
        assert ada.user.username in answer.content.decode(), "the name that was typed is still there"

    def test_from_wherever_they_were_tried(self, ada):
        for one in range(FREE_BY_NAME):
            guess(ada.user.username, 1, address=f"203.0.113.{one}")
        assert knock(ada.user.username, address=ELSEWHERE).status_code == 429

    def test_but_a_stranger_keeps_nobody_out_at_their_own_desk(self, ada):
        knock(ada.user.username)
        guess(ada.user.username, 20, address=ELSEWHERE)
        assert knock(ada.user.username, address=ELSEWHERE).status_code == 429
        assert knock(ada.user.username).status_code == 303

    def test_at_their_own_desk_their_own_mistakes_count(self, ada):
        knock(ada.user.username)
        guess(ada.user.username, FREE_BY_NAME)
        assert knock(ada.user.username).status_code == 429

    def test_who_got_in_starts_anew(self, ada):
        guess(ada.user.username, FREE_BY_NAME - 1)
        assert knock(ada.user.username).status_code == 303
        assert guess(ada.user.username, FREE_BY_NAME - 1)[-1] == 422
        assert knock(ada.user.username).status_code == 303

    def test_who_has_waited_may_come_in(self, ada):
        guess(ada.user.username, FREE_BY_NAME)
        Knock.objects.update(at=timezone.now() - timedelta(minutes=2))
        assert knock(ada.user.username).status_code == 303

    def test_many_names_from_one_address_make_the_address_wait(self, ada):
        for one in range(FREE_BY_ADDRESS):
            knock(f"name {one}", "wrong")
        assert knock(ada.user.username).status_code == 429
        assert knock(ada.user.username, address=ELSEWHERE).status_code == 303

    def test_one_caller_of_the_newer_protocol_has_one_address(self, ada):
        for one in range(FREE_BY_ADDRESS):
            knock(f"name {one}", "wrong", address=f"2001:db8:1:2::{one:x}")
        assert knock(ada.user.username, address="2001:db8:1:2:ffff::1").status_code == 429
        assert knock(ada.user.username, address="2001:db8:1:3::1").status_code == 303

    def test_what_is_old_is_forgotten(self, ada):
        guess(ada.user.username, 3)
        assert forget_knocks(before=timezone.now() - timedelta(days=1)) == 0
        Knock.objects.update(at=timezone.now() - timedelta(days=31))
        forget_sessions(timestamp=0)
        assert Knock.objects.count() == 0


def test_guesses_at_the_same_moment_are_counted_one_by_one(own_database):
    with transaction.atomic():
        ada = an_actor(now=timezone.now())
    barrier, heard = Barrier(12), []

    def go(turn):
        barrier.wait()
        try:
            heard.append(knock(ada.user.username, f"wrong {turn}").status_code)
        finally:
            connections.close_all()

    threads = [Thread(target=go, args=(turn,)) for turn in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(heard) == [422] * FREE_BY_NAME + [429] * (12 - FREE_BY_NAME)


@pytest.mark.django_db
class TestPasswords:
    @pytest.mark.parametrize(
        ("password", "why"),
        [("short one", "too short"), ("administrator", "too common"), ("marisol-vega-1", "too similar")],
    )
    def test_what_is_easy_to_guess_is_refused_in_words(self, password, why):
        by = an_actor(Role.ADMINISTRATOR)
        with pytest.raises(Refused, match=why):
            appoint(
                username="marisol-vega", name="Marisol Vega", password=password, role=Role.RESPONDER, unit=None,
                at=NOON, by=by,
            )  # fmt: skip

    def test_a_sentence_of_ones_own_is_welcome(self):
        by = an_actor(Role.ADMINISTRATOR)
        made = appoint(
            username="marisol", name="Marisol Vega", password="seven gulls sat on a mast ✓", role=Role.RESPONDER,
            unit=None, at=timezone.now() - timedelta(days=1), by=by,
        )  # fmt: skip
        assert made.user.password.startswith("argon2$argon2id")
        assert knock("marisol", "seven gulls sat on a mast ✓").status_code == 303

    def test_without_a_password_nobody_comes_in(self):
        by = an_actor(Role.ADMINISTRATOR)
        appoint(username="later", name="Later", password=None, role=Role.RESPONDER, unit=None, at=NOON, by=by)
        for password in ("", "!", "None"):
            assert knock("later", password).status_code == 422


@pytest.mark.django_db
class TestSessionsEnd:
    def ends(self, client):
        return client.get("/")["Location"].startswith("/sign-in/")

    def test_with_the_shift(self, ada):
        client = browser_of(ada)
        assert client.get("/").status_code == 200
        Session.objects.update(expire_date=timezone.now())
        assert self.ends(client)

    def test_by_signing_out_and_the_old_key_opens_nothing(self, ada):
        client, thief = browser_of(ada), Client()
        thief.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
        assert thief.get("/").status_code == 200
        answer = client.post("/sign-out/", {"idempotency_key": str(new_key(ada.user.pk))})
        assert answer.status_code == 303
        assert self.ends(thief)
        as_seen_by(ada)
        assert Entry.objects.filter(verb="trust.signed_out", by=ada.user).count() == 1

    def test_by_being_dismissed_everywhere_at_once(self, ada):
        clients = browser_of(ada), browser_of(ada)
        by = an_actor(Role.ADMINISTRATOR, agency=ada.agency, now=timezone.now())
        dismiss(Appointment.objects.get(user=ada.user), at=timezone.now(), by=by)
        assert all(self.ends(client) for client in clients)

    def test_on_the_day_the_work_was_said_to_end(self, ada):
        client = browser_of(ada)
        Appointment.objects.filter(user=ada.user).update(ends_at=timezone.now() + timedelta(hours=1))
        assert client.get("/").status_code == 200
        Appointment.objects.filter(user=ada.user).update(ends_at=timezone.now())
        assert self.ends(client)

    def test_by_being_shut_out(self, ada):
        client = browser_of(ada)
        type(ada.user).objects.filter(pk=ada.user.pk).update(is_active=False)
        assert self.ends(client)

    def test_and_are_forgotten_on_schedule(self, ada):
        browser_of(ada)
        Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
        browser_of(ada)
        forget_sessions(timestamp=0)
        assert Session.objects.count() == 1


@pytest.mark.django_db
class TestWhatWasTypedWhileTheSessionEnded:
    def typed(self, ada, where, **typed):
        """Press a button on a page that was opened before the session ended; the page that asks to sign in."""
        client = browser_of(ada)
        key = str(new_key(ada.user.pk))
        Session.objects.all().delete()
        answer = client.post(where, {"idempotency_key": key, **typed})
        assert answer.status_code == 401
        return client, answer, key

    def back(self, client, answer, who):
        kept = {name: hidden(answer.content, name) for name in ("next", "kept")}
        return knock(who.user.username, client=client, **kept)

    def test_a_page_that_keeps_drafts_has_it(self, ada):
        client, asked, _ = self.typed(ada, "/cases/intake/", what_is_happening="He is outside the door.")
        assert self.back(client, asked, ada)["Location"] == "/cases/intake/"
        assert "He is outside the door." in client.get("/cases/intake/").content.decode()

    def test_any_other_page_is_sent_again_with_one_press_and_counts_once(self, ada):
        where = reverse("trust:sign_out")
        client, asked, key = self.typed(ada, where, words="Some words & “more”.")
        answer = self.back(client, asked, ada)
        page = answer.content.decode()
        assert answer.status_code == 200
        assert f'action="{where}"' in page
        assert hidden(answer.content, "idempotency_key") == key
        assert hidden(answer.content, "words") == "Some words & “more”."

    def test_whoever_signs_in_next_at_the_same_desk_does_not_get_it(self, ada):
        ben = an_actor(agency=ada.agency, now=timezone.now())
        client, asked, _ = self.typed(ada, "/cases/intake/", what_is_happening="Not for Ben.")
        assert self.back(client, asked, ben).status_code == 303
        assert b"Not for Ben" not in client.get("/cases/intake/").content
        with acting(ben):
            assert not Draft.objects.exists()

    def test_nor_what_somebody_made_up(self, ada):
        answer = knock(ada.user.username, kept="eyJmb3JtIjoiLyJ9:1:forged")
        assert answer.status_code == 303
        with acting(ada):
            assert not Draft.objects.exists()

    def test_a_wrong_password_in_between_loses_nothing(self, ada):
        client, asked, _ = self.typed(ada, "/cases/intake/", what_is_happening="Still here.")
        kept = hidden(asked.content, "kept")
        wrong = knock(ada.user.username, "wrong", client=client, kept=kept, next="/cases/intake/")
        assert hidden(wrong.content, "kept") == kept
        self.back(client, wrong, ada)
        assert "Still here." in client.get("/cases/intake/").content.decode()

    def test_a_long_night_of_notes_fits(self, ada):
        words = "".join(chr(0x4E00 + (one * 7919) % 20000) for one in range(20_000))
        client, asked, _ = self.typed(
            ada, "/cases/intake/", what_is_happening=words, safe_contact=words[::-1]
        )
        self.back(client, asked, ada)
        page = client.get("/cases/intake/").content.decode()
        assert words in page
        assert words[::-1] in page


class Counting(Argon2PasswordHasher):
    """Argon2 that counts its work."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
    hashes = 0

    def encode(self, password, salt):
        type(self).hashes += 1
        return super().encode(password, salt)

    def verify(self, password, encoded):
        type(self).hashes += 1
        return super().verify(password, encoded)
