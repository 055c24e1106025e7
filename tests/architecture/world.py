"""A lived-in corner of the field: one of everything that has an address, so that every address can be asked for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from breakwater.assessments.models import Alert, Assessment
from breakwater.assessments.testing import an_alert
from breakwater.attachments.models import Attachment
from breakwater.attachments.testing import a_file
from breakwater.benefits.models import Application, Paper, Screening
from breakwater.benefits.testing import a_screening, an_application, some_papers
from breakwater.cases.actions.follow_up import Try, attempt
from breakwater.cases.actions.notes import name_barrier
from breakwater.cases.actions.owners import join_team
from breakwater.cases.actions.screening import find_circumstance
from breakwater.cases.models import Assignment, Attempt, Barrier, Case, Circumstance, FollowUp, Gate, Note
from breakwater.cases.testing import a_case, a_note, stabilized
from breakwater.clocks.models import Clock
from breakwater.duties.models import Duty, Prompt
from breakwater.duties.testing import a_duty, a_prompt
from breakwater.messaging.actions.notices import News, tell_workers
from breakwater.messaging.models import Message, Notice, Thread, Way
from breakwater.messaging.testing import a_device, a_message, a_notice, a_rule, a_safe_phone
from breakwater.people.actions.households import join_household
from breakwater.people.actions.persons import add_name
from breakwater.people.actions.reach import add_contact_point, add_supporter
from breakwater.people.models import ContactPoint, Membership, Name, Person, Supporter
from breakwater.plans.models import Goal, Lesson, Need, Safeguard, Step
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
from breakwater.portal.models import OwnAct, OwnCopy, RoomDevice, RoomLink, SiteFile, SiteLink, SiteQuestion
from breakwater.portal.testing import (
    a_church,
    a_link,
    a_room_device,
    a_site_file,
    a_site_question,
    an_own_act,
    an_own_copy,
)
from breakwater.referrals.actions.answering import put_question
from breakwater.referrals.actions.loop import open_thread
from breakwater.referrals.models import (
    Ask,
    Handoff,
    Hold,
    Passenger,
    Placement,
    Question,
    Referral,
    Ride,
    Round,
    Wait,
)
from breakwater.referrals.testing import (
    a_bed,
    a_handoff,
    a_placement,
    a_program,
    a_referral,
    a_ride,
    a_round,
    a_wait,
    offered,
)
from breakwater.resources.models import Bed, Claim, Phone
from breakwater.resources.testing import a_service, holds_listing
from breakwater.trust.access import Actor, acting, system_for
from breakwater.trust.actions.consents import take_consent
from breakwater.trust.actions.drafts import keep_draft
from breakwater.trust.actions.factors import add_passkey
from breakwater.trust.actions.glass import Emergency, break_glass, close_glass
from breakwater.trust.actions.handed import start_reset
from breakwater.trust.actions.keeping import put_hold
from breakwater.trust.actions.looks import flag_record
from breakwater.trust.actions.reviews import begin_review
from breakwater.trust.actions.roles import make_role
from breakwater.trust.capabilities import Role
from breakwater.trust.models import (
    AccessReview,
    Agency,
    AgencyRole,
    Appointment,
    Concern,
    Consent,
    Draft,
    Erasure,
    Flag,
    Glass,
    Grant,
    HandedCode,
    Incident,
    Involvement,
    LegalHold,
    MedicalEmergency,
    OddLook,
    Passkey,
    RecordRequest,
    Unit,
)  # fmt: skip
from breakwater.trust.passkeys import Made
from breakwater.trust.testing import (
    a_concern,
    a_medical_emergency,
    a_release,
    a_request,
    a_threat_team,
    an_actor,
    an_agency,
    an_erasure,
    an_incident,
    an_involvement,
    an_odd_look,
    as_seen_by,
)

CONFIDENTIAL: dict[str, type[Model]] = {
    "case_id": Case,
    "person_id": Person,
    "clock_id": Clock,
    "gate_id": Gate,
    "note_id": Note,
    "barrier_id": Barrier,
    "assignment_id": Assignment,
    "follow_up_id": FollowUp,
    "attempt_id": Attempt,
    "need_id": Need,
    "part_id": Need,
    "step_id": Step,
    "goal_id": Goal,
    "safeguard_id": Safeguard,
    "lesson_id": Lesson,
    "screening_id": Screening,
    "application_id": Application,
    "paper_id": Paper,
    "referral_id": Referral,
    "handoff_id": Handoff,
    "placement_id": Placement,
    "round_id": Round,
    "ask_id": Ask,
    "question_id": Question,
    "wait_id": Wait,
    "hold_id": Hold,
    "ride_id": Ride,
    "passenger_id": Passenger,
    "name_id": Name,
    "contact_point_id": ContactPoint,
    "supporter_id": Supporter,
    "membership_id": Membership,
    "consent_id": Consent,
    "grant_id": Grant,
    "glass_id": Glass,
    "request_id": RecordRequest,
    "incident_id": Incident,
    "erasure_id": Erasure,
    "legal_hold_id": LegalHold,
    "look_id": OddLook,
    "flag_id": Flag,
    "passkey_id": Passkey,
    "draft_id": Draft,
    "way_id": Way,
    "reset_id": HandedCode,
    "appointment_id": Appointment,
    "unit_id": Unit,
    "role_id": AgencyRole,
    "review_id": AccessReview,
    "circumstance_id": Circumstance,
    "duty_id": Duty,
    "prompt_id": Prompt,
    "assessment_id": Assessment,
    "alert_id": Alert,
    "concern_id": Concern,
    "emergency_id": MedicalEmergency,
    "involvement_id": Involvement,
    "copy_id": OwnCopy,
    "own_act_id": OwnAct,
    "site_link_id": SiteLink,
    "site_question_id": SiteQuestion,
    "site_file_id": SiteFile,
    "room_link_id": RoomLink,
    "room_device_id": RoomDevice,
    "claim_id": Claim,
    "thread_id": Thread,
    "message_id": Message,
    "notice_id": Notice,
    "sent_id": Notice,
    "attachment_id": Attachment,
}
"""What the ids in our addresses belong to, behind a wall."""

OPEN = {
    "service_id": "the directory holds nothing about anyone",
    "organization_id": "the directory",
    "term_id": "the directory: how its source files a service",
    "given_id": "the directory: a service at a place",
    "place_id": "the directory: what a place without accounts gives, and how it tells its room",
    "taxonomy_id": "the directory: a list in which terms stand",
    "own_bed_id": "the directory: a bed, and whom it takes; who sleeps there is not known to it",
    "own_place_id": "the directory: what a place has, shown to those who keep it",
    "program_id": "the directory: whom a place takes, and how much room it told",
}
"""Ids of what everybody who is signed in may see, with the reason."""


@dataclass(frozen=True)
class Address:
    """A page of the site: its name, and which ids its address holds."""

    name: str
    ids: tuple[str, ...]
    view: Callable[..., Any]

    def at(self, ids: dict[str, UUID]) -> str:
        """The address with these ids; one that is not given belongs to nothing."""
        return _spelled(self.name, self.ids) % tuple(ids.get(one) or uuid4() for one in self.ids)


@cache
def _spelled(name: str, ids: tuple[str, ...]) -> str:
    """How an address is spelled, with a blank for each id: it is asked for many thousand times."""
    standing = [UUID(int=number) for number in range(len(ids))]
    spelled = reverse(name, kwargs=dict(zip(ids, standing, strict=True))).replace("%", "%%")
    for one in standing:
        spelled = spelled.replace(str(one), "%s")
    return spelled


def addresses() -> list[Address]:
    """Every address of the site."""
    return list(_addresses_of(get_resolver()))


@cache
def _addresses_of(site: URLResolver) -> tuple[Address, ...]:
    """Walked once: it is asked for with every form that is sent."""
    return tuple(_addresses(site.url_patterns, ""))


def _addresses(patterns: list[Any], namespace: str) -> Iterator[Address]:
    for one in patterns:
        if isinstance(one, URLResolver):
            inner = f"{namespace}{one.namespace}:" if one.namespace else namespace
            yield from _addresses(one.url_patterns, inner)
        elif isinstance(one, URLPattern):
            yield Address(f"{namespace}{one.name}", tuple(one.pattern.converters), one.callback)


def somebody_known(name: str = "Marisol Vega") -> tuple[Actor, dict[str, UUID]]:
    """A case with everything on it, and the id of one row of each kind; seen by who works on it."""
    now = datetime.now(UTC)
    ours = an_actor(now=now)
    partner = an_agency()
    start = now - timedelta(hours=5)
    case = a_case(
        by=ours, at=start, code="B", known_as=name, what_is_happening=f"{name} has nowhere to sleep.",
        dangers={"self": ("possible", f"{name} spoke of it.")},
    )  # fmt: skip
    stabilized(case, by=ours, at=start + timedelta(hours=1))
    as_seen_by(colleague := an_actor(agency=ours.agency, now=now, name="Bo Lind"))
    as_seen_by(ours)
    join_team(case, worker=colleague.user, at=now, by=ours)
    rows: dict[str, Any] = {
        "case_id": case,
        "person_id": case.person,
        "gate_id": Gate.objects.filter(case=case).first(),
        "clock_id": Clock.objects.running().in_episode(case.pk).first(),
        "note_id": a_note(case, by=ours, at=now, words=f"Spoke with {name}."),
        "barrier_id": name_barrier(case, words=f"{name} has no papers.", at=now, by=ours),
        "assignment_id": Assignment.objects.helpers().filter(case=case).first(),
        "follow_up_id": FollowUp.objects.standing().filter(case=case).first(),
        "need_id": a_need(case, by=ours, at=now),
        "step_id": a_step(case, by=ours, at=now),
        "referral_id": a_referral(case, by=ours, at=now, to_agency=partner),
        "handoff_id": a_handoff(case, by=ours, at=now, to=partner),
        **_asked_for(case, partner, at=now, by=ours),
        **_waits_and_rides(case, partner, at=now, by=ours),
        "placement_id": a_placement(case, _a_bed_with_a_number(partner, now), by=ours, at=now),
        "consent_id": take_consent(
            a_release(partner, ends=now.date() + timedelta(30), signed_by=name),
            circle=case.circle,
            at=now,
            by=ours,
        ),
    }
    rows |= _planned(case, name=name, by=ours, at=now)
    rows |= _handed_out(case, at=now, by=ours)
    rows |= _beside_the_case(case, other=a_case(by=ours, at=start).person, at=now, by=ours)
    return ours, {kind: row.pk for kind, row in rows.items()}


def _handed_out(case: Case, *, at: datetime, by: Actor) -> dict[str, Any]:
    """What those who are nobody's user hold: a copy of their own, and a link to a letter."""
    link = a_link(a_referral(case, by=by, at=at), by=by, at=at).link
    device = a_room_device(a_church(), by=by)
    asked = {"site_link_id": link, "site_question_id": a_site_question(link)}
    asked |= {"site_file_id": a_site_file(link, by=by, name="Marisol Vega.txt")}
    asked |= {"room_link_id": device.link, "room_device_id": device}
    asked |= {"grant_id": Grant.objects.get(circle=case.circle, basis=Grant.Basis.CONSENT)}
    asked |= {"claim_id": holds_listing(by.agency, a_service().organization, at=at)}
    return asked | {"own_act_id": an_own_act(case, by=by), "copy_id": an_own_copy(case, by=by)[0]}


def _asked_for(case: Case, partner: Agency, *, at: datetime, by: Actor) -> dict[str, Any]:
    """A place that was asked for a bed, and what it asks back."""
    opened = a_round(case, a_program(keeper=partner, at=at), by=by, at=at)
    sent = opened.asks.get()
    there = system_for(partner, now=at)
    with acting(there):
        question = put_question(sent, words="Can they climb stairs?", at=at, by=there)
    return {"round_id": opened, "ask_id": sent, "question_id": question}


def _waits_and_rides(case: Case, partner: Agency, *, at: datetime, by: Actor) -> dict[str, Any]:
    """A place on a list with the bed that is offered, and a ride."""
    program = a_program(keeper=partner, at=at, kind="detox")
    wait = a_wait(case, program, by=by, at=at)
    (hold,) = offered(program, at=at, by=system_for(partner, now=at))
    ride = a_ride(case, by=by, at=at, driving="partner", partner=partner)
    return {"wait_id": wait, "hold_id": hold, "ride_id": ride, "passenger_id": ride.passengers.get()}


def _tried(case: Case, *, at: datetime, by: Actor) -> Attempt:
    owed = FollowUp.objects.standing().filter(case=case).first()
    return attempt(owed, Try(outcome="no_answer"), at=at, by=by)


def _planned(case: Case, *, name: str, by: Actor, at: datetime) -> dict[str, Any]:
    """A goal and what they said to it, a safety plan with its copy, and what is within reach."""
    told: dict[str, Any] = {"by": by, "at": at}
    rows = {
        "attempt_id": _tried(case, at=at, by=by),
        "goal_id": a_goal(case, words=f"{name} wants a door that locks.", **told),
        "lesson_id": a_lesson(case, words=f"{name} walks by the river.", **told),
        "part_id": a_need(case, **told),
        "safeguard_id": a_safeguard(case, words=f"{name} gives the pills away.", **told),
        "screening_id": a_screening(case, **told),
        "application_id": (application := an_application(case, **told)),
        "paper_id": some_papers(application, **told)[0],
    }
    an_agreement(case, voice=f"{name} said yes.", **told)
    a_reading(case, **told)
    a_copy(a_safety_plan(case, warning_signs=f"{name} stops eating.", **told), **told)
    return rows


def _beside_the_case(case: Case, *, other: Person, at: datetime, by: Actor) -> dict[str, Any]:
    """What others did about it, what the agency keeps for itself, and how its worker signs in."""
    rows = _asked_and_told(case, at=at, by=by) | _messages(case, at=at, by=by)
    rows["glass_id"] = _opened_by_somebody(case, at=at)
    rows |= _kept_by_the_agency(by, at=at)
    as_seen_by(by)
    rows |= _round(case.person, beside=other, at=at, by=by) | _on_the_desk(case, flagged=other, by=by)
    as_seen_by(by)
    return rows | _sign_in_of(by, at=at)


def _messages(case: Case, *, at: datetime, by: Actor) -> dict[str, Any]:
    """What was written on the case and about its referral, a notice that waits, and what waits for the agency."""
    sent = Referral.objects.get(case=case, to_agency__isnull=False)
    point = a_safe_phone(case, by=by, value="(555) 010-3030")
    a_rule(point, by=by)
    with acting(system_for(by.agency, now=at)) as itself:
        tell_workers(News(kind="request", cause=sent.pk, about=sent.pk), set(), at=at, by=itself)
    return {
        "message_id": (message := a_message(case, by=by, attached=[a_file(is_scanned=True)])),
        "attachment_id": Attachment.objects.get(about=message.pk),
        "thread_id": open_thread(sent, at=at, by=by),
        "sent_id": a_notice(case, point, by=by, when=at + timedelta(hours=1)),
        "notice_id": Notice.objects.get(cause=sent.pk),
    }


def _opened_by_somebody(case: Case, *, at: datetime) -> Glass:
    """Somebody of another agency opened the record in an emergency, and closed it again."""
    medic = an_actor(Role.RESPONDER, now=at)
    why = Emergency(reason="life_threat", words="Unconscious at the bus stop.", lasts=timedelta(hours=1))
    (glass,) = break_glass([case.circle_id], why, at=at, by=medic)
    close_glass(glass, by=medic)
    return glass


def _on_the_desk(case: Case, *, flagged: Person, by: Actor) -> dict[str, Any]:
    """What a privacy officer owes an answer; about the colleague who is on the team."""
    asked = a_request(case.circle, by=by)
    officer = as_seen_by(an_actor(Role.PRIVACY_OFFICER, agency=by.agency, now=by.now, name="Ines Roy"))
    return {
        "request_id": asked,
        "incident_id": an_incident(by=officer),
        "look_id": an_odd_look(case.circle, of=an_actor(agency=by.agency, now=by.now), by=officer),
        "erasure_id": an_erasure(case.circle, at=by.now, by=as_seen_by(officer)),
        "legal_hold_id": put_hold(case.circle, reason="A lawsuit.", at=by.now, by=as_seen_by(officer)),
        "flag_id": flag_record(flagged.circle, news_on=None, at=by.now, by=as_seen_by(officer)),
    }


def _sign_in_of(by: Actor, *, at: datetime) -> dict[str, Any]:
    """A passkey of theirs, and a reset that waits for a second person at their agency."""
    made = Made(uuid4().bytes, b"a public key", 0)
    passkey = add_passkey(made, name="My phone", key="", at=at, by=by)
    boss = an_actor(Role.ADMINISTRATOR, agency=by.agency, now=at, name="Ines Roy")
    officer = an_actor(Role.PRIVACY_OFFICER, agency=by.agency, now=at, name="Omar Haddad")
    as_seen_by(boss)
    lost = Appointment.objects.get(user=officer.user)
    reset, _ = start_reset(lost, takes_factors=False, at=at, by=boss)
    as_seen_by(by)
    as_seen_by(officer)
    left = keep_draft(reverse("cases:intake"), {}, at=at - timedelta(days=1), by=officer)
    as_seen_by(by)
    return {"passkey_id": passkey, "reset_id": reset, "way_id": a_device(by=by), "draft_id": left}


def _kept_by_the_agency(ours: Actor, *, at: datetime) -> dict[str, Any]:
    """Who works there, in which unit and as what; and a review of that."""
    chief = an_actor(Role.ADMINISTRATOR, agency=ours.agency, now=at)
    return {
        "appointment_id": Appointment.objects.get(user=ours.user),
        "unit_id": ours.unit,
        "role_id": make_role(name="Night reader", capabilities=["cases.read"], because="", at=at, by=chief),
        "review_id": begin_review(at=at, by=chief),
    }


def _asked_and_told(case: Case, *, at: datetime, by: Actor) -> dict[str, Any]:
    """What the duty table asks, and what was told outside."""
    told: dict[str, Any] = {"circle": case.circle, "at": at, "by": by}
    duty = a_duty(by=by)
    alert = an_alert(case, by=by, at=at)
    return {
        "assessment_id": alert.assessment,
        "alert_id": alert,
        "duty_id": duty,
        "prompt_id": a_prompt(case, duty, by=by, at=at),
        "circumstance_id": find_circumstance(case, kind="weapon", words="", at=at, by=by),
        "concern_id": a_concern(a_threat_team(), **told),
        "emergency_id": a_medical_emergency(**told),
        "involvement_id": an_involvement(**told),
    }


def _round(person: Person, *, beside: Person, at: datetime, by: Actor) -> dict[str, Any]:
    """What they are called, how they are reached, who stands round them and who is in this with them."""
    told: dict[str, Any] = {"at": at, "by": by}
    ana = {"name": "Ana", "relation": "sister", "reach": "", "may_know": "", "must_not_know": False}
    reach = {"kind": "phone", "value": "(555) 010-2020", "safety": "safe", "how": ""}
    return {
        "name_id": add_name(person, kind="nickname", text="Mari", **told),
        "contact_point_id": add_contact_point(person, **reach, **told),
        "supporter_id": add_supporter(person, **ana, **told),
        "membership_id": join_household(person, with_=beside, part="adult", **told),
    }


def _a_bed_with_a_number(keeper: Agency, at: datetime) -> Bed:
    """A bed of a place that can be called."""
    bed = a_bed(keeper=keeper, at=at)
    Phone.objects.create(place=bed.place, number="(555) 010-2200", source="testing", external_id=str(bed.pk))
    return bed
