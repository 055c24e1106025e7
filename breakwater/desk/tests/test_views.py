"""The pages that show everything, asked through the front door."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from breakwater.assessments.actions.judging import override
from breakwater.assessments.testing import a_completed_assessment
from breakwater.cases.actions.closing import close_case, reopen_case
from breakwater.cases.actions.notes import name_barrier
from breakwater.cases.actions.screening import read_danger
from breakwater.cases.testing import a_case, a_note, a_queued_case, a_triaged_case
from breakwater.desk import board
from breakwater.desk.panels import MOST_CORRECTIONS, PARTS
from breakwater.desk.search import FIRST
from breakwater.people.actions.persons import correct
from breakwater.people.actions.reach import add_contact_point, add_supporter
from breakwater.plans.testing import a_need, a_step
from breakwater.referrals.testing import a_bed, a_handoff, a_placement, a_referral
from breakwater.resources.models import Organization, Phone
from breakwater.trust.models import Sighting
from breakwater.trust.testing import an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return an_actor(now=timezone.now())


def url(name, *args):
    return reverse(f"desk:{name}", args=args)


def asked_for(client, where, typed=None):
    """The page, and how many statements it took."""
    ask = client.get if typed is None else client.post
    ask(where, typed)  # what is read once a process is read
    with CaptureQueriesContext(connection) as captured:
        answer = ask(where, typed)
    assert answer.status_code == 200
    return answer, len([one for one in captured if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))])


def a_full_case(by):
    """A case with something in every panel."""
    case = a_triaged_case(
        by=by, at=by.now, dangers={"self": ("likely", "Said so twice."), "worker": ("possible", "A dog.")}
    )
    need = a_need(case, by=by)
    a_step(case, by=by, need=need, words="Call the landlord.")
    a_referral(case, by=by)
    as_seen_by(by)
    a_placement(case, a_bed(keeper=by.agency, at=by.now), by=by)
    a_handoff(case, by=by)
    name_barrier(case, words="No papers.", at=by.now, by=by)
    a_note(case, by=by, at=by.now, kind="call", reached=True, words="Spoke at the kitchen table.")
    return case


def test_the_board_shows_what_breaches_next_first(ada):
    later = a_case(by=ada, at=ada.now, known_as="Later Lou")
    soon = a_triaged_case(by=ada, at=ada.now, known_as="Soon Sam", code="A")
    shown = browser_of(ada).get(url("now")).content.decode()
    assert shown.index("Soon Sam") < shown.index("Later Lou")
    assert soon.number in shown
    assert later.number in shown


def test_whoever_is_in_danger_now_stands_on_top_of_what_is_late(ada, monkeypatch):
    """And the rest in their order, each once, on whichever page."""
    monkeypatch.setattr(board, "PER_PAGE", 2)
    for number in range(board.PER_PAGE + 2):
        a_triaged_case(by=ada, at=ada.now - timedelta(hours=6), known_as=f"Late {number}", code="A")
    roof = a_triaged_case(by=ada, at=ada.now, known_as="Roof man", dangers={"self": ("now", "")})
    a_case(by=ada, at=ada.now, known_as="A dog bites", dangers={"from_other": ("likely", "")})
    asked = board.Asked
    shown, rest = board.board(ada, asked())
    assert [row.case_id for row in shown] == [roof.pk]
    assert (len(rest), roof.pk in {row.case_id for row in rest}) == (board.PER_PAGE + 1, False)
    shown, rest = board.board(ada, asked(page=2))
    assert (shown, len(rest)) == ([], 3)
    client = browser_of(ada)
    page = client.get(url("now")).content.decode()
    assert page.index("Danger now: on top") < page.index("Roof man") < page.index("Then what breaches next")
    page = client.get(url("now") + "?which=danger").content.decode()
    assert (page.count("data-open"), "from somebody else likely" in page) == (2, True)
    assert browser_of(an_actor(now=ada.now)).get(url("now")).content.count(b"data-open") == 0


def test_the_board_tells_one_level_with_what_it_comes_from_and_as_the_case_page_does(ada):
    case, other = (a_case(by=ada, at=ada.now, known_as=name) for name in ("Lou", "Sam"))
    first = a_completed_assessment(
        case, by=ada, instrument="c-ssrs-screener", said=dict.fromkeys("236", "yes")
    )
    a_completed_assessment(other, by=ada, said={"1": "0", "2": "0"}, at=ada.now - timedelta(days=3))
    client = browser_of(ada)
    (level, source), (none, age) = (levels_on_the_board(client)[name] for name in ("Lou", "Sam"))
    assert (level, none) == ("Moderate", "None")
    assert source.startswith(f"{first.title}, ")
    assert source.endswith(f" ago, {ada.name}")
    assert "3 d ago" in age
    later = ada.now + timedelta(seconds=1)
    a_completed_assessment(
        case, by=ada, instrument="c-ssrs-screener", said={"1": "yes", "2": "no", "6": "no"}, at=later
    )
    assert levels_on_the_board(client)["Lou"][0] == "Low", "the last time counts, also when it is less urgent"
    override(first, tier="imminent", reason="Gave away the dog.", at=later, by=ada)
    assert levels_on_the_board(client)["Lou"][0] == "Low", "so does a judgment of the last time only"
    phq = a_completed_assessment(case, by=ada, at=later)
    override(phq, tier="high", reason="Said more than was asked.", at=later, by=ada)
    override(phq, tier="imminent", reason="Called again.", at=later + timedelta(seconds=1), by=ada)
    level, source = levels_on_the_board(client)["Lou"]
    assert level == "Imminent"
    assert source.startswith(f"{phq.title}, as judged, ")
    page = client.get(url("case", case.pk)).content.decode()
    assert re.search(rf"Level as it was judged: *<span [^>]*>Imminent</span> *<span [^>]*>{phq.title}", page)


def levels_on_the_board(client):
    """Of each row, its level and what the level comes from, in words."""
    rows = client.get(url("now")).content.decode().split("<tr")[2:]
    found = {}
    for row in rows:
        name = re.search(r"data-open[^>]*>([^<]*)<", row).group(1)
        level = re.search(r'<div class="small">(.*?)</div>', row, re.DOTALL).group(1)
        words = re.sub(r"<(?!/?span)[^>]*>", "", level)
        found[name] = [one.strip() for one in re.findall(r">([^<]+)</span>", words)]
    return found


def test_the_board_asks_as_little_for_fifty_rows_as_for_ten(ada):
    for _ in range(10):
        a_completed_assessment(a_triaged_case(by=ada, at=ada.now), by=ada)
    client = browser_of(ada)
    page, few = asked_for(client, url("now"))
    assert page.content.count(b"data-open") == 10
    for _ in range(42):
        a_triaged_case(by=ada, at=ada.now)
    page, many = asked_for(client, url("now"))
    assert page.content.count(b"data-open") == 50
    assert b"page=2" in page.content
    assert few == many <= 8


def test_the_case_page_with_every_panel_asks_little(ada):
    case = a_full_case(ada)
    client = browser_of(ada)
    page, asked = asked_for(client, url("case", case.pk))
    for shown in (
        "Call the landlord.",
        "No papers.",
        "Said so twice.",
        "Spoke at the kitchen table.",
        "Hope House",
        "Harbor Street Shelter",
        "Long Road Services",
    ):
        assert shown in page.content.decode(), shown
    for _ in range(12):
        a_note(case, by=ada, at=ada.now)
        a_step(case, by=ada)
        a_need(case, by=ada)
    _, more = asked_for(client, url("case", case.pk))
    assert asked == more <= 12


def test_what_would_endanger_them_stands_in_the_head_of_the_case_page(ada):
    """At two in the morning nobody reads down to it: whom to keep it from, and which number not to call."""
    case = a_case(by=ada, at=ada.now, must_not_know="Her husband Carl")
    told = {"at": ada.now, "by": ada}
    add_contact_point(case.person, kind="phone", value="(555) 010-7788", safety="unsafe", how="", **told)
    add_supporter(
        case.person, name="Rob", relation="family", reach="", may_know="", must_not_know=True, **told
    )
    shown = browser_of(ada).get(url("case", case.pk)).content.decode()
    head = shown[: shown.index("What is happening")]
    for said in ("Keep from: Her husband Carl", "Keep from: Rob", "Do not use: phone"):
        assert said in head
    assert "010-7788" not in head


def test_while_somebody_is_in_danger_now_the_case_page_says_whom_to_call(ada):
    """With the agency's own line, for one statement more; and no longer than the danger is now."""
    listed = Organization.objects.create(agency=ada.agency, name=ada.agency.name, source="by hand")
    Phone.objects.create(organization=listed, number="555 0142", source="by hand")
    case, client = a_triaged_case(by=ada, at=ada.now, dangers={"self": ("likely", "")}), browser_of(ada)
    calm, asked = asked_for(client, url("case", case.pk))
    assert "Whom to call now" not in calm.content.decode()
    read_danger(case, to="others", level="now", words="He waits with a knife.", at=ada.now, by=ada)
    shown, more = asked_for(client, url("case", case.pk))
    head = shown.content.decode().split('id="happening"')[0]
    for called in ("tel:911", "tel:988", "tel:555 0142"):
        assert called in head
    assert more <= asked + 1


def test_what_waits_for_an_answer_stands_on_the_case_page_for_no_statement_more(ada):
    ben = an_actor("supervisor", agency=an_agency(), now=ada.now)
    case, client = a_case(by=ben, at=ben.now), browser_of(ben)
    calm, asked = asked_for(client, url("case", case.pk))
    assert "to answer</span>" not in calm.content.decode()
    as_seen_by(ada)
    a_referral(a_case(by=ada, at=ada.now), by=ada, to_agency=ben.agency)
    shown, more = asked_for(client, url("case", case.pk))
    assert '<b class="many">1<span class="unseen"> to answer</span></b>' in shown.content.decode()
    assert more == asked


def test_every_part_that_a_phone_jumps_to_stands_on_the_page(ada):
    case = a_triaged_case(by=ada, at=ada.now)
    page = browser_of(ada).get(url("case", case.pk)).content.decode()
    for part, _ in PARTS:
        assert f'href="#{part}"' in page
        assert page.count(f'id="{part}"') == 1, part


def test_a_closed_case_says_how_it_ended_and_offers_to_open_again(ada):
    case = a_case(by=ada, at=ada.now)
    close_case(case, outcome="declined", what_worked="", at=ada.now, by=ada)
    page = browser_of(ada).get(url("case", case.pk)).content.decode()
    assert "Open this case again" in page
    assert "Close this case" not in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"Mine", "Waiting", "Late"}), ("?which=mine", {"Mine", "Late"}), ("?which=nobodys", {"Waiting"}),
        ("?which=breaching", {"Late"}), ("?code=B", {"Late"}), ("?unit=not-a-unit", {"Mine", "Waiting", "Late"}),
        ("?which=\x00&page=-1", {"Mine", "Waiting", "Late"}), ("?page=99", set()),
    ],
)  # fmt: skip
def test_the_board_is_narrowed_by_what_is_asked(ada, query, shown):
    a_case(by=ada, at=ada.now, known_as="Mine")
    a_queued_case(by=ada, at=ada.now, known_as="Waiting")
    a_triaged_case(by=ada, at=ada.now - timedelta(hours=5), known_as="Late")
    page = browser_of(ada).get(url("now") + query).content.decode()
    assert set(re.findall(r"Mine(?=</a> <span)|Waiting(?=</a> <span)|Late(?=</a> <span)", page)) == shown


def test_how_many_are_wanted_stands_in_the_statement_so_that_it_is_planned_once(ada):
    """Told the number each time, PostgreSQL believes that it may be a tenth of all, and plans anew for each page."""
    asked = []

    def listen(execute, sql, *told):
        asked.append(sql)
        return execute(sql, *told)

    with connection.execute_wrapper(listen):
        board.board(ada, board.Asked())
    assert re.findall(r"LIMIT .*", asked[0])[:2] == [f"LIMIT {board.PER_PAGE}", f"LIMIT {board.PER_PAGE + 1}"]


def test_what_the_board_shows_is_written_down_by_the_statement_that_reads_it(ada, monkeypatch):
    """In its order, as one row, and no row of the next page; a colleague who sees nothing leaves a look."""
    monkeypatch.setattr(board, "PER_PAGE", 2)
    late = [a_triaged_case(by=ada, at=ada.now - timedelta(hours=9 - one), code="A").pk for one in range(3)]
    roof = a_triaged_case(by=ada, at=ada.now, dangers={"self": ("now", "")}).pk
    asked = []

    def listen(execute, sql, *told):
        asked.append(sql)
        return execute(sql, *told)

    with connection.execute_wrapper(listen):
        for query in ("", "?page=2", "?which=mine&code=A"):
            browser_of(ada).get(url("now") + query)
        as_seen_by(ada)
        rows = [(one.what, one.ids, one.asked) for one in Sighting.objects.order_by("pk")]
        browser_of(an_actor(now=ada.now)).get(url("now"))
    assert rows == [
        ("cases.case", [roof, *late[:2]], None),
        ("cases.case", late[2:], ["page"]),
        ("cases.case", late[:2], ["code", "which"]),
    ]
    assert [one.ids for one in Sighting.objects.all()] == [[]]
    assert [("cases_next" in one) for one in asked if "INTO trust_sighting" in one] == [True] * 4 + [False]


def test_counts_are_those_of_the_filters(ada):
    a_case(by=ada, at=ada.now)
    a_queued_case(by=ada, at=ada.now)
    a_triaged_case(by=ada, at=ada.now - timedelta(hours=5))
    client = browser_of(ada)
    page = client.get(url("now")).content.decode()
    filters = re.findall(r'href="(\?(?:which|unit|code)=[^"]+)"[^>]*>[^<]*<b>(\d+)', page)
    counted = {query.partition("=")[2]: int(many) for query, many in filters}
    assert counted == {
        "all": 3,
        "mine": 2,
        "nobodys": 1,
        "breaching": 1,
        str(ada.unit.pk): 1,
        "B": 1,
    } | dict.fromkeys("ACDEFG", 0)
    for query, many in filters:
        assert client.get(url("now") + query).content.count(b"data-open") == int(many), query


def test_counts_that_end_early_say_so(ada, monkeypatch):
    monkeypatch.setattr(board, "COUNTED_TO", 2)
    monkeypatch.setattr(board, "COUNTED_CLOSELY_TO", 1)
    for _ in range(3):
        a_triaged_case(by=ada, at=ada.now, code="C")
    page = browser_of(ada).get(url("now")).content.decode()
    assert "All open <b>2+</b>" in page
    assert re.search("Code C *</a>", page)


def test_a_search_shows_few_first_and_more_when_asked(ada):
    for _ in range(FIRST + 2):
        a_case(by=ada, at=ada.now, known_as="Mara Nguyen")
    client = browser_of(ada)
    few = client.post(url("search"), {"q": "Mara Nguyen"}).content
    more = client.post(url("search"), {"q": "Mara Nguyen", "more": "1"}).content
    assert (few.count(b"data-open"), b"Show more" in few, b"there may be others" in few) == (
        FIRST,
        True,
        True,
    )
    assert (more.count(b"data-open"), b"Show more" in more, b"there may be others" in more) == (
        FIRST + 2,
        False,
        False,
    )


def test_an_empty_board_helps(ada):
    assert b"Take someone in" in browser_of(ada).get(url("now")).content


def test_another_agency_sees_nothing_of_ours(ada):
    case = a_full_case(ada)
    stranger = browser_of(an_actor(agency=an_agency(), now=ada.now))
    board_of_theirs = stranger.get(url("now")).content
    assert case.number.encode() not in board_of_theirs
    assert set(re.findall(rb"<b>(\d+)", board_of_theirs)) == {b"0"}
    for name, theirs in (("case", case.pk), ("person", case.person_id)):
        found, never = stranger.get(url(name, theirs)), stranger.get(url(name, uuid4()))
        assert (found.status_code, found.content) == (404, never.content)
    assert str(case.pk).encode() not in stranger.post(url("search"), {"q": case.number}).content


def test_what_was_shown_is_written_down(ada):
    case = a_case(by=ada, at=ada.now)
    client = browser_of(ada)
    client.get(url("now"))
    client.get(url("case", case.pk))
    as_seen_by(ada)
    assert set(Sighting.objects.filter(ids__contains=[case.pk]).values_list("page", flat=True)) == {
        "desk:now", "desk:case",
    }  # fmt: skip


def test_search_finds_people_and_cases(ada):
    case = a_case(by=ada, at=ada.now, known_as="Philomena Quist")
    client = browser_of(ada)
    for asked in ("philomena", "Filomena Kwist", case.number, case.number.replace("-", "").lower()):
        page, statements = asked_for(client, url("search"), {"q": asked})
        assert case.number in page.content.decode(), asked
        assert statements <= 8
    assert b"Nobody found" in client.post(url("search"), {"q": "Zebedee"}).content


def test_what_a_search_came_to_is_written_down_also_when_it_came_to_nothing(ada):
    """Who tries one name after another leaves a row for each, without the name."""
    case = a_case(by=ada, at=ada.now, known_as="Philomena Quist")
    client = browser_of(ada)
    for asked in ("philomena", "Zebedee", "555 010 4477", case.number):
        client.post(url("search"), {"q": asked})
    client.post(reverse("cases:matches"), {"known_as": "Zebedee", "phone": "", "birth_date": ""})
    as_seen_by(ada)
    rows = [(one.page, one.what, one.ids) for one in Sighting.objects.order_by("pk")]
    nothing = ("desk:search", "people.person", [])
    assert rows == [
        ("desk:search", "people.person", [case.person_id]), ("desk:search", "cases.case", [case.pk]),
        nothing, nothing, nothing, ("desk:search", "cases.case", [case.pk]), ("cases:matches", "people.person", []),
    ]  # fmt: skip


def test_the_person_page_tells_earlier_episodes_and_what_worked(ada):
    case = a_case(by=ada, at=ada.now)
    close_case(case, outcome="declined", what_worked="Walking by the river.", at=ada.now, by=ada)
    page = browser_of(ada).get(url("person", case.person_id)).content.decode()
    assert "Walking by the river." in page
    assert case.number in page
    reopen_case(case, because="She called again.", at=ada.now, by=as_seen_by(ada))
    assert "Walking by the river." in browser_of(ada).get(url("person", case.person_id)).content.decode()


def test_dangers_are_said_in_words(ada):
    a_triaged_case(by=ada, at=ada.now, dangers={"others": ("now", "Has a knife.")})
    page = browser_of(ada).get(url("now")).content.decode()
    assert re.search(r">(to )?others now<", page)


def test_a_list_of_corrections_that_is_cut_says_so(ada):
    person = a_case(by=ada, at=ada.now, known_as="Skip 0").person
    for turn in range(1, MOST_CORRECTIONS + 2):
        changes = {"known_as": f"Skip {turn}"}
        person = correct(person, version=person.version, changes=changes, at=ada.now, by=ada)
        told = (
            browser_of(ada).get(url("person", person.pk)).content.decode() if turn >= MOST_CORRECTIONS else ""
        )
        assert ("newest are shown" in told) is (turn > MOST_CORRECTIONS)
    assert told.count("Before: Skip") == MOST_CORRECTIONS
