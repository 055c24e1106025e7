"""One world for all tests of a module here that only ask about it, as it was made at the start of each."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from breakwater.trust.access import Actor
from breakwater.trust.testing import as_seen_by
from conftest import never_kept
from tests.architecture.world import somebody_known

NAME = "Wilhelmina Zwart"
"""Of whom all that is there is about: no page says it by chance."""
Known = tuple[Actor, dict[str, UUID]]


@pytest.fixture(scope="module")
def _built(within_the_module: None) -> Known:
    return somebody_known(NAME)


@pytest.fixture
def known(_built: Any) -> Iterator[Known]:
    """Who works on it, and the id of one thing of each kind. It costs as much as all that is asked: all share one."""
    with never_kept():
        as_seen_by(_built[0])
        yield _built
