"""Forms with free text of those who answer for privacy, run the agency, or answer what the law asks."""

from datetime import UTC, datetime, timedelta

from breakwater.administration.forms import AppointForm, RoleForm, UnitForm
from breakwater.duties.forms import DutyForm, OtherwiseForm, ThreatForm
from breakwater.privacy.emergency_forms import CloseForm, LookedForm
from breakwater.privacy.forms.circle import GuestForm
from breakwater.privacy.forms.incidents import (
    AssessmentForm,
    ClosingForm,
    DelayForm,
    IncidentForm,
    LetterForm,
    ToldForm,
)
from breakwater.privacy.forms.keeping import DecisionForm, HoldForm, LiftForm
from breakwater.privacy.forms.looks import LookedIntoForm, WhyForm
from breakwater.privacy.forms.protection import LoweringForm
from breakwater.privacy.forms.requests import (
    AnswerForm,
    AppealForm,
    CheckForm,
    ExtensionForm,
    SecondLookForm,
)
from breakwater.privacy.forms.sharing import ReviewForm
from breakwater.trust.actions.consents import raise_segments
from breakwater.trust.actions.incidents import Assessment, assess_incident, count_affected
from breakwater.trust.actions.keeping import lift_hold
from breakwater.trust.actions.requests import Answer, answer_request, appeal_refusal, check_asker
from breakwater.trust.models import Agency, Circle, Incident, LegalHold, RecordRequest
from breakwater.trust.rules.breach import FACTORS, LETTER
from breakwater.trust.testing import as_seen_by
from tests.luck.told import Told, World

_TODAY = datetime.now(UTC).date()
_YESTERDAY, _SOON = (_TODAY - timedelta(days=1)).isoformat(), (_TODAY + timedelta(days=20)).isoformat()


def _asked(world: World) -> RecordRequest:
    return RecordRequest.objects.get(pk=world.ids["request_id"])


def _checked(world: World) -> None:
    check_asker(_asked(world), how="known", words="", at=world.actor.now, by=world.actor)


def _refused(world: World) -> None:
    _checked(world)
    refusal = Answer(outcome="refused", words="It could hurt you.", ground="endangers")
    answer_request(_asked(world), refusal, at=world.actor.now, by=as_seen_by(world.officer))
    as_seen_by(world.actor)


def _appealed(world: World) -> None:
    _refused(world)
    appeal_refusal(_asked(world), words="I want to read it.", at=world.actor.now, by=world.actor)


def _incident(world: World) -> Incident:
    as_seen_by(world.officer)
    return Incident.objects.get(pk=world.ids["incident_id"])


def _counted(world: World) -> None:
    count_affected(_incident(world), state="NY", people=3, at=world.actor.now, by=world.officer)


def _was_secured(world: World) -> None:
    found = Assessment(factors={}, is_unlikely=None, is_secured=True)
    assess_incident(_incident(world), found, read=Incident().judged(), at=world.actor.now, by=world.officer)


def _lifted(world: World) -> None:
    hold = LegalHold.objects.get(pk=world.ids["legal_hold_id"])
    lift_hold(hold, because="It was settled.", at=world.officer.now, by=as_seen_by(world.officer))


def _another_agency(world: World, said: dict[str, str]) -> str:
    """Whom there is to be let in: nothing is shown first."""
    others = Agency.objects.filter(kind=Agency.Kind.CASE_MANAGEMENT).exclude(pk=world.actor.agency_id)
    said["agency"] = str(others.order_by("name")[0].pk)
    return ""


def _protected(world: World) -> None:
    circle = Circle.objects.get(person=world.ids["person_id"])
    raise_segments(circle, ["psychotherapy-notes"], at=world.actor.now, by=as_seen_by(world.actor))


DESKS = (
    Told(
        IncidentForm, "privacy:incident_new", {name: f"trust.Incident.{name}" for name in ("title", "happened")},
        {"discovered_on": _YESTERDAY}, by="officer",
    ),
    Told(
        AssessmentForm, "privacy:assessing", {name: f"trust.Incident.{name}" for name in FACTORS},
        {"read": Incident().judged()}, by="officer",
    ),
    Told(
        LetterForm, "privacy:letter", dict.fromkeys(LETTER, "trust.Incident.letter"), {"read": Incident().written()},
        by="officer",
    ),
    Told(
        DelayForm, "privacy:delay", {"words": "trust.Incident.delay_words"}, {"until": _SOON, "way": "written"},
        by="officer",
    ),
    Told(
        ToldForm, "privacy:telling", {"how": "trust.Told.how"}, {"whom": "authority", "told_on": _YESTERDAY},
        first=_counted, by="officer",
    ),
    Told(
        ClosingForm, "privacy:incident_closing", {"words": "trust.Incident.closing_words"}, first=_was_secured,
        by="officer",
    ),
    Told(HoldForm, "privacy:holding", {"reason": "trust.LegalHold.reason"}, first=_lifted, by="officer"),
    Told(LiftForm, "privacy:lifting", {"because": "trust.LegalHold.lifted_because"}, by="officer"),
    Told(
        DecisionForm, "privacy:deciding", {"words": "trust.Erasure.words"}, {"decision": "keep", "again_on": _SOON},
        by="officer",
    ),
    Told(LookedIntoForm, "privacy:look", {"words": "trust.OddLook.words"}, {"outcome": "explained"}, by="officer"),
    Told(WhyForm, "privacy:why", {"words": "trust.Opening.words"}),
    Told(CheckForm, "privacy:checking", {"words": "trust.RecordRequest.checked_words"}, {"how": "papers"}),
    Told(
        ExtensionForm, "privacy:extending", {"reason": "trust.RecordRequest.extension_reason"}, by="officer",
    ),
    Told(
        AnswerForm, "privacy:answering", {"words": "trust.RecordRequest.answer"}, {"outcome": "granted"},
        first=_checked, by="officer",
    ),
    Told(AppealForm, "privacy:appealing", {"words": "trust.RecordRequest.appeal"}, first=_refused),
    Told(
        SecondLookForm, "privacy:looking_again", {"words": "trust.RecordRequest.review_words"}, {"verdict": "upheld"},
        first=_appealed, by="second",
    ),
    Told(ReviewForm, "privacy:review", {"words": "trust.Glass.review_words"}, {"outcome": "appropriate"}, by="officer"),
    Told(LookedForm, "privacy:medical_told", {"words": "trust.MedicalEmergency.review_words"}, by="officer"),
    Told(
        LoweringForm, "privacy:lowering", {"reason": "trust.Decision.what"}, {"segment": "psychotherapy-notes"},
        first=_protected, by="officer",
    ),
    Told(
        GuestForm, "privacy:letting_in", {"what": "trust.Decision.what"},
        {"purpose": "HOUSING", "information": "who", "ends": _SOON}, shown=_another_agency, by="officer",
    ),
    Told(
        CloseForm, "privacy:family", {name: f"trust.Involvement.{name}" for name in ("name", "relation", "words")},
        {"answer": "agreed"}, trims=True,
    ),
    Told(
        DutyForm, "duties:row",
        {
            name: f"duties.Duty.{name}"
            for name in (
                "jurisdiction", "trigger", "report_to", "agency_phone", "form", "immunity", "citation", "reviewed_by"
            )
        },
        {"topic": "elder", "force": "permissive", "reviewed_on": _YESTERDAY, "review_due": _SOON}, by="chief",
    ),
    Told(OtherwiseForm, "duties:otherwise", {"words": "duties.Answer.words"}, {"way": "closer_care"}),
    Told(
        ThreatForm, "duties:weighing",
        {
            name: f"duties.Weighing.{name}"
            for name in ("victim", "threat", "means", "imminence", "action_words", "warned")
        }
        | {"told": "trust.Decision.what"}
        | dict.fromkeys(("why_serious", "how_they_can_lessen_it", "source"), "trust.Decision.facts"),
        {"options": "warn_victim", "action": "warn_victim"},
    ),
    Told(
        AppointForm, "administration:appointing", {name: f"trust.User.{name}" for name in ("name", "username")},
        {"role": "intake_worker"}, by="chief", trims=True, answers=200,
    ),
    Told(UnitForm, "administration:units", {"name": "trust.Unit.name"}, by="chief", trims=True),
    Told(
        RoleForm, "administration:making", {name: f"trust.AgencyRole.{name}" for name in ("name", "because")},
        {"capabilities": "cases.read"}, by="chief", trims=True,
    ),
)  # fmt: skip
