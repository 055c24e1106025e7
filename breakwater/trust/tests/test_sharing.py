"""What may leave a circle, and what an agreement must say: the law as stories, and properties that hold for all."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakwater.kernel.ids import new_id
from breakwater.trust.library import LAWS
from breakwater.trust.models import Information, Segment
from breakwater.trust.rules.agreeing import Agreement, what_is_missing
from breakwater.trust.rules.law import ACTS, ELEMENTS, PURPOSES, RECIPIENTS
from breakwater.trust.rules.sharing import Agreed, Asked, Permit, decide

US = LAWS["us"]
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
CLINIC, SHELTER = new_id(), new_id()
CARE = frozenset({"who", "care"})

PART2 = Agreed(
    id=new_id(), kind="part2", recipient=CLINIC, recipient_name="", purpose="TREAT", information=CARE,
    segments=frozenset({"part2"}), starts_at=NOON - timedelta(days=1), ends_at=NOON + timedelta(days=30),
)  # fmt: skip
RELEASE = replace(PART2, id=new_id(), kind="vsp_release", segments=frozenset({"vsp"}))


def a_question(**facts):
    usual = {
        "act": "refer", "at": NOON, "purpose": "TREAT", "segments": frozenset({"part2"}), "information": CARE,
        "recipient": CLINIC, "agreed": [PART2],
    }  # fmt: skip
    return Asked(**(usual | facts))


class TestSubstanceUseTreatment:
    def test_goes_to_whom_the_consent_names_with_its_notice_and_scope(self):
        permit = decide(a_question(), US)
        assert isinstance(permit, Permit)
        assert permit.consents == (PART2.id,)
        assert permit.obligations == ("attach_notice", "attach_consent", "log_disclosure")
        assert US.notices[permit.notices[0]].startswith("42 CFR part 2 prohibits")

    @pytest.mark.parametrize(
        ("facts", "code"),
        [
            ({"recipient": SHELTER}, "P2-CON-02"),
            ({"agreed": []}, "P2-CON-02"),
            ({"information": CARE | {"needs"}}, "P2-CON-02"),
            ({"purpose": "HLEGAL"}, "P2-CON-02"),
            ({"at": PART2.ends_at}, "P2-CON-04"),
            ({"agreed": [replace(PART2, withdrawn_at=NOON)]}, "P2-CON-04"),
            ({"segments": frozenset({"part2", "sud-counseling-notes"})}, "P2-CON-03"),
            ({"act": "proceedings"}, "P2-CT-01"),
        ],
    )
    def test_goes_nowhere_else(self, facts, code):
        assert decide(a_question(**facts), US) == code

    def test_knows_no_duty_to_warn_whatever_is_written(self):
        facts = dict.fromkeys(US.emergencies["any"].facts, "he said it and has the means")
        warning = a_question(act="warn", recipient=None, recipient_is="target", facts=facts, agreed=[])
        assert decide(warning, US) == "P2-DTW-01"
        assert decide(replace(warning, act="disclose", emergency=True), US) == "P2-DTW-01"
        assert "medical emergency; a court order" in US.refusals["P2-DTW-01"].remedy
        assert isinstance(decide(replace(warning, segments=frozenset()), US), Permit)

    def test_reaches_medical_staff_in_an_emergency_with_its_four_facts(self):
        facts = dict.fromkeys(US.emergencies["medical"].facts, "said")
        call = a_question(act="disclose", emergency=True, recipient_is="medical", agreed=[], facts=facts)
        assert "attach_notice" in decide(call, US).obligations
        for fact in facts:
            assert decide(replace(call, facts=facts | {fact: " "}), US) == "P2-EM-01"

    def test_one_consent_for_care_payment_and_operations_has_no_end(self):
        tpo = replace(PART2, kind="part2_tpo", ends_at=None)
        for purpose in ("TREAT", "HPAYMT", "HOPERAT"):
            assert isinstance(decide(a_question(agreed=[tpo], purpose=purpose), US), Permit)
        assert decide(a_question(agreed=[tpo], purpose="HLEGAL"), US) == "P2-CON-02"

    def test_one_consent_for_all_who_treat_means_those_who_come_later_and_nobody_else(self):
        tpo = replace(
            PART2, kind="part2_tpo", recipient=None, recipient_name=US.kinds["part2_tpo"].all_of, ends_at=None
        )
        asked = a_question(agreed=[tpo], recipient_kind="hospital")
        assert decide(asked, US).consents == (tpo.id,)
        assert decide(replace(asked, recipient=SHELTER), US).consents == (tpo.id,)
        for other in ({"recipient_kind": "shelter"}, {"recipient_is": "police"}, {"purpose": "HLEGAL"},
                      {"recipient": None, "recipient_kind": "", "recipient_name": "Dr. Souza"}):  # fmt: skip
            assert decide(replace(asked, **other), US) == "P2-CON-02"
        assert decide(replace(asked, act="let_in"), US) == "P2-CON-02"
        named = replace(tpo, kind="part2", ends_at=PART2.ends_at)
        assert decide(replace(asked, agreed=[named]), US) == "P2-CON-02"


class TestVictimService:
    def test_leaves_only_by_the_persons_release(self):
        asked = a_question(segments=frozenset({"vsp"}), agreed=[RELEASE])
        assert isinstance(decide(asked, US), Permit)
        assert decide(replace(asked, agreed=[PART2]), US) == "VSP-01"
        assert decide(replace(asked, at=RELEASE.ends_at), US) == "VSP-01"

    def test_is_never_in_hmis_and_opens_in_no_emergency(self):
        asked = a_question(segments=frozenset({"vsp"}), agreed=[RELEASE])
        assert decide(replace(asked, act="hmis"), US) == "VSP-HMIS-01"
        assert decide(replace(asked, act="break_glass"), US) == "BTG-02"
        assert decide(replace(asked, emergency=True, recipient_is="medical"), US) == "VSP-01"


def test_what_no_law_protects_is_shared_among_those_who_care_and_with_nobody_else():
    asked = a_question(segments=frozenset(), agreed=[])
    assert isinstance(decide(asked, US), Permit)
    assert decide(replace(asked, recipient_is="police"), US) == "HIPAA-AUTH-02"
    assert decide(replace(asked, act="warn", recipient_is="target"), US) == "HIPAA-J-01"


def test_somebody_outside_is_the_one_the_consent_names():
    named = replace(PART2, recipient=None, recipient_name="Dr. Ana Souza")
    asked = a_question(recipient=None, recipient_name=" dr. ana  SOUZA", agreed=[named])
    assert isinstance(decide(asked, US), Permit)
    assert decide(replace(asked, recipient_name=""), US) == "P2-CON-02"
    assert decide(replace(asked, recipient=CLINIC), US) == "P2-CON-02"


_INFORMATION, _SEGMENTS = st.sampled_from(Information.values), st.sampled_from(Segment.values)
consents = st.builds(
    Agreed, id=st.just(new_id()), kind=st.sampled_from(sorted(US.kinds)), recipient=st.sampled_from([CLINIC, SHELTER]),
    recipient_name=st.just(""), purpose=st.sampled_from(sorted(PURPOSES)),
    information=st.frozensets(_INFORMATION), segments=st.frozensets(_SEGMENTS),
    starts_at=st.just(NOON - timedelta(days=1)), ends_at=st.sampled_from([None, NOON, NOON + timedelta(days=1)]),
    withdrawn_at=st.sampled_from([None, NOON]),
)  # fmt: skip
questions = st.builds(
    Asked, act=st.sampled_from(ACTS), at=st.just(NOON), purpose=st.sampled_from(sorted(PURPOSES)),
    segments=st.frozensets(_SEGMENTS), information=st.frozensets(_INFORMATION),
    recipient=st.sampled_from([CLINIC, SHELTER]), recipient_is=st.sampled_from(sorted(RECIPIENTS)),
    agreed=st.lists(consents, max_size=4), emergency=st.booleans(),
    facts=st.dictionaries(st.sampled_from(["threat", "nature", "recipient_name", "discloser"]), st.just("said")),
)  # fmt: skip


@given(questions)
def test_more_protection_never_permits_more(asked):
    if isinstance(decide(asked, US), str) and asked.segments:
        for segment in Segment.values:
            assert isinstance(decide(replace(asked, segments=asked.segments | {segment}), US), str)


@given(questions)
def test_what_is_protected_leaves_by_a_standing_consent_or_in_an_emergency(asked):
    answer = decide(asked, US)
    if isinstance(answer, Permit) and asked.segments and not asked.emergency:
        chosen = [one for one in asked.agreed if one.id in answer.consents]
        assert chosen
        for segment in asked.segments:
            assert any(
                segment in one.segments and one.stands(NOON) and one.recipient == asked.recipient
                for one in asked.agreed
            )


@given(questions)
def test_without_any_consent_nothing_protected_leaves_but_in_an_emergency(asked):
    answer = decide(replace(asked, agreed=[], emergency=False), US)
    assert isinstance(answer, str) or not asked.segments


WHOLE = Agreement(
    kind="part2", recipient=True, what="That I am in treatment", purpose="TREAT", starts=NOON.date(),
    ends=date(2026, 4, 1), signed_by="Rosa", signer="self", told=frozenset(ELEMENTS),
)  # fmt: skip


class TestAnAgreement:
    @pytest.mark.parametrize("kind", sorted(set(US.kinds) - {"guardian"}))
    def test_that_says_everything_is_whole(self, kind):
        assert what_is_missing(replace(WHOLE, kind=kind), US) is None

    @pytest.mark.parametrize(
        ("kind", "facts", "code", "said"),
        [
            ("part2", {"told": frozenset()}, "P2-CON-01", "what happens if they say no"),
            ("part2", {"signed_by": " "}, "P2-CON-01", "the signature"),
            ("part2", {"ends": None}, "P2-CON-01", "when it ends"),
            ("part2_tpo", {"purpose": "HLEGAL"}, "P2-CON-01", "a purpose of care and treatment"),
            ("general", {"what": ""}, "HIPAA-AUTH-01", "what is shared"),
            ("general", {"recipient": False}, "HIPAA-AUTH-01", "who receives it"),
            ("vsp_release", {"ends": date(2027, 12, 1)}, "VSP-REL-03", "an end within 365 days"),
            ("vsp_release", {"ends": date(2026, 3, 1)}, "VSP-REL-03", "an end that comes after"),
            ("minor_own", {"signer": "parent"}, "MIN-02", "a signature of the person"),
            ("guardian", {"signer": "guardian"}, "HIPAA-AUTH-01", "the right to"),
            ("vsp_release", {"signer": "parent"}, "VSP-REL-03", "the right to"),
            ("part2", {"signer": "representative"}, "P2-CON-01", "the right to"),
            (
                "part2",
                {"told": frozenset(ELEMENTS) - {"not_against_you"}},
                "P2-CON-01",
                "against them in court",
            ),
            (
                "vsp_release",
                {"signer": "guardian", "authority": "Court order", "told": frozenset({"explained"})},
                "VSP-REL-03",
                "not said to be the abuser",
            ),
        ],
    )
    def test_that_leaves_something_out_says_what(self, kind, facts, code, said):
        found, missing = what_is_missing(replace(WHOLE, kind=kind, **facts), US)
        assert found == code
        assert any(said in one for one in missing)

    def test_of_a_victim_service_always_ends(self):
        assert what_is_missing(replace(WHOLE, kind="vsp_release", ends=None), US) == ("VSP-REL-01", [])

    def test_is_never_signed_by_the_abuser(self):
        guardian = replace(
            WHOLE, kind="guardian", signer="guardian", authority="Court order", signer_is_the_abuser=True
        )
        assert what_is_missing(guardian, US) == ("VSP-REL-02", [])

    @pytest.mark.parametrize("kind", sorted(set(US.kinds) - {"minor_own"}))
    def test_is_signed_for_somebody_by_nobody_who_must_not_know(self, kind):
        father = {"signer": "parent", "authority": "Father", "signed_by": "dario  VEGA"}
        kept = replace(WHOLE, kind=kind, kept_from=["Dario Vega"], **father)
        assert what_is_missing(kept, US) == ("HIPAA-REP-01", [])
        assert what_is_missing(replace(kept, kept_from=["Eva Vega", ""]), US) is None
        assert what_is_missing(replace(kept, signer="self", kind="general"), US) is None


@pytest.mark.parametrize("code", sorted(US.refusals))
def test_every_refusal_says_what_why_who_can_help_and_what_to_do(code):
    refusal = US.refusals[code]
    assert refusal.status in (403, 404, 409, 422, 451)
    assert all(text.strip() for text in (refusal.title, refusal.why, refusal.who, refusal.remedy))
