"""The table of rounds: how soon an answer is due, how long a bed is kept, and why a place may say no. Read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from breakwater.kernel import tables

_ABOUT = ("room", "criteria", "person")


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why a place says no. ``looks_at`` is the criterion that it tells something about, if any."""

    code: str
    label: str
    about: str
    looks_at: str


@dataclass(frozen=True, kw_only=True)
class RoundTable:
    """The figures of a round, and the reasons for a no."""

    answer_within: timedelta
    hold_for: timedelta
    most_at_once: int
    looks_back: timedelta
    reasons: Mapping[str, Reason]


def load(path: Path) -> RoundTable:
    """Read the table.

    Raises:
        WrongTable: something in it is missing, unknown or impossible.
    """
    raw = tables.read(path)
    raw.text("source")
    raw.day("date")
    raw.flag("verified")
    reasons = {}
    for code, table in raw.tables("reasons"):
        reasons[code] = Reason(
            code=code,
            label=table.text("label"),
            about=table.one_of("about", _ABOUT),
            looks_at=table.text("looks_at", default=""),
        )
        table.close()
    made = RoundTable(
        answer_within=raw.length("answer_within"),
        hold_for=raw.length("hold_for"),
        most_at_once=raw.whole("most_at_once"),
        looks_back=raw.length("looks_back"),
        reasons=reasons,
    )
    raw.close()
    return made


ROUNDS = load(Path(__file__).parent / "rounds.toml")
REASONS = [(one.code, one.label) for one in ROUNDS.reasons.values()]
