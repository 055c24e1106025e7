"""What every address answers, asked once in a run: to somebody it all belongs to, and to nobody.

Titles, boxes for secrets, headers, what is found and what a look leaves behind are asked of the same hundreds of pages.
To make the world and walk it takes three seconds of processor, so whoever comes first walks, and the others of the run
read what was answered. Whoever must ask in another way, or changes something, walks by themselves.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from django.db import connection
from django.test import Client
from django.utils import timezone

from breakwater.trust.models import Session
from tests.architecture.world import addresses, somebody_known
from tests.founding import FOLDER

NAME = "Quillandra Fenwick-Oyelaran"
"""Of whom all that is there is about: no page says it by chance."""
_BYTES = "latin-1"
_WRITTEN = """
    SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables
    WHERE n_tup_ins + n_tup_upd + n_tup_del > 0
"""


@dataclass(frozen=True)
class Answered:
    """What one address answered.

    Args:
        where: the address, with the ids of what is there.
        said: the bytes, each as one sign.
        wrote: the tables of which a row changed meanwhile.
        to_nobody: the bytes that whoever is not signed in was answered.
    """

    name: str
    where: str
    status: int
    headers: dict[str, str]
    said: str
    wrote: list[str]
    to_nobody: str

    @property
    def content(self) -> bytes:
        """The bytes."""
        return self.said.encode(_BYTES)

    @property
    def content_for_nobody(self) -> bytes:
        """The bytes for whoever is not signed in."""
        return self.to_nobody.encode(_BYTES)


@cache
def walked() -> tuple[Answered, ...]:
    """Every address, as it answered; within a transaction, in which whoever comes first makes the world."""
    kept = Path(os.environ[FOLDER]) / "walked.json"
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            said = json.dumps([asdict(one) for one in _walk()])
            part = kept.with_suffix(".part")
            part.write_text(said)
            part.rename(kept)
    return tuple(Answered(**one) for one in json.loads(kept.read_text()))


def _walk() -> Iterator[Answered]:
    """Ask for each page once: as somebody who has just proved who they are, so that no page asks them for that."""
    ours, ids = somebody_known(NAME)
    client = Client()
    client.force_login(ours.user)
    Session.objects.filter(user=ours.user).update(proved_at=timezone.now())
    before = _written()
    for address in addresses():
        where = address.at(ids)
        answer, now = client.get(where), _written()
        nobodys = Client(raise_request_exception=False).get(where)
        yield Answered(
            address.name, where, answer.status_code, dict(answer.items()), answer.content.decode(_BYTES),
            [table for table, rows in now.items() if rows != before.get(table)], nobodys.content.decode(_BYTES),
        )  # fmt: skip
        before = _written()


def _written() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN)
        return dict(cursor.fetchall())
