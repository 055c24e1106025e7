"""Who speaks for the person and is of their household sees on a copy what the person chose for them, at that moment."""

from datetime import UTC, datetime

import pytest

from breakwater.cases.testing import a_case
from breakwater.kernel.errors import Refused
from breakwater.people.actions.households import join_household, leave_household
from breakwater.people.actions.reach import add_supporter
from breakwater.plans.testing import a_family_choice, a_safety_plan, a_step
from breakwater.portal.testing import an_own_copy, held_open
from breakwater.portal.tests.opening import open_with, read
from breakwater.trust.actions.family import Close, say_who_may_know
from breakwater.trust.testing import an_actor, as_seen_by

pytestmark = pytest.mark.django_db


def test_a_copy_on_a_screen_honors_what_was_chosen_and_the_persons_own_is_whole():
    ada = an_actor(now=datetime.now(UTC))
    told = {"at": ada.now, "by": ada}
    case = a_case(by=ada, at=ada.now)
    a_safety_plan(case, by=ada)
    a_step(case, by=ada, words="See the room on Elm Street")
    other = a_case(by=ada, at=ada.now, known_as="Ana").person
    member = join_household(other, with_=case.person, part="Adult", **told)
    say_who_may_know(Close(answer="agreed", name="Ana"), circle=case.circle, **told)
    ana = add_supporter(
        case.person, name="ANA", relation="sister", reach="", may_know="All", must_not_know=False, **told
    )
    a_family_choice(case, member, "safety.warning_signs", by=ada)
    proxy = {"supporter": ana, "authority": "Guardian by court order", "is_the_abuser": False}
    client, _ = open_with(an_own_copy(case, by=ada, **proxy)[1])
    shown = read(client)
    assert "My words for warning signs" in shown
    assert "My words for own coping" not in shown
    assert "Elm Street" not in shown
    as_seen_by(ada)
    a_family_choice(case, member, "action.steps", by=ada)
    shown = read(client)
    assert "Elm Street" in shown
    assert "My words for warning signs" not in shown, "what was chosen since holds at once"
    as_seen_by(ada)
    leave_household(member, **told)
    assert "Elm Street" not in read(client), "whoever left sees nothing of it any more"
    as_seen_by(ada)
    namesakes = [a_case(by=ada, at=ada.now, known_as="Ana").person for _ in range(2)]
    for one in namesakes:
        join_household(one, with_=case.person, part="Adult", **told)
    with pytest.raises(Refused, match="More than one of the household bears this name"):
        an_own_copy(case, by=ada, **proxy)
    with held_open(an_own_copy(case, by=ada)[1]) as holder:
        assert holder.family is None
        assert holder.may_see("safety.own_coping")
