"""One record with everything in it: a canary in each field, a row behind each id that an address can hold."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from breakwater.assessments.actions.asking import answer
from breakwater.assessments.testing import an_assessment
from breakwater.attachments.models import Attachment
from breakwater.attachments.testing import a_file
from breakwater.benefits.actions.applying import Proof, submit, want_papers
from breakwater.benefits.testing import a_screening, an_application, an_interview, told
from breakwater.cases.actions.follow_up import Try, attempt, book_next_contact
from breakwater.cases.actions.gates import meet_gate
from breakwater.cases.actions.notes import amend_note, name_barrier
from breakwater.cases.actions.owners import join_team
from breakwater.cases.actions.screening import read_danger
from breakwater.cases.models import Assignment, Case, FollowUp, Gate
from breakwater.cases.rules import GATES
from breakwater.cases.testing import a_case, a_note
from breakwater.clocks.models import Clock
from breakwater.messaging.actions.notices import News, tell_workers
from breakwater.messaging.models import Notice
from breakwater.messaging.testing import a_letter_message, a_message, a_notice, a_rule
from breakwater.people.actions.apart import protect_fact
from breakwater.people.actions.callers import choose_word
from breakwater.people.actions.households import join_household
from breakwater.people.actions.persons import add_name
from breakwater.people.actions.reach import add_contact_point, add_supporter
from breakwater.people.models import ContactPoint, Membership, Person
from breakwater.plans.actions.needs import link_needs
from breakwater.plans.family import mark_of_choices
from breakwater.plans.testing import (
    a_copy,
    a_goal,
    a_lesson,
    a_need,
    a_reading,
    a_safeguard,
    a_safety_plan,
    a_step,
    an_agreement,
)
from breakwater.portal.testing import a_link, a_site_file, a_site_question, an_own_act, an_own_copy
from breakwater.referrals.actions.answering import put_question
from breakwater.referrals.actions.asking import Wish, ask_many
from breakwater.referrals.actions.driving import assign_driver
from breakwater.referrals.actions.loop import open_thread
from breakwater.referrals.actions.rides import End, Seat
from breakwater.referrals.actions.waiting import Applicant, join_list
from breakwater.referrals.models import Referral
from breakwater.referrals.testing import a_handoff, a_placement, a_program, a_referral, a_ride, offered
from breakwater.resources.actions.counting import Count, count_room
from breakwater.resources.fit import Wants
from breakwater.resources.models import Bed
from breakwater.trust.access import Actor, acting, system_for
from breakwater.trust.actions.consents import raise_segments, take_consent
from breakwater.trust.actions.drafts import keep_draft
from breakwater.trust.actions.glass import Emergency, break_glass, close_glass
from breakwater.trust.actions.protecting import protect_part
from breakwater.trust.actions.standing import let_out
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Agency, Grant
from breakwater.trust.rules.law import Unlawful
from breakwater.trust.testing import a_guest, a_release, an_actor, as_seen_by
from tests.matrix.canaries import Cage

KIND_OF = {
    "": "general", "vsp": "vsp_release", "part2": "part2", "education": "general",
    "minor-confidential": "minor_own",
}  # fmt: skip
"""The agreement that opens a record, by what protects it."""
EVERYTHING = frozenset({"who", "care", "needs"})


@dataclass
class Taken:
    """A record, and what the ids in addresses stand for about it."""

    name: str
    case: Case
    ids: dict[str, Any]


@dataclass
class _Writer:
    """Who writes the record, when, and with which canaries."""

    name: str
    by: Actor
    cage: Cage
    at: datetime

    def word(self, where: str, holds: str, *segments: str) -> str:
        return self.cage.word(self.name, where, holds, segments)


@dataclass(frozen=True, kw_only=True)
class Hands:
    """Who else has a hand in a record: a colleague, who drives, and medical staff that is there when it is called."""

    colleague: Actor
    driver: Actor
    medic: Callable[[], Actor]


def everything_about(
    name: str, *, by: Actor, hands: Hands, bed: Bed, protection: Collection[str], cage: Cage
) -> Taken:
    """Take somebody in and write all there is to write, by the acts of the product."""
    write, colleague = _Writer(name, by, cage, by.now), hands.colleague
    case, receiving = _taken_in(write), bed.agency
    raise_segments(case.circle, protection, at=by.now, by=by)
    ids: dict[str, Any] = {"case_id": case.pk, "person_id": case.person_id}
    ids |= {"@receiving": str(receiving.pk), "@colleague": str(colleague.user.pk), "@me": str(by.user.pk)}
    ids["@soon"] = (by.now.astimezone(by.zone).date() + timedelta(20)).isoformat()
    ids |= _round(write, case.person) | _worked(write, case, colleague) | _planned(write, case)
    _kept_apart(write, case)
    ids |= (
        _sent(write, case, receiving, bed)
        | _waits(write, case, receiving)
        | _rides(write, case, hands.driver)
    )
    as_seen_by(colleague)
    keep_draft(f"/cases/{case.pk}/notes/", {"words": [write.word("draft", "draft")]}, at=by.now, by=colleague)
    ids["glass_id"] = _opened(case, by=by, medic=hands.medic)
    as_seen_by(by)
    ids["own_act_id"] = an_own_act(case, by=by, words=write.word("ownword", "care")).pk
    ids["copy_id"] = an_own_copy(case, by=by)[0].pk
    link = a_link(a_referral(case, by=by), by=by).link
    ids["site_link_id"] = link.pk
    ids["site_question_id"] = a_site_question(link, words=write.word("sitewords", "needs")).pk
    sent_with = {"name": write.word("sitefile", "care"), "words": write.word("sitefilewords", "care")}
    ids["site_file_id"] = a_site_file(link, by=by, **sent_with).pk
    as_seen_by(by)
    ids["grant_id"] = Grant.objects.get(circle=case.circle, agency=by.agency).pk
    ids["@version"] = str(Person.objects.get(pk=case.person_id).version)
    return Taken(name, case, ids)


_APART = "psychotherapy-notes"


def _kept_apart(write: _Writer, case: Case) -> None:
    """One part of each kind of information that a law keeps apart from the rest, and one fact about the person.

    A moment after all else was written: what was talked over before tells of none of it.
    """
    told: dict[str, Any] = {"at": write.at + timedelta(milliseconds=1), "by": write.by}
    for part in (
        a_need(case, words=write.word("needapart", "needs", _APART), **told),
        a_step(case, words=write.word("stepapart", "needs", _APART), **told),
        name_barrier(case, words=write.word("barrierapart", "care", _APART), **told),
        add_name(case.person, kind="legal", text=write.word("nameapart", "who", _APART), **told),
    ):
        protect_part(part, [_APART], **told)
    protect_fact(case.person, "language", [_APART], **told)


def _taken_in(write: _Writer) -> Case:
    who = {
        "known_as": write.word("known", "who"), "pronouns": write.word("pronouns", "who"),
        "safe_contact": write.word("safe", "who"), "must_not_know": write.word("mustnot", "who"),
        "language": write.word("language", "who", _APART),
        "triggers": write.word("triggers", "who"), "strengths": write.word("strengths", "who"),
        "names": [("nickname", write.word("nickname", "who"))],
        "contact_points": [
            {"kind": "phone", "value": write.cage.phone(write.name), "safety": "safe", "how": write.word("how", "who")}
        ],
    }  # fmt: skip
    case = a_case(
        by=write.by, at=write.at - timedelta(hours=5), code="B", what_is_happening=write.word("happening", "care"),
        dangers={"self": ("possible", write.word("danger", "care"))}, **who,
    )  # fmt: skip
    a_note(
        case, by=write.by, at=write.at - timedelta(hours=4), kind="visit", reached=True, words="With them."
    )
    hours_ago = {"at": write.at - timedelta(hours=4), "by": write.by}
    read_danger(case, to="worker", level="none", words="", **hours_ago)
    book_next_contact(case, due_at=write.at + timedelta(days=9), **hours_ago)
    for kind in GATES[1:]:
        evidence = write.word("gate", "care")
        meet_gate(case, kind=kind, evidence=evidence, at=write.at - timedelta(hours=4), by=write.by)
    return case


def _round(write: _Writer, person: Person) -> dict[str, Any]:
    told: dict[str, Any] = {"at": write.at, "by": write.by}
    hidden = add_contact_point(
        person, kind="address", value=write.word("address", "who", "location-confidential"), safety="safe", how="",
        **told,
    )  # fmt: skip
    raise_segments(hidden, ["location-confidential"], at=write.at, by=write.by)
    point = add_contact_point(person, kind="phone", value="(555) 010-2020", safety="safe", how="", **told)
    supporter = add_supporter(
        person, name=write.word("supporter", "who"), relation=write.word("relation", "who"), reach="",
        may_know=write.word("mayknow", "who"), must_not_know=False, **told,
    )  # fmt: skip
    choose_word(person, word=write.word("safeword", "nobody"), known_by="in_person", **told)
    other = a_case(by=write.by, at=write.at - timedelta(hours=5), known_as="Somebody beside").person
    alone = a_case(by=write.by, at=write.at - timedelta(hours=5), known_as="Somebody alone").person
    belongs = join_household(person, with_=other, part="adult", **told)
    beside = Membership.objects.get(person=other, ends_at=None)
    return {
        "@person_alone": str(alone.pk),
        "@family": mark_of_choices({}, [beside.pk]),
        "@membership": str(beside.pk),
        "name_id": add_name(person, kind="nickname", text=write.word("name", "who"), **told).pk,
        "contact_point_id": point.pk,
        "supporter_id": supporter.pk,
        "membership_id": belongs.pk,
    }


def _worked(write: _Writer, case: Case, colleague: Actor) -> dict[str, Any]:
    by, at = write.by, write.at
    join_team(case, worker=colleague.user, at=at, by=by)
    note = a_note(case, by=by, at=at, words=write.word("note", "care"))
    amend_note(
        note, words=write.word("amended", "care"), reason=write.word("why", "care"), version=1, at=at, by=by
    )
    for segment, where in (("psychotherapy-notes", "therapy"), ("sud-counseling-notes", "counsel")):
        apart = a_note(case, by=by, at=at, words=write.word(where, "care", segment))
        raise_segments(apart, [segment], at=at, by=by)
    asked = an_assessment(case, by=by, at=at, instrument="rapid-crisis")
    (alert,) = answer(asked, {"happened": write.word("happened", "care"), "self": "now"}, at=at, by=by)
    owed = FollowUp.objects.standing().filter(case=case).first()
    spoke = attempt(owed, Try(outcome="reached"), at=at, by=by)
    return {
        "attempt_id": spoke.pk,
        "assessment_id": asked.pk,
        "@spoken": asked.spoken(),
        "alert_id": alert.pk,
        "note_id": note.pk,
        "gate_id": Gate.objects.filter(case=case).first().pk,
        **_can_stand_still(case),
        "barrier_id": name_barrier(case, words=write.word("barrier", "care"), at=at, by=by).pk,
        "assignment_id": Assignment.objects.helpers().filter(case=case).first().pk,
        "follow_up_id": FollowUp.objects.standing().filter(case=case).first().pk,
    }


def _planned(write: _Writer, case: Case) -> dict[str, Any]:
    need = a_need(case, by=write.by, words=write.word("need", "needs"))
    linked = a_need(case, by=write.by, words=write.word("linked", "needs"), domain="money")
    unlinked = a_need(case, by=write.by, words="Another thing", domain="food")
    link_needs(need, effect=linked, at=write.at, by=write.by)
    return (
        {
            "need_id": need.pk,
            "part_id": need.pk,
            "@linked_need": str(linked.pk),
            "@unlinked_need": str(unlinked.pk),
            "step_id": a_step(case, by=write.by, words=write.word("step", "needs")).pk,
        }
        | _kept_safe(write, case)
        | _applied_for(write, case)
    )


def _kept_safe(write: _Writer, case: Case) -> dict[str, Any]:
    """A safety plan with what belongs to it, a goal, and what they answered to the plan."""
    by = write.by
    a_copy(a_safety_plan(case, by=by, own_coping=write.word("coping", "care")), by=by)
    goal = a_goal(case, by=by, words=write.word("goal", "needs"), builds_on=write.word("builds", "needs"))
    an_agreement(case, by=by, voice=write.word("voice", "needs"), signature=write.word("theirname", "needs"))
    a_reading(case, by=by)
    return {
        "goal_id": goal.pk,
        "safeguard_id": a_safeguard(case, by=by, words=write.word("pills", "care")).pk,
        "lesson_id": a_lesson(case, by=by, words=write.word("river", "care")).pk,
    }


def _applied_for(write: _Writer, case: Case) -> dict[str, Any]:
    """An application that is being filled in, with what the office wants; and one that was handed in and answered."""
    by, at = write.by, write.at
    begun = an_interview(an_application(case, by=by), by=by)
    (paper,) = want_papers(begun, [write.word("paper", "needs")], due_on=None, at=at, by=by)
    proof = Proof(how="mail", hand="worker", confirmation=write.word("proof", "needs"))
    sent = submit(an_application(case, by=by, program="wic"), proof, submitted_at=at, at=at, by=by)
    told(sent, "approved", by=by, words=write.word("notice", "needs"), amount=write.word("amount", "needs"))
    return {
        "screening_id": a_screening(case, by=by).pk,
        "application_id": begun.pk,
        "paper_id": paper.pk,
        "@answered": str(sent.pk),
        "@today": at.astimezone(by.zone).date().isoformat(),
    }


def _sent(write: _Writer, case: Case, receiving: Agency, bed: Bed) -> dict[str, Any]:
    """What goes to another agency, by the person's agreement; nothing in it is a canary of the record."""
    by, at = write.by, write.at
    segment = next(iter(case.circle.segments), "")
    consent = take_consent(
        a_release(
            receiving, kind=KIND_OF[segment], segments=frozenset(case.circle.segments), information=EVERYTHING,
            what=write.word("agreed", "scope"), signed_by=write.word("signed", "who"),
            as_shown=write.word("shown", "who"), ends=at.date() + timedelta(30), lets_in=False,
        ),
        circle=case.circle, at=at, by=by,
    )  # fmt: skip
    sent = a_referral(case, by=by, at=at, to_agency=receiving, words=write.word("letter", "letter"))
    offered = a_handoff(
        case, by=by, to=receiving, at=at, sections=("triage",), message=write.word("packet", "letter")
    )
    asked = _asked(write, case, receiving) | _messages(write, case, sent)
    placed = a_placement(case, bed, by=by, at=at)
    _was_let_in(write, case, receiving)
    return asked | {
        "consent_id": consent.pk, "referral_id": sent.pk, "handoff_id": offered.pk, "placement_id": placed.pk,
    }  # fmt: skip


def _was_let_in(write: _Writer, case: Case, agency: Agency) -> None:
    """Another agency helped beside us for a moment, where no law keeps it out: that it did is accounted for."""
    if case.circle.segments:
        return
    told = {"at": write.at, "by": an_actor(Role.SUPERVISOR, agency=write.by.agency, now=write.at)}
    a_guest(case.circle, agency=agency, what=write.word("letin", "disclosure"), **told)
    let_out(case.circle, agency=agency, **told)
    as_seen_by(write.by)


def _messages(write: _Writer, case: Case, sent: Referral) -> dict[str, Any]:
    """What is written on the case, and about the referral from its far end; a notice, and what waits for somebody."""
    by, at = write.by, write.at
    name, words = (write.word(one, "care", *case.circle.segments) for one in ("filename", "filewords"))
    file = a_file(name=f"{name}.txt", content=words.encode(), is_scanned=True)
    message = a_message(case, write.word("message", "care", *case.circle.segments), by=by, attached=[file])
    thread = open_thread(sent, at=at, by=by)
    there, here = system_for(sent.to_agency, now=at), system_for(by.agency, now=at)
    with acting(there):
        a_letter_message(thread, write.word("reply", "letter"), by=there)
    point = ContactPoint.objects.filter(person=case.person, kind="phone", ends_at=None).latest(
        "starts_at", "pk"
    )
    a_rule(point, by=by)
    waits = a_notice(case, point, by=by, when=at + timedelta(hours=1))
    with acting(here):
        tell_workers(News(kind="request", cause=sent.pk, about=sent.pk), set(), at=at, by=here)
        notice = Notice.objects.get(cause=sent.pk)
    return {
        "attachment_id": Attachment.objects.get(about=message.pk).pk,
        "message_id": message.pk, "thread_id": thread.pk, "sent_id": waits.pk, "notice_id": notice.pk,
        "@phone": str(point.pk),
    }  # fmt: skip


def _asked(write: _Writer, case: Case, receiving: Agency) -> dict[str, Any]:
    """A place is asked for a bed, and asks something back."""
    by, at = write.by, write.at
    program = a_program(keeper=receiving, at=at)
    wish = Wish(kind=program.kind, wants=Wants(age=34), words=write.word("asked", "letter"))
    opened = ask_many(case, wish, [program], at=at, by=by)
    sent = opened.asks.get()
    there = system_for(receiving, now=at)
    with acting(there):
        count_room(program, Count(accepting=1), at=at, by=there)
        question = put_question(sent, words=write.word("question", "letter"), at=at, by=there)
    bed = Bed.objects.of(program).get()
    return {
        "round_id": opened.pk, "ask_id": sent.pk, "question_id": question.pk, "program_id": program.pk,
        "@program": str(program.pk), "@asked_bed": str(bed.pk),
    }  # fmt: skip


def _waits(write: _Writer, case: Case, receiving: Agency) -> dict[str, Any]:
    """A place on a list, with a bed that is offered."""
    program = a_program(keeper=receiving, at=write.at, kind="detox")
    applicant = Applicant(wants=Wants(age=34), grounds=("outside",), words=write.word("waits", "letter"))
    wait = join_list(case, program, applicant, at=write.at, by=write.by)
    (hold,) = offered(program, at=write.at, by=system_for(receiving, now=write.at))
    return {"wait_id": wait.pk, "hold_id": hold.pk}


def _rides(write: _Writer, case: Case, driver: Actor) -> dict[str, Any]:
    """A ride to where only its driver reads, and who wrote it."""
    hidden = End(words=write.word("heron", "way"), is_hidden=True)
    seat = Seat(needs=("quiet",), words=write.word("rider", "letter"))
    ride = a_ride(
        case, by=write.by, at=write.at, seat=seat, goal=hidden, driving="partner", partner=driver.agency,
        starts_at=write.at + timedelta(hours=_rides_apart()),
    )  # fmt: skip
    with acting(driver):
        assign_driver(ride, driver.user, at=write.at, by=driver)
    tomorrow = (write.at + timedelta(1)).strftime("%Y-%m-%dT%H:%M")
    return {
        "ride_id": ride.pk, "passenger_id": ride.passengers.get(case=case).pk, "@ride": str(ride.pk),
        "@driver": str(driver.user.pk), "@tomorrow": tomorrow,
    }  # fmt: skip


_rides_apart = count(2, 3).__next__
"""Nobody drives two rides at once: each record's begins some hours after the one before."""


def _opened(case: Case, *, by: Actor, medic: Callable[[], Actor]) -> Any:
    """Somebody of a sixth agency opened the record in an emergency and closed it again, where the law lets it open."""
    who = medic()
    why = Emergency(reason="life_threat", words="Unconscious at the bus stop.", lasts=timedelta(hours=1))
    try:
        (glass,) = break_glass([case.circle_id], why, at=by.now, by=who)
    except Unlawful:
        who.refused.clear()
        return None
    close_glass(glass, by=who)
    return glass.pk


def _can_stand_still(case: Case) -> dict[str, Any]:
    """A clock that its law lets stand still, and why."""
    running = Clock.objects.running().in_episode(case.pk).order_by("-due_at")
    clock = next((one for one in running if one.spec.pauses), running[0])
    return {"clock_id": clock.pk, "@pause": next(iter(clock.spec.pauses), "")}
