"""One note is kept apart from the rest of the record: whoever reads by leave reads it no more, nor any text of it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from breakwater.cases.actions.notes import amend_note
from breakwater.cases.models import Amendment, Note
from breakwater.cases.testing import a_case, a_note
from breakwater.trust.actions.consents import take_consent
from breakwater.trust.models import Appointment, Decision
from breakwater.trust.testing import a_release, an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press
from breakwater.trust.tests.test_administration import a_role

pytestmark = pytest.mark.django_db
APART = ["psychotherapy-notes"]
WORDS = ("In therapy she said", "In therapy he said", "In therapy they said")


@pytest.fixture
def ada():
    return an_actor(now=timezone.now())


@pytest.fixture
def note(ada):
    """A note that was amended before."""
    made = a_note(a_case(by=ada, at=ada.now), by=ada, at=ada.now, words=WORDS[0])
    amend_note(made, words=WORDS[1], reason="Misheard", version=1, at=ada.now, by=ada)
    return made


def url(name, note):
    return reverse(name, args=[note.pk])


def part_url(does, note):
    return reverse(f"privacy:part_{does}", args=[note.pk])


def a_guest_of(ada, note):
    """Somebody of an agency that the person lets read what happened, and nothing that a law keeps apart."""
    shelter, last = an_agency(kind="shelter"), ada.now.astimezone(ada.zone).date() + timedelta(9)
    take_consent(a_release(shelter, ends=last), circle=note.circle, at=ada.now - timedelta(hours=1), by=ada)
    return an_actor(agency=shelter, now=timezone.now())


def read_by(actor):
    """What PostgreSQL gives them of notes and later texts, when code asks for all of it."""
    as_seen_by(actor)
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM cases_note UNION ALL SELECT words || reason FROM cases_amendment")
        return [words for (words,) in cursor.fetchall()]


def test_a_note_kept_apart_is_read_by_no_guest_nor_is_a_text_it_had_or_is_given_since(ada, note):
    guest = a_guest_of(ada, note)
    assert len(read_by(guest)) == 2
    done = press(browser_of(ada), part_url("protection", note), by=ada, segments=APART)
    assert done.status_code == 303
    as_seen_by(ada)
    note = Note.objects.select_related("circle", "case__circle").get(pk=note.pk)
    amend_note(note, words=WORDS[2], reason="Asked again", version=2, at=ada.now, by=ada)
    assert read_by(guest) == []
    assert list(Amendment.objects.visible_to(guest)) == []
    assert browser_of(guest).get(url("cases:amendment", note)).status_code == 404
    told = browser_of(guest).get(reverse("cases:chronology", args=[note.case_id])).content.decode()
    assert not any(words in told for words in (*WORDS, "Misheard", "Asked again"))


def test_all_its_texts_are_encrypted_and_whoever_cares_reads_them_with_its_mark(ada, note):
    press(browser_of(ada), part_url("protection", note), by=ada, segments=APART)
    kept = read_by(ada)
    assert len(kept) == 2
    assert not any(word in cell for cell in kept for word in ("therapy", "Misheard"))
    told = browser_of(ada).get(reverse("cases:chronology", args=[note.case_id])).content.decode()
    assert all(words in told for words in (*WORDS[:2], "Misheard", "Psychotherapy notes"))


def test_only_a_privacy_officer_lowers_it_and_says_why(ada, note):
    press(browser_of(ada), part_url("protection", note), by=ada, segments=APART)
    said = {"segment": APART[0], "reason": "It was a note about rent."}
    assert press(browser_of(ada), part_url("lowering", note), by=ada, **said).status_code == 403
    officer = an_actor("privacy_officer", agency=ada.agency, now=timezone.now())
    page = browser_of(officer).get(part_url("protection", note)).content.decode()
    assert part_url("lowering", note) in page
    wordless = press(browser_of(officer), part_url("lowering", note), by=officer, **said | {"reason": " "})
    assert wordless.status_code == 422
    done = press(browser_of(officer), part_url("lowering", note), by=officer, **said)
    assert done.status_code == 303
    assert len(read_by(a_guest_of(ada, note))) == 2
    as_seen_by(officer)
    assert Decision.objects.get(act="lower_segment").what == said["reason"]


def test_whoever_may_protect_is_shown_how_and_nobody_what_they_may_not(ada, note):
    told = {}
    for role in ("case_manager", "privacy_officer"):
        somebody = an_actor(role, agency=ada.agency, now=timezone.now())
        page = browser_of(somebody).get(reverse("cases:chronology", args=[note.case_id])).content.decode()
        told[role] = (part_url("protection", note) in page, url("cases:amendment", note) in page)
    assert told == {"case_manager": (True, True), "privacy_officer": (True, False)}


def test_a_privacy_officer_puts_a_record_under_a_law_and_somebody_who_only_reads_does_not(ada, note):
    where = reverse("privacy:protection", args=[note.case.person_id])
    reader = an_actor(agency=ada.agency, now=timezone.now())
    chief = an_actor("administrator", agency=ada.agency, now=timezone.now())
    role = a_role(chief, "cases.read", "people.read", name="Only reads")
    Appointment.objects.filter(user=reader.user).update(role="own", own_role=role)
    assert press(browser_of(reader), where, by=reader, segments=APART).status_code == 403
    officer = an_actor("privacy_officer", agency=ada.agency, now=timezone.now())
    assert press(browser_of(officer), where, by=officer, segments=APART).status_code == 303
