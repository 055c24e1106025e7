"""The pages of administration: what they show, what they ask for, and what an act on them leaves behind."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from breakwater.cases.actions.owners import join_team
from breakwater.cases.models import Assignment, Case
from breakwater.cases.testing import a_case
from breakwater.clocks.models import Clock
from breakwater.kernel import upkeep
from breakwater.kernel.keys import new_key
from breakwater.referrals.testing import a_handoff, a_referral
from breakwater.trust.access import acting, system_for
from breakwater.trust.actions.suspensions import suspend
from breakwater.trust.capabilities import Role
from breakwater.trust.models import AgencyRole, Appointment, Knock, Receipt, Session, Suspension, Unit, User
from breakwater.trust.rules import FREE_BY_NAME
from breakwater.trust.testing import an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import PASSWORD, browser_of, press

pytestmark = pytest.mark.django_db
NEW = "a lantern on the pier"
NO_MATCH = "This name and code do not match, or the code is too old."


@pytest.fixture
def chief():
    return an_actor(Role.ADMINISTRATOR, now=timezone.now(), name="Cleo Marsh")


@pytest.fixture
def ada(chief):
    return an_actor(agency=chief.agency, now=chief.now, name="Ada Reyes")


@pytest.fixture
def bo(chief):
    return an_actor(agency=chief.agency, now=chief.now, name="Bo Lind")


def url(name, *args):
    return reverse(f"administration:{name}", args=args)


def of(actor):
    return Appointment.objects.get(user=actor.user, ends_at=None)


def told(answer):
    return answer.content.decode()


def appoints(chief, *, key=None, client=None, **facts):
    usual = {"name": "Eve Sato", "username": "eve", "role": Role.CASE_MANAGER.value, "unit": ""}
    return press(client or browser_of(chief), url("appointing"), by=chief, key=key, **(usual | facts))


def secret_in(answer):
    return re.search(r'id="secret">([^<]+)<', told(answer)).group(1)


def joins(secret, *, username="eve", password=NEW, again=None, address="192.0.2.10"):
    typed = {
        "username": username, "one_time_code": secret, "new_password": password,
        "new_password_again": again or password,
    }  # fmt: skip
    return Client().post(reverse("trust:given_code"), typed, REMOTE_ADDR=address)


class TestPeople:
    def test_an_administrator_begins_with_who_works_here(self, chief, ada):
        client = browser_of(chief)
        assert client.get("/")["Location"] == url("people")
        page = told(client.get(url("people")))
        assert "Ada Reyes" in page
        assert "Crisis case manager" in page
        assert "Has never signed in" in page

    def test_it_says_when_somebody_signed_in_last(self, chief, ada):
        Client().post("/sign-in/", {"username": ada.user.username, "password": PASSWORD})
        assert "Signed in last" in told(browser_of(chief).get(url("people")))

    @pytest.mark.parametrize("role", [Role.CASE_MANAGER, Role.SUPERVISOR, Role.PRIVACY_OFFICER])
    def test_nobody_else_does(self, role):
        client = browser_of(an_actor(role, now=timezone.now()))
        for name in ("people", "appointing", "units", "roles", "making", "comparing"):
            assert client.get(url(name)).status_code == 403, name

    def test_another_agencys_people_are_not_there(self, chief):
        theirs = of(an_actor(now=chief.now))
        for name in ("person", "moving", "dismissing", "returning"):
            assert browser_of(chief).get(url(name, theirs.pk)).status_code == 404


class TestInvitations:
    def test_the_secret_is_shown_once_and_not_to_the_same_request_again(self, chief):
        key, client = new_key(chief.user.pk), browser_of(chief)
        first = appoints(chief, key=key, client=client)
        assert first.status_code == 200
        again = appoints(chief, key=key, client=client)
        assert (again.status_code, again["Idempotent-Replay"]) == (303, "true")
        assert User.objects.filter(username="eve").count() == 1
        kept = "".join(one.body for one in Receipt.objects.all())
        assert secret_in(first) not in kept

    def test_whoever_has_it_chooses_a_password_and_signs_in(self, chief):
        secret = secret_in(appoints(chief))
        assert joins(secret)["Location"] == "/sign-in/"
        answer = Client().post("/sign-in/", {"username": "eve", "password": NEW})
        assert answer.status_code == 303

    def test_before_that_nobody_signs_in(self, chief):
        appoints(chief)
        assert Client().post("/sign-in/", {"username": "eve", "password": ""}).status_code == 422
        assert "Invited" in told(browser_of(chief).get(url("people")))

    def test_wrong_names_wrong_secrets_and_used_ones_sound_the_same(self, chief):
        secret = secret_in(appoints(chief))
        wrong = [joins("AAAAA-AAAAA"), joins(secret, username="nobody"), joins("2" * 20, username="nobody")]
        joins(secret, address="192.0.2.99")
        wrong.append(joins(secret, address="192.0.2.98"))
        assert [one.status_code for one in wrong] == [422] * 4
        assert all(NO_MATCH in told(one) for one in wrong)

    def test_guessing_is_slowed_down_like_at_the_front_door(self, chief):
        secret = secret_in(appoints(chief))
        for name in ("eve", "nobody"):
            for one in range(FREE_BY_NAME):
                joins("WRONG", username=name, address=f"203.0.113.{one}")
            assert joins(secret, username=name).status_code == 429
        assert Knock.objects.filter(got_in=False).count() == 2 * FREE_BY_NAME

    def test_two_passwords_that_differ_and_a_weak_one_are_refused(self, chief):
        secret = secret_in(appoints(chief))
        assert "This is not the same as above." in told(joins(secret, again="something else"))
        assert "too short" in told(joins(secret, password="short"))
        assert joins(secret).status_code == 303, "the secret is still good"

    def test_somebody_of_a_suspended_agency_does_not_join(self, chief):
        secret = secret_in(appoints(chief))
        with acting(system_for(chief.agency, now=chief.now)) as itself:
            suspend(reason="A break-in.", looked_after_by=None, at=chief.now, by=itself)
        assert NO_MATCH in told(joins(secret))

    def test_whoever_lost_it_is_invited_again_until_they_have_a_password(self, chief):
        first = secret_in(appoints(chief))
        eve = Appointment.objects.get(user__username="eve")
        second = secret_in(press(browser_of(chief), url("inviting", eve.pk), by=chief))
        assert joins(first).status_code == 422
        assert joins(second).status_code == 303
        refused = press(browser_of(chief), url("inviting", eve.pk), by=chief)
        assert "which nobody else replaces" in told(refused)


class TestWhatTheyHeld:
    def a_case_of(self, somebody, **facts):
        as_seen_by(somebody)
        return a_case(by=somebody, at=somebody.now - timedelta(hours=1), **facts)

    def owner(self, case, by):
        as_seen_by(by)
        return Assignment.objects.owners().get(case=case)

    def test_it_is_named_by_number_and_without_the_person(self, chief, ada):
        case = self.a_case_of(ada, known_as="Marisol Vega")
        page = told(browser_of(chief).get(url("dismissing", of(ada).pk)))
        assert case.number in page
        assert "Marisol" not in page

    def test_it_goes_to_the_duty_queue_in_the_same_act_and_its_alarm_runs(self, chief, ada, bo):
        case, other = self.a_case_of(ada), self.a_case_of(bo)
        join_team(other, worker=ada.user, at=bo.now, by=bo)
        client = browser_of(ada)
        answer = press(browser_of(chief), url("dismissing", of(ada).pk), by=chief, to="")
        assert answer.status_code == 303
        assert self.owner(case, bo).worker is None
        assert Clock.objects.running().filter(about=case.pk, kind="duty_queue").exists()
        assert not Assignment.objects.helpers().filter(worker=ada.user).exists()
        assert client.get("/").status_code == 302

    def test_or_to_a_colleague(self, chief, ada, bo):
        case = self.a_case_of(ada)
        press(browser_of(chief), url("dismissing", of(ada).pk), by=chief, to=str(bo.user.pk))
        assert self.owner(case, bo).worker == bo.user

    def test_a_mover_who_works_on_no_case_any_more_hands_over_and_one_who_does_keeps(self, chief, ada, bo):
        kept, lost = self.a_case_of(ada), self.a_case_of(bo)
        for somebody, role in ((ada, Role.SUPERVISOR), (bo, Role.PARTNER)):
            typed = {"role": role.value, "unit": "", "to": ""}
            answer = press(browser_of(chief), url("moving", of(somebody).pk), by=chief, **typed)
            assert answer.status_code == 303
        assert self.owner(kept, ada).worker == ada.user
        assert self.owner(lost, ada).worker is None

    def test_who_is_dismissed_may_be_appointed_again(self, chief, ada):
        before = of(ada)
        press(browser_of(chief), url("dismissing", before.pk), by=chief, to="")
        assert "left in the last 90 days" in told(browser_of(chief).get(url("people")))
        typed = {"role": Role.PARTNER.value, "unit": ""}
        answer = press(browser_of(chief), url("returning", before.pk), by=chief, **typed)
        assert secret_in(answer)
        assert of(ada).role == Role.PARTNER

    def test_a_closed_unit_leaves_its_queue_to_the_agency(self, chief):
        unit = Unit.objects.create(agency=chief.agency, name="Night")
        user = an_actor(agency=chief.agency, now=chief.now)
        case = self.a_case_of(user)
        client = browser_of(user)
        press(client, reverse("cases:release", args=[case.pk]), by=user, unit=str(unit.pk))
        assert self.owner(case, user).unit == unit
        assert press(browser_of(chief), url("closing", unit.pk), by=chief).status_code == 303
        assert (self.owner(case, user).worker, self.owner(case, user).unit) == (None, None)


class TestUnitsAndRoles:
    def test_units_are_added_renamed_and_refused_in_words(self, chief):
        client = browser_of(chief)
        assert press(client, url("units"), by=chief, name="Night").status_code == 303
        unit = Unit.objects.get(agency=chief.agency, name="Night")
        assert press(client, url("unit", unit.pk), by=chief, name="Day team").status_code == 422
        assert press(client, url("unit", unit.pk), by=chief, name="Late").status_code == 303
        assert "Write its name" in told(press(client, url("units"), by=chief, name="   "))

    def test_a_role_is_made_shown_compared_and_ended(self, chief):
        client = browser_of(chief)
        refused = press(
            client, url("making"), by=chief, name="All", capabilities=["trust.administer", "cases.read"]
        )
        assert "These never stand in one role" in told(refused)
        press(
            client, url("making"), by=chief, name="Night reader", capabilities=["cases.read", "people.read"]
        )
        role = AgencyRole.objects.get(agency=chief.agency)
        page = told(client.get(url("roles")))
        assert "Night reader" in page
        assert "See the cases of one&#39;s agency" in page
        compared = told(client.get(url("comparing"), {"first": str(role.pk), "second": "supervisor"}))
        assert "Only Supervisor" in compared
        assert press(client, url("ending", role.pk), by=chief).status_code == 303
        assert "Night reader" not in told(client.get(url("roles")))

    def test_what_should_be_apart_is_said_where_the_role_is_shown(self, chief):
        page = told(browser_of(chief).get(url("roles")))
        assert "Who takes a consent could also lower the protection" in page


class TestReviews:
    def test_a_supervisor_confirms_and_the_page_is_the_evidence(self, chief, ada):
        boss = an_actor(Role.SUPERVISOR, agency=chief.agency, now=chief.now, name="Ines Roy")
        client = browser_of(boss)
        where = press(client, url("reviews"), by=boss)["Location"]
        assert "Not confirmed: 3" in told(client.get(where))
        confirmed = press(client, f"{where}{of(ada).pk}/", by=boss)
        assert confirmed.status_code == 303
        page = told(client.get(where))
        assert "Answered: 1" in page
        assert "Ines Roy, " in page
        assert "Dismiss" not in page
        assert "Dismiss" in told(browser_of(chief).get(where))
        own = press(client, f"{where}{of(boss).pk}/", by=boss)
        assert "Nobody confirms their own appointment" in told(own)

    def test_another_agencys_review_is_not_there(self, chief):
        where = press(browser_of(chief), url("reviews"), by=chief)["Location"]
        other = an_actor(Role.ADMINISTRATOR, now=chief.now)
        assert browser_of(other).get(where).status_code == 404


class TestSuspension:
    def stops(self, chief, **facts):
        usual = {
            "reason": "A laptop was stolen.", "looked_after_by": "", "name": chief.agency.name, "password": PASSWORD
        }  # fmt: skip
        return press(browser_of(chief), url("suspension"), by=chief, **(usual | facts))

    def test_everybody_is_out_the_administrator_too(self, chief, ada):
        client = browser_of(ada)
        assert self.stops(chief)["Location"] == "/sign-in/"
        assert client.get("/").status_code == 302
        assert not Session.objects.filter(user__in=[chief.user.pk, ada.user.pk]).exists()

    def test_it_asks_for_the_name_and_for_the_password(self, chief):
        assert "so that nobody stops it by a slip" in told(self.stops(chief, name="Another"))
        assert "This is not your password" in told(self.stops(chief, password="wrong"))
        assert not Suspension.objects.exists()

    def test_whoever_looks_after_the_cases_sees_them_without_the_person(self, chief, ada):
        as_seen_by(ada)
        case = a_case(by=ada, at=ada.now - timedelta(hours=1), known_as="Marisol Vega")
        other, third = an_actor(now=chief.now), an_actor(now=chief.now)
        self.stops(chief, looked_after_by=str(other.agency_id))
        lead = an_actor(Role.SUPERVISOR, agency=other.agency, now=chief.now)
        loads = browser_of(lead).get(reverse("desk:caseloads"))
        assert (chief.agency.name in told(loads), url("looked_after") in told(loads)) == (True, True)
        page = told(browser_of(other).get(url("looked_after")))
        assert case.number in page
        assert "Ada Reyes" in page
        assert "Marisol" not in page
        assert case.number not in told(browser_of(third).get(url("looked_after")))
        as_seen_by(other)
        assert not Case.objects.filter(pk=case.pk).exists()

    def test_letters_to_it_wait_and_the_sender_is_told(self, chief, ada):
        sender = an_actor(now=chief.now)
        case = a_case(by=sender, at=sender.now - timedelta(hours=1))
        letters = {
            "referrals:letter": a_referral(
                case, by=sender, to_agency=chief.agency, to_name=chief.agency.name
            ),
            "referrals:packet": a_handoff(case, by=sender, to=chief.agency),
        }
        self.stops(chief)
        client = browser_of(sender)
        for name, sent in letters.items():
            assert "is suspended.</b> Nobody there can read this" in told(
                client.get(reverse(name, args=[sent.pk]))
            )
        asking = told(client.get(reverse("referrals:referral", args=[case.pk])))
        assert f"{chief.agency.name} (suspended: a letter would wait)" in asking


def test_an_agency_is_not_offered_itself(chief):
    other = an_agency()
    page = told(browser_of(chief).get(url("suspension")))
    assert f">{other.name}<" in page
    assert str(chief.agency_id) not in page


def test_upkeep_tells_when_the_last_backup_was_and_what_is_wrong(chief, ada, settings, tmp_path):
    settings.BACKUPS, settings.ANCHORS = tmp_path / "backups", tmp_path / "anchors"
    upkeep.note(settings.BACKUPS, backup="2026-01-05T03:00:00+00:00")
    said = browser_of(chief).get(reverse("administration:upkeep")).content.decode()
    assert "The last backup is" in said
    assert "hours old, more than 24." in said
    assert "Never, as far as can be seen from here" in said
    assert browser_of(ada).get(reverse("administration:upkeep")).status_code == 403
