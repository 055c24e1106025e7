"""A place without accounts answers a round by a link and a code, and first yes wins, whoever says it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from breakwater.cases.testing import a_case
from breakwater.clocks.models import Clock
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.messaging.models import Notice
from breakwater.portal.actions.linking import end_link, hand_link_to_place
from breakwater.portal.answering import mark_of
from breakwater.portal.models import SiteLink
from breakwater.portal.tests.test_site_link import PLACE, opened, press
from breakwater.referrals.actions.answering import accept_ask
from breakwater.referrals.actions.asking import call_off, reply
from breakwater.referrals.actions.holds import give_back, take_up, take_up_outside
from breakwater.referrals.actions.outside import Heard, hear_no, hear_taking_back, hear_yes
from breakwater.referrals.actions.placement import Guest
from breakwater.referrals.models import Ask, Hold, Question, Round, free_beds
from breakwater.referrals.testing import a_program, a_round, asked_of, news_reaches
from breakwater.resources.actions.counting import Count, count_outside
from breakwater.resources.models import Bed, Capacity, Place, Program
from breakwater.trust.access import acting
from breakwater.trust.capabilities import Role
from breakwater.trust.testing import an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of
from breakwater.trust.tests.browsing import press as trust_press

pytestmark = pytest.mark.django_db
LATER = timedelta(seconds=5)


def now():
    return datetime.now(UTC)


def a_house(name="Grace Church Cots"):
    """A place of the directory that nobody in Breakwater keeps."""
    place = Place.objects.create(source="testing", external_id=name, name=name, city="Dayton")
    return Program.objects.create(place=place, kind=Bed.Kind.SHELTER_ADULT)


@pytest.fixture
def asked():
    """A worker, a round that went to a church without accounts and to a house with them, and both asks."""
    ada = an_actor(now=now() - LATER)
    case = a_case(by=ada, at=ada.now, known_as="Marisol Vega")
    church, keeper = a_house(), an_actor(Role.PARTNER, agency=an_agency(), now=ada.now)
    house = a_program(keeper=keeper.agency, at=ada.now)
    as_seen_by(ada)
    round_ = a_round(case, church, house, by=ada, age=34)
    return ada, round_, asked_of(church, by=ada), keeper, house


def a_link_to(ask, *, by):
    return hand_link_to_place(Ask.objects.select_related("round__circle").get(pk=ask.pk), at=by.now, by=by)


def the_clock(ask, kind="round_question"):
    return list(
        Clock.objects.filter(kind=kind, about=ask.pk)
        .order_by("started_at")
        .values_list("ended_how", flat=True)
    )


def test_a_yes_by_link_holds_a_place_calls_the_others_off_and_becomes_a_referral_that_was_accepted(asked):
    ada, _round, ask, keeper, house = asked
    handed = a_link_to(ask, by=ada)
    client = opened(handed)
    text = client.get(PLACE).content.decode()
    for shown in (ada.agency.name, "Grace Church Cots", "34", "One person, tonight.", "Yes, we keep a place"):
        assert shown in text
    for behind in ("Marisol", house.place.name, handed.letters, handed.code, "Breakwater"):
        assert behind not in text
    assert press(client, answer="yes", who=" ").status_code == 422
    assert press(client, answer="yes", words="Ring twice.").status_code == 303
    text = client.get(PLACE).content.decode()
    assert ("You keep a place" in text, "We cannot keep it" in text) == (True, True)
    as_seen_by(ada)
    hold = Hold.objects.select_related("ask").get()
    assert (hold.to_agency, hold.bed, hold.ask.answer) == (None, None, "Ring twice.")
    assert hold.ask.source == "Jo Lane, Grace Church Cots, by a link and its code"
    assert free_beds(now()).exists(), "a place of which no bed is known takes none from anybody"
    with acting(keeper), pytest.raises(Overtaken, match="Another place was faster"):
        accept_ask(asked_of(house, by=keeper), Bed.objects.of(house).get(), at=now(), by=keeper)
    news_reaches(ada.agency, at=now(), times=2)
    as_seen_by(ada)
    assert {one.stage for one in Ask.objects.all()} == {"accepted", "called_off"}
    assert Clock.objects.running().filter(kind="hold_confirmation", about=hold.pk).count() == 1
    assert Notice.objects.filter(kind="answer", cause=handed.link.pk).count() <= 1
    with pytest.raises(Refused, match="as a referral"):
        take_up(hold, guest=Guest(), at=now(), by=ada)
    letter = take_up_outside(hold, guest=Guest(known_as="Marisol"), at=now(), by=ada)
    letter.refresh_from_db()
    assert (letter.to_name, letter.stage, letter.known_as) == ("Grace Church Cots", "accepted", "Marisol")
    assert Clock.objects.running().filter(kind="referral_start", about=letter.pk).exists()
    assert Round.objects.get().closed_how == "taken_up"
    again = opened(handed)
    text = again.get(PLACE).content.decode()
    assert ("Somebody comes" in text, "Marisol" in text) == (True, False)


def test_whoever_signed_in_was_faster_is_told_so_by_the_link_as_well(asked):
    ada, _round, ask, keeper, house = asked
    handed = a_link_to(ask, by=ada)
    client = opened(handed)
    page = client.get(PLACE).content.decode()
    with acting(keeper):
        accept_ask(asked_of(house, by=keeper), Bed.objects.of(house).get(), at=now(), by=keeper)
    key = re.search(r'idempotency_key" value="([^"]*)"', page)[1]
    late = client.post(f"{PLACE}answer/", {"who": "Jo", "answer": "yes", "idempotency_key": key})
    assert late["Location"] == PLACE
    assert "Another place was faster" in client.get(PLACE).content.decode()
    as_seen_by(ada)
    assert Hold.objects.get().to_agency == keeper.agency
    news_reaches(ada.agency, at=now())
    as_seen_by(ada)
    assert "Another place was faster" in opened(handed).get(PLACE).content.decode()
    as_seen_by(ada)
    with pytest.raises(Refused, match="have answered"):
        a_link_to(ask, by=ada)


def test_no_says_why_and_a_figure_is_told_of_their_own_house(asked):
    ada, _round, ask, _keeper, house = asked
    client = opened(a_link_to(ask, by=ada))
    assert press(client, "room", free="2").status_code == 303
    assert "Choose a reason" in press(client, answer="no").content.decode()
    assert press(client, answer="no", reason="full").status_code == 303
    assert "This link is used up" in client.get(PLACE).content.decode()
    as_seen_by(ada)
    figure = Capacity.objects.get()
    assert (figure.program, figure.free) == (ask.program, 2)
    assert figure.told_by == "Jo Lane, Grace Church Cots, by a link and its code"
    ask.refresh_from_db()
    assert (ask.stage, ask.reason) == ("declined", "full")
    assert SiteLink.objects.get().stands_at(now()) == "answered"
    with pytest.raises(NotPermitted, match="Another agency keeps"):
        count_outside(house, Count(accepting=1), told_by="Jo", at=now(), by=ada)
    with pytest.raises(Refused, match="Say who says so"):
        count_outside(ask.program, Count(accepting=1), told_by=" ", at=now(), by=ada)


@pytest.mark.parametrize("ends", ["replied", "answered", "called off"])
def test_a_question_runs_on_a_clock_until_it_is_replied_to_or_nobody_waits_for_it(asked, ends):
    """The same for a place with accounts, for one without, and heard twice."""
    ada, round_, ask, _keeper, _house = asked
    client = opened(a_link_to(ask, by=ada))
    assert "Write the question" in press(client, answer="question").content.decode()
    assert press(client, answer="question", words="A pet?").status_code == 303
    assert "no reply yet" in press(client, answer="question", words="Two?").content.decode()
    news_reaches(ada.agency, at=now(), times=2)
    as_seen_by(ada)
    assert the_clock(ask) == [""]
    question = Question.objects.get()
    assert Notice.objects.filter(kind="request", cause=question.pk).count() == 1
    owed = browser_of(ada).get("/referrals/sent/").content.decode()
    assert ("They wait for a reply from us" in owed, f"/referrals/rounds/{round_.pk}/" in owed) == (
        True,
        True,
    )
    as_seen_by(ada)
    if ends == "replied":
        reply(question, words="None.", at=now(), by=ada)
        assert "None." in client.get(PLACE).content.decode()
    elif ends == "answered":
        assert press(client, answer="no", reason="pet").status_code == 303
        news_reaches(ada.agency, at=now())
    else:
        call_off(round_, at=now(), by=ada)
    news_reaches(ada.agency, at=now(), times=2)
    as_seen_by(ada)
    assert the_clock(ask) == ["met" if ends == "replied" else "excused"]


def test_they_take_it_back_by_the_same_link_and_those_who_asked_give_it_back(asked):
    ada, _round, ask, _keeper, _house = asked
    handed = a_link_to(ask, by=ada)
    client = opened(handed)
    press(client, answer="yes")
    again = opened(handed)
    assert "Say why" in press(again, answer="back").content.decode()
    assert press(again, answer="back", words="A pipe burst.").status_code == 303
    assert "is free again" in again.get(PLACE).content.decode()
    as_seen_by(ada)
    hold = Hold.objects.get()
    assert (hold.ended_how, hold.words.endswith("A pipe burst.")) == ("withdrawn", True)
    with pytest.raises(Overtaken, match="taken back by the place"):
        hear_taking_back(hold.ask, Heard(source="Jo", words="Again."), at=now(), by=ada)
    with pytest.raises(Overtaken, match="no longer held"):
        give_back(hold, words="No.", at=now(), by=ada)


def test_what_they_say_by_phone_is_written_down_with_who_said_it_and_of_nobody_who_has_accounts(asked):
    ada, round_, ask, keeper, house = asked
    theirs = asked_of(house, by=ada)
    with pytest.raises(Refused, match="answer this themselves"):
        hear_yes(theirs, Heard(source="Cy"), at=now(), by=ada)
    with acting(keeper), pytest.raises(NotPermitted, match="Only those who asked"):
        hear_yes(theirs, Heard(source="Cy"), at=now(), by=keeper)
    with pytest.raises(Refused, match="Say who there says so"):
        hear_yes(ask, Heard(source=" "), at=now(), by=ada)
    with pytest.raises(Refused, match="Say why"):
        hear_taking_back(ask, Heard(source="Jo"), at=now(), by=ada)
    with pytest.raises(IntegrityError, match="quoted_by_name"), transaction.atomic():
        Ask.objects.filter(pk=ask.pk).update(stage="declined", reason="full", over_at=now())
    with pytest.raises(Refused, match="Choose a reason"):
        hear_no(ask, Heard(source="Jo"), at=now(), by=ada)
    client = browser_of(ada)
    answer = trust_press(client, f"/referrals/asks/{ask.pk}/their-yes/", by=ada, who="Sr. Agnes")
    assert answer.status_code == 303
    as_seen_by(ada)
    ask.refresh_from_db()
    assert (ask.stage, ask.source) == ("accepted", "Sr. Agnes, Grace Church Cots, by phone")
    assert "Sr. Agnes" in client.get(f"/referrals/rounds/{round_.pk}/").content.decode()


def test_link_and_code_are_shown_once_and_only_to_those_who_asked(asked):
    ada, _round, ask, keeper, house = asked
    client, where = browser_of(ada), f"/site-links/places/{ask.pk}/"
    shown = trust_press(client, where, by=ada, x="1").content.decode()
    assert re.search(r"<code>[0-9A-Z]{5}</code>", shown)
    assert "/answers/#" in shown
    as_seen_by(ada)
    assert (
        "They work with Breakwater"
        in client.get(f"/site-links/places/{asked_of(house, by=ada).pk}/").content.decode()
    )
    assert browser_of(keeper).get(where).status_code == 404
    as_seen_by(ada)
    link = SiteLink.objects.get()
    end_link(link, at=now(), by=ada)
    assert SiteLink.objects.get().stands_at(now()) == "taken back"


def test_whoever_holds_an_open_ask_reads_that_one_and_its_own_hold_and_writes_nothing(asked):
    """Behind the second wall, by statements that no page of ours sends."""
    ada, _round, ask, _keeper, _house = asked
    client = opened(a_link_to(ask, by=ada))
    press(client, answer="yes")
    key = client.cookies[settings.ANSWER_COOKIE].value
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('breakwater.agency', '', true), set_config('breakwater.user', '', true)"
        )
        cursor.execute("SELECT set_config('breakwater.copy', %s, true)", (mark_of(key),))
        for table, many in (("referrals_ask", 1), ("referrals_hold", 1)):
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone() == (many,), table
        cursor.execute("UPDATE referrals_hold SET ended_at = now(), ended_how = 'ran_out'")
        assert cursor.rowcount == 0
        for table in ("referrals_round", "referrals_referral", "cases_case", "portal_sitelink"):
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone() == (0,), table
        cursor.execute("SELECT set_config('breakwater.copy', '', true)")
