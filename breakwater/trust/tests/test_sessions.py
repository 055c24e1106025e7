"""Sessions: how long they last, where they are listed, and what ends them for good."""

from datetime import timedelta
from threading import Thread

import pytest
from django.conf import settings
from django.db import IntegrityError, connections, transaction
from django.test import Client
from django.utils import timezone

from breakwater.trust.actions.agencies import dismiss
from breakwater.trust.actions.sessions import end_everything_of, end_session
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Agency, Appointment, Challenge, Entry, HandedCode, Session
from breakwater.trust.rules.factors import is_fresh
from breakwater.trust.testing import NOON, an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of, circles_opened_by, hidden, press
from breakwater.trust.tests.test_passkeys import fresh
from breakwater.trust.tests.test_sign_in import knock
from conftest import wait_until

MINUTE = timedelta(minutes=1)


@pytest.fixture
def ada():
    return an_actor(now=timezone.now())


def is_in(client):
    return client.get("/").status_code == 200


def key_of(client):
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.mark.django_db
class TestHowLongTheyLast:
    @pytest.mark.parametrize(("still", "since"), [(True, 29), (False, 30), (False, 31)])
    def test_half_an_hour_without_a_sign_of_life(self, ada, still, since):
        client = browser_of(ada)
        Session.objects.update(seen_at=timezone.now() - since * MINUTE)
        assert is_in(client) is still

    def test_a_sign_of_life_is_written_down_once_a_minute(self, ada):
        client = browser_of(ada)
        for since, is_written in ((0.9, False), (1.1, True)):
            before = timezone.now() - since * MINUTE
            Session.objects.update(seen_at=before)
            assert is_in(client)
            assert (Session.objects.get().seen_at > before) is is_written

    def test_a_page_that_asks_by_itself_is_no_sign_of_life(self, ada):
        client = browser_of(ada)
        before = timezone.now() - 20 * MINUTE
        Session.objects.update(seen_at=before)
        client.get("/", headers={"X-By-Itself": "1"})
        assert Session.objects.get().seen_at == before

    def test_twelve_hours_in_any_case_however_often_they_prove_themselves(self, ada):
        client = knock(ada.user.username).client
        ends_at = Session.objects.get().expire_date
        assert abs(ends_at - timezone.now() - timedelta(hours=12)) < MINUTE
        press(client, "/sign-in/again/", by=ada, password="harbor light 7")
        assert Session.objects.get().expire_date == ends_at
        Session.objects.update(expire_date=timezone.now())
        assert not is_in(client)

    def test_an_agency_says_how_long_within_the_hour_and_the_day(self, ada):
        client = browser_of(ada)
        Agency.objects.update(idle_minutes=5, session_hours=2)
        Session.objects.update(seen_at=timezone.now() - 6 * MINUTE)
        assert not is_in(client)
        knock(ada.user.username)
        assert Session.objects.latest("began_at").expire_date < timezone.now() + timedelta(hours=2, minutes=1)
        for wrong in ({"idle_minutes": 61}, {"session_hours": 25}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Agency.objects.update(**wrong)

    def test_a_device_that_goes_along_is_left_open_for_less_whoever_signs_in_there(self, ada):
        client = browser_of(ada)
        old = key_of(client)
        assert press(client, "/your-sign-in/device/", by=ada, goes_along="yes").status_code == 303
        assert key_of(client) != old, "under a new key"
        assert "on a device that is carried or shared" in client.get("/your-sign-in/").content.decode()
        for minutes, stays in ((9, True), (11, False)):
            Session.objects.update(seen_at=timezone.now() - minutes * MINUTE)
            assert is_in(client) is stays
        bo = an_actor(agency=ada.agency, now=timezone.now())
        knock(bo.user.username, client=client)
        here = Session.objects.get(user=bo.user)
        assert here.idle_minutes == 10
        assert abs(here.expire_date - timezone.now() - timedelta(hours=8)) < MINUTE
        knock(bo.user.username)
        assert Session.objects.filter(user=bo.user, idle_minutes=None).count() == 1, (
            "elsewhere as their agency says"
        )
        as_seen_by(ada)
        Agency.objects.update(idle_minutes=5)
        Session.objects.filter(pk=here.pk).update(seen_at=timezone.now() - 6 * MINUTE)
        assert not is_in(client), "never longer than their agency says"
        Agency.objects.update(session_hours=2)
        knock(bo.user.username, client=client)
        assert Session.objects.latest("began_at").expire_date < timezone.now() + timedelta(hours=2, minutes=1)

    def test_that_it_stays_in_one_place_again_is_said_by_whoever_proves_that_it_is_them(self, ada):
        client = browser_of(ada)
        press(client, "/your-sign-in/device/", by=ada, goes_along="yes")
        Session.objects.update(proved_at=timezone.now() - timedelta(hours=1))
        asked = press(client, "/your-sign-in/device/", by=ada, goes_along="no")
        assert "/sign-in/again/" in asked["Location"]
        press(client, "/sign-in/again/", by=ada, password="harbor light 7")
        assert Session.objects.get().idle_minutes == 10, "proving it makes the session no longer"
        press(client, "/your-sign-in/device/", by=ada, goes_along="no")
        assert Session.objects.get().idle_minutes == 10, "this one stays as short"
        said = Entry.objects.filter(verb="trust.device_marked", about=ada.user.pk).order_by("pk")
        assert [one.facts["goes_along"] for one in said] == [True, False]
        knock(ada.user.username, client=client)
        assert Session.objects.latest("began_at").idle_minutes is None

    def test_a_mark_that_is_not_ours_marks_nothing(self, ada):
        client = Client()
        client.cookies[settings.CARRIED_COOKIE] = "a device that goes along"
        knock(ada.user.username, client=client)
        assert Session.objects.get().idle_minutes is None

    def test_one_statement_lets_a_request_in(self, ada, django_assert_num_queries):
        from breakwater.trust.door import enter

        client = browser_of(ada)
        Session.objects.update(seen_at=timezone.now() - 5 * MINUTE)
        with django_assert_num_queries(1):
            assert enter(key_of(client), now=timezone.now(), only_shows=False, holds=True)

    def test_what_was_typed_when_it_ended_is_kept(self, ada):
        client = browser_of(ada)
        Session.objects.update(seen_at=timezone.now() - 31 * MINUTE)
        turned = press(client, "/cases/intake/", by=ada, what_is_happening="He is outside the door.")
        assert turned.status_code == 401
        kept = {name: hidden(turned.content, name) for name in ("next", "kept")}
        knock(ada.user.username, client=client, **kept)
        assert "He is outside the door." in client.get("/cases/intake/").content.decode()

    def test_keys_are_long_and_new_each_time(self, ada):
        keys = {key_of(knock(ada.user.username).client) for _ in range(4)}
        assert len(keys) == 4
        assert all(len(one) >= 32 for one in keys)


@pytest.mark.django_db
class TestWhereTheyAreSignedIn:
    def test_is_listed_without_the_key_that_opens_it(self, ada):
        agent = "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"
        client = knock(ada.user.username, client=Client(headers={"user-agent": agent})).client
        page = client.get("/your-sign-in/").content.decode()
        assert "Firefox on Windows" in page
        assert "this one" in page
        assert key_of(client) not in page

    def test_one_is_ended_and_the_others_stay(self, ada):
        here, there, third = browser_of(ada), browser_of(ada), browser_of(ada)
        page = here.get("/your-sign-in/").content.decode()
        from breakwater.trust.views.own import handle_of

        assert handle_of(Session.objects.get(session_key=key_of(there))) in page
        press(
            here,
            "/your-sign-in/sessions/",
            by=ada,
            which=handle_of(Session.objects.get(session_key=key_of(there))),
        )
        assert [is_in(one) for one in (here, there, third)] == [True, False, True]

    def test_all_others_are_ended(self, ada):
        here, there, third = browser_of(ada), browser_of(ada), browser_of(ada)
        press(here, "/your-sign-in/sessions/", by=ada, which="others")
        assert [is_in(one) for one in (here, there, third)] == [True, False, False]

    def test_nobody_ends_those_of_somebody_else(self, ada):
        ben = an_actor(agency=ada.agency, now=timezone.now())
        hers, his = browser_of(ada), browser_of(ben)
        from breakwater.trust.views.own import handle_of

        press(
            his,
            "/your-sign-in/sessions/",
            by=ben,
            which=handle_of(Session.objects.get(session_key=key_of(hers))),
        )
        assert is_in(hers)
        end_session(Session.objects.get(session_key=key_of(hers)), at=timezone.now(), by=ben)
        assert is_in(hers)


@pytest.mark.django_db
class TestWhatEndsEverything:
    def all_kinds(self, ada):
        """One of each thing that lets somebody in by having been let in before."""
        clients = browser_of(ada), browser_of(ada)
        Challenge.objects.create(token="t", kind="second", user=ada.user, expires_at=timezone.now() + MINUTE)
        as_seen_by(ada)
        HandedCode.objects.create(
            user=ada.user, agency=ada.agency, started_by=ada.user, why="all", code="x", started_at=NOON,
            expires_at=timezone.now() + MINUTE,
        )  # fmt: skip
        return clients

    def is_over(self, ada, clients):
        as_seen_by(ada)
        left = (
            Session.objects.filter(user=ada.user),
            Challenge.objects.filter(user=ada.user),
            HandedCode.objects.all(),
        )
        return not any(one.exists() for one in left) and not any(is_in(one) for one in clients)

    def test_in_one_call(self, ada):
        clients = self.all_kinds(ada)
        end_everything_of(ada.user)
        assert self.is_over(ada, clients)

    def test_leaving(self, ada):
        clients = self.all_kinds(ada)
        by = an_actor(Role.ADMINISTRATOR, agency=ada.agency, now=timezone.now())
        dismiss(Appointment.objects.get(user=ada.user), at=timezone.now(), by=by)
        assert self.is_over(ada, clients)

    def test_a_new_password_but_for_where_it_was_chosen(self, ada):
        clients = self.all_kinds(ada)
        here = fresh(ada)
        new = "nine herons on one leg"
        answer = press(here, "/your-sign-in/password/", by=ada, new_password=new, new_password_again=new)
        assert answer.status_code == 303, answer.content.decode()
        assert is_in(here)
        assert not any(is_in(one) for one in clients)

    def test_another_agency_is_another_world_on_the_next_request(self, ada):
        """A role and an agency are asked of each request anew; nothing of them is kept in a session."""
        client = browser_of(ada)
        other = an_actor(Role.PARTNER, now=timezone.now())
        Appointment.objects.filter(user=ada.user).update(agency=other.agency, role=Role.PARTNER)
        page = client.get("/").content.decode()
        assert other.agency.name in page
        assert ada.agency.name not in page


@pytest.mark.urls("breakwater.trust.tests.pages")
def test_nothing_happens_in_the_name_of_a_session_after_the_answer_that_it_has_ended(how_many):
    with transaction.atomic():
        ada = an_actor(now=timezone.now())
    at_work, leaving = browser_of(ada), Client()
    leaving.cookies[settings.SESSION_COOKIE_NAME] = key_of(at_work)
    said = []

    def work(number):
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = key_of(leaving)
        try:
            said.append(press(client, "/quay/slow/", by=ada).status_code)
        finally:
            connections.close_all()

    threads = [Thread(target=work, args=(one,)) for one in range(4)]
    for thread in threads[:2]:
        thread.start()
    wait_until(lambda: said or how_many("query LIKE '%pg_sleep%'"))
    for thread in threads[2:]:
        thread.start()
    assert press(leaving, "/sign-out/", by=ada).status_code == 303
    with transaction.atomic():
        as_seen_by(ada)
        when_it_ended = circles_opened_by(ada)
    for thread in threads:
        thread.join()
    with transaction.atomic():
        as_seen_by(ada)
        assert circles_opened_by(ada) == when_it_ended
    assert sorted(set(said)) in ([303], [303, 401])
    assert Session.objects.count() == 0


def test_a_proof_is_fresh_for_a_quarter_of_an_hour():
    assert is_fresh(NOON, now=NOON + 14 * MINUTE)
    assert not is_fresh(NOON, now=NOON + 15 * MINUTE)
    assert not is_fresh(None, now=NOON)
