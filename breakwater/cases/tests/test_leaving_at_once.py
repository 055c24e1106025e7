"""Somebody leaves, or a unit closes, while a supervisor hands out their cases: whoever was just given one keeps it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from breakwater.cases.actions.leaving import empty_queue, hand_over_all
from breakwater.cases.actions.owners import assign, take
from breakwater.cases.models import Assignment
from breakwater.cases.testing import a_case
from breakwater.trust.access import acting
from breakwater.trust.capabilities import Role
from breakwater.trust.testing import an_actor, as_seen_by

NOW = datetime.now(UTC)


def given(case, yusuf):
    assign(case, worker=yusuf.user, at=NOW, by=yusuf)


def taken(case, yusuf):
    take(case, at=NOW, by=yusuf)


def leaves(vera, chief):
    return hand_over_all(vera.user, to=None, at=NOW, by=chief)


def closes(vera, chief):
    return empty_queue(vera.unit, at=NOW, by=chief)


@pytest.mark.parametrize(
    ("is_queued", "first", "second"), [(False, given, leaves), (True, given, closes), (True, taken, closes)]
)
def test_whoever_was_just_given_a_case_keeps_it(meanwhile, is_queued, first, second):
    with transaction.atomic():
        vera = an_actor(name="Vera Kelly", now=NOW)
        yusuf, chief = (
            an_actor(role, agency=vera.agency, now=NOW) for role in (Role.SUPERVISOR, Role.ADMINISTRATOR)
        )
        whose = {"worker": None, "unit": vera.unit} if is_queued else {}
        case = a_case(by=as_seen_by(vera), at=NOW - timedelta(hours=1), **whose)

    def comes():
        with acting(chief):
            return second(vera, chief)

    assert meanwhile(lambda: first(case, yusuf), comes, by=yusuf) == 0
    with acting(yusuf):
        assert Assignment.objects.owners().get(case=case).worker_id == yusuf.user.pk
