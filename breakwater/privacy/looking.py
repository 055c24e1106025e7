"""Goes through the looks of an agency, and brings what the rules want to know of each."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.functions import ExtractHour

from breakwater.cases.models import Assignment, Case
from breakwater.kernel.days import start_of_day
from breakwater.kernel.text import name_key
from breakwater.people.models import ContactPoint, Membership, Name, Person
from breakwater.trust.access import Actor
from breakwater.trust.actions.looks import Oddity, find_odd_looks
from breakwater.trust.library import law_of
from breakwater.trust.models import Appointment, Entry, Flag, Sighting, Watch
from breakwater.trust.rules.snooping import Look, Somebody, is_odd, signs

_AN_HOUR = timedelta(hours=1)
_USUALLY = timedelta(days=28)
_AGAIN = timedelta(minutes=5)
"""So far is gone back each time: what was being written when we last looked is found now."""
_FIRST = timedelta(days=1)
_SEARCH = "desk:search"
_LISTS = (_SEARCH, "desk:now", "cases:intake", "cases:matches", "people:matches")
"""Pages that show many. The last name is of an older version: what was seen there stays written down."""
_REVIEWS = ("privacy:desk", "privacy:opened", "privacy:seen", "privacy:review", "privacy:look")
"""Where one looks because somebody else looked."""
_RECORDS = ("people.person", "cases.case")


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A worker opened a record."""

    worker: UUID
    circle: UUID
    at: datetime


def look_through(*, at: datetime, by: Actor) -> int:
    """Ask about every look since the last time that is odd. How many are new."""
    watch = Watch.objects.filter(agency=by.agency_id).first()
    since = (watch.up_to - _AGAIN) if watch else at - _FIRST
    law = law_of(by.agency).snooping
    found = []
    for opened, look in looks(since, at, by):
        odd = signs(look, law)
        if is_odd(odd, law):
            day = opened.at.astimezone(by.zone).date()
            found.append(Oddity(worker=opened.worker, circle=opened.circle, on=day, at=opened.at, signs=odd))
    return find_odd_looks(found, up_to=at, by=by)


def looks(since: datetime, until: datetime, by: Actor) -> list[tuple[Opened, Look]]:
    """Every record that was opened between two moments, with what the rules want to know."""
    shown = list(
        Sighting.objects.filter(
            agency=by.agency_id, by__isnull=False, what__in=_RECORDS, seen_at__gt=since - _AN_HOUR,
            seen_at__lte=until,
        ).order_by("seen_at")
    )  # fmt: skip
    circles = _circles(shown)
    opened = [_opened(one, circles) for one in shown if _is_opening(one)]
    before = [one for one in opened if one is not None]
    asked = [one for one in before if one.at > since]
    if not asked:
        return []
    facts = _Facts(asked, until, by)
    searched = _searched(shown, circles)
    return [(one, facts.look(one, before, searched)) for one in asked]


class _Facts:
    """What is known of the records and the workers in question, asked once for all of them."""

    def __init__(self, asked: list[Opened], at: datetime, by: Actor) -> None:
        self.by, self.law = by, law_of(by.agency).snooping
        self.circles, self.workers = {one.circle for one in asked}, {one.worker for one in asked}
        staff = Appointment.objects.standing(at).filter(agency=by.agency_id)
        self.names = {one.user_id: name_key(one.user.name) for one in staff.select_related("user")}
        self.units = {one.user_id: one.unit_id for one in staff}
        self.care = self._care(at)
        self.records = _somebodies(Q(circle__in=self.circles))
        self.own = self._own()
        self.flags = {one.circle_id: one for one in Flag.objects.standing().filter(agency=by.agency_id)}
        self.hours = _hours(self.workers, at, by)

    def look(
        self, one: Opened, before: list[Opened], searched: dict[tuple[UUID, UUID], list[datetime]]
    ) -> Look:
        """One look, as the rules want to know it."""
        flag = self.flags.get(one.circle)
        came_up = [at for at in searched.get((one.worker, one.circle), ()) if at <= one.at]
        within = {
            other.circle
            for other in before
            if other.worker == one.worker and one.at - _AN_HOUR < other.at <= one.at
        }
        return Look(
            at=one.at.astimezone(self.by.zone), works_there=(one.worker, one.circle) in self.care,
            record=self.records.get(one.circle, Somebody()), worker=self.own[one.worker],
            workers_names=frozenset(self.names.values()), is_well_known=flag is not None,
            news_since=start_of_day(flag.news_on, self.by.zone) if flag and flag.news_on else None,
            searched_at=max(came_up, default=None), opened_within_an_hour=len(within),
            looks_by_hour=self.hours.get(one.worker, {}),
        )  # fmt: skip

    def _care(self, at: datetime) -> set[tuple[UUID, UUID]]:
        """Who works on what: wrote there lately, is or was lately its owner, on its team, or in its queue."""
        since = at - self.law.care
        wrote = Entry.objects.filter(circle__in=self.circles, by__in=self.workers, at__gt=since)
        found = set(wrote.values_list("by", "circle").distinct())
        lately = Assignment.objects.filter(Q(ends_at=None) | Q(ends_at__gt=since), circle__in=self.circles)
        for one in lately.filter(agency=self.by.agency_id):
            if one.worker_id:
                found.add((one.worker_id, one.circle_id))
            elif one.ends_at is None:
                found |= {
                    (worker, one.circle_id)
                    for worker in self.workers
                    if one.unit_id in (None, self.units.get(worker))
                }
        return found

    def _own(self) -> dict[UUID, Somebody]:
        """What can be compared of the workers: their name, and what is known of somebody helped who has the same."""
        names = {worker: self.names.get(worker, "") for worker in self.workers}
        same = dict(
            Name.objects.filter(key__in=[one for one in names.values() if one]).values_list("circle", "key")
        )
        known = _somebodies(Q(circle__in=same))
        return {worker: _together(name, [known[circle] for circle, key in same.items() if key == name])
                for worker, name in names.items()}  # fmt: skip


def _somebodies(where: Q) -> dict[UUID, Somebody]:
    """What can be compared of the persons in these circles."""
    names, reach = defaultdict(set), defaultdict(set)
    for circle, key in Name.objects.filter(where, ends_at=None).values_list("circle", "key"):
        names[circle].add(key)
    points = ContactPoint.objects.filter(where, ends_at=None).exclude(kind=ContactPoint.Kind.OTHER)
    for one in points:
        reach[one.circle_id].add(one.key or name_key(one.value))
    members = Membership.objects.filter(where, ends_at=None)
    homes = dict(members.values_list("circle", "household"))
    return {
        circle: Somebody(
            names=frozenset(names[circle]), surnames=frozenset(_surnames(names[circle])),
            addresses=frozenset(reach[circle] - {""}), household=homes.get(circle),
        )
        for circle in {*names, *reach, *homes}
    }  # fmt: skip


def _together(name: str, known: list[Somebody]) -> Somebody:
    return Somebody(
        names=frozenset({name} - {""}), surnames=frozenset(_surnames({name})),
        addresses=frozenset().union(*(one.addresses for one in known)),
        household=next((one.household for one in known if one.household), None),
    )  # fmt: skip


def _surnames(names: Iterable[str]) -> set[str]:
    """The last word of every name that has more than one."""
    return {one.split()[-1] for one in names if len(one.split()) > 1}


def _circles(shown: list[Sighting]) -> dict[UUID, UUID]:
    """In which circle each person or case lies that was shown."""
    ids = {each for one in shown for each in one.ids}
    found = dict(Person.objects.filter(pk__in=ids).values_list("pk", "circle"))
    found.update(Case.objects.filter(pk__in=ids).values_list("pk", "circle"))
    return found


def _is_opening(one: Sighting) -> bool:
    return len(one.ids) == 1 and one.page not in _LISTS and one.page not in _REVIEWS


def _opened(one: Sighting, circles: dict[UUID, UUID]) -> Opened | None:
    circle = circles.get(one.ids[0])
    return Opened(worker=one.by_id, circle=circle, at=one.seen_at) if circle and one.by_id else None


def _searched(shown: list[Sighting], circles: dict[UUID, UUID]) -> dict[tuple[UUID, UUID], list[datetime]]:
    """When which record came up in whose search."""
    found: dict[tuple[UUID, UUID], list[datetime]] = defaultdict(list)
    for one in shown:
        for each in one.ids if one.page == _SEARCH and one.by_id else ():
            if each in circles and one.by_id:
                found[one.by_id, circles[each]].append(one.seen_at)
    return found


def _hours(workers: set[UUID], at: datetime, by: Actor) -> dict[UUID, dict[int, int]]:
    """At which hours each of them usually looks, by the four weeks before today."""
    today = start_of_day(at.astimezone(by.zone).date(), by.zone)
    lately = Sighting.objects.filter(
        agency=by.agency_id, by__in=workers, seen_at__gt=today - _USUALLY, seen_at__lt=today
    )
    counted = lately.annotate(hour=ExtractHour("seen_at", tzinfo=by.zone)).values("by", "hour")
    found: dict[UUID, dict[int, int]] = defaultdict(dict)
    for row in counted.annotate(times=Count("pk")):
        found[row["by"]][row["hour"]] = row["times"]
    return found
