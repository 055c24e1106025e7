"""Two who act on the same letter hold it and its case in one order: neither is broken off by PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from breakwater.cases.testing import a_case
from breakwater.clocks.actions import Promise, start
from breakwater.kernel.errors import Overtaken
from breakwater.kernel.keys import new_key
from breakwater.portal.actions.linking import reply_to_site
from breakwater.portal.actions.own import Press, confirm_need_met
from breakwater.portal.testing import a_link, a_site_question, an_own_copy, held_open
from breakwater.referrals.actions.answering import put_question
from breakwater.referrals.actions.asking import call_off, reply
from breakwater.referrals.actions.letters import QUESTION
from breakwater.referrals.actions.loop import withdraw
from breakwater.referrals.models import Question, Referral
from breakwater.referrals.testing import a_program, a_referral, a_round, asked_of, news_reaches
from breakwater.trust.access import acting
from breakwater.trust.testing import an_actor, an_agency
from conftest import WAITS, wait_until


@pytest.fixture
def now():
    return datetime.now(UTC) - timedelta(seconds=5)


@pytest.fixture
def ada(own_database, now):
    return an_actor(now=now)


def test_a_reply_and_the_calling_off_of_its_round_wait_for_each_other(ada, now, meanwhile):
    bo = an_actor(agency=an_agency(name="Lantern"), now=now)
    with acting(bo):
        program = a_program(keeper=bo.agency, at=now)
    with acting(ada):
        round_ = a_round(a_case(by=ada, at=now), program, by=ada, at=now)
    with acting(bo):
        put_question(asked_of(program, by=bo), words="Is there a dog?", at=now, by=bo)
    news_reaches(ada.agency, at=now)
    with acting(ada):
        question = Question.objects.get()

    def calls_off():
        with acting(ada):
            return call_off(round_, at=now, by=ada)

    ended = meanwhile(lambda: reply(question, words="No dog.", at=now, by=ada), calls_off, by=ada)
    assert not isinstance(ended, Exception), ended


def test_a_reply_to_a_site_and_the_taking_back_of_its_letter_wait_for_each_other(ada, now, meanwhile):
    with acting(ada):
        referral = a_referral(a_case(by=ada, at=now), by=ada, at=now)
        question = a_site_question(a_link(referral, by=ada, at=now).link)
        owed = Promise(kind=QUESTION, about=referral.pk, started_at=now)
        start(owed, circle=referral.circle, episode=referral.case_id, at=now, by=ada)

    def takes_it_back():
        with acting(ada):
            return withdraw(referral, words="Found a room.", at=now, by=ada)

    ended = meanwhile(lambda: reply_to_site(question, words="No pet.", at=now, by=ada), takes_it_back, by=ada)
    assert not isinstance(ended, Exception), ended


def test_the_persons_word_and_the_taking_back_of_a_letter_wait_for_each_other(ada, now, how_many):
    with acting(ada):
        case = a_case(by=ada, at=now)
        referral = a_referral(case, by=ada, at=now)
        copy, code = an_own_copy(case, by=ada, at=now)

    def says_so():
        try:
            with held_open(code) as holder:
                confirm_need_met(holder, referral, Press(key=new_key(copy.pk), at=datetime.now(UTC)))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with acting(ada):
            Referral.objects.lock(referral)
            coming = pool.submit(says_so)
            wait_until(lambda: coming.done() or how_many(WAITS) > 0)
            assert not coming.done(), "nobody had to wait"
            withdraw(referral, words="Found a room.", at=now, by=ada)
        ended = coming.exception()
    assert isinstance(ended, Overtaken), ended
