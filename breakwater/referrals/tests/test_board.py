"""An honest board: figures with their age, asked for when they grow old; and what the word of a place was worth."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from breakwater.cases.testing import a_case
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.referrals.actions.answering import accept_ask, decline_ask
from breakwater.referrals.actions.asking import call_off
from breakwater.referrals.actions.holds import take_back
from breakwater.referrals.models import Ask
from breakwater.referrals.suggesting import (
    Suggestion,
    Told,
    Truth,
    board_truth,
    figures_of,
    refusals,
    suggest,
)
from breakwater.referrals.testing import a_program, a_round, asked_of
from breakwater.resources.actions.counting import Count, ask_for_figures, count_room, still_so
from breakwater.resources.fit import Fit, Wants
from breakwater.resources.jobs import ask_everywhere
from breakwater.resources.library import HALF_LIVES
from breakwater.resources.models import Bed, Capacity
from breakwater.trust.access import acting, system_for
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Agency, Entry
from breakwater.trust.testing import NOON, an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(minutes=10)
LIFE = HALF_LIVES["shelter_adult"]


def a_house(**facts):
    """A place with a worker, and its program with a bed."""
    bo = an_actor(Role.PARTNER, agency=an_agency())
    return bo, a_program(keeper=bo.agency, at=NOON, **facts)


def counted(bo, program, accepting, *, at=NOON, **figures):
    with acting(bo):
        return count_room(program, Count(accepting=accepting, **figures), at=at, by=bo)


def asked_and(answer, ada, program, bo=None):
    """A round to one place, and how it ended."""
    with acting(ada):
        opened = a_round(a_case(by=ada), program, by=ada)
    if answer == "called off":
        with acting(ada):
            call_off(opened, at=LATER, by=ada)
    elif answer in ("yes", "yes, then taken back"):
        with acting(bo):
            hold = accept_ask(asked_of(program, by=bo), Bed.objects.of(program).get(), at=LATER, by=bo)
            if answer != "yes":
                take_back(hold, words="The pipe burst", at=LATER, by=bo)
        with acting(ada):
            call_off(opened, at=LATER, by=ada)
    elif answer:
        with acting(bo):
            decline_ask(asked_of(program, by=bo), reason=answer, at=LATER, by=bo)
    return opened


def test_four_figures_stand_apart_with_their_age_and_unknown_is_never_zero():
    bo, program = a_house()
    ada = an_actor()
    with acting(ada):
        [found] = suggest("shelter_adult", Wants(), at=NOON, agency=ada.agency)
        assert (found.told.open, found.told.as_of, found.truth.rate) == (None, None, None)
    counted(bo, program, None, licensed=12, ready=3)
    told = figures_of([program.pk], at=NOON)[program.pk]
    assert (told.licensed, told.staffed, told.ready, told.accepting, told.open) == (12, None, 3, None, None)
    counted(bo, program, None, staffed=0, at=LATER)
    assert figures_of([program.pk], at=LATER)[program.pk].open == 0, "nobody is taken where nobody works"
    counted(bo, program, 2, licensed=12, staffed=10, ready=3, at=LATER)
    told = figures_of([program.pk], at=LATER + LIFE)[program.pk]
    assert (told.open, told.trust, told.as_of) == (2, 0.5, LATER)
    assert list(Capacity.objects.order_by("as_of", "recorded_at").values_list("free", flat=True)) == [
        None,
        None,
        2,
    ]


def test_a_figure_is_refused_in_words_and_by_postgresql():
    bo, program = a_house()
    with acting(bo):
        for figures, sentence in (
            ({"accepting": 3, "ready": 2}, "You would take more than are clean"),
            ({"accepting": 3, "staffed": 2}, "You would take more than have staff"),
            ({"accepting": 3, "licensed": 2}, "than licensed"),
            ({"staffed": 3, "licensed": 2}, "More have staff"),
        ):
            with pytest.raises(Refused, match=sentence):
                count_room(program, Count(**figures), at=NOON, by=bo)
        with pytest.raises(Refused, match="Nobody has told a figure yet"):
            still_so(program, at=NOON, by=bo)
        count_room(program, Count(accepting=1), at=LATER, by=bo)
        with pytest.raises(Overtaken, match="newer figure"):
            count_room(program, Count(accepting=2), at=NOON, by=bo)
    other = an_actor(Role.PARTNER, agency=an_agency())
    with acting(other), pytest.raises(NotPermitted, match="Another agency keeps this"):
        count_room(program, Count(accepting=9), at=LATER, by=other)
    for wrong in ({"free": 2, "staffed": 1}, {"free": 2, "ready": 1}, {"staffed": 2, "total": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Capacity.objects.create(program=program, told_by="x", as_of=LATER, ends_at=LATER, **wrong)
    with pytest.raises(IntegrityError, match="of_a_service_or_of_a_program"), transaction.atomic():
        Capacity.objects.create(told_by="x", as_of=LATER, ends_at=LATER)


def test_the_board_asks_once_when_half_the_trust_is_gone_and_one_tap_makes_it_new():
    bo, program = a_house()
    counted(bo, program, 2)
    system = system_for(bo.agency, now=NOON)
    with acting(system):
        assert ask_for_figures(at=NOON + LIFE - timedelta(seconds=1), by=system) == 0
        assert ask_for_figures(at=NOON + LIFE, by=system) == 1
        assert ask_for_figures(at=NOON + LIFE * 2, by=system) == 0, "each figure is asked for once"
        assert Entry.objects.filter(verb="resources.figure_grew_old").count() == 1
    with acting(bo):
        made = still_so(program, at=NOON + LIFE, by=bo)
    assert (made.free, made.as_of, made.asked_at) == (2, NOON + LIFE, None)
    ask_everywhere(0)
    with acting(system):
        assert Entry.objects.filter(verb="resources.figure_grew_old").count() in (1, 2)


def test_the_truth_of_a_place_is_measured_from_what_it_was_asked_when_it_listed_room():
    bo, program = a_house()
    ada = an_actor()
    asked_and("yes", ada, program, bo)
    assert board_truth(LATER) == {}, "it had listed nothing"
    counted(bo, program, 0)
    asked_and("full", ada, program, bo)
    assert board_truth(LATER) == {}, "it had listed no room"
    counted(bo, program, 1)
    assert board_truth(LATER) == {}, "a figure that nobody asked about proves nothing"
    asked_and("yes", ada, program, bo)
    asked_and("full", ada, program, bo)
    asked_and("yes, then taken back", ada, program, bo)
    asked_and("called off", ada, program)
    assert board_truth(LATER) == {program.pk: Truth(asked=3, accepted=1)}
    assert refusals(LATER) == {program.pk: {"full": 2}}
    assert board_truth(LATER + timedelta(days=200)) == {}, "what is long ago is not held against anybody"


def test_who_lets_the_time_pass_is_counted():
    bo, program = a_house()
    ada = an_actor()
    counted(bo, program, 1)
    opened = asked_and("", ada, program)
    with acting(ada):
        assert Ask.objects.get(round=opened).due_at < ada.now + timedelta(days=1)
        call_off(opened, at=opened.due_at + timedelta(minutes=1), by=ada)
    assert board_truth(LATER) == {program.pk: Truth(asked=1, accepted=0)}


def test_what_fits_stands_first_and_what_does_not_stands_last_with_its_reason():
    ada = an_actor()
    houses = {name: a_house(pets=pets) for name, pets in (("no", False), ("yes", True), ("unknown", None))}
    bo, program = houses["yes"]
    counted(bo, program, 1)
    asked_and("pet", ada, program, bo)
    hidden = a_program(keeper=an_agency(kind=Agency.Kind.VICTIM_SERVICE), at=NOON)
    with acting(ada):
        found = suggest("shelter_adult", Wants(pet=True), at=LATER, agency=ada.agency)
    assert [one.fit.verdict for one in found] == ["yes", "unknown", "no"]
    assert [(reason.code, times) for reason, times in found[0].refused] == [("pet", 1)]
    assert found[2].fit.why[0].words == "takes no pets"
    assert hidden.pk not in {one.program_id for one in found}
    with acting(ada):
        other = suggest("shelter_adult", Wants(age=30), at=LATER, agency=ada.agency)
    assert all(not one.refused for one in other), "a no for a pet says nothing to somebody without one"


@pytest.mark.parametrize(
    ("told", "truth", "likely"),
    [
        (Told(), Truth(), 0.25),
        (Told(accepting=2, trust=1.0), Truth(asked=8, accepted=7), 0.8),
        (Told(accepting=2, trust=0.0), Truth(asked=8, accepted=7), 0.4),
        (Told(accepting=0, trust=1.0), Truth(asked=8, accepted=8), 0.0),
        (Told(accepting=2, trust=1.0), Truth(asked=8, accepted=1), 0.2),
    ],
)
def test_how_likely_there_is_room_follows_from_two_numbers_that_are_shown(told, truth, likely):
    one = Suggestion(program_id=None, fit=Fit(why=()), told=told, truth=truth)
    assert one.likely == pytest.approx(likely)


def test_a_tap_costs_nine_statements_and_the_two_of_its_transaction(django_assert_num_queries):
    with acting(an_actor(Role.PARTNER)) as bo:
        program = a_program(keeper=bo.agency, at=NOON)
    browser, page = browser_of(bo), reverse("resources:count", args=[program.pk])
    assert press(browser, page, accepting="2", by=bo).status_code == 303
    with django_assert_num_queries(11):
        assert press(browser, page, accepting="1", by=bo).status_code == 303
    as_seen_by(bo)
    assert figures_of([program.pk], at=NOON)[program.pk].accepting == 1
