"""SP-18: who read a list, by which filters, and how many came of it; never what was typed."""

import pytest
from django.db import connection
from django.utils import timezone

from breakwater.cases.forms.work import ChronologyForm
from breakwater.people.forms import MatchForm
from breakwater.resources.forms import FindForm
from breakwater.trust.capabilities import Role
from breakwater.trust.journal import write_sightings
from breakwater.trust.models import Sighting
from breakwater.trust.rules.sealing import SAID, digest_of
from breakwater.trust.rules.shape import FILTERS
from breakwater.trust.testing import an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press
from tests.matrix.test_odd_parameters import own_keys


@pytest.mark.django_db
def test_a_list_leaves_by_which_filters_it_was_asked_for_and_how_many_came_and_no_word_that_was_typed():
    manager = an_actor(Role.SUPERVISOR, now=timezone.now())
    browser, typed = browser_of(manager), "zqcanarytyped"
    browser.get("/", {"which": "mine", "code": typed, typed: "1", "unit": ""})
    press(browser, "/search/", q=typed)
    as_seen_by(manager)
    found = list(Sighting.objects.filter(by=manager.user).order_by("pk").values_list("asked", "ids"))
    assert {tuple(asked or ()) for asked, _ in found} == {("code", "other", "which"), ("q",)}
    assert typed not in str(found)


def test_every_filter_that_a_page_reads_has_a_code():
    """What a view takes from the address, by the source, and by what somebody who is looked for is looked for."""
    assert len(read := own_keys()) > 15
    forms = {*MatchForm.base_fields, *FindForm.base_fields, *ChronologyForm.base_fields}
    assert read | forms | {"q", "more", "which", "unit", "code"} <= FILTERS


@pytest.mark.django_db
def test_a_filter_is_sealed_with_its_row_and_a_row_without_one_as_ever():
    """A seal from before there were filters still holds."""
    ada, now = an_actor(), digest_of("sighting")
    before = f"sha256(convert_to(jsonb_build_array(r.id, {SAID['sighting']})::text, 'UTF8'))"
    other = now.replace("r.asked", "ARRAY['unit']::varchar[]")
    for asked in ({}, {"which": "mine"}):
        ada.saw("cases.case", [])
        write_sightings(ada, "desk:now", asked)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {now} = {before}, {now} = {other} FROM trust_sighting r ORDER BY r.id")
        assert cursor.fetchall() == [(True, False), (False, False)]
