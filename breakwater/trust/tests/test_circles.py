"""Circles of care, and the grants by which an agency stands in one."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.trust.actions.circles import open_circle
from breakwater.trust.actions.standing import let_out
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Circle, Entry, Grant
from breakwater.trust.testing import NOON, a_guest, an_actor, an_agency, as_seen_by

pytestmark = pytest.mark.django_db
AN_HOUR = timedelta(hours=1)


@pytest.fixture
def ada():
    return an_actor(Role.SUPERVISOR)


def stands(actor, circle, at=NOON):
    as_seen_by(actor)
    return Grant.objects.standing(at).filter(circle=circle, agency=actor.agency).exists()


def test_whoever_opens_a_circle_stands_in_it(ada):
    circle = open_circle(at=NOON, by=ada)
    assert ada.stands_in(circle.pk)
    assert Grant.objects.get(circle=circle).basis == Grant.Basis.CARE


def test_a_circle_opened_for_the_past_is_stood_in_from_then(ada):
    circle = open_circle(at=NOON - AN_HOUR, by=ada)
    assert Grant.objects.get(circle=circle).starts_at == NOON - AN_HOUR


def test_a_circle_dated_ahead_is_stood_in_now(ada):
    circle = open_circle(at=NOON + AN_HOUR, by=ada)
    assert stands(ada, circle)


def test_a_partner_worker_opens_no_circle():
    with pytest.raises(NotPermitted, match="Take someone in"):
        open_circle(at=NOON, by=an_actor(Role.PARTNER))


def test_an_agency_that_was_let_in_sees_the_circle(ada):
    circle, guest = open_circle(at=NOON, by=ada), an_actor()
    as_seen_by(ada)
    a_guest(circle, agency=guest.agency, until=None, at=NOON - AN_HOUR, by=ada)
    assert Entry.objects.get(verb="trust.agency_let_in").facts["agency_id"] == str(guest.agency_id)
    as_seen_by(guest)
    assert Circle.objects.filter(pk=circle.pk).exists()


def test_an_agency_is_let_in_once_on_a_basis(ada):
    circle, guest = open_circle(at=NOON, by=ada), an_agency()
    a_guest(circle, agency=guest, until=None, at=NOON, by=ada)
    with pytest.raises(Overtaken, match="already stands in this circle"):
        a_guest(circle, agency=guest, until=None, at=NOON, by=ada)


def test_a_stranger_lets_nobody_in(ada):
    circle, stranger = open_circle(at=NOON, by=ada), an_actor(Role.SUPERVISOR)
    with pytest.raises(NotPermitted, match="does not stand in this person"):
        a_guest(circle, agency=stranger.agency, until=None, at=NOON, by=stranger)


@pytest.mark.parametrize("role", [Role.CASE_MANAGER, Role.INTAKE_WORKER, Role.RESPONDER, Role.PARTNER])
def test_sharing_is_for_supervisors_and_privacy_officers(role):
    worker = an_actor(role)
    with pytest.raises(NotPermitted, match="Let another agency into a circle"):
        a_guest(Circle(opened_by=worker.agency), agency=an_agency(), until=None, at=NOON, by=worker)


@pytest.mark.parametrize("until", [None, NOON + 2 * AN_HOUR])
def test_an_agency_that_was_let_out_sees_nothing_more(ada, until):
    circle, guest = open_circle(at=NOON - AN_HOUR, by=ada), an_actor()
    as_seen_by(ada)
    a_guest(circle, agency=guest.agency, until=until, at=NOON - AN_HOUR, by=ada)
    let_out(circle, agency=guest.agency, at=NOON, by=ada)
    assert Entry.objects.filter(verb="trust.agency_left_circle").exists()
    assert not stands(guest, circle, NOON)
    assert not Circle.objects.filter(pk=circle.pk).exists()


def test_nobody_is_let_out_who_does_not_stand_there(ada):
    with pytest.raises(Refused, match="does not stand in this circle"):
        let_out(open_circle(at=NOON, by=ada), agency=an_agency(), at=NOON, by=ada)


def test_an_agency_does_not_put_itself_out(ada):
    with pytest.raises(Refused, match="Nobody lets their own agency out"):
        let_out(open_circle(at=NOON, by=ada), agency=ada.agency, at=NOON, by=ada)


def test_a_guest_does_not_put_out_whoever_opened_the_circle(ada):
    circle, guest = open_circle(at=NOON - AN_HOUR, by=ada), an_actor(Role.SUPERVISOR)
    as_seen_by(ada)
    a_guest(circle, agency=guest.agency, until=None, at=NOON - AN_HOUR, by=ada)
    as_seen_by(guest)
    with pytest.raises(Refused, match="opened this circle"):
        let_out(circle, agency=ada.agency, at=NOON, by=guest)


@pytest.mark.parametrize(
    ("sentence", "facts"),
    [
        ("grant_ends_after_it_starts", {"ends_at": NOON - AN_HOUR}),
        ("an_emergency_grant_ends", {"basis": "emergency"}),
        ("one_open_grant_per_agency_and_basis", {}),
    ],
)
def test_what_no_grant_can_be(ada, sentence, facts):
    circle = open_circle(at=NOON, by=ada)
    usual = {
        "circle": circle,
        "agency": ada.agency,
        "basis": "care",
        "information": ["who"],
        "starts_at": NOON,
    }
    with pytest.raises(IntegrityError, match=sentence), transaction.atomic():
        Grant.objects.create(**(usual | facts))


def test_a_grant_that_has_ended_does_not_stand(ada):
    circle = open_circle(at=NOON - AN_HOUR, by=ada)
    Grant.objects.filter(circle=circle).update(ends_at=NOON)
    assert stands(ada, circle, NOON - timedelta(minutes=1))
    assert not stands(ada, circle, NOON)


def test_no_agency_opens_a_circle_for_another(ada):
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Circle.objects.create(opened_by=an_agency(), opened_at=NOON)
