"""The pages of asking many: what is shown is what is sent, and the house answers in a tap."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from breakwater.referrals.models import Ask, Hold, Placement, Question, Round
from breakwater.referrals.testing import a_program, a_round, news_reaches
from breakwater.resources.models import Bed, Capacity, Program
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Agency
from breakwater.trust.testing import an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db

WILD = "A <b>small</b> dog & 'calm' \u202e %s {{ 7*7 }}"


@pytest.fixture
def cy(now):
    return an_actor(Role.PARTNER, agency=an_agency(name="Tide House"), now=now)


@pytest.fixture
def programs(bo, cy, now):
    return [a_program(keeper=one.agency, at=now) for one in (bo, cy)]


@pytest.fixture
def ada(programs, now):
    return an_actor(now=now)


def at(name, *rows):
    app = "resources" if name in ("count", "still_so", "program") else "referrals"
    return reverse(f"{app}:{name}", args=[row.pk for row in rows])


def shown_in(answer):
    found = re.search(rb'name="shown" value="(\w+)"', answer.content)
    return found.group(1).decode() if found else ""


def test_only_what_was_shown_is_sent_to_those_who_were_chosen(ada, bo, cy, case, programs, now):
    hidden = a_program(keeper=an_agency(name="Hidden Cove", kind=Agency.Kind.VICTIM_SERVICE), at=now)
    desk = browser_of(ada)
    assert desk.get(at("asking", case)).status_code == 200
    asked = {"kind": "shelter_adult", "age": "34", "pet": "on", "words": WILD}
    first = press(desk, at("asking", case), **asked)
    assert (first.status_code, Round.objects.count()) == (422, 0)
    assert hidden.place.name.encode() not in first.content, "a hidden house is open or call, and nowhere"
    for words in (
        b"A pet comes along",
        b"A &lt;b&gt;small&lt;/b&gt; dog",
        b"pets not told",
        b"nobody has told a figure",
    ):
        assert words in first.content
    chosen = {"programs": [str(programs[0].pk)], "ask": "1", "shown": shown_in(first)}
    changed = press(desk, at("asking", case), **asked | {"age": "35"}, **chosen)
    assert (changed.status_code, Round.objects.count()) == (422, 0)
    nobody = press(desk, at("asking", case), **asked, **chosen | {"programs": [str(hidden.pk), "x"]})
    assert (nobody.status_code, b"at least one place" in nobody.content) == (422, True)
    sent = press(desk, at("asking", case), **asked, **chosen)
    as_seen_by(ada)
    opened = Round.objects.get()
    assert (sent.status_code, sent["Location"]) == (303, at("round", opened))
    as_seen_by(bo)
    mine = Ask.objects.get()
    assert (mine.facts, mine.words) == ({"age": 34, "pet": True}, WILD)
    theirs = browser_of(bo).get(reverse("referrals:house")).content
    assert b"Rivers" not in theirs
    assert case.number.encode() not in theirs
    assert b"Nobody waits" in browser_of(cy).get(reverse("referrals:house")).content


def test_from_the_question_to_the_bed_in_four_presses(ada, bo, cy, case, programs, now):
    opened = a_round(case, *programs, by=ada, at=now)
    phone, desk = browser_of(bo), browser_of(ada)
    as_seen_by(bo)
    mine = Ask.objects.get()
    assert press(phone, at("ask_question", mine), words="How big?").status_code == 303
    as_seen_by(ada)
    question = Question.objects.get()
    assert b"How big?" in desk.get(at("round", opened)).content
    assert press(desk, at("reply", question), words="Small.").status_code == 303
    assert b"Small." in phone.get(at("ask", mine)).content
    bed = Bed.objects.of(programs[0]).get()
    assert press(phone, at("ask_acceptance", mine), bed=uuid4()).status_code == 404
    assert press(phone, at("ask_acceptance", mine), bed=bed.pk).status_code == 303
    other = browser_of(cy)
    as_seen_by(cy)
    late = Ask.objects.get()
    assert b"There is nothing to do" in other.get(at("ask", late)).content, "before any news has reached them"
    assert b"Nobody waits" in other.get(reverse("referrals:house")).content
    slower = press(other, at("ask_acceptance", late), bed=Bed.objects.of(programs[1]).get().pk)
    assert (slower.status_code, b"Another place was faster" in slower.content) == (422, True)
    news_reaches(ada.agency, at=now, times=2)
    assert b"another place was faster" in other.get(reverse("referrals:house")).content
    assert b"Lantern holds a bed" in desk.get(at("round", opened)).content
    assert press(desk, at("taking_up", opened), name_told="yes").status_code == 303
    as_seen_by(ada)
    assert Placement.objects.get().known_as == "Jay <Rivers>"
    assert b"Jay &lt;Rivers&gt;" in phone.get(reverse("referrals:house")).content


def test_no_with_a_reason_and_a_bed_that_is_given_or_taken_back(ada, bo, cy, case, programs, now):
    opened = a_round(case, *programs, by=ada, at=now)
    phone, desk = browser_of(bo), browser_of(ada)
    as_seen_by(bo)
    mine = Ask.objects.get()
    assert b"other reason" in press(phone, at("ask_refusal", mine), reason="other").content
    press(phone, at("ask_acceptance", mine), bed=Bed.objects.of(programs[0]).get().pk)
    assert press(phone, at("taking_back", mine), words="The pipe burst").status_code == 303
    as_seen_by(cy)
    late = Ask.objects.get()
    assert press(browser_of(cy), at("ask_refusal", late), reason="full", words="").status_code in (303, 422)
    news_reaches(ada.agency, at=now)
    shown = desk.get(at("round", opened)).content
    assert b"Ask again" in shown
    as_seen_by(ada)
    again = a_round(case, *programs, by=ada, at=now)
    assert press(desk, at("calling_off", again), x="1").status_code == 303
    third = a_round(case, *programs, by=ada, at=now)
    as_seen_by(bo)
    bed = Bed.objects.of(programs[0]).get()
    press(phone, at("ask_acceptance", Ask.objects.get(round=third)), bed=bed.pk)
    assert press(desk, at("giving_back", third), words="Her sister came").status_code == 303
    as_seen_by(ada)
    assert set(Hold.objects.values_list("ended_how", flat=True)) == {"withdrawn", "given_back"}


def test_one_tap_tells_how_much_room_there_is_and_only_to_ones_own(bo, cy, programs):
    phone, program = browser_of(bo), programs[0]
    assert b"Tell a figure" in phone.get(reverse("referrals:house")).content
    assert press(phone, at("still_so", program)).status_code == 422
    assert press(phone, at("count", program), accepting="2", licensed="4").status_code == 303
    assert b"2 accepting" in phone.get(reverse("referrals:house")).content
    assert press(phone, at("still_so", program), x="1").status_code == 303
    assert press(phone, at("count", program), accepting="").status_code == 303
    assert Capacity.objects.standing().get(program=program).free is None
    assert b"Room unknown" in phone.get(reverse("referrals:house")).content
    wrong = press(phone, at("count", program), accepting="3", ready="2")
    assert b"would take more than are clean" in wrong.content
    for name, fields in (
        ("count", {"accepting": "9"}),
        ("still_so", {"x": "1"}),
        ("program", {"pets": "yes"}),
    ):
        assert browser_of(cy).get(at(name, program)).status_code == 404
        assert press(browser_of(cy), at(name, program), **fields).status_code == 404


def test_whom_it_takes_is_told_and_what_is_left_open_stays_unknown(bo, programs):
    phone, program = browser_of(bo), programs[0]
    assert (
        b"above the highest"
        in press(phone, at("program", program), minimum_age="60", maximum_age="18").content
    )
    told = {
        "minimum_age": "18",
        "pets": "no",
        "genders": ["woman", "man"],
        "access": ["none"],
        "languages": "es, Dari",
    }
    assert press(phone, at("program", program), **told).status_code == 303
    kept = Program.objects.get(pk=program.pk)
    assert (kept.pets, kept.families, kept.access, kept.medical) == (False, None, [], None)
    assert (kept.genders, kept.languages) == (["woman", "man"], ["Spanish", "Dari"])
    again = phone.get(at("program", program)).content.decode()
    assert "Spanish, Dari" in again


def test_another_agencys_hidden_house_shows_no_figures(bo, now):
    hidden = a_program(keeper=an_agency(kind=Agency.Kind.VICTIM_SERVICE), at=now)
    assert browser_of(bo).get(at("count", hidden)).status_code == 404
    assert browser_of(bo).get(at("program", hidden)).status_code == 404
