"""Breaking the glass: a reason, one person, a while, to read; told at once, reviewed; never what a law closes."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule
from psycopg.types.json import Jsonb

from breakwater.kernel.db import run_sql
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.trust.access import actor_for
from breakwater.trust.actions.circles import open_circle
from breakwater.trust.actions.consents import raise_segments
from breakwater.trust.actions.glass import Emergency, MedicalStaff, break_glass, close_glass, review_glass
from breakwater.trust.capabilities import Role
from breakwater.trust.library import LAWS
from breakwater.trust.models import Circle, Decision, Entry, Glass, Grant
from breakwater.trust.rules.law import Unlawful
from breakwater.trust.testing import an_actor, an_agency, as_seen_by

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
LONGEST = LAWS["us"].glass.longest


def why(**facts):
    usual = {
        "reason": "life_threat", "words": "Unconscious at the bus stop, no papers on them.",
        "lasts": timedelta(hours=1),
    }  # fmt: skip
    return Emergency(**(usual | facts))


@pytest.fixture
def ada():
    return an_actor(now=NOW)


@pytest.fixture
def bo():
    return an_actor(Role.RESPONDER, now=NOW)


def a_circle(by):
    as_seen_by(by)
    return open_circle(at=NOW - timedelta(hours=3), by=by)


def broken(circle, by, **facts):
    as_seen_by(by)
    return break_glass([circle.pk], why(**facts), at=NOW, by=by)


def stands(by, circle):
    """Whether each wall lets them in: the question, and PostgreSQL with no question asked."""
    as_seen_by(by)
    return by.stands_in(circle.pk), Circle.objects.filter(pk=circle.pk).exists()


def again(by):
    """The same person, a request later."""
    return actor_for(by.user.appointments.get(), now=datetime.now(UTC)) if by.user else by


def test_it_opens_one_record_for_one_person_to_read(ada, bo):
    circle = a_circle(ada)
    (glass,) = broken(circle, bo)
    later = again(bo)
    assert stands(later, circle) == (True, True)
    assert not later.works_in(circle.pk)
    with pytest.raises(NotPermitted):
        later.must("cases.work", circle)
    assert later.through == glass
    colleague = an_actor(Role.RESPONDER, agency=bo.agency, now=datetime.now(UTC))
    assert stands(colleague, circle) == (False, False)


def test_both_agencies_know_at_once(ada, bo):
    circle = a_circle(ada)
    (glass,) = broken(circle, bo)
    for someone in (ada, bo):
        as_seen_by(someone)
        assert Glass.objects.get() == glass
        assert Entry.objects.filter(verb="trust.glass_broken", about=glass.pk).exists()
    as_seen_by(an_actor(now=NOW))
    assert not Glass.objects.exists()


@pytest.mark.parametrize("words", ["", "urgent", " " * 40])
def test_without_a_reason_nothing_opens(ada, bo, words):
    circle = a_circle(ada)
    with pytest.raises(Unlawful) as refused:
        broken(circle, bo, words=words)
    assert refused.value.code == "BTG-01"
    assert not Grant.objects.filter(basis="emergency").exists()


@pytest.mark.parametrize("lasts", [LONGEST + timedelta(seconds=1), timedelta(), timedelta(hours=-1)])
def test_it_is_open_for_a_while_only(ada, bo, lasts):
    circle = a_circle(ada)
    with pytest.raises(Refused, match="It can be open for at most 4 hours at a time"):
        broken(circle, bo, lasts=lasts)


@pytest.mark.parametrize("kind", ["victim_service", "detox"])
def test_what_a_law_keeps_closed_and_what_is_not_there_are_refused_alike(bo, kind):
    circle = a_circle(an_actor(now=NOW, agency=an_agency(kind=kind)))
    nowhere = Circle(pk=bo.agency_id)
    said = set()
    for one in (circle, nowhere):
        with pytest.raises(Unlawful) as refused:
            broken(one, bo)
        said.add(str(refused.value))
    assert len(said) == 1
    assert "BTG-02" in said.pop()
    assert [one.answer for one in bo.refused] == [Decision.Answer.REFUSE] * 2


@pytest.mark.parametrize(
    "segment", ["psychotherapy-notes", "sud-counseling-notes", "location-confidential", "vsp", "part2"]
)
def test_a_protected_record_stays_closed(ada, bo, segment):
    circle = a_circle(ada)
    raise_segments(circle, [segment], at=NOW, by=ada)
    with pytest.raises(Unlawful):
        broken(circle, bo)


def for_the_clinic(**facts):
    usual = {
        "recipient_name": "Dr. Imani Cole", "recipient_affiliation": "Harbor General, emergency room",
        "discloser": "Bo Lind", "no_consent": "Unconscious.",
    }  # fmt: skip
    return MedicalStaff(**(usual | facts))


@pytest.fixture
def treated():
    """The record of somebody in a treatment program, and who keeps it."""
    dot = an_actor(now=NOW, agency=an_agency(kind="detox"))
    return a_circle(dot), dot


def test_medical_staff_is_told_of_treatment_with_the_facts_of_its_law(treated, bo):
    circle, dot = treated
    (glass,) = broken(circle, bo, staff=for_the_clinic())
    assert stands(again(bo), circle) == (True, True)
    assert (glass.is_medical, list(glass.grant.segments)) == (True, ["part2"])
    decision = Decision.objects.get(about=glass.pk)
    assert (decision.basis, decision.recipient_name) == ("42 CFR 2.51(c)", "Dr. Imani Cole")
    assert decision.obligations == ["attach_notice", "log_disclosure"]
    as_seen_by(dot)
    told = Glass.objects.get()
    assert (told.discloser, told.recipient_affiliation) == ("Bo Lind", "Harbor General, emergency room")
    with pytest.raises(DatabaseError), transaction.atomic():
        Glass.objects.update(recipient_name="Somebody else")


@pytest.mark.parametrize("fact", ["recipient_name", "recipient_affiliation", "discloser", "no_consent"])
def test_each_of_its_facts_is_asked_for_whatever_would_open(ada, treated, bo, fact):
    said = set()
    for circle in (treated[0], a_circle(ada), Circle(pk=bo.agency_id)):
        with pytest.raises(Unlawful) as refused:
            broken(circle, bo, staff=for_the_clinic(**{fact: "  "}))
        assert refused.value.code == "P2-EM-01"
        said.add(str(refused.value))
    assert len(said) == 1, "the answer tells nobody which law protects a record"


@pytest.mark.parametrize("reason", ["welfare_check", "other"])
def test_only_in_a_medical_emergency(treated, bo, reason):
    with pytest.raises(Refused, match="Medical staff is told in a medical emergency"):
        broken(treated[0], bo, reason=reason, staff=for_the_clinic())
    as_seen_by(bo)
    with transaction.atomic():
        run_sql(
            "SELECT trust_break_glass(%s, gen_random_uuid(), gen_random_uuid(), %s, 'words', '1 hour', %s)",
            (treated[0].pk, reason, Jsonb(asdict(for_the_clinic()))),
        )
    assert not Glass.objects.exists()


def test_elsewhere_its_facts_open_nothing_and_are_not_kept(ada, bo):
    (glass,) = broken(a_circle(ada), bo, staff=for_the_clinic())
    assert (glass.is_medical, list(glass.grant.segments)) == (False, [])
    victim_service = a_circle(an_actor(now=NOW, agency=an_agency(kind="victim_service")))
    notes = a_circle(dot := an_actor(now=NOW, agency=an_agency(kind="detox")))
    raise_segments(notes, ["sud-counseling-notes"], at=NOW, by=dot)
    for circle in (victim_service, notes):
        with pytest.raises(Unlawful) as refused:
            broken(circle, bo, staff=for_the_clinic())
        assert refused.value.code == "BTG-02"


def test_a_grant_for_emergencies_cannot_be_written_without_its_glass(ada, bo):
    circle = a_circle(ada)
    as_seen_by(bo)
    with pytest.raises(DatabaseError), transaction.atomic():
        run_sql(
            "INSERT INTO trust_grant (id, circle_id, agency_id, basis, information, segments, starts_at, ends_at,"
            " only_for_id) VALUES (gen_random_uuid(), %s, %s, 'emergency', '{who}', '{}', now(), now() + '1 hour', %s)",
            (circle.pk, bo.agency_id, bo.user_id),
        )
    broken(circle, bo)
    changed = Grant.objects.filter(basis="emergency")
    with pytest.raises(DatabaseError), transaction.atomic():
        changed.update(ends_at=NOW + timedelta(days=30))


def test_who_opened_it_closes_it_and_nobody_else(ada, bo):
    circle = a_circle(ada)
    (glass,) = broken(circle, bo)
    with pytest.raises(NotPermitted, match="Only whoever opened this can close it"):
        close_glass(glass, by=an_actor(agency=bo.agency, now=NOW))
    as_seen_by(bo)
    for _ in range(2):
        close_glass(glass, by=bo)
    assert stands(again(bo), circle) == (False, False)


def test_a_review_stands_and_is_never_ones_own(ada, bo):
    circle = a_circle(ada)
    (glass,) = broken(circle, bo)
    boss = an_actor(Role.SUPERVISOR, agency=ada.agency, now=NOW)
    with pytest.raises(Refused, match="Say what was wrong"):
        review_glass(glass, outcome="violation", words=" ", at=NOW, by=boss)
    for _ in range(2):
        review_glass(glass, outcome="training", words="Ask for the papers first.", at=NOW, by=boss)
    with pytest.raises(Overtaken, match="Somebody reviewed this a moment ago"):
        review_glass(glass, outcome="appropriate", words="", at=NOW, by=boss)
    glass.refresh_from_db()
    assert (glass.outcome, glass.reviewed_by) == ("training", boss.user)
    own = an_actor(Role.SUPERVISOR, now=NOW)
    (theirs,) = broken(circle, own)
    with pytest.raises(NotPermitted, match="Somebody else reviews what you opened"):
        review_glass(theirs, outcome="appropriate", words="", at=NOW, by=own)


def test_what_was_written_stays_written(ada, bo):
    (glass,) = broken(a_circle(ada), bo)
    for change in ({"words": "Nothing."}, {"ends_at": NOW + timedelta(days=9)}, {"reason": "other"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Glass.objects.filter(pk=glass.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        glass.delete()


class Hours(RuleBasedStateMachine):
    """Opening and closing in any order: at each moment to come, who is let in is what a table kept by hand says."""

    glasses = Bundle("glasses")

    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.ada, self.bo = an_actor(now=NOW), an_actor(Role.RESPONDER, now=NOW)
        self.circle = a_circle(self.ada)
        self.open = {}

    def teardown(self):
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @rule(target=glasses, minutes=st.integers(1, 240))
    def opens(self, minutes):
        (glass,) = broken(self.circle, self.bo, lasts=timedelta(minutes=minutes))
        self.open[glass.pk] = glass.ends_at
        return glass

    @rule(glass=glasses)
    def closes(self, glass):
        as_seen_by(self.bo)
        close_glass(glass, by=self.bo)
        self.open.pop(glass.pk, None)

    @rule(glass=glasses, outcome=st.sampled_from(Glass.Outcome.values))
    def is_reviewed(self, glass, outcome):
        """A review ends nothing and opens nothing."""
        glass.refresh_from_db()
        if glass.reviewed_at:
            return
        review_glass(
            glass,
            outcome=outcome,
            words="Seen.",
            at=NOW,
            by=an_actor("supervisor", agency=self.ada.agency, now=NOW),
        )

    @rule(minutes=st.integers(0, 300))
    def somebody_looks_later(self, minutes):
        moment = datetime.now(UTC) + timedelta(minutes=minutes)
        as_seen_by(self.bo)
        later = actor_for(self.bo.user.appointments.get(), now=moment)
        is_open = any(moment < ends for ends in self.open.values())
        assert later.stands_in(self.circle.pk) == is_open
        assert (later.through is not None) == is_open

    @invariant()
    def postgresql_agrees_about_now(self):
        assert stands(again(self.bo), self.circle) == (bool(self.open), bool(self.open))


TestHours = Hours.TestCase
TestHours.settings = settings(
    max_examples=15, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)
