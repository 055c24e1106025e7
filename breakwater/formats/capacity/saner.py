"""FHIR measure reports of beds, as the SANER guide has them: one report, or a bundle of them with their locations.

A count that is not there, or whose extension says why (``unsupported``, ``unknown``), is unknown. Inpatient beds are
the hospital's; all beds in it, outpatient ones too, are nobody's to sleep in and are not counted.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from breakwater.formats.capacity.figures import Facility, Figure
from breakwater.formats.capacity.values import MOST, Unreadable, coordinates, left, moment
from breakwater.formats.fhir.documents import Unreadable as Unfit
from breakwater.formats.fhir.documents import document
from breakwater.formats.problems import Problem, shortened

KINDS = {"inpatient": ("numbeds", "numBedsOcc"), "intensive": ("numICUBeds", "numICUBedsOcc")}
"""Kind of bed: the codes of how many there are, and of how many somebody lies in (CDC, hospital capacity, 2020)."""


class NotSaner(ValueError):
    """The file is JSON, and holds no measure report that could be read."""


def figures(path: Path) -> Iterator[Figure | Problem]:
    """What each report of a file says of its subject.

    Raises:
        NotSaner: it holds no measure report, or is no JSON within the limits.
    """
    try:
        whole = document(path.read_bytes())
    except Unfit as wrong:
        raise NotSaner(str(wrong)) from None
    resources = [
        one["resource"] for one in _list(whole, "entry") if isinstance(one.get("resource"), dict)
    ] or [whole]
    places = {f"Location/{one.get('id')}": one for one in resources if one.get("resourceType") == "Location"}
    reports = [
        (row, one) for row, one in enumerate(resources, 1) if one.get("resourceType") == "MeasureReport"
    ]
    if not reports:
        raise NotSaner("holds no MeasureReport")
    for row, report in reports:
        yield from _of_a_report(report, places, path.name, row)


def _of_a_report(
    report: Mapping[str, Any], places: Mapping[str, Any], file: str, row: int
) -> Iterator[Figure | Problem]:
    facility = _facility(report, places)
    if not facility.id and not facility.name:
        yield Problem(file, row, "subject", "", "says of whom this is; the report is left out")
        return
    as_of = None
    said = str(report.get("date") or _map(report, "period").get("end") or "")
    if said:
        try:
            as_of = moment(said)
        except Unreadable as reason:
            yield Problem(file, row, "date", shortened(said), f"is {reason}; it stays unknown")
    counts: dict[str, int | None] = {}
    for found in _counts(report, file, row):
        if isinstance(found, Problem):
            yield found
        else:
            counts.setdefault(*found)
    yield Figure(facility=facility, as_of=as_of, row=row)
    for kind, (all_of_them, occupied) in KINDS.items():
        if all_of_them in counts or occupied in counts:
            licensed = counts.get(all_of_them)
            yield Figure(
                facility=facility, kind=kind, licensed=licensed, as_of=as_of, row=row,
                accepting=left(licensed, counts.get(occupied)),
            )  # fmt: skip


def _counts(report: Mapping[str, Any], file: str, row: int) -> Iterator[tuple[str, int | None] | Problem]:
    for group in _list(report, "group"):
        for population in _list(group, "population"):
            codes = [str(one.get("code", "")) for one in _list(_map(population, "code"), "coding")]
            code = next((one for one in codes if any(one in pair for pair in KINDS.values())), "")
            if not code:
                continue
            count = population.get("count")
            if count is None:
                yield code, None
            elif isinstance(count, int) and not isinstance(count, bool) and 0 <= count <= MOST:
                yield code, count
            else:
                yield Problem(
                    file, row, code, shortened(str(count)), "is no number of beds; it stays unknown"
                )


def _facility(report: Mapping[str, Any], places: Mapping[str, Any]) -> Facility:
    subject, reporter = _map(report, "subject"), _map(report, "reporter")
    place = _map(places, str(subject.get("reference", "")))
    identifier = _map(subject, "identifier") or next(iter(_list(place, "identifier")), {})
    told, address = _map(place, "position"), _map(place, "address")
    try:
        position = coordinates(str(told["latitude"]), str(told["longitude"]))
    except (KeyError, Unreadable):
        position = None
    return Facility(
        id=str(identifier.get("value") or subject.get("reference") or ""),
        name=str(place.get("name") or subject.get("display") or ""),
        organization=str(reporter.get("display") or ""),
        city=str(address.get("city") or ""), state=str(address.get("state") or ""),
        latitude=position[0] if position else None, longitude=position[1] if position else None,
    )  # fmt: skip


def _map(whole: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = whole.get(name)
    return found if isinstance(found, dict) else {}


def _list(whole: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = whole.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
