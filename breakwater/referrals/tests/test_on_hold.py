"""Help that waits for a while: who says so and why, which clock runs, and an order that no statement breaks."""

from datetime import timedelta
from itertools import product

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from breakwater.cases.testing import a_case
from breakwater.clocks.models import Clock
from breakwater.kernel.db import one_row
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.kernel.keys import new_key
from breakwater.referrals.actions.letters import Word
from breakwater.referrals.actions.loop import accept, decline, miss_need, put_on_hold, start_help
from breakwater.referrals.models import Referral, ReferralStage, Stage
from breakwater.referrals.rules import NEXT_IN_LOOP
from breakwater.referrals.testing import a_referral, news_reaches
from breakwater.trust.models import Entry
from breakwater.trust.testing import NOON, an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
FULL = Word(words="The one nurse is away until Monday.")


def clocks(referral):
    found = Clock.objects.of(referral.pk).order_by("started_at", "pk")
    return [(clock.kind.removeprefix("referral_"), str(clock.ended_how) or "runs") for clock in found]


def test_help_waits_goes_on_and_waits_again_and_both_ends_read_why():
    bo = an_actor(agency=an_agency(), name="Bo Lund")
    ada = an_actor()
    case = a_case(by=ada)
    referral = a_referral(case, by=ada, to_agency=bo.agency)
    as_seen_by(bo)
    with pytest.raises(Overtaken, match="has not acknowledged"):
        put_on_hold(referral, word=FULL, at=LATER, by=bo)
    accept(referral, at=LATER, by=bo)
    with pytest.raises(Refused, match="Say why it waits"):
        put_on_hold(referral, word=Word(words="  "), at=LATER, by=bo)
    for hour in (2, 4):
        put_on_hold(referral, word=FULL, at=NOON + timedelta(hours=hour), by=bo)
        with pytest.raises(Overtaken, match="has put this on hold"):
            put_on_hold(referral, word=FULL, at=NOON + timedelta(hours=hour), by=bo)
        start_help(referral, at=NOON + timedelta(hours=hour + 1), by=bo)
    news_reaches(ada.agency, at=NOON + timedelta(hours=6), times=2)
    as_seen_by(ada)
    assert clocks(referral) == [
        ("acknowledgement", "met"), ("start", "excused"), ("on_hold", "met"), ("need_met", "excused"),
        ("on_hold", "met"), ("need_met", "runs"),
    ]  # fmt: skip
    told = Entry.objects.of_episode(case.pk).filter(verb="referrals.referral_on_hold")
    assert told.count() == 2
    page = browser_of(ada).get(f"/referrals/letters/{referral.pk}/").content.decode()
    assert page.count("The one nurse is away until Monday.") == 2
    again = Referral.objects.get(pk=referral.pk)
    assert (again.stage, again.closed_at, again.due_at is not None) == ("started", None, True)


def test_what_is_on_hold_is_due_and_comes_to_nothing_without_a_promise_kept():
    ada = an_actor()
    referral = a_referral(a_case(by=ada), by=ada)
    there = Word(source="Bo, by phone")
    accept(referral, word=there, at=NOON, by=ada)
    with pytest.raises(Refused, match="who there told you"):
        put_on_hold(referral, word=FULL, at=NOON, by=ada)
    put_on_hold(referral, word=Word(source="Bo, by phone", words="Flood."), at=LATER, by=ada)
    referral = Referral.objects.get(pk=referral.pk)
    assert referral.due_at == Clock.objects.running().of(referral.pk).get(kind="referral_on_hold").due_at
    with pytest.raises(Refused, match="other reason in a few words"):
        miss_need(referral, word=Word(source="Bo", reason="other"), at=LATER, by=ada)
    miss_need(referral, word=Word(source="Bo", reason="no_capacity"), at=LATER, by=ada)
    assert clocks(referral)[-1] == ("on_hold", "excused")


def test_another_reason_is_told_in_words():
    ada = an_actor()
    referral = a_referral(a_case(by=ada), by=ada)
    with pytest.raises(Refused, match="other reason in a few words"):
        decline(referral, word=Word(source="Bo", reason="other"), at=NOON, by=ada)


def test_a_receiver_puts_it_on_hold_on_its_own_page():
    ada = an_actor()
    bo = an_actor(agency=an_agency(), name="Bo Lund")
    as_seen_by(ada)
    referral = a_referral(a_case(by=ada), by=ada, to_agency=bo.agency)
    as_seen_by(bo)
    accept(referral, at=LATER, by=bo)
    where = reverse("referrals:on_hold", args=[referral.pk])
    client = browser_of(bo)
    key = {"idempotency_key": str(new_key(bo.user.pk))}
    assert client.post(where, {"words": "", **key}).status_code == 422
    key = {"idempotency_key": str(new_key(bo.user.pk))}
    assert client.post(where, {"words": "Until Monday.", **key}).status_code == 303
    assert "Help goes on" in client.get("/referrals/").content.decode()


def test_postgresql_knows_the_same_order():
    for stage, code in product(ReferralStage.values, repeat=2):
        row = one_row("SELECT referrals_may_follow(%s, %s)", (stage, code))
        assert row == (code in NEXT_IN_LOOP.get(stage, ()),), (stage, code)


def test_no_statement_by_hand_goes_back_or_over_what_was_not_told():
    ada = an_actor()
    referral = a_referral(a_case(by=ada), by=ada)
    told = {
        "referral": referral, "from_agency": ada.agency, "by": ada.user, "by_agency": ada.agency, "at": LATER,
        "told_by": "receiver", "words": "So.",
    }  # fmt: skip
    for code in ("on_hold", "started"):
        with pytest.raises(IntegrityError, match="a stage is told in its order"), transaction.atomic():
            Stage.objects.create(code=code, **told)
    accept(referral, word=Word(source="Bo"), at=LATER, by=ada)
    start_help(referral, word=Word(source="Bo"), at=LATER, by=ada)
    for code in ("sent", "accepted", "acknowledged"):
        with pytest.raises(IntegrityError, match="skipped back"), transaction.atomic():
            Referral.objects.filter(pk=referral.pk).update(stage=code)
    with pytest.raises(IntegrityError, match="a stage is told in its order"), transaction.atomic():
        Stage.objects.create(code="started", **told)
