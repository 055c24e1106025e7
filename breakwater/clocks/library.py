"""The profiles: what is promised by when, per jurisdiction. Read and checked once, when first imported."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

_FOLDER = Path(__file__).parent / "profiles"
_LIMIT = re.compile(r"^(?:P(?P<days>\d+)D|PT(?P<hours>\d+)H|PT(?P<minutes>\d+)M|P(?P<business>\d+)B)$")
CALENDARS = ("hours", "local_days", "business_days")
ALARMED = ("owner", "supervisor", "duty_queue")
GIVEN, SCHEME = "given", "scheme"


class WrongProfile(Exception):
    """A profile cannot be used; the message names the file and the key."""


@dataclass(frozen=True, kw_only=True)
class ClockSpec:
    """What a profile says about one kind of clock.

    ``limit`` is a length of time (``hours`` calendar) or a number of whole days; ``None`` when the act that starts
    the clock gives it. ``promise`` holds ``{due}``.
    """

    kind: str
    label: str
    promise: str
    starts_when: str
    stops_when: str
    limit: timedelta | None
    calendar: str
    due_soon: timedelta
    alarms: str
    pauses: tuple[str, ...]
    source: str
    date: date
    verified: bool


@dataclass(frozen=True, kw_only=True)
class LostRule:
    """When somebody may be called lost to contact: attempts, spread over at least this long."""

    attempts: int
    over: timedelta
    source: str
    verified: bool


@dataclass(frozen=True, kw_only=True)
class Profile:
    """All clocks of one jurisdiction, with its holidays."""

    code: str
    version: str
    title: str
    clocks: Mapping[str, ClockSpec]
    holidays: Mapping[date, str]
    lost: LostRule
    schedule: tuple[str, ...]

    @property
    def stamp(self) -> str:
        """Code and version, as kept on each clock: ``us@2026-11``."""
        return f"{self.code}@{self.version}"

    def spec(self, kind: str) -> ClockSpec:
        """What the profile says about a kind of clock.

        Raises:
            LookupError: it says nothing about it.
        """
        if kind not in self.clocks:
            raise LookupError(f"profile {self.code} has no clock {kind}")
        return self.clocks[kind]


def profile(code: str) -> Profile:
    """A profile by its code.

    Raises:
        LookupError: there is none.
    """
    if code not in PROFILES:
        raise LookupError(f"there is no profile {code}")
    return PROFILES[code]


def length(text: str) -> timedelta:
    """``PT48H``, ``PT15M``, ``P7D`` or ``P1B`` as a length; a business day counts as one day here.

    Raises:
        ValueError: it is none of these, or nothing long.
    """
    found = _LIMIT.match(text)
    if not found:
        raise ValueError(f"{text!r} is not a length of time")
    parts = {name: int(value) for name, value in found.groupdict().items() if value}
    whole = timedelta(
        days=parts.get("days", 0) + parts.get("business", 0),
        hours=parts.get("hours", 0),
        minutes=parts.get("minutes", 0),
    )
    if whole <= timedelta():
        raise ValueError(f"{text!r} is no time at all")
    return whole


def load(path: Path) -> Profile:
    """Read one profile.

    Raises:
        WrongProfile: something in it is missing or impossible.
    """
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        lost = raw["lost_to_contact"]
        made = Profile(
            code=raw["code"],
            version=raw["version"],
            title=raw["title"],
            clocks=MappingProxyType({kind: _spec(path, kind, values) for kind, values in raw["clocks"].items()}),
            holidays=MappingProxyType({date.fromisoformat(d): name for d, name in raw["holidays"].items()}),
            lost=LostRule(
                attempts=lost["attempts"], over=length(lost["over"]), source=lost["source"], verified=lost["verified"]
            ),
            schedule=tuple(raw["follow_up"]["schedule"]),
        )
    except (KeyError, ValueError) as error:
        raise WrongProfile(f"{path.name}: {error}") from error
    for kind in made.schedule:
        if kind not in made.clocks:
            raise WrongProfile(f"{path.name}: the follow-up schedule names {kind}, which has no clock")
    return made


def _spec(path: Path, kind: str, values: dict[str, Any]) -> ClockSpec:
    try:
        limit = None if values["limit"] in (GIVEN, SCHEME) else length(values["limit"])
        made = ClockSpec(
            kind=kind,
            label=values["label"],
            promise=values["promise"],
            starts_when=values["starts_when"],
            stops_when=values["stops_when"],
            limit=limit,
            calendar=values["calendar"],
            due_soon=length(values["due_soon"]),
            alarms=values["alarms"],
            pauses=tuple(values["pauses"]),
            source=values["source"],
            date=date.fromisoformat(values["date"]),
            verified=values["verified"],
        )
    except (KeyError, ValueError) as error:
        raise WrongProfile(f"{path.name}: clocks.{kind}: {error}") from error
    if made.calendar not in CALENDARS or made.alarms not in ALARMED or "{due}" not in made.promise:
        raise WrongProfile(f"{path.name}: clocks.{kind}: the calendar, the alarm or the promise is not known")
    return made


PROFILES: Mapping[str, Profile] = MappingProxyType(
    {made.code: made for made in (load(path) for path in sorted(_FOLDER.glob("*.toml")))}
)
LABELS: Mapping[str, str] = MappingProxyType(
    {kind: spec.label for made in PROFILES.values() for kind, spec in made.clocks.items()}
)
"""What each kind of clock is called, in any profile."""
