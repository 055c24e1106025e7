"""One world for each module, in one transaction that is never kept; what a test does is undone after it."""

from collections.abc import Iterator

import pytest

from conftest import never_kept
from tests.matrix.world import World, a_world


@pytest.fixture(scope="module")
def world(within_the_module: None) -> World:
    """The world, until the module is through."""
    return a_world()


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
