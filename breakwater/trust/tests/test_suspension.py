"""An agency is stopped at once: at the next request, at sign-in, and at both walls; and its clocks still ring."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from breakwater.kernel.db import run_sql
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.trust.access import acting, system_for
from breakwater.trust.actions.circles import open_circle
from breakwater.trust.actions.suspensions import let_look_after, lift, suspend
from breakwater.trust.capabilities import Role
from breakwater.trust.events import SignedOut
from breakwater.trust.journal import record
from breakwater.trust.models import Circle, Entry, Grant, Session, Suspension
from breakwater.trust.testing import an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import PASSWORD, browser_of

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def ada():
    return an_actor(now=NOW)


def stops(agency, **facts):
    with acting(system_for(agency, now=NOW)) as itself:
        return suspend(
            **({"reason": "A laptop was stolen.", "looked_after_by": None} | facts), at=NOW, by=itself
        )


def lifts(suspension, because="It was found."):
    with acting(system_for(suspension.agency, now=NOW)) as itself:
        lift(suspension, because=because, at=NOW, by=itself)


def counted(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


class TestAtTheDoor:
    def test_the_very_next_request_is_refused(self, ada):
        client = browser_of(ada)
        assert client.get("/").status_code == 200
        stops(ada.agency)
        assert client.get("/").status_code == 302
        assert not Session.objects.filter(user=ada.user).exists()

    def test_a_session_that_begins_afterwards_opens_nothing(self, ada):
        stops(ada.agency)
        client = browser_of(ada)
        assert Session.objects.filter(user=ada.user).exists()
        assert client.get("/")["Location"].startswith("/sign-in/")

    def test_nobody_signs_in_and_the_answer_says_no_more_than_of_a_wrong_password(self, ada):
        stops(ada.agency)
        answer = Client().post("/sign-in/", {"username": ada.user.username, "password": PASSWORD})
        assert answer.status_code == 422
        assert b"do not match, or the account is not in use" in answer.content
        assert not Session.objects.filter(user=ada.user).exists()

    def test_others_go_on_as_if_nothing_happened(self, ada):
        other = browser_of(an_actor(now=NOW))
        stops(ada.agency)
        assert other.get("/").status_code == 200

    def test_when_it_is_lifted_they_sign_in_again(self, ada):
        lifts(stops(ada.agency))
        answer = Client().post("/sign-in/", {"username": ada.user.username, "password": PASSWORD})
        assert answer.status_code == 303


class TestAtTheWalls:
    def test_a_statement_by_hand_finds_nothing_and_writes_nothing(self, ada):
        circle = open_circle(at=NOW, by=ada)
        record(SignedOut(), by=ada, at=NOW)
        tables = ("trust_circle", "trust_grant", "trust_entry")
        assert all(counted(table) for table in tables)
        stops(ada.agency)
        as_seen_by(ada)
        assert [counted(table) for table in tables] == [0, 0, 0]
        assert Grant.objects.filter(circle=circle).update(ends_at=None) == 0
        with pytest.raises(Exception, match="row-level security"), transaction.atomic():
            open_circle(at=NOW, by=ada)
        with pytest.raises(Exception, match="row-level security"), transaction.atomic():
            record(SignedOut(), by=ada, at=NOW)

    def test_breakwater_itself_still_acts_for_it(self, ada):
        circle = open_circle(at=NOW, by=ada)
        stops(ada.agency)
        with acting(system_for(ada.agency, now=NOW)):
            assert Circle.objects.filter(pk=circle.pk).exists()

    def test_another_agency_in_the_same_circle_goes_on(self, ada):
        mine = open_circle(at=NOW, by=ada)
        other = an_actor(now=NOW)
        theirs = open_circle(at=NOW, by=other)
        stops(ada.agency)
        as_seen_by(other)
        assert list(Circle.objects.values_list("pk", flat=True)) == [theirs.pk]
        assert mine.pk != theirs.pk

    def test_when_it_is_lifted_everything_is_there_again(self, ada):
        circle = open_circle(at=NOW, by=ada)
        lifts(stops(ada.agency))
        as_seen_by(ada)
        assert Circle.objects.filter(pk=circle.pk).exists()


class TestWhoMayStopAndLift:
    def test_the_privacy_officer_stops_their_own_agency_and_is_out_themselves(self):
        ines = an_actor(Role.PRIVACY_OFFICER, now=NOW)
        made = suspend(reason="Somebody is in.", looked_after_by=None, at=NOW, by=ines)
        assert made.by == ines.user
        assert browser_of(ines).get("/").status_code == 302

    def test_a_caseworker_does_not(self, ada):
        with pytest.raises(NotPermitted, match="Suspend one's own agency"):
            suspend(reason="Somebody is in.", looked_after_by=None, at=NOW, by=ada)

    def test_it_says_why_and_names_another_agency(self, ada):
        with pytest.raises(Refused, match="Say why the agency is suspended"):
            stops(ada.agency, reason="  ")
        with pytest.raises(Refused, match="cannot look after its own cases"):
            stops(ada.agency, looked_after_by=ada.agency)

    def test_once_at_a_time(self, ada):
        stops(ada.agency)
        with pytest.raises(Overtaken, match="This agency is suspended already"):
            stops(ada.agency)

    def test_nobody_who_is_signed_in_lifts_it_not_even_by_hand(self, ada):
        made = stops(ada.agency)
        for somebody in (ada, an_actor(Role.ADMINISTRATOR, now=NOW)):
            as_seen_by(somebody)
            with pytest.raises(NotPermitted, match="lifted at the machine"):
                lift(made, because="Please.", at=NOW, by=somebody)
            with pytest.raises(IntegrityError, match="lifted at the machine"), transaction.atomic():
                run_sql("UPDATE trust_suspension SET ends_at = now(), lifted_because = 'x'")
            with pytest.raises(Exception, match="stays written"), transaction.atomic():
                run_sql("DELETE FROM trust_suspension")
        assert Suspension.objects.standing().filter(pk=made.pk).exists()

    def test_lifting_says_why_once_and_is_in_the_journal(self, ada):
        made = stops(ada.agency)
        with pytest.raises(Refused, match="Say why the agency may work again"):
            lifts(made, because=" ")
        lifts(made)
        with pytest.raises(Refused, match="This suspension was lifted already"):
            lifts(made)
        as_seen_by(ada)
        told = list(Entry.objects.filter(about=made.pk).order_by("pk").values_list("verb", flat=True))
        assert told == ["trust.agency_suspended", "trust.suspension_lifted"]

    def test_who_looks_after_the_cases_is_told_and_may_be_named_later(self, ada):
        made, other = stops(ada.agency), an_agency()
        with acting(system_for(ada.agency, now=NOW)) as itself:
            with pytest.raises(Refused, match="cannot look after its own cases"):
                let_look_after(made, agency=ada.agency, at=NOW, by=itself)
            let_look_after(made, agency=other, at=NOW, by=itself)
        as_seen_by(an_actor(agency=other))
        assert Entry.objects.filter(verb="trust.agency_suspended", about=made.pk).count() == 1


def test_it_takes_less_than_a_minute_however_many_are_signed_in(ada):
    for _ in range(20):
        browser_of(ada)
    before = timezone.now()
    stops(ada.agency)
    assert not Session.objects.filter(user=ada.user).exists()
    assert timezone.now() - before < timedelta(minutes=1)
