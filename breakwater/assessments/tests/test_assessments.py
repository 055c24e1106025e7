"""An assessment from its first question to what a person decides; and what refuses to go along."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from breakwater.assessments.actions.asking import CRITICAL, answer, begin, complete, stop_asking
from breakwater.assessments.actions.judging import amend, decide, hear, override
from breakwater.assessments.actions.keeping import attest
from breakwater.assessments.instruments_of import definition_of, offered_to
from breakwater.assessments.models import Alert, Answer, Assessment, Decision, Result
from breakwater.assessments.testing import a_completed_assessment, an_alert, an_assessment
from breakwater.cases.actions.closing import close_case
from breakwater.cases.testing import NOON, a_case
from breakwater.clocks.models import Clock
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.trust.access import system_for
from breakwater.trust.models import Entry
from breakwater.trust.testing import an_actor, an_agency, as_seen_by

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def ada():
    return an_actor(now=LATER)


@pytest.fixture
def case(ada):
    return a_case(by=ada)


def verbs(case):
    return [one.verb.rpartition(".")[2] for one in Entry.objects.filter(episode=case.pk).order_by("pk")]


class TestAsking:
    def test_each_answer_is_kept_and_the_last_one_counts(self, ada, case):
        begun = an_assessment(case, by=ada, instrument="c-ssrs-screener")
        answer(begun, {"1": "no"}, at=LATER, by=ada)
        answer(begun, {"2": "yes", "3": "yes"}, at=LATER, by=ada)
        answer(begun, {"1": "yes", "2": "no"}, at=LATER, by=ada)
        assert Answer.objects.last_of(begun) == {"1": "yes", "2": "no"}
        assert Answer.objects.filter(assessment=begun).count() == 6, "what was said before stays"

    def test_an_answer_that_does_not_fit_is_refused_and_nothing_is_kept(self, ada, case):
        begun = an_assessment(case, by=ada, instrument="phq-9")
        for said in ({"1": "1", "2": "4"}, {"12": "1"}):
            why = r"is not one of its answers|asks nothing like this"
            with pytest.raises(Refused, match=why), transaction.atomic():
                answer(begun, said, at=LATER, by=ada)
        assert Answer.objects.last_of(begun) == {}
        screener = an_assessment(case, by=ada, instrument="c-ssrs-screener")
        with pytest.raises(Refused, match="is not asked after what was answered before"):
            answer(screener, {"2": "no", "4": "yes"}, at=LATER, by=ada)

    def test_one_critical_answer_is_heard_at_once_when_all_the_rest_is_blank(self, ada, case):
        begun = an_assessment(case, by=ada, instrument="phq-9")
        (alert,) = answer(begun, {"9": "1"}, at=LATER, by=ada)
        assert alert.kind == "SUI-Q9"
        assert Clock.objects.running().of(alert.pk).get().kind == CRITICAL
        assert "alert_raised" in verbs(case)
        assert answer(begun, {"9": "2"}, at=LATER, by=ada) == [], "it is raised once"
        with pytest.raises(Refused, match="Act on the alarming answer"), transaction.atomic():
            close_case(case, outcome="mistake", at=LATER, by=ada)
        with pytest.raises(Refused, match="Write what was done"):
            hear(alert, did=" ", at=LATER, by=ada)
        hear(alert, did="Stayed with her; the doctor is on the way.", at=LATER, by=ada)
        assert not Clock.objects.running().of(alert.pk).exists()
        with pytest.raises(Overtaken, match="heard this already"):
            hear(alert, did="Again.", at=LATER, by=ada)

    def test_what_cannot_be_begun_says_why(self, ada, case):
        usual = {"mode": "interview", "at": LATER, "by": ada}
        for instrument, said in (
            ("nothing", "Choose an instrument"),
            ("broset", "is licensed by R. Almvik"),
            ("cbi", "never stands in the record of a person helped"),
        ):
            with pytest.raises(Refused, match=said):
                begin(case, instrument=instrument, **usual)
        with pytest.raises(Refused, match="has no such cut-offs"):
            begin(case, instrument="phq-9", profile="women", **usual)
        begin(case, instrument="phq-9", **usual)
        with pytest.raises(Overtaken, match="is being asked already"):
            begin(case, instrument="phq-9", **usual)

    def test_it_ends_once_and_with_something_answered(self, ada, case):
        begun = an_assessment(case, by=ada, instrument="safe-t")
        with pytest.raises(Refused, match="Still to be answered: Risk level, Why this level"):
            complete(begun, at=LATER, by=ada)
        empty = an_assessment(case, by=ada)
        with pytest.raises(Refused, match="Nothing was answered"):
            complete(empty, at=LATER, by=ada)
        stop_asking(begun, at=LATER, by=ada)
        with pytest.raises(Overtaken, match="This assessment has ended: not finished"):
            answer(begun, {"level": "high"}, at=LATER, by=ada)
        assert verbs(case)[-1] == "assessment_stopped"

    def test_only_who_cares_for_the_person_asks(self, ada, case):
        stranger = as_seen_by(an_actor(now=LATER))
        with pytest.raises(NotPermitted):
            an_assessment(case, by=stranger)
        assert not Assessment.objects.exists()


class TestWhatItComesTo:
    def test_a_result_keeps_everything_as_it_was_then(self, ada, case, monkeypatch):
        done = a_completed_assessment(case, by=ada)
        result = Result.objects.get(assessment=done)
        (told,) = result.document["scores"]
        assert (told["value"], told["band"], result.tier) == ("4", "At or above the cut", "moderate")
        assert (done.version, result.engine) == ("1", "1")
        assert result.document["answers"][0] == ["1", "Interest and pleasure", "More than half the days"]
        Assessment.objects.filter(pk=done.pk).update(version="0")
        done.refresh_from_db()
        with pytest.raises(Refused, match="has another version now"):
            definition_of(done)
        with pytest.raises(Refused, match="has another version now"):
            amend(done, {"1": "0"}, reason="Misheard.", at=LATER, by=ada)
        assert Result.objects.get(assessment=done).document == result.document

    def test_amended_it_comes_to_something_beside_what_was(self, ada, case):
        done = a_completed_assessment(case, by=ada)
        with pytest.raises(Refused, match="Say why the answers are changed"):
            amend(done, {"1": "0"}, reason=" ", at=LATER, by=ada)
        with pytest.raises(Refused, match="No answer was changed"):
            amend(done, {"1": "2"}, reason="Nothing.", at=LATER, by=ada)
        amend(done, {"1": "0"}, reason="Misheard.", at=LATER, by=ada)
        assert list(Result.objects.order_by("number").values_list("number", "tier")) == [
            (1, "moderate"),
            (2, "none"),
        ]
        begun = an_assessment(case, by=ada, instrument="gad-2")
        with pytest.raises(Refused, match="Complete the assessment first"):
            amend(begun, {"1": "0"}, reason="Misheard.", at=LATER, by=ada)

    def test_a_person_judges_and_decides(self, ada, case):
        done = a_completed_assessment(case, by=ada)
        with pytest.raises(Refused, match="Choose the level that you judge"):
            override(done, tier="high", reason="", at=LATER, by=ada)
        override(done, tier="high", reason="He laughs, and gives his things away.", at=LATER, by=ada)
        assert Result.objects.get().tier == "moderate", "what the answers come to stays"
        with pytest.raises(Refused, match="does not propose this"):
            decide(done, proposal="triage", taken=True, reason="", at=LATER, by=ada)
        with pytest.raises(Refused, match="Say why it is not done"):
            decide(done, proposal="longer_form", taken=False, reason="", at=LATER, by=ada)
        decide(done, proposal="longer_form", taken=True, reason="", at=LATER, by=ada)
        assert Decision.objects.get().taken
        assert verbs(case)[-2:] == ["result_overridden", "proposal_decided"]


class TestTheAgencysWord:
    def test_a_digital_license_opens_an_instrument(self, ada, case):
        assert offered_to(ada)["broset"].closed
        for kind in ("license", "training"):
            for said in ({"instrument": "phq-99", "words": "x"}, {"instrument": "broset", "words": " "}):
                with pytest.raises(Refused, match=r"Say about which instrument|Say how that is known"):
                    attest(kind=kind, at=LATER, by=system_for(ada.agency, now=LATER), **said)
        with pytest.raises(NotPermitted):
            attest(instrument="broset", kind="license", words="Contract 7.", at=LATER, by=ada)
        attest(
            instrument="broset",
            kind="license",
            words="Contract 7.",
            at=LATER,
            by=system_for(ada.agency, now=LATER),
        )
        as_seen_by(ada)
        assert not offered_to(ada)["broset"].closed
        other = as_seen_by(an_actor(now=LATER, agency=an_agency()))
        assert offered_to(other)["broset"].closed

    def test_a_score_is_told_to_the_trained(self, ada):
        assert "told to trained raters" in offered_to(ada)["danger-assessment"].untold


def test_answers_are_encrypted_where_a_law_asks_for_more():
    carla = an_actor(now=LATER, agency=an_agency(kind="detox"))
    done = a_completed_assessment(
        a_case(by=carla), by=carla, instrument="audit-c", said={"1": "4", "2": "4", "3": "4"}
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT said FROM assessments_answer UNION ALL SELECT told FROM assessments_result")
        kept = "".join(one for (one,) in cursor.fetchall())
    assert "AUDIT" not in kept
    assert '"4"' not in kept
    assert Answer.objects.last_of(done) == {"1": "4", "2": "4", "3": "4"}


def test_constraints_keep_what_no_action_would_write(ada, case):
    alert = an_alert(case, by=ada)
    done = a_completed_assessment(case, by=ada)
    wrong = (
        lambda: Alert.objects.filter(pk=alert.pk).update(ends_at=LATER),
        lambda: Assessment.objects.filter(pk=done.pk).update(ended_how=""),
        lambda: Result.objects.update(tier="none"),
        lambda: Answer.objects.all().delete(),
        lambda: Decision.objects.create(
            circle=case.circle, assessment=done, proposal="x", taken=False, reason="", at=LATER
        ),
    )
    for one in wrong:
        with pytest.raises(DatabaseError), transaction.atomic():
            one()
    other = a_case(by=ada)
    elsewhere = Answer(circle=other.circle, assessment=done, item="1", said='"1"', at=LATER)
    with pytest.raises(DatabaseError), transaction.atomic():
        elsewhere.save(force_insert=True)
