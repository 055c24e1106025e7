"""The page of the comparison: it says what it is, and shows what was kept."""

import pytest
from django.urls import reverse

from breakwater.simulation.comparing import kept
from breakwater.simulation.comparing.assumptions import ASSUMPTIONS
from breakwater.simulation.comparing.ways import WAYS
from breakwater.trust.testing import an_actor
from breakwater.trust.tests.browsing import browser_of

pytestmark = pytest.mark.django_db


def test_the_page_says_that_it_is_a_simulation_and_shows_what_was_kept():
    browser = browser_of(an_actor())
    assert reverse("simulation:comparison") in browser.get(reverse("referrals:room")).content.decode()
    answer = browser.get(reverse("simulation:comparison"))
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "This is a simulation." in shown
    for compared in kept.by_measure(kept.read()):
        assert compared.measure.label in shown
        for _, row in compared.rows:
            for one in row:
                assert f"<td>{one.mean:.{compared.measure.digits}f}<" in shown
    assert all(way.words in shown for way in WAYS)
    assert all(one.source.split(";")[0] in shown for one in ASSUMPTIONS.told)
