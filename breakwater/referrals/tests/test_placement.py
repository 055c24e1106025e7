from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from breakwater.cases.actions.closing import close_case
from breakwater.cases.testing import a_case
from breakwater.clocks.models import Clock
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.referrals.actions.placement import Guest, arrive, cancel, leave, miss, move, place
from breakwater.referrals.models import Hearing, Placement, free_beds
from breakwater.referrals.testing import a_bed, a_placement, news_reaches
from breakwater.resources.models import OutOfService
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Entry
from breakwater.trust.testing import NOON, an_actor, an_agency, as_seen_by

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)


def two_agencies():
    """Those who place, those who keep a bed, the bed and a case; seen by those who place."""
    bo = an_actor(Role.PARTNER, agency=an_agency(), name="Bo Lund")
    bed = a_bed(keeper=bo.agency, at=NOON)
    ada = an_actor()
    return ada, bo, bed, a_case(by=ada)


def free(at=LATER):
    return set(free_beds(at).values_list("pk", flat=True))


def arrival_clock(placement):
    clock = Clock.objects.of(placement.pk).get()
    return str(clock.ended_how) or "runs"


def again(placement):
    return Placement.objects.get(pk=placement.pk)


def story(case):
    told = Entry.objects.of_episode(case.pk).filter(verb__startswith="referrals.").order_by("pk")
    return [verb.removeprefix("referrals.") for verb in told.values_list("verb", flat=True)]


def test_a_bed_is_held_and_the_arrival_clock_runs():
    ada, bo, bed, case = two_agencies()
    assert bed.pk in free(NOON)
    placement = a_placement(case, bed, by=ada, known_as="Jay")
    clock = Clock.objects.of(placement.pk).get()
    assert (clock.kind, clock.episode, again(placement).due_at) == (
        "placement_arrival",
        case.pk,
        clock.due_at,
    )
    assert (placement.host, placement.agency) == (bo.agency, ada.agency)
    assert bed.pk not in free()
    assert story(case) == ["person_placed"]


def test_they_arrive_and_leave_and_the_bed_is_free_again():
    ada, _, bed, case = two_agencies()
    placement = a_placement(case, bed, by=ada)
    arrive(placement, at=LATER, by=ada)
    assert (again(placement).arrived_at, arrival_clock(placement)) == (LATER, "met")
    leave(placement, words="To her sister", at=LATER + timedelta(days=2), by=ada)
    found = again(placement)
    assert (found.ended_how, found.words, found.ends_at) == (
        "left",
        "To her sister",
        LATER + timedelta(days=2),
    )
    assert bed.pk in free(LATER + timedelta(days=3))
    assert bed.pk not in free(LATER + timedelta(days=1)), "it was theirs then"
    assert story(case) == ["person_placed", "person_arrived", "bed_left"]


def test_they_do_not_come_and_the_promise_is_excused():
    ada, _, bed, case = two_agencies()
    placement = a_placement(case, bed, by=ada)
    miss(placement, at=LATER, by=ada)
    assert (again(placement).ended_how, arrival_clock(placement)) == ("did_not_come", "excused")
    assert bed.pk in free()


def test_a_bed_that_is_not_needed_is_freed_with_a_reason():
    ada, _, bed, case = two_agencies()
    placement = a_placement(case, bed, by=ada)
    with pytest.raises(Refused, match="Say why"):
        cancel(placement, words=" ", at=LATER, by=ada)
    cancel(placement, words="Stays with her sister", at=LATER, by=ada)
    assert again(placement).ended_how == "canceled"


def test_nobody_leaves_before_they_arrived_or_misses_a_bed_they_reached():
    ada, _, bed, case = two_agencies()
    placement = a_placement(case, bed, by=ada)
    with pytest.raises(Refused, match="have not arrived yet"):
        leave(placement, at=LATER, by=ada)
    arrive(placement, at=LATER, by=ada)
    with pytest.raises(Overtaken, match="already arrived"):
        arrive(placement, at=LATER, by=ada)
    with pytest.raises(Overtaken, match="have arrived"):
        miss(placement, at=LATER, by=ada)
    with pytest.raises(Overtaken, match="have arrived"):
        cancel(placement, words="no", at=LATER, by=ada)


def test_a_stay_that_ended_stays_ended():
    ada, _, bed, case = two_agencies()
    placement = a_placement(case, bed, by=ada)
    miss(placement, at=LATER, by=ada)
    for act in (arrive, leave, miss):
        with pytest.raises(Overtaken, match="no longer held for them: did not come"):
            act(placement, at=LATER, by=ada)


def test_two_people_never_get_one_bed():
    ada, _, bed, case = two_agencies()
    a_placement(case, bed, by=ada)
    eve = an_actor()
    with pytest.raises(Overtaken, match=r"was just taken\. These are still free\."):
        a_placement(a_case(by=eve), bed, by=eve)


def test_one_person_does_not_hold_two_beds():
    ada, bo, bed, case = two_agencies()
    a_placement(case, bed, by=ada)
    with pytest.raises(Overtaken, match="already hold a bed"):
        a_placement(case, a_bed(keeper=bo.agency, at=NOON), by=ada)


def test_a_bed_that_is_closed_or_out_of_service_is_neither_free_nor_given():
    ada, bo, _, case = two_agencies()
    closed = a_bed(keeper=bo.agency, at=NOON, ends_at=NOON - timedelta(days=1))
    broken = a_bed(keeper=bo.agency, at=NOON)
    OutOfService.objects.create(bed=broken, reason="Leak", starts_at=NOON - timedelta(days=1))
    assert not {closed.pk, broken.pk} & free()
    for bed in (closed, broken):
        with pytest.raises(Refused, match="not in use now"):
            a_placement(case, bed, by=ada)


def test_nobody_is_placed_from_a_closed_case():
    ada, _, bed, case = two_agencies()
    close_case(case, outcome="declined", at=NOON, by=ada)
    with pytest.raises(Refused, match="Reopen it first"):
        a_placement(case, bed, by=ada)


def test_moving_within_the_house_keeps_them_arrived():
    ada, bo, bed, case = two_agencies()
    placement = arrive(a_placement(case, bed, by=ada, known_as="Jay"), at=LATER, by=ada)
    other = a_bed(keeper=bo.agency, at=NOON, place=bed.place)
    moved = move(placement, other, at=LATER + timedelta(hours=1), by=ada)
    assert (moved.arrived_at, moved.known_as) == (LATER + timedelta(hours=1), "Jay")
    assert again(placement).ended_how == "moved"
    assert not Clock.objects.of(moved.pk).exists()
    assert (bed.pk in free(LATER + timedelta(hours=2)), other.pk in free(LATER + timedelta(hours=2))) == (
        True,
        False,
    )


def test_moving_to_another_house_expects_them_there():
    ada, bo, bed, case = two_agencies()
    placement = arrive(a_placement(case, bed, by=ada), at=LATER, by=ada)
    moved = move(placement, a_bed(keeper=bo.agency, at=NOON), at=LATER, by=ada)
    assert (moved.arrived_at, arrival_clock(moved)) == (None, "runs")


def test_who_cannot_be_moved_keeps_the_bed_they_have():
    ada, bo, bed, case = two_agencies()
    placement = arrive(a_placement(case, bed, by=ada), at=LATER, by=ada)
    taken = a_bed(keeper=bo.agency, at=NOON)
    a_placement(a_case(by=ada), taken, by=ada)
    with pytest.raises(Overtaken, match="was just taken"):
        move(placement, taken, at=LATER, by=ada)
    with pytest.raises(Refused, match="in this bed already"):
        move(placement, bed, at=LATER, by=ada)
    assert again(placement).ends_at is None


def test_the_host_writes_down_the_arrival_and_those_who_placed_follow():
    ada, bo, bed, case = two_agencies()
    placement = a_placement(case, bed, by=ada)
    as_seen_by(bo)
    theirs = Placement.objects.visible_to(bo).get(pk=placement.pk)
    arrive(theirs, at=LATER, by=bo)
    assert not Clock.objects.exists(), "the host sees neither clocks nor circle"
    as_seen_by(ada)
    assert arrival_clock(placement) == "runs"
    news_reaches(ada.agency, at=LATER, times=2)
    assert (arrival_clock(placement), Hearing.objects.count()) == ("met", 1)
    as_seen_by(bo)
    leave(theirs, at=LATER + timedelta(days=1), by=bo)
    as_seen_by(ada)
    news_reaches(ada.agency, at=LATER + timedelta(days=1), times=2)
    assert story(case) == ["person_placed", "person_arrived", "bed_left"]


def test_the_host_says_that_they_did_not_come_or_that_the_bed_cannot_be_kept():
    ada, bo, bed, case = two_agencies()
    placement = a_placement(case, bed, by=ada)
    as_seen_by(bo)
    cancel(Placement.objects.get(pk=placement.pk), words="Burst pipe", at=LATER, by=bo)
    as_seen_by(ada)
    news_reaches(ada.agency, at=LATER)
    assert (arrival_clock(placement), again(placement).words) == ("excused", "Burst pipe")


def test_the_host_does_not_move_anybody():
    ada, bo, bed, case = two_agencies()
    placement = a_placement(case, bed, by=ada)
    as_seen_by(bo)
    with pytest.raises(NotPermitted, match="Only those who placed"):
        move(Placement.objects.get(pk=placement.pk), bed, at=LATER, by=bo)


def test_roles_do_only_what_they_may():
    ada, _, bed, case = two_agencies()
    placement = a_placement(case, bed, by=ada)
    officer = an_actor(Role.PRIVACY_OFFICER, agency=ada.agency)
    for act in (
        lambda: place(case, bed, guest=Guest(), at=NOON, by=officer),
        lambda: arrive(placement, at=NOON, by=officer),
        lambda: move(placement, bed, at=NOON, by=officer),
    ):
        with pytest.raises(NotPermitted, match="does not allow this"):
            act()
    with pytest.raises(NotPermitted, match="Neither did your agency"):
        arrive(placement, at=NOON, by=an_actor())


def test_when_the_arrival_was_the_last_clock_the_next_contact_is_promised():
    ada, _, bed, case = two_agencies()
    placement = a_placement(case, bed, by=ada)
    others = Clock.objects.running().in_episode(case.pk).exclude(about=placement.pk)
    others.update(ended_at=LATER, ended_how=Clock.Ended.MET)
    arrive(placement, at=LATER, by=ada)
    assert [clock.kind for clock in Clock.objects.running().in_episode(case.pk)] == ["next_contact"]


def refused_by_the_database(name, write):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        write()


def test_the_database_keeps_beds_to_one_and_one_to_a_bed():
    ada, bo, bed, case = two_agencies()
    placement = a_placement(case, bed, by=ada)
    other = a_case(by=ada)
    facts = {"agency": ada.agency, "host": bo.agency, "starts_at": NOON, "by": ada.user}
    refused_by_the_database(
        "one_person_in_a_bed_at_a_time",
        lambda: Placement.objects.create(circle=other.circle, case=other, bed=bed, **facts),
    )
    refused_by_the_database(
        "one_bed_for_a_case_at_a_time",
        lambda: Placement.objects.create(
            circle=case.circle, case=case, bed=a_bed(keeper=bo.agency, at=NOON), **facts
        ),
    )
    mine = Placement.objects.filter(pk=placement.pk)
    for facts, name in (
        ({"ends_at": LATER}, "an_ended_placement_says_how"),
        ({"ended_how": "left"}, "an_ended_placement_says_how"),
        ({"ends_at": LATER, "ended_how": "left"}, "nobody_leaves_a_bed_they_never_reached"),
        ({"ends_at": NOON - timedelta(days=1), "ended_how": "moved"}, "placement_ends_after_it_starts"),
        ({"arrived_at": NOON - timedelta(days=1)}, "nobody_arrives_before_the_bed_is_theirs"),
        (
            {"arrived_at": LATER, "ends_at": LATER, "ended_how": "did_not_come"},
            "who_did_not_come_did_not_arrive",
        ),
        ({"case": other}, "stays as it was sent"),
        ({"bed": a_bed(keeper=bo.agency, at=NOON)}, "stays as it was sent"),
    ):
        refused_by_the_database(name, lambda facts=facts: mine.update(**facts))


def test_the_database_takes_up_no_stay_that_ended():
    ada, _, bed, case = two_agencies()
    placement = a_placement(case, bed, by=ada)
    miss(placement, at=LATER, by=ada)
    mine = Placement.objects.filter(pk=placement.pk)
    for facts in ({"ends_at": None, "ended_how": ""}, {"ended_how": "canceled"}, {"arrived_at": LATER}):
        refused_by_the_database("a stay that ended has ended", lambda facts=facts: mine.update(**facts))


def test_placements_are_there_for_those_who_placed_and_those_who_host_only():
    ada, bo, bed, case = two_agencies()
    placement = a_placement(case, bed, by=ada)
    stranger = an_actor()
    assert not Placement.objects.exists(), "the database's wall, with ours out of the way"
    assert bed.pk not in free(), "that the bed is taken is known, by whom is not"
    as_seen_by(ada)
    assert not Placement.objects.visible_to(stranger).exists(), "our wall, with the database's out of the way"
    assert Placement.objects.visible_to(bo).get() == placement
    as_seen_by(bo)
    assert Placement.objects.get() == placement


def test_nobody_is_put_into_a_bed_from_outside_their_circle():
    ada, bo, bed, case = two_agencies()
    as_seen_by(bo)
    facts = {
        "circle_id": case.circle_id,
        "case_id": case.pk,
        "bed": bed,
        "starts_at": NOON,
        "host": bo.agency,
    }
    for agency in (bo.agency, ada.agency):
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Placement.objects.create(agency=agency, **facts)


def test_what_is_told_about_taken_beds_says_nothing_about_anyone():
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM referrals_taken_beds(now())")
        assert [column.name for column in cursor.description] == ["bed_id", "until"]


def test_a_front_desk_writes_down_that_its_own_guest_came():
    ada = an_actor()
    case, bed = a_case(by=ada), a_bed(keeper=ada.agency, at=NOON)
    desk = an_actor(Role.PARTNER, agency=ada.agency, name="Bo Lund")
    placement = a_placement(case, bed, by=desk)
    arrive(placement, at=LATER, by=desk)
    assert arrival_clock(placement) == "met"
