"""The tables of rounds, of waiting lists and of rides: how soon, how long, in which order, and why not. Read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

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


@dataclass(frozen=True, kw_only=True)
class WaitTable:
    """The figures of waiting lists, the grounds that a house may put first, and reasons by their codes."""

    confirm_every: timedelta
    offer_for: timedelta
    longest_offer: timedelta
    skip_for: timedelta
    grounds: Mapping[str, str]
    declines: Mapping[str, str]
    leaves: Mapping[str, str]
    skips: Mapping[str, str]
    removals: Mapping[str, str]


def load_waits(path: Path) -> WaitTable:
    """Read the table of waiting lists.

    Raises:
        WrongTable: something in it is missing, unknown or impossible.
    """
    raw = tables.read(path)
    raw.text("source")
    raw.day("date")
    raw.flag("verified")
    lengths: Any = {
        name: raw.length(name) for name in ("confirm_every", "offer_for", "longest_offer", "skip_for")
    }
    named: Any = {name: raw.texts(name) for name in ("grounds", "declines", "leaves", "skips", "removals")}
    raw.close()
    return WaitTable(**lengths, **named)


@dataclass(frozen=True, kw_only=True)
class RideTable:
    """How long rides are thought to take, what passengers may need, and why a ride did not happen."""

    lasts: timedelta
    longest: timedelta
    early: timedelta
    most_seats: int
    needs: Mapping[str, str]
    reasons: Mapping[str, str]


def load_rides(path: Path) -> RideTable:
    """Read the table of rides.

    Raises:
        WrongTable: something in it is missing, unknown or impossible.
    """
    raw = tables.read(path)
    raw.text("source")
    raw.day("date")
    raw.flag("verified")
    lengths: Any = {name: raw.length(name) for name in ("lasts", "longest", "early")}
    named: Any = {name: raw.texts(name) for name in ("needs", "reasons")}
    made = RideTable(most_seats=raw.whole("most_seats"), **lengths, **named)
    raw.close()
    return made


RIDES = load_rides(Path(__file__).parent / "rides.toml")
WAITS = load_waits(Path(__file__).parent / "waitlists.toml")
ROUNDS = load(Path(__file__).parent / "rounds.toml")
REASONS = [(one.code, one.label) for one in ROUNDS.reasons.values()]
