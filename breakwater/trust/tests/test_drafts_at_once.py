"""A form is saved while its last text is still under way: nothing comes back as begun and not saved."""

import pytest
from django.utils import timezone

from breakwater.kernel.db import run_sql
from breakwater.kernel.keys import new_key
from breakwater.trust.access import acting
from breakwater.trust.actions.drafts import drop_draft, keep_draft
from breakwater.trust.models import Draft, Receipt
from breakwater.trust.receipts import as_yet_unsaved
from breakwater.trust.testing import an_actor
from breakwater.trust.tests.browsing import browser_of

FORM = "/cases/intake/"


@pytest.fixture
def ada(own_database):
    return an_actor(now=timezone.now())


@pytest.mark.parametrize("was_kept", [True, False])
def test_a_text_that_meets_the_saving_of_its_form_is_not_kept(ada, meanwhile, was_kept):
    key = new_key(ada.user.pk)

    def keeps():
        with acting(ada):
            return keep_draft(FORM, {"words": ["He is outside"]}, key=key, at=ada.now, by=ada)

    def saves():
        run_sql(
            "INSERT INTO trust_receipt (key, by_id, fingerprint, status, headers, body)"
            " VALUES (%s, %s, '', 303, '{}', '')",
            (key, ada.user.pk),
        )
        drop_draft(FORM, by=ada)

    if was_kept:
        keeps()
    assert meanwhile(saves, keeps, by=ada) is None
    with acting(ada):
        assert not Draft.objects.exists()


def keeping(ada, key):
    return lambda: keep_draft(FORM, {"words": ["He is"]}, key=key, at=ada.now, by=ada)


def test_who_saves_waits_for_a_text_that_is_being_kept_and_drops_it(ada, meanwhile):
    key = new_key(ada.user.pk)
    told = {
        "what_is_happening": "He is outside",
        "asked_by": "self",
        "owner": "me",
        "idempotency_key": str(key),
    }
    answer = meanwhile(keeping(ada, key), lambda: browser_of(ada).post(FORM, told), by=ada)
    assert answer.status_code == 303
    with acting(ada):
        assert not Draft.objects.exists()
        assert Receipt.objects.saved_by(ada.user, key), (
            "the key that was held meanwhile is the form's own again"
        )


def test_what_is_being_kept_while_it_is_thrown_away_goes_with_it(ada, meanwhile):
    thrown = meanwhile(
        keeping(ada, new_key(ada.user.pk)),
        lambda: browser_of(ada).post(f"/drafts/?form={FORM}&drop=1"),
        by=ada,
    )
    assert thrown.status_code == 303
    with acting(ada):
        assert not Draft.objects.exists()


def test_a_text_that_meets_a_save_that_fails_is_kept(ada, meanwhile):
    key = new_key(ada.user.pk)

    def keeps():
        with acting(ada):
            return keeping(ada, key)()

    def fails():
        with as_yet_unsaved(key, by=ada):
            pass

    assert isinstance(meanwhile(fails, keeps, by=ada), Draft)
