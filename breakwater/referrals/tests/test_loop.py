from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.models import Value

from breakwater.cases.actions.closing import close_case
from breakwater.cases.testing import a_case
from breakwater.clocks.models import Clock
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.referrals.actions.letters import Word
from breakwater.referrals.actions.loop import (
    accept,
    acknowledge,
    decline,
    meet_need,
    miss_need,
    refer,
    start_help,
    withdraw,
)
from breakwater.referrals.models import Hearing, Referral, Stage
from breakwater.referrals.testing import a_letter, a_referral, news_reaches
from breakwater.trust.capabilities import Role
from breakwater.trust.dispatch import react
from breakwater.trust.models import Entry
from breakwater.trust.testing import NOON, an_actor, an_agency, as_seen_by

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)
PHONE = Word(source="Bo at the desk, by phone")
NO_ROOM = Word(reason="no_capacity", source="Bo at the desk, by phone")


def clocks(referral):
    """Every clock of a referral in order: kind, how it ended, whether it still runs."""
    found = Clock.objects.of(referral.pk).order_by("started_at", "pk")
    return [(clock.kind.removeprefix("referral_"), str(clock.ended_how) or "runs") for clock in found]


def story(case):
    told = Entry.objects.of_episode(case.pk).filter(verb__startswith="referrals.").order_by("pk")
    return [verb.removeprefix("referrals.") for verb in told.values_list("verb", flat=True)]


def two_ends(**facts):
    """A sender and a receiver, and a referral between them, seen by the sender."""
    bo = an_actor(Role.PARTNER, agency=an_agency(), name="Bo Lund")
    ada = an_actor()
    case = a_case(by=ada)
    referral = a_referral(case, by=ada, to_agency=bo.agency, to_name=bo.agency.name, **facts)
    return ada, bo, case, referral


def again(referral):
    return Referral.objects.get(pk=referral.pk)


def test_a_referral_says_exactly_what_was_told_and_its_clock_runs():
    ada = an_actor()
    case = a_case(by=ada)
    referral = a_referral(case, by=ada, words="  A room\n tonight ", known_as="", reach="")
    found = again(referral)
    assert (found.words, found.known_as, found.stage, found.closed_at) == (
        "  A room\n tonight ",
        "",
        "sent",
        None,
    )
    clock = Clock.objects.of(referral.pk).get()
    assert (clock.kind, clock.episode, found.due_at) == ("referral_acknowledgement", case.pk, clock.due_at)
    assert story(case) == ["referral_made"]


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [({"to_name": "  "}, "Say whom you ask"), ({"words": "\n"}, "Say what you ask for")],
)
def test_a_referral_says_whom_and_what_it_asks(facts, sentence):
    ada = an_actor()
    with pytest.raises(Refused, match=sentence):
        a_referral(a_case(by=ada), by=ada, **facts)


def test_a_referral_goes_to_somebody_else():
    ada = an_actor()
    with pytest.raises(Refused, match="goes to somebody else"):
        a_referral(a_case(by=ada), by=ada, to_agency=ada.agency)


def test_nobody_is_asked_for_a_closed_case():
    ada = an_actor()
    case = a_case(by=ada)
    close_case(case, outcome="declined", at=NOON, by=ada)
    with pytest.raises(Refused, match="Reopen it first"):
        a_referral(case, by=ada)


def test_the_loop_runs_from_sent_to_need_met_with_a_clock_at_each_stage():
    ada = an_actor()
    case = a_case(by=ada)
    referral = a_referral(case, by=ada)
    acknowledge(referral, word=PHONE, at=LATER, by=ada)
    assert clocks(referral) == [("acknowledgement", "met"), ("answer", "runs")]
    accept(referral, word=PHONE, at=LATER, by=ada)
    start_help(referral, word=PHONE, at=LATER + timedelta(days=1), by=ada)
    assert clocks(referral)[-2:] == [("start", "met"), ("need_met", "runs")]
    assert again(referral).due_at == Clock.objects.of(referral.pk).running().get().due_at
    meet_need(referral, word=Word(told_by="person"), at=LATER + timedelta(days=9), by=ada)
    assert clocks(referral) == [(kind, "met") for kind in ("acknowledgement", "answer", "start", "need_met")]
    found = again(referral)
    assert (found.stage, found.closed_at, found.due_at) == ("need_met", LATER + timedelta(days=9), None)
    assert story(case) == [
        "referral_made", "referral_acknowledged", "referral_accepted", "help_started", "loop_closed",
    ]  # fmt: skip


def test_what_the_receiver_did_needs_somebody_named_there():
    ada = an_actor()
    referral = a_referral(a_case(by=ada), by=ada)
    for act, word in ((acknowledge, None), (accept, None), (decline, Word(reason="no_funds"))):
        with pytest.raises(Refused, match="who there told you"):
            act(referral, word=word, at=LATER, by=ada)
    accept(referral, word=PHONE, at=LATER, by=ada)
    with pytest.raises(Refused, match="who there told you"):
        start_help(referral, at=LATER, by=ada)


def test_a_declined_referral_has_a_reason_and_closes_the_loop():
    ada = an_actor()
    case = a_case(by=ada)
    referral = a_referral(case, by=ada)
    with pytest.raises(Refused, match="Choose a reason"):
        decline(referral, word=PHONE, at=LATER, by=ada)
    decline(referral, word=NO_ROOM, at=LATER, by=ada)
    assert (again(referral).stage, clocks(referral)) == ("declined", [("acknowledgement", "met")])
    assert Entry.objects.get(verb="referrals.referral_declined").facts["reason"] == "no_capacity"


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        (Word(told_by="sender", source="Ada Reyes"), "Only the person, or a second source"),
        (Word(told_by="receiver", source="Bo"), "Only the person, or a second source"),
        (Word(told_by="second_source"), "who the second source is"),
        (Word(told_by="second_source", source="ADA reyes"), "cannot be the second source"),
    ],
)
def test_the_sender_alone_never_says_that_the_need_was_met(word, sentence):
    ada = an_actor()
    referral = a_referral(a_case(by=ada), by=ada)
    with pytest.raises(Refused, match=sentence):
        meet_need(referral, word=word, at=LATER, by=ada)
    assert again(referral).stage == "sent"


def test_a_second_source_closes_the_loop_even_when_the_receiver_never_answered():
    ada = an_actor()
    referral = a_referral(a_case(by=ada), by=ada)
    meet_need(referral, word=Word(told_by="second_source", source="Her sister"), at=LATER, by=ada)
    assert again(referral).stage == "need_met"


def test_a_need_that_was_not_met_says_why_and_excuses_the_promise_that_was_not_kept():
    ada = an_actor()
    referral = a_referral(a_case(by=ada), by=ada)
    accept(referral, word=PHONE, at=LATER, by=ada)
    with pytest.raises(Refused, match="Choose a reason"):
        miss_need(referral, word=Word(told_by="sender"), at=LATER, by=ada)
    miss_need(referral, word=Word(told_by="sender", reason="no_contact"), at=LATER, by=ada)
    assert clocks(referral) == [("acknowledgement", "met"), ("start", "excused")]


def test_asking_whether_it_helped_is_kept_whatever_the_answer():
    ada = an_actor()
    referral = a_referral(a_case(by=ada), by=ada)
    accept(referral, word=PHONE, at=LATER, by=ada)
    start_help(referral, word=PHONE, at=LATER, by=ada)
    miss_need(referral, word=Word(told_by="person", reason="no_funds"), at=LATER, by=ada)
    assert clocks(referral)[-1] == ("need_met", "met")


def test_a_referral_is_taken_back_with_a_reason_and_by_its_sender():
    ada, bo, _, referral = two_ends()
    with pytest.raises(Refused, match="Say why you take it back"):
        withdraw(referral, words=" ", at=LATER, by=ada)
    as_seen_by(bo)
    with pytest.raises(Refused, match="Only the agency that sent"):
        withdraw(again(referral), words="no", at=LATER, by=bo)
    as_seen_by(ada)
    withdraw(referral, words="She found a room", at=LATER, by=ada)
    assert (again(referral).stage, clocks(referral)) == ("withdrawn", [("acknowledgement", "excused")])


def test_a_closed_loop_stays_closed():
    ada = an_actor()
    referral = a_referral(a_case(by=ada), by=ada)
    decline(referral, word=NO_ROOM, at=LATER, by=ada)
    for act in (
        lambda: accept(referral, word=PHONE, at=LATER, by=ada),
        lambda: meet_need(referral, word=Word(told_by="person"), at=LATER, by=ada),
        lambda: withdraw(referral, words="too late", at=LATER, by=ada),
    ):
        with pytest.raises(Overtaken, match="Hope House has already declined"):
            act()


def test_nothing_is_told_before_what_was_told_last():
    ada = an_actor()
    referral = a_referral(a_case(by=ada), by=ada, at=NOON)
    with pytest.raises(Refused, match="before what was told last"):
        acknowledge(referral, word=PHONE, at=NOON - timedelta(minutes=1), by=ada)


def test_the_receiver_answers_on_its_own_side_and_the_senders_clocks_follow():
    ada, bo, case, referral = two_ends()
    as_seen_by(bo)
    theirs = again(referral)
    acknowledge(theirs, at=LATER, by=bo)
    accept(theirs, at=LATER + timedelta(minutes=5), by=bo)
    assert not Clock.objects.exists(), "the receiver does not see the sender's clocks"
    as_seen_by(ada)
    assert clocks(referral) == [("acknowledgement", "runs")]
    news_reaches(ada.agency, at=LATER + timedelta(minutes=6), times=2)
    assert clocks(referral) == [("acknowledgement", "met"), ("answer", "met"), ("start", "runs")]
    assert Clock.objects.of(referral.pk).get(kind="referral_acknowledgement").ended_at == LATER
    assert story(case) == ["referral_made", "referral_acknowledged", "referral_accepted"]
    assert again(referral).due_at == Clock.objects.of(referral.pk).running().get().due_at
    assert Hearing.objects.count() == 3


def test_news_heard_in_the_wrong_order_comes_to_the_same():
    ada, bo, case, referral = two_ends()
    as_seen_by(bo)
    acknowledge(again(referral), at=LATER, by=bo)
    accept(again(referral), at=LATER + timedelta(minutes=5), by=bo)
    as_seen_by(ada)
    for entry in Entry.objects.filter(to_agency=ada.agency).order_by("-pk"):
        react(entry.pk, ada.agency, at=LATER + timedelta(minutes=6))
    assert clocks(referral) == [("acknowledgement", "met"), ("answer", "met"), ("start", "runs")]
    assert story(case) == ["referral_made", "referral_acknowledged", "referral_accepted"]


def test_the_sender_who_acts_before_it_heard_catches_up_first():
    ada, bo, case, referral = two_ends()
    as_seen_by(bo)
    accept(again(referral), at=LATER, by=bo)
    as_seen_by(ada)
    start_help(again(referral), word=PHONE, at=LATER + timedelta(minutes=5), by=ada)
    news_reaches(ada.agency, at=LATER + timedelta(minutes=6))
    assert clocks(referral) == [("acknowledgement", "met"), ("start", "met"), ("need_met", "runs")]
    assert story(case) == ["referral_made", "referral_accepted", "help_started"]


def test_the_receiver_declines_with_a_reason():
    ada, bo, _, referral = two_ends()
    as_seen_by(bo)
    with pytest.raises(Refused, match="Choose a reason"):
        decline(again(referral), word=Word(), at=LATER, by=bo)
    decline(again(referral), word=Word(reason="not_eligible", words="Adults only"), at=LATER, by=bo)
    as_seen_by(ada)
    news_reaches(ada.agency, at=LATER)
    assert (again(referral).stage, clocks(referral)) == ("declined", [("acknowledgement", "met")])
    assert Stage.objects.get(code="declined").by_agency == bo.agency


def test_the_receiver_that_gave_the_help_is_a_second_source():
    ada, bo, _, referral = two_ends()
    as_seen_by(bo)
    accept(again(referral), at=LATER, by=bo)
    start_help(again(referral), at=LATER, by=bo)
    meet_need(again(referral), word=Word(told_by="second_source", source="Bo Lund"), at=LATER, by=bo)
    as_seen_by(ada)
    news_reaches(ada.agency, at=LATER, times=2)
    assert again(referral).stage == "need_met"
    assert clocks(referral) == [(kind, "met") for kind in ("acknowledgement", "start", "need_met")]


def test_when_both_ends_act_one_wins_and_the_other_hears_who():
    ada, bo, _, referral = two_ends()
    seen_by_both = again(referral)
    as_seen_by(bo)
    accept(seen_by_both, at=LATER, by=bo)
    as_seen_by(ada)
    with pytest.raises(Overtaken, match="has already accepted this"):
        decline(seen_by_both, word=NO_ROOM, at=LATER, by=ada)
    withdraw(seen_by_both, words="She found a room", at=LATER, by=ada)
    as_seen_by(bo)
    with pytest.raises(Overtaken, match="was withdrawn"):
        start_help(seen_by_both, at=LATER, by=bo)
    as_seen_by(ada)
    news_reaches(ada.agency, at=LATER)
    assert clocks(referral) == [("acknowledgement", "met"), ("start", "excused")]


def test_a_third_agency_can_do_nothing():
    ada, _, _, referral = two_ends()
    stranger = an_actor()
    with pytest.raises(NotPermitted, match="neither from your agency nor to it"):
        accept(referral, at=LATER, by=stranger)
    assert not Referral.objects.exists(), "the database's wall, with ours out of the way"
    assert not Stage.objects.exists()
    as_seen_by(ada)
    assert not Referral.objects.visible_to(stranger).exists(), "our wall, with the database's out of the way"


def test_roles_do_only_what_they_may():
    ada, bo, case, referral = two_ends()
    partner = an_actor(Role.PARTNER, agency=ada.agency)
    with pytest.raises(NotPermitted, match="Send referrals"):
        refer(case, a_letter(), at=NOON, by=partner)
    with pytest.raises(NotPermitted, match="Send referrals"):
        accept(referral, word=PHONE, at=NOON, by=partner)
    officer = an_actor(Role.PRIVACY_OFFICER, agency=bo.agency)
    with pytest.raises(NotPermitted, match="Answer referrals"):
        accept(referral, at=NOON, by=officer)


def test_an_unanswered_referral_keeps_its_case_open():
    ada = an_actor()
    case = a_case(by=ada)
    referral = a_referral(case, by=ada)
    with pytest.raises(Refused, match="A referral hangs"):
        close_case(case, outcome="declined", at=LATER, by=ada)
    withdraw(referral, words="Not wanted any more", at=LATER, by=ada)
    close_case(case, outcome="declined", at=LATER, by=ada)


def test_when_the_last_clock_was_the_referrals_the_next_contact_is_promised():
    ada, bo, case, referral = two_ends()
    others = Clock.objects.running().in_episode(case.pk).exclude(about=referral.pk)
    others.update(ended_at=LATER, ended_how=Clock.Ended.MET)
    as_seen_by(bo)
    decline(again(referral), word=Word(reason="no_funds"), at=LATER, by=bo)
    as_seen_by(ada)
    news_reaches(ada.agency, at=LATER)
    assert [clock.kind for clock in Clock.objects.running().in_episode(case.pk)] == ["next_contact"]


def at_once(write):
    """Write, and let every rule that waits for the end of the transaction speak now."""
    with transaction.atomic():
        write()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def refused_by_the_database(name, write):
    with pytest.raises(IntegrityError, match=name):
        at_once(write)


def a_stage(referral, by, **facts):
    usual = {
        "referral": referral, "from_agency": referral.from_agency, "to_agency": referral.to_agency,
        "by": by.user, "by_agency": by.agency, "at": NOON, "told_by": "receiver",
    }  # fmt: skip
    return Stage.objects.create(**(usual | facts))


def test_the_database_lets_nobody_close_the_loop_on_the_senders_word():
    ada = an_actor()
    referral = a_referral(a_case(by=ada), by=ada)
    rule = "need_met_is_never_told_by_the_sender_alone"
    for told_by, source in (("sender", "Ada"), ("receiver", "Bo"), ("second_source", "")):
        refused_by_the_database(
            rule, lambda t=told_by, s=source: a_stage(referral, ada, code="need_met", told_by=t, source=s)
        )
    refused_by_the_database(
        "stands_at_a_stage_it_reached",
        lambda: Referral.objects.filter(pk=referral.pk).update(stage="need_met", closed_at=NOON),
    )


def test_the_database_keeps_the_loop_whole():
    ada = an_actor()
    referral = a_referral(a_case(by=ada), by=ada)
    mine = Referral.objects.filter(pk=referral.pk)
    refused_by_the_database("each_stage_once", lambda: a_stage(referral, ada, code="sent"))
    refused_by_the_database("a_refusal_has_a_reason", lambda: a_stage(referral, ada, code="declined"))
    refused_by_the_database("a_referral_is_closed_by_its_last_stage", lambda: mine.update(closed_at=NOON))
    refused_by_the_database("a_referral_is_closed_by_its_last_stage", lambda: mine.update(stage="declined"))
    for part, value in (("words", "other"), ("known_as", "Jay"), ("to_name", "x"), ("need", "food")):
        refused_by_the_database("stays as it was sent", lambda p=part, v=value: mine.update(**{p: Value(v)}))
    a_stage(referral, ada, code="accepted")
    refused_by_the_database(
        "a_referral_is_answered_once", lambda: a_stage(referral, ada, code="declined", reason="no_funds")
    )
    why = "what_is_taken_back_or_on_hold_says_why"
    refused_by_the_database(why, lambda: a_stage(referral, ada, code="withdrawn"))
    refused_by_the_database(
        "another_reason_is_told_in_words", lambda: a_stage(referral, ada, code="not_met", reason="other")
    )
    a_stage(referral, ada, code="withdrawn", words="They found a room.")
    refused_by_the_database(
        "a_loop_closes_once", lambda: a_stage(referral, ada, code="need_met", told_by="person")
    )


def test_the_database_takes_no_empty_letter():
    ada = an_actor()
    case = a_case(by=ada)
    facts = {
        "circle": case.circle, "case": case, "from_agency": ada.agency, "sent_at": NOON, "need": "food",
        "to_name": "Hope House", "words": "Food",
    }  # fmt: skip
    for wrong, name in (
        ({"to_name": ""}, "a_referral_says_whom_it_asks"),
        ({"words": ""}, "a_referral_says_what_is_asked"),
        ({"to_agency": ada.agency}, "a_referral_goes_to_somebody_else"),
    ):
        refused_by_the_database(name, lambda wrong=wrong: Referral.objects.create(**(facts | wrong)))


def walled_off(write):
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        write()


def test_nobody_forges_a_letter_or_a_stage():
    ada, bo, case, referral = two_ends()
    stranger = an_actor()
    facts = {"case_id": case.pk, "circle_id": case.circle_id, "sent_at": NOON, "need": "food", "to_name": "x"}
    for sender, receiver in ((ada, stranger), (stranger, bo)):
        ends = {"from_agency": sender.agency, "to_agency": receiver.agency}
        walled_off(lambda ends=ends: Referral.objects.create(words="x", **ends, **facts))
    ours = {"from_agency": stranger.agency, "to_agency": stranger.agency, "by_agency": stranger.agency}
    told = {"referral_id": referral.pk, "code": "accepted", "told_by": "receiver", "at": NOON}
    walled_off(lambda: Stage.objects.create(**ours, **told))
    as_seen_by(bo)
    walled_off(lambda: a_stage(referral, ada, code="accepted"))


def test_what_was_told_is_never_changed_nor_thrown_away():
    ada, _, _, referral = two_ends()
    assert not Stage.objects.filter(referral=referral).update(words=Value("never said"))
    assert not Stage.objects.filter(referral=referral)._raw_delete("default")
    assert not Referral.objects.filter(pk=referral.pk)._raw_delete("default")
    assert Referral.objects.visible_to(ada).filter(stages__words="").exists()


def test_a_closed_case_leaves_no_letter_unanswered_whoever_writes():
    ada = an_actor()
    case = a_case(by=ada)
    a_referral(case, by=ada)
    refused_by_the_database(
        "a closed case leaves no letter unanswered",
        lambda: case.closures.create(circle=case.circle, outcome="stable", by=ada.user, starts_at=NOON),
    )
