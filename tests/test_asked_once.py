"""The functions that ask what board and case page show: they tell what the tables tell, to whom they tell it."""

from datetime import datetime, timedelta

import psycopg
import pytest
from django.utils import timezone

from breakwater.assessments.rules.definition import TIERS
from breakwater.assessments.testing import a_completed_assessment
from breakwater.cases.models import Case
from breakwater.cases.testing import a_note, a_triaged_case
from breakwater.clocks.models import Clock
from breakwater.desk.panels import OF_CASE
from breakwater.desk.rows import IN_THE_TABLES, OF_CASES, OF_THE_FUNCTION
from breakwater.kernel.db import all_rows, run_sql
from breakwater.people.actions.reach import add_supporter
from breakwater.plans.testing import a_need, a_step
from breakwater.referrals.testing import a_referral
from breakwater.server.declared import copied, copy_declared
from breakwater.trust.actions.circles import open_circle
from breakwater.trust.actions.consents import raise_segments
from breakwater.trust.models import Circle, Grant, Suspension
from breakwater.trust.testing import an_actor, an_agency, as_seen_by
from conftest import owner_of
from tests.architecture.world import somebody_known
from tests.asked_once import KEPT, WALLS, function_of, function_of_many, written

pytestmark = pytest.mark.django_db
OF_THE_TABLES = OF_CASE.of_the_tables()
BY_THE_TABLES = f"({OF_CASES.format(wanted=IN_THE_TABLES, known='')})"


@pytest.fixture(scope="module")
def known(within_the_module):
    """Somebody with everything on their case, and what the case page is told about whom."""
    ada, ids = somebody_known()
    return ada, {"case": ids["case_id"], "person": ids["person_id"]}


def told(questions, asked):
    """How many rows of each kind somebody is told of, and all that stands in them, in the order that was asked for."""
    rows = {
        name: [{key: value for key, value in vars(one).items() if key != "_state"} for one in some]
        for name, some in questions.ask(**asked).items()
    }
    return {
        name: some if in_order(name, **asked) else sorted(some, key=lambda one: str(one["id"]))
        for name, some in rows.items()
    }


def in_order(name, **asked):
    return OF_CASE.question(name, **asked).ordered


def on_the_board(*cases, by=OF_THE_FUNCTION):
    """What the board is told of each case, by its id."""
    ((answer,),) = all_rows(f"SELECT {by.format(cases='%s::uuid[]')}", ([*cases],))
    return answer or {}


def counted(asked):
    """Of how many rows somebody is told, when the functions tell them just what the tables do."""
    of_the_function = told(OF_CASE, asked)
    assert of_the_function == told(OF_THE_TABLES, asked)
    assert on_the_board(asked["case"]) == on_the_board(asked["case"], by=BY_THE_TABLES)
    return sum(len(some) for some in of_the_function.values())


@pytest.fixture(scope="module")
def plain(known):
    """Somebody whose records no stricter law protects, so that another agency can be let in."""
    ada = as_seen_by(known[0])
    case = a_triaged_case(by=ada, at=ada.now, dangers={"self": ("likely", "Said so twice.")})
    a_need(case, by=ada, at=ada.now)
    a_step(case, by=ada, at=ada.now)
    a_note(case, by=ada, at=ada.now, kind="call", reached=True, happened_at=ada.now - timedelta(hours=1))
    a_completed_assessment(case, by=ada)
    a_referral(case, by=ada, at=ada.now, to_agency=an_agency())
    as_seen_by(ada)
    add_supporter(
        case.person, name="Bo", relation="brother", reach="", may_know="Everything.", must_not_know=False,
        at=ada.now, by=ada,
    )  # fmt: skip
    return ada, {"case": case.pk, "person": case.person_id}


def let_in(plain, information, **facts):
    """Somebody of another agency, who stands in the circle by a grant."""
    ada, asked = plain
    as_seen_by(ada)
    now = timezone.now()
    theirs = an_agency()
    Grant.objects.create(
        circle=Circle.objects.get(person__pk=asked["person"]), agency=theirs, information=information,
        **{"basis": "care", "starts_at": now - timedelta(hours=1)} | facts,
    )  # fmt: skip
    return an_actor(agency=theirs, now=now)


def test_who_stands_there_is_told_what_the_tables_tell(known):
    ada, asked = known
    as_seen_by(ada)
    answers = told(OF_CASE, asked)
    assert counted(asked) > 40
    assert {name for name, some in answers.items() if not some} <= {
        "attempts",
        "closures",
        "overrides",
        "results",
    }


def test_each_kind_of_information_opens_as_much_as_in_the_tables(plain):
    seen = {}
    for kind in ("care", "needs", "who"):
        let_in(plain, [kind])
        seen[kind] = counted(plain[1])
    let_in(plain, list(seen))
    assert counted(plain[1]) == sum(seen.values())
    assert min(seen.values()) > 0


LAST_CONTACT, STEP = 17, 15


def test_a_row_of_the_board_is_there_for_those_who_know_who_they_are_and_its_parts_as_they_stand_open(plain):
    case = plain[1]["case"]
    seen = {}
    for kinds in (["care"], ["who", "needs"], ["care", "who"], ["care", "who", "needs"]):
        let_in(plain, kinds)
        counted(plain[1])
        seen[" ".join(kinds)] = [row[STEP] for row in on_the_board(case).values()]
    assert seen.pop("care who needs")[0]
    assert seen == {"care": [], "who needs": [], "care who": [None]}


def test_when_they_were_reached_is_told_by_notes_whose_segments_stand_open(plain):
    ada, asked = plain
    as_seen_by(ada)
    case = Case.objects.get(pk=asked["case"])
    note = a_note(case, by=ada, at=ada.now, kind="call", reached=True)
    raise_segments(note, ["part2"], at=ada.now, by=ada)
    both = [on_the_board(asked["case"])[str(asked["case"])][LAST_CONTACT]]
    assert counted(asked) > 0
    let_in(plain, ["care", "who"])
    counted(asked)
    both += [on_the_board(asked["case"])[str(asked["case"])][LAST_CONTACT]]
    assert [datetime.fromisoformat(one) for one in both] == [ada.now, ada.now - timedelta(hours=1)]


def test_the_worst_tier_comes_first_by_the_order_of_the_tiers():
    written_out = ", ".join(f"'{tier}'" for tier in TIERS)
    assert f"array_position(ARRAY[{written_out}], last.tier::text) DESC" in OF_CASES


def test_of_many_cases_the_board_is_told_of_those_that_are_theirs(known):
    ada, asked = known
    as_seen_by(ada)
    other = a_triaged_case(by=ada, at=ada.now)
    stranger = an_actor(agency=an_agency(), now=ada.now)
    theirs = a_triaged_case(by=stranger, at=ada.now)
    cases = [asked["case"], other.pk, theirs.pk]
    assert [*on_the_board(*cases)] == [str(theirs.pk)]
    as_seen_by(ada)
    assert {*on_the_board(*cases)} == {str(asked["case"]), str(other.pk)}
    assert on_the_board(*cases) == on_the_board(*cases, by=BY_THE_TABLES)


def test_a_standing_that_ended_or_has_not_begun_or_is_a_colleagues_shows_nothing(plain):
    now, hour = timezone.now(), timedelta(hours=1)
    for facts in (
        {"ends_at": now - hour / 2},
        {"starts_at": now + hour},
        {"basis": "emergency", "only_for": plain[0].user, "ends_at": now + hour},
    ):
        let_in(plain, ["care", "needs", "who"], **facts)
        assert counted(plain[1]) == 0, facts


def test_whoever_acts_next_on_the_same_connection_is_asked_about_anew(known):
    ada, asked = known
    stranger = an_actor(agency=an_agency())
    for _ in range(7):
        as_seen_by(ada)
        assert counted(asked) > 40
        as_seen_by(stranger)
        assert counted(asked) == 0
    run_sql("SELECT set_config('breakwater.agency', '', true), set_config('breakwater.user', '', true)")
    assert counted(asked) == 0


def test_an_agency_that_is_stopped_in_the_middle_is_told_nothing_more(known):
    ada, asked = known
    as_seen_by(ada)
    assert counted(asked) > 40
    Suspension.objects.create(agency=ada.agency, reason="A break-in.", starts_at=timezone.now())
    assert counted(asked) == 0


def test_a_clock_that_somebody_put_into_a_case_from_their_own_circle_is_not_told(known):
    ada, asked = known
    as_seen_by(ada)
    as_it_was = told(OF_CASE, asked)["clocks"], on_the_board(asked["case"])
    stranger = an_actor(agency=an_agency(), now=ada.now)
    Clock.objects.create(
        circle=open_circle(at=ada.now, by=stranger), agency=stranger.agency, kind="duty_queue", profile="us-2026-1",
        about=asked["case"], episode=asked["case"], started_at=ada.now, due_soon_at=ada.now,
        due_at=ada.now + timedelta(seconds=1),
    )  # fmt: skip
    as_seen_by(ada)
    assert (told(OF_CASE, asked)["clocks"], on_the_board(asked["case"])) == as_it_was


def test_the_file_says_what_the_models_and_the_walls_say():
    assert written(all_rows(WALLS)) == KEPT.read_text(encoding="utf-8"), "python -m tests.asked_once"


def test_the_tables_are_up_to_date_only_while_it_is_there_as_the_file_has_it(own_database):
    with psycopg.connect(owner_of(own_database)) as owner:
        assert copied(owner)
        owner.execute("DROP FUNCTION desk_case(uuid, uuid)")
        assert not copied(owner)
        copy_declared(owner)
        assert copied(owner)
        owner.execute("DROP FUNCTION desk_board(uuid[])")
        assert not copied(owner)
        owner.rollback()


STANDS = (
    "(g.circle_id = cases_note.circle_id) AND (g.agency_id = ( SELECT trust_agency() AS trust_agency))"
    " AND (g.starts_at <= now()) AND ((g.ends_at IS NULL) OR (g.ends_at > now()))"
    " AND ((g.only_for_id IS NULL) OR (g.only_for_id = ( SELECT trust_user() AS trust_user)))"
)
BY_HAND = {
    "cases_gate": "(EXISTS ( SELECT 1 FROM trust_grant g WHERE true OFFSET 0))",
    "referrals_passenger": "(EXISTS ( SELECT 1 FROM referrals_ride r WHERE (r.id = referrals_passenger.ride_id)))",
    "referrals_ride": "(from_agency_id = ( SELECT trust_agency() AS trust_agency))",
    "trust_user": "",
    "cases_case": f"(EXISTS ( SELECT 1 FROM trust_grant g WHERE ({STANDS.replace('cases_note', 'cases_case')}"
    " AND ('care'::text = ANY ((g.information)::text[]))) OFFSET 0))",
    "cases_note": f"(EXISTS ( SELECT 1 FROM trust_grant g WHERE ({STANDS}"
    " AND ('care'::text = ANY ((g.information)::text[])) AND (cases_note.segments <@ g.segments)) OFFSET 0))",
}


def test_what_is_read_stands_within_its_wall():
    asked = '(SELECT json_agg(1) FROM "cases_gate" JOIN "trust_user" T4 ON (T4.id = by_id))'
    made = function_of("asks", {"gates": asked}, BY_HAND)
    assert (
        f'FROM (SELECT * FROM cases_gate WHERE {BY_HAND["cases_gate"]}) "cases_gate" JOIN "trust_user" T4 ON'
        in made
    )


def test_what_a_wall_reads_stands_within_its_own():
    made = function_of("asks", {"rides": '(SELECT json_agg(1) FROM "referrals_passenger" U0)'}, BY_HAND)
    ride = "(SELECT * FROM referrals_ride WHERE (from_agency_id = asking_agency)) r WHERE"
    assert f"FROM (SELECT * FROM referrals_passenger WHERE (EXISTS ( SELECT 1 FROM {ride}" in made


def test_what_carries_segments_is_asked_in_full_wherever_it_carries_any():
    made = function_of_many("asks", '(SELECT 1 FROM {wanted} JOIN "cases_note" n ON true)', BY_HAND)
    assert (
        "cases_note WHERE (cases_note.circle_id = c.in_care AND (cases_note.segments = '{}' OR (EXISTS"
        in made
    )


def test_what_many_cases_are_asked_stands_behind_the_wall_of_a_case_or_is_not_written():
    asked = '(SELECT 1 FROM {wanted} JOIN "cases_note" n ON true)'
    made = function_of_many("asks", asked, BY_HAND)
    assert "WHERE cases_case.circle_id = opens.in_care OFFSET 0) c" in made
    with pytest.raises(LookupError):
        function_of_many("asks", asked, BY_HAND | {"cases_case": BY_HAND["cases_gate"]})


@pytest.mark.parametrize(
    "asked", ['(SELECT 1 FROM "people_namebook")', '(SELECT people_like(1, 2) FROM "trust_user")']
)
def test_a_table_of_no_known_wall_and_a_function_nobody_vouched_for_are_turned_away(asked):
    with pytest.raises(LookupError):
        function_of("asks", {"all": asked}, BY_HAND)


OF_GATES = '(SELECT json_agg(1) FROM "cases_gate" WHERE "cases_gate"."case_id" = asked_case)'


def test_what_is_seldom_there_is_asked_where_there_is_any_and_that_is_asked_behind_its_wall():
    made = function_of("asks", {"gates": OF_GATES}, BY_HAND, {"cases_gate": ("gates",)})
    behind = f'FROM (SELECT * FROM cases_gate WHERE {BY_HAND["cases_gate"]}) "cases_gate" WHERE'
    there, rest = made.split("IF any_cases_gate THEN")
    assert f"EXISTS (SELECT 1 {behind} case_id = asked_case)" in there
    assert behind in rest
    assert "told_gates json := '[]';" in there


@pytest.mark.parametrize(
    "asked",
    [
        '(SELECT json_agg(1) FROM "trust_user")',
        '(SELECT json_agg(1) FROM "cases_gate")',
        '(SELECT json_agg(1) FROM "trust_user" LEFT OUTER JOIN "cases_gate" ON ("cases_gate"."case_id" = asked_case))',
    ],
)
def test_what_may_be_found_without_any_is_not_left_unasked(asked):
    with pytest.raises(LookupError):
        function_of("asks", {"gates": asked}, BY_HAND, {"cases_gate": ("gates",)})
