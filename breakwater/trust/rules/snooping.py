"""Who looked at a record without a reason one can see. Plain values in, plain values out.

Nobody is accused here: signs are counted, and from so many points on somebody is asked to explain.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

SIGNS = {
    "oneself": "Their own record",
    "household": "Somebody of their own household",
    "address": "The same address or number as theirs",
    "surname": "The same surname",
    "coworker": "A colleague",
    "no_care": "They have nothing to do with the case",
    "well_known": "A well-known person",
    "after_event": "In the news",
    "searched": "Searched for by name, then opened",
    "off_shift": "Outside their usual hours",
    "volume": "Very many records within an hour",
}
"""What can be odd about a look at a record."""

_ALONE = frozenset({"oneself", "household", "address"})
"""These count whether or not they work on the case."""
_HOURS = 24


@dataclass(frozen=True, kw_only=True)
class Snooping:
    """The numbers: what each sign counts, from when on somebody is asked, and what the signs mean."""

    points: Mapping[str, int]
    alert_at: int
    searched: timedelta
    event_days: int
    many_in_an_hour: int
    usual_share: float
    usual_after_looks: int
    care: timedelta
    reason_lasts: timedelta


@dataclass(frozen=True, kw_only=True)
class Somebody:
    """What can be compared of a person, helped or working: keys of names, of ways to reach them, their household."""

    surnames: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    household: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Look:
    """Somebody opened a record.

    Args:
        works_there: they are the owner, on the team, in its queue, wrote in it or sent or answered a letter about it.
        searched_at: when the record last came up in a search of theirs.
        opened_within_an_hour: how many different records they opened within the hour before.
        looks_by_hour: when they usually look: how many of their looks fell into each hour of the day, where they are.
        news_since: since when the person is in the news.
    """

    at: datetime
    works_there: bool
    record: Somebody
    worker: Somebody
    workers_names: frozenset[str] = frozenset()
    is_well_known: bool = False
    news_since: datetime | None = None
    searched_at: datetime | None = None
    opened_within_an_hour: int = 1
    looks_by_hour: Mapping[int, int]


def signs(look: Look, law: Snooping) -> frozenset[str]:
    """Everything that is odd about a look. Who works on the case may search, come late and share a surname."""
    found = {code for code, is_so in _round_the_person(look).items() if is_so}
    found |= {code for code, is_so in _round_the_look(look, law).items() if is_so}
    return frozenset(found & _ALONE if look.works_there else found)


def is_odd(found: Iterable[str], law: Snooping) -> bool:
    """Whether somebody is asked to explain."""
    return sum(law.points[code] for code in found) >= law.alert_at


def usual_hours(looks: Mapping[int, int], law: Snooping) -> frozenset[int]:
    """The hours of the day at which somebody works; all of them while too little is known."""
    total = sum(looks.values())
    if total < law.usual_after_looks:
        return frozenset(range(_HOURS))
    return frozenset(
        hour
        for hour in range(_HOURS)
        if sum(looks.get((hour + near) % _HOURS, 0) for near in (-1, 0, 1)) >= law.usual_share * total
    )


def _round_the_person(look: Look) -> dict[str, bool]:
    record, worker = look.record, look.worker
    return {
        "oneself": bool(record.names & worker.names),
        "household": record.household is not None and record.household == worker.household,
        "address": bool(record.addresses & worker.addresses),
        "surname": bool(record.surnames & worker.surnames),
        "coworker": bool(record.names & look.workers_names - worker.names),
        "well_known": look.is_well_known,
    }


def _round_the_look(look: Look, law: Snooping) -> dict[str, bool]:
    news, searched = look.news_since, look.searched_at
    return {
        "no_care": not look.works_there,
        "after_event": news is not None and news <= look.at <= news + timedelta(days=law.event_days),
        "searched": searched is not None and timedelta() <= look.at - searched <= law.searched,
        "off_shift": look.at.hour not in usual_hours(look.looks_by_hour, law),
        "volume": look.opened_within_an_hour >= law.many_in_an_hour,
    }
