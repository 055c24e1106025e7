from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Value

from breakwater.cases.actions.closing import close_case
from breakwater.cases.actions.gates import meet_gate
from breakwater.cases.actions.intake import Story
from breakwater.cases.actions.not_reached import take_back_contact
from breakwater.cases.actions.notes import Telling, add_note, amend_note
from breakwater.cases.models import Case
from breakwater.cases.testing import a_case, through_gates
from breakwater.clocks.models import Clock
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.people.models import Supporter
from breakwater.plans.testing import a_need, a_safety_plan, a_step
from breakwater.referrals.actions.handoff import (
    Receiver,
    accept_case,
    confirm_contact,
    decline_case,
    offer_case,
    take_over,
    withdraw_offer,
)
from breakwater.referrals.actions.letters import Word
from breakwater.referrals.models import Handoff, HandoffStage, Hearing
from breakwater.referrals.packet import SECTIONS, packet_of
from breakwater.referrals.rules import intake_from
from breakwater.referrals.testing import a_bed, a_handoff, a_placement, a_referral, news_reaches
from breakwater.referrals.usual import told_of_danger, usual_for
from breakwater.trust.access import acting
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Circle, Entry
from breakwater.trust.testing import NOON, an_actor, an_agency, as_seen_by

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)
PHONE = Word(source="Bo, by phone")


def two_agencies(**known):
    """Those who hand over, those who take over, and a case; seen by those who hand over."""
    bo = an_actor(agency=an_agency(), name="Bo Lund")
    ada = an_actor()
    return ada, bo, a_case(by=ada, **known)


def clocks(handoff):
    found = Clock.objects.of(handoff.pk).order_by("started_at", "pk")
    return [(clock.kind.removeprefix("handoff_"), str(clock.ended_how) or "runs") for clock in found]


def story(case):
    told = Entry.objects.of_episode(case.pk).filter(verb__startswith="referrals.").order_by("pk")
    return [verb.removeprefix("referrals.") for verb in told.values_list("verb", flat=True)]


def again(handoff):
    return Handoff.objects.get(pk=handoff.pk)


def lines(packet, code):
    section = next(one for one in packet["sections"] if one["code"] == code)
    return {line["label"]: line["words"] for line in section["lines"]}


def test_a_case_is_offered_and_stays_ours_with_a_running_clock():
    ada, bo, case = two_agencies()
    handoff = a_handoff(case, by=ada, to=bo.agency)
    assert clocks(handoff) == [("acceptance", "runs")]
    assert (handoff.to_name, again(handoff).due_at) == (
        bo.agency.name,
        Clock.objects.of(handoff.pk).get().due_at,
    )
    assert story(case) == ["handoff_offered"]
    with pytest.raises(Refused, match="hand-off"):
        close_case(case, outcome="handed_off", at=LATER, by=ada)


@pytest.mark.parametrize(
    ("to", "packet", "sentence"),
    [
        (Receiver(name=" "), {"sections": [{}]}, "Say who is asked"),
        (Receiver(name="Long Road"), {"sections": []}, "Choose at least one section"),
    ],
)
def test_an_offer_says_to_whom_and_shows_something(to, packet, sentence):
    ada, _, case = two_agencies()
    with pytest.raises(Refused, match=sentence):
        offer_case(case, to=to, packet=packet, at=NOON, by=ada)


def test_a_case_is_not_offered_to_its_own_agency_nor_twice_nor_closed():
    ada, bo, case = two_agencies()
    with pytest.raises(Refused, match="goes to another agency"):
        a_handoff(case, by=ada, to=ada.agency)
    a_handoff(case, by=ada, to=bo.agency)
    with pytest.raises(Overtaken, match="already offered to somebody"):
        a_handoff(case, by=ada)
    closed = a_case(by=ada)
    close_case(closed, outcome="declined", at=NOON, by=ada)
    with pytest.raises(Refused, match="Reopen it first"):
        a_handoff(closed, by=ada)


def test_the_receiver_accepts_and_confirms_the_first_contact_and_the_case_can_be_closed():
    ada, bo, case = two_agencies()
    handoff = a_handoff(case, by=ada, to=bo.agency)
    as_seen_by(bo)
    accept_case(again(handoff), at=LATER, by=bo)
    assert not Clock.objects.exists(), "the receiver does not see the sender's clocks"
    as_seen_by(ada)
    news_reaches(ada.agency, at=LATER, times=2)
    assert clocks(handoff) == [("acceptance", "met"), ("first_contact", "runs")]
    with pytest.raises(Refused, match="hand-off"):
        close_case(case, outcome="handed_off", at=LATER, by=ada)
    as_seen_by(bo)
    with pytest.raises(Refused, match="Open your own case from the packet first"):
        confirm_contact(again(handoff), word=Word(), at=LATER + timedelta(days=1), by=bo)
    as_seen_by(ada)
    with pytest.raises(Refused, match="has not opened a case of its own yet"):
        confirm_contact(again(handoff), word=PHONE, at=LATER + timedelta(days=1), by=ada)
    as_seen_by(bo)
    taken_over(handoff, bo)
    confirm_contact(again(handoff), word=Word(), at=LATER + timedelta(days=1), by=bo)
    as_seen_by(ada)
    news_reaches(ada.agency, at=LATER + timedelta(days=1), times=2)
    assert clocks(handoff) == [("acceptance", "met"), ("first_contact", "met")]
    assert story(case) == ["handoff_offered", "handoff_accepted", "first_contact_confirmed"]
    through_gates(case, by=ada, at=LATER + timedelta(days=1))
    met = {"kind": "visit", "words": "Met at the shelter", "happened_at": LATER, "reached": True}
    add_note(case, Telling(**met), at=LATER, by=ada)
    close_case(case, outcome="handed_off", at=LATER + timedelta(days=2), by=ada)


def test_a_receiver_outside_is_heard_through_somebody_named():
    ada, _, case = two_agencies()
    handoff = a_handoff(case, by=ada)
    for act, word in ((accept_case, None), (decline_case, Word(words="No room"))):
        with pytest.raises(Refused, match="who there told you"):
            act(handoff, word=word, at=LATER, by=ada)
    accept_case(handoff, word=PHONE, at=LATER, by=ada)
    for word, sentence in (
        (Word(told_by="sender", source="Jay"), "confirmed by the person"),
        (Word(told_by="person"), "Say who confirmed"),
        (Word(told_by="receiver", source="ada reyes"), "cannot confirm"),
    ):
        with pytest.raises(Refused, match=sentence):
            confirm_contact(handoff, word=word, at=LATER, by=ada)
    confirm_contact(handoff, word=Word(told_by="person", source="Jay, by phone"), at=LATER, by=ada)
    assert again(handoff).stage == "first_contact"


def test_a_declined_case_stays_ours_and_may_be_offered_to_somebody_else():
    ada, bo, case = two_agencies()
    handoff = a_handoff(case, by=ada, to=bo.agency)
    as_seen_by(bo)
    with pytest.raises(Refused, match="Say why"):
        decline_case(again(handoff), word=Word(), at=LATER, by=bo)
    decline_case(again(handoff), word=Word(words="We are full until May"), at=LATER, by=bo)
    as_seen_by(ada)
    news_reaches(ada.agency, at=LATER)
    assert (again(handoff).stage, clocks(handoff)) == ("declined", [("acceptance", "met")])
    a_handoff(case, by=ada)


def test_an_offer_is_taken_back_by_its_sender_with_a_reason():
    ada, bo, case = two_agencies()
    handoff = a_handoff(case, by=ada, to=bo.agency)
    as_seen_by(bo)
    with pytest.raises(Refused, match="Only the agency that offered"):
        withdraw_offer(again(handoff), words="no", at=LATER, by=bo)
    as_seen_by(ada)
    with pytest.raises(Refused, match="Say why"):
        withdraw_offer(handoff, words="", at=LATER, by=ada)
    withdraw_offer(handoff, words="She wants to stay with us", at=LATER, by=ada)
    assert clocks(handoff) == [("acceptance", "excused")]
    as_seen_by(bo)
    with pytest.raises(Overtaken, match="was withdrawn"):
        accept_case(handoff, at=LATER, by=bo)


def test_a_first_contact_comes_after_the_acceptance_and_once():
    ada, _, case = two_agencies()
    handoff = a_handoff(case, by=ada)
    person = Word(told_by="person", source="Jay")
    with pytest.raises(Overtaken, match="has not accepted this case yet"):
        confirm_contact(handoff, word=person, at=LATER, by=ada)
    accept_case(handoff, word=PHONE, at=LATER, by=ada)
    confirm_contact(handoff, word=person, at=LATER, by=ada)
    with pytest.raises(Overtaken, match="hand-off is complete"):
        confirm_contact(handoff, word=person, at=LATER, by=ada)


def taken_over(handoff, by, **known):
    story = Story(
        what_is_happening="Came to us from Harbor", asked_by="partner", asked_at=LATER, worker=by.user,
        came_from=handoff.pk,
    )  # fmt: skip
    return take_over(again(handoff), story, at=LATER, by=by, **known)


def test_the_receiver_opens_its_own_case_and_its_first_contact_completes_the_hand_off():
    ada, bo, case = two_agencies(known_as="Jay")
    handoff = a_handoff(case, by=ada, to=bo.agency)
    as_seen_by(bo)
    theirs = taken_over(handoff, bo, known_as="Jay", is_described=False)
    assert again(handoff).stage == "accepted", "who opens their case has accepted it"
    assert (theirs.came_from, theirs.agency) == (handoff.pk, bo.agency)
    assert theirs.circle_id != case.circle_id, "the letter opens no circle"
    with pytest.raises(Overtaken, match="already opened its case"):
        taken_over(handoff, bo)
    call = {"kind": "call", "words": "Tried", "happened_at": LATER}
    add_note(theirs, Telling(**call), at=LATER, by=bo)
    assert again(handoff).stage == "accepted"
    spoke = call | {"words": "Spoke with Jay", "happened_at": LATER + timedelta(hours=2), "reached": True}
    add_note(theirs, Telling(**spoke), at=LATER + timedelta(hours=2), by=bo)
    reached = Entry.objects.filter(verb="cases.note_added", facts__reached=True).get()
    hear_as_worker(reached, bo.agency, times=2)
    assert again(handoff).stage == "first_contact"
    told = HandoffStage.objects.get(code="first_contact")
    assert (told.told_by, told.source) == ("receiver", f"Bo Lund, {bo.agency.name}")
    as_seen_by(ada)
    news_reaches(ada.agency, at=LATER + timedelta(hours=2), times=2)
    assert clocks(handoff) == [("acceptance", "met"), ("first_contact", "met")]


def test_a_contact_that_was_taken_back_completes_no_hand_off():
    ada, bo, case = two_agencies(known_as="Jay")
    handoff = a_handoff(case, by=ada, to=bo.agency)
    as_seen_by(bo)
    theirs = taken_over(handoff, bo, known_as="Jay", is_described=False)
    later = LATER + timedelta(hours=2)
    spoke = Telling(kind="call", words="Spoke with Jay", happened_at=later, reached=True)
    take_back_contact(add_note(theirs, spoke, at=later, by=bo), reason="The wrong case.", at=later, by=bo)
    hear_as_worker(Entry.objects.get(verb="cases.note_added", facts__reached=True), bo.agency, times=1)
    assert again(handoff).stage == "accepted"


def hear_as_worker(entry, agency, *, times):
    from breakwater.trust.dispatch import react

    for _ in range(times):
        react(entry.pk, agency, at=LATER + timedelta(hours=3))


def test_no_hand_off_is_complete_while_nobody_there_is_accountable_whoever_writes():
    ada, bo, case = two_agencies()
    handoff = a_handoff(case, by=ada, to=bo.agency)
    as_seen_by(bo)
    accept_case(again(handoff), at=LATER, by=bo)
    for end in (bo, ada):
        as_seen_by(end)
        with pytest.raises(IntegrityError, match="has a case of its own"), transaction.atomic():
            Handoff.objects.filter(pk=handoff.pk).update(stage="first_contact", closed_at=LATER)
    as_seen_by(bo)
    close_case(taken_over(handoff, bo), outcome="mistake", at=LATER, by=bo)
    with pytest.raises(Refused, match="Open your own case"):
        confirm_contact(again(handoff), word=Word(), at=LATER + timedelta(hours=1), by=bo)


def test_nobody_else_takes_over():
    ada, bo, case = two_agencies()
    handoff = a_handoff(case, by=ada, to=bo.agency)
    with pytest.raises(NotPermitted, match="not offered to your agency"):
        taken_over(handoff, ada)


def test_roles_do_only_what_they_may():
    ada, bo, case = two_agencies()
    intake = an_actor(Role.INTAKE_WORKER, agency=ada.agency)
    with pytest.raises(NotPermitted, match="Hand a case over"):
        a_handoff(case, by=intake)
    handoff = a_handoff(case, by=ada, to=bo.agency)
    with pytest.raises(NotPermitted, match="Hand a case over"):
        accept_case(handoff, word=PHONE, at=NOON, by=intake)
    with pytest.raises(NotPermitted, match="neither from your agency"):
        accept_case(handoff, at=NOON, by=an_actor())


def test_a_packet_holds_what_was_chosen_and_nothing_else():
    ada, _, case = two_agencies(known_as="Jay", pronouns="they", must_not_know="Their brother")
    packet = packet_of(case, ["who"], by=ada)
    assert [section["code"] for section in packet["sections"]] == ["who"]
    assert lines(packet, "who") == {"Known as": "Jay", "Pronouns": "they"}
    assert "brother" not in str(packet)


def test_in_danger_now_nobody_waits_longer_for_the_receiver_than_for_us():
    ada, bo, case = two_agencies(code="B", dangers={"self": ("now", "On the roof.")})
    visited = a_case(by=ada, code="B")
    visit = Telling(kind="visit", words="Sat with them.", happened_at=NOON, reached=True)
    add_note(visited, visit, at=NOON, by=ada)
    calm = a_handoff(visited, by=ada, to=bo.agency)
    handoff = a_handoff(case, by=ada, to=bo.agency)
    due = {one: Clock.objects.of(one.pk).get().due_at for one in (calm, handoff)}
    assert (due[handoff], due[calm] > due[handoff]) == (NOON + timedelta(hours=4), True)
    told = told_of_danger(handoff.packet)
    assert told == {"code": "B, Very high, imminent risk", "dangers": [("now", "To self")]}
    assert told_of_danger(calm.packet)["dangers"] == []
    uncoded = a_case(by=ada, dangers={"from_other": ("now", "He is at the door.")})
    accept_case(a_handoff(uncoded, by=ada), word=PHONE, at=NOON, by=ada)
    running = Clock.objects.running().in_episode(uncoded.pk).filter(kind="handoff_first_contact")
    assert running.get().due_at == NOON + timedelta(hours=1)


def test_while_nobody_has_been_with_them_a_receiver_answers_within_the_time_of_the_code():
    ada, bo, case = two_agencies(code="B")
    asked = Clock.objects.of(a_handoff(case, by=ada, to=bo.agency).pk).get()
    assert asked.due_at == NOON + timedelta(hours=4)
    slow = Clock.objects.of(a_handoff(a_case(by=ada, code="E"), by=ada, to=bo.agency).pk).get()
    assert slow.due_at < NOON + timedelta(days=4), (
        "four weeks of a code make no answer later than the profile"
    )


def test_where_somebody_is_goes_along_and_their_safety_plan_when_danger_presses():
    ada, _, case = two_agencies(dangers={"self": ("likely", "Has pills.")})
    assert "safety_plan" not in usual_for(case), "there is none yet"
    a_placement(case, a_bed(keeper=ada.agency, at=NOON), by=ada)
    a_safety_plan(case, by=ada)
    assert {"where", "card", "safety_plan"} <= set(usual_for(case))
    assert "safety_plan" not in usual_for(a_case(by=ada))
    assert "Harbor Street Shelter" in lines(packet_of(case, usual_for(case), by=ada), "where")["Bed"]


def test_every_section_tells_what_is_written_in_words_and_in_our_zone():
    ada, bo, case = two_agencies(
        known_as="Jay", birth_date=date(1990, 5, 4), must_not_know="Their brother", code="B",
        contact_points=[{"kind": "phone", "value": "555 0100", "safety": "unsafe", "how": "Brother answers"}],
        dangers={"self": ("likely", "Has tablets")},
    )  # fmt: skip
    need = a_need(case, by=ada, words="A room\nof our own")
    a_step(case, by=ada, need=need, words="Call the landlord", due_at=LATER)
    a_referral(case, by=ada)
    a_placement(case, a_bed(keeper=bo.agency, at=NOON, label="Bed 4"), by=ada)
    meet_gate(case, kind="safe_tonight", evidence="Has a bed", at=NOON, by=ada)
    Supporter.objects.create(
        circle=case.circle,
        person=case.person,
        name="Mo",
        relation="Sister",
        may_know="Everything",
        starts_at=NOON,
    )
    packet = packet_of(case, SECTIONS, message="Call me first", by=ada)
    assert [section["code"] for section in packet["sections"]] == list(SECTIONS)
    assert (packet["from"], packet["message"], packet["number"]) == (
        ada.agency.name,
        "Call me first",
        case.number,
    )
    assert lines(packet, "who")["Born"] == "May 4, 1990"
    assert lines(packet, "happening")["Help was asked for"] == "Tue 10 Mar 2026, 08:00 EDT, the person"
    assert lines(packet, "dangers")["To self"].endswith("\nHas tablets")
    assert lines(packet, "triage")["Code"].startswith("B\n")
    assert lines(packet, "gates")["Safe tonight"].endswith("Has a bed")
    assert lines(packet, "gates")["Next contact booked"] == "Not met yet"
    assert lines(packet, "safety") == {
        "Who must not know": "Their brother", "Phone": "555 0100\nNot safe: do not use\nBrother answers",
    }  # fmt: skip
    assert lines(packet, "plan")["Need: Housing"] == "A room\nof our own"
    assert lines(packet, "plan")["Step"] == "Call the landlord\nAda Reyes\nBy Tue 10 Mar 2026, 09:00 EDT"
    assert lines(packet, "help")["Bed"].startswith("Bed 4, Harbor Street Shelter")
    assert lines(packet, "supporters") == {"Sister": "Mo\nMay be told: Everything"}
    assert lines(packet, "chronology")


def test_notes_go_along_one_by_one_in_their_latest_words():
    ada, _, case = two_agencies()
    note = add_note(case, Telling(kind="call", words="Frist call", happened_at=NOON), at=NOON, by=ada)
    add_note(case, Telling(kind="note", words="Not for others", happened_at=NOON), at=NOON, by=ada)
    amend_note(note, words="First call", reason="Spelling", version=1, at=NOON, by=ada)
    elsewhere = add_note(
        a_case(by=ada), Telling(kind="note", words="Else", happened_at=NOON), at=NOON, by=ada
    )
    packet = packet_of(case, [], notes=[note.pk, elsewhere.pk], by=ada)
    assert [line["words"] for line in packet["sections"][0]["lines"]] == ["First call"]


def test_a_packet_fills_in_the_receivers_intake_with_what_it_shows():
    ada, _, case = two_agencies(
        known_as="Jay", birth_date=date(1990, 5, 4), must_not_know="Their brother",
        dangers={"self": ("likely", "Has tablets"), "worker": ("none", "")},
    )  # fmt: skip
    filled = intake_from(packet_of(case, ["who", "happening", "dangers"], by=ada))
    assert filled == {
        "asked_by": "partner", "known_as": "Jay", "birth_date": "1990-05-04",
        "what_is_happening": "Nowhere to sleep tonight.", "danger_self": "likely",
        "danger_self_words": "Has tablets", "danger_worker": "none", "danger_worker_words": "",
    }  # fmt: skip


def test_a_packet_stays_as_it_was_offered():
    ada, bo, case = two_agencies(known_as="Jay")
    handoff = a_handoff(case, by=ada, to=bo.agency)
    case.person.known_as = "Somebody else"
    case.person.save()
    as_seen_by(bo)
    assert lines(again(handoff).packet, "who")["Known as"] == "Jay"
    assert not Circle.objects.exists(), "the receiver stands in no circle of ours"


def at_once(write):
    """Write, and let every rule that waits for the end of the transaction speak now."""
    with transaction.atomic():
        write()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def refused_by_the_database(name, write):
    with pytest.raises(IntegrityError, match=name):
        at_once(write)


def test_the_database_keeps_hand_offs_whole():
    ada, bo, case = two_agencies()
    handoff = a_handoff(case, by=ada, to=bo.agency)
    mine = Handoff.objects.filter(pk=handoff.pk)
    facts = {"circle": case.circle, "case": case, "from_agency": ada.agency, "packet": {}, "offered_at": NOON}
    for wrong, name in (
        ({"to_name": "x"}, "one_open_hand_off_per_case"),
        ({"to_name": ""}, "a_hand_off_says_to_whom"),
        ({"to_name": "x", "to_agency": ada.agency}, "a_hand_off_goes_to_somebody_else"),
    ):
        refused_by_the_database(name, lambda wrong=wrong: Handoff.objects.create(**(facts | wrong)))
    refused_by_the_database("a_hand_off_is_closed_by_its_last_stage", lambda: mine.update(closed_at=NOON))
    refused_by_the_database("stays as it was sent", lambda: mine.update(packet=Value("other")))
    refused_by_the_database(
        "a_hand_off_goes_on_in_order", lambda: mine.update(stage="first_contact", closed_at=NOON)
    )
    refused_by_the_database(
        "stands_at_a_stage_it_reached|stands where it was told last", lambda: mine.update(stage="accepted")
    )


def test_the_database_keeps_the_stages_of_a_hand_off_in_order():
    ada, bo, case = two_agencies()
    handoff = a_handoff(case, by=ada, to=bo.agency)
    mine = Handoff.objects.filter(pk=handoff.pk)
    told = {
        "handoff": handoff, "from_agency": ada.agency, "to_agency": bo.agency, "by_agency": ada.agency,
        "at": NOON,
    }  # fmt: skip
    for wrong, name in (
        ({"code": "offered", "told_by": "sender"}, "each_hand_off_stage_once"),
        ({"code": "declined", "told_by": "receiver"}, "a_declined_hand_off_says_why"),
        ({"code": "withdrawn", "told_by": "sender"}, "a_hand_off_taken_back_says_why"),
        ({"code": "accepted", "told_by": "receiver"}, "stands where it was told last"),
    ):
        refused_by_the_database(name, lambda wrong=wrong: HandoffStage.objects.create(**(told | wrong)))
    theirs = told | {"code": "withdrawn", "told_by": "sender", "words": "no", "by_agency": bo.agency}
    with acting(bo):
        refused_by_the_database(
            "who_offers_a_case_takes_it_back", lambda: HandoffStage.objects.create(**theirs)
        )
    HandoffStage.objects.create(code="accepted", told_by="receiver", **told)
    mine.update(stage="accepted")
    for wrong, name in (
        ({"code": "declined", "words": "no", "told_by": "receiver"}, "told in its order"),
        ({"code": "first_contact", "told_by": "sender", "source": "me"}, "confirmed_by_a_named_source"),
        ({"code": "first_contact", "told_by": "person", "source": ""}, "confirmed_by_a_named_source"),
    ):
        refused_by_the_database(name, lambda wrong=wrong: HandoffStage.objects.create(**(told | wrong)))
    HandoffStage.objects.create(code="withdrawn", told_by="sender", words="no", **told)
    mine.update(stage="withdrawn", closed_at=NOON)
    refused_by_the_database(
        "told in its order",
        lambda: HandoffStage.objects.create(code="first_contact", told_by="person", source="Jay", **told),
    )


def test_hand_offs_are_there_for_both_ends_only():
    ada, bo, case = two_agencies()
    a_handoff(case, by=ada, to=bo.agency)
    stranger = an_actor()
    assert not Handoff.objects.exists(), "the database's wall, with ours out of the way"
    assert not HandoffStage.objects.exists()
    assert not Hearing.objects.exists()
    as_seen_by(ada)
    assert not Handoff.objects.visible_to(stranger).exists(), "our wall, with the database's out of the way"
    as_seen_by(bo)
    assert Handoff.objects.visible_to(bo).exists()
    assert not Case.objects.exists()
