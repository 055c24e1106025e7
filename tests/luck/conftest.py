"""One world for all tests of a module here, as it was made at the start of each."""

import pytest

from breakwater.trust.testing import as_seen_by
from conftest import never_kept
from tests.luck.told import World


@pytest.fixture(scope="module")
def built(within_the_module):
    return World.of_somebody()


@pytest.fixture
def world(built):
    """It costs half a second to make: all share one, and undo what they did to it."""
    with never_kept():
        as_seen_by(built.actor)
        yield built
