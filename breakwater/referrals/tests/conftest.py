"""The two ends of many stories here: a house, and somebody at another agency whose case needs a bed, at this moment."""

import pytest
from django.utils import timezone

from breakwater.cases.testing import a_case
from breakwater.trust.capabilities import Role
from breakwater.trust.testing import an_actor, an_agency, as_seen_by


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def bo(now):
    return an_actor(Role.PARTNER, agency=an_agency(name="Lantern"), now=now)


@pytest.fixture
def ada(now):
    """Whoever asks. A module in which the house has something already makes her after it, to look with her eyes."""
    return as_seen_by(an_actor(now=now))


@pytest.fixture
def case(ada, now):
    as_seen_by(ada)
    return a_case(by=ada, at=now, known_as="Jay <Rivers>")
