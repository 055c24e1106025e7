"""What the duty table asks: with a clock from the moment somebody knew, never decided, and the case stays open."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from breakwater.cases.actions.closing import close_case, why_not_closed_as
from breakwater.cases.actions.screening import end_circumstance, find_circumstance, read_danger
from breakwater.cases.testing import a_case, a_closed_case
from breakwater.clocks.actions import announce
from breakwater.clocks.models import Alarm, Clock
from breakwater.duties.actions.prompts import (
    Report,
    ask_by_hand,
    consulted,
    done_otherwise,
    not_required,
    report,
)
from breakwater.duties.actions.table import revise_duty
from breakwater.duties.actions.weighing import weigh
from breakwater.duties.models import Answer, Duty, Prompt, Weighing
from breakwater.duties.rules import has_risen
from breakwater.duties.testing import a_duty, a_prompt, a_row, a_threat
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.kernel.events import name_of
from breakwater.people.actions.persons import correct
from breakwater.trust.access import system_for
from breakwater.trust.capabilities import Role
from breakwater.trust.dispatch import react
from breakwater.trust.models import Decision, Entry
from breakwater.trust.rules.law import Unlawful
from breakwater.trust.testing import NOON, an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of

pytestmark = pytest.mark.django_db
SOON, LATER = NOON + timedelta(minutes=10), NOON + timedelta(hours=1)


@pytest.fixture
def ada():
    return an_actor(now=LATER)


@pytest.fixture
def case(ada):
    return a_case(by=ada)


def hear(by, verb, times=1):
    """Let the reactions hear the latest news of a kind, perhaps twice."""
    entry = Entry.objects.filter(verb=verb).latest("pk")
    for _ in range(times):
        react(entry.pk, by.agency, at=LATER)
    as_seen_by(by)


def reported(**facts):
    return Report(
        **(
            {"to_whom": "County hotline", "when": SOON, "how": "voice", "told": "A bruise on the arm."}
            | facts
        )
    )


class TestTheTable:
    def test_a_revision_is_another_version_and_the_one_before_stays(self, ada):
        duty = a_duty(by=ada)
        boss = an_actor(Role.SUPERVISOR, agency=ada.agency, now=LATER)
        newer = revise_duty(duty, a_row(deadline_oral_min=30), at=LATER, by=boss)
        assert [one.deadline_oral_min for one in Duty.objects.versions(duty.line)] == [30, 120]
        assert (newer.version, Duty.objects.standing().get()) == (2, newer)
        with pytest.raises(Overtaken, match="Somebody revised this row a moment ago"):
            revise_duty(duty, a_row(), at=LATER, by=boss)
        with pytest.raises(DatabaseError), transaction.atomic():
            Duty.objects.filter(pk=duty.pk).update(trigger="something else")

    @pytest.mark.parametrize(
        ("facts", "said"),
        [
            ({"citation": " "}, "Write for which jurisdiction this is"),
            ({"review_due": None}, "write all three, or none"),
            ({"reviewed_on": NOON.date() + timedelta(30)}, "on a day that is still to come"),
            ({"review_due": NOON.date() - timedelta(3000)}, "The next review comes after the last one"),
        ],
    )
    def test_a_row_says_where_its_law_stands_and_who_read_it(self, ada, facts, said):
        with pytest.raises(Refused, match=said):
            a_duty(by=ada, **facts)

    def test_what_nobody_read_for_too_long_says_so(self, ada):
        duty = a_duty(by=ada)
        assert duty.stale(duty.review_due) == ""
        assert duty.stale(duty.review_due + timedelta(1)) == "Not reviewed since January 5, 2026."
        unread = replace(a_row(), reviewed_by="", reviewed_on=None, review_due=None)
        assert "Not reviewed by anybody" in revise_duty(
            duty, unread, at=LATER, by=an_actor(Role.SUPERVISOR, agency=ada.agency, now=LATER)
        ).stale(NOON.date())

    def test_only_some_may_write_it_and_nobody_else_sees_it(self, ada):
        duty = a_duty(by=ada)
        with pytest.raises(NotPermitted, match="duty table"):
            revise_duty(duty, a_row(), at=LATER, by=ada)
        other = an_actor(Role.SUPERVISOR, now=LATER)
        assert not Duty.objects.exists()
        assert not Duty.objects.visible_to(other).exists()


class TestWhatOpensAPrompt:
    def test_a_danger_to_others_asks_once_however_often_it_is_heard(self, ada, case):
        a_duty(by=ada, topic="duty-to-warn")
        a_duty(by=ada, topic="child")
        read_danger(case, to="others", level="now", words="", at=SOON, by=ada)
        hear(ada, "cases.danger_read", times=2)
        prompt = Prompt.objects.get()
        assert (prompt.duty.topic, prompt.signal, prompt.became_aware_at) == (
            "duty-to-warn",
            "danger_others",
            SOON,
        )

    def test_read_again_as_before_it_asks_nothing_new_and_grown_it_does(self, ada, case):
        a_duty(by=ada, topic="duty-to-warn")
        for level, minutes, prompts in (("likely", 1, 1), ("likely", 2, 1), ("now", 3, 2)):
            at = NOON + timedelta(minutes=minutes)
            read_danger(case, to="others", level=level, words="", at=at, by=ada)
            hear(ada, "cases.danger_read")
            assert Prompt.objects.count() == prompts
            for one in Prompt.objects.standing().select_related("duty", "circle", "case"):
                not_required(one, because="It was a joke.", at=at, by=ada)
        assert [has_risen(*pair) for pair in (("now", "likely"), (None, "likely"))] == [False, True]

    @pytest.mark.parametrize(("to", "level"), [("self", "now"), ("others", "possible")])
    def test_other_dangers_ask_nothing(self, ada, case, to, level):
        a_duty(by=ada, topic="duty-to-warn")
        read_danger(case, to=to, level=level, words="", at=SOON, by=ada)
        hear(ada, "cases.danger_read")
        assert not Prompt.objects.exists()

    @pytest.mark.parametrize(
        ("born", "asked"),
        [(date(2012, 5, 5), 1), (date(1990, 5, 5), 0), (None, 0)],
        ids=["child", "adult", "unknown"],
    )
    def test_a_child_whom_somebody_else_endangers_asks_and_nobody_need_tick_it(self, ada, born, asked):
        a_duty(by=ada)
        dangers = {"from_other": ("now", "The stepfather, outside the door.")}
        a_case(by=ada, dangers=dangers, known_as="Milo", birth_date=born)
        hear(ada, "cases.danger_read", times=2)
        assert [one.signal for one in Prompt.objects.all()] == ["danger_from_other"] * asked

    def test_an_age_that_is_learned_later_asks_what_it_would_have_asked(self, ada):
        a_duty(by=ada)
        case = a_case(by=ada, dangers={"from_other": ("now", "The stepfather.")}, known_as="Milo")
        hear(ada, "cases.danger_read")
        page = reverse("desk:case", args=(case.pk,))
        assert b"if they are younger than 18" in browser_of(ada).get(page).content
        assert not Prompt.objects.exists()
        child = correct(case.person, version=1, changes={"birth_date": date(2012, 5, 5)}, at=SOON, by=ada)
        hear(ada, "people.person_corrected", times=2)
        assert Prompt.objects.get().signal == "danger_from_other"
        assert b"if they are younger than 18" not in browser_of(ada).get(page).content
        correct(child, version=2, changes={"pronouns": "he"}, at=SOON, by=ada)
        hear(ada, "people.person_corrected")
        assert Prompt.objects.count() == 1

    def test_what_was_ticked_at_intake_asks(self, ada):
        a_duty(by=ada)
        case = a_case(by=ada, circumstances=["child_in_home"], known_as="Ruth Amsel")
        hear(ada, "cases.circumstance_found", times=2)
        assert Prompt.objects.get().case_id == case.pk

    def test_a_row_for_other_roles_and_one_that_asks_nothing_stay_silent(self, ada, case):
        a_duty(by=ada, topic="child", reporter_roles=("supervisor",))
        a_duty(by=ada, topic="child", force="none", jurisdiction="Elsewhere")
        found = find_circumstance(case, kind="child_in_home", words="", at=SOON, by=ada)
        hear(ada, "cases.circumstance_found")
        assert not Prompt.objects.exists()
        end_circumstance(found, at=LATER, by=ada)
        with pytest.raises(Overtaken, match="This was ended already"):
            end_circumstance(found, at=LATER, by=ada)
        with pytest.raises(Refused, match="Choose from the list what applies"):
            find_circumstance(case, kind="moon", words="", at=SOON, by=ada)
        with pytest.raises(Refused, match="Choose from the list what applies"):
            a_case(by=ada, circumstances=["moon"], known_as="Ruth Amsel")

    def test_a_worker_may_think_of_it_by_themselves(self, ada, case):
        duty = a_duty(by=ada)
        with pytest.raises(Refused, match="This cannot have happened in the future"):
            ask_by_hand(case, duty, aware_at=LATER, at=SOON, by=ada)
        a_prompt(case, duty, by=ada, at=SOON)
        with pytest.raises(Overtaken, match="This is asked on the case already"):
            a_prompt(case, duty, by=ada, at=SOON)
        silent = a_duty(by=ada, force="none")
        with pytest.raises(Refused, match="Choose a row of your agency's table"):
            a_prompt(case, silent, by=ada, at=SOON)


class TestAnswers:
    def test_its_clocks_count_from_knowing_by_the_row(self, ada, case):
        prompt = a_prompt(case, a_duty(by=ada), by=ada, at=LATER, aware_at=NOON)
        due = dict(Clock.objects.running().of(prompt.pk).values_list("kind", "due_at"))
        assert due == {"duty_report": NOON + timedelta(hours=2), "duty_written": NOON + timedelta(hours=48)}

    def test_a_missed_deadline_is_announced_like_any_other(self, ada, case):
        prompt = a_prompt(case, a_duty(by=ada), by=ada, at=SOON)
        announce(at=SOON + timedelta(hours=2), by=system_for(ada.agency, now=LATER))
        as_seen_by(ada)
        assert Alarm.objects.filter(clock__about=prompt.pk, kind="missed").count() == 1

    def test_a_word_on_the_phone_does_not_replace_the_form(self, ada, case):
        prompt = a_prompt(case, a_duty(by=ada), by=ada, at=NOON)
        report(prompt, reported(reference="17-A"), at=LATER, by=ada)
        assert Prompt.objects.standing().get() == prompt
        assert list(Clock.objects.running().of(prompt.pk).values_list("kind", flat=True)) == ["duty_written"]
        report(prompt, reported(how="writing"), at=LATER, by=ada)
        assert Prompt.objects.get().ended_how == "reported"
        assert not Clock.objects.running().of(prompt.pk).exists()
        left = Decision.objects.filter(act="report", answer="permit", recipient_name="County hotline")
        assert [one.basis for one in left] == ["45 CFR 164.512(b)(1)(ii)"] * 2

    def test_a_case_is_not_closed_while_a_prompt_is_open_and_the_sentence_says_so(self, ada, case):
        prompt = a_prompt(case, a_duty(by=ada), by=ada, at=NOON)
        for reasons in why_not_closed_as(case, at=SOON, by=ada).values():
            assert any(one.panel == "duties" and "A duty prompt is open" in one.sentence for one in reasons)
        with pytest.raises(Refused, match="A duty prompt is open"):
            close_case(case, outcome="mistake", at=SOON, by=ada)
        not_required(prompt, because="The child lives elsewhere.", at=SOON, by=ada)
        close_case(case, outcome="mistake", at=SOON, by=ada)

    def test_talking_it_over_leaves_it_open(self, ada, case):
        prompt = a_prompt(case, a_duty(by=ada), by=ada, at=NOON)
        consulted(prompt, whom="Noor Haddad", words="Call them.", at=SOON, by=ada)
        assert Prompt.objects.standing().exists()
        assert Clock.objects.running().of(prompt.pk).count() == 2

    def test_an_answer_says_what_it_must(self, ada, case):
        prompt = a_prompt(case, a_duty(by=ada), by=ada, at=NOON)
        for act, said in (
            (lambda: not_required(prompt, because=" ", at=SOON, by=ada), "Write why it is not required here"),
            (
                lambda: consulted(prompt, whom="", words="", at=SOON, by=ada),
                "Write with whom you talked it over",
            ),
            (
                lambda: done_otherwise(prompt, way="", words="x", at=SOON, by=ada),
                "Choose which way was taken",
            ),
            (
                lambda: report(prompt, reported(told=""), at=SOON, by=ada),
                "Write to whom it was reported, how",
            ),
            (
                lambda: report(prompt, reported(when=LATER), at=SOON, by=ada),
                "cannot have happened in the future",
            ),
        ):
            with pytest.raises(Refused, match=said):
                act()
        done_otherwise(prompt, way="consent", words="She called them herself.", at=SOON, by=ada)
        with pytest.raises(Overtaken, match="This was answered already"):
            not_required(prompt, because="twice", at=SOON, by=ada)

    def test_answers_only_grow(self, ada, case):
        prompt = a_prompt(case, a_duty(by=ada), by=ada, at=NOON)
        consulted(prompt, whom="Noor", words="", at=SOON, by=ada)
        for change in (Answer.objects.all().delete, lambda: Answer.objects.update(words="x")):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()

    def test_on_a_closed_case_nothing_is_asked(self, ada):
        case = a_closed_case(by=ada)
        with pytest.raises(Refused, match="This case is closed"):
            a_prompt(case, a_duty(by=ada), by=ada, at=LATER)


class TestWeighing:
    def test_a_warning_with_its_reasons_leaves_and_is_accounted_for(self, ada, case):
        prompt = a_prompt(case, a_duty(by=ada, topic="duty-to-protect"), by=ada, at=NOON)
        weigh(case, a_threat(SOON), prompt=prompt, at=LATER, by=ada)
        left = Decision.objects.get(act="warn", answer="permit")
        assert (left.recipient_name, left.basis) == ("The neighbor in 4B", "45 CFR 164.512(j)(1)(i)")
        assert Weighing.objects.get().options == ["hospital", "police", "warn_victim"]
        assert Prompt.objects.get().ended_how == "warned"

    @pytest.mark.parametrize("lacking", ["why_serious", "how_they_can_lessen_it", "source"])
    def test_a_warning_without_one_of_its_reasons_stays_here(self, ada, case, lacking):
        threat = a_threat(SOON)
        threat = replace(threat, facts={**threat.facts, lacking: " "})
        with pytest.raises(Unlawful) as refused:
            weigh(case, threat, at=LATER, by=ada)
        assert refused.value.code == "HIPAA-J-01"
        assert not Weighing.objects.exists()

    def test_a_treatment_record_knows_no_warning_and_names_the_ways(self):
        carla = an_actor(now=LATER, agency=an_agency(kind="detox"))
        case = a_case(by=carla)
        prompt = a_prompt(case, a_duty(by=carla, topic="duty-to-warn"), by=carla, at=NOON)
        with pytest.raises(Unlawful) as refused, transaction.atomic():
            weigh(case, a_threat(SOON), prompt=prompt, at=LATER, by=carla)
        assert refused.value.code == "P2-DTW-01"
        for way in ("medical staff", "a court order", "does not say they are in treatment", "own consent"):
            assert way in str(refused.value)
        done_otherwise(prompt, way="medical_emergency", words="Told the ER.", at=SOON, by=carla)

    def test_a_report_leaves_a_protected_record_only_where_the_law_lets_it(self):
        carla = an_actor(now=LATER, agency=an_agency(kind="detox"))
        case = a_case(by=carla)
        report(a_prompt(case, a_duty(by=carla), by=carla, at=NOON), reported(), at=LATER, by=carla)
        elder = a_prompt(case, a_duty(by=carla, topic="elder"), by=carla, at=NOON)
        with pytest.raises(Unlawful) as refused:
            report(elder, reported(), at=LATER, by=carla)
        assert refused.value.code == "P2-CA-01"

    def test_a_victim_service_record_is_reported_only_where_a_statute_says_so(self):
        vera = an_actor(now=LATER, agency=an_agency(kind="victim_service"))
        case = a_case(by=vera)
        report(a_prompt(case, a_duty(by=vera), by=vera, at=NOON), reported(), at=LATER, by=vera)
        may = a_prompt(case, a_duty(by=vera, topic="elder", force="permissive"), by=vera, at=NOON)
        with pytest.raises(Unlawful) as refused:
            report(may, reported(), at=LATER, by=vera)
        assert refused.value.code == "VSP-CT-01"

    def test_a_threat_is_weighed_whole(self, ada, case):
        child = a_prompt(case, a_duty(by=ada), by=ada, at=NOON)
        warns = a_prompt(case, a_duty(by=ada, topic="duty-to-warn"), by=ada, at=NOON)
        for threat, prompt, said in (
            (a_threat(SOON, means=" "), warns, "Write who is threatened, with what"),
            (a_threat(SOON, action="pray"), warns, "Choose what was considered, and what was done"),
            (a_threat(SOON, told=""), warns, "Write who was told, and word for word what"),
            (a_threat(SOON), child, "Weigh the threat on the prompt that asks"),
        ):
            with pytest.raises(Refused, match=said):
                weigh(case, threat, prompt=prompt, at=LATER, by=ada)
        with pytest.raises(Refused, match="A warning is written with its reasons: weigh the threat first"):
            report(warns, reported(), at=LATER, by=ada)

    @pytest.mark.parametrize(("action", "ended"), [("nothing", "not_required"), ("hospital", "otherwise")])
    def test_what_tells_nobody_needs_no_law(self, ada, case, action, ended):
        prompt = a_prompt(case, a_duty(by=ada, topic="duty-to-warn"), by=ada, at=NOON)
        weigh(
            case, a_threat(SOON, action=action, warned="", told="", facts={}), prompt=prompt, at=LATER, by=ada
        )
        assert Prompt.objects.get().ended_how == ended
        assert not Decision.objects.filter(act="warn").exists()


def test_constraints_keep_what_no_action_would_write(ada, case):
    prompt = a_prompt(case, a_duty(by=ada), by=ada, at=NOON)
    usual = {"circle": case.circle, "prompt": prompt, "at": SOON}
    for facts in ({"kind": "reported"}, {"kind": "not_required"}, {"kind": "otherwise"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Answer.objects.create(**usual, **facts)
    with pytest.raises(IntegrityError), transaction.atomic():
        Prompt.objects.filter(pk=prompt.pk).update(ends_at=SOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        Prompt.objects.create(
            circle=case.circle, case=case, duty=prompt.duty, line=prompt.line, signal="by_hand",
            became_aware_at=SOON, starts_at=SOON,
        )  # fmt: skip


def test_the_reactions_have_lasting_names():
    from breakwater.duties import reactions

    assert name_of(reactions.ask_about_a_danger) == "duties.reactions.ask_about_a_danger"


class Duties(RuleBasedStateMachine):
    """Asked, talked over, reported by voice and in writing, not required: a prompt is open while a clock of it runs."""

    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.ada = an_actor(now=LATER)
        self.case = a_case(by=self.ada)
        self.duty = a_duty(by=self.ada)
        self.prompt, self.owed = None, set()

    def teardown(self):
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @precondition(lambda self: self.prompt is None)
    @rule()
    def asks(self):
        self.prompt, self.owed = a_prompt(self.case, self.duty, by=self.ada, at=NOON), {"voice", "writing"}

    @precondition(lambda self: self.prompt)
    @rule(how=st.sampled_from(["voice", "writing"]))
    def reports(self, how):
        report(self.prompt, reported(how=how), at=LATER, by=self.ada)
        self._settle(self.owed - {"voice"} if how == "voice" else set())

    @precondition(lambda self: self.prompt)
    @rule()
    def talks(self):
        consulted(self.prompt, whom="Noor", words="", at=LATER, by=self.ada)

    @precondition(lambda self: self.prompt)
    @rule()
    def declines(self):
        not_required(self.prompt, because="Elsewhere.", at=LATER, by=self.ada)
        self._settle(set())

    def _settle(self, owed):
        self.owed = owed
        self.prompt = self.prompt if owed else None

    @invariant()
    def it_is_open_while_something_is_owed_and_keeps_the_case_open(self):
        running = set(Clock.objects.running().filter(kind__startswith="duty_").values_list("kind", flat=True))
        assert running == {{"voice": "duty_report", "writing": "duty_written"}[one] for one in self.owed}
        assert Prompt.objects.standing().exists() == bool(self.owed)
        reasons = why_not_closed_as(self.case, at=LATER, by=self.ada)["mistake"]
        assert any("A duty prompt is open" in one.sentence for one in reasons) == bool(self.owed)


TestDuties = pytest.mark.django_db(Duties.TestCase)
TestDuties.settings = settings(
    max_examples=12, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck)
)


def test_a_child_in_the_home_is_a_question_until_it_is_answered(ada):
    """A mother who fled with her child reads no accusation on her case."""
    a_duty(by=ada, topic="child", force="mandatory")
    case = a_case(by=ada, circumstances=["child_in_home"])
    hear(ada, "cases.circumstance_found")
    (prompt,) = Prompt.objects.filter(case=case)
    page = browser_of(ada).get(reverse("desk:case", args=[case.pk])).content.decode()
    duties = page[page.index('id="duties"') :]
    assert "Do you have reason to think that the child" in duties
    assert "must be done" not in duties[: duties.index("</section>")].lower()
    assert "data-topics" in duties[: duties.index(">")], "the panel comes by itself"
    not_required(prompt, because="He is well, and saw nothing.", at=LATER, by=ada)
    assert not Prompt.objects.get(pk=prompt.pk).question
