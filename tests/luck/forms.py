"""Every form with a field of free text: where it is filled in, and where its words come back."""

from datetime import UTC, datetime, timedelta

from breakwater.assessments.actions.asking import complete
from breakwater.assessments.forms import AmendmentForm as AnswersAmendmentForm
from breakwater.assessments.forms import DecisionForm, HearingForm, OverrideForm
from breakwater.assessments.models import Assessment
from breakwater.cases.actions.follow_up import Try, ask_to_be_called, attempt
from breakwater.cases.actions.intake import Story
from breakwater.cases.forms import (
    AmendmentForm,
    AttemptForm,
    BarrierForm,
    CircumstanceForm,
    ClosureForm,
    DangerForm,
    GatesForm,
    IntakeForm,
    NextContactForm,
    NoteForm,
    NotReachedForm,
    ReasonForm,
    RemovalForm,
    TriageForm,
)
from breakwater.cases.models import Case
from breakwater.cases.rules import GATES
from breakwater.duties.forms import ConsultationForm, NotRequiredForm, ReportForm
from breakwater.kernel.text import mark_of
from breakwater.messaging.forms import AmendmentForm as MessageAmendmentForm
from breakwater.messaging.forms import MessageForm, WayForm
from breakwater.people.forms import ContactPointForm, NameForm, SafetyForm, SupporterForm, WhoForm
from breakwater.plans.forms.goals import AgreementForm, GoalEndingForm, GoalForm, SufficiencyForm
from breakwater.plans.forms.needs import CompletionForm, DroppingForm, NeedForm, StepForm
from breakwater.plans.forms.safety import LessonForm, SafeguardEndingForm, SafeguardForm, SafetyPlanForm
from breakwater.plans.library import FORM
from breakwater.plans.overview import as_it_stands
from breakwater.portal.forms import SiteReplyForm
from breakwater.privacy.emergency_forms import MedicalForm
from breakwater.privacy.forms.requests import AskedForm
from breakwater.privacy.forms.sharing import ConsentForm, NarrowingForm
from breakwater.privacy.forms.sharing import WithdrawalForm as ConsentWithdrawalForm
from breakwater.referrals.actions.answering import accept_ask
from breakwater.referrals.actions.handoff import accept_case, take_over
from breakwater.referrals.actions.letters import Word
from breakwater.referrals.actions.loop import Letter, accept
from breakwater.referrals.actions.placement import arrive
from breakwater.referrals.forms import (
    AnswerForm,
    CancellationForm,
    DeclineForm,
    DepartureForm,
    EndingForm,
    FirstContactForm,
    HandoffDeclineForm,
    NeedMetForm,
    NotMetForm,
    OnHoldForm,
    ReferralForm,
    WithdrawalForm,
)
from breakwater.referrals.forms_of_hand_offs import HandoffForm
from breakwater.referrals.forms_of_meetings import MeetingForm
from breakwater.referrals.forms_of_rides import CallingOffForm, RideForm
from breakwater.referrals.forms_of_rounds import ReleaseForm, ReplyForm
from breakwater.referrals.forms_of_waiting import BecauseForm
from breakwater.referrals.models import Ask, Handoff, Placement, Referral
from breakwater.referrals.rules import reading_of
from breakwater.resources.forms import RoomForm
from breakwater.resources.models import Bed
from breakwater.trust.access import acting, system_for
from tests.luck.benefits import BENEFITS
from tests.luck.desks import DESKS
from tests.luck.houses import HOUSES
from tests.luck.told import Told, World, texts


def _referral_shown(world: World, said: dict[str, str]) -> str:
    letter = Letter(to_name=said["to_name"], need="housing", words=said["words"], reach=said["reach"])
    return mark_of(reading_of(letter, from_name=world.actor.agency.name, need="Housing"))


def _plan_shown(world: World, said: dict[str, str]) -> str:
    return as_it_stands(Case.objects.get(pk=world.ids["case_id"]), zone=world.actor.zone)


def _accepted(world: World) -> None:
    found = Handoff.objects.get(pk=world.ids["handoff_id"])
    accept_case(found, word=Word(source="Sam, Lantern House"), at=world.actor.now, by=world.actor)


def _taken_over(world: World) -> None:
    _accepted(world)
    found = Handoff.objects.select_related("to_agency").get(pk=world.ids["handoff_id"])
    there = system_for(found.to_agency, now=world.actor.now)
    with acting(there):
        story = Story(what_is_happening="Came with a packet.", asked_by="partner", asked_at=there.now)
        take_over(found, story, at=there.now, by=there)


def _help_accepted(world: World) -> None:
    found = Referral.objects.get(pk=world.ids["referral_id"])
    accept(found, word=Word(source="Sam, Lantern House"), at=world.actor.now, by=world.actor)


def _said_yes(world: World) -> None:
    asked = Ask.objects.select_related("program", "to_agency").get(pk=world.ids["ask_id"])
    there = system_for(asked.to_agency, now=world.actor.now)
    with acting(there):
        accept_ask(asked, Bed.objects.of(asked.program).get(), at=there.now, by=there)


def _arrived(world: World) -> None:
    arrive(Placement.objects.get(pk=world.ids["placement_id"]), at=world.actor.now, by=world.actor)


def _reached(world: World) -> None:
    case, now = Case.objects.get(pk=world.ids["case_id"]), world.actor.now
    owed = ask_to_be_called(case, at=now, by=world.actor)
    world.ids["attempt_id"] = attempt(owed, Try(outcome="reached"), at=now, by=world.actor).pk


def _assessed(world: World) -> None:
    asked = Assessment.objects.select_related("case__circle", "circle").get(pk=world.ids["assessment_id"])
    complete(asked, at=world.actor.now, by=world.actor)


_SOON = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
_YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
_TOMORROW = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
_STAGE, _HAND_OFF = "referrals.Stage.", "referrals.HandoffStage."
_DANGERS = {
    f"danger_{to}_words": "cases.Danger.words"
    for to in ("self", "from_other", "others", "community", "worker")
}

FORMS = (
    Told(
        IntakeForm, "cases:intake",
        {
            "what_is_happening": "cases.Case.what_is_happening", "known_as": "people.Person.known_as",
            "safe_contact": "people.Person.safe_contact", "must_not_know": "people.Person.must_not_know",
            "pronouns": "people.Person.pronouns", "language": "people.Person.language",
            "phone": "people.ContactPoint.value", "reasons": "cases.Triage.reasons", **_DANGERS,
        },
        {"asked_by": "self", "owner": "me", "code": "B", "phone_as_words": "1"}
        | {name.removesuffix("_words"): "possible" for name in _DANGERS},
    ),
    Told(TriageForm, "cases:triage", {"reasons": "cases.Triage.reasons"}, {"code": "C"}),
    Told(DangerForm, "cases:danger", {"words": "cases.Danger.words"}, {"to": "self", "level": "likely"}),
    Told(
        GatesForm, "cases:gate", dict.fromkeys(GATES, "cases.Gate.evidence"), {"when": "tomorrow_morning"}, of="fresh"
    ),
    Told(ReasonForm, "cases:loss", {"because": "cases.Gate.lost_because"}),
    Told(ReasonForm, "cases:reopening", {"because": "cases.Closure.reopened_because"}, of="closed"),
    Told(
        NoteForm, "cases:note",
        {name: f"cases.Note.{name}" for name in ("words", "with_whom", "what_for", "outcome")}, {"kind": "advocacy"},
    ),
    Told(
        AmendmentForm, "cases:amendment",
        {"words": "cases.Amendment.words", "reason": "cases.Amendment.reason"}, {"version": "1"},
    ),
    Told(NotReachedForm, "cases:attempt_not_reached", {"reason": "cases.NotReached.reason"}, first=_reached),
    Told(BarrierForm, "cases:barrier", {"words": "cases.Barrier.words"}),
    Told(RemovalForm, "cases:removal", {"how": "cases.Barrier.removed_how"}),
    Told(
        NextContactForm, "cases:next_contact", {"agreed": "cases.Note.words"}, {"when": "tomorrow_morning"}
    ),
    Told(AttemptForm, "cases:attempt", {"words": "cases.Attempt.words"}, {"outcome": "no_answer"}),
    Told(
        ClosureForm, "cases:closure",
        {"words": "cases.Closure.words", "what_worked": "cases.Closure.what_worked"}, {"outcome": "mistake"},
        of="fresh",
    ),
    Told(
        WhoForm, "people:who",
        {
            name: f"people.Person.{name}"
            for name in (
                "known_as", "pronouns", "language", "strengths", "triggers", "safe_contact", "must_not_know"
            )
        },
        {"version": "1", "birth_date_is": "exact"},
    ),
    Told(
        ContactPointForm, "people:contact_point",
        {"value": "people.ContactPoint.value", "how": "people.ContactPoint.how"},
        {"kind": "other", "safety": "ask_first"},
    ),
    Told(
        SafetyForm, "people:contact_point_safety", {"how": "people.ContactPoint.how"}, {"safety": "unsafe"}
    ),
    Told(
        SupporterForm, "people:supporter",
        {name: f"people.Supporter.{name}" for name in ("name", "relation", "reach", "may_know")},
    ),
    Told(NameForm, "people:name", {"text": "people.Name.text"}, {"kind": "nickname"}),
    Told(
        ConsentForm, "privacy:consent",
        {
            "what": "trust.Consent.what", "to_name": "trust.Consent.recipient_name",
            "signed_by": "trust.Consent.signed_by", "language": "trust.Consent.language",
            "authority": "trust.Consent.authority",
        },
        {
            "information": "who", "purpose": "HOUSING", "way": "told", "agreement": "general", "signer": "self",
            "ends": _SOON, "shown": "",
        },
    ),
    Told(
        NarrowingForm, "privacy:narrowing",
        {name: f"trust.Consent.{name}" for name in ("what", "language", "authority", "signed_by")},
        {"information": "who", "purpose": "HOUSING", "signer": "self", "ends": _SOON, "shown": ""},
    ),
    Told(ConsentWithdrawalForm, "privacy:withdrawal", {"words": "trust.Consent.withdrawn_words"}),
    Told(NeedForm, "plans:need", {"words": "plans.Need.words"}, {"domain": "food"}),
    Told(
        StepForm, "plans:step", {"words": "plans.Step.words", "partner": "plans.Step.partner"},
        {"owner": "partner", "when": "tomorrow"},
    ),
    Told(CompletionForm, "plans:completion", {"outcome": "plans.Step.outcome"}),
    Told(DroppingForm, "plans:dropping", {"reason": "plans.Step.outcome"}),
    Told(
        GoalForm, "plans:goal", {"words": "plans.Goal.words", "builds_on": "plans.Goal.builds_on"}, {"domain": "food"}
    ),
    Told(GoalEndingForm, "plans:goal_ending", {"outcome": "plans.Goal.outcome"}, {"how": "left"}),
    Told(
        AgreementForm, "plans:agreement",
        {name: f"plans.Agreement.{name}" for name in ("voice", "signature", "why_not")},
        {"how": "signed"}, shown=_plan_shown,
    ),
    Told(
        SufficiencyForm, "plans:sufficiency_reading", {"words": "plans.Sufficiency.words"},
        {"moment": "interval", "food": "2"},
    ),
    Told(
        SafetyPlanForm, "plans:safety_plan_writing", {code: f"plans.SafetyPlan.{code}" for code in FORM.sections},
        {"version": "1"},
    ),
    Told(
        SafeguardForm, "plans:safeguard", {"words": "plans.Safeguard.words", "who": "plans.Safeguard.who"},
        {"means": "other", "when": "tomorrow"},
    ),
    Told(
        SafeguardEndingForm, "plans:safeguard_ending", {"known_from": "plans.Safeguard.known_from"},
        {"how": "declined"},
    ),
    Told(LessonForm, "plans:lesson", {"words": "plans.Lesson.words"}, {"kind": "trigger"}),
    Told(
        ReferralForm, "referrals:referral",
        {name: f"referrals.Referral.{name}" for name in ("to_name", "words", "reach")},
        {"need": "housing", "name_told": "no"}, shown=_referral_shown,
    ),
    Told(AnswerForm, "referrals:acknowledgement", {"source": f"{_STAGE}source", "words": f"{_STAGE}words"}),
    Told(
        DeclineForm, "referrals:refusal", {"source": f"{_STAGE}source", "words": f"{_STAGE}words"},
        {"reason": "no_capacity"},
    ),
    Told(
        NeedMetForm, "referrals:need_met", {"source": f"{_STAGE}source", "words": f"{_STAGE}words"},
        {"told_by": "second_source"},
    ),
    Told(
        NotMetForm, "referrals:need_not_met", {"source": f"{_STAGE}source", "words": f"{_STAGE}words"},
        {"reason": "other"},
    ),
    Told(WithdrawalForm, "referrals:withdrawal", {"words": f"{_STAGE}words"}),
    Told(
        OnHoldForm, "referrals:on_hold", {"source": f"{_STAGE}source", "words": f"{_STAGE}words"}, first=_help_accepted
    ),
    Told(
        MeetingForm, "referrals:meeting",
        {one: f"referrals.Meeting.{one}" for one in ("receiver", "sender", "others", "words")},
        {"kind": "visit", "outcome": "person_away"},
    ),
    Told(SiteReplyForm, "portal:site_reply", {"reply": "portal.SiteQuestion.reply"}),
    Told(
        HandoffForm, "referrals:handoff",
        {"to_name": "referrals.Handoff.to_name", "message": "referrals.Handoff.packet"},
        {"sections": "who", "shown": ""}, of="fresh",
    ),
    Told(
        HandoffDeclineForm, "referrals:handoff_refusal",
        {"source": f"{_HAND_OFF}source", "words": f"{_HAND_OFF}words"},
    ),
    Told(
        FirstContactForm, "referrals:first_contact",
        {"source": f"{_HAND_OFF}source", "words": f"{_HAND_OFF}words"}, {"told_by": "receiver"}, first=_taken_over,
    ),
    Told(
        RoomForm, "resources:room",
        {"unit": "resources.Capacity.unit", "told_by": "resources.Capacity.told_by"}, {"free": "3"},
    ),
    Told(DepartureForm, "referrals:departure", {"words": "referrals.Placement.words"}, first=_arrived),
    Told(EndingForm, "referrals:absence", {"words": "referrals.Placement.words"}),
    Told(CircumstanceForm, "cases:circumstance", {"words": "cases.Circumstance.words"}, {"kind": "wound"}),
    Told(
        ReportForm, "duties:report",
        {"to_whom": "duties.Answer.to_whom", "told": "duties.Answer.words", "reference": "duties.Answer.reference"},
        {"how": "voice"},
    ),
    Told(
        AnswersAmendmentForm, "assessments:amendment", {"reason": "assessments.Result.reason"}, {"item-self": "no"},
        first=_assessed,
    ),
    Told(
        OverrideForm, "assessments:override", {"reason": "assessments.Override.reason"}, {"tier": "high"},
        first=_assessed,
    ),
    Told(
        DecisionForm, "assessments:decision", {"reason": "assessments.Decision.reason"},
        {"proposal": "triage", "taken": "yes"}, first=_assessed,
    ),
    Told(HearingForm, "assessments:hearing", {"did": "assessments.Alert.did"}),
    Told(NotRequiredForm, "duties:not_required", {"because": "duties.Answer.words"}),
    Told(ConsultationForm, "duties:consultation", {"whom": "duties.Answer.to_whom", "words": "duties.Answer.words"}),
    Told(
        MedicalForm, "privacy:medical",
        {
            name: f"trust.MedicalEmergency.{name}"
            for name in (
                "recipient_name", "recipient_affiliation", "discloser", "nature", "no_consent", "told"
            )
        },
    ),
    Told(
        AskedForm, "privacy:asking",
        {"words": "trust.RecordRequest.words", "asker_name": "trust.RecordRequest.asker_name"},
        {"kind": "access", "asker": "self", "received_at": _YESTERDAY},
    ),
    Told(ReplyForm, "referrals:reply", {"words": "referrals.Question.reply"}),
    Told(ReleaseForm, "referrals:giving_back", {"words": "referrals.Hold.words"}, first=_said_yes),
    Told(CancellationForm, "referrals:cancellation", {"words": "referrals.Placement.words"}),
    Told(BecauseForm, "referrals:list_leaving", {"words": "referrals.Wait.answer"}, {"reason": "other"}),
    Told(
        RideForm, "referrals:ride_asking",
        {
            "words": "referrals.Passenger.words", "origin": "referrals.Stop.words",
            "destination": "referrals.Stop.words", "contractor": "referrals.Ride.contractor",
        },
        {
            "starts_at": _TOMORROW, "origin": "The library", "destination": "The clinic", "driving": "contracted",
            "contractor": "Blue Cab", "minutes": "60", "seats": "1", "name_told": "no",
        },
        of="fresh", trims=True,
    ),
    Told(CallingOffForm, "referrals:ride_calling_off", {"words": "referrals.Ride.words"}),
    Told(MessageForm, "messaging:case", {"words": "messaging.Message.words"}),
    Told(
        MessageAmendmentForm, "messaging:amendment",
        {"words": "messaging.Amendment.words", "reason": "messaging.Amendment.reason"}, {"version": "1"},
    ),
    Told(
        WayForm, "messaging:ways", {"value": "messaging.Way.value"},
        {"channel": "email", "quiet_from": "20:00", "quiet_until": "08:00"},
    ),
    *DESKS,
    *BENEFITS,
    *HOUSES,
)  # fmt: skip

NAMES = [f"{told.form.__name__} at {told.where}" for told in FORMS]
_ADDED = dict.fromkeys(_DANGERS, 500) | dict.fromkeys(FORM.sections, 20_000)
"""Fields that a form adds for itself."""


def widths(told: Told) -> dict[str, int]:
    """The fields of free text of a form, with those that it adds for itself; each with the longest text it takes."""
    return texts(told.form) | {name: _ADDED[name] for name in told.back if name in _ADDED}
