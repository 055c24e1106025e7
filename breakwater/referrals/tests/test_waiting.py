"""Waiting lists: who is next is found by itself, an offer runs out by the clock of the database, nobody is dropped."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from breakwater.cases.actions.closing import close_case
from breakwater.cases.testing import a_case
from breakwater.clocks.models import Clock
from breakwater.kernel.db import one_row, run_sql
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.referrals.actions.placement import Guest, cancel, place
from breakwater.referrals.actions.turns import (
    offer_free_beds,
    reopen_bed,
    say_rule,
    skip_turn,
    take_off,
    take_offer_back,
)
from breakwater.referrals.actions.waiting import confirm_wait, leave_list, refuse_offer, take_offer
from breakwater.referrals.jobs import offer_on
from breakwater.referrals.library import WAITS
from breakwater.referrals.models import Hold, ListRule, Placement, Skip, Wait, free_beds
from breakwater.referrals.testing import a_bed, a_program, a_wait, news_reaches, offered
from breakwater.resources.actions.keeping import bring_back_into_use, take_out_of_use
from breakwater.resources.models import Bed
from breakwater.trust.access import acting
from breakwater.trust.models import Agency, Entry
from breakwater.trust.testing import an_actor, an_agency, as_seen_by

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def full(bo, now):
    """A house with one bed, in which somebody sleeps."""
    program = a_program(keeper=bo.agency, at=now)
    cy = an_actor(now=now)
    with acting(cy):
        return program, cy, place(a_case(by=cy, at=now), bed_of(program), guest=Guest(), at=now, by=cy)


@pytest.fixture
def ada(full, now):
    actor = an_actor(now=now)
    as_seen_by(actor)
    return actor


def bed_of(program):
    return Bed.objects.of(program).get()


def becomes_free(full, *, at):
    _, cy, stay = full
    with acting(cy):
        cancel(stay, words="Found a room.", at=at, by=cy)


def waits(program, by, now, *, since=timedelta(0), **facts):
    with acting(by):
        return a_wait(a_case(by=by, at=now), program, by=by, at=now - since, **facts)


def positions(by, *entries):
    with acting(by):
        found = {one.pk: one.position for one in Wait.objects.with_position()}
        return [found.get(one.pk) for one in entries]


def clocks(*about):
    return dict(Clock.objects.filter(about__in=about).values_list("kind", "ended_how"))


def story(case):
    told = Entry.objects.of_episode(case.pk).filter(verb__startswith="referrals.").order_by("pk")
    return [verb.removeprefix("referrals.") for verb in told.values_list("verb", flat=True)]


def run_out_at_once(monkeypatch):
    """Offers that are over as soon as they begin, by the clock of the database."""
    brief = replace(WAITS, offer_for=timedelta(microseconds=1))
    monkeypatch.setattr("breakwater.referrals.actions.waiting.WAITS", brief)


def test_who_is_next_is_offered_the_bed_takes_it_and_waits_no_longer(ada, bo, full, now):
    program = full[0]
    first, second = waits(program, ada, now, since=HOUR, age=34), waits(program, ada, now)
    assert positions(ada, first, second) == [1, 2]
    assert clocks(first.pk) == {"waitlist_confirmation": ""}
    assert offer_on(bo.agency, at=now) == 0, "somebody sleeps there"
    becomes_free(full, at=now)
    assert offer_on(bo.agency, at=now) == 1
    assert offer_on(bo.agency, at=now) == 0, "one bed is offered once"
    hold = Hold.objects.get()
    assert (hold.wait_id, hold.expires_at - hold.starts_at) == (first.pk, WAITS.offer_for)
    assert hold.bed not in free_beds(now)
    news_reaches(ada.agency, at=now, times=2)
    assert clocks(hold.pk) == {"waitlist_offer": ""}
    placed = take_offer(hold, guest=Guest(known_as="Jay"), at=now, by=ada)
    assert (placed.bed, placed.known_as) == (hold.bed, "Jay")
    assert clocks(first.pk, hold.pk) == {"waitlist_confirmation": "met", "waitlist_offer": "met"}
    assert Wait.objects.get(pk=first.pk).closed_how == "placed"
    assert positions(ada, second) == [1]
    news_reaches(ada.agency, at=now)
    told = ["wait_begun", "offer_received", "offer_over", "person_placed", "wait_over"]
    assert story(first.case) == told, "each once, however often it is heard"
    with pytest.raises(Overtaken, match="not on this list any more: they took a bed"):
        take_offer(hold, guest=Guest(), at=now, by=ada)


def test_an_offer_that_is_not_taken_goes_to_the_next_at_once_and_nobody_loses_their_place(ada, bo, full, now):
    program = full[0]
    first, second = waits(program, ada, now, since=HOUR), waits(program, ada, now)
    becomes_free(full, at=now)
    (hold,) = offered(program, at=now, by=bo)
    with pytest.raises(Refused, match="Choose a reason"):
        refuse_offer(hold, reason="", at=now, by=ada)
    with pytest.raises(Refused, match="Say the other reason"):
        refuse_offer(hold, reason="other", at=now, by=ada)
    refuse_offer(hold, reason="not_tonight", at=now, by=ada)
    news_reaches(bo.agency, at=now, times=2)
    assert Hold.objects.standing().get().wait_id == second.pk
    assert positions(ada, first, second) == [1, 2]
    with pytest.raises(Overtaken, match="no longer held"):
        refuse_offer(hold, reason="not_tonight", at=now, by=ada)
    refuse_offer(Hold.objects.standing().get(), reason="not_safe", at=now, by=ada)
    assert offered(program, at=now, by=bo) == [], "it was offered to everybody: it is free for all"
    confirm_wait(first, at=now, by=ada)
    assert offered(program, at=now, by=bo)[0].wait_id == first.pk, "until they say that they still want it"


def test_an_offer_that_nobody_answers_runs_out_by_the_clock_of_the_database(ada, bo, full, now, monkeypatch):
    program = full[0]
    with monkeypatch.context() as patched:
        run_out_at_once(patched)
        first = waits(program, ada, now, since=HOUR)
    second = waits(program, ada, now)
    becomes_free(full, at=now)
    (hold,) = offered(program, at=now, by=bo)
    with pytest.raises(Overtaken, match="its time ran out"):
        take_offer(hold, guest=Guest(), at=now - timedelta(days=30), by=ada)
    news_reaches(ada.agency, at=now)
    assert offer_on(bo.agency, at=now) == 1
    assert Hold.objects.standing().get().wait_id == second.pk
    news_reaches(ada.agency, at=now, times=2)
    assert story(first.case).count("offer_over") == 1
    assert positions(ada, first, second) == [1, 2], "who did not answer keeps their place"
    leave_list(second, reason="found_elsewhere", at=now, by=ada)
    assert offered(program, at=now, by=bo) == [], "and is not offered a bed in vain again"
    confirm_wait(first, at=now, by=ada)
    assert len(offered(program, at=now, by=bo)) == 1


def test_a_missed_offer_whose_clock_runs_is_followed_by_the_minute(ada, bo, full, now):
    first = waits(full[0], ada, now)
    becomes_free(full, at=now)
    (hold,) = offered(full[0], at=now, by=bo)
    news_reaches(ada.agency, at=now)
    with acting(bo):
        Hold.objects.filter(pk=hold.pk).update(ended_at=now, ended_how="withdrawn")
    as_seen_by(ada)
    offer_on(ada.agency, at=now + 2 * HOUR)
    assert clocks(hold.pk) == {"waitlist_offer": "excused"}
    assert story(first.case).count("offer_over") == 1
    assert Entry.objects.filter(verb="clocks.clock_missed", about__isnull=False).exists()


def test_a_house_passes_over_and_takes_off_with_a_reason_that_the_other_side_reads(ada, bo, full, now):
    program = full[0]
    first, second = waits(program, ada, now, since=HOUR), waits(program, ada, now)
    becomes_free(full, at=now)
    (hold,) = offered(program, at=now, by=bo)
    with acting(bo):
        with pytest.raises(Refused, match="Choose a reason"):
            skip_turn(first, reason="rumor", at=now, by=bo)
        skip = skip_turn(first, reason="bed_does_not_fit", words="Upper bunk.", at=now, by=bo)
        assert skip.until > now, "by the clock of the database"
    assert Hold.objects.standing().get().wait_id == second.pk, "the bed goes on at once"
    news_reaches(ada.agency, at=now, times=2)
    assert story(first.case)[-2:] == ["offer_over", "turn_skipped"]
    assert Skip.objects.get().words == "Upper bunk.", "those who sent them read it"
    assert positions(ada, first, second) == [1, 2]
    with pytest.raises(Overtaken, match="no longer held"):
        take_offer(hold, guest=Guest(), at=now, by=ada)
    with acting(bo):
        take_off(second, reason="criteria", at=now, by=bo)
        with pytest.raises(Overtaken, match="taken off by the house"):
            take_off(second, reason="criteria", at=now, by=bo)
        assert offer_free_beds(program, at=now, by=bo) == [], "who is passed over is not offered it meanwhile"
    news_reaches(ada.agency, at=now, times=2)
    assert clocks(second.pk) == {"waitlist_confirmation": "excused"}
    assert story(second.case)[-1] == "wait_over"
    with pytest.raises(Overtaken, match="not on this list"):
        confirm_wait(second, at=now, by=ada)


def test_another_bed_goes_to_nobody_who_was_passed_over_or_did_not_answer(ada, bo, full, now, monkeypatch):
    program = full[0]
    first = waits(program, ada, now)
    with acting(bo):
        skip_turn(first, reason="bed_does_not_fit", at=now, by=bo)
        a_bed(keeper=bo.agency, at=now, place=program.place, kind=program.kind)
        assert offer_free_beds(program, at=now, by=bo) == []
    with monkeypatch.context() as patched:
        run_out_at_once(patched)
        second = waits(program, ada, now)
    assert [one.wait_id for one in offered(program, at=now, by=bo)] == [second.pk]
    with acting(bo):
        a_bed(keeper=bo.agency, at=now, place=program.place, kind=program.kind)
        assert offer_free_beds(program, at=now, by=bo) == [], "their last offer ran out unanswered"
    with acting(ada):
        confirm_wait(second, at=now, by=ada)
    assert [one.wait_id for one in offered(program, at=now, by=bo)] == [second.pk]


def test_a_bed_that_cannot_be_kept_is_out_of_use_until_the_house_says_otherwise(ada, bo, full, now):
    program = full[0]
    waits(program, ada, now)
    becomes_free(full, at=now)
    (hold,) = offered(program, at=now, by=bo)
    with acting(bo):
        with pytest.raises(Refused, match="Say why"):
            take_offer_back(hold, words=" ", at=now, by=bo)
        take_offer_back(hold, words="The pipe burst.", at=now, by=bo)
        with pytest.raises(Overtaken, match="no longer held"):
            take_offer_back(hold, words="Again", at=now, by=bo)
        assert bed_of(program) not in free_beds(now)
        with pytest.raises(Overtaken, match="is out of use already"):
            take_out_of_use(bed_of(program), reason="Leak", at=now, by=bo)
    confirm_wait(Wait.objects.get(), at=now, by=ada)
    with acting(bo):
        reopen_bed(bed_of(program), program, at=now, by=bo)
        with pytest.raises(Overtaken, match="in use already"):
            reopen_bed(bed_of(program), program, at=now, by=bo)
    assert Hold.objects.standing().get().bed == bed_of(program)


def test_the_order_is_by_what_the_house_puts_first_and_then_by_the_time_waited(ada, bo, full, now):
    program = full[0]
    early = waits(program, ada, now, since=HOUR)
    late = waits(program, ada, now, grounds=("fleeing",))
    assert positions(ada, early, late) == [1, 2], "a house that says nothing goes by the time waited"
    with acting(bo):
        for wrong in (["fleeing", "fleeing"], ["rumor"]):
            with pytest.raises(Refused, match="in its place once"):
                say_rule(program, first=wrong, offer_for=HOUR, is_open=True, at=now, by=bo)
        with pytest.raises(Refused, match="at least five minutes"):
            say_rule(program, first=[], offer_for=timedelta(0), is_open=True, at=now, by=bo)
        say_rule(program, first=["children", "fleeing"], offer_for=HOUR, is_open=False, at=now, by=bo)
    assert positions(ada, early, late) == [2, 1]
    assert ListRule.objects.get().first == ["children", "fleeing"], "everybody may read it"
    becomes_free(full, at=now)
    assert offered(program, at=now, by=bo)[0].wait_id == late.pk
    with pytest.raises(Refused, match="takes nobody on its list"):
        waits(program, ada, now)


def test_somebody_waits_once_on_a_list_and_a_case_that_waits_is_not_closed(ada, bo, full, now):
    wait = waits(full[0], ada, now)
    with pytest.raises(Overtaken, match="on this list already"):
        a_wait(wait.case, full[0], by=ada)
    with pytest.raises(Refused, match="stand on a waiting list"):
        close_case(wait.case, outcome="declined", words="No more.", at=now, by=ada)
    with pytest.raises(Refused, match="Choose a reason"):
        leave_list(wait, reason="", at=now, by=ada)
    leave_list(wait, reason="not_wanted", at=now, by=ada)
    with pytest.raises(Overtaken, match="they wait no longer"):
        leave_list(wait, reason="not_wanted", at=now, by=ada)
    hidden = a_program(keeper=an_agency(kind=Agency.Kind.VICTIM_SERVICE), at=now)
    with pytest.raises(Refused, match="cannot be joined from here"):
        a_wait(wait.case, hidden, by=ada)


def test_who_has_a_bed_moves_to_the_one_they_waited_for(ada, bo, full, now):
    other = a_program(keeper=an_agency(), at=now)
    wait = waits(full[0], ada, now)
    place(wait.case, bed_of(other), guest=Guest(), at=now, by=ada)
    becomes_free(full, at=now)
    (hold,) = offered(full[0], at=now, by=bo)
    take_offer(hold, guest=Guest(), at=now, by=ada)
    assert Placement.objects.standing().get(case=wait.case).bed == hold.bed


def test_an_entry_grows_old_and_stays(ada, bo, full, now):
    wait = waits(full[0], ada, now)
    later = now + WAITS.confirm_every
    assert (wait.is_old(now), wait.is_old(later)) == (False, True)
    offer_on(bo.agency, at=later)
    assert positions(ada, wait) == [1]
    again = confirm_wait(wait, at=later, by=ada)
    assert (again.is_old(later), again.since) == (False, wait.since)
    assert Clock.objects.filter(about=wait.pk).count() == 2, "one replaced, one running"


def test_who_may(ada, bo, full, now):
    wait = waits(full[0], ada, now)
    becomes_free(full, at=now)
    (hold,) = offered(full[0], at=now, by=bo)
    mine = "Only those"
    for act in (
        lambda: confirm_wait(wait, at=now, by=bo),
        lambda: leave_list(wait, reason="not_wanted", at=now, by=bo),
        lambda: take_offer(hold, guest=Guest(), at=now, by=bo),
        lambda: refuse_offer(hold, reason="not_safe", at=now, by=bo),
    ):
        with acting(bo), pytest.raises(NotPermitted, match=mine):
            act()
    for act in (
        lambda: skip_turn(wait, reason="no_answer", at=now, by=ada),
        lambda: take_off(wait, reason="criteria", at=now, by=ada),
        lambda: offer_free_beds(full[0], at=now, by=ada),
        lambda: say_rule(full[0], first=[], offer_for=HOUR, is_open=True, at=now, by=ada),
        lambda: reopen_bed(hold.bed, full[0], at=now, by=ada),
    ):
        with pytest.raises(NotPermitted, match="Another agency keeps this list"):
            act()
    for keeping in (
        lambda: take_out_of_use(hold.bed, reason="Leak", at=now, by=ada),
        lambda: bring_back_into_use(hold.bed, at=now, by=ada),
    ):
        with pytest.raises(NotPermitted, match="Another agency keeps this bed"):
            keeping()
    with pytest.raises(NotPermitted, match="Only the house"):
        take_offer_back(hold, words="Mine", at=now, by=ada)


def test_each_sender_sees_only_its_own_and_the_house_no_name(ada, bo, full, now):
    mine = waits(full[0], ada, now)
    dot = an_actor(now=now)
    theirs = waits(full[0], dot, now, since=HOUR)
    assert positions(ada, mine, theirs) == [2, None]
    assert positions(dot, mine, theirs) == [None, 1]
    with acting(dot):
        assert one_row("SELECT referrals_position(%s)", (mine.pk,)) == (None,), (
            "nor is it told to who knows the id"
        )
    with acting(bo):
        assert Wait.objects.in_line().count() == 2
        assert not Wait.objects.exclude(facts__isnull=False).exists()
        assert "known_as" not in {field.name for field in Wait._meta.fields}


RAW = {
    "UPDATE referrals_wait SET rank = 0 WHERE id = %s": "the_house_orders_its_list",
    "UPDATE referrals_wait SET since = since - interval '1 year' WHERE id = %s": "what_was_sent_stays_as_sent",
    "UPDATE referrals_wait SET closed_at = now(), closed_how = 'taken_off', reason = 'x' WHERE id = %s": (
        "the_house_orders_its_list"
    ),
}


@pytest.mark.parametrize("sql", RAW)
def test_nobody_jumps_the_queue_by_hand(ada, bo, full, now, sql):
    with acting(bo):
        say_rule(full[0], first=["fleeing"], offer_for=HOUR, is_open=True, at=now, by=bo)
    wait = waits(full[0], ada, now)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        run_sql(sql, (wait.pk,))
    assert refused.value.__cause__.diag.constraint_name == RAW[sql]


def test_an_offer_is_made_by_who_keeps_the_bed_to_who_waits_for_it(ada, bo, full, now):
    wait = waits(full[0], ada, now)
    other = a_program(keeper=bo.agency, at=now, kind="detox")
    becomes_free(full, at=now)
    with acting(bo), pytest.raises(ProgrammingError), transaction.atomic():
        Hold.objects.create(
            wait=wait, from_agency=ada.agency, to_agency=bo.agency, bed=bed_of(other), by=bo.user
        )
    with pytest.raises(ProgrammingError), transaction.atomic():
        Hold.objects.create(
            wait=wait, from_agency=ada.agency, to_agency=bo.agency, bed=bed_of(full[0]), by=ada.user
        )


def test_who_waits_has_one_offer_at_a_time_whoever_writes(ada, bo, full, now):
    wait = waits(full[0], ada, now)
    becomes_free(full, at=now)
    a_bed(keeper=bo.agency, at=now, place=full[0].place)
    (hold,) = offered(full[0], at=now, by=bo)
    second = Bed.objects.of(full[0]).exclude(pk=hold.bed_id).get()
    with acting(bo), pytest.raises(IntegrityError) as refused, transaction.atomic():
        Hold.objects.create(wait=wait, from_agency=ada.agency, to_agency=bo.agency, bed=second, by=bo.user)
    assert refused.value.__cause__.diag.constraint_name == "one_offer_at_a_time"
