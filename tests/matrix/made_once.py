"""The world of the matrix, made once for a run: committed in a database that every worker copies.

Each module asks in a transaction of its own that is never kept, and gets what is known of the world as it was. To make
it takes three seconds of processor, and a dozen modules ask it. What was committed is also looked up more quickly than
what the running transaction wrote itself.
"""

import fcntl
import os
import pickle
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeVar

import psycopg
from django.conf import settings
from django.db import transaction

from conftest import copy_database, drop_database, never_kept, shut_database, superuser_of, working_in
from tests.founding import FOLDER
from tests.hashers import QUICK_HASHERS
from tests.matrix.world import World, a_world

T = TypeVar("T")
_NAMED = "matrix_world"
_LEFT_ALONE = """
    DO $$ DECLARE one regclass; BEGIN
        FOR one IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP
            EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = off)', one);
        END LOOP;
    END $$
"""
"""Nothing is counted meanwhile: how PostgreSQL goes about a statement does not change in the middle of a run."""


@contextmanager
def a_copy(worker: str, asking: Callable[[], AbstractContextManager[None]]) -> Iterator[str]:
    """A database with the world in it, for one worker; its URL. Only while it is made Django may be ``asking``."""
    with asking():
        _make()
    name = f"{_NAMED}_{worker}"
    yield copy_database(name, of=_NAMED)
    drop_database(name)


@contextmanager
def inside(url: str) -> Iterator[World]:
    """The world, while Django works in a database of its own; what is done to either is forgotten at the end."""
    settings.PASSWORD_HASHERS = QUICK_HASHERS
    with working_in(url), never_kept():
        yield pickle.loads(_known().read_bytes())


def for_a_run(name: str, make: Callable[[], T]) -> T:
    """What is the same whenever the world is asked, made once and kept beside it; who comes meanwhile waits."""
    kept = _known().with_name(f"{_NAMED}_{name}.pickle")
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_bytes(pickle.dumps(make()))
    found: T = pickle.loads(kept.read_bytes())
    return found


def _make() -> None:
    """Make it, unless another worker did; who comes meanwhile waits."""
    with _known().with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _known().exists():
            return
        settings.PASSWORD_HASHERS = QUICK_HASHERS
        url = copy_database(_NAMED)
        with working_in(url), transaction.atomic():
            world = a_world()
        with psycopg.connect(superuser_of(url), autocommit=True) as admin:
            admin.execute(_LEFT_ALONE)
        shut_database(_NAMED)
        _known().write_bytes(pickle.dumps(world))


def _known() -> Path:
    """The file in which lies what is known of the world."""
    return Path(os.environ[FOLDER]) / f"{_NAMED}.pickle"
