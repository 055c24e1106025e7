"""A guest hands a person their copy: it tells no more than that guest may know, and no word said there is lost."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from breakwater.cases.actions.intake import Story, take_in
from breakwater.cases.testing import a_case
from breakwater.clocks.models import Clock
from breakwater.people.actions.reach import add_contact_point
from breakwater.people.models import ContactPoint
from breakwater.plans.testing import a_safety_plan, a_step
from breakwater.portal.actions import own
from breakwater.portal.library import SPEECH
from breakwater.portal.models import OwnAct
from breakwater.portal.testing import an_own_copy, held_open
from breakwater.portal.tests.opening import key_on, open_with, press, read
from breakwater.trust.access import acting
from breakwater.trust.actions.consents import raise_segments, take_consent
from breakwater.trust.actions.glass import Emergency, break_glass
from breakwater.trust.actions.leaving import Recipient
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Consent, Grant
from breakwater.trust.testing import a_guest, a_release, an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of
from breakwater.trust.tests.browsing import press as staff_press

pytestmark = pytest.mark.django_db
_HOUR = timedelta(hours=1)


@pytest.fixture
def ada():
    return an_actor(Role.SUPERVISOR, now=timezone.now())


@pytest.fixture
def bo():
    agency = an_agency(name="Lantern Shelter", kind="shelter")
    return an_actor(Role.SUPERVISOR, agency=agency, now=timezone.now())


def agreed(case, to, by):
    """The person signed that something goes to somebody."""
    ends = by.now.astimezone(by.zone).date() + timedelta(30)
    earlier = by.now - timedelta(minutes=30)
    release = replace(a_release(by.agency, ends=ends), to=to)
    return take_consent(release, circle=case.circle, at=earlier, by=as_seen_by(by))


@pytest.fixture
def person(ada, bo):
    """Whose record is at ada's: two guests, three consents, an emergency, and numbers that laws keep apart."""
    clinic, pantry, earlier = an_agency(name="Tide Clinic"), an_agency(name="Mill Pantry"), ada.now - _HOUR
    medic = an_actor(Role.RESPONDER, agency=an_agency(name="Night Medics"), now=timezone.now())
    case = a_case(by=as_seen_by(ada), at=ada.now - 3 * _HOUR, known_as="Marisol")
    for one in (bo.agency, clinic):
        a_guest(case.circle, agency=one, at=earlier, by=as_seen_by(ada))
    agreed(case, Recipient(agency=pantry), ada)
    agreed(case, Recipient(name="Rose House"), ada)
    for value, segment in (("(555) 010-3131", "part2"), ("(555) 010-4242", "")):
        point = add_contact_point(
            case.person, kind="phone", value=value, safety="safe", how="", at=ada.now, by=as_seen_by(ada)
        )
        if segment:
            raise_segments(point, [segment], at=ada.now, by=ada)
    why = Emergency(reason="life_threat", words="Unconscious at the stop.", lasts=_HOUR)
    break_glass([case.circle_id], why, at=medic.now, by=as_seen_by(medic))
    as_seen_by(ada)
    return case.person


def at_the_guest(person, bo):
    """The guest's own case of the person."""
    told = Story(what_is_happening="Nowhere to sleep.", asked_by="self", asked_at=bo.now)
    return take_in(told, person=person, at=bo.now, by=as_seen_by(bo))


HIDDEN = ("Tide Clinic", "Mill Pantry", "Rose House", "…31", "Opened in an emergency")


def test_a_guests_copy_tells_nothing_of_another_guest(ada, bo, person):
    client, _ = open_with(an_own_copy(at_the_guest(person, bo), by=bo)[1])
    page = read(client)
    for theirs in ("Lantern Shelter", ada.agency.name, "…42"):
        assert theirs in page
    assert [one for one in HIDDEN if one in page] == []
    as_seen_by(ada)
    ours, _ = open_with(an_own_copy(person.cases.first(), by=ada)[1])
    whole = read(ours)
    assert [one for one in HIDDEN if one not in whole] == [], "whose record it is hides nothing from them"


def found(code, *tables):
    """How many rows raw SQL finds behind the wall of the copy that a code opens."""
    with held_open(code), connection.cursor() as cursor:
        return [cursor.execute(f"SELECT count(*) FROM {one}").fetchone()[0] for one in tables]


@pytest.mark.parametrize(
    ("table", "at_the_guests", "at_the_owners"),
    [
        ("trust_consent", 0, 2),
        ("trust_grant", 2, 5),
        ("trust_glass", 0, 1),
        ("people_contactpoint", 1, 2),
    ],
)
def test_behind_its_wall_lies_nothing_else(ada, bo, person, table, at_the_guests, at_the_owners):
    code = an_own_copy(at_the_guest(person, bo), by=bo)[1]
    assert found(code, table) == [at_the_guests]
    ours = an_own_copy(person.cases.first(), by=as_seen_by(ada))[1]
    assert found(ours, table) == [at_the_owners]


def test_what_a_law_keeps_from_the_guest_is_in_no_part_of_its_copy(ada, bo, person):
    case = person.cases.first()
    step = a_step(case, by=as_seen_by(ada), words="See the doctor on Elm Street")
    plan = a_safety_plan(case, by=ada, own_coping="The river")
    for row in (plan, step):
        raise_segments(row, ["part2"], at=ada.now, by=ada)
    code = an_own_copy(at_the_guest(person, bo), by=bo)[1]
    assert found(code, "plans_safetyplan", "plans_step") == [0, 0]
    ours = an_own_copy(case, by=as_seen_by(ada))[1]
    assert found(ours, "plans_safetyplan", "plans_step") == [1, 1]


def test_of_what_it_may_not_know_at_all_the_guests_copy_shows_nothing(ada, bo, person):
    as_seen_by(ada)
    person.circle.grants.filter(agency=bo.agency).update(information=["who", "care"])
    a_step(person.cases.first(), by=ada, words="See the doctor on Elm Street")
    code = an_own_copy(at_the_guest(person, bo), by=bo)[1]
    assert found(code, "plans_step") == [0]


def test_what_was_agreed_with_the_guest_itself_is_there_and_taken_back_there(ada, bo, person):
    case = at_the_guest(person, bo)
    consent = agreed(case, Recipient(name="The landlord"), bo)
    client, _ = open_with(an_own_copy(case, by=bo)[1])
    assert "The landlord" in read(client)
    assert press(client, "taking_back", consent.pk).status_code == 303
    assert "The landlord" not in read(client)
    as_seen_by(bo)
    assert Consent.objects.get(pk=consent.pk).ended_how == "withdrawn"


def test_on_paper_a_guest_gives_them_no_more(ada, bo, person):
    as_seen_by(bo)
    where = reverse("privacy:seen", args=[person.pk]) + "?for=person&whole"
    page = browser_of(bo).get(where).content.decode()
    assert ada.agency.name in page
    assert [one for one in HIDDEN if one in page] == []


def in_between(monkeypatch, name, by, does):
    """Whose record it is does something after a button was pressed, and before it is done."""
    real = getattr(own, name)

    def meanwhile(*args, **facts):
        with acting(by):
            does()
        return real(*args, **facts)

    monkeypatch.setattr(own, name, meanwhile)


def test_what_is_kept_from_the_guest_as_they_press_waits_for_a_worker(ada, bo, person, monkeypatch):
    case = at_the_guest(person, bo)
    client, _ = open_with(an_own_copy(case, by=bo)[1])
    as_seen_by(bo)
    point = next(one for one in ContactPoint.objects.filter(person=person) if one.value.endswith("4242"))
    in_between(monkeypatch, "hold_circle", ada, lambda: raise_segments(point, ["part2"], at=ada.now, by=ada))
    assert press(client, "way", point.pk, safety="unsafe").status_code == 303
    assert SPEECH["en"].says["did_undone"] in read(client)
    as_seen_by(bo)
    said = OwnAct.objects.get()
    assert (said.kind, said.waits) == ("undone", True)
    assert Clock.objects.running().of(said.pk).get().kind == "own_word"
    where = reverse("portal:answer", args=[said.pk])
    assert "which one it was" in browser_of(bo).get(where).content.decode()
    assert staff_press(browser_of(bo), where, by=bo, answer="agreed").status_code == 303
    as_seen_by(bo)
    assert not Clock.objects.running().of(said.pk).exists()


def test_what_cannot_be_found_any_more_is_answered_in_their_words(ada, bo, person, monkeypatch):
    client, _ = open_with(an_own_copy(at_the_guest(person, bo), by=bo)[1])
    page = read(client)
    less = Grant.objects.filter(circle=person.circle_id, agency=bo.agency)
    in_between(monkeypatch, "system_for", ada, lambda: less.update(information=["who"]))
    where = reverse("portal:call")
    answer = client.post(where, {"idempotency_key": key_on(page, where)})
    assert (answer.status_code, SPEECH["en"].says["not_now"] in answer.content.decode()) == (422, True)
