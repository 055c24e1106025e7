"""Each sentence with which an act on a clock is refused, met once."""

from datetime import timedelta

import pytest

from breakwater.clocks.actions import Promise, pause, resume, start, stop
from breakwater.clocks.models import Clock, Pause
from breakwater.clocks.testing import a_clock
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.trust.testing import NOON, an_actor

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
FOR_LONG = timedelta(days=30)


@pytest.fixture
def by():
    return an_actor()


def test_a_second_clock_of_a_kind_is_overtaken(by):
    clock = a_clock(by=by)
    promise = Promise(kind=clock.kind, about=clock.about, started_at=NOON)
    with pytest.raises(Overtaken, match=r"already runs\. Open the page again"):
        start(promise, circle=clock.circle, episode=None, at=NOON, by=by)


def test_a_promise_is_due_after_it_is_made(by):
    with pytest.raises(Refused, match="A promise must be due after it is made"):
        a_clock(by=by, until=NOON - timedelta(minutes=1))


def test_an_excuse_has_a_reason(by):
    with pytest.raises(Refused, match="Say why this promise is excused"):
        stop(a_clock(by=by), how=Clock.Ended.EXCUSED, excuse=" ", at=LATER, by=by)


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"reason": "on_holiday"}, "cannot be paused for this reason"),
        ({"at": NOON - timedelta(hours=1)}, "A clock cannot be paused before it starts"),
        ({"at": NOON + FOR_LONG}, "This promise was missed already"),
        ({"until": NOON + FOR_LONG}, "For this reason the clock can be paused until"),
    ],
)
def test_a_clock_stands_still_only_as_its_profile_allows(by, how, sentence):
    clock = a_clock("stabilization", by=by)
    with pytest.raises(Refused, match=sentence):
        pause(clock, **({"reason": "in_hospital", "at": LATER, "by": by} | how))
    assert not Pause.objects.exists()


def test_a_clock_stands_still_once_and_runs_on_once(by):
    clock = a_clock("stabilization", by=by)
    with pytest.raises(Refused, match="This clock is not paused"):
        resume(clock, at=LATER, by=by)
    pause(clock, reason="in_hospital", at=LATER, by=by)
    with pytest.raises(Overtaken, match="This clock is already paused"):
        pause(clock, reason="in_hospital", at=LATER, by=by)
