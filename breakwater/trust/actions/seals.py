"""Sealing the journal, and writing down its heads in another place."""

import json
import os
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from breakwater.kernel.db import one_row, run_sql
from breakwater.trust.access import acting, system_for
from breakwater.trust.models import Agency, Seal
from breakwater.trust.rules.sealing import Anchor, Chain, Digests, Key, Sealed, sealed

STREAMS = tuple(Seal.Stream.values)
AT_ONCE = 2000
"""How many rows one seal covers at most."""


def seal_journal(*, at: datetime, most: int = AT_ONCE) -> int:
    """Seal every row that is settled and not sealed yet, agency by agency. How many rows that were.

    A stream in which somebody is writing for long is left to the next time.
    """
    rows = 0
    for stream in STREAMS:
        up_to = _settled(stream)
        for agency in Agency.objects.order_by("pk") if up_to else ():
            while found := _seal_next(agency, stream, up_to, at=at, most=most):
                rows += found
    return rows


def _settled(stream: str) -> int:
    """The last row below which none can turn up any more; 0 when that cannot be told now."""
    try:
        with transaction.atomic():
            run_sql("SET LOCAL lock_timeout = '250ms'")
            row = one_row("SELECT trust_settled(%s)", (stream,))
    except DatabaseError:
        return 0
    return int(row[0]) if row else 0


def _seal_next(agency: Agency, stream: str, up_to: int, *, at: datetime, most: int) -> int:
    with acting(system_for(agency, now=at)):
        last = Seal.objects.filter(agency=agency, stream=stream).order_by("-number").first()
        before = _as_sealed(last) if last else None
        digests = _digests(stream, before.last if before else 0, up_to, most)
        if not digests:
            return 0
        made = sealed(Key(settings.SEAL_KEY, Chain(agency.pk, stream)), digests, after=before)
        # Two workers may have come to the same end: the second one's seal is the same, and is not needed.
        Seal.objects.bulk_create(
            [Seal(agency=agency, stream=stream, number=made.number, rows=list(made.rows), marks=made.marks,
                  seal=made.seal, key=made.key)],
            ignore_conflicts=True,
        )  # fmt: skip
        return len(digests)


def _digests(stream: str, after: int, up_to: int, most: int) -> Digests:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, digest FROM trust_digests(%s, %s, %s, %s)", (stream, after, up_to, most))
        return [(row, bytes(digest)) for row, digest in cursor.fetchall()]


def _as_sealed(seal: Seal) -> Sealed:
    return Sealed(seal.number, seal.rows, bytes(seal.marks), bytes(seal.seal), seal.key)


def write_anchors(*, at: datetime, folder: Path) -> int:
    """Write down the head of every chain whose head is not written down yet. How many there were.

    One line each in a file that only grows, and one that says it was looked: ids and seals, nothing about anyone.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    written = {(chain, one.number) for chain, anchors in read_anchors(folder).items() for one in anchors}
    heads = [
        (Chain(agency.pk, stream), head)
        for agency in Agency.objects.order_by("pk")
        for stream, head in _heads(agency, at=at)
        if (Chain(agency.pk, stream), head.number) not in written
    ]
    with (folder / _BOOK).open("a", encoding="utf-8") as book:
        for chain, head in heads:
            line = {
                "at": at.isoformat(timespec="seconds"), "agency": str(chain.agency), "stream": chain.stream,
                "number": head.number, "last": head.last, "seal": head.seal.hex(),
            }  # fmt: skip
            book.write(json.dumps(line) + "\n")
        book.write(json.dumps({"at": at.isoformat(timespec="seconds"), "looked": True}) + "\n")
        book.flush()
        os.fsync(book.fileno())
    return len(heads)


_BOOK = "journal.jsonl"


def read_anchors(folder: Path) -> dict[Chain, list[Anchor]]:
    """The anchors of every chain, as written down; none when nothing is."""
    found: dict[Chain, list[Anchor]] = defaultdict(list)
    if not (folder / _BOOK).exists():
        return found
    for line in (folder / _BOOK).read_text(encoding="utf-8").splitlines():
        try:
            said = json.loads(line)
            chain = Chain(UUID(said["agency"]), said["stream"])
            anchor = Anchor(said["number"], said["last"], bytes.fromhex(said["seal"]), said["at"])
        except (ValueError, KeyError, TypeError):
            continue  # it was only looked; or a killed worker left the line unfinished, and the next one repeats it
        found[chain].append(anchor)
    return found


def _heads(agency: Agency, *, at: datetime) -> list[tuple[str, Sealed]]:
    with acting(system_for(agency, now=at)):
        newest = Seal.objects.filter(agency=agency).order_by("stream", "-number").distinct("stream")
        return [(one.stream, _as_sealed(one)) for one in newest]
