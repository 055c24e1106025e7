"""A case comes home while somebody at one end of its letters writes: each is done, and neither is broken off."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from breakwater.cases.actions.intake import Story, take_in
from breakwater.cases.models import Case
from breakwater.cases.testing import a_case
from breakwater.referrals.actions.loop import accept, withdraw
from breakwater.referrals.models import Referral
from breakwater.referrals.testing import a_referral, news_reaches
from breakwater.trust.access import acting
from breakwater.trust.actions.standing import let_out
from breakwater.trust.capabilities import Role
from breakwater.trust.testing import a_guest, an_actor, an_agency
from conftest import WAITS, wait_until


@pytest.fixture
def now(own_database):
    return timezone.now()


@pytest.fixture
def boss(now):
    return an_actor(Role.SUPERVISOR, now=now)


@pytest.fixture
def rosa(now):
    return an_actor(Role.SUPERVISOR, agency=an_agency(name="Lantern Shelter", kind="shelter"), now=now)


@pytest.fixture
def house(now):
    return an_actor(Role.SUPERVISOR, agency=an_agency(name="Hope House"), now=now)


@pytest.fixture
def referral(boss, rosa, house, now):
    """Of a guest, who holds the case."""
    with acting(boss):
        person = a_case(by=boss, at=now - timedelta(hours=2)).person
        a_guest(person.circle, agency=rosa.agency, at=now - timedelta(hours=1), by=boss)
    with acting(rosa):
        told = Story(what_is_happening="Nowhere to sleep.", asked_by="self", asked_at=now)
        case = take_in(told, person=person, at=now, by=rosa)
        return a_referral(case, by=rosa, at=now, to_agency=house.agency)


@pytest.fixture
def lets_out(referral, boss, rosa, now):
    def lets_out():
        try:
            with acting(boss):
                let_out(Case.objects.get(pk=referral.case_id).circle, agency=rosa.agency, at=now, by=boss)
        finally:
            connections.close_all()

    return lets_out


def test_a_receiver_who_answers_meanwhile_is_heard_in_peace(referral, rosa, house, boss, lets_out, meanwhile):
    ended = meanwhile(lambda: accept(referral, at=house.now, by=house), lets_out, by=house)
    assert ended is None, ended
    news_reaches(rosa.agency, at=house.now)
    with acting(house):
        assert Referral.objects.get().stage == "withdrawn"
    with acting(boss):
        assert Case.objects.get(pk=referral.case_id).agency == boss.agency


def test_who_takes_a_letter_back_meanwhile_is_not_broken_off(referral, rosa, boss, lets_out, how_many):
    with ThreadPoolExecutor(1) as pool:
        with acting(rosa):
            Referral.objects.lock(referral)
            coming = pool.submit(lets_out)
            wait_until(lambda: coming.done() or how_many(WAITS) > 0)
            assert not coming.done(), "nobody had to wait"
            withdraw(referral, words="Found a room.", at=rosa.now, by=rosa)
        assert coming.exception() is None, coming.exception()
    with acting(boss):
        assert Case.objects.get(pk=referral.case_id).agency == boss.agency
