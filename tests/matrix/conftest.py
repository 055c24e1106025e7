"""One world for each module, in one transaction that is never kept; what a test does is undone after it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from tests.matrix.world import World, a_world


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The world, until the module is through."""
    settings.PASSWORD_HASHERS = ["tests.hashers.QuickArgon2"]
    with django_db_blocker.unblock(), transaction.atomic():
        yield a_world()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def undone(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test of the world does is undone after it."""
    if "world" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("world")
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def whole(request: pytest.FixtureRequest) -> bool:
    """Whether all of the matrix is tried; with ``--fast`` a tenth of it."""
    return not request.config.getoption("--fast")
