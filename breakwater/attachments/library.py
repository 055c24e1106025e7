"""How large and how many files may be. Data: ``limits.toml`` beside this file, read once."""

from dataclasses import dataclass
from pathlib import Path

from breakwater.clocks.sources import take_source
from breakwater.formats.files import Bounds
from breakwater.kernel import tables


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What is taken.

    Args:
        one_file: bytes of one file; ``together`` of the ``at_once`` that one message takes.
        within: what one file may hold.
        agency: bytes that one agency keeps, in at most ``files`` files.
        files_shown: how many of a case may be chosen from to go along with it, the newest.
    """

    one_file: int
    at_once: int
    together: int
    within: Bounds
    agency: int
    files: int
    files_shown: int


def load(path: Path) -> Limits:
    """Read them.

    Raises:
        WrongTable: something is missing.
    """
    raw = tables.read(path)
    raw.text("version")
    raw.day("date")
    take_source(raw, verified=raw.flag("verified"))
    made = Limits(
        one_file=raw.whole("one_file"),
        at_once=raw.whole("at_once"),
        together=raw.whole("together"),
        within=Bounds(pixels=raw.whole("pixels"), pages=raw.whole("pages"), objects=raw.whole("objects")),
        agency=raw.whole("agency"),
        files=raw.whole("files"),
        files_shown=raw.whole("files_shown"),
    )
    raw.close()
    return made


LIMITS = load(Path(__file__).parent / "limits.toml")
