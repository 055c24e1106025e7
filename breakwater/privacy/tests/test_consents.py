"""Consents at the front door: shown before they are signed, narrowed, taken back, printed; and what refuses."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from breakwater.cases.testing import a_case
from breakwater.people.actions.reach import add_supporter
from breakwater.trust.actions.consents import take_consent
from breakwater.trust.models import Consent, Decision, Grant
from breakwater.trust.testing import a_release, an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of, hidden, press

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return an_actor(now=timezone.now())


@pytest.fixture
def shelter():
    return an_agency(name="Lantern Shelter", kind="shelter")


@pytest.fixture
def person(ada):
    return a_case(by=ada, at=ada.now, known_as="Marisol").person


def url(name, pk):
    return reverse(f"privacy:{name}", args=[pk])


def typed(to, **facts):
    """What is written on the form of a consent."""
    usual = {
        "agency": str(to.pk), "what": "That I need a bed, and my name", "information": ["who", "needs"],
        "purpose": "HOUSING", "way": "read", "ends": (timezone.now() + timedelta(20)).date().isoformat(),
        "agreement": "general", "signer": "self", "explained": "on", "signed_by": "Marisol V.",
    }  # fmt: skip
    return usual | facts


def shown_and_signed(by, where, **said):
    """The form is sent, read, and sent again with the mark of what was read."""
    client = browser_of(by)
    reading = press(client, where, by=by, **said)
    assert reading.status_code == 422
    return reading, press(client, where, by=by, **said, shown=hidden(reading.content, "shown"))


def a_consent(by, person, to, **facts):
    _, done = shown_and_signed(by, url("consent", person.pk), **typed(to, **facts))
    assert done.status_code == 303, done.content.decode()
    as_seen_by(by)
    return Consent.objects.latest("recorded_at")


def test_what_is_signed_is_what_was_shown(ada, person, shelter):
    reading, done = shown_and_signed(ada, url("consent", person.pk), **typed(shelter))
    assert done.status_code == 303
    as_seen_by(ada)
    made = Consent.objects.get()
    for words in ("Lantern Shelter may read it in the record here", "You get the same help from us"):
        assert words in made.as_shown
        assert words in reading.content.decode()
    assert made.lets_in
    assert Grant.objects.get(consent=made).information == ["needs", "who"]


def test_changed_words_are_shown_again_before_they_are_signed(ada, person, shelter):
    client, where = browser_of(ada), url("consent", person.pk)
    reading = press(client, where, by=ada, **typed(shelter))
    changed = typed(shelter, what="Everything") | {"shown": hidden(reading.content, "shown")}
    assert press(client, where, by=ada, **changed).status_code == 422
    assert not Consent.objects.exists()


def test_a_consent_that_nobody_signed_is_none(ada, person, shelter):
    _, refused = shown_and_signed(ada, url("consent", person.pk), **typed(shelter, signed_by=""))
    assert refused.status_code == 422
    assert "the signature and who signed" in refused.content.decode()
    as_seen_by(ada)
    assert not Consent.objects.exists()
    assert Decision.objects.get().answer == Decision.Answer.REFUSE


def test_somebody_outside_is_told_and_reads_nothing(ada, person, shelter):
    made = a_consent(ada, person, shelter, agency="", to_name="Dr. Osei", way="told")
    assert (made.to, made.lets_in, Grant.objects.filter(consent=made).count()) == ("Dr. Osei", False, 0)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"agency": "", "to_name": ""}, "Choose an agency, or write a name"),
        ({"to_name": "Dr. Osei"}, "Choose an agency, or write a name"),
        ({"agency": "", "to_name": "Dr. Osei", "way": "read"}, "Only an agency that works in Breakwater"),
        ({"information": []}, "Still missing: choose one."),
    ],
)
def test_a_consent_says_with_whom_and_what(ada, person, shelter, said, sentence):
    refused = press(browser_of(ada), url("consent", person.pk), by=ada, **typed(shelter, **said))
    assert refused.status_code == 422
    assert sentence in refused.content.decode()


def test_a_victim_service_release_without_an_end_is_refused(shelter):
    vera = an_actor(now=timezone.now(), agency=an_agency(kind="victim_service"))
    person = a_case(by=vera, at=vera.now).person
    said = typed(shelter, agreement="vsp_release", segments=["vsp"])
    _, refused = shown_and_signed(vera, url("consent", person.pk), **(said | {"ends": ""}))
    assert refused.status_code == 422
    assert "VSP-REL-01" in refused.content.decode()


def test_whoever_hurt_them_cannot_sign_for_them(shelter):
    vera = an_actor(now=timezone.now(), agency=an_agency(kind="victim_service"))
    person = a_case(by=vera, at=vera.now).person
    said = typed(shelter, agreement="vsp_release", segments=["vsp"], signer="parent", hurt_them="yes")
    _, refused = shown_and_signed(vera, url("consent", person.pk), **said)
    assert "VSP-REL-02" in refused.content.decode()


def test_whoever_must_not_know_cannot_sign_for_them_and_a_proxy_says_what_lets_them(ada, person, shelter):
    told = {
        "relation": "father",
        "reach": "",
        "may_know": "",
        "must_not_know": True,
        "at": ada.now,
        "by": ada,
    }
    add_supporter(person, name="Dario Vega", **told)
    proxy = {"signer": "parent", "authority": "Custody order", "signed_by": "dario VEGA"}
    for said, sentence in (
        ({"hurt_them": "no"}, "must not know, or the person said no"),
        ({"signed_by": "Eva Vega"}, "that whoever signed is not said to be the abuser"),
        ({"signed_by": "Eva Vega", "hurt_them": "no", "authority": ""}, "the right to"),
        ({"signed_by": "Eva Vega", "hurt_them": "yes"}, "Whoever is said to be the abuser cannot sign"),
    ):
        _, refused = shown_and_signed(ada, url("consent", person.pk), **typed(shelter, **proxy | said))
        assert refused.status_code == 422
        assert sentence in refused.content.decode()
    as_seen_by(ada)
    assert not Consent.objects.exists()
    consent = a_consent(ada, person, shelter, **proxy | {"signed_by": "Eva Vega", "hurt_them": "no"})
    assert consent.signed_by == "Eva Vega"


def test_all_who_treat_are_named_at_once_in_one_kind_of_agreement_and_read_nothing(ada, person):
    everybody = typed(
        an_agency(kind="hospital"), agency="all:part2_tpo", way="told", information=["who", "care"]
    )
    refused = press(browser_of(ada), url("consent", person.pk), by=ada, **everybody | {"purpose": "TREAT"})
    assert "All of them together are named in one kind of agreement" in refused.content.decode()
    whole = {"agreement": "part2_tpo", "purpose": "TREAT", "ends": "", "segments": ["part2"]}
    read = press(browser_of(ada), url("consent", person.pk), by=ada, **everybody | whole | {"way": "read"})
    assert "Only an agency that works in Breakwater can read here." in read.content.decode()
    reading, done = shown_and_signed(ada, url("consent", person.pk), **everybody | whole)
    assert done.status_code == 303
    page = " ".join(reading.content.decode().split())
    for said in ("Marisol", "My treating providers, health plans", "unless you agree to that apart",
                 "Quienes me tratan", "until you take it back"):  # fmt: skip
        assert said in page
    as_seen_by(ada)
    assert not Grant.objects.filter(basis="consent").exists()


def test_less_is_signed_anew_and_takes_the_place_of_more(ada, person, shelter):
    made = a_consent(ada, person, shelter)
    less = {
        name: value for name, value in typed(shelter, what="My name only").items() if name != "information"
    }
    _, done = shown_and_signed(ada, url("narrowing", made.pk), **less, information=["who"])
    assert done.status_code == 303
    as_seen_by(ada)
    made.refresh_from_db()
    assert (made.ended_how, made.instead.shares) == ("narrowed", ["who"])
    assert Grant.objects.standing(timezone.now()).get(agency=shelter).information == ["who"]


def test_taken_back_is_taken_back_once(ada, person, shelter):
    made = a_consent(ada, person, shelter)
    for _ in range(2):
        assert (
            press(browser_of(ada), url("withdrawal", made.pk), by=ada, words="She called.").status_code == 303
        )
    as_seen_by(ada)
    made.refresh_from_db()
    assert made.withdrawn_words == "She called."
    assert not Grant.objects.standing(timezone.now()).filter(agency=shelter).exists()


def test_the_pages_tell_what_stands_what_ended_and_what_protects(ada, person, shelter):
    kept, gone = (
        a_consent(ada, person, shelter),
        a_consent(ada, person, shelter, agency="", to_name="Dr. Osei", way="told"),
    )
    press(browser_of(ada), url("withdrawal", gone.pk), by=ada)
    said = press(browser_of(ada), url("protection", person.pk), by=ada, segments=["education"])
    assert said.status_code == 303
    told = browser_of(ada).get(url("agreed", person.pk)).content.decode()
    for words in ("Lantern Shelter", "Dr. Osei", "Withdrawn", "School record"):
        assert words in told
    assert "Marisol V." in browser_of(ada).get(url("paper", kept.pk)).content.decode()


def test_only_a_privacy_officer_lowers_a_protection_and_says_why(ada, person):
    press(browser_of(ada), url("protection", person.pk), by=ada, segments=["education"])
    said = {"segment": "education", "reason": " <b>Never</b> at school';\n\n\u200bhere.  "}
    assert press(browser_of(ada), url("lowering", person.pk), by=ada, **said).status_code == 403
    officer = an_actor("privacy_officer", agency=ada.agency, now=timezone.now())
    assert press(browser_of(officer), url("lowering", person.pk), by=officer, **said).status_code == 303
    as_seen_by(ada)
    person.circle.refresh_from_db()
    assert person.circle.segments == []
    assert Decision.objects.get(act="lower_segment").what == said["reason"]


def test_whom_the_person_let_in_reads_the_consent_and_changes_nothing(ada, person, shelter):
    earlier = ada.now - timedelta(hours=1)
    made = take_consent(
        a_release(shelter, ends=ada.now.astimezone(ada.zone).date() + timedelta(9)),
        circle=person.circle,
        at=earlier,
        by=ada,
    )
    bo = an_actor(agency=shelter, now=timezone.now())
    assert browser_of(bo).get(url("paper", made.pk)).status_code == 200
    assert press(browser_of(bo), url("withdrawal", made.pk), by=bo).status_code == 403
    assert press(browser_of(bo), url("consent", person.pk), by=bo).status_code == 403


@pytest.mark.parametrize("name", ["agreed", "consent", "protection", "paper", "narrowing", "withdrawal"])
def test_a_stranger_learns_nothing(ada, person, shelter, name):
    made = a_consent(ada, person, shelter)
    of_consent = name in ("paper", "narrowing", "withdrawal")
    stranger = browser_of(an_actor(now=timezone.now()))
    answers = {stranger.get(url(name, pk)).content for pk in (made.pk if of_consent else person.pk, uuid4())}
    assert len(answers) == 1
