"""A case is not opened again beside another: nobody has two open cases at one agency, however many press at once."""

from datetime import timedelta

import pytest
from django.db import transaction

from breakwater.cases.actions.closing import close_case, reopen_case
from breakwater.cases.actions.intake import Story, take_in
from breakwater.cases.models import Case
from breakwater.cases.testing import a_case
from breakwater.kernel.errors import Refused
from breakwater.trust.access import acting
from breakwater.trust.testing import NOON, an_actor, as_seen_by

AFTER, LATER = NOON + timedelta(days=1), NOON + timedelta(days=2)
_OTHER = r"They have an open case here: {}\. Write what is new into that one\."


def opens(case, by):
    return reopen_case(case, because="They are back.", at=LATER, by=by)


def takes_in(case, by, at=LATER):
    story = Story(what_is_happening="Here again.", asked_by="self", asked_at=at, worker=by.user)
    return take_in(story, person=case.person, at=at, by=by)


def two_closed(by):
    """Two episodes of one person, both over."""
    first = a_case(by=by)
    close_case(first, outcome="declined", at=AFTER, by=by)
    second = takes_in(first, by, at=AFTER)
    close_case(second, outcome="declined", at=AFTER, by=by)
    return first, second


def open_cases():
    return Case.objects.open().count()


@pytest.mark.django_db
def test_a_case_is_not_opened_again_while_they_have_another_and_is_told_which():
    ada = an_actor()
    first, second = two_closed(ada)
    opens(second, ada)
    with pytest.raises(Refused, match=_OTHER.format(second.number)):
        opens(first, ada)
    assert open_cases() == 1
    close_case(second, outcome="declined", at=LATER, by=ada)
    opens(first, ada)
    assert open_cases() == 1


@pytest.mark.django_db
def test_an_open_case_of_somebody_else_keeps_nobody_out():
    ada = an_actor()
    first, _ = two_closed(ada)
    a_case(by=ada)
    opens(first, ada)
    assert open_cases() == 2


@pytest.mark.parametrize(
    ("earlier", "later"),
    [(opens, opens), (opens, takes_in), (takes_in, opens)],
    ids=["both", "then", "before"],
)
def test_of_two_at_once_one_waits_and_is_told_which_case_is_open(meanwhile, earlier, later):
    with transaction.atomic():
        ada = an_actor()
        first, second = two_closed(as_seen_by(ada))

    def comes():
        with acting(ada):
            return later(second, ada)

    ended = meanwhile(lambda: earlier(first, ada), comes, by=ada)
    assert isinstance(ended, Refused), ended
    with acting(ada):
        (left,) = Case.objects.open()
    assert f"They have an open case here: {left.number}." in str(ended)
