"""Emergencies at the front door: opened by two facts and a password, told by a banner, tagged, closed and reviewed."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from breakwater.cases.testing import a_case
from breakwater.trust.actions.consents import take_consent
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Decision, Glass, Knock, Sighting
from breakwater.trust.testing import a_release, an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press
from breakwater.trust.tests.test_second_step import with_an_app

pytestmark = pytest.mark.django_db
NAUGHTY = " <b>Unconscious</b> at 'the' stop;\n\n\u200bno papers.  "


@pytest.fixture
def ada():
    return an_actor(now=timezone.now())


@pytest.fixture
def medic():
    return an_actor(Role.RESPONDER, now=timezone.now())


def somebody(by, **facts):
    as_seen_by(by)
    usual = {"known_as": "Marisol Vega", "birth_date": date(1990, 3, 10)}
    return a_case(by=by, at=by.now - timedelta(hours=2), **(usual | facts)).person


def url(name, *args):
    return reverse(f"privacy:{name}", args=args)


def opens(by, **facts):
    usual = {
        "reason": "life_threat", "words": NAUGHTY, "name": "marisol VEGA", "born": "1990-03-10", "minutes": "60",
        "password": "harbor light 7",
    }  # fmt: skip
    return press(browser_of(by), url("emergency"), by=by, **(usual | facts))


def test_a_wrong_password_that_is_sent_twice_is_told_twice_and_the_right_one_opens(ada, medic):
    """A double click, or a lost answer: the same form under the same key, which a secret is no part of."""
    somebody(ada)
    key = uuid4()
    for _ in range(2):
        again = opens(medic, key=key, password="not this")
        assert again.status_code == 422
        assert "This is not your password." in again.content.decode()
    assert opens(medic, key=key).status_code == 303


def test_two_facts_and_a_password_open_it_and_a_banner_says_so(ada, medic):
    person = somebody(ada)
    assert opens(medic).status_code == 303
    answer = browser_of(medic).get(reverse("desk:person", args=[person.pk]))
    told = answer.content.decode()
    assert answer.status_code == 200
    assert "Emergency access" in told
    assert "Close it now" in told
    as_seen_by(medic)
    glass = Glass.objects.get()
    assert glass.words == NAUGHTY
    assert Sighting.objects.filter(glass=glass.pk, ids__contains=[person.pk]).exists()
    assert "Marisol" in browser_of(medic).get(url("opened")).content.decode()


def test_what_is_open_by_care_carries_no_banner(ada):
    person = somebody(ada)
    assert (
        "Emergency access"
        not in browser_of(ada).get(reverse("desk:person", args=[person.pk])).content.decode()
    )


def test_medical_staff_is_told_of_treatment_with_its_notice_and_the_program_reads_to_whom(medic):
    dot = an_actor(Role.SUPERVISOR, now=timezone.now(), agency=an_agency(kind="detox"))
    person = somebody(dot)
    staff = {
        "recipient_name": "Dr. Imani Cole", "recipient_affiliation": "Harbor General", "discloser": "Bo Lind",
        "no_consent": "Unconscious.",
    }  # fmt: skip
    incomplete = opens(medic, **(staff | {"discloser": ""}))
    assert (incomplete.status_code, "Missing: Who told them." in incomplete.content.decode()) == (422, True)
    assert opens(medic, **staff).status_code == 303
    assert browser_of(medic).get(reverse("desk:person", args=[person.pk])).status_code == 200
    told = browser_of(medic).get(url("opened")).content.decode()
    assert "For Dr. Imani Cole, Harbor General" in told
    assert "42 CFR part 2 prohibits" in told
    as_seen_by(dot)
    page = browser_of(dot).get(url("review", Glass.objects.get().pk)).content.decode()
    assert all(one in page for one in ("Dr. Imani Cole", "Harbor General", "Bo Lind", "Unconscious."))
    seen = browser_of(dot).get(url("seen", person.pk)).content.decode()
    assert "Opened in a medical emergency, and told by Bo Lind" in seen


@pytest.mark.parametrize("kind", ["victim_service", "detox", None])
def test_the_protected_and_the_unknown_answer_with_the_same_bytes(medic, kind):
    if kind:
        somebody(an_actor(now=timezone.now(), agency=an_agency(kind=kind)))
    answer = opens(medic)
    told = re.sub(r'(value|data-now|datetime)="[^"]*"', "", answer.content.decode())
    assert answer.status_code == 404
    assert "BTG-02" in told
    as_seen_by(medic)
    assert Decision.objects.get(act="break_glass").answer == Decision.Answer.REFUSE
    assert "Marisol" not in re.sub(r"<input[^>]*>", "", told)
    bare = opens(medic, name="Nobody At All").content.decode()
    assert len(re.sub(r'value="[^"]*"', "", bare)) == len(
        re.sub(r'value="[^"]*"', "", answer.content.decode())
    )


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"words": "urgent"}, "BTG-01"),
        ({"born": ""}, "Give two of these"),
        ({"born": "tomorrow"}, "Write the date as"),
        ({"password": "guessed"}, "This is not your password."),
        ({"minutes": "600"}, "Choose one of those that are here"),
    ],
)
def test_what_is_not_whole_opens_nothing(ada, medic, said, sentence):
    somebody(ada)
    answer = opens(medic, **said)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "Unconscious" in answer.content.decode() or "words" in said
    as_seen_by(medic)
    assert not Glass.objects.exists()


def test_one_wrong_fact_opens_nothing(ada, medic):
    somebody(ada)
    for wrong in ({"born": "1990-03-11"}, {"name": "Marisol Vego"}, {"phone": "(555) 010-9999"}):
        assert opens(medic, **wrong).status_code == 404


def test_a_wrong_password_is_a_knock_and_many_of_them_wait(ada, medic):
    somebody(ada)
    answers = [opens(medic, password=f"guess {number}").content.decode() for number in range(12)]
    assert Knock.objects.filter(got_in=False).count() > 3
    assert "wait" in answers[-1].lower() or "again in" in answers[-1].lower()


def test_who_has_a_factor_is_asked_for_it_and_not_only_for_the_password(ada, medic):
    somebody(ada)
    app, _ = with_an_app(medic)
    answer = opens(medic)
    assert answer.status_code == 422
    assert "Still missing: " in answer.content.decode()
    assert opens(medic, one_time_code="000000").status_code == 422
    assert opens(medic, one_time_code=app.now()).status_code == 303


def test_what_is_needed_is_not_called_optional(medic):
    shown = browser_of(medic).get(url("emergency")).content.decode()
    said = re.findall(r'class="optional">([^<]*)<', shown)
    assert said == ["two of these three"] * 3 + ["all four or none"] * 4


def test_a_role_that_opens_nothing_is_told(ada):
    clerk = an_actor(Role.INTAKE_WORKER, now=timezone.now())
    assert browser_of(clerk).get(url("emergency")).status_code == 403


def test_the_owner_reads_what_was_read_and_says_whether_it_was_right(ada, medic):
    person = somebody(ada)
    opens(medic)
    browser_of(medic).get(reverse("desk:person", args=[person.pk]))
    boss = an_actor(Role.PRIVACY_OFFICER, agency=ada.agency, now=timezone.now())
    told = browser_of(boss).get(url("desk")).content.decode()
    glass = Glass.objects.get()
    assert url("review", glass.pk) in told
    page = browser_of(boss).get(url("review", glass.pk)).content.decode()
    assert "desk: person" in page
    assert "Marisol Vega" in page
    said = {"outcome": "training", "words": NAUGHTY}
    assert press(browser_of(boss), url("review", glass.pk), by=boss, **said).status_code == 303
    glass.refresh_from_db()
    assert (glass.outcome, glass.review_words) == ("training", NAUGHTY)
    again = press(browser_of(boss), url("review", glass.pk), by=boss, outcome="violation", words="No.")
    assert "Somebody reviewed this a moment ago" in again.content.decode()


def test_closed_is_closed_at_the_next_look(ada, medic):
    person = somebody(ada)
    opens(medic)
    glass = Glass.objects.get()
    assert press(browser_of(ada), url("closing", glass.pk), by=ada).status_code == 403
    assert press(browser_of(medic), url("closing", glass.pk), by=medic).status_code == 303
    with connection.cursor() as cursor:  # within one transaction the clock of PostgreSQL stands still
        cursor.execute("SELECT count(*) FROM trust_grant WHERE basis = 'emergency' AND ends_at > now()")
        assert cursor.fetchone() == (0,)
    assert browser_of(medic).get(reverse("desk:person", args=[person.pk])).status_code == 404


def test_the_desk_tells_who_opens_very_often_and_which_consents_end(ada, medic):
    boss = an_actor(Role.SUPERVISOR, agency=ada.agency, now=timezone.now())
    for day in range(1, 11):
        somebody(ada, birth_date=date(1990, 4, day))
        opens(medic, born=f"1990-04-{day:02}")
    ending = somebody(ada, known_as="Nadia Haddad", birth_date=None)
    release = a_release(an_agency(), ends=ada.now.astimezone(ada.zone).date() + timedelta(3))
    take_consent(release, circle=ending.circle, at=ada.now - timedelta(hours=1), by=ada)
    told = browser_of(boss).get(url("desk")).content.decode()
    assert "opened records in emergencies 10 times within a day" in told
    assert "Nadia Haddad" in told
    assert browser_of(an_actor(now=timezone.now())).get(url("desk")).status_code == 403
