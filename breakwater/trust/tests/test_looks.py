"""Looks that ask for an explanation, and records at which one says why before they open."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.trust.access import acting, system_for
from breakwater.trust.actions.circles import open_circle
from breakwater.trust.actions.consents import take_consent
from breakwater.trust.actions.looks import (
    Oddity,
    answer_odd_look,
    find_odd_looks,
    flag_record,
    say_why,
    unflag_record,
)
from breakwater.trust.capabilities import Role
from breakwater.trust.journal import AsksWhy, see
from breakwater.trust.models import Consent, Entry, Flag, OddLook, Opening, Watch
from breakwater.trust.testing import NOON, a_release, an_actor, an_agency, an_odd_look, as_seen_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def ines():
    return an_actor(Role.PRIVACY_OFFICER, name="Ines Roy")


@pytest.fixture
def bo(ines):
    return an_actor(agency=ines.agency, name="Bo Lind")


@pytest.fixture
def circle(bo):
    return open_circle(at=NOON - timedelta(hours=5), by=as_seen_by(bo))


def test_a_look_is_looked_into_once_by_somebody_else(circle, bo, ines):
    look = an_odd_look(circle, of=bo, by=ines)
    with pytest.raises(Refused, match="Write what you found"):
        answer_odd_look(look, outcome="violation", words=" ", at=NOON, by=ines)
    answer_odd_look(look, outcome="explained", words="She covered the front desk.", at=NOON, by=ines)
    with pytest.raises(Overtaken, match="Somebody looked into this a moment ago"):
        answer_odd_look(look, outcome="violation", words="No.", at=NOON, by=ines)
    with pytest.raises(DatabaseError), transaction.atomic():
        OddLook.objects.filter(pk=look.pk).update(outcome="violation")


def test_nobody_finds_what_is_asked_about_themselves(circle, ines):
    boss = an_actor(Role.SUPERVISOR, agency=ines.agency)
    look = an_odd_look(circle, of=boss, by=ines)
    assert not OddLook.objects.visible_to(boss).exists(), (
        "the question leaves it out, with row security for Ines"
    )
    as_seen_by(boss)
    assert not OddLook.objects.exists(), "row security hides it whatever is asked"
    with pytest.raises(NotPermitted, match="Somebody else looks into what you opened"):
        answer_odd_look(look, outcome="explained", words="Me.", at=NOON, by=boss)
    assert Entry.objects.get(verb="trust.odd_look_found").facts == {"look_id": str(look.pk)}


def test_a_day_is_asked_about_once_and_what_else_shows_up_is_added(circle, bo, ines):
    look = an_odd_look(circle, of=bo, by=ines)
    again = Oddity(worker=bo.user_id, circle=circle.pk, on=look.on, at=NOON, signs=("off_shift", "no_care"))
    with acting(system_for(ines.agency, now=NOON)) as itself:
        assert find_odd_looks([again], up_to=NOON, by=itself) == 0
    as_seen_by(ines)
    (look,) = OddLook.objects.all()
    assert look.signs == ["no_care", "off_shift", "searched"]
    assert look.last_at == NOON
    assert Watch.objects.get().up_to == NOON
    answer_odd_look(look, outcome="training", words="Ask first.", at=NOON, by=ines)
    with acting(system_for(ines.agency, now=NOON)) as itself:
        assert find_odd_looks([again], up_to=NOON, by=itself) == 0


def test_a_flagged_record_asks_for_a_reason_before_it_opens(circle, bo, ines):
    consent = take_consent(a_release(an_agency()), circle=circle, at=NOON, by=as_seen_by(bo))
    assert see(Consent, consent.pk, by=bo)
    flag = flag_record(circle, news_on=None, at=NOON, by=as_seen_by(ines))
    with pytest.raises(Overtaken, match="Whoever opens this record is asked why already"):
        flag_record(circle, news_on=None, at=NOON, by=ines)
    as_seen_by(bo)
    bo.seen.clear()
    with pytest.raises(AsksWhy) as asked:
        see(Consent, consent.pk, by=bo)
    assert asked.value.flag_id == flag.pk
    assert bo.seen == {}, "nothing was shown, so nothing was seen"
    with pytest.raises(Refused, match="Say why you open this record"):
        say_why(flag, words="work", at=NOON, by=bo)
    opening = say_why(flag, words="I have the night shift for her.", at=NOON, by=bo)
    bo.asked_why.clear()
    assert see(Consent, consent.pk, by=bo)
    later = an_actor(agency=ines.agency, now=opening.until)
    with pytest.raises(AsksWhy):
        see(Consent, consent.pk, by=later)
    unflag_record(flag, at=NOON, by=as_seen_by(ines))
    unflag_record(flag, at=NOON, by=ines)
    as_seen_by(later)
    later.asked_why.clear()
    assert see(Consent, consent.pk, by=later)


def test_what_was_said_stays_and_nobody_says_it_for_somebody_else(circle, bo, ines):
    flag = flag_record(circle, news_on=None, at=NOON, by=as_seen_by(ines))
    say_why(flag, words="I have the night shift for her.", at=NOON, by=as_seen_by(bo))
    with pytest.raises(DatabaseError), transaction.atomic():
        Opening.objects.update(words="Nothing.")
    said = {"circle": circle, "agency": ines.agency, "words": "For Bo.", "at": NOON, "until": NOON}
    as_seen_by(ines)
    with pytest.raises(DatabaseError), transaction.atomic():
        Opening.objects.create(by=bo.user, **said)


def test_a_flag_is_the_agencys_own(circle, ines):
    flag_record(circle, news_on=None, at=NOON, by=as_seen_by(ines))
    as_seen_by(an_actor(Role.PRIVACY_OFFICER))
    assert not Flag.objects.exists()
