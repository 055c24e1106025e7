"""An assessment leaves as FHIR: what comes back in gives the same, the law is asked, and nobody is named."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from breakwater.assessments.actions.exporting import Export, export
from breakwater.assessments.actions.judging import amend, override
from breakwater.assessments.exporting import questions_of
from breakwater.assessments.importing import answers_in
from breakwater.assessments.library import INSTRUMENTS
from breakwater.assessments.models import Assessment
from breakwater.assessments.rules.definition import SEVERAL
from breakwater.assessments.rules.predicates import DECLINED
from breakwater.assessments.rules.profiles import by_profile
from breakwater.assessments.rules.scoring import score
from breakwater.assessments.testing import a_completed_assessment, an_assessment
from breakwater.assessments.tests.test_instruments import EXAMPLES, answered
from breakwater.cases.testing import NOON, a_case
from breakwater.formats.fhir import document, findings, is_valid, questionnaire_from
from breakwater.formats.fhir.bundle import Sheet, bundle
from breakwater.kernel.errors import NotPermitted, Refused
from breakwater.kernel.ids import new_id
from breakwater.kernel.keys import new_key
from breakwater.trust.actions.consents import raise_segments, take_consent
from breakwater.trust.actions.leaving import Recipient
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Decision, Entry, Sighting
from breakwater.trust.testing import a_release, an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of
from tests.luck.naughty import OURS

WHO = Recipient(name="Dr. Cole")
KINDS = {"Questionnaire", "QuestionnaireResponse", "Observation", "RiskAssessment"}
REQUIRED = {
    "Questionnaire": {"status", "item", "url", "version"},
    "QuestionnaireResponse": {"status", "questionnaire", "subject", "item", "authored"},
    "Observation": {"status", "category", "code", "subject", "effectiveDateTime", "derivedFrom"},
    "RiskAssessment": {"status", "subject", "method", "basis", "prediction", "occurrenceDateTime"},
}
"""What FHIR R4 asks of each, and the least that the field needs."""


def a_sheet(definition, answers):
    """The sheet of some answers, as it leaves."""
    return Sheet(
        id=new_id(), canonical=definition.canonical, version=definition.version, title=definition.title,
        license=definition.license.notice, subject="x", status="completed", answered_at=NOON, made_at=NOON,
        told=tuple(questions_of(definition, answers)),
    )  # fmt: skip


def resources(content):
    """The resources of a Bundle, by their kind."""
    made = document(content)
    assert (made["resourceType"], made["type"]) == ("Bundle", "collection")
    found = {}
    for entry in made["entry"]:
        assert entry["fullUrl"] == f"urn:uuid:{entry['resource']['id']}"
        found.setdefault(entry["resource"]["resourceType"], []).append(entry["resource"])
    return found


def as_kept(definition, item, said):
    """An answer as a form gives it: several even when it is one."""
    takes_several = definition.item(item).kind == SEVERAL and said != DECLINED
    return (said,) if takes_several and isinstance(said, str) else said


def came_back(definition, content):
    """The answers of a Bundle, taken in again as those of anybody."""
    asked = questionnaire_from(document(content))
    (response,) = resources(content)["QuestionnaireResponse"]
    assert is_valid(findings(asked, response)), findings(asked, response)
    return answers_in(asked, response, definition)


@pytest.mark.parametrize("key", sorted({one["instrument"] for one in EXAMPLES}))
def test_what_leaves_comes_back_as_the_same_answers_with_the_same_score(key):
    for example in EXAMPLES:
        if example["instrument"] != key or "refused" in example:
            continue
        profile = example.get("profile", "")
        definition = by_profile(INSTRUMENTS[key], profile)
        said = answered(definition, example.get("says", ""), example.get("rest", ""))
        answers = {key: as_kept(definition, key, one) for key, one in said.items()}
        back = came_back(definition, bundle(a_sheet(definition, answers)))
        assert back == answers
        assert score(definition, back, profile=profile) == score(definition, answers, profile=profile)


def test_loincs_answer_of_somebody_who_chooses_not_to_say_is_no_answer_outside_the_options():
    definition = INSTRUMENTS["prapare"]
    content = bundle(a_sheet(definition, {"housing": "has"})).replace(b"LA30189-7", b"LA30122-8")
    (response,) = resources(content)["QuestionnaireResponse"]
    assert answers_in(questionnaire_from(document(content)), response, definition) == {"housing": DECLINED}


def test_strange_words_survive_in_both_directions():
    definition = INSTRUMENTS["rapid-crisis"]
    for words in OURS:
        assert came_back(definition, bundle(a_sheet(definition, {"happened": words}))) == {"happened": words}


def test_words_leave_only_where_their_owner_lets_them():
    ours, theirs = INSTRUMENTS["rapid-crisis"], INSTRUMENTS["phq-9"]
    licensed = replace(
        theirs,
        license=replace(theirs.license, state="registration"),
        items=tuple(replace(one, text="Their words") for one in theirs.items),
    )
    assert "Their words" not in bundle(a_sheet(licensed, {"1": "1"})).decode()
    own = replace(licensed, key="own-x")
    (asked,) = resources(bundle(a_sheet(own, {"1": "1"})))["Questionnaire"]
    assert all("text" not in one and one["linkId"] for one in asked["item"])
    assert not any("display" in one["valueCoding"] for item in asked["item"] for one in item["answerOption"])
    free = replace(licensed, license=replace(licensed.license, state="public-domain"))
    assert "Their words" in bundle(a_sheet(free, {"1": "1"})).decode()
    assert ours.items[0].label in bundle(a_sheet(ours, {})).decode()


@pytest.mark.django_db
class TestLeaving:
    @pytest.fixture
    def ada(self):
        return an_actor(now=datetime.now(UTC))

    @pytest.fixture
    def case(self, ada):
        return a_case(by=ada, at=ada.now, known_as="Marisol")

    def leave(self, done, by, **facts):
        usual = {"to": WHO, "purpose": "TREAT", "with_words": True}
        return export(done, Export(**(usual | facts)), at=by.now, by=by)

    def test_it_leaves_with_its_score_its_risk_and_a_pseudonym_and_is_written_down(self, ada, case):
        done = a_completed_assessment(
            case, by=ada, instrument="c-ssrs-screener", said={"1": "yes", "2": "no", "6": "no"}
        )
        amend(done, {"1": "no"}, reason="Misheard.", at=ada.now, by=ada)
        override(done, tier="high", reason="Marisol gave away her dog.", at=ada.now, by=ada)
        made = self.leave(done, ada)
        found = resources(made)
        assert found.keys() == KINDS
        for kind, some in found.items():
            assert all(one.keys() >= REQUIRED[kind] for one in some)
        (response,) = found["QuestionnaireResponse"]
        assert response["status"] == "amended"
        subjects = {
            one["subject"]["identifier"]["value"] for kind in KINDS - {"Questionnaire"} for one in found[kind]
        }
        assert len(subjects) == 1
        told = made.decode()
        for secret in (
            "Marisol",
            "Ada Reyes",
            "dog",
            case.number,
            str(case.pk),
            str(case.circle_id),
            str(done.pk),
        ):
            assert secret not in told
        *_, judged = found["RiskAssessment"]
        assert judged["prediction"][0]["qualitativeRisk"]["text"] == "High"
        assert judged["code"]["coding"][0]["code"] == "93374-7"
        decision = Decision.objects.get(act="export")
        assert (decision.recipient_name, decision.answer) == ("Dr. Cole", "permit")
        assert Entry.objects.filter(verb="assessments.assessment_exported", episode=case.pk).count() == 1
        assert self.leave(done, ada) == made, "the same again is the same"

    def test_what_it_stands_for_by_the_more_sensitive_cut_offs_leaves_too(self, ada, case):
        for profile, also in (
            ("", ["Above the cut", "Cut-off 10: At or below the cut"]),
            ("nine", ["Above the cut"]),
        ):
            said = {"A": "4", "B": "3", "C": "3"}
            done = a_completed_assessment(case, by=ada, instrument="ctrs-1984", profile=profile, said=said)
            (score_of_it,) = resources(self.leave(done, ada))["Observation"]
            assert [one["text"] for one in score_of_it["interpretation"]] == also

    def test_what_a_law_protects_leaves_by_consent_with_its_notice(self, ada, case):
        done = a_completed_assessment(case, by=ada)
        clinic = an_agency(name="The clinic")
        raise_segments(case.circle, ["part2"], at=ada.now, by=ada)
        done = Assessment.objects.select_related("circle", "case__circle", "case__agency").get(pk=done.pk)
        to = Recipient.of(clinic)
        with pytest.raises(Refused, match="consent"), transaction.atomic():
            self.leave(done, ada, to=to)
        release = a_release(
            clinic, kind="part2", information=frozenset({"care"}), segments=frozenset({"part2"}),
            ends=ada.now.astimezone(ada.zone).date() + timedelta(30),
        )  # fmt: skip
        take_consent(release, circle=case.circle, at=ada.now, by=ada)
        (response,) = resources(self.leave(done, ada, to=to))["QuestionnaireResponse"]
        assert "42 CFR part 2 prohibits" in response["text"]["div"]
        assert "Shared by the person" in response["text"]["div"]
        assert {"42CFRPart2", "NORDSCLCD", "R"} == {one["code"] for one in response["meta"]["security"]}

    def test_whoever_is_not_treating_them_gets_it_by_agreement_only(self, ada, case):
        done = a_completed_assessment(case, by=ada)
        with pytest.raises(Refused, match="No authorization covers this"), transaction.atomic():
            self.leave(done, ada, to=Recipient(name="The landlord", kind="other"), purpose="HOUSING")
        police = Recipient.of(an_agency(kind="police_liaison"), kind="care")
        assert police.kind == "police"

    def test_what_needs_training_leaves_without_its_score_and_own_words_only_when_chosen(self, ada, case):
        done = a_completed_assessment(
            case, by=ada, instrument="danger-assessment", said={"2": "yes", "3": "yes"}
        )
        assert resources(self.leave(done, ada)).keys() == {"Questionnaire", "QuestionnaireResponse"}
        said = {"happened": "Rob came back.", "self": "no"}
        words = a_completed_assessment(case, by=ada, instrument="rapid-crisis", said=said)
        assert "Rob came back." in self.leave(words, ada).decode()
        assert "Rob" not in self.leave(words, ada, with_words=False).decode()

    def test_what_is_not_done_and_not_addressed_does_not_leave(self, ada, case):
        with pytest.raises(Refused, match="Complete the assessment first"):
            self.leave(an_assessment(case, by=ada), ada)
        done = a_completed_assessment(case, by=ada, instrument="gad-2")
        with pytest.raises(Refused, match="Say to whom it goes"):
            self.leave(done, ada, to=Recipient(name=" "))
        with pytest.raises(NotPermitted):
            self.leave(done, as_seen_by(an_actor(now=ada.now)))

    def test_at_the_machine_many_leave_for_somebody_into_a_file_of_their_own(
        self, ada, case, tmp_path, capsys
    ):
        for instrument in ("gad-2", "phq-2"):
            a_completed_assessment(case, by=ada, instrument=instrument)
        an_assessment(case, by=ada, instrument="k6")
        protected = a_case(by=ada, at=ada.now)
        a_completed_assessment(protected, by=ada)
        raise_segments(protected.circle, ["part2"], at=ada.now, by=ada)
        stranger = an_actor(agency=an_agency(), now=ada.now)
        theirs = a_completed_assessment(a_case(by=stranger, at=ada.now), by=stranger)
        kept = tmp_path / "kept.ndjson"
        asked = {
            "agency": ada.agency.name,
            "asked_by": ada.user.username,
            "to": "Dr. Cole",
            "purpose": "TREAT",
        }
        day = ada.now.astimezone(ada.zone).date().isoformat()
        call_command("instruments", "export", str(kept), f"--since={day}", **asked)
        assert kept.stat().st_mode & 0o777 == 0o600
        bundles = [resources(line) for line in kept.read_bytes().splitlines()]
        assert [one["Questionnaire"][0]["title"] for one in bundles] == ["GAD-2", "PHQ-2"]
        said = capsys.readouterr().out
        assert "2 exported, 1 kept back." in said
        assert re.search(r"1 kept back: .*consent", said)
        assert str(theirs.pk) not in kept.read_text()
        as_seen_by(ada)
        run = Entry.objects.get(verb="assessments.assessments_taken_out")
        assert (run.by, run.facts) == (ada.user, {"left": 2, "kept_back": 1, "purpose": "TREAT"})
        answers = Decision.objects.filter(act="export").values_list("answer", flat=True)
        assert sorted(answers) == ["permit", "permit", "refuse"]
        assert Sighting.objects.filter(page="instruments export", by=ada.user).count() == 2
        with pytest.raises(CommandError, match="exists"):
            call_command("instruments", "export", str(kept), f"--case={case.number}", **asked)
        one = tmp_path / "one.ndjson"
        call_command("instruments", "export", str(one), f"--case={case.number}", **asked)
        assert len(one.read_bytes().splitlines()) == 2

    def test_at_the_machine_nobody_gets_more_than_their_role_allows(self, ada, case, tmp_path):
        a_completed_assessment(case, by=ada)
        stranger = an_actor(agency=an_agency(), now=ada.now)
        desk = an_actor(Role.ADMINISTRATOR, agency=ada.agency, now=ada.now)
        for who, why in (("nobody", "works at this agency"), (stranger.user.username, "works at this agency"),
                         (desk.user.username, "does not allow this")):  # fmt: skip
            asked = {"agency": ada.agency.name, "asked_by": who, "to": "Dr. Cole", "purpose": "TREAT"}
            with pytest.raises(CommandError, match=why):
                call_command("instruments", "export", str(tmp_path / "x"), f"--case={case.number}", **asked)
        asked = {
            "agency": stranger.agency.name,
            "asked_by": stranger.user.username,
            "to": "x",
            "purpose": "TREAT",
        }
        with pytest.raises(CommandError, match="Nothing that was completed"):
            call_command("instruments", "export", str(tmp_path / "x"), f"--case={case.number}", **asked)
        assert not (tmp_path / "x").exists()

    def test_on_a_page_it_is_a_file_under_a_name_that_says_nothing_kept_nowhere(self, ada, case):
        done = a_completed_assessment(case, by=ada)
        client, where = browser_of(ada), f"/assessments/{done.pk}/export/"
        assert "Export as a file" in client.get(where).content.decode()
        key = str(new_key(ada.user.pk))
        sent = {"name": "Dr. Cole", "kind": "care", "purpose": "TREAT", "idempotency_key": key}
        answer = client.post(where, sent)
        assert answer.headers["Content-Disposition"] == 'attachment; filename="document.json"'
        assert answer.headers["Cache-Control"] == "no-store"
        assert resources(answer.content)
        again = client.post(where, sent)
        assert again.status_code == 303
        assert Decision.objects.filter(act="export").count() == 1
        assert (
            "was exported. What for: care and treatment."
            in client.get(f"/cases/{case.pk}/chronology/").content.decode()
        )
