"""The instruments that are here, the proposals they may make, and what licenses allow. Data, read and checked at start.

One file of ``instruments/`` is one instrument in one version. A file that cannot be used stops the program at its
start, with a sentence that names the file and the place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from breakwater.assessments.reading import definition_from, translation_from
from breakwater.assessments.rules.checks import wrong_with
from breakwater.assessments.rules.definition import STATES, TIERS, Definition
from breakwater.assessments.rules.licensing import ALWAYS, ANSWERS, NEVER, State
from breakwater.assessments.rules.repeating import DATE, WAYS, Repeat
from breakwater.assessments.rules.translating import not_translated, with_translations
from breakwater.kernel import tables
from breakwater.kernel.tables import WrongTable

_HERE = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What a result may propose, in words, and the address of the page where it is done."""

    code: str
    label: str
    leads: str


@dataclass(frozen=True, kw_only=True)
class RiskCodes:
    """What a kind of risk and its tiers are called in LOINC, as far as they are."""

    risk: str
    levels: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Crosswalk:
    """The tiers of the board in words, and their codes by what instruments are about."""

    tiers: Mapping[str, str]
    codes: Mapping[str, RiskCodes]
    source: str
    verified: bool


def load_crosswalk(path: Path) -> Crosswalk:
    """Read the tiers.

    Raises:
        WrongTable: they are not those that instruments give.
    """
    raw = tables.read(path)
    raw.day("date")
    verified, source = raw.flag("verified"), raw.text("source")
    tiers, codes = raw.texts("tiers"), {}
    if tuple(tiers) != TIERS:
        raw.refuse("tiers", f"are not {', '.join(TIERS)}")
    for family, table in raw.tables("codes"):
        levels = table.texts("levels")
        codes[family] = RiskCodes(risk=table.text("risk"), levels=MappingProxyType(levels))
        if not levels.keys() <= tiers.keys():
            table.refuse("levels", "name a tier that is not there")
        table.close()
    raw.close()
    return Crosswalk(
        tiers=MappingProxyType(tiers), codes=MappingProxyType(codes), source=source, verified=verified
    )


def load_proposals(path: Path) -> Mapping[str, Proposal]:
    """Read the proposals."""
    raw = tables.read(path)
    _said_by(raw)
    found = {}
    for code, table in raw.tables("proposals"):
        found[code] = Proposal(code=code, label=table.text("label"), leads=table.text("leads", default=""))
        table.close()
    raw.close()
    return MappingProxyType(found)


def load_states(path: Path) -> Mapping[str, State]:
    """Read what each license allows.

    Raises:
        WrongTable: a state that an instrument may be in is missing.
    """
    raw = tables.read(path)
    _said_by(raw)
    found = {}
    for code, table in raw.tables("states"):
        found[code] = State(
            label=table.text("label"), words=table.one_of("words", ANSWERS), use=table.one_of("use", ANSWERS),
            leaves=table.one_of("leaves", (ALWAYS, NEVER)),
        )  # fmt: skip
        table.close()
    raw.close()
    if missing := set(STATES) ^ set(found):
        raise WrongTable(f"{path.name}: {min(missing)!r} is on one side only")
    return MappingProxyType(found)


def load_repeats(path: Path, instruments: Mapping[str, Definition]) -> Mapping[str, Repeat]:
    """Read how often practice asks again.

    Raises:
        WrongTable: it is about an instrument that is not here, or counts days without a date.
    """
    raw = tables.read(path)
    _said_by(raw)
    found = {}
    for key, table in raw.tables("repeats"):
        how, days = table.one_of("how", WAYS), table.number("from_days", default=0)
        if key not in instruments or (how == DATE) != (days > 0):
            raw.refuse(f"repeats.{key}", "is about no instrument that is here, or counts days without a date")
        found[key] = Repeat(how=how, from_days=days, says=table.text("says"))
        table.close()
    raw.close()
    return MappingProxyType(found)


def load_words(folder: Path, instruments: Mapping[str, Definition]) -> Mapping[str, Definition]:
    """Read what instruments are called in other languages: all of one, or the program does not start.

    Raises:
        WrongTable: something is not translated, or belongs to another version.
    """
    found = dict(instruments)
    for path in sorted(folder.glob("*.toml")):
        raw = tables.read(path)
        key, version = raw.text("instrument"), raw.text("version")
        definition = found.get(key)
        if definition is None or definition.version != version:
            raise WrongTable(f"{path.name}: {key!r}, version {version!r}, is not here")
        made = translation_from(raw)
        raw.close()
        if missing := next(not_translated(definition, made), ""):
            raise WrongTable(f"{path.name}: {missing}: is on one side only")
        both = {**definition.translations, made.language: made}
        found[key] = with_translations(definition, MappingProxyType(both))
    return MappingProxyType(found)


def load(folder: Path, proposals: Mapping[str, Proposal]) -> Mapping[str, Definition]:
    """Read and check every instrument of a folder.

    Raises:
        WrongTable: one of them cannot be used; the file and the place are named.
    """
    found: dict[str, Definition] = {}
    for path in sorted(folder.glob("*.toml")):
        raw = tables.read(path)
        definition = definition_from(raw)
        if definition.key != path.stem:
            raise WrongTable(f"{path.name}: key: is {definition.key!r}, not the name of its file")
        if wrong := wrong_with(definition, proposals=proposals):
            raise WrongTable(f"{path.name}: {wrong[0]}")
        found[definition.key] = definition
    return MappingProxyType(found)


def _said_by(raw: tables.Table) -> None:
    raw.day("date")
    raw.flag("verified")
    raw.text("source")


CROSSWALK = load_crosswalk(_HERE / "crosswalk.toml")
PROPOSALS = load_proposals(_HERE / "proposals.toml")
LICENSES = load_states(_HERE / "licenses.toml")
INSTRUMENTS = load_words(_HERE / "words", load(_HERE / "instruments", PROPOSALS))
REPEATS = load_repeats(_HERE / "repeats.toml", INSTRUMENTS)
