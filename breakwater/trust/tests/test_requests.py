"""What a person asks about their own record: received, checked, extended once, answered in time, looked at again."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.trust.actions.circles import open_circle
from breakwater.trust.actions.requests import (
    Answer,
    answer_request,
    appeal_refusal,
    check_asker,
    extend_request,
    review_refusal,
)
from breakwater.trust.capabilities import Role
from breakwater.trust.library import LAWS
from breakwater.trust.models import Entry, RecordRequest
from breakwater.trust.rules.law import Unlawful
from breakwater.trust.rules.requests import is_free, last_day
from breakwater.trust.testing import NOON, a_request, an_actor, as_seen_by

RIGHTS = LAWS["us"].requests


@pytest.fixture
def ines():
    return an_actor(Role.PRIVACY_OFFICER, name="Ines Roy")


@pytest.fixture
def circle(ines):
    return open_circle(at=NOON - timedelta(days=90), by=as_seen_by(an_actor(agency=ines.agency)))


@pytest.fixture
def asked(circle, ines):
    return a_request(circle, by=as_seen_by(ines))


def checked(asked, by, **facts):
    check_asker(asked, **({"how": "papers", "words": ""} | facts), at=NOON, by=by)
    asked.refresh_from_db()
    return asked


@pytest.mark.django_db
def test_who_is_checked_again_was_checked_before_as_well(asked, ines):
    checked(asked, ines, how="papers")
    assert checked(asked, ines, how="known").checked == "known"
    said = Entry.objects.filter(verb="trust.asker_checked", about=asked.pk).order_by("pk")
    assert [(one.facts["how"], one.by) for one in said] == [("papers", ines.user), ("known", ines.user)]


def refused(asked, by, ground="endangers"):
    answer = Answer(
        outcome="refused", ground=ground, words="It could hurt somebody. You may have it looked at again."
    )
    answer_request(asked, answer, at=NOON, by=by)
    asked.refresh_from_db()
    return asked


@pytest.mark.parametrize(
    ("kind", "first", "extended"), [("access", 30, 60), ("amendment", 60, 90), ("accounting", 60, 90)]
)
def test_the_law_gives_so_many_days(kind, first, extended):
    came = date(2026, 1, 15)
    assert last_day(came, RIGHTS[kind]) == came + timedelta(first)
    assert last_day(came, RIGHTS[kind], extended=1) == came + timedelta(extended)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.lists(st.integers(0, 800)))
def test_the_first_accounting_within_twelve_months_is_free_and_no_other(on, days_before):
    earlier = [on - timedelta(days) for days in days_before]
    free = is_free(on, RIGHTS["accounting"], earlier)
    assert free or any(days <= 366 for days in days_before)
    assert not free or all(days >= 365 for days in days_before)
    assert not is_free(on, RIGHTS["access"], [])


@pytest.mark.django_db
def test_the_last_day_is_over_at_midnight_where_the_agency_is(asked):
    assert asked.due_at == datetime(2026, 4, 10, 4, tzinfo=UTC)
    assert asked.last_day(asked.agency.zone) == date(2026, 4, 9)
    (entry,) = Entry.objects.filter(verb="trust.record_request_received")
    assert entry.facts["due_at"] == "2026-04-10T04:00:00+00:00"


@pytest.mark.django_db
def test_it_counts_from_the_day_on_which_it_reached_us(circle, ines):
    late = a_request(circle, by=as_seen_by(ines), received_at=NOON - timedelta(days=40))
    assert late.due_at < NOON
    with pytest.raises(Refused, match="This has not happened yet"):
        a_request(circle, by=ines, received_at=NOON + timedelta(hours=1))


@pytest.mark.django_db
def test_who_asks_for_somebody_has_a_name_and_papers(circle, ines):
    as_seen_by(ines)
    with pytest.raises(Refused, match="Write the name of whoever asks for the person"):
        a_request(circle, by=ines, asker="guardian")
    asked = a_request(circle, by=ines, asker="guardian", asker_name="Ana Vega")
    with pytest.raises(Refused, match="look at what gives them the right to"):
        checked(asked, ines)
    with pytest.raises(Refused, match="Write which papers give them the right to"):
        checked(asked, ines, how="authority", words=" ")
    assert checked(asked, ines, how="authority", words="Order of the court").checked == "authority"


@pytest.mark.django_db
def test_nothing_is_told_to_somebody_whom_nobody_checked(asked, ines):
    with pytest.raises(Unlawful) as no:
        answer_request(asked, Answer(outcome="granted"), at=NOON, by=ines)
    assert no.value.code == "HIPAA-VER-01"
    with pytest.raises(DatabaseError), transaction.atomic():
        RecordRequest.objects.filter(pk=asked.pk).update(answered_at=NOON, outcome="granted")


@pytest.mark.django_db
def test_it_is_extended_once_in_writing_and_in_time(asked, ines):
    with pytest.raises(Refused, match="Write the reason, as the person reads it"):
        extend_request(asked, reason=" ", at=NOON, by=ines)
    with pytest.raises(Refused, match="it can no longer be extended"):
        extend_request(asked, reason="It is stored away.", at=asked.due_at, by=ines)
    extend_request(asked, reason="It is stored away.", at=asked.due_at - timedelta(seconds=1), by=ines)
    asked.refresh_from_db()
    assert asked.last_day(ines.zone) == date(2026, 5, 9)
    with pytest.raises(Refused, match="The law allows one extension"):
        extend_request(asked, reason="Still.", at=NOON, by=ines)


@pytest.mark.django_db
def test_a_refusal_has_a_ground_of_the_law_and_words(asked, ines):
    checked(asked, ines)
    for ground, words in (("", "No."), ("accurate", "No."), ("endangers", " ")):
        with pytest.raises(Unlawful) as no:
            answer_request(asked, Answer(outcome="refused", ground=ground, words=words), at=NOON, by=ines)
        assert no.value.code == "HIPAA-ACC-01"
    assert refused(asked, ines).ground == "endangers"
    with pytest.raises(Overtaken, match="This was answered already"):
        answer_request(asked, Answer(outcome="granted"), at=NOON, by=ines)


@pytest.mark.django_db
def test_a_fee_is_asked_for_the_second_accounting_only(circle, ines):
    as_seen_by(ines)
    first = checked(a_request(circle, by=ines, kind="accounting"), ines)
    with pytest.raises(Unlawful) as no:
        answer_request(first, Answer(outcome="granted", fee_cents=500), at=NOON, by=ines)
    assert no.value.code == "HIPAA-AOD-01"
    answer_request(first, Answer(outcome="granted"), at=NOON, by=ines)
    second = checked(a_request(circle, by=ines, kind="accounting"), ines)
    answer_request(second, Answer(outcome="granted", fee_cents=500), at=NOON, by=ines)
    second.refresh_from_db()
    assert second.fee_cents == 500


@pytest.mark.django_db
def test_somebody_else_looks_again(asked, ines):
    with pytest.raises(Refused, match="Nothing was refused here"):
        appeal_refusal(asked, words="I want it.", at=NOON, by=ines)
    refused(checked(asked, ines), ines)
    boss = an_actor(Role.SUPERVISOR, agency=ines.agency)
    with pytest.raises(Refused, match="There is nothing here to look at again"):
        review_refusal(asked, verdict="upheld", words="", at=NOON, by=boss)
    with pytest.raises(Refused, match="Write down what the person says"):
        appeal_refusal(asked, words=" ", at=NOON, by=ines)
    appeal_refusal(asked, words="I want it.", at=NOON, by=ines)
    with pytest.raises(Overtaken, match="Somebody wrote this down a moment ago"):
        appeal_refusal(asked, words="I want it!", at=NOON, by=ines)
    as_seen_by(ines)
    with pytest.raises(Unlawful) as no:
        review_refusal(asked, verdict="upheld", words="", at=NOON, by=ines)
    assert no.value.code == "HIPAA-ACC-02"
    review_refusal(asked, verdict="overturned", words="A part is safe.", at=NOON, by=as_seen_by(boss))
    with pytest.raises(Overtaken, match="Somebody looked again a moment ago"):
        review_refusal(asked, verdict="upheld", words="", at=NOON, by=boss)


@pytest.mark.django_db
def test_not_every_ground_is_looked_at_again(asked, ines):
    refused(checked(asked, ines), ines, ground="excluded")
    appeal_refusal(asked, words="I want it.", at=NOON, by=ines)
    with pytest.raises(Refused, match="There is nothing here to look at again"):
        review_refusal(
            asked, verdict="upheld", words="", at=NOON, by=an_actor(Role.SUPERVISOR, agency=ines.agency)
        )


@pytest.mark.django_db
def test_what_was_said_stays_as_it_was_said(asked, ines):
    refused(checked(asked, ines), ines)
    for change in (
        {"words": "Nothing."},
        {"outcome": "granted"},
        {"received_at": NOON},
        {"checked": "known"},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            RecordRequest.objects.filter(pk=asked.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        asked.delete()


@pytest.mark.django_db
def test_a_worker_writes_it_down_and_does_not_answer(circle, ines):
    ada = as_seen_by(an_actor(agency=ines.agency))
    asked = checked(a_request(circle, by=ada), ada)
    for act in (
        lambda: answer_request(asked, Answer(outcome="granted"), at=NOON, by=ada),
        lambda: extend_request(asked, reason="Busy.", at=NOON, by=ada),
    ):
        with pytest.raises(NotPermitted, match="does not allow this"):
            act()


@pytest.mark.django_db
def test_another_agency_that_stands_there_does_not_read_what_ours_was_asked(asked, circle, ines):
    from breakwater.trust.testing import a_guest

    partner = an_actor(Role.PRIVACY_OFFICER)
    a_guest(circle, agency=partner.agency, until=None, at=NOON - timedelta(hours=1), by=as_seen_by(ines))
    as_seen_by(partner)
    assert partner.stands_in(circle.pk)
    assert not RecordRequest.objects.visible_to(partner).exists()
    assert not RecordRequest.objects.exists()
