"""Which kind of report a file is."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from breakwater.formats.capacity import flat, have, saner
from breakwater.formats.capacity.figures import Figure
from breakwater.formats.problems import Problem

LARGEST = 64 << 20
_START = 4096


class NotAReport(ValueError):
    """There is no report of room at this path, or none that can be read. The message says why."""


@dataclass(frozen=True)
class Report:
    """A report of room, read whole.

    Args:
        shape: which kind of file it was.
        digest: of its bytes, so that the same report is known again.
    """

    path: Path
    shape: str
    digest: str
    found: tuple[Figure | Problem, ...]

    def figures(self) -> Iterator[Figure | Problem]:
        """What it says, in its own order."""
        return iter(self.found)


def open_report(path: Path) -> Report:
    """Find out what a file is, and read it.

    Raises:
        NotAReport: it is none, or is too large. The message names the file, the line where it is known, and why.
    """
    try:
        size = path.stat().st_size if path.is_file() else None
        content = path.read_bytes() if size is not None and size <= LARGEST else b""
    except OSError as wrong:
        raise NotAReport(f"{path.name} cannot be read: {wrong.strerror}.") from None
    if size is None:
        raise NotAReport(f"{path.name} is no file.")
    if size > LARGEST:
        raise NotAReport(f"{path.name} has more than {LARGEST >> 20} MB.")
    try:
        shape, found = _read(path, content[:_START].removeprefix(b"\xef\xbb\xbf").lstrip())
    except (have.NotHave, saner.NotSaner, flat.NotFlat) as reason:
        raise NotAReport(f"{path.name} {reason}.") from None
    return Report(path, shape, sha256(content).hexdigest(), found)


def _sensible(found: Iterator[Figure | Problem], file: str) -> Iterator[Figure | Problem]:
    """No more are taken than have staff or are licensed. Which of two is wrong nobody knows: all stay unknown."""
    for one in found:
        if isinstance(one, Figure) and (wrong := _crossed(one)):
            yield Problem(file, one.row, one.kind, "", f"{wrong}; they stay unknown")
            yield replace(one, licensed=None, staffed=None, accepting=None)
        else:
            yield one


def _crossed(one: Figure) -> str:
    for words, more, most in (
        ("more would be taken than there are", one.accepting, one.licensed),
        ("more would be taken than have staff", one.accepting, one.staffed),
        ("more have staff than there are", one.staffed, one.licensed),
    ):
        if more is not None and most is not None and more > most:
            return f"{words}: {more} of {most}"
    return ""


def _read(path: Path, start: bytes) -> tuple[str, tuple[Figure | Problem, ...]]:
    if start.startswith(b"<"):
        return "EDXL-HAVE 1.0", tuple(_sensible(have.figures(path), path.name))
    if start.startswith(b"{"):
        return "FHIR MeasureReport", tuple(_sensible(saner.figures(path), path.name))
    shape = flat.shape_of(path)
    return shape.name, tuple(_sensible(flat.figures(path, shape), path.name))
