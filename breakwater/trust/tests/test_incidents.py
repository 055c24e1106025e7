"""What got out: presumed a breach, counted by state, told in time, closed when nothing is owed."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.trust.actions.incidents import (
    Assessment,
    assess_incident,
    close_incident,
    count_affected,
    tell,
    wait_for_the_police,
    write_letter,
)
from breakwater.trust.capabilities import Role
from breakwater.trust.library import LAWS
from breakwater.trust.models import Incident, Told
from breakwater.trust.rules import breach
from breakwater.trust.rules.breach import FACTORS, LETTER, Known
from breakwater.trust.rules.law import Unlawful
from breakwater.trust.testing import NOON, an_actor, an_incident, as_seen_by

LAW = LAWS["us"].breach
DAY = date(2026, 3, 10)
ALL_FOUR = dict.fromkeys(FACTORS, "Looked into.")


def known(**facts):
    usual = {"discovered_on": DAY, "people": {"OR": 1}, "factors": frozenset(FACTORS), "is_unlikely": False}
    return Known(**(usual | facts))


def whom(facts):
    return {one.key: one.due_on for one in breach.owed(facts, LAW)}


@pytest.mark.parametrize(
    ("people", "media", "at_once"), [(499, False, False), (500, True, True), (501, True, True)]
)
def test_499_500_and_501_people_of_a_state_go_different_ways(people, media, at_once):
    routes = whom(known(people={"OR": people}))
    assert routes["people"] == DAY + timedelta(60)
    assert ("media:OR" in routes) == media
    assert routes["authority"] == (DAY + timedelta(60) if at_once else date(2027, 3, 1))


def test_two_states_of_300_are_600_people_and_no_state_of_500():
    routes = whom(known(people={"OR": 300, "WA": 300}))
    assert routes == {"people": DAY + timedelta(60), "authority": DAY + timedelta(60)}


def test_it_counts_as_a_breach_until_all_four_factors_say_that_it_is_unlikely():
    assert breach.verdict(known(factors=frozenset(), is_unlikely=None)) == breach.PRESUMED
    assert whom(known(factors=frozenset(), is_unlikely=None))
    for factor in FACTORS:
        assert (
            breach.verdict(known(factors=frozenset(FACTORS) - {factor}, is_unlikely=True)) == breach.PRESUMED
        )
    assert breach.verdict(known(is_unlikely=True)) == breach.UNLIKELY
    assert breach.verdict(known()) == breach.BREACH
    for out in ({"is_secured": True}, {"exception": "good_faith"}, {"is_unlikely": True}):
        assert whom(known(**out)) == {}


@pytest.mark.parametrize(
    ("day", "banner", "red"),
    [(29, 0, False), (30, 30, False), (44, 30, False), (45, 45, False), (55, 55, False), (60, 55, False),
     (61, 55, True)],
)  # fmt: skip
def test_banners_on_day_30_45_and_55_and_red_on_day_61(day, banner, red):
    on = DAY + timedelta(day)
    assert breach.banner(known(), LAW, on) == banner
    assert breach.is_red(known(), LAW, on) == red
    assert breach.last_day(known(), LAW) == DAY + timedelta(60)
    all_told = known(told=frozenset({"people", "authority"}))
    assert breach.last_day(all_told, LAW) is None
    assert breach.banner(all_told, LAW, on) == 0
    assert not breach.is_red(all_told, LAW, on)


def test_a_log_for_the_authority_is_red_sixty_days_after_the_year():
    told = known(told=frozenset({"people"}))
    assert not breach.is_red(told, LAW, date(2027, 3, 1))
    assert breach.is_red(told, LAW, date(2027, 3, 2))


def test_the_police_delay_it_as_they_wrote_or_thirty_days_when_they_only_said_so():
    long = DAY + timedelta(100)
    assert breach.longest_delay(DAY, LAW, in_writing=True, until=long) == long
    assert breach.longest_delay(DAY, LAW, in_writing=False, until=long) == DAY + timedelta(30)
    assert whom(known(delayed_until=long))["people"] == long
    assert whom(known(delayed_until=DAY + timedelta(5)))["people"] == DAY + timedelta(60)


@given(st.dictionaries(st.sampled_from(["OR", "WA", "ID"]), st.integers(0, 2000)), st.booleans())
def test_whoever_is_affected_is_always_told_and_the_authority_too(people, part):
    routes = whom(known(people=people, is_unlikely=None if part else False))
    assert {"people", "authority"} <= routes.keys()
    assert {key for key in routes if key.startswith("media")} == {
        f"media:{s}" for s, n in people.items() if n >= 500
    }
    assert all(due >= DAY + timedelta(60) for due in routes.values())


@pytest.fixture
def ines():
    return an_actor(Role.PRIVACY_OFFICER, name="Ines Roy")


@pytest.fixture
def incident(ines):
    return an_incident(by=ines)


@pytest.mark.django_db
def test_it_is_found_neither_tomorrow_nor_before_it_happened(ines):
    with pytest.raises(Refused, match="It cannot be found tomorrow"):
        an_incident(by=ines, discovered_on=DAY + timedelta(1))
    with pytest.raises(Refused, match="It was found before it happened"):
        an_incident(by=ines, happened_on=DAY, discovered_on=DAY - timedelta(1))


@pytest.mark.django_db
def test_unlikely_is_said_with_all_four_factors(incident, ines):
    three = ALL_FOUR | {"viewed": " "}
    with pytest.raises(Unlawful) as no:
        assess_incident(
            incident, Assessment(factors=three, is_unlikely=True), read=incident.judged(), at=NOON, by=ines
        )
    assert (no.value.code, no.value.missing) == ("BR-02", [FACTORS["viewed"]])
    with pytest.raises(DatabaseError), transaction.atomic():
        Incident.objects.filter(pk=incident.pk).update(is_unlikely=True)
    found = Assessment(factors=ALL_FOUR, is_unlikely=True)
    assert assess_incident(incident, found, read=incident.judged(), at=NOON, by=ines) == "unlikely"
    close_incident(incident, words="Envelopes with a window.", at=NOON, by=ines)


@pytest.mark.django_db
def test_it_is_closed_when_nothing_is_owed(incident, ines):
    with pytest.raises(Unlawful) as no:
        close_incident(incident, words="Done.", at=NOON, by=ines)
    assert no.value.code == "BR-02"
    assess_incident(
        incident, Assessment(factors=ALL_FOUR, is_unlikely=False), read=incident.judged(), at=NOON, by=ines
    )
    for people in (12, 500):
        count_affected(incident, state="or", people=people, at=NOON, by=ines)
    with pytest.raises(Unlawful) as no:
        close_incident(incident, words="Done.", at=NOON, by=ines)
    assert (no.value.code, len(no.value.missing)) == ("BR-01", 3)
    with pytest.raises(Unlawful) as no:
        tell(incident, "people", told_on=DAY, how="By letter", at=NOON, by=ines)
    assert len(no.value.missing) == len(LETTER)
    write_letter(incident, dict.fromkeys(LETTER, "Said."), read=incident.written(), at=NOON, by=ines)
    for key in ("people", "media:OR", "authority", "authority"):
        tell(incident, key, told_on=DAY, how="By letter", at=NOON, by=ines)
    assert Told.objects.count() == 3
    close_incident(incident, words="Envelopes with a window.", at=NOON, by=ines)
    with pytest.raises(Overtaken, match="This incident is closed"):
        count_affected(incident, state="OR", people=1, at=NOON, by=ines)


@pytest.mark.django_db
def test_nobody_is_told_who_need_not_be_nor_tomorrow(incident, ines):
    with pytest.raises(Refused, match="The law asks nobody to tell them"):
        tell(incident, "media:OR", told_on=DAY, how="?", at=NOON, by=ines)
    with pytest.raises(Refused, match="Write this down when they have been told"):
        tell(incident, "authority", told_on=DAY + timedelta(1), how="?", at=NOON, by=ines)


@pytest.mark.django_db
def test_a_delay_says_who_asked(incident, ines):
    delay = {"until": DAY + timedelta(90), "in_writing": False, "at": NOON, "by": ines}
    with pytest.raises(Refused, match="Write who asked for the delay"):
        wait_for_the_police(incident, words=" ", **delay)
    wait_for_the_police(incident, words="Detective Roy, by phone.", **delay)
    incident.refresh_from_db()
    assert incident.delayed_until == DAY + timedelta(30)


@pytest.mark.django_db
def test_it_is_the_agencys_own_and_its_first_day_stays(incident, ines):
    for change in ({"discovered_on": DAY + timedelta(20)}, {"opened_at": NOON + timedelta(1)}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Incident.objects.filter(pk=incident.pk).update(**change)
    as_seen_by(an_actor(Role.PRIVACY_OFFICER))
    assert not Incident.objects.exists()
    with pytest.raises(NotPermitted, match="does not allow this"):
        an_incident(by=an_actor(agency=ines.agency))
