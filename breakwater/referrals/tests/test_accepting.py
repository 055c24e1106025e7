"""A house is held to its own word about room, and says no by itself; the same figure stands on every page."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from breakwater.cases.testing import a_case
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.referrals.actions.answering import accept_ask
from breakwater.referrals.actions.holds import take_up
from breakwater.referrals.actions.placement import Guest, arrive, cannot_take, leave, move, place
from breakwater.referrals.models import Placement
from breakwater.referrals.suggesting import figures_of
from breakwater.referrals.testing import a_bed, a_placement, a_program, a_round, asked_of, news_reaches
from breakwater.referrals.views import placement as views
from breakwater.resources.actions.counting import Count, count_room, still_so
from breakwater.resources.models import Bed, Capacity, Program
from breakwater.resources.testing import a_place, a_service
from breakwater.trust.access import acting
from breakwater.trust.capabilities import Role
from breakwater.trust.testing import an_actor, an_agency, as_seen_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def bo(now):
    return an_actor(Role.PARTNER, agency=an_agency(name="Tidewater"), now=now)


@pytest.fixture
def program(bo, now):
    return a_program(keeper=bo.agency, at=now, beds=4)


@pytest.fixture
def ada(program, now):
    found = an_actor(now=now)
    as_seen_by(found)
    return found


def tells(keeper, program, accepting, *, at, **more):
    with acting(keeper):
        count_room(program, Count(accepting=accepting, **more), at=at, by=keeper)


def bed_of(program, number=0):
    return Bed.objects.of(program).order_by("label")[number]


def found_by(actor, **wanted):
    client = Client()
    client.force_login(actor.user)
    answer = client.post(reverse("resources:find_help"), {"need": "housing"} | wanted)
    return " ".join(answer.content.decode().split())


def page_of(actor, name, *rows, **asked):
    client = Client()
    client.force_login(actor.user)
    address = reverse(f"referrals:{name}", args=[one.pk for one in rows])
    return " ".join(client.get(address, asked).content.decode().split())


def test_nobody_is_put_unasked_into_a_house_that_takes_nobody(ada, bo, case, program, now):
    tells(bo, program, 0, at=now)
    page = page_of(ada, "placement", case)
    as_seen_by(ada)
    assert "0 accepting" in page
    assert "They take nobody now." in page
    assert "Hold Bed" not in page
    with pytest.raises(Refused, match="Tidewater takes nobody now, by what it said itself"):
        place(case, bed_of(program), guest=Guest(), at=now, by=ada)
    asked = a_round(case, program, by=ada, at=now)
    with acting(bo):
        hold = accept_ask(asked_of(program, by=bo), bed_of(program), at=now, by=bo)
    news_reaches(ada.agency, at=now)
    as_seen_by(ada)
    assert take_up(hold, guest=Guest(), at=now, by=ada).case_id == asked.case_id, "its own yes goes before"


def test_no_more_are_offered_for_holding_than_a_house_accepts(ada, bo, case, program, now):
    tells(bo, program, 2, at=now)
    assert len(re.findall("Hold Bed", page_of(ada, "placement", case))) == 2


def test_all_pages_together_offer_no_more_than_a_house_accepts(ada, bo, case, program, now, monkeypatch):
    monkeypatch.setattr(views, "PER_PAGE", 3)
    tells(bo, program, 2, at=now)
    pages = [page_of(ada, "placement", case, page=number) for number in (1, 2)]
    assert [len(re.findall("Hold Bed", page)) for page in pages] == [2, 0]
    assert "As many as they accept stand on the page before." in pages[1]
    tells(bo, program, 4, at=now)
    pages = [page_of(ada, "placement", case, page=number) for number in (1, 2)]
    assert [len(re.findall("Hold Bed", page)) for page in pages] == [3, 1]


def test_who_keeps_the_house_gives_any_bed_of_it(ada, case, now):
    program = a_program(keeper=ada.agency, at=now, beds=4)
    as_seen_by(ada)
    tells(an_actor(Role.PARTNER, agency=ada.agency, now=now), program, 0, at=now)
    assert len(re.findall("Hold Bed", page_of(ada, "placement", case))) == 4 + 4, (
        "and those of whom nothing is told"
    )
    as_seen_by(ada)
    place(case, bed_of(program), guest=Guest(), at=now, by=ada)


def test_a_figure_is_less_by_what_was_given_since_and_says_so(ada, bo, case, program, now):
    tells(bo, program, 3, at=now, licensed=24)
    given = now + timedelta(minutes=1)
    stay = place(case, bed_of(program), guest=Guest(), at=given, by=ada)
    page = page_of(ada, "room")
    assert "2 accepting" in page
    assert "1 given through Breakwater since" in page
    as_seen_by(ada)
    inside = move(stay, bed_of(program, 1), at=given, by=ada)
    assert figures_of([program.pk], at=given)[program.pk].open == 2, (
        "another bed of the house is not one more"
    )
    arrive(inside, at=given, by=ada)
    leave(inside, at=given, by=ada)
    assert figures_of([program.pk], at=given)[program.pk].open == 3
    tells(bo, program, 1, at=given, licensed=24)
    assert figures_of([program.pk], at=given)[program.pk].open == 1, "a newer word counts as it was said"


@pytest.mark.parametrize("apart", [timedelta(seconds=-40), timedelta(seconds=40)])
def test_a_house_and_a_hold_written_by_two_servers_are_told_apart_by_the_clock_of_the_database(
    ada, bo, case, program, now, apart
):
    tells(bo, program, 1, at=now + apart)
    a_round(case, program, by=ada, at=now)
    with acting(bo):
        hold = accept_ask(asked_of(program, by=bo), bed_of(program), at=now, by=bo)
    assert figures_of([program.pk], at=now)[program.pk].open == 0, "no bed too many, whoever is ahead"
    tells(bo, program, 2, at=now + timedelta(seconds=50))
    news_reaches(ada.agency, at=now)
    as_seen_by(ada)
    take_up(hold, guest=Guest(), at=now - apart, by=ada)
    assert figures_of([program.pk], at=now)[program.pk].open == 2, "the house knew of the hold when it spoke"


@pytest.mark.parametrize("apart", [timedelta(seconds=-40), timedelta(seconds=40)])
def test_a_stay_written_by_a_server_that_is_ahead_or_behind_is_given_once_it_is_written(
    ada, bo, case, program, now, apart
):
    tells(bo, program, 3, at=now)
    place(case, bed_of(program), guest=Guest(), at=now + apart, by=ada)
    assert figures_of([program.pk], at=now)[program.pk].open == 2


def test_find_help_tells_what_the_house_told_last_and_a_directory_only_where_nothing_newer_is_known(
    ada, bo, case, program, now
):
    service = a_service("Beds for tonight", place=program.place, needs=["housing"])
    long_ago = now - timedelta(days=30)
    Capacity.objects.create(service=service, total=24, free=6, told_by="county directory", as_of=long_ago)
    assert "6 free of 24" in found_by(ada)
    tells(bo, program, 3, at=now - timedelta(minutes=1), licensed=24)
    as_seen_by(ada)
    place(case, bed_of(program), guest=Guest(), at=now, by=ada)
    page = found_by(ada)
    assert "2 accepting" in page
    assert "1 given through Breakwater since" in page
    assert "6 free" not in page


def test_help_with_room_is_found_by_the_figure_that_is_shown(ada, bo, case, program, now):
    def has_room():
        as_seen_by(ada)
        return {name for name in names if name in found_by(ada, with_room="on")}

    names = {"Beds for tonight", "A clinic", "Nobody told", "Silent house"}
    beds, clinic, told = (a_service(name, place=program.place if name[0] == "B" else None, needs=["housing"])
                          for name in ("Beds for tonight", "A clinic", "Nobody told"))  # fmt: skip
    long_ago = now - timedelta(days=30)
    for service, free in ((beds, 6), (clinic, 0), (told, None)):
        Capacity.objects.create(service=service, free=free, told_by="county directory", as_of=long_ago)
    silent = Program.objects.create(place=a_place("Elsewhere"), kind="meal", agency=bo.agency)
    silent.service = a_service("Silent house", place=silent.place, needs=["housing"])
    silent.save()
    Capacity.objects.create(service=silent.service, free=9, told_by="county directory", as_of=long_ago)
    assert has_room() == {"Beds for tonight", "Silent house"}, "of the directory, while no house has told"
    tells(bo, silent, None, at=now, licensed=9)
    tells(bo, program, 1, at=now)
    assert has_room() == {"Beds for tonight"}, "an older figure says nothing against what a house leaves open"
    place(case, bed_of(program), guest=Guest(), at=now, by=ada)
    assert has_room() == set(), "the last one was given"
    clinic_of = Program.objects.create(
        place=a_place("Clinic"), kind="appointment", service=clinic, agency=bo.agency
    )
    tells(bo, clinic_of, 2, at=now)
    assert has_room() == {"A clinic"}


def test_still_so_says_again_what_is_shown_and_not_what_was_said_before_a_bed_was_given(
    ada, bo, case, program, now
):
    tells(bo, program, 3, at=now)
    place(case, bed_of(program), guest=Guest(), at=now + timedelta(minutes=1), by=ada)
    with acting(bo):
        again = still_so(program, at=now + timedelta(minutes=2), by=bo)
    assert (again.free, figures_of([program.pk], at=now)[program.pk].open) == (2, 2)


def test_of_two_who_see_one_place_left_the_second_is_told(ada, bo, case, program, now):
    tells(bo, program, 1, at=now)
    later = now + timedelta(minutes=1)
    place(case, bed_of(program), guest=Guest(), at=later, by=ada)
    with pytest.raises(Refused, match="takes nobody now"):
        place(a_case(by=ada, at=now), bed_of(program, 1), guest=Guest(), at=later, by=ada)


def test_somebody_moves_to_another_house_only_where_it_takes_them(ada, bo, case, program, now):
    stay = a_placement(case, a_bed(keeper=ada.agency, at=now), by=ada, at=now)
    tells(bo, program, 0, at=now)
    as_seen_by(ada)
    with pytest.raises(Refused, match="takes nobody now"):
        move(stay, bed_of(program), at=now, by=ada)


def test_a_house_says_that_it_cannot_take_them_only_with_a_reason_and_before_they_arrive(
    ada, bo, case, program, now
):
    stay = a_placement(case, bed_of(program), by=ada, at=now)
    with pytest.raises(
        NotPermitted, match="do" if not ada.may("referrals.answer") else "Only those who keep the bed"
    ):
        cannot_take(stay, reason="full", at=now, by=ada)
    assert "We cannot take them" in page_of(bo, "house")
    with acting(bo):
        theirs = Placement.objects.get(pk=stay.pk)
        with pytest.raises(Refused, match="Choose a reason"):
            cannot_take(theirs, reason="", at=now, by=bo)
        arrive(theirs, at=now, by=bo)
        with pytest.raises(Overtaken, match="They have arrived"):
            cannot_take(theirs, reason="full", at=now, by=bo)


def test_what_cannot_be_taken_back_names_the_person_before_it_is_done(ada, bo, case, program, now):
    stay = a_placement(case, bed_of(program), by=ada, at=now, known_as="Jay Rivers")
    for name in ("absence", "departure", "stay_refusal"):
        assert "Jay Rivers" in page_of(bo, name, stay), name
    as_seen_by(ada)
    assert Placement.objects.get(pk=stay.pk).ends_at is None, "to look is not to do"
