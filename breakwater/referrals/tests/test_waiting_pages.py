"""The pages of waiting lists: what is shown is what is sent, the house answers in a tap, and nobody sees another's."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from breakwater.referrals.models import Hold, ListRule, Placement, Skip, Wait
from breakwater.referrals.testing import a_program, a_wait, news_reaches, offered
from breakwater.trust.testing import an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db

WILD = "A <b>small</b> dog & 'calm' \u202e %s {{ 7*7 }}"


@pytest.fixture
def program(bo, now):
    return a_program(keeper=bo.agency, at=now)


@pytest.fixture
def ada(program, now):
    return an_actor(now=now)


def at(name, row):
    return reverse(f"referrals:{name}", args=[row.pk])


def test_from_the_list_to_the_bed(ada, bo, case, program, now):
    desk, phone = browser_of(ada), browser_of(bo)
    ruled = press(phone, at("list_rule", program), first_1="fleeing", offer_minutes="30", is_open="on")
    assert ruled.status_code == 303
    assert b"The house puts first: 1. fleeing" in phone.get(at("waitlist", program)).content
    assert desk.get(at("waiting", case)).status_code == 200
    typed = {"program": str(program.pk), "age": "34", "grounds": ["fleeing"], "words": WILD}
    first = press(desk, at("waiting", case), **typed)
    assert (first.status_code, Wait.objects.count()) == (422, 0)
    assert b"A &lt;b&gt;small&lt;/b&gt; dog" in first.content
    shown = re.search(rb'name="shown" value="(\w+)"', first.content).group(1).decode()
    assert press(desk, at("waiting", case), **typed | {"age": "35"}, join="1", shown=shown).status_code == 422
    joined = press(desk, at("waiting", case), **typed, join="1", shown=shown)
    as_seen_by(ada)
    wait = Wait.objects.get()
    assert (joined.status_code, joined["Location"]) == (303, at("wait", wait))
    mine = desk.get(at("wait", wait)).content
    for words in (b"Position 1", b"Fleeing somebody: the house puts this first", b"Not told"):
        assert words in mine
    house = phone.get(reverse("referrals:house")).content
    assert b"1 waiting" in house
    theirs = phone.get(at("waitlist", program)).content
    assert b"Rivers" not in theirs
    assert case.number.encode() not in theirs
    looked = phone.get(at("wait", wait)).content
    assert b"What the house reads" in looked
    assert b"Rivers" not in looked
    assert press(phone, at("offering", program), x="1").status_code == 303
    assert b"is offered to them" in phone.get(at("waitlist", program)).content
    news_reaches(ada.agency, at=now)
    as_seen_by(ada)
    hold = Hold.objects.get()
    assert b"It is their turn" in desk.get(reverse("desk:case", args=[case.pk])).content
    assert press(desk, at("offer_taking", hold), name_told="yes").status_code == 303
    as_seen_by(ada)
    assert Placement.objects.get().known_as == "Jay <Rivers>"
    assert b"They took a bed" in desk.get(at("wait", wait)).content
    assert b"Nobody waits" in phone.get(at("waitlist", program)).content


def test_refusing_passing_over_taking_back_and_leaving(ada, bo, case, program, now):
    desk, phone = browser_of(ada), browser_of(bo)
    wait = a_wait(case, program, by=ada, at=now)
    (hold,) = offered(program, at=now, by=bo)
    assert b"other reason" in press(desk, at("offer_refusal", hold), reason="other").content
    assert press(desk, at("offer_refusal", hold), reason="not_tonight").status_code == 303
    assert press(desk, at("still_wanted", wait), x="1").status_code == 303
    (again,) = offered(program, at=now, by=bo)
    assert press(phone, at("offer_taking_back", again), words="The pipe burst").status_code == 303
    assert b"Out of use" in phone.get(at("waitlist", program)).content
    assert press(desk, at("still_wanted", wait), x="1").status_code == 303
    assert press(phone, at("reopening", program), bed=str(uuid4())).status_code == 404
    assert press(phone, at("reopening", program), bed=str(again.bed_id)).status_code == 303
    assert press(phone, at("skip", wait), reason="bed_does_not_fit", words=WILD).status_code == 303
    as_seen_by(ada)
    assert Skip.objects.get().words == WILD
    assert b"Passed over" in desk.get(at("wait", wait)).content
    assert press(desk, at("list_leaving", wait), reason="found_elsewhere").status_code == 303
    assert b"A bed was found elsewhere" in desk.get(at("wait", wait)).content
    as_seen_by(ada)
    second = a_wait(case, program, by=ada, at=now)
    assert press(phone, at("list_removal", second), reason="criteria").status_code == 303
    assert b"They are not whom we take" in desk.get(at("wait", second)).content


def test_nobody_sees_who_else_waits(ada, bo, case, program, now):
    wait = a_wait(case, program, by=ada, at=now)
    (hold,) = offered(program, at=now, by=bo)
    stranger = browser_of(an_actor(now=now))
    for name in ("waitlist", "offering", "reopening", "list_rule"):
        assert stranger.get(at(name, program)).status_code == 404
    for name in ("wait", "list_leaving", "skip", "list_removal"):
        assert stranger.get(at(name, wait)).status_code == 404
    for name in ("offer_taking", "offer_refusal", "offer_taking_back"):
        assert stranger.get(at(name, hold)).status_code == 404
    assert press(stranger, at("list_rule", program), offer_minutes="30").status_code == 404
    as_seen_by(bo)
    assert not ListRule.objects.exists()
