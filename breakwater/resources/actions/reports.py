"""Reading a report of room from outside: what is new in it, all of it, or nothing.

A facility is known again by the report's own id, or else by its name near its position; whoever is not known yet is
added to the directory. A figure that is not newer than what is known changes nothing. What a report does not say is
unknown, and never zero.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from breakwater.formats.capacity import Facility, Figure, NotAReport, Report, open_report
from breakwater.formats.problems import Problem, Weight
from breakwater.kernel.db import not_before, one_at_a_time, refuse_if
from breakwater.kernel.errors import Refused
from breakwater.resources.actions.facilities import A_BATCH, Facilities, key_of
from breakwater.resources.actions.imports import source_of
from breakwater.resources.events import DirectoryImported
from breakwater.resources.library import BED_TYPES
from breakwater.resources.models import Capacity, Import, Place, Program
from breakwater.trust.access import Actor
from breakwater.trust.journal import record

_CLOCKS_APART = timedelta(minutes=5)
MOST_PLACES = 1_000
"""Of how many places a file may tell that somebody brings on a page: who keeps the machine reads larger ones there."""
_TOO_MANY = "Nothing was saved. This file tells of more places than are read on a page:"
_THEIRS = "another agency keeps this here, and tells it itself; left out"
_AT_ONCE = "Somebody told a figure of one of these places at the same moment. Read the report again."


@dataclass(kw_only=True)
class Outcome:
    """What a reading came to.

    Args:
        counts: facilities, new facilities, new figures, figures that were known or older, facilities without any.
    """

    source: str
    shape: str
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    saved: Import | None = None

    @property
    def changed_nothing(self) -> bool:
        """Whether everything in it was known."""
        return not (self.counts["new_facilities"] or self.counts["new_figures"])


@transaction.atomic
def import_report(
    path: Path,
    *,
    at: datetime,
    by: Actor | None,
    source: str,
    as_of: datetime | None = None,
    dry_run: bool = False,
) -> Outcome:
    """Read a report of room onto the board.

    Args:
        by: ``None`` is whoever runs the machine, from its command line; then the ``Import`` alone keeps the record.
        source: who tells; stands beside each figure.
        as_of: when it was so, where the report does not say it.
        dry_run: do everything, and save nothing.

    Raises:
        Refused: it is no report that can be read, cannot be read to its end, or does not say when it was so; or it
            tells of more places than are read on a page.
    """
    if by is not None:
        by.must("resources.import")
    try:
        report = open_report(path)
    except NotAReport as refusal:
        raise Refused(f"Nothing was saved. {refusal}") from refusal
    outcome = Outcome(source=source_of(source), shape=report.shape)
    one_at_a_time("breakwater.resources.reports")
    told = list(_told(report, outcome, at=at, as_of=as_of))
    places = _places({figure.facility for figure in told}, outcome, by=by)
    _keep(_newest(told), places, outcome, file=report.path.name, at=at, by=by)
    if dry_run:
        transaction.set_rollback(True)
    elif not outcome.changed_nothing:
        _save(outcome, report, at=at, by=by)
    return outcome


def _told(report: Report, outcome: Outcome, *, at: datetime, as_of: datetime | None) -> Iterator[Figure]:
    """The figures that can be taken, by our own kinds. Everything else is named."""
    for found in report.figures():
        if isinstance(found, Problem):
            outcome.problems.append(found)
            if found.weight is Weight.BROKEN:
                raise Refused(f"Nothing was saved. {found}.")
            continue
        figure = replace(found, as_of=found.as_of or as_of, kind=BED_TYPES.get(found.kind, ""))
        if figure.kind and figure.as_of is None:
            raise Refused(
                "Nothing was saved. The report does not say when it was so. Say it: 2026-11-27T18:00"
            )
        wrong = _why_not(found, figure, at)
        if wrong:
            outcome.problems.append(Problem(report.path.name, found.row, "", *wrong))
        else:
            yield replace(figure, as_of=figure.as_of and min(figure.as_of, at))


def _places(told_of: set[Facility], outcome: Outcome, *, by: Actor | None) -> dict[Facility, Place]:
    if by is not None and len(told_of) > MOST_PLACES:
        raise Refused(f"{_TOO_MANY} {MOST_PLACES:,}. Send it in parts, or ask whoever keeps Breakwater.")
    facilities = Facilities(outcome.source)
    places = facilities.places(told_of)
    outcome.counts["facilities"] = len({place.pk for place in places.values()})
    outcome.counts["new_facilities"] = facilities.made
    return places


def _why_not(found: Figure, figure: Figure, at: datetime) -> tuple[str, str, Weight] | None:
    if found.kind and not figure.kind:
        return found.kind, "is no room that the board knows of; left out", Weight.DOUBTFUL
    if figure.as_of and figure.as_of > at + _CLOCKS_APART:
        return figure.as_of.isoformat(), "has not come yet; left out", Weight.WRONG
    return None


def _newest(told: Iterable[Figure]) -> list[tuple[Figure, datetime]]:
    """Of each kind at each facility what was said last; of two at the same moment, the later in the file."""
    newest: dict[tuple[str, str], tuple[Figure, datetime]] = {}
    for figure in told:
        says_nothing = (figure.licensed, figure.staffed, figure.accepting) == (None, None, None)
        if not figure.kind or figure.as_of is None or says_nothing:
            continue
        key = (key_of(figure.facility), figure.kind)
        if key not in newest or newest[key][1] <= figure.as_of:
            newest[key] = (figure, figure.as_of)
    return list(newest.values())


def _keep(
    figures: list[tuple[Figure, datetime]],
    places: dict[Facility, Place],
    outcome: Outcome,
    *,
    file: str,
    at: datetime,
    by: Actor | None,
) -> None:
    programs = _programs([(places[one.facility], one.kind) for one, _ in figures])
    known = _standing(set(programs.values()))
    fresh: dict[Any, Capacity] = {}
    for one, as_of in figures:
        program = programs[places[one.facility].pk, one.kind]
        if by and program.agency_id not in (None, by.agency_id):
            outcome.problems.append(Problem(file, one.row, one.kind, "", _THEIRS, Weight.DOUBTFUL))
        elif program.pk in known and known[program.pk] >= as_of:
            outcome.counts["known"] += 1
        else:
            known[program.pk] = as_of
            fresh[program.pk] = _figure(program, one, told_by=outcome.source, as_of=as_of, by=by)
    Capacity.objects.standing().filter(program__in=fresh).update(ends_at=not_before(at, "as_of"))
    with refuse_if("one_standing_figure_per_service_and_place", _AT_ONCE):
        Capacity.objects.bulk_create(fresh.values(), batch_size=A_BATCH)
    outcome.counts["new_figures"] = len(fresh)
    told = {places[one.facility].pk for one, _ in figures}
    outcome.counts["without_figures"] = outcome.counts["facilities"] - len(told)


def _figure(program: Program, one: Figure, *, told_by: str, as_of: datetime, by: Actor | None) -> Capacity:
    return Capacity(
        program=program, total=one.licensed, staffed=one.staffed, free=one.accepting,
        told_by=told_by, by=by.user if by else None, as_of=as_of,
    )  # fmt: skip


def _standing(programs: set[Program]) -> dict[Any, datetime]:
    """Of when the last figure of each program is; they are locked, so that nobody tells a newer one meanwhile."""
    last = Capacity.objects.standing().filter(program__in=programs).order_by("pk")
    return dict(last.select_for_update(of=("self",)).values_list("program", "as_of"))


def _programs(wanted: list[tuple[Place, str]]) -> dict[tuple[Any, str], Program]:
    """The program of each kind at each place: the only one there is, or else one that nobody in Breakwater keeps."""
    found: dict[tuple[Any, str], list[Program]] = {}
    for program in Program.objects.running().filter(place__in={place for place, _ in wanted}).order_by("pk"):
        found.setdefault((program.place_id, program.kind), []).append(program)
    chosen: dict[tuple[Any, str], Program] = {}
    made: dict[tuple[Any, str], Program] = {}
    for place, kind in wanted:
        there = found.get((place.pk, kind), [])
        unkept = [one for one in there if one.agency_id is None and one.service_id is None]
        key = (place.pk, kind)
        if len(there) == 1 or unkept:
            chosen[key] = (unkept or there)[0]
        elif key not in made:
            made[key] = Program(place=place, kind=kind)
    Program.objects.bulk_create(made.values(), batch_size=A_BATCH)
    return chosen | made


def _save(outcome: Outcome, report: Report, *, at: datetime, by: Actor | None) -> None:
    outcome.saved = Import.objects.create(
        source=outcome.source, package=report.path.name, shape=report.shape, digest=report.digest,
        counts={"capacity": dict(outcome.counts)}, at=at, by=by.user if by else None,
    )  # fmt: skip
    if by is not None:
        record(DirectoryImported(import_id=outcome.saved.pk), by=by, at=at, about=outcome.saved.pk)
