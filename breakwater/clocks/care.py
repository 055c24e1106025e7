"""What a profile asks of the work itself, beside its clocks: numbers of ours, for each agency to replace."""

import re
from dataclasses import dataclass
from datetime import timedelta

from breakwater.clocks.sources import take_source
from breakwater.kernel.tables import Table

_SHARE = re.compile(r"([1-9]\d?)%")


@dataclass(frozen=True, kw_only=True)
class CareRule:
    """What keeps the work honest where it is tempting to be quick; see each profile for what stands behind a number.

    Args:
        early: the part of a check-in's time before which a contact leaves it owed.
        read_within: how young a reading of a pressing danger is on which a case ends without being settled.
        letters: how long the evidence of a gate is at least.
        letters_instead: how long where nothing in the record bears it out.
        twice_within: how long after an intake the same name or words are asked about before they are taken in again.
        lately: how far back a board tells what happened, and ``lately_lines`` how much of one case.
        left_after: how long an intake that was begun lies untouched before colleagues are shown it.
    """

    early: float
    read_within: timedelta
    letters: int
    letters_instead: int
    twice_within: timedelta
    lately: timedelta
    lately_lines: int
    left_after: timedelta


def read_care(
    early: Table, ending: Table, evidence: Table, twice: Table, lately: Table, left: Table
) -> CareRule:
    """The rule as six tables of a profile give it, each with its source."""
    made = CareRule(
        early=early.read("share", _share),
        read_within=ending.length("read_within"),
        letters=evidence.whole("letters"),
        letters_instead=evidence.whole("letters_instead"),
        twice_within=twice.length("within"),
        lately=lately.length("within"),
        lately_lines=lately.whole("lines"),
        left_after=left.length("after"),
    )
    for table in (early, ending, evidence, twice, lately, left):
        take_source(table, verified=table.flag("verified"))
        table.day("date")
        table.close()
    return made


def _share(text: str) -> float:
    found = _SHARE.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no part such as 50%")
    return int(found[1]) / 100
