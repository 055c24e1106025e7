from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from breakwater.cases.actions.closing import close_case
from breakwater.cases.testing import a_case
from breakwater.clocks.models import Clock
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.plans.actions.needs import (
    Task,
    drop_step,
    end_need,
    finish_step,
    link_needs,
    move_step,
    name_need,
    plan_step,
    unlink_needs,
)
from breakwater.plans.models import Link, Need, Step
from breakwater.plans.testing import a_need, a_step
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Entry
from breakwater.trust.testing import NOON, a_guest, an_actor, as_seen_by

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=3)


def verbs(case):
    return list(Entry.objects.of_episode(case.pk).values_list("verb", flat=True))


def clock_of(step):
    return Clock.objects.of(step.pk).order_by("-started_at", "-pk").first()


def with_only_the_clock_of(step, *, by):
    """The case as it is when everything else was done."""
    Clock.objects.running().in_episode(step.case_id).exclude(about=step.pk).update(
        ended_at=LATER, ended_how=Clock.Ended.MET, ended_by=by.user
    )


def test_a_need_is_named_in_the_persons_words():
    ada = an_actor()
    case = a_case(by=ada)
    need = name_need(case, domain="housing", words="  Somewhere the kids\n can sleep  ", at=NOON, by=ada)
    need.refresh_from_db()
    assert (need.words, need.ends_at) == ("  Somewhere the kids\n can sleep  ", None)
    assert "plans.need_named" in verbs(case)


def test_a_need_ends_as_met_or_as_no_longer_there():
    ada = an_actor()
    case = a_case(by=ada)
    met = end_need(a_need(case, by=ada), how="met", at=LATER, by=ada)
    gone = end_need(a_need(case, by=ada, domain="food"), how="no_longer", at=LATER, by=ada)
    assert (met.ended_how, met.ends_at, gone.ended_how) == ("met", LATER, "no_longer")
    assert verbs(case).count("plans.need_ended") == 2


def test_a_need_ends_once():
    ada = an_actor()
    need = a_need(a_case(by=ada), by=ada)
    end_need(need, how="met", at=LATER, by=ada)
    with pytest.raises(Overtaken, match="already ended: met"):
        end_need(need, how="no_longer", at=LATER, by=ada)


def test_a_need_of_a_closed_case_cannot_be_named():
    ada = an_actor()
    case = a_case(by=ada)
    close_case(case, outcome="moved", at=NOON, by=ada)
    with pytest.raises(Refused, match="Reopen it first"):
        a_need(case, by=ada)
    with pytest.raises(Refused, match="Reopen it first"):
        a_step(case, by=ada)


def test_one_need_feeds_another_and_the_first_comes_first():
    ada = an_actor()
    case = a_case(by=ada)
    food = a_need(case, by=ada, domain="food")
    address = a_need(case, by=ada, domain="housing", at=LATER)
    link_needs(address, effect=food, at=LATER, by=ada)
    first, second = Need.objects.of_episode(case.pk).in_order_of_work()
    assert (first, first.feeds, second, second.feeds) == (address, [food.pk], food, [])


def test_needs_that_ended_come_last():
    ada = an_actor()
    case = a_case(by=ada)
    food, address = a_need(case, by=ada, domain="food"), a_need(case, by=ada)
    end_need(food, how="met", at=LATER, by=ada)
    assert Need.objects.of_episode(case.pk).in_order_of_work() == [address, Need.objects.get(pk=food.pk)]


def test_what_feeds_what_is_said_once_and_can_be_unsaid():
    ada = an_actor()
    case = a_case(by=ada)
    address, food = a_need(case, by=ada), a_need(case, by=ada, domain="food")
    link_needs(address, effect=food, at=NOON, by=ada)
    with pytest.raises(Overtaken, match="already said"):
        link_needs(address, effect=food, at=NOON, by=ada)
    unlink_needs(address, effect=food, at=LATER, by=ada)
    with pytest.raises(Overtaken, match="not linked"):
        unlink_needs(address, effect=food, at=LATER, by=ada)
    link_needs(address, effect=food, at=LATER, by=ada)
    assert Link.objects.count() == 2
    assert Link.objects.standing().count() == 1


def test_needs_may_feed_each_other():
    ada = an_actor()
    case = a_case(by=ada)
    sleep, work = a_need(case, by=ada), a_need(case, by=ada, domain="income")
    link_needs(sleep, effect=work, at=NOON, by=ada)
    assert link_needs(work, effect=sleep, at=NOON, by=ada)


def test_a_need_does_not_feed_itself():
    ada = an_actor()
    need = a_need(a_case(by=ada), by=ada)
    with pytest.raises(Refused, match="does not feed itself"):
        link_needs(need, effect=need, at=NOON, by=ada)


def test_needs_of_two_cases_are_not_linked():
    ada = an_actor()
    here, there = a_need(a_case(by=ada), by=ada), a_need(a_case(by=ada), by=ada)
    with pytest.raises(Refused, match="of this case"):
        link_needs(here, effect=there, at=NOON, by=ada)


def test_a_step_runs_a_clock_until_it_is_done():
    ada = an_actor()
    case = a_case(by=ada)
    step = a_step(case, by=ada, due_at=LATER)
    clock = clock_of(step)
    assert (clock.kind, clock.due_at, clock.episode, clock.ended_at) == ("step", LATER, case.pk, None)
    finish_step(step, outcome="She will wait until Friday", at=NOON + timedelta(hours=1), by=ada)
    clock.refresh_from_db()
    step.refresh_from_db()
    assert (clock.ended_how, clock.ended_at) == ("met", NOON + timedelta(hours=1))
    assert (step.ended_how, step.outcome, step.ended_by) == ("done", "She will wait until Friday", ada.user)
    assert {"plans.step_planned", "plans.step_finished"} <= set(verbs(case))


def test_a_dropped_step_says_why_and_its_clock_is_excused():
    ada = an_actor()
    step = a_step(a_case(by=ada), by=ada)
    with pytest.raises(Refused, match="Say why"):
        drop_step(step, reason="  ", at=LATER, by=ada)
    drop_step(step, reason="The landlord moved away", at=LATER, by=ada)
    clock = clock_of(step)
    assert (clock.ended_how, clock.excuse) == ("excused", "The landlord moved away")


def test_a_step_that_ended_stays_ended():
    ada = an_actor()
    step = a_step(a_case(by=ada), by=ada)
    finish_step(step, outcome="", at=LATER, by=ada)
    for again in (
        lambda: finish_step(step, outcome="", at=LATER, by=ada),
        lambda: drop_step(step, reason="late", at=LATER, by=ada),
        lambda: move_step(step, due_at=NOON + timedelta(days=2), at=LATER, by=ada),
    ):
        with pytest.raises(Overtaken, match="already ended: done"):
            again()


def test_moving_a_step_replaces_its_clock():
    ada = an_actor()
    case = a_case(by=ada)
    step = a_step(case, by=ada, due_at=LATER)
    move_step(step, due_at=LATER + timedelta(days=1), at=NOON + timedelta(hours=1), by=ada)
    step.refresh_from_db()
    assert step.due_at == LATER + timedelta(days=1)
    assert list(Clock.objects.of(step.pk).order_by("pk").values_list("ended_how", "due_at")) == [
        ("replaced", LATER),
        ("", LATER + timedelta(days=1)),
    ]
    moved = Entry.objects.get(verb="plans.step_moved")
    assert moved.facts["was_due_at"] == LATER.isoformat()


@pytest.mark.parametrize(
    ("due_at", "sentence"),
    [(NOON, "still to come"), (NOON + timedelta(days=500), "within a year")],
)
def test_a_step_is_due_at_a_possible_time(due_at, sentence):
    ada = an_actor()
    case = a_case(by=ada)
    with pytest.raises(Refused, match=sentence):
        a_step(case, by=ada, due_at=due_at)
    step = a_step(case, by=ada)
    with pytest.raises(Refused, match=sentence):
        move_step(step, due_at=due_at, at=NOON, by=ada)


def test_a_step_is_not_moved_to_where_it_is():
    ada = an_actor()
    step = a_step(a_case(by=ada), by=ada, due_at=LATER)
    with pytest.raises(Refused, match="already has"):
        move_step(step, due_at=LATER, at=NOON, by=ada)


def test_the_person_or_a_partner_may_do_a_step():
    ada = an_actor()
    case = a_case(by=ada)
    person = plan_step(case, Task(words="Bring the letter", owner="person"), due_at=LATER, at=NOON, by=ada)
    partner = plan_step(
        case, Task(words="Keep a bed", owner="partner", partner="Hope House"), due_at=LATER, at=NOON, by=ada
    )
    assert (person.worker, person.partner) == (None, "")
    assert (partner.worker, partner.partner) == (None, "Hope House")


@pytest.mark.parametrize(
    ("task", "sentence"),
    [
        (Task(words=" ", owner="person"), "what is to be done"),
        (Task(words="Call", owner="worker"), "who works here now"),
        (Task(words="Call", owner="partner", partner=" "), "which partner"),
    ],
)
def test_a_step_has_somebody_to_do_it(task, sentence):
    ada = an_actor()
    with pytest.raises(Refused, match=sentence):
        plan_step(a_case(by=ada), task, due_at=LATER, at=NOON, by=ada)


def test_a_step_is_done_by_somebody_who_works_here():
    stranger = an_actor()
    ada = an_actor()
    with pytest.raises(Refused, match="who works here now"):
        a_step(a_case(by=ada), by=ada, worker=stranger.user)


def test_a_step_meets_a_standing_need_of_its_own_case():
    ada = an_actor()
    case = a_case(by=ada)
    elsewhere = a_need(a_case(by=ada), by=ada)
    ended = end_need(a_need(case, by=ada), how="met", at=NOON, by=ada)
    for need in (elsewhere, ended):
        with pytest.raises(Refused, match="need of this case"):
            a_step(case, by=ada, need=need)
    assert a_step(case, by=ada, need=a_need(case, by=ada)).need


def test_when_the_last_promise_is_kept_the_next_contact_is_promised():
    ada = an_actor()
    case = a_case(by=ada)
    for end in (
        lambda step: finish_step(step, outcome="", at=LATER, by=ada),
        lambda step: drop_step(step, reason="No use any more", at=LATER, by=ada),
    ):
        step = a_step(case, by=ada, at=LATER)
        with_only_the_clock_of(step, by=ada)
        end(step)
        running = Clock.objects.running().in_episode(case.pk)
        assert [clock.kind for clock in running] == ["next_contact"]


def test_a_partner_worker_plans_nothing():
    ada = an_actor()
    case = a_case(by=ada)
    step, need = a_step(case, by=ada), a_need(case, by=ada)
    partner = an_actor(Role.PARTNER, agency=ada.agency)
    for act in (
        lambda: a_need(case, by=partner),
        lambda: end_need(need, how="met", at=NOON, by=partner),
        lambda: link_needs(need, effect=need, at=NOON, by=partner),
        lambda: unlink_needs(need, effect=need, at=NOON, by=partner),
        lambda: a_step(case, by=partner),
        lambda: finish_step(step, outcome="", at=NOON, by=partner),
        lambda: move_step(step, due_at=LATER, at=NOON, by=partner),
        lambda: drop_step(step, reason="no", at=NOON, by=partner),
    ):
        with pytest.raises(NotPermitted, match="does not allow this"):
            act()


def test_another_agency_that_reads_a_case_leaves_its_plans_alone():
    ada, bo = an_actor(Role.SUPERVISOR), an_actor()
    case = a_case(by=as_seen_by(ada))
    need, other = a_need(case, by=ada), a_need(case, by=ada, domain="food")
    step = a_step(case, by=ada)
    link_needs(need, effect=other, at=NOON, by=ada)
    a_guest(case.circle, agency=bo.agency, until=None, at=NOON, by=ada)
    as_seen_by(bo)
    for act in (
        lambda: end_need(need, how="met", at=LATER, by=bo),
        lambda: unlink_needs(need, effect=other, at=LATER, by=bo),
        lambda: move_step(step, due_at=LATER + timedelta(days=1), at=LATER, by=bo),
    ):
        with pytest.raises(NotPermitted, match="holds this case"), transaction.atomic():
            act()


def test_another_agency_plans_nothing_for_a_case_it_does_not_know():
    ada = an_actor()
    case = a_case(by=ada)
    stranger = an_actor()
    with pytest.raises(NotPermitted, match="circle of care"):
        a_need(case, by=stranger)


def test_a_failed_plan_leaves_no_trace():
    ada = an_actor()
    case = a_case(by=ada)
    before = verbs(case)
    with pytest.raises(Refused):
        a_step(case, by=ada, due_at=NOON)
    as_seen_by(ada)
    assert verbs(case) == before
    assert not Step.objects.exists()


def refused_by_the_database(name, write):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        write()


def test_the_database_keeps_needs_and_links_whole():
    ada = an_actor()
    case = a_case(by=ada)
    need, other = a_need(case, by=ada), a_need(case, by=ada, domain="food")
    mine = Need.objects.filter(pk=need.pk)
    facts = {"circle": case.circle, "by": ada.user, "starts_at": NOON}
    refused_by_the_database("an_ended_need_says_how", lambda: mine.update(ends_at=NOON))
    refused_by_the_database("an_ended_need_says_how", lambda: mine.update(ended_how="met"))
    refused_by_the_database(
        "need_ends_after_it_starts", lambda: mine.update(ends_at=NOON - timedelta(days=1), ended_how="met")
    )
    refused_by_the_database(
        "a_need_does_not_feed_itself", lambda: Link.objects.create(cause=need, effect=need, **facts)
    )
    link = Link.objects.create(cause=need, effect=other, **facts)
    refused_by_the_database(
        "one_link_between_two_needs", lambda: Link.objects.create(cause=need, effect=other, **facts)
    )
    refused_by_the_database(
        "link_ends_after_it_starts",
        lambda: Link.objects.filter(pk=link.pk).update(ends_at=NOON - timedelta(days=1)),
    )


def test_the_database_keeps_steps_whole():
    ada = an_actor()
    step = a_step(a_case(by=ada), by=ada)
    mine = Step.objects.filter(pk=step.pk)
    refused_by_the_database("an_ended_step_says_how", lambda: mine.update(ends_at=LATER))
    refused_by_the_database(
        "a_dropped_step_says_why", lambda: mine.update(ends_at=LATER, ended_how="dropped", outcome="")
    )
    refused_by_the_database(
        "step_ends_after_it_starts", lambda: mine.update(ends_at=NOON - timedelta(days=1), ended_how="done")
    )
    refused_by_the_database("a_step_says_what", lambda: mine.update(words=""))
    for wrong in ({"worker": None}, {"owner": "person"}, {"owner": "partner", "worker": None}):
        refused_by_the_database("a_step_has_somebody_to_do_it", lambda wrong=wrong: mine.update(**wrong))


def test_needs_links_and_steps_are_not_there_for_another_agency():
    ada = an_actor()
    case = a_case(by=ada)
    need, other = a_need(case, by=ada), a_need(case, by=ada)
    a_step(case, by=ada)
    link_needs(need, effect=other, at=NOON, by=ada)
    stranger = an_actor()
    for model in (Need, Link, Step):
        assert not model.objects.exists(), "the database's wall, with ours out of the way"
        assert not model.objects.visible_to(stranger).exists()
    as_seen_by(ada)
    for model in (Need, Link, Step):
        assert model.objects.visible_to(ada).exists()
        assert not model.objects.visible_to(stranger).exists(), "our wall, with the database's out of the way"
