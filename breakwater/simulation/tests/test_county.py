"""The demo county is made by real actions: a small one, to the end."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from breakwater.cases.models import Case
from breakwater.simulation import county
from breakwater.trust.access import acting, system_for
from breakwater.trust.models import Agency, Appointment

pytestmark = pytest.mark.django_db


def test_a_small_county_lives_through_two_years(monkeypatch):
    monkeypatch.setattr(county, "OPEN_CASES", 12)
    monkeypatch.setattr(county, "PAST_CASES", 8)
    now = datetime.now(UTC)
    county.County(seed=48, now=now).build()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    seen = still_open = 0
    for agency in Agency.objects.all():
        with acting(system_for(agency, now=now)):
            seen += Case.objects.count()
            still_open += Case.objects.open().count()
    assert Agency.objects.count() == 7
    assert Appointment.objects.count() >= 30
    assert (seen, still_open) == (20, 12)
