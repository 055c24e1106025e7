"""The measures of room ask by the same acts as people, and count nothing that did not happen."""

import pytest
from django.utils import timezone

from breakwater.cases.testing import a_case
from breakwater.referrals.models import Ask
from breakwater.referrals.testing import a_bed, a_placement, a_program
from breakwater.server.bench import ranking
from breakwater.server.bench.places import ANSWERED
from breakwater.trust.access import acting
from breakwater.trust.testing import an_actor, an_agency

pytestmark = pytest.mark.django_db


def test_houses_are_asked_for_those_who_hold_no_bed_until_there_are_rounds_enough(monkeypatch):
    now, ada = timezone.now(), an_actor()
    houses = [a_program(keeper=an_agency(kind="shelter"), at=now, kind=ANSWERED) for _ in range(2)]
    with acting(ada):
        in_bed, outside, another = (a_case(by=ada) for _ in range(3))
        a_placement(in_bed, a_bed(keeper=ada.agency, at=now), by=ada)
    wanted = {
        "cases": [(str(case.pk), str(ada.user.pk)) for case in (in_bed, outside, another)],
        "programs": [str(one.pk) for one in houses],
        "rounds": 1,
    }
    (asked,) = ranking.ask(wanted)
    with acting(ada):
        asks = Ask.objects.filter(round__case=outside)
        assert {str(one.program_id): str(one.pk) for one in asks} == asked
    assert set(asked) == set(wanted["programs"])
    monkeypatch.setattr(ranking, "RANKED", 3)
    assert len(ranking.rank(str(ada.user.pk))) == 3
