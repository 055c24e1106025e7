"""From what pages showed to the question why: found by the job, shown to a reviewer, hidden from whoever looked."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from breakwater.cases.testing import a_case, a_note
from breakwater.clocks.jobs import SomeAgenciesNotReached
from breakwater.people.actions.households import join_household
from breakwater.people.actions.reach import add_contact_point
from breakwater.privacy.jobs import look_through_all
from breakwater.referrals.testing import a_bed, a_placement, a_program, a_referral, a_ride, a_round
from breakwater.trust.capabilities import Role
from breakwater.trust.library import LAWS
from breakwater.trust.models import OddLook, Sighting
from breakwater.trust.testing import a_concern, a_guest, an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return an_actor(now=timezone.now())


@pytest.fixture
def ines(ada):
    return an_actor(Role.PRIVACY_OFFICER, agency=ada.agency, now=timezone.now(), name="Ines Roy")


@pytest.fixture
def bo(ada):
    return an_actor(agency=ada.agency, now=timezone.now(), name="Bo Lind")


def somebody(ada, **facts):
    return a_case(by=as_seen_by(ada), at=ada.now - timedelta(hours=2), **facts)


def found(by):
    look_through_all(at=timezone.now() + timedelta(minutes=1))
    as_seen_by(by)
    return {(look.by.name, tuple(look.signs)) for look in OddLook.objects.select_related("by")}


def opens(by, case, *, searched=""):
    client = browser_of(by)
    if searched:
        assert searched in client.post(reverse("desk:search"), {"q": searched}).content.decode()
    assert client.get(reverse("desk:person", args=[case.person_id])).status_code == 200


def test_searched_for_and_opened_without_a_part_in_it(ada, bo, ines):
    case = somebody(ada, known_as="Marisol Vega")
    opens(ada, case, searched="Marisol Vega")
    opens(bo, case)
    assert found(ines) == set(), "the owner works there, and one quiet look alone asks for nothing"
    opens(bo, case, searched="Marisol Vega")
    assert found(ines) == {("Bo Lind", ("no_care", "searched"))}
    assert len(found(ines)) == 1, "gone through twice, asked once"


def test_the_page_of_consents_is_a_way_in_like_any_other(ada, bo, ines):
    case = somebody(ada, known_as="Marisol Vega")
    client = browser_of(bo)
    client.post(reverse("desk:search"), {"q": "Marisol Vega"})
    client.get(reverse("privacy:agreed", args=[case.person_id]))
    client = browser_of(ines)
    client.post(reverse("desk:search"), {"q": "Marisol Vega"})
    client.get(reverse("privacy:seen", args=[case.person_id]))
    boss = an_actor(Role.SUPERVISOR, agency=ada.agency, now=timezone.now())
    assert found(boss) == {("Bo Lind", ("no_care", "searched"))}, "and who reviews is doing their work"


def test_who_wrote_there_has_a_part_in_it(ada, bo, ines):
    case = somebody(ada, known_as="Marisol Vega")
    a_note(case, by=as_seen_by(bo), at=bo.now)
    opens(bo, case, searched="Marisol Vega")
    assert found(ines) == set()


def test_oneself_ones_own_address_and_a_colleague(ada, bo, ines):
    own, home, colleague = (somebody(ada, known_as=name) for name in ("Bo Lind", "Rosa M", "Ada Reyes"))
    reach = {"kind": "address", "value": "12 Elm St", "safety": "safe", "how": "", "at": ada.now, "by": ada}
    for case in (own, home):
        add_contact_point(case.person, **reach)
    opens(bo, own)
    assert found(ines) == {("Bo Lind", ("address", "no_care", "oneself", "surname"))}
    opens(bo, home)
    opens(bo, colleague)
    assert found(ines) == {
        ("Bo Lind", ("address", "no_care", "oneself", "surname")),
        ("Bo Lind", ("address", "no_care")),
        ("Bo Lind", ("coworker", "no_care")),
    }


def test_one_agency_that_fails_keeps_no_other_from_being_gone_through(ada, bo, ines, monkeypatch):
    case = somebody(ada, known_as="Marisol Vega")
    opens(bo, case, searched="Marisol Vega")
    stranger = an_actor(Role.PRIVACY_OFFICER, now=timezone.now())
    from breakwater.privacy import jobs

    whole = jobs.look_through

    def breaks(*, at, by):
        if by.agency_id == stranger.agency_id:
            raise ValueError("Marisol Vega")
        return whole(at=at, by=by)

    monkeypatch.setattr(jobs, "look_through", breaks)
    with pytest.raises(SomeAgenciesNotReached) as failed:
        look_through_all(at=timezone.now() + timedelta(minutes=1))
    assert "Marisol" not in str(failed.value)
    as_seen_by(ines)
    assert OddLook.objects.count() == 1


def test_a_reviewer_says_what_it_was_and_whoever_looked_sees_nothing(ada, ines):
    boss = an_actor(Role.SUPERVISOR, agency=ada.agency, now=timezone.now(), name="Kim Sato")
    case = somebody(ada, known_as="Marisol Vega")
    opens(boss, case, searched="Marisol Vega")
    found(ines)
    look = OddLook.objects.get()
    where = reverse("privacy:look", args=[look.pk])
    for address in (reverse("privacy:desk"), reverse("privacy:seen", args=[case.person_id])):
        assert "to explain" not in browser_of(boss).get(address).content.decode().replace(
            "Looks to explain", ""
        )
    assert "Kim Sato at" not in browser_of(boss).get(reverse("privacy:desk")).content.decode()
    assert browser_of(boss).get(where).status_code == 404
    assert browser_of(ada).get(where).status_code == 403
    told = browser_of(ines).get(reverse("privacy:desk")).content.decode()
    assert "Kim Sato at" in told
    assert "Searched for by name, then opened" in told
    page = browser_of(ines).get(where).content.decode()
    assert "Why did they look?" in page
    assert press(browser_of(ines), where, by=ines, outcome="violation", words="").status_code == 422
    answer = press(browser_of(ines), where, by=ines, outcome="explained", words="She covered the desk.")
    assert answer.status_code == 303
    assert "1 looked into" in browser_of(ines).get(reverse("privacy:desk")).content.decode()


def showed(by, cases, *, at):
    """What the pages of these persons write down when they are shown."""
    as_seen_by(by)
    Sighting.objects.bulk_create(
        Sighting(
            agency=by.agency, by=by.user, page="desk:person", what="people.person", ids=[one.person_id], seen_at=at
        )
        for one in cases
    )  # fmt: skip


def test_ones_own_household_is_asked_about_also_where_one_works(ada, bo, ines):
    own, child = (somebody(ada, known_as=name) for name in ("Bo Lind", "Rosa M"))
    join_household(own.person, with_=child.person, part="parent", at=ada.now, by=ada)
    as_seen_by(bo)
    a_note(child, by=bo, at=bo.now)
    opens(bo, child)
    assert found(ines) == {("Bo Lind", ("household",))}


def test_a_person_in_the_news_and_an_hour_at_which_one_never_works(ada, bo, ines):
    known, case, now = somebody(ada), somebody(ada), timezone.now()
    flagging = reverse("privacy:flagging", args=[known.person_id])
    today = f"{now.astimezone(ada.zone):%Y-%m-%d}"
    assert press(browser_of(ines), flagging, by=ines, news_on=today).status_code == 303
    client = browser_of(bo)
    asked = client.get(reverse("desk:person", args=[known.person_id]))
    press(client, asked["Location"], by=bo, words="I wanted to see what she is like.")
    client.get(reverse("desk:person", args=[known.person_id]))
    for day in range(2, 25):
        showed(bo, [case] * 2, at=now - timedelta(days=day, hours=10))
    opens(bo, case, searched=case.person.known_as)
    assert found(ines) == {
        ("Bo Lind", ("after_event", "no_care", "off_shift", "well_known")),
        ("Bo Lind", ("no_care", "off_shift", "searched")),
    }


def test_very_many_records_within_an_hour(ada, bo, ines):
    cases = [somebody(ada) for _ in range(LAWS["us"].snooping.many_in_an_hour)]
    showed(bo, cases[1:-1], at=timezone.now() - timedelta(minutes=5))
    opens(bo, cases[0])
    assert found(ines) == set(), "one less is a busy hour"
    opens(bo, cases[-1])
    assert found(ines) == {("Bo Lind", ("no_care", "volume"))}


def test_a_well_known_persons_page_asks_before_it_opens(ada, ines):
    case = somebody(ada, known_as="Marisol Vega")
    flagging = reverse("privacy:flagging", args=[case.person_id])
    assert press(browser_of(ines), flagging, by=ines, news_on="").status_code == 303
    client, wanted = browser_of(ada), reverse("desk:case", args=[case.pk])
    asked = client.get(wanted)
    assert asked.status_code == 303
    assert "Marisol" not in client.get(asked["Location"]).content.decode()
    note = press(client, reverse("cases:note", args=[case.pk]), by=ada, kind="note", words="Called her.")
    assert note.status_code == 422
    assert "says why first" in note.content.decode()
    assert "Called her." in note.content.decode(), "what was typed is not lost"
    assert press(client, asked["Location"], by=ada, words="mine").status_code == 422
    said = press(client, asked["Location"], by=ada, words="She is my case, I visit her at noon.")
    assert (said.status_code, said["Location"]) == (303, wanted)
    assert "Marisol" in client.get(wanted).content.decode()
    seen = browser_of(ines)
    why = seen.get(reverse("privacy:seen", args=[case.person_id]))["Location"]
    press(seen, why, by=ines, words="I review who looked at it.")
    assert "I visit her at noon" in seen.get(reverse("privacy:seen", args=[case.person_id])).content.decode()
    (flag_id,) = {part for part in why.split("/") if len(part) == 36}
    assert press(seen, reverse("privacy:unflagging", args=[flag_id]), by=ines).status_code == 303
    assert client.get(reverse("desk:person", args=[case.person_id])).status_code == 200


def test_what_we_wrote_to_others_about_them_asks_before_it_opens_too(ada, ines):
    case = somebody(ada, known_as="Marisol Vega")
    letter = a_referral(case, by=ada, to_agency=an_agency(), words="Her father is the mayor.")
    stay = a_placement(case, a_bed(keeper=ada.agency, at=ada.now), by=ada)
    press(browser_of(ines), reverse("privacy:flagging", args=[case.person_id]), by=ines)
    client = browser_of(ada)
    for name, row in (("letter", letter), ("arrival", stay)):
        asked = client.get(reverse(f"referrals:{name}", args=[row.pk]))
        assert (asked.status_code, "why" in asked["Location"]) == (303, True), name
    press(client, asked["Location"], by=ada, words="She is my case, I visit her at noon.")
    assert "the mayor" in client.get(reverse("referrals:letter", args=[letter.pk])).content.decode()


def test_a_ride_and_what_a_place_was_asked_for_them_ask_before_they_open(ada, ines):
    case = somebody(ada, known_as="Marisol Vega")
    ride = a_ride(case, by=ada)
    house = an_agency(kind="shelter")
    opened = a_round(case, a_program(keeper=house, at=ada.now), by=ada)
    ask = opened.asks.get()
    press(browser_of(ines), reverse("privacy:flagging", args=[case.person_id]), by=ines)
    client = browser_of(ada)
    pages = [("ride", ride.pk), ("ride_failure", ride.pk), ("their_no", ask.pk)]
    for name, pk in pages:
        asked = client.get(reverse(f"referrals:{name}", args=[pk]))
        assert (asked.status_code, "why" in asked["Location"]) == (303, True), name
    press(client, asked["Location"], by=ada, words="She is my case, I drive her at noon.")
    assert [client.get(reverse(f"referrals:{name}", args=[pk])).status_code for name, pk in pages] == [
        200
    ] * 3


def test_it_goes_nowhere_else(ada, ines):
    case = somebody(ada)
    press(browser_of(ines), reverse("privacy:flagging", args=[case.person_id]), by=ines)
    why = browser_of(ada).get(reverse("desk:case", args=[case.pk]))["Location"].partition("?")[0]
    said = press(browser_of(ada), f"{why}?next=https://elsewhere.example/", by=ada, words="She is my case.")
    assert said["Location"] == "/"


def test_a_link_a_concern_and_a_standing_ask_before_they_open(ada, ines):
    boss = an_actor(Role.SUPERVISOR, agency=ada.agency, now=timezone.now())
    team, guest = an_agency(kind="threat_management"), an_agency(kind="shelter")
    case = somebody(ada, known_as="Marisol Vega")
    letter = a_referral(case, by=ada, words="Her father is the mayor.")
    concern = a_concern(team, circle=case.circle, at=boss.now, by=as_seen_by(boss))
    standing = a_guest(case.circle, agency=guest, at=boss.now, by=boss)
    press(browser_of(ines), reverse("privacy:flagging", args=[case.person_id]), by=ines)
    client = browser_of(boss)
    for name, row in (
        ("portal:site_links", letter), ("privacy:told", concern), ("privacy:letting_out", standing)
    ):  # fmt: skip
        asked = client.get(reverse(name, args=[row.pk]))
        assert (asked.status_code, "why" in asked.headers.get("Location", "")) == (303, True), name
