"""The desk as a queue of work: requests with their clocks, incidents with their banners, by pages and forms."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from breakwater.cases.testing import a_case
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Incident, RecordRequest
from breakwater.trust.testing import a_request, an_actor, an_incident, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db
NAUGHTY = " <b>All of it</b>, on 'paper';\n\n\u200bread aloud.  "


@pytest.fixture
def ada():
    return an_actor(now=timezone.now())


@pytest.fixture
def ines(ada):
    return an_actor(Role.PRIVACY_OFFICER, agency=ada.agency, now=timezone.now(), name="Ines Roy")


@pytest.fixture
def person(ada):
    return a_case(by=as_seen_by(ada), at=ada.now - timedelta(days=90), known_as="Marisol Vega").person


def url(name, *args):
    return reverse(f"privacy:{name}", args=args)


def read(by, where):
    return browser_of(by).get(where).content.decode()


def does(by, where, **typed):
    answer = press(browser_of(by), where, by=by, **typed)
    assert answer.status_code == 303, answer.content.decode()
    return answer["Location"]


def test_a_worker_writes_a_request_down_and_the_officer_answers_it(ada, ines, person):
    received = (ada.now.astimezone(ada.zone) - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    where = does(
        ada,
        url("asking", person.pk),
        kind="access",
        words=NAUGHTY,
        received_at=received,
        asker="self",
        asker_name="",
    )
    as_seen_by(ines)
    asked = RecordRequest.objects.get()
    assert asked.words == NAUGHTY
    assert "Nothing is told before somebody has made sure who asks" in read(ines, where)
    assert "Make sure who asks" in read(ines, url("desk"))
    assert press(browser_of(ines), url("answering", asked.pk), by=ines, outcome="granted").status_code == 422
    does(ada, url("checking", asked.pk), how="known", words="")
    assert press(browser_of(ada), url("answering", asked.pk), by=ada, outcome="granted").status_code == 403
    does(ines, url("extending", asked.pk), reason="The paper is stored away; you have it by the last day.")
    does(ines, url("answering", asked.pk), outcome="refused", ground="endangers", words="Not now.", fee="")
    does(ada, url("appealing", asked.pk), words="I want it.")
    assert "Look again at what was refused" in read(ines, url("desk"))
    again = {"verdict": "overturned", "words": "A part is safe."}
    assert press(browser_of(ines), url("looking_again", asked.pk), by=ines, **again).status_code == 422
    does(an_actor("supervisor", agency=ada.agency, now=ada.now), url("looking_again", asked.pk), **again)
    told = read(ines, where)
    for words in ("Extended", "Made sure who asks", "It is granted after all", "164.524(a)(3)(i)"):
        assert words in told
    assert "Nobody waits for an answer" in read(ines, url("desk"))


def test_what_is_late_is_said_to_be_late(ada, ines, person):
    a_request(person.circle, by=as_seen_by(ada), received_at=ada.now - timedelta(days=40))
    assert 'class="clock missed"' in read(ines, url("desk"))


def test_another_agency_finds_no_request(ada, person):
    asked = a_request(person.circle, by=as_seen_by(ada))
    stranger = an_actor(Role.PRIVACY_OFFICER, now=ada.now)
    assert browser_of(stranger).get(url("asked", asked.pk)).status_code == 404


@pytest.mark.parametrize(
    ("days", "said"), [(10, ""), (30, "Day 30"), (45, "Day 45"), (55, "Day 55"), (61, "Day 61: overdue")]
)
def test_the_desk_says_how_long_it_has_been_known(ines, days, said):
    an_incident(by=ines, discovered_on=ines.now.astimezone(ines.zone).date() - timedelta(days))
    told = read(ines, url("desk"))
    assert ("BR-01" in told) == bool(said)
    assert said in told


def test_an_incident_from_its_first_day_to_its_last(ines):
    today = ines.now.astimezone(ines.zone).date().isoformat()
    where = does(
        ines, url("incident_new"), title="Lost phone", happened=NAUGHTY, discovered_on=today, is_part2="on"
    )
    as_seen_by(ines)
    incident = Incident.objects.get()
    assert incident.happened == NAUGHTY
    assert "Counts as a breach until all four factors are assessed" in read(ines, where)
    four = dict.fromkeys(("nature", "recipient", "viewed", "mitigation"), "Looked into.")
    three = four | {"viewed": ""}
    answer = press(
        browser_of(ines),
        url("assessing", incident.pk),
        by=ines,
        unlikely="yes",
        exception="",
        read=incident.judged(),
        **three,
    )
    assert "BR-02" in answer.content.decode()
    does(ines, url("assessing", incident.pk), unlikely="no", exception="", read=incident.judged(), **four)
    does(ines, url("counting", incident.pk), state="or", people="501")
    told = read(ines, where)
    for words in ("The media of OR", "The Department of Health and Human Services", "42 CFR Part 2", "501"):
        assert words in told
    closing = press(browser_of(ines), url("incident_closing", incident.pk), by=ines, words="Passcodes.")
    assert "BR-01" in closing.content.decode()
    does(ines, url("delay", incident.pk), until=today, way="said", words="Detective Roy, by phone.")
    letter = dict.fromkeys(("happened", "kinds", "steps", "doing", "contact"), "Said.")
    does(ines, url("letter", incident.pk), read=incident.written(), **letter)
    for whom in ("people", "media:OR", "authority"):
        does(ines, url("telling", incident.pk), whom=whom, told_on=today, how="By letter")
    does(ines, url("incident_closing", incident.pk), words="Passcodes on every phone.")
    assert "Passcodes on every phone" in read(ines, where)
    assert "Nothing that got out is open" in read(ines, url("desk"))


def test_a_count_is_of_a_state(ines):
    incident = an_incident(by=ines)
    answer = press(browser_of(ines), url("counting", incident.pk), by=ines, state="7", people="3")
    assert "Write the two letters of the state" in answer.content.decode()
