"""Who acts, for which agency, and what they may do."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection, transaction

from breakwater.kernel.db import one_row
from breakwater.kernel.errors import NotPermitted
from breakwater.trust.access import acting, system_for
from breakwater.trust.actions.circles import open_circle
from breakwater.trust.capabilities import CAPABILITIES, CAPABILITIES_OF, Role
from breakwater.trust.models import Circle, Grant
from breakwater.trust.testing import NOON, an_actor, as_seen_by


def test_every_role_is_allowed_what_is_on_the_list_and_nothing_else():
    assert set(CAPABILITIES_OF) == set(Role)
    assert {one for allowed in CAPABILITIES_OF.values() for one in allowed} == set(CAPABILITIES)


def test_who_appoints_reads_no_case():
    assert not any(one.startswith(("cases.", "people.")) for one in CAPABILITIES_OF[Role.ADMINISTRATOR])


@pytest.mark.django_db
class TestAnActor:
    def test_may_what_their_role_may(self):
        assert an_actor(Role.CASE_MANAGER).may("cases.close")
        assert not an_actor(Role.INTAKE_WORKER).may("cases.close")

    def test_a_capability_that_is_not_on_the_list_is_a_mistake_of_ours(self):
        with pytest.raises(LookupError, match=r"cases\.vanish"):
            an_actor().may("cases.vanish")

    def test_what_a_role_does_not_allow_is_said_in_words(self):
        with pytest.raises(
            NotPermitted, match=r"Your role \(intake worker\) does not allow this: Close and reopen"
        ):
            an_actor(Role.INTAKE_WORKER).must("cases.close")

    def test_outside_the_circle_nothing_is_permitted(self):
        circle = open_circle(at=NOON, by=an_actor())
        with pytest.raises(NotPermitted, match="does not stand in this person's circle"):
            an_actor().must("cases.work", circle)

    def test_a_standing_is_asked_for_once(self, django_assert_num_queries):
        ada = an_actor()
        circle = open_circle(at=NOON, by=ada)
        ada._works_in.clear()
        with django_assert_num_queries(1):
            ada.must("cases.work", circle)
            ada.must("cases.triage", circle)

    def test_a_standing_is_judged_at_the_actors_moment(self):
        ada = an_actor()
        circle = open_circle(at=NOON - timedelta(hours=1), by=ada)
        Grant.objects.filter(circle=circle).update(ends_at=NOON)
        ada._works_in.clear()
        assert not ada.stands_in(circle.pk)

    def test_breakwater_itself_has_a_name_and_no_user(self):
        itself = system_for(an_actor().agency, now=NOON)
        assert (itself.name, itself.user, itself.role_name) == ("Breakwater", None, "Breakwater itself")

    def test_acting_for_another_agency_ends_where_it_began(self):
        ada, ben = an_actor(), an_actor()
        as_seen_by(ada)
        circle = open_circle(at=NOON, by=ada)
        with acting(ben):
            assert not Circle.objects.filter(pk=circle.pk).exists()
        assert Circle.objects.filter(pk=circle.pk).exists()

    def test_acting_that_fails_ends_where_it_began(self):
        ada, ben = an_actor(), an_actor()
        as_seen_by(ada)
        circle = open_circle(at=NOON, by=ada)
        with pytest.raises(ValueError, match="overboard"), acting(ben):
            raise ValueError("overboard")
        assert Circle.objects.filter(pk=circle.pk).exists()


def test_the_walls_come_down_with_the_transaction(own_database):
    """Thirty turns of two agencies, some ending in trouble: whoever borrows the connection next finds it clean."""
    with transaction.atomic():
        workers = an_actor(), an_actor()
    borrowed = []
    for turn in range(30):
        connection.close()
        left_over, pid = one_row("SELECT current_setting('breakwater.agency', true), pg_backend_pid()")
        borrowed.append(pid)
        assert not left_over
        assert Circle.objects.count() == 0
        with suppress(ValueError), acting(workers[turn % 2]) as actor:
            open_circle(at=NOON, by=actor)
            if turn % 3 == 0:
                raise ValueError("overboard")
    assert len(set(borrowed)) < len(borrowed), "connections came back from the pool"
