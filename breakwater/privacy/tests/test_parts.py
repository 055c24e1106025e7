"""Any part of a record is kept apart like a note: raised by whoever works there, lowered by a privacy officer alone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from breakwater.assessments.actions.asking import answer
from breakwater.assessments.actions.judging import override
from breakwater.assessments.models import Assessment
from breakwater.assessments.testing import a_completed_assessment, an_assessment
from breakwater.cases.actions.notes import name_barrier
from breakwater.cases.testing import a_case, a_note
from breakwater.people.actions.persons import add_name
from breakwater.people.actions.reach import add_contact_point
from breakwater.people.matching import possible_matches
from breakwater.people.models import Person
from breakwater.plans.models import Need, Step
from breakwater.plans.testing import (
    a_goal,
    a_lesson,
    a_need,
    a_reading,
    a_safety_plan,
    a_step,
    an_agreement,
)
from breakwater.privacy.parts import PARTS
from breakwater.referrals.packet import SECTIONS, packet_of
from breakwater.trust.actions.consents import take_consent
from breakwater.trust.models import Decision
from breakwater.trust.testing import a_guest, a_release, an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db
WORDS = "Zebrafinch"
APART = ["vsp"]
MADE = {
    "note": lambda case, by: a_note(case, by=by, at=by.now, words=WORDS),
    "barrier": lambda case, by: name_barrier(case, words=WORDS, at=by.now, by=by),
    "need": lambda case, by: a_need(case, by=by, words=WORDS),
    "goal": lambda case, by: a_goal(case, by=by, words=WORDS),
    "step": lambda case, by: a_step(case, by=by, words=WORDS),
    "talk": lambda case, by: an_agreement(case, by=by, voice=WORDS),
    "lesson": lambda case, by: a_lesson(case, by=by, words=WORDS),
    "reading": lambda case, by: a_reading(case, by=by),
    "plan": lambda case, by: a_safety_plan(case, by=by, own_coping=WORDS),
    "assessment": lambda case, by: a_completed_assessment(case, by=by),
    "name": lambda case, by: add_name(case.person, kind="legal", text=WORDS, at=by.now, by=by),
    "reach": lambda case, by: add_contact_point(
        case.person, kind="phone", value="(555) 010-7788", safety="safe", how=WORDS, at=by.now, by=by
    ),
}
SAYS = {"assessment": "PHQ-2", "reading": 'id="levels"'}
"""What a page says of a part, where it is not its words."""


@pytest.fixture
def ada():
    return an_actor(now=timezone.now())


@pytest.fixture
def case(ada):
    made = a_case(by=ada, at=ada.now)
    a_step(made, by=ada)
    return made


def test_every_kind_of_part_is_tried():
    assert MADE.keys() == PARTS.keys() - {"fact"}


def who_reads(ada, case):
    """Somebody of an agency that the person lets read everything, and nothing that a law keeps apart."""
    shelter, last = an_agency(kind="shelter"), ada.now.astimezone(ada.zone).date() + timedelta(9)
    release = a_release(shelter, ends=last, information=frozenset({"who", "care", "needs"}))
    take_consent(release, circle=case.circle, at=ada.now - timedelta(hours=1), by=ada)
    return an_actor(agency=shelter, now=timezone.now())


def there(model, actor, pk):
    """Whether they find a row: asked by code, and of PostgreSQL behind its wall alone."""
    as_seen_by(actor)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {model._meta.db_table} WHERE id = %s", (pk,))
        by_wall = cursor.fetchone()[0]
    return model.objects.visible_to(actor).filter(pk=pk).exists(), bool(by_wall)


def pages_about(case):
    """Where all stands that is read about the case and its person."""
    names = (
        "desk:case", "plans:plan", "plans:safety_plan", "plans:sufficiency", "cases:chronology", "cases:record",
    )  # fmt: skip
    return [
        *(reverse(name, args=[case.pk]) for name in names),
        reverse("desk:person", args=[case.person_id]),
    ]


def where_they_read(says, actor, case):
    """The pages on which somebody reads it."""
    browser = browser_of(actor)
    return [where for where in pages_about(case) if says in browser.get(where).content.decode()]


def url(kind, does, part):
    return reverse(f"privacy:part_{does}", args=[part.pk])


def protect(kind, part, *, by):
    return press(browser_of(by), url(kind, "protection", part), by=by, segments=APART)


@pytest.mark.parametrize("kind", MADE)
def test_a_part_kept_apart_is_found_by_no_guest_and_lowered_by_a_privacy_officer_alone(ada, case, kind):
    part = MADE[kind](case, ada)
    guest = who_reads(ada, case)
    model, says = type(part), SAYS.get(kind, WORDS)
    assert there(model, guest, part.pk) == (True, True)
    read = where_they_read(says, guest, case)
    assert read
    as_seen_by(ada)
    assert protect(kind, part, by=ada).status_code == 303
    assert there(model, guest, part.pk) == (False, False)
    assert where_they_read(says, guest, case) == []
    for does in ("protection", "lowering"):
        assert browser_of(guest).get(url(kind, does, part)).status_code == 404
    as_seen_by(ada)
    browser = browser_of(ada)
    told = " ".join(browser.get(where).content.decode() for where in read)
    assert says in told
    assert "Victim service" in told
    said = {"segment": APART[0], "reason": "It was written about somebody else."}
    assert press(browser_of(ada), url(kind, "lowering", part), by=ada, **said).status_code == 403
    officer = an_actor("privacy_officer", agency=ada.agency, now=timezone.now())
    empty = said | {"reason": " "}
    assert press(browser_of(officer), url(kind, "lowering", part), by=officer, **empty).status_code == 422
    assert press(browser_of(officer), url(kind, "lowering", part), by=officer, **said).status_code == 303
    assert there(model, guest, part.pk) == (True, True)
    as_seen_by(officer)
    assert Decision.objects.get(act="lower_segment").what == said["reason"]


LINES = {
    "barrier": "A barrier was named", "need": "A need was named", "step": "A step was planned",
    "lesson": "Learned what helps", "reach": WORDS, "assessment": "PHQ-2 was completed",
}  # fmt: skip
"""What the chronology says of a part, where it tells of it."""


@pytest.mark.parametrize("kind", LINES)
def test_what_is_kept_apart_goes_along_in_no_packet_nor_does_the_line_that_tells_of_it(ada, case, kind):
    part = MADE[kind](case, ada)
    before = str(packet_of(case, SECTIONS, by=ada))
    assert SAYS.get(kind, WORDS) in before
    protect(kind, part, by=ada)
    as_seen_by(ada)
    told = str(packet_of(case, SECTIONS, by=ada))
    assert SAYS.get(kind, WORDS) not in told
    assert told.count(LINES[kind]) == before.count(LINES[kind]) - 1


def test_whoever_was_let_in_to_help_protects_and_reads_it_no_more(ada, case):
    need = a_need(case, by=ada, words=WORDS)
    helper = an_agency(kind="shelter")
    chief = an_actor("supervisor", agency=ada.agency, now=ada.now)
    a_guest(case.circle, agency=helper, at=ada.now, by=as_seen_by(chief))
    bo = an_actor(agency=helper, now=timezone.now())
    assert there(Need, bo, need.pk) == (True, True)
    assert protect("need", need, by=bo).status_code == 303
    assert there(Need, bo, need.pk) == (False, False)
    assert there(Need, ada, need.pk) == (True, True)
    with connection.cursor() as cursor:
        as_seen_by(bo)
        cursor.execute("SELECT trust_protect('plans_need', %s, '{}')", (need.pk,))
    as_seen_by(ada)
    assert Need.objects.get(pk=need.pk).segments == APART


def test_postgresql_takes_no_law_off_for_an_agency_that_was_let_in(ada, case):
    """Even where a consent opens what is kept apart: whose record it is lowers it."""
    need = a_need(case, by=ada, words=WORDS)
    protect("need", need, by=ada)
    shelter, last = an_agency(kind="shelter"), ada.now.astimezone(ada.zone).date() + timedelta(9)
    opens = {
        "kind": "vsp_release",
        "segments": frozenset({"vsp"}),
        "information": frozenset({"who", "needs"}),
    }
    as_seen_by(ada)
    take_consent(a_release(shelter, ends=last, **opens), circle=case.circle, at=ada.now, by=ada)
    bo = an_actor(agency=shelter, now=timezone.now())
    assert there(Need, bo, need.pk) == (True, True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT trust_protect('plans_need', %s, '{}')", (need.pk,))
    as_seen_by(ada)
    assert Need.objects.get(pk=need.pk).segments == APART


def test_what_is_done_about_it_and_the_plan_it_stands_in_are_kept_apart_with_it(ada, case):
    need = a_need(case, by=ada)
    before = a_step(case, by=ada, need=need)
    agreed = an_agreement(case, by=ada)
    other = a_step(case, by=ada, words="Buy shoes")
    protect("need", need, by=ada)
    as_seen_by(ada)
    for one in (before, agreed, other):
        one.refresh_from_db()
    since = a_step(case, by=ada, need=need)
    assert [one.segments for one in (before, agreed, since, other)] == [APART, APART, APART, []]
    assert an_agreement(case, by=ada).segments == APART


def test_what_is_answered_and_judged_afterwards_is_kept_apart_with_its_assessment(ada, case):
    begun = an_assessment(case, by=ada, instrument="rapid-crisis")
    protect("assessment", begun, by=ada)
    as_seen_by(ada)
    stale = Assessment.objects.select_related("circle", "case__circle").get(pk=begun.pk)
    (alert,) = answer(stale, {"self": "now"}, at=ada.now, by=ada)
    done = a_completed_assessment(case, by=ada)
    protect("assessment", done, by=ada)
    as_seen_by(ada)
    done = Assessment.objects.select_related("circle", "case__circle").get(pk=done.pk)
    done.segments = []
    judged = override(done, tier="low", reason="They laughed.", at=ada.now, by=ada)
    kept = [*begun.answers.all(), alert, *done.answers.all(), *done.results.all(), judged]
    assert {tuple(one.segments) for one in kept} == {tuple(APART)}


def test_a_name_or_a_number_kept_apart_finds_nobody(ada, case):
    name = add_name(case.person, kind="legal", text=WORDS, at=ada.now, by=ada)
    phone = MADE["reach"](case, ada)
    guest = who_reads(ada, case)
    for actor, told in ((ada, "(555) 010-7788"), (guest, "")):
        as_seen_by(actor)
        assert [one.person_id for one in possible_matches(actor, name=WORDS)] == [case.person_id]
        assert bool(possible_matches(actor, phone=told)) == bool(told)
    as_seen_by(ada)
    for kind, part in (("name", name), ("reach", phone)):
        protect(kind, part, by=ada)
    as_seen_by(guest)
    assert possible_matches(guest, name=WORDS, phone="(555) 010-7788") == []


def test_a_step_kept_apart_opens_with_its_circle_to_whose_record_it_is(ada, case):
    step = a_step(case, by=ada, words=WORDS)
    protect("step", step, by=ada)
    as_seen_by(ada)
    assert Step.objects.get(pk=step.pk).words == WORDS
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM plans_step WHERE id = %s", (step.pk,))
        assert cursor.fetchone()[0].startswith("enc1:")
    assert Person.objects.filter(pk=case.person_id, has_apart=False).exists()
