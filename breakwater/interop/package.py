"""The directory as files: a package of tables in a folder of its own, or every service whole in one JSON document."""

import csv
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from breakwater.formats.cells import as_text
from breakwater.formats.hsds.writing import COLUMNS, Entry, described, rows_of, rows_of_term
from breakwater.kernel.errors import Refused

_NAME = "directory"

Progress = Callable[[int], None]


def write_package(
    folder: Path,
    services: Iterable[Entry],
    *,
    terms: Iterable[Entry] = (),
    progress: Progress = lambda done: None,
) -> dict[str, int]:
    """Write a package of tables. Returns how many rows each got.

    Args:
        terms: those to write besides the ones under which services stand: a wider one has no service of its own.
        progress: is told after each service how many are written.

    Raises:
        Refused: there is something at that place already, or it cannot be written to.
    """
    with _whole_or_not_at_all(folder) as part, ExitStack() as open_files:
        part.mkdir()
        tables = {table: _Table(part / f"{table}.csv", table, open_files) for table in COLUMNS}
        for done, service in enumerate(services, start=1):
            for table, row in rows_of(service):
                tables[table].add(row)
            progress(done)
        for term in terms:
            for table, row in rows_of_term(term):
                tables[table].add(row)
        (part / "datapackage.json").write_text(json.dumps(described(_NAME), indent=1), encoding="utf-8")
    return {table: one.count for table, one in tables.items()}


def write_document(
    path: Path, services: Iterable[Entry], *, progress: Progress = lambda done: None
) -> dict[str, int]:
    """Write every service as one JSON document. The same answer and refusals as ``write_package``."""
    done = 0
    with _whole_or_not_at_all(path) as part, part.open("w", encoding="utf-8") as document:
        for done, service in enumerate(services, start=1):
            document.write(f"{',' if done > 1 else '['}\n{json.dumps(service, ensure_ascii=False)}")
            progress(done)
        document.write("\n]\n" if done else "[]\n")
    return {"services": done}


@contextmanager
def _whole_or_not_at_all(path: Path) -> Iterator[Path]:
    """Where to write meanwhile; it goes to its place when everything is written."""
    if path.exists():
        raise Refused(f"There is something at {path} already. Choose a name that is not there yet.")
    try:
        beside = Path(tempfile.mkdtemp(prefix=".directory-", dir=path.parent))
    except OSError as trouble:
        raise Refused(f"{path.parent} cannot be written to: {trouble.strerror}.") from trouble
    try:
        yield (part := beside / path.name)
        part.rename(path)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


class _Table:
    """One file of a package."""

    def __init__(self, path: Path, table: str, open_files: ExitStack) -> None:
        file = open_files.enter_context(path.open("w", encoding="utf-8", newline=""))
        self._rows = csv.DictWriter(file, COLUMNS[table], quoting=csv.QUOTE_ALL)
        self._rows.writeheader()
        self._seen: set[Any] = set()
        self.count = 0

    def add(self, row: dict[str, Any]) -> None:
        """Write a row once: what several services share comes with each of them."""
        if row["id"] not in self._seen:
            self._seen.add(row["id"])
            self._rows.writerow(
                {name: as_text(one) if isinstance(one, str) else one for name, one in row.items()}
            )
            self.count += 1
