"""Reading a package into the directory: all of it, or nothing."""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import chain, count
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from psycopg import ClientCursor

from breakwater.formats.hsds import NotADirectory, Package, Problem, Shape, Weight, open_package
from breakwater.kernel.db import one_at_a_time
from breakwater.kernel.errors import Refused
from breakwater.kernel.text import without_nul
from breakwater.resources.actions.merging import STEPS, Count, Merge
from breakwater.resources.actions.ours import OWN_SOURCE
from breakwater.resources.actions.staging import Staging
from breakwater.resources.events import DirectoryImported
from breakwater.resources.models import Import
from breakwater.trust.access import Actor
from breakwater.trust.journal import record

_KEPT = 1000
_LONGEST_SOURCE = 80
_DETAILS = frozenset({"phone", "hours", "holiday"})

Progress = Callable[[str, int, int], None]
"""``progress(words, done, of)``: which step, and how far it is."""


@dataclass(kw_only=True)
class Outcome:
    """What a reading came to."""

    source: str
    package: str
    shape: str
    rows_read: int = 0
    counts: dict[str, Count] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    weights: Counter[Weight] = field(default_factory=Counter)
    unread: list[tuple[str, str]] = field(default_factory=list)
    saved: Import | None = None

    @property
    def changed_nothing(self) -> bool:
        """Whether the directory already said all this."""
        return all(count.is_nothing for count in self.counts.values())

    def add(self, problem: Problem) -> None:
        """Count a problem; the first thousand of each weight are kept, so that memory stays flat."""
        self.weights[problem.weight] += 1
        if self.weights[problem.weight] <= _KEPT:
            self.problems.append(problem)


class PackageRefused(Refused):
    """Nothing was saved; ``outcome`` says what is wrong and where."""

    def __init__(self, sentence: str, outcome: Outcome) -> None:
        super().__init__(sentence)
        self.outcome = outcome


@transaction.atomic
def import_directory(
    path: Path,
    *,
    at: datetime,
    by: Actor | None,
    source: str = "",
    dry_run: bool = False,
    skip_bad_rows: bool = False,
    progress: Progress = lambda words, done, of: None,
    report: Callable[[Problem], None] = lambda problem: None,
) -> Outcome:
    """Read a package into the directory.

    What the source listed before and this package does not is retired; what it lists again comes back. The same
    package again changes nothing, and writes nothing.

    Args:
        by: ``None`` is whoever runs the machine, from its command line; then the ``Import`` alone keeps the record.
        source: what to call where it comes from; the package's own name if not told. Ids are known by it.
        dry_run: do everything, and save nothing.
        skip_bad_rows: take the package without its wrong rows; what they were about stays as it was.
        report: is told every problem, also those that the outcome has no room for.

    Raises:
        Refused: the path holds no directory.
        PackageRefused: a file cannot be read to its end, or a row is wrong.
    """
    if by is not None:
        by.must("resources.import")
    try:
        package = open_package(path)
    except NotADirectory as refusal:
        raise Refused(str(refusal)) from refusal
    source = source_of(source or package.label)
    outcome = Outcome(
        source=source, package=path.resolve().name, shape=str(package.shape), unread=package.unread
    )
    one_at_a_time("breakwater.resources.import")
    with ClientCursor(connection.connection) as cursor:
        spared = _stage(package, cursor, outcome, progress, report)
        _refuse_if_broken(outcome)
        tables_told = _tables_told(package)
        _refuse_if_emptied(cursor, outcome, tables_told)
        merge = Merge(
            cursor=cursor,
            source=source,
            at=at,
            tables_told=tables_told,
            details_told=_details_told(package),
            spared=spared,
            step=_steps(progress),
        )
        for result in merge.run():
            if isinstance(result, Problem):
                outcome.add(result)
                report(result)
            else:
                outcome.counts[result[0]] = result[1]
    if not skip_bad_rows:
        _refuse_if_wrong(outcome)
    if dry_run:
        transaction.set_rollback(True)
    elif not outcome.changed_nothing:
        _save(outcome, package, at=at, by=by)
    return outcome


def _stage(
    package: Package,
    cursor: ClientCursor[Any],
    outcome: Outcome,
    progress: Progress,
    report: Callable[[Problem], None],
) -> dict[str, list[str]]:
    """Read everything into temporary tables; returns the things whose rows are wrong."""
    staging = Staging(cursor)
    spared: dict[str, list[str]] = {}
    total = package.bytes_in_all
    for number, found in enumerate(chain(package.records(), staging.told_twice(package))):
        if isinstance(found, Problem):
            outcome.add(found)
            report(found)
            if found.weight is Weight.WRONG and found.id:
                spared.setdefault(found.table, []).append(found.id)
        else:
            staging.take(found)
        if number % 1000 == 0:
            progress("reading", min(package.meter.bytes_read, total), total)
    outcome.rows_read = package.rows_read
    return spared


def _refuse_if_broken(outcome: Outcome) -> None:
    if outcome.weights[Weight.BROKEN]:
        first = next(problem for problem in outcome.problems if problem.weight is Weight.BROKEN)
        raise PackageRefused(f"Nothing was saved. {first}.", outcome)


def _refuse_if_wrong(outcome: Outcome) -> None:
    """Asked last, so that everything else that is wrong is known by then."""
    if wrong := outcome.weights[Weight.WRONG]:
        values = "1 value is wrong" if wrong == 1 else f"{wrong:,} values are wrong"
        raise PackageRefused(
            f"Nothing was saved: {values}. Mend them, or take the package without these rows (--skip-bad-rows).",
            outcome,
        )


def _refuse_if_emptied(cursor: ClientCursor[Any], outcome: Outcome, tables_told: frozenset[str]) -> None:
    """A table that is there but empty is more likely a broken export than the end of all help."""
    for told, table in (("organization", "organization"), ("location", "place"), ("service", "service")):
        if told not in tables_told:
            continue
        cursor.execute(
            f"SELECT count(*) FROM resources_{table} WHERE source = %s AND retired_at IS NULL"
            f" AND NOT EXISTS (SELECT FROM st_{told})",
            [outcome.source],
        )
        (listed,) = cursor.fetchone() or (0,)
        if listed:
            raise PackageRefused(
                f"Nothing was saved: the package holds no {table} at all, but {listed} are listed from"
                f" “{outcome.source}”. Withdraw them by hand if that is meant.",
                outcome,
            )


def _tables_told(package: Package) -> frozenset[str]:
    told = package.tables_told
    return told | {"service_at"} if package.shape is Shape.OHANA and "service" in told else told


def _details_told(package: Package) -> frozenset[str]:
    return _DETAILS if package.documents else _DETAILS & {file.table.name for file in package.tables}


def _steps(progress: Progress) -> Callable[[str], None]:
    begun = count(1)

    def step(words: str) -> None:
        progress(words, next(begun), STEPS)

    return step


def source_of(written: str) -> str:
    """What to call where a package comes from, in one line.

    Raises:
        Refused: it is called nothing, by more letters than there is room for, or as what agencies list themselves:
            a package that holds none of that would take all of it off the list.
    """
    source = " ".join(without_nul(written).split())
    if not source:
        raise Refused("Say what to call the source of this package.")
    if source.casefold() == OWN_SOURCE:
        raise Refused(f"“{OWN_SOURCE}” is what agencies list here themselves. Call this source otherwise.")
    if len(source) > _LONGEST_SOURCE:
        raise Refused(f"A source is called by at most {_LONGEST_SOURCE} letters; this is {len(source)}.")
    return source


def _save(outcome: Outcome, package: Package, *, at: datetime, by: Actor | None) -> None:
    outcome.saved = Import.objects.create(
        source=outcome.source,
        package=without_nul(outcome.package),
        shape=outcome.shape,
        digest=package.digest,
        counts={table: asdict(count) for table, count in outcome.counts.items()},
        at=at,
        by=by.user if by else None,
    )
    if by is not None:
        record(DirectoryImported(import_id=outcome.saved.pk), by=by, at=at, about=outcome.saved.pk)
