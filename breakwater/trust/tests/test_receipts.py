"""A double click, a retry after a lost answer or a killed server has one effect."""

from datetime import timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connections, transaction
from django.utils import timezone

from breakwater.kernel.errors import Refused
from breakwater.trust.access import acting
from breakwater.trust.models import Circle, Receipt
from breakwater.trust.receipts import forget_receipts
from breakwater.trust.testing import an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of, circles_opened_by, press
from breakwater.trust.tests.pages import TIDE, running_into

pytestmark = pytest.mark.urls("breakwater.trust.tests.pages")
CIRCLE = "/quay/circle/"


@pytest.fixture
def ada():
    return an_actor(now=timezone.now())


def opened(actor):
    as_seen_by(actor)
    return circles_opened_by(actor)


@pytest.mark.django_db
def test_pressed_twice_it_happens_once_and_both_hear_the_same(ada):
    client, key = browser_of(ada), uuid4()
    first, second = press(client, CIRCLE, key=key), press(client, CIRCLE, key=key)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first["Location"] == second["Location"]
    assert "Idempotent-Replay" not in first
    assert second["Idempotent-Replay"] == "true"
    assert opened(ada) == 1


@pytest.mark.django_db
def test_the_answer_comes_again_in_full(ada):
    client, key = browser_of(ada), uuid4()
    first, second = press(client, "/quay/fragment/", key=key), press(client, "/quay/fragment/", key=key)
    assert first.content == second.content
    assert second["HX-Trigger"] == "saved"
    assert first["Content-Type"] == second["Content-Type"]


@pytest.mark.django_db
def test_an_answer_that_was_erased_with_a_record_is_said_to_be_gone_and_nothing_is_done_again(ada):
    client, key = browser_of(ada), uuid4()
    press(client, CIRCLE, key=key)
    as_seen_by(ada)
    Receipt.objects.filter(key=key).update(status=410, headers={})
    again = press(client, CIRCLE, key=key)
    assert (again.status_code, opened(ada)) == (410, 1)
    assert "This was saved already" in again.content.decode()


@pytest.mark.django_db
def test_a_claim_that_came_to_nothing_is_no_answer(ada):
    """As they were left where a wrong guess was written down, by releases before this one."""
    client, key = browser_of(ada), uuid4()
    press(client, CIRCLE, key=key)
    as_seen_by(ada)
    Receipt.objects.filter(key=key).update(status=None)
    again = press(client, CIRCLE, key=key)
    assert (again.status_code, opened(ada)) == (422, 1)
    assert "This was not saved." in again.content.decode()


@pytest.mark.django_db
def test_the_key_may_come_in_a_header(ada):
    client, key = browser_of(ada), {"Idempotency-Key": str(uuid4())}
    first, second = client.post(CIRCLE, headers=key), client.post(CIRCLE, headers=key)
    assert first["Location"] == second["Location"]
    assert opened(ada) == 1


@pytest.mark.django_db
def test_two_keys_are_two_acts(ada):
    client = browser_of(ada)
    press(client, CIRCLE)
    press(client, CIRCLE)
    assert opened(ada) == 2


@pytest.mark.django_db
def test_the_same_key_of_somebody_else_is_another_act(ada):
    ben, key = an_actor(agency=ada.agency, now=timezone.now()), uuid4()
    one, other = press(browser_of(ada), CIRCLE, key=key), press(browser_of(ben), CIRCLE, key=key)
    assert one["Location"] != other["Location"]
    assert opened(ada) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"words": "other"}, {"more": "words"}])
def test_the_same_key_with_other_words_is_refused_in_a_sentence(ada, change):
    client, key = browser_of(ada), uuid4()
    press(client, CIRCLE, key=key, words="first")
    answer = press(client, CIRCLE, key=key, **({"words": "first"} | change))
    assert answer.status_code == 422
    assert b"already saved, with other words" in answer.content
    assert opened(ada) == 1


@pytest.mark.django_db
def test_the_same_key_at_another_address_is_refused(ada):
    client, key = browser_of(ada), uuid4()
    press(client, CIRCLE, key=key)
    assert press(client, CIRCLE + "?again=1", key=key).status_code == 422
    assert press(client, "/quay/fragment/", key=key).status_code == 422
    assert opened(ada) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("key", [{}, {"idempotency_key": ""}, {"idempotency_key": "1234"}])
def test_a_form_without_its_key_does_nothing_and_says_so(ada, key):
    answer = browser_of(ada).post(CIRCLE, key)
    assert answer.status_code == 422
    assert b"This form has lost its key" in answer.content
    assert opened(ada) == 0


@pytest.mark.django_db
def test_after_a_refusal_the_same_press_acts(ada):
    client, key = browser_of(ada), uuid4()
    with running_into(Refused(TIDE)):
        assert press(client, CIRCLE, key=key).status_code == 422
    assert opened(ada) == 0
    assert press(client, CIRCLE, key=key).status_code == 303
    assert opened(ada) == 1


@pytest.mark.django_db
def test_after_something_broke_the_same_press_acts(ada):
    client, key = browser_of(ada, raise_request_exception=False), uuid4()
    with running_into(RuntimeError("a plank is loose")):
        assert press(client, CIRCLE, key=key).status_code == 500
    assert opened(ada) == 0
    assert press(client, CIRCLE, key=key).status_code == 303
    assert opened(ada) == 1


@pytest.mark.django_db
def test_looking_needs_no_key_and_leaves_no_receipt(ada):
    browser_of(ada).get(CIRCLE)
    as_seen_by(ada)
    assert Receipt.objects.count() == 0


@pytest.mark.django_db
def test_a_receipt_holds_nothing_of_what_was_typed(ada):
    press(browser_of(ada), CIRCLE, words="zq canary of what was typed")
    as_seen_by(ada)
    kept = Receipt.objects.get()
    assert "canary" not in f"{kept.fingerprint} {kept.headers} {kept.body}"


@pytest.mark.django_db
def test_old_receipts_are_forgotten_and_young_ones_never(ada):
    now = timezone.now()
    for days in (0, 1, 3, 9):
        Receipt.objects.create(
            key=uuid4(), by=ada.user, fingerprint="x", received_at=now - timedelta(days=days)
        )
    assert forget_receipts(before=now - timedelta(days=7)) == 1
    assert forget_receipts(before=now + timedelta(days=1)) == 1
    as_seen_by(ada)
    assert Receipt.objects.count() == 2


def at_once(*acts):
    """Let several people press at the same moment, each from a thread of their own; what each heard, in order."""
    heard, barrier = [None] * len(acts), Barrier(len(acts))

    def go(turn, act):
        barrier.wait()
        try:
            heard[turn] = act()
        finally:
            connections.close_all()

    threads = [Thread(target=go, args=(turn, act)) for turn, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return heard


def a_worker():
    with transaction.atomic():
        return an_actor(now=timezone.now())


def test_pressed_twice_at_the_same_moment_it_happens_once(own_database):
    ada, key = a_worker(), uuid4()
    clients = browser_of(ada), browser_of(ada)
    heard = at_once(*(lambda client=client: press(client, "/quay/slow/", key=key) for client in clients))
    assert [one.status_code for one in heard] == [303, 303]
    assert len({one["Location"] for one in heard}) == 1
    assert sorted("Idempotent-Replay" in one for one in heard) == [False, True]
    with acting(ada):
        assert Circle.objects.count() == 1


def test_when_the_first_of_two_at_once_fails_the_second_acts(own_database):
    ada, key = a_worker(), uuid4()
    clients = browser_of(ada), browser_of(ada)
    with running_into(Refused(TIDE)):
        heard = at_once(*(lambda client=client: press(client, "/quay/slow/", key=key) for client in clients))
    assert sorted(one.status_code for one in heard) == [303, 422]
    with acting(ada):
        assert Circle.objects.count() == 1


def test_when_the_answer_is_lost_the_retry_hears_what_the_act_came_to(own_database):
    ada, key = a_worker(), uuid4()
    lost = press(browser_of(ada), CIRCLE, key=key)
    connections.close_all()
    assert press(browser_of(ada), CIRCLE, key=key)["Location"] == lost["Location"]
    with acting(ada):
        assert Circle.objects.count() == 1


def test_when_the_connection_dies_in_the_act_nothing_is_left_and_the_retry_acts(own_database):
    ada, key = a_worker(), uuid4()
    client = browser_of(ada, raise_request_exception=False)
    with running_into(RuntimeError("not reached")):
        assert press(client, "/quay/struck/", key=key).status_code == 503
    with acting(ada):
        assert (Circle.objects.count(), Receipt.objects.count()) == (0, 0)
    assert press(client, "/quay/struck/", key=key).status_code == 303
    with acting(ada):
        assert (Circle.objects.count(), Receipt.objects.count()) == (1, 1)
