"""Who stands in a circle, at the front door: let in, left less, let out; and what a guest and a stranger are shown."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from breakwater.cases.actions.intake import Story, take_in
from breakwater.cases.testing import a_case
from breakwater.kernel.db import run_sql
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.referrals.actions.out_of_a_record import held_in, leave_record
from breakwater.referrals.reactions import tell_that_they_left
from breakwater.referrals.testing import a_bed, a_handoff, a_placement, a_program, a_referral, a_round, a_wait
from breakwater.trust.access import system_for
from breakwater.trust.actions.consents import take_consent
from breakwater.trust.actions.standing import leave_circle
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Consent, Decision, Entry, Grant
from breakwater.trust.testing import a_guest, a_release, an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return an_actor(Role.SUPERVISOR, now=timezone.now())


@pytest.fixture
def case(boss):
    return a_case(by=boss, at=boss.now - timedelta(hours=2), known_as="Marisol")


@pytest.fixture
def person(case):
    return case.person


@pytest.fixture
def rosa():
    return an_actor(
        Role.SUPERVISOR, agency=an_agency(name="Lantern Shelter", kind="shelter"), now=timezone.now()
    )


def url(name, pk):
    return reverse(f"privacy:{name}", args=[pk])


def a_house(keeper):
    """A program of theirs with a bed that is taken by nobody."""
    return a_program(keeper=keeper.agency, at=keeper.now)


def shown(by, person):
    return browser_of(by).get(url("circle", person.pk)).content.decode()


def lets_in(by, person, agency, **facts):
    usual = {
        "agency": str(agency.pk), "purpose": "HOUSING", "information": ["who", "care", "needs"],
        "what": "They look for a room with us.",
    }  # fmt: skip
    return press(browser_of(by), url("letting_in", person.pk), by=by, **(usual | facts))


def the_grant(agency, by):
    as_seen_by(by)
    return Grant.objects.filter(agency=agency).order_by("-starts_at", "-pk").first()


def test_an_agency_is_let_in_left_less_and_let_out_and_each_is_read_on_the_page(boss, case, person, rosa):
    assert "Nobody but you" in shown(boss, person)
    tonight = timezone.now().astimezone(boss.zone).date()
    assert lets_in(boss, person, rosa.agency, ends=(tonight + timedelta(9)).isoformat()).status_code == 303
    page = shown(boss, person)
    for said in ("Lantern Shelter", "Works here", "Shelter and housing: They look for a room", "until"):
        assert said in page
    assert reverse("privacy:circle", args=[person.pk]) in case_page(boss, case)
    began_a_while_ago(rosa.agency, boss)
    assert "Marisol" in case_page(rosa, case)
    grant = the_grant(rosa.agency, boss)
    less = press(
        browser_of(boss), url("standing_narrowing", grant.pk), by=boss, information=["who"],
        ends=(tonight + timedelta(9)).isoformat(),
    )  # fmt: skip
    assert less.status_code == 303
    began_a_while_ago(rosa.agency, boss)
    assert browser_of(rosa).get(reverse("desk:case", args=[case.pk])).status_code == 404
    assert browser_of(rosa).get(reverse("desk:person", args=[person.pk])).status_code == 200
    out = url("letting_out", the_grant(rosa.agency, boss).pk)
    assert "From this moment they find nothing here" in browser_of(boss).get(out).content.decode()
    assert press(browser_of(boss), out, by=boss).status_code == 303
    assert browser_of(rosa).get(reverse("desk:person", args=[person.pk])).status_code == 404
    page = shown(boss, person)
    assert page.count("Lantern Shelter") == 2, "both standings stay written"
    assert "Nobody but you" in page


def began_a_while_ago(agency, by):
    """The wall goes by when this transaction began, in which the whole test lies."""
    as_seen_by(by)
    for one in Grant.objects.filter(agency=agency).order_by("starts_at"):
        earlier = one.starts_at - timedelta(hours=1)
        ends = one.ends_at and min(one.ends_at - timedelta(hours=1), one.ends_at)
        Grant.objects.filter(pk=one.pk).update(starts_at=earlier, ends_at=ends)


def case_page(by, case):
    return browser_of(by).get(reverse("desk:case", args=[case.pk])).content.decode()


def test_the_law_says_no_in_a_sentence_with_a_code_and_another_way(boss, person):
    house = an_agency(name="Safe Harbor House", kind="victim_service")
    answer = lets_in(boss, person, house)
    assert answer.status_code == 422
    page = answer.content.decode()
    for said in ("CIRCLE-01", "a consent by which they read here", "They look for a room with us."):
        assert said in page
    as_seen_by(boss)
    refused = Decision.objects.get(act="let_in")
    assert (refused.answer, refused.code, refused.recipient) == ("refuse", "CIRCLE-01", house)
    assert not Grant.objects.filter(agency=house).exists()


def test_who_presses_second_is_told_and_nothing_is_done_twice(boss, person, rosa):
    ana = an_actor(Role.SUPERVISOR, agency=boss.agency, now=timezone.now())
    assert lets_in(boss, person, rosa.agency).status_code == 303
    twice = lets_in(ana, person, rosa.agency)
    assert b"already stands in this circle" in twice.content
    out = url("letting_out", the_grant(rosa.agency, boss).pk)
    assert press(browser_of(boss), out, by=boss).status_code == 303
    assert b"out of this circle already" in press(browser_of(ana), out, by=ana).content
    as_seen_by(boss)
    verbs = ("trust.agency_let_in", "trust.agency_left_circle")
    assert [Entry.objects.filter(verb=verb).count() for verb in verbs] == [1, 1]


def test_a_guest_sees_its_own_standing_and_no_other_guest(boss, person, rosa):
    clinic = an_agency(name="Tide Clinic", kind="clinic")
    hidden = an_agency(name="Safe Harbor House", kind="victim_service")
    earlier, _ = boss.now - timedelta(hours=1), as_seen_by(boss)
    for one in (rosa.agency, clinic):
        a_guest(person.circle, agency=one, at=earlier, by=boss)
    ends = boss.now.astimezone(boss.zone).date() + timedelta(9)
    take_consent(a_release(hidden, ends=ends), circle=person.circle, at=earlier, by=boss)
    assert all(one.name in shown(boss, person) for one in (rosa.agency, clinic, hidden))
    for where in ("circle", "seen", "agreed"):
        page = browser_of(rosa).get(url(where, person.pk)).content.decode()
        assert rosa.agency.name in page
        assert not any(one.name in page for one in (clinic, hidden)), where
    as_seen_by(rosa)
    assert not Consent.objects.exists(), "PostgreSQL tells a guest of no consent that is not its own"
    theirs = url("letting_out", the_grant(clinic, boss).pk)
    nothing = url("letting_out", uuid4())
    assert browser_of(rosa).get(theirs).content == browser_of(rosa).get(nothing).content
    own = url("letting_out", the_grant(rosa.agency, boss).pk)
    assert b"Nobody lets their own agency out" in press(browser_of(rosa), own, by=rosa).content
    assert b"Whose record this is" in lets_in(rosa, person, an_agency()).content


def test_it_stands_in_the_accounting_and_in_the_persons_copy_as_the_law_says(boss, person, rosa):
    clinic = an_agency(name="Tide Clinic", kind="clinic")
    hidden = an_agency(name="Safe Harbor House", kind="victim_service")
    lets_in(boss, person, rosa.agency)
    lets_in(boss, person, clinic, purpose="TREAT", what="They treat her foot.")
    as_seen_by(boss)
    ends = boss.now.astimezone(boss.zone).date() + timedelta(9)
    take_consent(
        a_release(hidden, ends=ends, what="Where I am safe"), circle=person.circle, at=boss.now, by=boss
    )
    left = browser_of(boss).get(url("seen", person.pk)).content.decode()
    for said in ("They look for a room", "They treat her foot", "Where I am safe", "45 CFR 164.506(c)"):
        assert said in left
    copy = browser_of(boss).get(url("seen", person.pk) + "?for=person").content.decode()
    assert "They look for a room" in copy
    for left_out in ("They treat her foot", "Where I am safe", "Safe Harbor"):
        assert left_out not in copy, "care, what was signed for, and what endangers"


def test_whoever_has_a_case_of_their_own_there_is_called_first(boss, person, rosa):
    a_guest(person.circle, agency=rosa.agency, at=boss.now - timedelta(hours=1), by=as_seen_by(boss))
    as_seen_by(rosa)
    told = Story(what_is_happening="Nowhere to sleep.", asked_by="self", asked_at=rosa.now)
    theirs = take_in(told, person=person, at=rosa.now, by=rosa)
    page = browser_of(boss).get(url("letting_out", the_grant(rosa.agency, boss).pk)).content.decode()
    assert f"They have an open case here: {theirs.number}." in page
    assert "It comes to your duty queue" in page


class TestLeaving:
    """An agency that was let in ends its own part."""

    @pytest.fixture
    def guest(self, boss, person, rosa):
        a_guest(person.circle, agency=rosa.agency, at=boss.now - timedelta(hours=1), by=as_seen_by(boss))
        return rosa

    def leaves(self, by, person):
        return press(browser_of(by), url("leaving", person.pk), by=by)

    def test_by_one_press_that_the_owner_is_told_of(self, boss, person, guest):
        assert url("leaving", person.pk) in shown(guest, person)
        assert self.leaves(guest, person).status_code == 303
        assert browser_of(guest).get(url("circle", person.pk)).status_code == 404
        as_seen_by(boss)
        entry = Entry.objects.get(verb="trust.agency_left_circle")
        assert (entry.agency, entry.to_agency, entry.by) == (guest.agency, boss.agency, guest.user)
        assert "Stood here before" in shown(boss, person)
        tell_that_they_left(entry, system_for(boss.agency, now=boss.now))

    def test_is_refused_while_something_of_theirs_is_open_and_says_what(self, boss, person, guest):
        told = Story(what_is_happening="Nowhere to sleep.", asked_by="self", asked_at=guest.now)
        theirs = take_in(told, person=person, at=guest.now, by=as_seen_by(guest))
        page = browser_of(guest).get(url("leaving", person.pk)).content.decode()
        assert f"case {theirs.number}" in page
        assert "a promise that runs" in page
        answer = self.leaves(guest, person)
        assert answer.status_code == 422
        assert (
            f"Something of yours is still open here: case {theirs.number}, a promise that runs."
            in answer.content.decode()
        )
        assert browser_of(guest).get(url("circle", person.pk)).status_code == 200

    @pytest.mark.parametrize(
        ("words", "opens"),
        [
            (
                "a bed",
                lambda case, theirs, boss, rosa: a_placement(
                    case, a_bed(keeper=rosa.agency, at=boss.now), by=boss
                ),
            ),
            ("a referral", lambda case, theirs, boss, rosa: a_referral(case, by=boss, to_agency=rosa.agency)),
            ("a referral", lambda case, theirs, boss, rosa: a_referral(theirs, by=as_seen_by(rosa))),
            ("a hand-off", lambda case, theirs, boss, rosa: a_handoff(case, by=boss, to=rosa.agency)),
            (
                "a round of beds",
                lambda case, theirs, boss, rosa: a_round(theirs, a_house(boss), by=as_seen_by(rosa)),
            ),
            (
                "a place on a waiting list",
                lambda case, theirs, boss, rosa: a_wait(case, a_house(rosa), by=boss),
            ),
        ],
        ids=[
            "a bed with them",
            "a letter to them",
            "their letter",
            "a case for them",
            "their round",
            "their list",
        ],
    )
    def test_is_refused_for_each_thing_of_theirs_that_is_open(self, boss, case, guest, words, opens):
        told = Story(what_is_happening="Nowhere to sleep.", asked_by="self", asked_at=guest.now)
        theirs = take_in(told, person=case.person, at=guest.now, by=as_seen_by(guest))
        assert words not in held_in(case.circle, as_seen_by(guest))
        as_seen_by(boss)
        opens(case, theirs, boss, guest)
        with pytest.raises(Refused, match=f" {words}[,.]"):
            leave_record(case.circle, at=guest.now, by=as_seen_by(guest))

    def test_works_for_who_only_reads_there_by_a_consent(self, boss, person, rosa):
        ends = boss.now.astimezone(boss.zone).date() + timedelta(9)
        agreed = a_release(rosa.agency, ends=ends, lets_in=True)
        take_consent(agreed, circle=person.circle, at=boss.now - timedelta(hours=1), by=as_seen_by(boss))
        assert self.leaves(rosa, person).status_code == 303
        as_seen_by(boss)
        assert not Grant.objects.standing(timezone.now()).filter(agency=rosa.agency).exists()
        assert Consent.objects.get().withdrawn_at is None, "what the person agreed to stays as they said it"

    def test_is_nothing_for_whose_record_it_is_and_for_strangers(self, boss, person, rosa):
        assert "This record is your agency’s own" in self.leaves(boss, person).content.decode()
        assert self.leaves(rosa, person).status_code == 404

    def test_is_done_once(self, boss, person, guest):
        circle = person.circle
        leave_record(circle, at=guest.now, by=as_seen_by(guest))
        with pytest.raises(Overtaken, match="out of this circle already"):
            leave_circle(circle, at=guest.now, by=guest)

    def test_ends_nothing_of_others_by_raw_sql(self, boss, person, guest):
        as_seen_by(boss)
        before = Grant.objects.filter(circle=person.circle, ends_at=None).count()
        run_sql("SELECT trust_leaves(%s)", (person.circle_id,))
        as_seen_by(an_actor())
        run_sql("SELECT trust_leaves(%s)", (person.circle_id,))
        as_seen_by(boss)
        assert Grant.objects.filter(circle=person.circle, ends_at=None).count() == before == 2


@pytest.mark.parametrize("name", ["circle", "letting_in"])
def test_a_stranger_learns_nothing(boss, person, rosa, name):
    answers = {browser_of(rosa).get(url(name, pk)).content for pk in (person.pk, uuid4())}
    assert len(answers) == 1
    as_seen_by(boss)


def test_a_case_manager_reads_who_stands_there_and_lets_nobody_in(boss, person, rosa):
    vera = an_actor(agency=boss.agency, now=timezone.now())
    page = shown(vera, person)
    assert "Who stands in the circle" in page
    assert url("letting_in", person.pk) not in page
    assert lets_in(vera, person, rosa.agency).status_code == 403
