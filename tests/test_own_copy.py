"""SP-03, SP-06, SP-10, SP-24: whoever holds an open copy is no agency's. By raw SQL they read one circle, in the chosen
parts, nothing confidential besides; they write nothing; and no answer of their page says what it is."""

import re
from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from breakwater.cases.models import Case
from breakwater.kernel.db import run_sql
from breakwater.kernel.keys import new_key
from breakwater.people.actions.reach import add_contact_point, add_supporter
from breakwater.people.models import ContactPoint
from breakwater.portal.holding import mark_of
from breakwater.portal.library import LASTING, SPEECH
from breakwater.portal.models import OwnCopy
from breakwater.portal.rules import PARTS
from breakwater.portal.testing import an_own_copy, held_open
from breakwater.portal.tests.opening import NOTES, open_with
from breakwater.trust.access import system_for
from breakwater.trust.actions.consents import raise_segments
from breakwater.trust.testing import as_seen_by
from conftest import never_kept
from tests.architecture.test_every_table_has_a_circle import READ_ON_A_COPY, WALLED
from tests.architecture.world import somebody_known
from tests.matrix.hearing import readings

pytestmark = pytest.mark.django_db

SHOWS = {
    "plan": {"plans_safetyplan"},
    "steps": {"plans_step", "referrals_referral"},
    "times": {"cases_followup", "plans_safetyplan"},
    "people": {"people_supporter"},
    "holds": {"people_supporter", "trust_consent", "trust_grant", "trust_glass", "trust_decision"},
    "reach": {"people_contactpoint"},
}
"""Which tables each part of a copy reads: the rest of what lies behind walls is not there."""


def rows(table):
    """What raw SQL finds in a table, with the circle of each row where the table knows it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_attribute WHERE attrelid = %s::regclass AND attname = 'circle_id'", (table,)
        )
        has_circle = cursor.fetchone() is not None
        cursor.execute(f"SELECT {'circle_id' if has_circle else 'NULL'} FROM {table}")
        return [circle for (circle,) in cursor.fetchall()]


def a_case_of(ours, ids):
    """The case of the lived-in corner, with somebody who must not know and a place that is hidden."""
    case = Case.objects.select_related("circle", "person").get(pk=ids["case_id"])
    told = {"at": ours.now, "by": ours}
    add_supporter(case.person, name="Rob", relation="x", reach="", may_know="", must_not_know=True, **told)
    add_contact_point(case.person, kind="address", value="12 Hidden Lane", safety="safe", how="", **told)
    secret = add_contact_point(case.person, kind="phone", value="(555) 010-9", safety="safe", how="", **told)
    raise_segments(secret, ["location-confidential"], **told)
    return case


@pytest.fixture(scope="module")
def made(within_the_module):
    """Two people at two agencies, each with everything; and a third, whom whoever holds a copy has no part in."""
    _, others = somebody_known("Somebody Else")
    stranger, _ = somebody_known("A Third One")
    ours, ids = somebody_known()
    return SimpleNamespace(ours=ours, case=a_case_of(ours, ids), stranger=stranger, others=others)


@pytest.fixture
def two(made):
    """Who works on the one, and the case: as it was made, for each test."""
    with never_kept():
        as_seen_by(made.ours)
        yield made.ours, made.case


def test_an_open_copy_reads_one_circle_in_the_chosen_parts_whatever_is_asked(two):
    ours, case = two
    for parts in (*((one,) for one in PARTS), PARTS):
        _, code = an_own_copy(case, by=as_seen_by(ours), parts=parts)
        with held_open(code):
            found = {table: rows(table) for table in sorted(WALLED)}
        read = {table for table, circles in found.items() if circles}
        assert read - {"portal_ownact"} == set().union(*(SHOWS[one] for one in parts))
        assert read <= READ_ON_A_COPY
        assert {circle for circles in found.values() for circle in circles} <= {case.circle_id}


def test_of_a_part_only_what_endangers_nobody_is_there(two):
    ours, case = two
    _, code = an_own_copy(case, by=ours, parts=("people", "reach", "holds"))
    with held_open(code) as holder:
        values = {one.value for one in ContactPoint.objects.all()}
        assert "(555) 010-2020" in values
        assert values & {"12 Hidden Lane", "(555) 010-9"} == set()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT count(*) FROM trust_decision WHERE 'threat' = ANY (information)),"
                " (SELECT count(*) FROM trust_grant WHERE basis = 'threat')"
            )
            assert cursor.fetchone() == (0, 0)
        assert holder.reads("plan", ContactPoint).count() == 0


def written(order, row):
    """How many rows a statement changes; none when it is refused."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(order, row)
            return cursor.rowcount
    except DatabaseError:
        return 0


def test_an_open_copy_writes_nothing(two):
    ours, case = two
    _, code = an_own_copy(case, by=ours)
    orders = ("UPDATE {} SET id = id WHERE id::text = %s", "DELETE FROM {} WHERE id::text = %s")
    with held_open(code):
        for table in sorted(READ_ON_A_COPY):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT id::text FROM {table} LIMIT 1")
                row = cursor.fetchone() or ("",)
            assert [written(order.format(table), row) for order in orders] == [0, 0], table
        with pytest.raises(DatabaseError), transaction.atomic():
            run_sql(_AN_ACT_OF_THEIR_OWN)


_AN_ACT_OF_THEIR_OWN = """
    INSERT INTO portal_ownact (id, circle_id, case_id, copy_id, key, kind, words, at, answer)
    SELECT gen_random_uuid(), circle_id, case_id, id, gen_random_uuid(), 'call', '', now(), '' FROM portal_holder()
"""


def test_a_copy_never_adds_to_what_somebody_sees_who_is_signed_in(two, made):
    ours, case = two
    _, code = an_own_copy(case, by=ours)
    client, _ = open_with(code)
    stranger = made.stranger
    key = client.cookies[settings.NOTES_COOKIE].value
    both = Client()
    both.force_login(stranger.user)
    both.cookies[settings.NOTES_COOKIE] = key
    assert SPEECH["en"].parts["plan"] in both.get(NOTES).content.decode()
    assert both.get(reverse("desk:case", args=[case.pk])).status_code == 404
    as_seen_by(system_for(stranger.agency, now=stranger.now))
    before = sum(len(rows(table)) for table in sorted(READ_ON_A_COPY))
    run_sql("SELECT set_config('breakwater.copy', %s, true)", (mark_of(key),))
    assert sum(len(rows(table)) for table in sorted(READ_ON_A_COPY)) == before


def test_a_button_pressed_with_what_is_not_on_the_copy_tells_nothing(two, made):
    """Another's id, and one that never was: the same bytes."""
    ours, case = two
    ids = made.others
    copy, code = an_own_copy(case, by=ours)
    client, _ = open_with(code)
    typed = {"idempotency_key": str(new_key(copy.pk)), "safety": "unsafe"}
    for name, kind in (
        ("need_met", "referral_id"),
        ("way", "contact_point_id"),
        ("taking_back", "consent_id"),
    ):
        answers = [client.post(reverse(f"portal:{name}", args=[one]), typed) for one in (ids[kind], uuid4())]
        assert {answer.status_code for answer in answers} == {422}
        plain = [re.sub(rb'(value|data-seconds)="[^"]*"', b"", answer.content) for answer in answers]
        assert plain[0] == plain[1]
    as_seen_by(ours)
    assert not OwnCopy.objects.get(pk=copy.pk).acts.exists()


WRONG = {
    "nothing there": lambda client: client.get("/notes/nowhere/"),
    "another verb": lambda client: client.put(NOTES),
    "a wrong verb": lambda client: client.get("/notes/out/"),
    "from another site": lambda client: client.post(NOTES, headers={"Sec-Fetch-Site": "cross-site"}),
    "forged": lambda client: client.post(NOTES, {"one_time_code": "x"}),
    "too much": lambda client: client.post(NOTES, {"one_time_code": "x" * 3_000_000}),
    "not an id": lambda client: client.post("/notes/ways/12/"),
    "a code that is none": lambda client: Client().post(NOTES, {"one_time_code": "00000-00000"}),
    "nothing typed": lambda client: Client().post(NOTES, {}),
    "no copy": lambda client: Client().get(NOTES),
    "damaged": lambda client: Client().post(
        NOTES, b"one_time_code=%ff", content_type="application/x-www-form-urlencoded"
    ),
}
OURS = ("breakwater", "crisis", "shelter", "agency", "violence", "safety plan", "board")


@pytest.mark.parametrize("way", WRONG)
def test_whatever_goes_wrong_there_nothing_says_what_it_is(way):
    answer = WRONG[way](Client(enforce_csrf_checks=True, raise_request_exception=False))
    page = re.sub(r'"[^"]*/static/[^"]*"|value="[^"]*"', "", answer.content.decode()).casefold()
    assert answer.status_code in (200, 400, 403, 404, 405, 413, 422)
    assert "<title>notes</title>" in page
    assert [word for word in OURS if word in page] == []
    assert answer["Cache-Control"] == "no-store"
    assert (
        "form-action 'self' https://www.bbc.co.uk https://www.weather.gov"
        in answer["Content-Security-Policy"]
    )


def test_a_break_there_says_nothing_either(two, monkeypatch):
    ours, case = two
    _, code = an_own_copy(case, by=ours)
    client, _ = open_with(code)
    client.raise_request_exception = False
    monkeypatch.setattr("breakwater.portal.views.own.shown_to", lambda *_, **__: 1 / 0)
    answer = client.get(NOTES)
    assert (answer.status_code, "Marisol" in answer.content.decode()) == (500, False)
    assert [word for word in OURS if word in re.sub(r'"[^"]*"', "", answer.content.decode()).casefold()] == []


def test_a_name_is_heard_nowhere_but_in_the_words_of_the_copy(two):
    """SP-24: headers, title, addresses and the icon of every answer on the way."""
    ours, case = two
    _, code = an_own_copy(case, by=ours)
    client, opened = open_with(code)
    page = client.get(NOTES)
    left = client.post(reverse("portal:out"))
    marks = ("Marisol", "Vega", str(case.pk), case.number, ours.agency.name)
    for answer in (opened, page, left):
        told = "\n".join(f"{name}: {value}" for name, value in answer.items()) + answer.cookies.output()
        addresses = re.findall(r'(?:href|src)="([^"]*)"', answer.content.decode())
        assert [one for one in marks if one.encode() in b"\n".join(readings(told.encode()))] == []
        assert all(one.startswith(("/static/portal/", "/static/ui/site/", "tel:")) for one in addresses)
    assert left["Location"] == LASTING.exit(ours.agency.profile)
    assert datetime.now(UTC) > ours.now
