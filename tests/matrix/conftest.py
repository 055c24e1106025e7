"""One world for each module, in one transaction that is never kept; what a test does is undone after it."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from conftest import never_kept
from tests.matrix.made_once import a_copy, inside
from tests.matrix.world import World

_SELDOM = 10


@pytest.fixture(scope="session")
def with_the_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """This worker's database with the world in it."""
    with a_copy(os.environ.get("PYTEST_XDIST_WORKER", "main"), django_db_blocker.unblock) as url:
        yield url


@pytest.fixture(scope="module")
def world(with_the_world: str, django_db_blocker: Any) -> Iterator[World]:
    """The world, until the module is through."""
    with django_db_blocker.unblock(), inside(with_the_world) as found, swept_seldom():
        yield found


@contextmanager
def swept_seldom() -> Iterator[None]:
    """Look for garbage a tenth as often: a question leaves little, and much is looked through."""
    often, *later = gc.get_threshold()
    gc.set_threshold(_SELDOM * often, *later)
    try:
        yield
    finally:
        gc.set_threshold(often, *later)


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
