"""What must have been done lately for others to rely on it: a backup, an anchor of the journal, a clock that is right.

Asked before a program starts in production, every hour while it runs, and on the page *Upkeep*. What cannot be known
from here is said, and stops nothing.
"""

import ctypes
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from breakwater.kernel import tables

_BACKUPS, _ANCHORS = "backups.jsonl", "journal.jsonl"
_UNKEPT, _IN_NANOSECONDS = 0x0040, 0x2000


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """How long ago, and how far off."""

    clock: timedelta
    backup: timedelta
    anchor: timedelta
    first: timedelta
    put_off: timedelta


@dataclass(frozen=True, kw_only=True)
class Upkeep:
    """What was found; ``None`` for what is not known here."""

    now: datetime
    since: datetime | None = None
    backup: datetime | None = None
    put_off: datetime | None = None
    anchor: datetime | None = None
    apart: timedelta | None = None
    off: timedelta | None = None


@dataclass(frozen=True)
class Asked:
    """What PostgreSQL was asked: when the tables were made, and how far its clock is from ours; ``None`` if unknown."""

    since: datetime | None = None
    apart: timedelta | None = None


@dataclass(frozen=True)
class Said:
    """What is to be said of one of them; only what is wrong keeps a program from starting."""

    about: str
    is_wrong: bool
    sentences: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """All of it, one after the other."""
        return " ".join(self.sentences)


def load(path: Path) -> Bounds:
    """Read the bounds.

    Raises:
        WrongTable: one is missing, or makes no sense.
    """
    raw = tables.read(path)
    raw.text("source")
    raw.day("date")
    raw.flag("verified")
    hours = {name: timedelta(hours=raw.whole(name)) for name in ("backup", "anchor", "first", "put_off")}
    found = Bounds(clock=timedelta(seconds=raw.whole("clock")), **hours)
    raw.close()
    return found


BOUNDS = load(Path(__file__).parent / "upkeep.toml")


def judged(found: Upkeep) -> list[Said]:
    """Everything there is to say, the wrong first."""
    is_new = found.since is not None and found.now - found.since < BOUNDS.first
    said = [*_of_clock(found), *_of_backup(found, is_new=is_new), *_of_anchor(found, is_new=is_new)]
    return sorted(said, key=lambda one: not one.is_wrong)


def _of_clock(found: Upkeep) -> list[Said]:
    said, most = [], _seconds(BOUNDS.clock)
    if found.apart is not None and abs(found.apart) > BOUNDS.clock:
        apart = _seconds(found.apart)
        sentence = (
            f"The clocks of this machine and of PostgreSQL are {apart} seconds apart, more than {most}."
        )
        said.append(Said("clock", True, (sentence,)))
    if found.off is None:
        sentence = "Nothing keeps the clock of this machine, or that cannot be seen from here: use NTP."
        said.append(Said("clock", False, (sentence,)))
    elif abs(found.off) > BOUNDS.clock:
        off = _seconds(found.off)
        sentence = f"The clock of this machine is {off} seconds away from its time servers, more than {most}."
        said.append(Said("clock", True, (sentence,)))
    return said


def _of_backup(found: Upkeep, *, is_new: bool) -> list[Said]:
    do = "Make one and say so: breakwater backup noted FILE."
    if found.backup and found.now - BOUNDS.backup <= found.backup <= found.now + BOUNDS.clock:
        return []
    if is_new and found.backup is None:
        first = _hours(BOUNDS.first)
        sentence = f"No backup is noted yet. Nobody asks for one in the first {first} hours."
        return [Said("backup", False, (sentence, do))]
    if found.backup is None:
        sentence = "No backup is noted."
    elif found.backup > found.now:
        sentence = "The last backup is dated in the future."
    else:
        old, most = _hours(found.now - found.backup), _hours(BOUNDS.backup)
        sentence = f"The last backup is {old} hours old, more than {most}."
    if found.put_off and found.now < found.put_off <= found.now + BOUNDS.put_off:
        left = _hours(found.put_off - found.now)
        told = f"It was put off for {left} hours."
        return [Said("backup", False, (sentence, told, do))]
    return [Said("backup", True, (sentence, do, "Or put it off once: breakwater backup later WHY."))]


def _of_anchor(found: Upkeep, *, is_new: bool) -> list[Said]:
    ask = "The worker does so every hour: does it run?"
    if found.anchor and found.now - found.anchor <= BOUNDS.anchor:
        return []
    if found.anchor is None:
        sentence = "The journal was never anchored in this folder."
        return [Said("anchor", not is_new, (sentence, ask))]
    old, most = _hours(found.now - found.anchor), _hours(BOUNDS.anchor)
    sentence = f"The journal was last anchored {old} hours ago, more than {most}."
    return [Said("anchor", True, (sentence, ask))]


def _seconds(length: timedelta) -> int:
    return round(abs(length).total_seconds())


def _hours(length: timedelta) -> int:
    return max(1, round(length.total_seconds() / 3600))


def look(asked: Asked, *, now: datetime, backups: Path, anchors: Path) -> Upkeep:
    """What is found in these folders, beside what PostgreSQL was asked."""
    noted = notes(backups)
    return Upkeep(
        now=now,
        since=asked.since,
        backup=_latest(noted, "backup"),
        put_off=_latest(noted, "until"),
        anchor=last_anchored(anchors),
        apart=asked.apart,
        off=how_far_off(),
    )


def notes(folder: Path) -> list[dict[str, Any]]:
    """What is noted of backups, in order."""
    return _lines(folder / _BACKUPS)


def note(folder: Path, **said: str | int) -> None:
    """Add a line to what is noted of backups: a file that only grows."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / _BACKUPS).open("a", encoding="utf-8") as book:
        book.write(json.dumps(said) + "\n")


def last_anchored(folder: Path) -> datetime | None:
    """When the heads of the journal were last looked at and written down."""
    return _latest(_lines(folder / _ANCHORS), "at")


def _lines(path: Path) -> list[dict[str, Any]]:
    found = []
    try:
        written = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    for line in written:
        try:
            found.append(dict(json.loads(line)))
        except (ValueError, TypeError):
            continue  # a line that was left unfinished
    return found


def _latest(lines: list[dict[str, Any]], name: str) -> datetime | None:
    return max((one for one in (_moment(said, name) for said in lines) if one), default=None)


def _moment(said: dict[str, Any], name: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(said.get(name, "")))
    except ValueError:
        return None
    return found if found.tzinfo else None


def how_far_apart(theirs: datetime, *, before: datetime, took: float) -> timedelta:
    """How far PostgreSQL's clock is from ours at least, asked at a moment of ours; its answer took so many seconds."""
    return max(before - theirs, theirs - before - timedelta(seconds=took), timedelta())


class _Timex(ctypes.Structure):
    """What Linux tells of its clock (``adjtimex``), as far as we read; the rest is room."""

    _fields_ = (
        ("modes", ctypes.c_uint), ("offset", ctypes.c_long), ("freq", ctypes.c_long), ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long), ("status", ctypes.c_int), ("room", ctypes.c_char * 256),
    )  # fmt: skip


def how_far_off() -> timedelta | None:
    """How far Linux knows its clock to be from its time servers; ``None`` when nobody keeps it, or nobody says."""
    told = _Timex()
    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.byref(told))
    except (OSError, AttributeError):
        return None
    if state < 0 or told.status & _UNKEPT:
        return None
    return timedelta(seconds=told.offset / (1e9 if told.status & _IN_NANOSECONDS else 1e6))
