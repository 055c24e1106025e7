"""Which table a file holds: by what a descriptor calls it, by its name, or by its columns."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from breakwater.formats.hsds.columns import Table
from breakwater.formats.hsds.tables import IGNORED, TABLES
from breakwater.formats.hsds.terms import TAXONOMY, TERM

_ENOUGH_KNOWN = 0.75
_BY_FILE = {name: table for table in TABLES for name in table.files}
_NOT_A_NAME = re.compile(r"[^a-z]+")
_PLURALS = (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("s", ""))
_WHOLE = ("address", "access", "eligibility", "accessibility")


def table_for(name: str, described: str = "", columns: Iterable[str] = ()) -> Table | None:
    """The table of a file, or ``None`` when it is none that we read."""
    header = set(columns) - {""}
    for called in filter(None, (described, PurePosixPath(name).stem)):
        plain = singular(called)
        if plain in IGNORED:
            return None
        if plain == "taxonomy" and header & {"version", "uri"} and not header & {"parent_id", "parent_name"}:
            return TAXONOMY  # a list of vocabularies, not of terms
        if table := _BY_FILE.get(plain):
            return table
    return _by_columns(header, singular(PurePosixPath(name).stem)) if header else None


def is_ignored(name: str) -> bool:
    """Whether a file is a table that we know and do not keep."""
    return singular(PurePosixPath(name).stem) in (*IGNORED, "taxonomy")


def singular(name: str) -> str:
    """A file's name made comparable: ``hsds_regular-schedules`` becomes ``regular_schedule``."""
    words = (
        _NOT_A_NAME.sub("_", name.casefold()).strip("_").removeprefix("hsds_").removeprefix("hsd_").split("_")
    )
    return "_".join(_one(word) for word in words)


def _one(word: str) -> str:
    if word in _WHOLE:
        return word
    for plural, one in _PLURALS:
        if word.endswith(plural) and not word.endswith("ss"):
            return word.removesuffix(plural) + one
    return word


def _by_columns(header: set[str], name: str) -> Table | None:
    """The table whose columns are most like these: nearly all known, and its marks among them.

    Between tables that are equally like, the file's name decides: ``old_mail_addresses`` holds mail addresses.
    """
    best, most = None, 0.0
    for table in TABLES:
        marks = table.marks if table is not TERM else table.marks | {"parent_name"}
        share = len(header & table.known) / len(header)
        if marks <= header and share >= _ENOUGH_KNOWN:
            named = max((len(file) for file in table.files if file in name), default=0)
            likeness = share + len(header & table.known) / len(table.known) + named / 100
            if likeness > most:
                best, most = table, likeness
    return best
