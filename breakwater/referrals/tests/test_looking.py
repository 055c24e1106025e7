"""What finding a bed took: who was asked and called for each, those who found none included (K16)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from breakwater.cases.testing import a_case, a_note
from breakwater.referrals.actions.answering import accept_ask
from breakwater.referrals.actions.asking import call_off
from breakwater.referrals.actions.holds import take_up, take_up_outside
from breakwater.referrals.actions.outside import Heard, hear_yes
from breakwater.referrals.actions.placement import Guest
from breakwater.referrals.looking import Looked, Search, looked, looked_for_beds
from breakwater.referrals.testing import a_program, a_round, asked_of
from breakwater.resources.models import Bed, Place, Program
from breakwater.trust.access import acting
from breakwater.trust.capabilities import Role
from breakwater.trust.testing import NOON, an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LATER = NOON + 12 * MINUTE


def test_each_bed_is_told_with_all_who_were_asked_and_called_also_in_vain():
    found = Search(asked=[NOON, NOON], called=[NOON - 10 * MINUTE], found=[NOON + 20 * MINUTE])
    in_vain = Search(asked=[NOON] * 5, called=[NOON + HOUR, NOON + 72 * HOUR])
    told = looked([found, in_vain])
    assert (told.beds, told.asked, told.called, told.for_each) == (1, 7, 2, 9.0), (
        "72 hours later is another matter"
    )
    assert told.minutes == (30,)


def test_a_second_bed_is_counted_from_what_was_asked_after_the_first():
    again = Search(asked=[NOON, NOON + 5 * HOUR], found=[NOON + HOUR, NOON + 6 * HOUR])
    assert looked([again]).minutes == (60, 60)
    assert looked([Search(found=[NOON])]) == Looked(beds=1, asked=0, called=0), (
        "given from a list: nobody was asked"
    )


def test_where_nothing_was_found_no_number_is_made_up():
    assert looked([]) == Looked(beds=0, asked=0, called=0)
    none = looked([Search(asked=[NOON])])
    assert (none.for_each, none.half_within, none.most_within) == (None, None, None)
    many = Looked(beds=10, asked=10, called=0, minutes=tuple(range(1, 11)))
    assert (many.half_within, many.most_within) == (6, 9)


@pytest.mark.django_db
def test_the_page_tells_what_was_asked_and_called_until_somebody_kept_a_bed():
    host, ada = an_actor(Role.PARTNER, agency=an_agency(kind="shelter")), an_actor()
    case, vain, other = (a_case(by=ada) for _ in range(3))
    house = a_program(keeper=host.agency, at=NOON)
    more = [a_program(keeper=an_agency(kind="shelter"), at=NOON) for _ in range(2)]
    a_note(case, by=ada, at=NOON, kind="call", with_whom="The night desk of Tide House")
    a_note(case, by=ada, at=NOON, kind="call", with_whom="Marisol", reached=True)
    a_note(case, by=ada, at=NOON, kind="call")
    call_off(a_round(vain, house, by=ada), at=NOON, by=ada)
    a_round(case, house, *more, by=ada)
    with acting(host):
        hold = accept_ask(asked_of(house, by=host), Bed.objects.of(house).get(), at=LATER, by=host)
    take_up(hold, guest=Guest(), at=LATER, by=ada)
    told = looked_for_beds(ada, at=NOON + HOUR)
    assert (told.beds, told.asked, told.called, told.for_each, told.minutes) == (1, 4, 1, 5.0, (12,))
    church = Place.objects.create(source="testing", external_id="grace", name="Grace Church")
    cots = Program.objects.create(place=church, kind=Bed.Kind.SHELTER_ADULT)
    a_round(other, cots, by=ada)
    kept = hear_yes(asked_of(cots, by=ada), Heard(source="Sister Agnes"), at=LATER, by=ada)
    take_up_outside(kept, guest=Guest(), at=LATER, by=ada)
    told = looked_for_beds(ada, at=NOON + HOUR)
    assert (told.beds, told.asked, told.minutes) == (2, 5, (12, 12)), (
        "a place without accounts kept the second"
    )
    assert looked_for_beds(ada, at=NOON + timedelta(days=91)) == Looked(beds=0, asked=0, called=0)
    with acting(host):
        assert looked_for_beds(host, at=NOON + HOUR) == Looked(beds=0, asked=0, called=0), (
            "theirs is their own"
        )


@pytest.mark.django_db
def test_it_stands_beside_what_the_simulation_says():
    host = an_actor(Role.PARTNER, agency=an_agency(kind="shelter"), now=timezone.now())
    ada = an_actor(now=host.now)
    case = a_case(by=ada)
    house = a_program(keeper=host.agency, at=ada.now)
    a_round(case, house, by=ada)
    page = browser_of(ada).get("/simulation/boards/").content.decode()
    assert "was found in the last 90 days. Asked here: 1; called" in page
    with acting(host):
        hold = accept_ask(asked_of(house, by=host), Bed.objects.of(house).get(), at=ada.now, by=host)
    as_seen_by(ada)
    take_up(hold, guest=Guest(), at=ada.now, by=ada)
    page = browser_of(ada).get("/simulation/boards/").content.decode()
    assert "For each bed 1.0 places were asked or called" in page
