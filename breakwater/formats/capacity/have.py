"""EDXL-HAVE 1.0 (OASIS): hospitals and their beds, alone, in a feed, or in another envelope.

Read as a stream within bounds, and no entity of it is ever opened, no other document fetched. In a feed a report's own
moment (``observed``) goes before the hospital's ``LastUpdateTime``: it is when somebody looked.
"""

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from xml.sax import SAXParseException  # nosec B406 - names alone; what reads is defusedxml
from xml.sax.handler import ContentHandler, feature_namespaces  # nosec B406

from defusedxml import DefusedXmlException, sax

from breakwater.formats.capacity.figures import Facility, Figure
from breakwater.formats.capacity.values import Unreadable, coordinates, moment, number
from breakwater.formats.problems import Problem, Weight, shortened

HAVE = "urn:oasis:names:tc:emergency:EDXL:HAVE:1.0"
_CLOSED = {"notavailable", "closed", "full"}
_OF_A_BED = {"BedType", "CapacityStatus", "AvailableCount", "BaselineCount"}
_OF_THE_STANDARD = _OF_A_BED | {"LastUpdateTime", "OrganizationID"}
"""Names that mean something in its namespace alone; those of addresses and positions come from several."""
Value = TypeVar("Value")

LARGEST, MOST_ELEMENTS, DEEPEST = 10 << 20, 50_000, 64
"""Of one file: its bytes, its elements (about a thousand hospitals), and how deep they may stand in each other."""
_ENCODINGS = {"utf-8", "utf-16", "us-ascii", "ascii", "iso-8859-1"}
"""Those that the parser knows by itself: in another the same bytes would be other signs to whoever looked before."""
_DECLARED = re.compile(rb"""^[^>]{0,200}?encoding\s*=\s*["']([^"'>]{1,40})""")
_TOLD_TWICE = "\0"
"""Instead of a figure that one row of beds tells twice, and not the same: which of them is meant nobody knows."""


class NotHave(ValueError):
    """The file is XML, and holds no hospital status that could be read."""


@dataclass
class _Bed:
    row: int
    told: dict[str, str] = field(default_factory=dict)


@dataclass
class _Hospital:
    row: int
    told: dict[str, str] = field(default_factory=dict)
    beds: list[_Bed] = field(default_factory=list)


class _Reader(ContentHandler):
    """Keeps the few words that matter of each hospital, by the local names of their elements."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[_Hospital] = []
        self._entry: dict[str, str] = {}
        self._hospital: _Hospital | None = None
        self._open: list[list[str] | None] = []
        self._elements = 0
        self._where: Any = None

    def setDocumentLocator(self, locator: Any) -> None:  # noqa: N802 - as the parser calls it
        self._where = locator

    def startElementNS(self, name: tuple[str | None, str], qname: str | None, attrs: Any) -> None:  # noqa: N802
        self._enter()
        space, local = name
        if local == "entry":
            self._entry = {}
        elif (space, local) == (HAVE, "Hospital"):
            self._hospital = _Hospital(self._where.getLineNumber(), dict(self._entry))
            self.found.append(self._hospital)
        elif (space, local) == (HAVE, "BedCapacity") and self._hospital:
            self._hospital.beds.append(_Bed(self._where.getLineNumber()))

    def endElementNS(self, name: tuple[str | None, str], qname: str | None) -> None:  # noqa: N802
        words = "".join(self._open.pop() or ()).strip()
        space, local = name
        if (space, local) == (HAVE, "Hospital"):
            self._hospital = None
        elif not words or (space != HAVE and local in _OF_THE_STANDARD):
            return
        elif self._hospital is None:
            self._entry.setdefault(local, words)
        elif self._hospital.beds and local in _OF_A_BED:
            told = self._hospital.beds[-1].told
            told[local] = words if told.get(local, words) == words else _TOLD_TWICE
        else:
            self._hospital.told.setdefault(local, words)

    def characters(self, content: str) -> None:
        if self._open and (words := self._open[-1]) is not None:
            words.append(content)

    def _enter(self) -> None:
        """Begin an element; the one that it stands in is no value, whatever words stand around it."""
        self._elements += 1
        if self._elements > MOST_ELEMENTS:
            raise NotHave(f"holds more than {MOST_ELEMENTS:,} elements; tell it in several files")
        if len(self._open) == DEEPEST:
            raise NotHave(f"holds elements more than {DEEPEST} deep in each other")
        if self._open:
            self._open[-1] = None
        self._open.append([])


def figures(path: Path) -> Iterator[Figure | Problem]:
    """What a file says of each hospital, as it stands there.

    Raises:
        NotHave: it holds no hospital, is no XML to its end, or brings entities.
    """
    for one in _read(path):
        place = _Place(path.name, one.row)
        facility = yield from _facility(one, place)
        if facility is None:
            continue
        as_of = yield from _taken(place, one.told, ("observed", "LastUpdateTime"), moment)
        yield Figure(facility=facility, as_of=as_of, row=one.row)
        for bed in one.beds:
            yield from _figure(bed, facility, as_of, path.name)


def _read(path: Path) -> list[_Hospital]:
    _look_before(path)
    reader, parser = _Reader(), sax.make_parser()
    parser.setFeature(feature_namespaces, True)
    parser.forbid_dtd = True
    parser.setContentHandler(reader)
    try:
        parser.parse(str(path))
    except DefusedXmlException:
        raise NotHave("brings a DOCTYPE or entities, which are never opened") from None
    except SAXParseException as wrong:
        raise NotHave(f"is not XML, line {wrong.getLineNumber()}: {shortened(wrong.getMessage())}") from None
    if not reader.found:
        raise NotHave("holds no hospital of EDXL-HAVE 1.0")
    return reader.found


def _look_before(path: Path) -> None:
    """Its size and its encoding, before a parser sees it."""
    if path.stat().st_size > LARGEST:
        raise NotHave(f"has more than {LARGEST >> 20} MB; tell it in several files")
    with path.open("rb") as file:
        declared = _DECLARED.match(file.read(256).replace(b"\0", b""))
    if declared and (name := declared[1].decode("ascii", "replace")).lower() not in _ENCODINGS:
        raise NotHave(f"is written in {shortened(name)}; save it in UTF-8")


@dataclass(frozen=True)
class _Place:
    file: str
    row: int

    def problem(self, name: str, value: str, reason: str, weight: Weight = Weight.WRONG) -> Problem:
        return Problem(self.file, self.row, name, shortened(value), reason, weight)


def _taken(
    place: _Place, told: dict[str, str], names: Sequence[str], read: Callable[[str], Value]
) -> Generator[Problem, None, Value | None]:
    """The first of some fields that says something; what cannot be read is unknown, and named."""
    for name in names:
        if told.get(name) == _TOLD_TWICE:
            yield place.problem(name, "", "is told twice, and not the same; it stays unknown")
        elif name in told:
            try:
                return read(told[name])
            except Unreadable as reason:
                yield place.problem(name, told[name], f"is {reason}; it stays unknown")
    return None


def _facility(one: _Hospital, place: _Place) -> Generator[Problem, None, Facility | None]:
    told = one.told
    name = told.get("NameElement", told.get("OrganisationName", ""))
    known = told.get("subject", told.get("OrganizationID", ""))
    if not name and not known:
        yield place.problem("OrganizationInformation", "", "names no hospital; its figures are left out")
        return None
    latitude, _, longitude = told.get("pos", "").partition(" ")
    position: tuple[float, float] | None = None
    if latitude:
        position = yield from _taken(
            place, {"pos": told["pos"]}, ["pos"], lambda _: coordinates(latitude, longitude)
        )
    return Facility(
        id=known, name=name, city=told.get("LocalityName", ""), state=told.get("AdministrativeAreaName", ""),
        latitude=position[0] if position else None, longitude=position[1] if position else None,
    )  # fmt: skip


def _figure(bed: _Bed, facility: Facility, as_of: datetime | None, file: str) -> Iterator[Figure | Problem]:
    place = _Place(file, bed.row)
    if bed.told.get("BedType", _TOLD_TWICE) == _TOLD_TWICE:
        yield place.problem("BedType", "", "is empty, or told twice: of which beds?; the figure is left out")
        return
    accepting = yield from _taken(place, bed.told, ["AvailableCount"], number)
    if accepting is None and bed.told.get("CapacityStatus", "").replace(" ", "").casefold() in _CLOSED:
        accepting = 0
    licensed = yield from _taken(place, bed.told, ["BaselineCount"], number)
    yield Figure(
        facility=facility, kind=bed.told["BedType"], licensed=licensed, accepting=accepting, as_of=as_of,
        row=bed.row,
    )  # fmt: skip
