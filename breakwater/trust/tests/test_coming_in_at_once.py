"""Somebody comes in while how they sign in changes: what was begun before lets nobody in after it."""

import pytest
from django.db import transaction
from django.utils import timezone

from breakwater.trust.actions.passwords import change_password
from breakwater.trust.actions.sessions import end_everything_of, sign_out
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Session
from breakwater.trust.testing import an_actor
from breakwater.trust.tests.browsing import PASSWORD, browser_of, press
from breakwater.trust.tests.test_passkeys import fresh
from breakwater.trust.tests.test_second_step import second, with_an_app
from breakwater.trust.tests.test_sessions import is_in
from breakwater.trust.tests.test_sign_in import knock
from breakwater.trust.views.own import handle_of

NEW = "nine herons on one leg"


@pytest.fixture
def ada(own_database):
    with transaction.atomic():
        return an_actor(now=timezone.now())


def test_whoever_knew_the_password_before_does_not_come_in_after_it_was_changed(meanwhile, ada):
    answer = meanwhile(
        lambda: change_password(NEW, key="", at=timezone.now(), by=ada),
        lambda: knock(ada.user.username),
        by=ada,
    )
    assert not is_in(answer.client)
    assert "was changed a moment ago" in answer.content.decode()
    assert not Session.objects.exists()


def test_a_code_that_was_typed_before_everything_ended_lets_nobody_in(meanwhile, ada):
    with transaction.atomic():
        app, _ = with_an_app(ada)
    asked = knock(ada.user.username)
    answer = meanwhile(lambda: end_everything_of(ada.user), lambda: second(asked, app.now()), by=ada)
    assert not is_in(answer.client)
    assert "That took too long" in answer.content.decode()


def test_a_session_that_goes_on_under_a_new_key_ends_with_the_others(meanwhile, ada):
    with transaction.atomic():
        client = fresh(ada)
    answer = meanwhile(
        lambda: end_everything_of(ada.user),
        lambda: press(client, "/sign-in/again/", by=ada, password=PASSWORD),
        by=ada,
    )
    assert answer.status_code in (401, 422)
    assert not is_in(client)


def test_what_somebody_knows_of_a_change_they_know_after_they_proved_themselves_again(ada):
    with transaction.atomic():
        client = fresh(ada)
    Session.objects.update(knows=True)
    assert press(client, "/sign-in/again/", by=ada, password=PASSWORD).status_code == 303
    assert Session.objects.get().knows


def test_one_session_that_goes_on_under_a_new_key_is_ended_for_good(meanwhile, ada):
    """Ended from another browser while it proves itself anew; by the handle that the page showed before, as well."""
    with transaction.atomic():
        there = fresh(ada)
        shown = Session.objects.get()
        here = browser_of(ada)
    meanwhile(
        lambda: press(there, "/sign-in/again/", by=ada, password=PASSWORD),
        lambda: press(here, "/your-sign-in/sessions/", by=ada, which=handle_of(shown)),
        by=ada,
    )
    assert [is_in(there), is_in(here)] == [False, True]
    with transaction.atomic():
        again = Session.objects.get()
        press(here, "/sign-in/again/", by=ada, password=PASSWORD)
        assert handle_of(again) == handle_of(Session.objects.get()), (
            "a page that was shown before still means it"
        )


def test_an_administrator_ends_a_session_that_goes_on_under_a_new_key(meanwhile, ada):
    """A tablet is lost: whoever holds it cannot save its session by proving something at the same moment."""
    with transaction.atomic():
        there = fresh(ada)
        chief = an_actor(Role.ADMINISTRATOR, agency=ada.agency, now=timezone.now())
        at = chief.now
    answer = meanwhile(
        lambda: sign_out(ada.user.appointments.get(), at=at, by=chief),
        lambda: press(there, "/sign-in/again/", by=ada, password=PASSWORD),
        by=chief,
    )
    assert answer.status_code in (401, 422)
    assert not is_in(there)
    assert not Session.objects.filter(user=ada.user).exists()
