"""Whoever decides what others may is not reached by moving them first, nor last: in any order two people agree."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from breakwater.kernel.errors import Refused
from breakwater.trust.access import knocking_as
from breakwater.trust.actions.agencies import appoint_again, dismiss, move
from breakwater.trust.actions.handed import approve_reset, handed_to, invite, start_reset, use_handed
from breakwater.trust.capabilities import Role
from breakwater.trust.house import HOUSE
from breakwater.trust.models import Appointment, Authenticator, HandedCode, User
from breakwater.trust.testing import an_actor, as_seen_by
from breakwater.trust.tests.test_second_step import with_an_app

pytestmark = pytest.mark.django_db
CHOSEN = "a heron stands in the harbor"


@pytest.fixture
def boss():
    return an_actor(Role.ADMINISTRATOR, now=timezone.now(), name="Bea Cole")


@pytest.fixture
def ines(boss):
    return an_actor(Role.PRIVACY_OFFICER, agency=boss.agency, now=boss.now, name="Ines Roy")


@pytest.fixture
def rosa(boss):
    return an_actor(Role.INTAKE_WORKER, agency=boss.agency, now=boss.now, name="Rosa M")


def now_works_as(who):
    return Appointment.objects.select_related("user", "agency", "own_role").get(user=who.user, ends_at=None)


def moves(boss, who, role, at=None):
    as_seen_by(boss)
    return move(now_works_as(who), role=role, unit=None, at=at or boss.now, by=boss)


def resets(boss, who, at=None):
    """An administrator alone; the code, if they were given one."""
    as_seen_by(boss)
    return start_reset(now_works_as(who), takes_factors=True, at=at or boss.now, by=boss)


def redeems(who, code, at):
    with knocking_as(who.user.pk):
        handed = handed_to(who.user, code, at=at)
        where = Appointment.objects.select_related("user", "agency", "own_role").get(
            user=who.user, ends_at=None
        )
    if handed is None:
        raise LookupError("this code opens nothing")
    use_handed(handed, CHOSEN, where, at=at)


def test_who_was_an_officer_a_moment_ago_is_reset_by_two(boss, ines):
    moves(boss, ines, Role.INTAKE_WORKER)
    reset, code = resets(boss, ines)
    assert (code, reset.code) == ("", "")


def test_long_after_they_were_one_is_enough_again(boss, ines):
    left = moves(boss, ines, Role.INTAKE_WORKER, at=boss.now - HOUSE.remembered - timedelta(days=1))
    assert left.role == Role.INTAKE_WORKER
    assert resets(boss, ines)[1] != ""


def test_who_was_reset_by_one_and_becomes_an_officer_comes_in_by_two(boss, rosa):
    _, code = resets(boss, rosa)
    redeems(rosa, code, boss.now)
    with_an_app(rosa)
    moves(boss, rosa, Role.PRIVACY_OFFICER)
    user = User.objects.get(pk=rosa.user.pk)
    assert not user.has_usable_password()
    with knocking_as(rosa.user.pk):
        assert not Authenticator.objects.filter(by=user).exists()
    as_seen_by(boss)
    waiting = HandedCode.objects.open(boss.now).get(user=user)
    assert (waiting.code, waiting.why) == ("", HandedCode.Why.LOST_ALL)
    with pytest.raises(Refused, match="Somebody else must agree"), transaction.atomic():
        approve_reset(waiting, at=boss.now, by=boss)
    with pytest.raises(Refused, match="second person"), transaction.atomic():
        invite(now_works_as(rosa), at=boss.now, by=boss)
    second = an_actor(Role.SUPERVISOR, agency=boss.agency, now=boss.now)
    code = approve_reset(waiting, at=boss.now, by=as_seen_by(second))
    redeems(rosa, code, boss.now)
    assert User.objects.get(pk=user.pk).check_password(CHOSEN)


def test_a_code_that_was_not_used_yet_opens_nothing_once_they_are_an_officer(boss, rosa):
    _, code = resets(boss, rosa)
    moves(boss, rosa, Role.PRIVACY_OFFICER)
    with pytest.raises(LookupError):
        redeems(rosa, code, boss.now)


def test_nor_does_whoever_is_dismissed_and_appointed_again_between(boss, rosa):
    _, code = resets(boss, rosa)
    redeems(rosa, code, boss.now)
    with_an_app(rosa)
    as_seen_by(boss)
    before = now_works_as(rosa)
    dismiss(before, at=boss.now, by=boss)
    appoint_again(before, role=Role.PRIVACY_OFFICER, unit=None, at=boss.now, by=boss)
    with knocking_as(rosa.user.pk):
        assert not Authenticator.objects.filter(by=rosa.user).exists()
    as_seen_by(boss)
    with pytest.raises(Refused, match="second person"), transaction.atomic():
        invite(now_works_as(rosa), at=boss.now, by=boss)


def test_who_was_reset_by_two_keeps_what_they_chose(boss, rosa, ines):
    moves(boss, ines, Role.INTAKE_WORKER)
    reset, _ = resets(boss, ines)
    second = an_actor(Role.SUPERVISOR, agency=boss.agency, now=boss.now)
    redeems(ines, approve_reset(reset, at=boss.now, by=as_seen_by(second)), boss.now)
    moves(boss, ines, Role.PRIVACY_OFFICER, at=boss.now + timedelta(minutes=1))
    assert User.objects.get(pk=ines.user.pk).check_password(CHOSEN)
