"""What the law closes in emergencies stays closed to a grant that somebody writes by hand."""

from datetime import UTC, datetime

import psycopg
import pytest
from django.db import transaction

from breakwater.trust.actions.circles import open_circle
from breakwater.trust.capabilities import Role
from breakwater.trust.testing import an_actor, an_agency
from conftest import owner_of

NOW = datetime.now(UTC)


def test_no_grant_opens_treatment_without_the_glass_that_says_to_whom(own_database):
    """Not even when the owner of the tables writes it, to whom no wall says no."""
    with transaction.atomic():
        circle = open_circle(at=NOW, by=an_actor(now=NOW, agency=an_agency(kind="detox")))
        bo = an_actor(Role.RESPONDER, now=NOW)
    with psycopg.connect(owner_of(own_database)) as owner, pytest.raises(psycopg.Error) as refused:
        owner.execute(
            "INSERT INTO trust_grant (id, circle_id, agency_id, basis, information, segments, starts_at, ends_at,"
            " only_for_id) VALUES (gen_random_uuid(), %s, %s, 'emergency', '{who}', '{part2}', now(),"
            " now() + interval '1 hour', %s)",
            (circle.pk, bo.agency_id, bo.user_id),
        )
    assert refused.value.diag.constraint_name == "what_the_law_protects_opens_in_no_emergency"
