"""One world for each module, in one transaction that is never kept; what a test does is undone after it."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from conftest import never_kept
from tests.matrix.made_once import a_copy, inside
from tests.matrix.world import World


@pytest.fixture(scope="session")
def with_the_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """This worker's database with the world in it."""
    with a_copy(os.environ.get("PYTEST_XDIST_WORKER", "main"), django_db_blocker.unblock) as url:
        yield url


@pytest.fixture(scope="module")
def world(with_the_world: str, django_db_blocker: Any) -> Iterator[World]:
    """The world, until the module is through."""
    with django_db_blocker.unblock(), inside(with_the_world) as found:
        yield found


@pytest.fixture(autouse=True)
def undone(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test of the world does is undone after it."""
    if "world" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("world")
    with never_kept():
        yield


@pytest.fixture
def whole(request: pytest.FixtureRequest) -> bool:
    """Whether all of the matrix is tried; with ``--fast`` a tenth of it."""
    return not request.config.getoption("--fast")
