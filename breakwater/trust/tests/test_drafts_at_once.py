"""A form is saved while its last text is still under way: nothing comes back as begun and not saved."""

import pytest
from django.utils import timezone

from breakwater.kernel.db import run_sql
from breakwater.kernel.keys import new_key
from breakwater.trust.access import acting
from breakwater.trust.actions.drafts import drop_draft, keep_draft
from breakwater.trust.models import Draft
from breakwater.trust.testing import an_actor

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


def test_who_saves_waits_for_a_text_that_is_being_kept_and_drops_it(ada, meanwhile):
    def drops():
        with acting(ada):
            drop_draft(FORM, by=ada)

    meanwhile(lambda: keep_draft(FORM, {"words": ["He is"]}, at=ada.now, by=ada), drops, by=ada)
    with acting(ada):
        assert not Draft.objects.exists()
