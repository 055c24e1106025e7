"""Ask many places at once: the first yes holds a bed, the others are told, and the clock of the database decides."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from breakwater.cases.actions.closing import close_case
from breakwater.cases.testing import a_case
from breakwater.clocks.models import Clock
from breakwater.kernel.db import one_row, run_sql
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.referrals.actions.answering import accept_ask, decline_ask, free_for, put_question
from breakwater.referrals.actions.asking import Wish, ask_many, call_off, reply
from breakwater.referrals.actions.holds import give_back, take_back, take_up
from breakwater.referrals.actions.placement import Guest
from breakwater.referrals.jobs import let_go_of
from breakwater.referrals.library import ROUNDS
from breakwater.referrals.models import Ask, Hold, Placement, Question, Round, free_beds, won_rounds
from breakwater.referrals.testing import a_bed, a_placement, a_program, a_round, asked_of, news_reaches
from breakwater.resources.fit import Wants
from breakwater.resources.models import Bed
from breakwater.trust.access import acting
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Agency, Entry
from breakwater.trust.testing import NOON, an_actor, an_agency

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(minutes=10)


def three_places(**facts):
    """A worker with a case, and three places with a bed each."""
    keepers = [an_actor(Role.PARTNER, agency=an_agency()) for _ in range(3)]
    programs = [a_program(keeper=one.agency, at=NOON, **facts) for one in keepers]
    ada = an_actor()
    return ada, a_case(by=ada), keepers, programs


def says_yes(keeper, program, *, at=LATER):
    with acting(keeper):
        ask = asked_of(program, by=keeper)
        return accept_ask(ask, Bed.objects.of(program).get(), at=at, by=keeper)


def stages(opened):
    return sorted(Ask.objects.filter(round=opened).values_list("stage", flat=True))


def clocks(*about):
    return dict(Clock.objects.filter(about__in=about).values_list("kind", "ended_how"))


def story(case):
    told = Entry.objects.of_episode(case.pk).filter(verb__startswith="referrals.").order_by("pk")
    return [verb.removeprefix("referrals.") for verb in told.values_list("verb", flat=True)]


def run_out_at_once(monkeypatch):
    """Holds that are over as soon as they begin, by the clock of the database."""
    brief = replace(ROUNDS, hold_for=timedelta(microseconds=1))
    monkeypatch.setattr("breakwater.referrals.actions.asking.ROUNDS", brief)


def test_the_first_yes_holds_a_bed_the_others_are_told_and_it_is_taken_up():
    ada, case, (bo, cy, di), programs = three_places()
    opened = a_round(case, *programs, by=ada, age=34, pet=True)
    assert clocks(opened.pk) == {"round_answer": ""}
    with acting(bo):
        asked = asked_of(programs[0], by=bo)
        assert (asked.facts, asked.words) == ({"age": 34, "pet": True}, "One person, tonight.")
        assert (Round.objects.count(), Ask.objects.count()) == (0, 1), "nobody learns who else was asked"
    hold = says_yes(bo, programs[0])
    assert hold.bed not in free_beds(LATER), "nobody else is offered it"
    with acting(cy):
        asked = asked_of(programs[1], by=cy)
        assert opened.pk in set(Ask.objects.filter(round__in=won_rounds()).values_list("round_id", flat=True))
        with (
            CaptureQueriesContext(connection) as late,
            pytest.raises(Overtaken, match="Another place was faster"),
        ):
            accept_ask(asked, Bed.objects.of(programs[1]).get(), at=LATER, by=cy)
        assert not any("INSERT" in one["sql"] for one in late), "who comes late is told by the first look"
        assert set(free_beds(LATER).kept_by(cy.agency)) == set(Bed.objects.of(programs[1]))
    news_reaches(ada.agency, at=LATER, times=2)
    assert stages(opened) == ["accepted", "called_off", "called_off"]
    assert clocks(opened.pk, hold.pk) == {"round_answer": "met", "hold_confirmation": ""}
    with acting(di):
        heard = Entry.objects.filter(to_agency=di.agency).order_by("pk").values_list("verb", flat=True)
        assert list(heard) == ["referrals.place_asked", "referrals.ask_called_off"]
        with pytest.raises(Overtaken, match="nothing to do"):
            decline_ask(asked_of(programs[2], by=di), reason="full", at=LATER, by=di)
    placement = take_up(hold, guest=Guest(known_as="Jay"), at=LATER, by=ada)
    assert (placement.bed, placement.host, placement.known_as) == (hold.bed, bo.agency, "Jay")
    assert clocks(opened.pk, hold.pk) == {"round_answer": "met", "hold_confirmation": "met"}
    assert Round.objects.get().closed_how == "taken_up"
    assert story(case) == ["round_opened", "bed_offered", "person_placed", "round_closed"]
    with pytest.raises(Overtaken, match="no longer held: taken up"):
        take_up(hold, guest=Guest(), at=LATER, by=ada)


def test_a_place_says_no_and_why_or_asks_something_first():
    ada, case, (bo, cy, _), programs = three_places()
    a_round(case, *programs, by=ada)
    with acting(bo):
        asked = asked_of(programs[0], by=bo)
        with pytest.raises(Refused, match="Choose a reason"):
            decline_ask(asked, reason="bored", at=LATER, by=bo)
        with pytest.raises(Refused, match="Say the other reason"):
            decline_ask(asked, reason="other", at=LATER, by=bo)
        decline_ask(asked, reason="pet", words="The dog next door is ill.", at=LATER, by=bo)
        with pytest.raises(Overtaken, match="answered already: declined"):
            put_question(asked, words="Still?", at=LATER, by=bo)
        assert asked_of(programs[0], by=bo).reason == "pet"
    with acting(cy):
        asked = asked_of(programs[1], by=cy)
        with pytest.raises(Refused, match="Write the question"):
            put_question(asked, words=" ", at=LATER, by=cy)
        question = put_question(asked, words="Can they climb stairs?", at=LATER, by=cy)
        with pytest.raises(Overtaken, match="no reply yet"):
            put_question(asked, words="And now?", at=LATER, by=cy)
        with pytest.raises(NotPermitted):
            reply(question, words="Yes", at=LATER, by=cy)
    with pytest.raises(Refused, match="they wait for it"):
        reply(question, words=" ", at=LATER, by=ada)
    reply(question, words="One flight.", at=LATER, by=ada)
    with pytest.raises(Overtaken, match="Somebody has replied"):
        reply(question, words="Two flights.", at=LATER, by=ada)
    with acting(cy):
        assert Question.objects.get().reply == "One flight."
        assert free_for(asked, LATER) == list(Bed.objects.of(programs[1]))


def test_a_round_is_refused_in_words():
    ada, case, keepers, programs = three_places()
    house = a_program(keeper=an_agency(kind=Agency.Kind.VICTIM_SERVICE), at=NOON)
    ours = a_program(keeper=ada.agency, at=NOON)
    other = a_program(keeper=keepers[0].agency, at=NOON, kind=Bed.Kind.DETOX)
    wish = Wish(kind=Bed.Kind.SHELTER_ADULT, wants=Wants())
    for chosen, sentence in (
        ([], "at least one place"),
        (programs * 22, "at most 64"),
        ([programs[0], other], "kinds of bed that were chosen"),
        ([programs[0], house], "Call those who keep it"),
        ([ours], "Call those who keep it"),
    ):
        with pytest.raises(Refused, match=sentence):
            ask_many(case, wish, chosen, at=NOON, by=ada)
    a_round(case, *programs, by=ada)
    with pytest.raises(Overtaken, match="being asked already"):
        a_round(case, *programs, by=ada)
    with pytest.raises(Refused, match="Call it off first"):
        close_case(case, outcome="declined", words="No more.", at=LATER, by=ada)
    with acting(keepers[0]):
        ask = asked_of(programs[0], by=keepers[0])
    with acting(keepers[0]), pytest.raises(NotPermitted, match="not asked"):
        decline_ask(ask, reason="full", at=LATER, by=keepers[1])
    with acting(keepers[0]), pytest.raises(Refused, match="Choose one of the beds"):
        accept_ask(ask, Bed.objects.of(programs[1]).get(), at=LATER, by=keepers[0])


def test_who_has_a_bed_is_not_asked_for():
    ada, case, keepers, programs = three_places()
    a_placement(case, a_bed(keeper=keepers[0].agency, at=NOON), by=ada)
    with pytest.raises(Overtaken, match="already hold a bed"):
        a_round(case, *programs, by=ada)


def test_it_is_called_off_and_everybody_hears():
    ada, case, (bo, *_), programs = three_places()
    opened = a_round(case, *programs, by=ada)
    hold = says_yes(bo, programs[0])
    with acting(bo), pytest.raises(NotPermitted, match="Only those who ask can call it off"):
        call_off(opened, at=LATER, by=bo)
    call_off(opened, at=LATER, by=ada)
    assert stages(opened) == ["accepted", "called_off", "called_off"]
    assert set(clocks(opened.pk, hold.pk).values()) == {"excused"}
    assert hold.bed in free_beds(LATER)
    with pytest.raises(Overtaken, match="This is over: called off"):
        call_off(opened, at=LATER, by=ada)
    news_reaches(ada.agency, at=LATER)
    assert "bed_offered" in story(case), "a yes that came too late is still told"


@pytest.mark.parametrize("by_whom", ["those who asked", "the place"])
def test_a_hold_is_given_back_or_taken_back_with_a_reason_and_one_asks_again(by_whom):
    ada, case, (bo, *_), programs = three_places()
    opened = a_round(case, *programs, by=ada)
    hold = says_yes(bo, programs[0])
    news_reaches(ada.agency, at=LATER)
    actor, act = (ada, give_back) if by_whom == "those who asked" else (bo, take_back)
    with acting(actor):
        with pytest.raises(Refused, match="Say why"):
            act(hold, words="", at=LATER, by=actor)
        act(hold, words="The pipe burst", at=LATER, by=actor)
        with pytest.raises(Overtaken, match="no longer held"):
            act(hold, words="Again", at=LATER, by=actor)
    with acting(bo if actor is ada else ada), pytest.raises(NotPermitted):
        act(hold, words="Not mine", at=LATER, by=bo if actor is ada else ada)
    news_reaches(ada.agency, at=LATER, times=2)
    assert (Round.objects.get().closed_how, clocks(hold.pk)) == ("ran_out", {"hold_confirmation": "excused"})
    assert a_round(case, *programs[1:], by=ada, at=LATER).pk != opened.pk


@pytest.mark.parametrize("app_clock", [timedelta(days=-200), timedelta(days=200)])
def test_a_hold_runs_out_by_the_clock_of_the_database_and_no_other(monkeypatch, app_clock):
    ada, case, (bo, cy, _), programs = three_places()
    a_round(case, *programs, by=ada)
    hold = says_yes(bo, programs[0], at=LATER)
    assert hold.expires_at - hold.starts_at == ROUNDS.hold_for
    assert Hold.objects.standing().filter(pk=hold.pk).exists()
    assert hold.bed not in free_beds(LATER + app_clock), (
        "the moment that the page believes in changes nothing"
    )
    run_out_at_once(monkeypatch)
    eve = an_actor()
    second = a_case(by=eve)
    with acting(eve):
        a_round(second, programs[1], by=eve)
    late = says_yes(cy, programs[1], at=LATER)
    assert late.bed in free_beds(LATER + app_clock)
    with acting(eve):
        with pytest.raises(Overtaken, match="its time ran out"):
            take_up(late, guest=Guest(), at=NOON + app_clock, by=eve)
        a_round(second, programs[2], by=eve, at=LATER)
        assert set(Round.objects.filter(case=second).values_list("closed_how", flat=True)) == {"ran_out", ""}
    with acting(ada):
        assert take_up(hold, guest=Guest(), at=LATER, by=ada).bed == hold.bed


def test_a_bed_that_nobody_took_up_ends_its_round_by_itself_and_its_worker_hears(monkeypatch):
    run_out_at_once(monkeypatch)
    ada, case, (bo, cy, _), programs = three_places()
    a_round(case, *programs, by=ada)
    hold = says_yes(bo, programs[0])
    monkeypatch.undo()
    eve = an_actor(agency=ada.agency)
    with acting(eve):
        standing = a_round(a_case(by=eve), programs[1], by=eve)
    says_yes(cy, programs[1])
    news_reaches(ada.agency, at=LATER)
    promised = Clock.objects.get(about=hold.pk)
    due = promised.due_at + timedelta(seconds=1)
    assert (let_go_of(ada.agency, at=due), let_go_of(ada.agency, at=due)) == (1, 0), (
        "once, and only what ran out"
    )
    assert Round.objects.open().get() == standing
    assert (Round.objects.get(case=case).closed_how, Hold.objects.get(pk=hold.pk).ended_how) == (
        "ran_out",
        "ran_out",
    )
    assert stages(hold.round) == ["accepted", "called_off", "called_off"]
    assert list(promised.alarms.values_list("kind", flat=True)) == ["missed"], (
        "whoever waits for it is alarmed"
    )
    with acting(bo):
        assert Entry.objects.filter(to_agency=bo.agency, verb="referrals.hold_ended").exists()
    a_round(case, programs[2], by=ada, at=LATER)


def test_a_bed_that_is_held_is_given_to_nobody_else_whoever_asks_how(monkeypatch):
    ada, case, (bo, *_), programs = three_places()
    a_round(case, *programs, by=ada)
    hold = says_yes(bo, programs[0])
    eve = an_actor()
    with acting(eve):
        other = a_case(by=eve)
        with pytest.raises(Overtaken, match="just taken"):
            a_placement(other, hold.bed, by=eve)
        a_round(other, programs[0], by=eve)
    with acting(bo), pytest.raises(Overtaken, match="just taken or is held"):
        accept_ask(asked_of(programs[0], by=bo), hold.bed, at=LATER, by=bo)
    with acting(ada):
        take_up(hold, guest=Guest(), at=LATER, by=ada)
    with acting(bo), pytest.raises(Overtaken, match="just taken or is held"):
        accept_ask(asked_of(programs[0], by=bo), hold.bed, at=LATER, by=bo)


REFUSED_BY = "stays as it was sent|once|stands beside its hold|call off"


def test_postgresql_refuses_a_second_winner_and_a_longer_hold_from_whoever_speaks_to_it():
    ada, case, (bo, cy, _), programs = three_places()
    opened = a_round(case, *programs, by=ada)
    hold = says_yes(bo, programs[0])
    with acting(cy):
        assert one_row("SELECT current_user")[0] == "breakwater_app"
        mine = asked_of(programs[1], by=cy)
        bed = Bed.objects.of(programs[1]).get()
        columns = "(id, round_id, ask_id, from_agency_id, to_agency_id, bed_id, ended_how, words, reason)"
        a_row = (opened.pk, mine.pk, ada.agency_id, cy.agency_id)
        for bed_id, why in ((bed.pk, "a_round_is_won_once"), (hold.bed_id, "row-level")):
            refused(
                f"INSERT INTO referrals_hold {columns} VALUES (gen_random_uuid(), %s, %s, %s, %s, %s, '', '', '')",
                (*a_row, bed_id),
                why,
            )
        refused("UPDATE referrals_ask SET stage = 'accepted', over_at = now() WHERE id = %s", (mine.pk,))
        assert not Hold.objects.exists(), "what others hold is not theirs to see"
    with acting(bo):
        for change in (
            "expires_at = expires_at + interval '1 day'",
            "starts_at = now()",
            "bed_id = gen_random_uuid()",
        ):
            refused(f"UPDATE referrals_hold SET {change} WHERE id = %s", (hold.pk,))
        refused("UPDATE referrals_ask SET stage = 'waiting', over_at = NULL WHERE id = %s", (hold.ask_id,))
    refused("UPDATE referrals_ask SET stage = 'accepted', over_at = now() WHERE id = %s", (mine.pk,))
    refused("UPDATE referrals_round SET hold_for = interval '9 days' WHERE id = %s", (opened.pk,))
    call_off(opened, at=LATER, by=ada)
    refused("UPDATE referrals_hold SET ended_at = NULL, ended_how = '' WHERE id = %s", (hold.pk,))


def refused(sql, params, why=REFUSED_BY):
    """PostgreSQL refuses it, at once or when the whole is looked at."""
    with pytest.raises((IntegrityError, ProgrammingError), match=why):
        said_to_postgresql(sql, params)


@transaction.atomic
def said_to_postgresql(sql, params):
    run_sql(sql, params)
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_hidden_house_is_never_asked_from_outside():
    ada, case, _keepers, programs = three_places()
    hidden = programs[0].place
    type(hidden).objects.filter(pk=hidden.pk).update(is_confidential=True, city="", address="")
    with pytest.raises(Refused, match="Call those who keep it"):
        a_round(case, *programs, by=ada)
    assert not Placement.objects.exists()
