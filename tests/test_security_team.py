"""Three walls about one person: a security team learns what a worker chose to tell it, and nothing by itself."""

import ast
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from breakwater.cases.testing import a_case, a_note
from breakwater.kernel.db import run_sql
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.people.models import Person
from breakwater.trust.actions.concerns import end_concern, tell_concern
from breakwater.trust.actions.consents import raise_segments
from breakwater.trust.actions.family import Close, say_who_may_know, take_back, tell_somebody_close
from breakwater.trust.actions.medical import review_medical_emergency
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Circle, Concern, Decision, Entry, Grant, MedicalEmergency, Sighting
from breakwater.trust.rules.law import Unlawful
from breakwater.trust.testing import (
    a_concern,
    a_medical_emergency,
    a_threat_team,
    an_actor,
    an_agency,
    an_involvement,
    as_seen_by,
    warned,
)
from breakwater.trust.tests.browsing import browser_of, hidden, press
from tests.architecture.source import code
from tests.architecture.test_every_table_has_a_circle import WALLED
from tests.architecture.world import somebody_known

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
EARLIER = NOW - timedelta(hours=1)
ABOUT_THEMSELVES = {"trust_sighting", "trust_decision", "trust_receipt", "trust_draft", "trust_seal"}


@pytest.fixture
def ada():
    return an_actor(now=NOW)


@pytest.fixture
def case(ada):
    return a_case(by=ada, at=NOW, asked_at=EARLIER, known_as="Marisol Vega")


@pytest.fixture
def guard():
    return an_actor(now=NOW, agency=a_threat_team())


def told(case, guard, by, **facts):
    as_seen_by(by)
    return a_concern(guard.agency, circle=case.circle, at=EARLIER, by=by, **facts)


def reads(guard):
    """How many concerns each wall shows: the question, and PostgreSQL with no question asked."""
    as_seen_by(guard)
    return Concern.objects.visible_to(guard).count(), Concern.objects.count()


def rows_seen():
    """Every table behind a wall that shows something now."""
    with connection.cursor() as cursor:
        counted = {}
        for table in sorted(WALLED - ABOUT_THEMSELVES):
            cursor.execute(f"SELECT count(*) FROM {table}")
            counted[table] = cursor.fetchone()[0]
    return {table for table, count in counted.items() if count}


def test_the_team_reads_what_it_was_told_and_nothing_that_lies_behind(guard):
    ours, ids = somebody_known()
    assert rows_seen() > {"cases_note", "people_person", "trust_concern"}
    as_seen_by(ours)
    person = Person.objects.select_related("circle").get(pk=ids["person_id"])
    a_concern(guard.agency, circle=person.circle, at=EARLIER, by=ours)
    as_seen_by(guard)
    assert rows_seen() == {"trust_concern", "trust_grant", "trust_entry"}
    assert Concern.objects.get().told == "He says he will burn the depot down."
    assert {one.verb for one in Entry.objects.all()} == {"trust.concern_told"}


def test_each_wall_tells_two_teams_apart_and_asks_whether_they_still_stand(ada, case, guard):
    other = an_actor(now=NOW, agency=a_threat_team())
    concern = told(case, guard, ada)
    told(case, other, ada)
    as_seen_by(ada)
    assert Concern.objects.count() == 2
    assert Concern.objects.visible_to(guard).get() == concern
    assert reads(guard) == reads(other) == (1, 1)
    as_seen_by(ada)
    assert Grant.objects.filter(pk=concern.grant_id).update(ends_at=NOW - timedelta(minutes=1)) == 1
    assert (reads(guard), reads(other)) == ((0, 0), (1, 1))


def test_a_care_note_never_becomes_a_concern_by_itself(ada, case, guard):
    as_seen_by(ada)
    for words in ("He will burn the depot down.", "threat", "weapon, named target, watch list"):
        a_note(case, by=ada, at=NOW, words=words)
    assert reads(guard) == (0, 0)
    told(case, guard, ada)
    as_seen_by(guard)
    assert "watch list" not in Concern.objects.get().told
    assert rows_seen() == {"trust_concern", "trust_grant", "trust_entry"}


def test_only_one_act_opens_the_door_to_the_wall_of_threats():
    makes = {
        module.path
        for module in code()
        if module.kind not in ("testing", "migrations")
        for node in module.nodes
        if isinstance(node, ast.Attribute)
        and ast.unparse(node) in ("Concern.objects.create", "Grant.Basis.THREAT")
    }
    assert makes == {"breakwater/trust/actions/concerns.py"}
    calls = {module.path for module in code() if module.kind != "testing" and "tell_concern(" in module.text}
    assert calls - makes <= {"breakwater/privacy/views/concerns.py", "breakwater/simulation/telling.py"}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tablename FROM pg_policies WHERE qual LIKE '%%''threat''%%' AND policyname = 'wall'"
        )
        behind = {name for (name,) in cursor.fetchall()}
    assert behind == {"trust_concern", "trust_circle"}


def test_another_team_reads_nothing(ada, case, guard):
    told(case, guard, ada)
    assert reads(guard) == (1, 1)
    assert reads(an_actor(now=NOW, agency=a_threat_team())) == (0, 0)


def test_a_second_telling_does_not_bring_back_the_first(ada, case, guard):
    first = told(case, guard, ada, lasts=timedelta(days=1))
    end_concern(first, at=NOW - timedelta(minutes=1), by=ada)
    told(case, guard, ada, told="Another thing.")
    assert reads(guard) == (1, 1)
    assert Concern.objects.get().told == "Another thing."


def test_it_ends_by_itself_and_by_whoever_told_it(ada, case, guard):
    brief = told(case, guard, ada, lasts=timedelta(minutes=30))
    assert reads(guard) == (0, 0), "half an hour is over"
    with pytest.raises(Overtaken, match="The team no longer reads this"):
        end_concern(brief, at=NOW, by=as_seen_by(ada))
    concern = told(case, guard, ada)
    as_seen_by(guard)
    with pytest.raises(NotPermitted):
        end_concern(concern, at=NOW, by=guard)
    colleague = an_actor(now=NOW)
    colleague.has_joined(case.circle_id)
    with pytest.raises(NotPermitted, match="Only the agency that told this can end it"):
        end_concern(concern, at=NOW, by=colleague)


def test_nobody_rewrites_it_and_no_grant_opens_more(ada, case, guard):
    told(case, guard, ada)
    for who in (ada, guard):
        as_seen_by(who)
        for change in ("UPDATE trust_concern SET told = 'x'", "DELETE FROM trust_concern"):
            with pytest.raises(DatabaseError), transaction.atomic():
                run_sql(change)
    as_seen_by(ada)
    usual = {"circle": case.circle, "basis": "threat", "starts_at": EARLIER, "given_by": ada.user}
    for facts in (
        {"agency": guard.agency, "information": ["threat", "care"], "ends_at": NOW + timedelta(1)},
        {"agency": guard.agency, "information": ["threat"]},
        {"agency": an_agency(), "information": ["threat"], "ends_at": NOW + timedelta(1)},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            Grant.objects.create(**usual, **facts)


@pytest.mark.parametrize(("kind", "code"), [("detox", "P2-DTW-01"), ("victim_service", "VSP-01")])
def test_a_record_that_a_law_closes_stays_closed(guard, kind, code):
    ada = an_actor(now=NOW, agency=an_agency(kind=kind))
    case = a_case(by=ada, at=NOW, asked_at=EARLIER)
    with pytest.raises(Unlawful) as refused:
        told(case, guard, ada)
    assert refused.value.code == code
    assert reads(guard) == (0, 0)
    as_seen_by(ada)
    with pytest.raises(DatabaseError), transaction.atomic():
        Grant.objects.create(
            circle=case.circle, agency=guard.agency, basis="threat", information=["threat"], starts_at=EARLIER,
            ends_at=NOW + timedelta(1), given_by=ada.user,
        )  # fmt: skip


def test_a_school_record_leaves_with_its_threat_and_who_was_told(ada, case, guard):
    raise_segments(case.circle, ["education"], at=EARLIER, by=as_seen_by(ada))
    told(case, guard, ada)
    permit = Decision.objects.get(act="warn", answer="permit")
    assert permit.basis == "34 CFR 99.36; 99.32(a)(5)"
    assert (permit.facts["threat"], permit.facts["recipient_name"]) == (
        "He will burn the depot down on Friday.",
        guard.agency.name,
    )


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"told": " "}, "Choose what the team is told. Nothing leaves by itself"),
        ({"lasts": timedelta(days=91)}, "A security team reads what it was told for at most 90 days"),
    ],
)
def test_what_cannot_be_told(ada, case, guard, facts, said):
    with pytest.raises(Refused, match=said):
        told(case, guard, ada, **facts)
    with pytest.raises(Refused, match="Choose a threat-management team"):
        tell_concern(warned(an_agency()), circle=case.circle, at=NOW, by=ada)


def test_on_the_pages_the_facts_are_chosen_shown_told_read_and_accounted_for(ada, case, guard):
    where = reverse("privacy:concern", args=[case.person_id])
    form = {
        "team": str(guard.agency_id), "facts": ["known_as"], "words": "", "threat": "He will burn it down.",
        "why_serious": "He said when.", "why_imminent": "Friday.", "how_they_can_lessen_it": "They guard it.",
        "source": "His sister", "days": "7",
    }  # fmt: skip
    client = browser_of(ada)
    lacking = press(client, where, by=ada, **form | {"why_imminent": ""})
    assert b"HIPAA-J-01" in lacking.content
    shown = press(client, where, by=ada, **form)
    assert b"May leave" in shown.content
    assert press(client, where, by=ada, **form, shown=hidden(shown.content, "shown")).status_code == 303
    page = browser_of(guard).get(reverse("privacy:concerns")).content.decode()
    assert "They are known as Marisol Vega." in page
    assert "His sister" not in page
    as_seen_by(guard)
    concern = Concern.objects.get()
    assert "His sister" not in concern.told
    one = browser_of(guard).get(reverse("privacy:told", args=[concern.pk]))
    assert one.status_code == 200
    assert Sighting.objects.filter(by=guard.user, what="trust.concern").count() == 2
    boss = an_actor(Role.SUPERVISOR, agency=ada.agency, now=NOW)
    for query in ("", "?for=person"):
        seen = browser_of(boss).get(reverse("privacy:seen", args=[case.person_id]) + query).content.decode()
        assert guard.agency.name in seen
    as_seen_by(ada)
    press(client, reverse("privacy:concern_ending", args=[concern.pk]), by=ada)
    assert reads(guard) == (0, 0)


class TestMedicalEmergency:
    @pytest.fixture
    def carla(self):
        return an_actor(now=NOW, agency=an_agency(kind="detox"))

    @pytest.fixture
    def theirs(self, carla):
        return a_case(by=carla, at=NOW, asked_at=EARLIER)

    def test_its_four_facts_stand_in_the_record_and_the_notice_goes_with_it(self, carla, theirs):
        made = a_medical_emergency(circle=theirs.circle, at=NOW, by=carla)
        assert made.notice.startswith("42 CFR part 2 prohibits")
        permit = Decision.objects.get(answer="permit", recipient_name="Dr. Imani Cole")
        assert (permit.basis, permit.purpose) == ("42 CFR 2.51(c)", "ETREAT")
        assert MedicalEmergency.objects.visible_to(carla).get() == made

    @pytest.mark.parametrize("fact", ["recipient_name", "recipient_affiliation", "discloser", "nature"])
    def test_without_one_of_them_nothing_is_told(self, carla, theirs, fact):
        with pytest.raises(Unlawful) as refused:
            a_medical_emergency(circle=theirs.circle, at=NOW, by=carla, **{fact: " "})
        assert refused.value.code == "P2-EM-01"
        assert not MedicalEmergency.objects.exists()

    @pytest.mark.parametrize(
        ("facts", "said"),
        [
            ({"no_consent": ""}, "Write why the person could not be asked first"),
            ({"told": " "}, "Write what was told. No more than the emergency needs"),
            ({"when": NOW + timedelta(hours=1)}, "They cannot have been told in the future"),
        ],
    )
    def test_what_cannot_be_told(self, carla, theirs, facts, said):
        with pytest.raises(Refused, match=said):
            a_medical_emergency(circle=theirs.circle, at=NOW, by=carla, **facts)

    def test_a_victim_service_record_stays_closed(self):
        vera = an_actor(now=NOW, agency=an_agency(kind="victim_service"))
        case = a_case(by=vera, at=NOW, asked_at=EARLIER)
        with pytest.raises(Unlawful) as refused:
            a_medical_emergency(circle=case.circle, at=NOW, by=vera)
        assert refused.value.code == "VSP-01"

    def test_somebody_else_looks_at_it_once(self, carla, theirs):
        made = a_medical_emergency(circle=theirs.circle, at=NOW, by=carla)
        itself = an_actor(Role.SUPERVISOR, agency=carla.agency, now=NOW)
        mine = a_medical_emergency(circle=theirs.circle, at=NOW, by=itself)
        with pytest.raises(NotPermitted, match="Somebody else reviews what you told"):
            review_medical_emergency(mine, words="", at=NOW, by=itself)
        review_medical_emergency(made, words="Right.", at=NOW, by=itself)
        with pytest.raises(Overtaken, match="Somebody looked at this a moment ago"):
            review_medical_emergency(made, words="", at=NOW, by=itself)
        with pytest.raises(DatabaseError), transaction.atomic():
            MedicalEmergency.objects.filter(pk=made.pk).update(told="nothing")

    def test_the_page_says_what_is_missing_and_then_what_to_send_along(self, carla, theirs):
        where = reverse("privacy:medical", args=[theirs.person_id])
        typed = {
            "recipient_name": "", "recipient_affiliation": "Harbor General", "discloser": "Carla", "when": "",
            "nature": "No breath.", "no_consent": "Unconscious.", "told": "On methadone.",
        }  # fmt: skip
        client = browser_of(carla)
        assert b"P2-EM-01" in press(client, where, by=carla, **typed).content
        answer = press(client, where, by=carla, **typed | {"recipient_name": "Dr. Cole"})
        assert b"42 CFR part 2 prohibits" in client.get(answer["Location"]).content


class TestThoseClose:
    def test_who_said_nothing_is_asked_first(self, ada, case):
        for facts, answer in (
            ({"can_be_asked": True, "best_interest": "She worries."}, "HIPAA-510-01"),
            ({"can_be_asked": False, "best_interest": " "}, "HIPAA-510-02"),
        ):
            with pytest.raises(Unlawful) as refused:
                tell_somebody_close("Ana", "She is safe.", circle=case.circle, at=NOW, by=ada, **facts)
            assert refused.value.code == answer
        tell_somebody_close(
            "Ana",
            "She is here.",
            circle=case.circle,
            at=NOW,
            by=ada,
            can_be_asked=False,
            best_interest="Next of kin.",
        )
        with pytest.raises(Refused, match="Write who is told, and what"):
            tell_somebody_close(" ", "x", circle=case.circle, at=NOW, by=ada, can_be_asked=True)

    def test_a_word_replaces_the_one_before_and_can_be_taken_back(self, ada, case):
        first = an_involvement(circle=case.circle, at=EARLIER, by=ada, answer="agreed", name="Ana")
        tell_somebody_close("ANA", "Safe.", circle=case.circle, at=NOW, by=ada, can_be_asked=True)
        an_involvement(circle=case.circle, at=NOW, by=ada, name="ana")
        with pytest.raises(Unlawful):
            tell_somebody_close("Ana", "Safe.", circle=case.circle, at=NOW, by=ada, can_be_asked=True)
        with pytest.raises(Overtaken, match="This holds no longer already"):
            take_back(first, at=NOW, by=ada)
        with pytest.raises(Refused, match="silence covers one person, not everybody"):
            say_who_may_know(Close(answer="inferred"), circle=case.circle, at=NOW, by=ada)

    def test_no_to_everybody_is_no_to_each(self, ada, case):
        an_involvement(circle=case.circle, at=NOW, by=ada, name="")
        with pytest.raises(Unlawful):
            tell_somebody_close(
                "Ana", "Safe.", circle=case.circle, at=NOW, by=ada, can_be_asked=False, best_interest="Kin."
            )


class Telling(RuleBasedStateMachine):
    """Told, ended and told again, of several teams: each reads just what is open for it, whichever wall is asked."""

    concerns = Bundle("concerns")

    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.ada = an_actor(now=NOW)
        self.case = a_case(by=self.ada, at=NOW, asked_at=EARLIER)
        self.guards = [an_actor(now=NOW, agency=a_threat_team()) for _ in range(2)]
        self.open = {}

    def teardown(self):
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @rule(target=concerns, team=st.sampled_from([0, 1]), minutes=st.sampled_from([30, 900, 9000]))
    def tells(self, team, minutes):
        concern = told(self.case, self.guards[team], self.ada, lasts=timedelta(minutes=minutes))
        self.open[concern.pk] = team if minutes > 60 else None
        return concern

    @rule(concern=concerns)
    def ends(self, concern):
        as_seen_by(self.ada)
        if self.open[concern.pk] is not None:
            end_concern(concern, at=NOW, by=self.ada)
            self.open[concern.pk] = None

    @invariant()
    def each_team_reads_what_is_open_for_it(self):
        for team, guard in enumerate(self.guards):
            many = sum(to == team for to in self.open.values())
            assert reads(guard) == (many, many)
            assert not Circle.objects.exists()


TestTelling = pytest.mark.django_db(Telling.TestCase)
TestTelling.settings = settings(
    max_examples=10, stateful_step_count=8, deadline=None, suppress_health_check=list(HealthCheck)
)
