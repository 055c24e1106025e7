"""Somebody says STOP while a worker touches the same number: it is heard all the same."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from breakwater.cases.testing import a_case
from breakwater.messaging.actions.notices import hear_refusal
from breakwater.messaging.models import Notice
from breakwater.messaging.testing import a_notice, a_rule, a_safe_phone
from breakwater.people.actions.reach import change_safety, end_contact_point
from breakwater.people.models import ContactPoint
from breakwater.trust.access import acting
from breakwater.trust.testing import an_actor, as_seen_by

NOW = datetime.now(UTC)


def says_otherwise(point, by):
    change_safety(point, safety="safe", how="After six.", at=NOW, by=by)


def ends(point, by):
    end_contact_point(point, at=NOW, by=by)


@pytest.mark.parametrize(("first", "ways"), [(says_otherwise, ["unsafe"]), (ends, [])])
def test_whoever_said_stop_is_heard_although_the_number_changes_in_that_moment(meanwhile, first, ways):
    with transaction.atomic():
        ada = as_seen_by(an_actor(now=NOW))
        case = a_case(by=ada, at=NOW - timedelta(hours=1))
        point = a_safe_phone(case, by=ada)
        a_rule(point, by=ada, at=NOW - timedelta(hours=1))
        Notice.objects.filter(pk=a_notice(case, point, by=ada).pk).update(attempts=1)

    def stops():
        with acting(ada):
            return hear_refusal(point.value, at=NOW, by=ada)

    assert meanwhile(lambda: first(point, ada), stops, by=ada) == len(ways)
    with acting(ada):
        held = ContactPoint.objects.filter(person=case.person, ends_at=None)
        assert [one.safety for one in held] == ways
