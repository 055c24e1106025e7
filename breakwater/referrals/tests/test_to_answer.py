"""What waits for a first word is counted at whom it waits for, by those who may give it."""

import pytest

from breakwater.cases.testing import a_case
from breakwater.referrals.actions.loop import accept
from breakwater.referrals.testing import a_handoff, a_referral
from breakwater.referrals.to_answer import how_many
from breakwater.trust.testing import an_actor, an_agency, as_seen_by

pytestmark = pytest.mark.django_db


def test_letters_wait_where_they_were_sent_until_they_are_answered():
    ada = an_actor()
    ben = an_actor("supervisor", agency=an_agency())
    as_seen_by(ada)
    case = a_case(by=ada, at=ada.now)
    letter = a_referral(case, by=ada, to_agency=ben.agency)
    a_handoff(case, by=ada, to=ben.agency)
    assert how_many(ada) == 0
    as_seen_by(ben)
    assert how_many(ben) == 2
    accept(letter, at=ben.now, by=ben)
    assert how_many(ben) == 1
    assert how_many(an_actor(agency=an_agency())) == 0
