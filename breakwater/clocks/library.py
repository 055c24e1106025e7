"""The profiles: what is promised by when, per jurisdiction. Read and checked once, when first imported.

The numbers are data: ``profiles/*.toml``, and ``sources.toml`` for the study, standard or law behind each
of them. A file that cannot be used stops the program at its start, with a sentence that names the file and
the key.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType

from breakwater.clocks.care import CareRule, read_care
from breakwater.clocks.rules import BUSINESS_DAYS, CALENDARS, HOURS, LOCAL_DAYS, LOCAL_MONTHS, Limit
from breakwater.clocks.sources import take_source
from breakwater.kernel import tables
from breakwater.kernel.tables import Table, WrongTable, length

_HERE = Path(__file__).parent
_COUNT = {
    LOCAL_DAYS: re.compile(r"P(\d+)D"),
    LOCAL_MONTHS: re.compile(r"P(\d+)M"),
    BUSINESS_DAYS: re.compile(r"P(\d+)B"),
}
_SHARE = re.compile(r"([1-9]\d?)%")

OWNER, SUPERVISOR, DUTY = "owner", "supervisor", "duty_queue"
ALARMED = (OWNER, SUPERVISOR, DUTY)
"""Who can be alarmed: whoever is accountable, the agency's supervisors, whoever is on duty."""

DUE_SOON, MISSED = "due_soon", "missed"
ALARMS = (DUE_SOON, MISSED)

GIVEN, SCHEME = "given", "scheme"
"""Limits that no profile knows: the act that starts the clock gives them, or its triage scheme."""

IN_EVERY_PROFILE = (
    *("stabilization", "gate_review", "first_contact", "triage_response", "duty_queue", "rescreen"),
    *("duty_report", "duty_written", "medical_review", "critical_answer"),
    *("next_contact", "step", "placement_arrival", "handoff_acceptance", "handoff_first_contact"),
    *("round_answer", "hold_confirmation", "waitlist_confirmation", "waitlist_offer"),
    *("round_question", "referral_question"),
    *("ride_assignment", "ride_pick_up"),
    *("safety_plan_review", "safeguard", "follow_up_asked", "own_word"),
    *("referral_acknowledgement", "referral_answer", "referral_start", "referral_need_met"),
    *("benefit_filing", "benefit_papers", "benefit_interview", "benefit_status", "benefit_last_day"),
    *("benefit_hearing", "benefit_kept", "benefit_renewal", "benefit_address"),
)
"""The clocks that acts start wherever an agency is; a profile without one of them is not whole."""

_CARE = ("early_contact", "ending_in_danger", "evidence", "taken_in_twice", "lately", "left_behind")
"""The tables of what a profile asks of the work itself."""


@dataclass(frozen=True, kw_only=True)
class ClockSpec:
    """What a profile says about one kind of clock.

    Args:
        label: what must happen, while it runs.
        done: how it is called once it was met.
        promise: what is promised, in plain words around ``{due}``.
        limit: how long it may run; ``None`` when the act that starts it says so.
        due_soon: how long before it is due, or which part of its time.
        alarms: who is alarmed when it is due soon, and when it was missed.
        pauses: the reasons for which it may stand still.
        date: when somebody last checked the row against its source.
        verified: whether the source says just this number of just this clock.
    """

    kind: str
    label: str
    done: str
    promise: str
    starts_when: str
    stops_when: str
    limit: Limit | None
    calendar: str
    due_soon: timedelta | float
    alarms: Mapping[str, tuple[str, ...]]
    pauses: tuple[str, ...]
    source: str
    date: date
    verified: bool
    note: str


@dataclass(frozen=True, kw_only=True)
class PauseSpec:
    """A reason for which a clock may stand still, and for how long at most."""

    label: str
    at_most: timedelta
    source: str
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
    pauses: Mapping[str, PauseSpec]
    holidays: Mapping[date, str]
    holidays_until: date
    lost: LostRule
    care: CareRule
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
    """A profile by its code, or by the stamp that a clock carries.

    Raises:
        LookupError: there is none.
    """
    code = code.partition("@")[0]
    if code not in PROFILES:
        raise LookupError(f"there is no profile {code}")
    return PROFILES[code]


def load(path: Path) -> Profile:
    """Read one profile.

    Raises:
        WrongTable: something in it is missing, unknown or impossible.
    """
    raw = tables.read(path)
    holidays = raw.table("holidays")
    take_source(holidays, verified=holidays.flag("verified"))
    pauses = {reason: _pause(table) for reason, table in raw.tables("pauses")}
    clocks = {kind: _spec(kind, table, pauses) for kind, table in raw.tables("clocks")}
    made = Profile(
        code=raw.text("code"),
        version=raw.text("version"),
        title=raw.text("title"),
        clocks=MappingProxyType(clocks),
        pauses=MappingProxyType(pauses),
        holidays=MappingProxyType(holidays.days("days")),
        holidays_until=holidays.day("known_until"),
        lost=_lost(raw.table("lost_to_contact")),
        care=read_care(*(raw.table(name) for name in _CARE)),
        schedule=_schedule(raw.table("follow_up"), clocks),
    )
    holidays.close()
    raw.close()
    for kind in sorted(set(IN_EVERY_PROFILE) - set(clocks)):
        raw.refuse(f"clocks.{kind}", "is missing")
    return made


def load_all(folder: Path) -> Mapping[str, Profile]:
    """Read every profile of a folder.

    Raises:
        WrongTable: one is wrong, two have one code, or they call one kind of clock by two names.
    """
    made: dict[str, Profile] = {}
    called: dict[tuple[str, str], str] = {}
    for path in sorted(folder.glob("*.toml")):
        one = load(path)
        if one.code in made:
            raise WrongTable(f"{path.name}: code: {one.code!r} is another profile's")
        made[one.code] = one
        for kind, spec in one.clocks.items():
            _call_alike(called, kind, spec, path)
    return MappingProxyType(made)


def _call_alike(called: dict[tuple[str, str], str], kind: str, spec: ClockSpec, path: Path) -> None:
    for key, said in (("label", spec.label), ("done", spec.done)):
        if (other := called.setdefault((kind, key), said)) != said:
            raise WrongTable(f"{path.name}: clocks.{kind}.{key}: another profile says {other!r}")


def _spec(kind: str, table: Table, pauses: Mapping[str, PauseSpec]) -> ClockSpec:
    calendar, verified = table.one_of("calendar", CALENDARS), table.flag("verified")
    alarms, label = table.table("alarms"), table.text("label", most=60)
    made = ClockSpec(
        kind=kind,
        label=label,
        done=table.text("done", most=60, default=label),
        promise=table.text("promise"),
        starts_when=table.text("starts_when"),
        stops_when=table.text("stops_when"),
        limit=table.read("limit", lambda text: _limit(text, calendar)),
        calendar=calendar,
        due_soon=table.read("due_soon", _lead),
        alarms=MappingProxyType({alarm: alarms.some_of(alarm, ALARMED) for alarm in ALARMS}),
        pauses=table.some_of("pauses", pauses),
        source=take_source(table, verified=verified),
        date=table.day("date"),
        verified=verified,
        note=table.text("note", default=""),
    )
    if made.promise.count("{due}") != 1:
        table.refuse("promise", "does not say {due} once")
    if not made.alarms[MISSED]:
        table.refuse("alarms.missed", "alarms nobody")
    alarms.close()
    table.close()
    return made


def _limit(text: str, calendar: str) -> Limit | None:
    if text in (GIVEN, SCHEME):
        return None
    if calendar == HOURS:
        return Limit(HOURS, time=length(text))
    found = _COUNT[calendar].fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not a number of {calendar} such as {_COUNT[calendar].pattern}")
    return Limit(calendar, count=int(found[1]))


def _lead(text: str) -> timedelta | float:
    share = _SHARE.fullmatch(text)
    return int(share[1]) / 100 if share else length(text)


def _pause(table: Table) -> PauseSpec:
    verified = table.flag("verified")
    made = PauseSpec(
        label=table.text("label", most=60),
        at_most=table.length("at_most"),
        source=take_source(table, verified=verified),
        verified=verified,
    )
    table.close()
    return made


def _lost(table: Table) -> LostRule:
    verified = table.flag("verified")
    made = LostRule(
        attempts=table.whole("attempts"),
        over=table.length("over"),
        source=take_source(table, verified=verified),
        verified=verified,
    )
    table.close()
    return made


def _schedule(table: Table, clocks: Mapping[str, ClockSpec]) -> tuple[str, ...]:
    take_source(table, verified=table.flag("verified"))
    kinds = table.some_of("schedule", clocks)
    table.close()
    return kinds


PROFILES: Mapping[str, Profile] = load_all(_HERE / "profiles")
LABELS: Mapping[str, str] = MappingProxyType(
    {kind: spec.label for made in PROFILES.values() for kind, spec in made.clocks.items()}
)
"""What must happen while a clock of each kind runs, in any profile."""

DONE: Mapping[str, str] = MappingProxyType(
    {kind: spec.done for made in PROFILES.values() for kind, spec in made.clocks.items()}
)
"""How a clock of each kind reads once it was met."""
