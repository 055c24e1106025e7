"""A file of an instrument as a definition."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from breakwater.assessments.rules.definition import (
    CHOICE,
    KINDS,
    LEVELS,
    METHODS,
    NO_PROFILE,
    STATES,
    TIERS,
    Alert,
    Band,
    Cut,
    Definition,
    Item,
    License,
    Option,
    Remark,
    Scale,
    Stop,
    Translation,
)
from breakwater.assessments.rules.predicates import read
from breakwater.kernel.tables import Table

_LONG = 600


def definition_from(raw: Table) -> Definition:
    """What a file says. Nothing in it is passed over: a key that nobody asks for is refused.

    Raises:
        WrongTable: something is missing, misspelled or of another kind.
    """
    options = {name: tuple(_option(one) for one in rows) for name, rows in _named_rows(raw, "options")}
    profiles = raw.texts("profiles") if raw.has("profiles") else {}
    ages = raw.pair("ages") if raw.has("ages") else None
    definition = Definition(
        key=raw.text("key"), version=raw.text("version"), title=raw.text("title"), family=raw.text("family"),
        level=raw.one_of("level", LEVELS), administration=raw.text("administration", default="interview"),
        recall=raw.text("recall", default=""), loinc=raw.text("loinc", default=""),
        guidance=raw.text("guidance", default="", most=_LONG), minutes=raw.number("minutes", default=0),
        ages=ages, profiles=MappingProxyType(profiles), unknown=raw.text("unknown", default=NO_PROFILE),
        usual=raw.text("usual", default=NO_PROFILE), of_person=raw.has("of_person") and raw.flag("of_person"),
        license=_license(raw.table("license")),
        items=tuple(_item(one, options) for one in raw.rows("items")),
        scales=tuple(_scale(one) for one in _rows(raw, "scales")),
        alerts=tuple(_alert(one) for one in _rows(raw, "alerts")),
        remarks=tuple(_remark(one) for one in _rows(raw, "remarks")),
    )  # fmt: skip
    raw.close()
    return definition


def translation_from(raw: Table) -> Translation:
    """What a file of words in another language says.

    Raises:
        WrongTable: something is missing, misspelled or of another kind.
    """
    raw.day("date")
    raw.text("source")
    within = raw.table("answers") if raw.has("answers") else None
    answers = {name: MappingProxyType(within.texts(name)) for name in within.names()} if within else {}
    return Translation(
        language=raw.text("language"), name=raw.text("name"), verified=raw.flag("verified"),
        questions=MappingProxyType(raw.texts("questions")), answers=MappingProxyType(answers),
        helps=MappingProxyType(raw.texts("help") if raw.has("help") else {}),
    )  # fmt: skip


def _license(table: Table) -> License:
    read_on: date = table.day("read_on")
    found = License(
        state=table.one_of("state", STATES), holder=table.text("holder"), notice=table.text("notice"),
        basis=table.text("basis"), read_on=read_on, verified=table.flag("verified"),
        training=table.text("training", default=""), digital=table.has("digital") and table.flag("digital"),
    )  # fmt: skip
    table.close()
    return found


def _option(table: Table) -> Option:
    value = table.number("value") if table.has("value") else None
    found = Option(
        code=table.text("code"), label=table.text("label"), value=value, loinc=table.text("loinc", default=""),
        also=_codes(table, "also"),
    )  # fmt: skip
    table.close()
    return found


def _item(table: Table, options: Mapping[str, tuple[Option, ...]]) -> Item:
    kind = table.one_of("kind", KINDS, default=CHOICE)
    label = table.text("label")
    found = Item(
        key=table.text("key"), label=label, kind=kind,
        options=options[table.one_of("options", options)] if table.has("options") else (),
        section=table.text("section", default=""), help=table.text("help", default=""),
        shown_when=table.read("when", read) if table.has("when") else None,
        reverse=table.has("reverse") and table.flag("reverse"),
        required=table.has("required") and table.flag("required"), loinc=table.text("loinc", default=""),
        profiles=_codes(table, "profiles"),
    )  # fmt: skip
    table.close()
    return found


def _scale(table: Table) -> Scale:
    bands: dict[str, tuple[Band, ...]] = {}
    if table.has("bands"):
        bands[NO_PROFILE] = tuple(_band(one) for one in table.rows("bands"))
    elif table.has("bands_by"):
        bands = {name: tuple(_band(one) for one in rows) for name, rows in _named_rows(table, "bands_by")}
    stop = None
    if table.has("stop"):
        stop = Stop(
            when=table.read("stop", read),
            value=Decimal(table.number("stop_value")),
            reason=table.text("stop_reason"),
        )
    found = Scale(
        key=table.text("key"), label=table.text("label"), method=table.one_of("method", METHODS),
        items=tuple(table.text("items").split()), low=Decimal(table.number("low", default=0)),
        high=Decimal(table.number("high", default=0)),
        step=table.read("step", _decimal) if table.has("step") else Decimal(1),
        weights=_weights(table), counted=_codes(table, "counted"),
        max_missing=table.number("max_missing", default=0), at_least=table.number("at_least", default=0), stop=stop,
        bands=MappingProxyType(bands), loinc=table.text("loinc", default=""), source=table.text("source"),
        cuts=tuple(_cut(one) for one in _rows(table, "cuts")),
        change=table.read("change", _decimal) if table.has("change") else None,
        verified=table.flag("verified"),
    )  # fmt: skip
    table.close()
    return found


def _band(table: Table) -> Band:
    has_range = table.has("low")
    low, high = (_end(table, "low"), _end(table, "high")) if has_range else (None, None)
    found = Band(
        code=table.text("code"), label=table.text("label"), low=low, high=high,
        tier=table.one_of("tier", TIERS) if table.has("tier") else "",
        when=table.read("when", read) if table.has("when") else None,
        proposes=_codes(table, "proposes"),
    )  # fmt: skip
    table.close()
    return found


def _cut(table: Table) -> Cut:
    found = Cut(at=_end(table, "at"), label=table.text("label"))
    table.close()
    return found


def _remark(table: Table) -> Remark:
    found = Remark(
        when=table.read("when", read), label=table.text("label"), source=table.text("source"),
        verified=table.flag("verified"),
    )  # fmt: skip
    table.close()
    return found


def _alert(table: Table) -> Alert:
    found = Alert(
        key=table.text("key"), when=table.read("when", read), label=table.text("label"),
        tier=table.one_of("tier", TIERS),
        proposes=_codes(table, "proposes"),
    )  # fmt: skip
    table.close()
    return found


def _codes(table: Table, key: str) -> tuple[str, ...]:
    """Codes that the checks of a definition look at when everything is read."""
    return table.words(key) if table.has(key) else ()


def _weights(table: Table) -> Mapping[str, int]:
    if not table.has("weights"):
        return MappingProxyType({})
    within = table.table("weights")
    return MappingProxyType({name: within.number(name) for name in within.names()})


def _end(table: Table, key: str) -> Decimal:
    """An end of a band: a whole number, or a fraction that is written as text, so that it is exact."""
    return Decimal(table.number(key)) if table.is_whole(key) else table.read(key, _decimal)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is not a number") from None


def _rows(table: Table, key: str) -> Iterator[Table]:
    if table.has(key):
        yield from table.rows(key)


def _named_rows(table: Table, key: str) -> Iterator[tuple[str, Iterator[Table]]]:
    if table.has(key):
        within = table.table(key)
        for name in within.names():
            yield name, within.rows(name)
