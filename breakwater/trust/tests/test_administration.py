"""Who works here and as what: joiners are invited, movers lose what they had, leavers are out."""

from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.db import IntegrityError, transaction
from django.utils import timezone

from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.trust.access import acting, actor_for, system_for
from breakwater.trust.actions.agencies import appoint, appoint_again, dismiss, move
from breakwater.trust.actions.handed import handed_to, invite, use_handed
from breakwater.trust.actions.reviews import (
    begin_review,
    begin_review_when_due,
    begin_reviews_when_due,
    confirm,
)
from breakwater.trust.actions.roles import end_role, make_role
from breakwater.trust.actions.suspensions import suspend
from breakwater.trust.actions.units import add_unit, close_unit, rename_unit
from breakwater.trust.capabilities import CAPABILITIES, CAPABILITIES_OF, Role
from breakwater.trust.door import enter
from breakwater.trust.house import HOUSE
from breakwater.trust.models import (
    AccessAnswer,
    AccessReview,
    AgencyRole,
    Appointment,
    Entry,
    HandedCode,
    Session,
    Unit,
)
from breakwater.trust.rules.roles import compared, not_apart
from breakwater.trust.testing import an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of

pytestmark = pytest.mark.django_db
PASSWORD = "a lantern on the pier"
NOW = timezone.now()
HOUR = timedelta(hours=1)


@pytest.fixture
def chief():
    return an_actor(Role.ADMINISTRATOR, now=NOW, name="Cleo Marsh")


def joins(chief, *, role=Role.CASE_MANAGER, username="bo", at=NOW - HOUR, unit=None):
    return appoint(
        username=f"{username}-{chief.agency_id}", name="Bo Lind", password=None, role=role, unit=unit, at=at, by=chief
    )  # fmt: skip


def a_role(chief, *capabilities, name="Night reader", because=""):
    return make_role(name=name, capabilities=capabilities, because=because, at=NOW, by=chief)


class TestJoining:
    def test_whoever_is_invited_chooses_a_password_once(self, chief):
        bo = joins(chief)
        secret = invite(bo, at=NOW, by=chief)
        handed = handed_to(bo.user, f" {secret.lower()} ", at=NOW + HOUR)
        use_handed(handed, PASSWORD, bo, at=NOW + HOUR)
        assert authenticate(None, username=bo.user.username, password=PASSWORD) == bo.user
        assert handed_to(bo.user, secret, at=NOW + HOUR) is None
        with pytest.raises(Refused, match="used in the meantime"):
            use_handed(handed, PASSWORD, bo, at=NOW + HOUR)

    def test_the_secret_is_kept_nowhere(self, chief):
        bo = joins(chief)
        secret = invite(bo, at=NOW, by=chief)
        kept = HandedCode.objects.get(user=bo.user)
        assert secret not in f"{kept.code}{vars(kept)}"
        assert all(secret not in str(entry.facts) for entry in Entry.objects.all())

    def test_it_is_over_after_a_while_and_when_there_is_another(self, chief):
        bo = joins(chief)
        first = invite(bo, at=NOW, by=chief)
        second = invite(bo, at=NOW, by=chief)
        assert handed_to(bo.user, first, at=NOW) is None
        assert handed_to(bo.user, second, at=NOW) is not None
        assert handed_to(bo.user, second, at=NOW + HOUSE.invitation_lasts) is None

    def test_it_is_for_one_name_alone(self, chief):
        bo, al = joins(chief), joins(chief, username="al")
        secret = invite(bo, at=NOW, by=chief)
        invite(al, at=NOW, by=chief)
        assert handed_to(al.user, secret, at=NOW) is None

    def test_a_weak_password_is_refused_in_words(self, chief):
        bo = joins(chief)
        secret = invite(bo, at=NOW, by=chief)
        with pytest.raises(Refused, match="too short"):
            use_handed(handed_to(bo.user, secret, at=NOW), "short", bo, at=NOW)

    def test_nobody_is_given_a_password_over_their_own(self, chief):
        """Whoever could replace a colleague's password could sign in as them and read what they read."""
        bo = joins(chief)
        use_handed(handed_to(bo.user, invite(bo, at=NOW, by=chief), at=NOW), PASSWORD, bo, at=NOW)
        with pytest.raises(Refused, match="which nobody else replaces"):
            invite(bo, at=NOW, by=chief)

    def test_only_who_works_here_is_invited_and_nobody_invites_themselves(self, chief):
        with pytest.raises(Refused, match="does not work at your agency now"):
            invite(Appointment.objects.get(user=an_actor().user), at=NOW, by=as_seen_by(chief))
        with pytest.raises(Refused, match="Nobody invites themselves"):
            invite(Appointment.objects.get(user=chief.user), at=NOW, by=chief)

    def test_a_role_or_unit_of_another_agency_is_none_of_ours(self, chief):
        elsewhere = an_agency()
        theirs = a_role(an_actor(Role.ADMINISTRATOR, agency=elsewhere), "cases.read")
        as_seen_by(chief)
        with pytest.raises(Refused, match="no such role here"):
            joins(chief, role=theirs)
        with pytest.raises(Refused, match="no such role here"):
            joins(chief, role=Role.OWN)
        with pytest.raises(Refused, match="as Breakwater itself"):
            joins(chief, role=Role.SYSTEM)
        with pytest.raises(Refused, match="no such unit here"):
            joins(chief, unit=Unit.objects.get(agency=elsewhere))


class TestMoving:
    def test_the_old_rights_and_every_session_end_at_once(self, chief):
        bo = joins(chief, role=Role.SUPERVISOR)
        client = browser_of(an_actor_of(bo))
        assert client.get("/privacy/").status_code == 200
        after = move(bo, role=Role.INTAKE_WORKER, unit=None, at=NOW, by=as_seen_by(chief))
        assert client.get("/privacy/").status_code == 302
        bo.refresh_from_db()
        assert (bo.ends_at, after.starts_at, after.role) == (NOW, NOW, Role.INTAKE_WORKER)
        assert browser_of(an_actor_of(after)).get("/privacy/").status_code == 403

    def test_and_so_does_what_they_were_invited_by_until_they_are_invited_again(self, chief):
        bo = joins(chief)
        secret = invite(bo, at=NOW, by=chief)
        after = move(bo, role=Role.INTAKE_WORKER, unit=None, at=NOW, by=chief)
        assert handed_to(bo.user, secret, at=NOW) is None
        page = browser_of(chief).get(f"/administration/people/{after.pk}/").content.decode()
        assert "Invite again" in page

    def test_nobody_changes_their_own_appointment(self, chief):
        own = Appointment.objects.get(user=chief.user)
        with pytest.raises(Refused, match="Nobody changes their own appointment"):
            move(own, role=Role.SUPERVISOR, unit=None, at=NOW, by=chief)
        with pytest.raises(Refused, match="Nobody changes their own appointment"):
            dismiss(own, at=NOW, by=chief)

    def test_to_what_one_is_already_changes_nothing(self, chief):
        with pytest.raises(Refused, match="their role and their unit already"):
            move(joins(chief), role=Role.CASE_MANAGER, unit=None, at=NOW, by=chief)

    def test_only_an_administrator_appoints_moves_and_dismisses(self, chief):
        bo = joins(chief)
        boss = an_actor(Role.SUPERVISOR, agency=chief.agency, now=NOW)
        for act in (
            lambda: joins(boss, username="eve"),
            lambda: move(bo, role=Role.SUPERVISOR, unit=None, at=NOW, by=boss),
            lambda: dismiss(bo, at=NOW, by=boss),
            lambda: invite(bo, at=NOW, by=boss),
            lambda: a_role(boss, "cases.read"),
        ):
            with pytest.raises(NotPermitted):
                act()


class TestLeaving:
    def test_they_are_out_and_may_come_back_with_another_password(self, chief):
        bo = joins(chief)
        client = browser_of(an_actor_of(bo))
        dismiss(bo, at=NOW, by=as_seen_by(chief))
        assert client.get("/").status_code == 302
        assert not Session.objects.filter(user=bo.user).exists()
        again = appoint_again(bo, role=Role.PARTNER, unit=None, at=NOW + HOUR, by=chief)
        again.user.refresh_from_db()
        assert again.user.is_active
        assert not again.user.has_usable_password()

    def test_their_invitation_is_over(self, chief):
        bo = joins(chief)
        secret = invite(bo, at=NOW, by=chief)
        dismiss(bo, at=NOW, by=chief)
        assert handed_to(bo.user, secret, at=NOW) is None

    def test_who_works_somewhere_is_not_appointed_again(self, chief):
        with pytest.raises(Refused, match="works nowhere now"):
            appoint_again(joins(chief), role=Role.PARTNER, unit=None, at=NOW, by=chief)


class TestRoles:
    def test_a_role_of_the_agencys_own_allows_what_it_says_and_nothing_else(self, chief):
        role = a_role(chief, "cases.read", "people.read")
        bo = an_actor_of(joins(chief, role=role))
        assert (bo.may("cases.read"), bo.may("cases.work"), bo.role_name) == (True, False, "Night reader")
        client = browser_of(bo)
        assert client.get("/").status_code == 200
        assert client.get("/cases/intake/").status_code == 403
        assert b"night reader" in client.get("/cases/intake/").content

    def test_the_door_reads_it_in_the_same_statement(self, chief, django_assert_num_queries):
        bo = an_actor_of(joins(chief, role=a_role(chief, "cases.read")))
        key = browser_of(bo).session.session_key
        with django_assert_num_queries(1):
            actor = enter(key, now=timezone.now(), only_shows=True)
            assert (actor.may("cases.read"), actor.may("cases.close")) == (True, False)

    def test_who_administers_reads_no_record(self, chief):
        for one in (
            "cases.read",
            "people.read",
            "trust.break_glass",
            "trust.lower_segments",
            "referrals.refer",
        ):
            with pytest.raises(Refused, match="These never stand in one role"):
                a_role(chief, "trust.administer", one, because="We are few.")

    def test_what_should_be_apart_says_why_it_is_not(self, chief):
        with pytest.raises(Refused, match="Say why one person holds both"):
            a_role(chief, "trust.administer", "trust.review")
        role = a_role(chief, "trust.administer", "trust.review", because="We are four people.")
        assert [one.code for one in not_apart(role.allows, HOUSE.apart)] == ["administer_and_review"]

    def test_a_role_has_a_name_of_its_own_and_allows_something_that_there_is(self, chief):
        a_role(chief, "cases.read")
        with pytest.raises(Overtaken, match="Another role has this name"):
            a_role(chief, "people.read", name="NIGHT reader")
        with pytest.raises(Refused, match="A built-in role has this name"):
            a_role(chief, "cases.read", name=" supervisor ")
        for wrong in ((), ("cases.read", "cases.vanish")):
            with pytest.raises(Refused, match="Choose what the role allows"):
                a_role(chief, *wrong, name="Another")

    def test_it_ends_when_nobody_holds_it(self, chief):
        role = a_role(chief, "cases.read")
        bo = joins(chief, role=role)
        with pytest.raises(Refused, match="Somebody still holds this role"):
            end_role(role, at=NOW, by=chief)
        dismiss(bo, at=NOW, by=chief)
        end_role(role, at=NOW, by=chief)
        role.refresh_from_db()
        with pytest.raises(Refused, match="no such role here"):
            joins(chief, role=role, username="al")
        with pytest.raises(Refused, match="This role has ended already"):
            end_role(role, at=NOW, by=chief)

    def test_nobody_rewrites_it_or_takes_it_elsewhere(self, chief):
        role = a_role(chief, "cases.read")
        with pytest.raises(IntegrityError, match="a role stays"), transaction.atomic():
            AgencyRole.objects.filter(pk=role.pk).update(capabilities=list(CAPABILITIES))
        stranger = an_actor()
        with pytest.raises(IntegrityError, match="a_role_is_held_at_its_own_agency"), transaction.atomic():
            Appointment.objects.filter(user=stranger.user).update(role=Role.OWN, own_role=role)

    def test_the_built_in_administrator_breaks_no_rule_that_is_refused(self):
        for role in Role:
            if role != Role.SYSTEM:
                assert not [one for one in not_apart(CAPABILITIES_OF[role], HOUSE.apart) if one.refused], role

    def test_two_roles_are_compared_in_the_order_of_the_list(self):
        told = compared(CAPABILITIES_OF[Role.INTAKE_WORKER], CAPABILITIES_OF[Role.CASE_MANAGER], CAPABILITIES)
        assert told.first == ()
        assert told.second == ("cases.close", "referrals.hand_off", "trust.break_glass")


class TestUnits:
    def test_a_unit_is_added_renamed_and_closed_and_its_name_is_free_again(self, chief):
        unit = rename_unit(add_unit(name="Night", at=NOW, by=chief), name="Late night", at=NOW, by=chief)
        with pytest.raises(Overtaken, match="Another unit has this name"):
            add_unit(name="Late night", at=NOW, by=chief)
        close_unit(unit, at=NOW, by=chief)
        assert add_unit(name="Late night", at=NOW, by=chief) in Unit.objects.visible_to(chief).open()
        with pytest.raises(Refused, match="This unit is closed already"):
            rename_unit(unit, name="Night", at=NOW, by=chief)

    def test_it_stays_while_somebody_works_there(self, chief):
        unit = add_unit(name="Night", at=NOW, by=chief)
        joins(chief, unit=unit)
        with pytest.raises(Refused, match="Somebody still works in this unit"):
            close_unit(unit, at=NOW, by=chief)


class TestAccessReviews:
    @pytest.fixture
    def boss(self, chief):
        return an_actor(Role.SUPERVISOR, agency=chief.agency, now=NOW, name="Ines Roy")

    def test_it_covers_who_worked_here_and_ends_with_the_last_answer(self, chief, boss):
        bo, al = joins(chief), joins(chief, username="al")
        review = begin_review(at=NOW, by=chief)
        joins(chief, username="later", at=NOW + HOUR)
        assert review.waiting().count() == 4
        confirm(review, bo, at=NOW, by=boss)
        move(al, role=Role.PARTNER, unit=None, at=NOW + HOUR, by=chief)
        confirm(review, Appointment.objects.get(user=boss.user), at=NOW, by=chief)
        assert review.is_late(review.due_at)
        confirm(review, Appointment.objects.get(user=chief.user), at=NOW + HOUR, by=boss)
        review.refresh_from_db()
        assert (review.ends_at, review.waiting().count()) == (NOW + HOUR, 0)
        told = dict(AccessAnswer.objects.values_list("appointment", "answer"))
        assert (told[bo.pk], told[al.pk]) == ("confirmed", "changed")
        assert not review.is_late(review.due_at)

    def test_who_is_dismissed_is_answered_for(self, chief):
        bo = joins(chief)
        review = begin_review(at=NOW, by=chief)
        dismiss(bo, at=NOW + HOUR, by=chief)
        assert AccessAnswer.objects.get(review=review, appointment=bo).answer == "ended"

    def test_nobody_speaks_for_themselves_nor_the_first_time_for_whom_they_appointed(self, chief, boss):
        bo = joins(chief)
        review = begin_review(at=NOW, by=chief)
        with pytest.raises(Refused, match="Nobody confirms their own appointment"):
            confirm(review, Appointment.objects.get(user=chief.user), at=NOW, by=chief)
        with pytest.raises(Refused, match="A second person confirms it the first time"):
            confirm(review, bo, at=NOW, by=chief)
        confirm(review, bo, at=NOW, by=boss)
        with pytest.raises(Refused, match="answered already"):
            confirm(review, bo, at=NOW, by=boss)

    def test_one_runs_at_a_time_and_the_next_begins_when_it_is_due(self, chief, boss):
        assert begin_review_when_due(at=chief.agency.founded_at + HOUR, by=chief) is None
        review = begin_review_when_due(at=NOW, by=chief)
        with pytest.raises(Overtaken, match="A review is running already"):
            begin_review(at=NOW, by=chief)
        assert begin_review_when_due(at=NOW + 2 * HOUSE.review_every, by=chief) is None
        for one, by in ((chief, boss), (boss, chief)):
            confirm(review, Appointment.objects.get(user=one.user), at=NOW, by=by)
        assert begin_review_when_due(at=NOW + HOUSE.review_every - HOUR, by=chief) is None
        assert begin_review_when_due(at=NOW + HOUSE.review_every, by=chief) is not None

    def test_the_worker_begins_them_everywhere_but_where_nobody_could_answer(self, chief):
        stopped = an_agency()
        with acting(system_for(stopped, now=NOW)) as itself:
            suspend(reason="A break-in.", looked_after_by=None, at=NOW, by=itself)
        assert begin_reviews_when_due(at=NOW) >= 1
        with acting(chief):
            assert AccessReview.objects.get().by is None
        with acting(system_for(stopped, now=NOW)):
            assert not AccessReview.objects.exists()
        assert begin_reviews_when_due(at=NOW) == 0

    def test_another_agency_sees_nothing_of_it(self, chief):
        review = begin_review(at=NOW, by=chief)
        as_seen_by(an_actor(Role.ADMINISTRATOR))
        assert not type(review).objects.exists()


def an_actor_of(appointment):
    """The actor that an appointment makes."""
    return actor_for(appointment, now=NOW)
