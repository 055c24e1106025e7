"""Two hundred seeded days of an agency of a hundred: 40,000 honest looks and 60 planted ones, through the rules alone.

How honest people look is an assumption of ours, said here in figures: one look in twenty is at a record in which they
have no part, because a colleague asked or somebody called. Whoever snoops has none either; half of them searched
for the name, sometimes they came at night, and each has a reason of their own to be curious.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import pytest

from breakwater.privacy.jobs import look_through_everywhere
from breakwater.trust.library import LAWS
from breakwater.trust.rules.snooping import SIGNS, Look, Somebody, is_odd, signs, usual_hours

LAW = LAWS["us"].snooping
START = datetime(2026, 1, 5, tzinfo=UTC)
DAYS, STAFF, HONEST, PLANTED = 200, 100, 40_000, 60
NO_PART, CALLED, AT_NIGHT = 0.05, 0.25, 0.04
KINDS = (
    "no_care", "household", "address", "surname", "coworker", "oneself", "well_known", "after_event", "volume",
)  # fmt: skip
DAY_SHIFT = dict.fromkeys(range(8, 17), 50)
TICK, LATEST = timedelta(minutes=10), timedelta(minutes=15)


class Agency:
    """A hundred who work there, and those they help; many share a surname."""

    def __init__(self, seed):
        self.chance = Random(seed)
        surnames = [f"surname{number}" for number in range(400)]
        self.staff = [self._somebody(f"worker{number}", surnames) for number in range(STAFF)]
        self.names = frozenset().union(*(one.names for one in self.staff))
        self.people = [self._somebody(f"person{number}", surnames) for number in range(2_000)]

    def _somebody(self, first, surnames):
        last = self.chance.choice(surnames)
        home = UUID(int=self.chance.getrandbits(128))
        return Somebody(
            names=frozenset({f"{first} {last}"}), surnames=frozenset({last}), addresses=frozenset({str(home)}),
            household=home,
        )  # fmt: skip

    def _at(self, *, night):
        hour = self.chance.choice([0, 1, 2, 21, 22, 23]) if night else self.chance.randint(8, 16)
        return START + timedelta(
            days=self.chance.randrange(DAYS), hours=hour, minutes=self.chance.randrange(60)
        )

    def honest(self):
        """Somebody does their work."""
        worker, at = self.chance.randrange(STAFF), self._at(night=self.chance.random() < AT_NIGHT)
        searched = self.chance.random() < CALLED
        return worker, Look(
            at=at, works_there=self.chance.random() >= NO_PART, record=self.chance.choice(self.people),
            worker=self.staff[worker], workers_names=self.names, is_well_known=self.chance.random() < 0.005,
            searched_at=at - timedelta(minutes=2) if searched else None,
            opened_within_an_hour=self.chance.randint(1, 12), looks_by_hour=DAY_SHIFT,
        )  # fmt: skip

    def snoops(self, kind):
        """Somebody is curious about one person, for this reason."""
        worker, look = self.honest()
        at = self._at(night=self.chance.random() < 0.3)
        searched = self.chance.random() < 0.55
        look = replace(
            look, at=at, works_there=False, searched_at=at - timedelta(minutes=1) if searched else None
        )
        own, record = self.staff[worker], look.record
        odd = {
            "no_care": {},
            "household": {"record": replace(record, household=own.household)},
            "address": {"record": replace(record, addresses=own.addresses)},
            "surname": {"record": replace(record, surnames=own.surnames)},
            "coworker": {"record": replace(record, names=self.staff[worker - 1].names)},
            "oneself": {"record": own},
            "well_known": {"is_well_known": True},
            "after_event": {"is_well_known": True, "news_since": at - timedelta(days=2)},
            "volume": {"opened_within_an_hour": 55},
        }
        return worker, replace(look, **odd[kind])


@pytest.fixture(scope="module", params=[1, 7])
def days(request):
    agency = Agency(request.param)
    honest = [agency.honest() for _ in range(HONEST)]
    planted = [agency.snoops(KINDS[number % len(KINDS)]) for number in range(PLANTED)]
    return honest, planted


def alarmed(looks):
    """Whose looks are asked about: one for each worker, record and day."""
    return {
        (worker, min(look.record.names), look.at.date())
        for worker, look in looks
        if is_odd(signs(look, LAW), LAW)
    }


def test_at_least_95_in_a_hundred_snoops_are_found(days):
    _, planted = days
    assert len(alarmed(planted)) >= 0.95 * PLANTED


def test_nobody_is_asked_so_often_that_nobody_reads_it(days):
    honest, planted = days
    a_day = len(alarmed([*honest, *planted])) / DAYS
    assert 0 < a_day <= 5 * STAFF / 100


def test_the_first_question_comes_within_a_quarter_of_an_hour(days):
    """What is committed at any moment is gone through at the next tick of the job."""
    _, planted = days
    (cron,) = [one.cron for one in _periodic() if one.task.name == "privacy.look_through"]
    assert cron == "*/10 * * * *"
    for _, look in planted:
        since_midnight = timedelta(hours=look.at.hour, minutes=look.at.minute)
        tick = look.at - since_midnight + (since_midnight // TICK + 1) * TICK
        assert tick - look.at < LATEST


def _periodic():
    return look_through_everywhere.blueprint.periodic_registry.periodic_tasks.values()


@pytest.mark.parametrize("kind", SIGNS)
def test_each_sign_is_seen_alone(kind):
    """Of somebody who has no part in the case, a look with this one thing odd has this sign, and no other but that."""
    agency = Agency(3)
    if kind == "searched":
        at = START + timedelta(hours=9)
        looks = replace(agency.snoops("no_care")[1], at=at, searched_at=at - timedelta(minutes=5))
    elif kind == "off_shift":
        looks = replace(agency.snoops("no_care")[1], at=START + timedelta(hours=3), searched_at=None)
    else:
        _, look = agency.snoops(kind)
        looks = replace(look, at=look.at.replace(hour=9), searched_at=None)
    found = signs(looks, LAW)
    assert kind in found
    assert found <= {kind, "no_care", "well_known"} | (
        {"household", "address", "surname"} if kind == "oneself" else set()
    )


def test_who_works_on_the_case_is_asked_only_about_themselves_and_their_own():
    agency = Agency(5)
    for kind in KINDS:
        _, look = agency.snoops(kind)
        is_their_own = kind in ("household", "address", "oneself")
        assert is_odd(signs(replace(look, works_there=True), LAW), LAW) == is_their_own


def test_nobody_comes_at_an_unusual_hour_of_whom_too_little_is_known():
    assert usual_hours({9: 5}, LAW) == frozenset(range(24))
    assert usual_hours(DAY_SHIFT, LAW) == frozenset(range(7, 18))
    assert usual_hours({23: 100, 0: 100}, LAW) == {22, 23, 0, 1}
