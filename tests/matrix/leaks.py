"""H4: everything besides the answers by which words could leave: our log, PostgreSQL's log, and files."""

import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from breakwater.server.logs import Discreet
from tests.matrix.canaries import Cage

_SPEAKERS = ("", "breakwater", "django", "django.request", "procrastinate", "psycopg")


class Ears(logging.Handler):
    """Keeps every line that the log of a server would hold."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(Discreet())

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line, as it would be written."""
        self.lines.append(self.format(record))


@contextmanager
def listening(cage: Cage, found: list[str]) -> Iterator[None]:
    """While something is done: what of it was heard in a log or a file is added to what was found.

    Nobody else hears the log meanwhile: each question leaves a line, which the console and pytest would write anew.
    """
    ears, written = Ears(), _Files()
    loggers = [logging.getLogger(name) for name in _SPEAKERS]
    before = [(logger, logger.level, logger.handlers) for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.INFO)
        logger.handlers = [ears] if logger.parent is None or not logger.propagate else []
    try:
        yield
    finally:
        for logger, level, handlers in before:
            logger.handlers = handlers
            logger.setLevel(level)
    places = {"the log": "\n".join(ears.lines).encode(), **written.new()}
    found += [f"{place} tells {one.text}" for place, said in places.items() for one in cage.heard_in(said)]


class _Files:
    """PostgreSQL's log, and every file that the suite or Python's own temporary folder holds besides."""

    def __init__(self) -> None:
        self.folder = Path(os.environ["TESTS_FOLDER"])
        self.log = self.folder / "pg" / "postgres.log"
        self.said = self.log.stat().st_size if self.log.exists() else 0
        self.own = Path(tempfile.mkdtemp(prefix="leaks-", dir=self.folder))
        self.before, tempfile.tempdir = tempfile.tempdir, str(self.own)

    def new(self) -> dict[str, bytes]:
        """What was written since, by where."""
        tempfile.tempdir = self.before
        files = {f"the file {one.name}": one.read_bytes() for one in self.own.rglob("*") if one.is_file()}
        names = "\n".join(str(one.relative_to(self.own)) for one in self.own.rglob("*"))
        with self.log.open("rb") as said:
            said.seek(self.said)
            return files | {"the name of a file": names.encode(), "PostgreSQL's log": said.read()}
