"""A hand-off packet on paper: what its receiver sees on the page, in the same order, with what the law sends along."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from breakwater.formats.paper import Block, Boxed, Facts, Heading, Words
from breakwater.kernel import tables
from breakwater.plans.library import FORM, SAID
from breakwater.referrals.lines import Line, moment, told
from breakwater.referrals.models import Meeting
from breakwater.resources.models import Domain
from breakwater.trust.access import Actor
from breakwater.ui.languages import SPOKEN, Language, in_each
from breakwater.ui.words.catalogs import told_in

_NEED = "Need: "
_DOMAINS = {label: code for code, label in Domain.choices}
ENGLISH = "en"
"""In which packets are written: their own titles and labels stand."""


@dataclass(frozen=True, kw_only=True)
class Around:
    """What stands around the words of a packet.

    Args:
        says: sentences by name and language.
        titles: of sections, by language and code; ``labels`` those of lines.
    """

    says: Mapping[str, Mapping[str, str]]
    titles: Mapping[str, Mapping[str, str]]
    labels: Mapping[str, Mapping[str, str]]


def load_around(path: Path) -> Around:
    """Read what stands around the words of a packet.

    Raises:
        WrongTable: a language is missing somewhere.
    """
    raw = tables.read(path)
    raw.day("date")
    raw.flag("verified")
    says = MappingProxyType({name: in_each(table) for name, table in raw.tables("says")})
    titles, labels = raw.table("titles"), raw.table("labels")
    others = [code for code in SPOKEN if code != ENGLISH]
    made = Around(
        says=says, titles={one: titles.texts(one) for one in others},
        labels={one: labels.texts(one) for one in others},
    )  # fmt: skip
    for table in (titles, labels, raw):
        table.close()
    return made


AROUND = load_around(Path(__file__).with_name("packet.toml"))


def title_of(language: Language) -> str:
    """What the paper is. It names nobody."""
    return AROUND.says["title"][language.code]


def packet_on_paper(packet: dict[str, Any], language: Language) -> list[Block]:
    """A packet as it was offered; in another language what stands around its words."""
    says = {name: told[language.code] for name, told in AROUND.says.items()}
    titles = AROUND.titles.get(language.code, {})
    blocks: list[Block] = [Boxed(packet["goes_with"])] if packet.get("goes_with") else []
    facts = ((says["from"], packet["from"]), (says["by"], packet["by"]), (says["case"], packet["number"]))
    blocks += [Facts(facts), Words(says["as_written"], quiet=True)]
    if packet["message"]:
        blocks.append(Words(packet["message"]))
    for section in packet["sections"]:
        pairs = tuple(_pair(one, language) for one in section["lines"])
        title = titles.get(section["code"], section["title"])
        blocks += [Heading(title), Facts(pairs) if pairs else Words(says["nothing"], quiet=True)]
    return blocks


def meetings_on_paper(meetings: Iterable[Meeting], language: Language, *, by: Actor) -> list[Block]:
    """The calls and visits with which a case was handed over, after the packet; nothing when there was none."""
    ours = told_in(language.code)
    held = [(ours(f"{one.get_kind_display()}, {moment(one.at, by)}"), _of(one, ours)) for one in meetings]
    return [Heading(AROUND.says["met"][language.code]), Facts(tuple(held))] if held else []


def _pair(line: Line, language: Language) -> tuple[str, str]:
    label, words = told(line, told_in(language.code))
    return _label(line, language, label), words


def _label(line: Line, language: Language, label: str) -> str:
    """What stands beside a line: as it was offered, or by its code; what is needed by its domain of life."""
    if language.code == ENGLISH:
        return line["label"]
    if domain := _DOMAINS.get(line["label"].removeprefix(_NEED)):
        words = SAID.domains[domain][language.code]
        return f"{AROUND.labels[language.code]['need']}: {words}" if line["code"] == "need" else words
    if line["code"] in FORM.sections:
        return FORM.sections[line["code"]].title[language.code]
    return AROUND.labels[language.code].get(line["code"], label)


def _of(meeting: Meeting, ours: Callable[[str], str]) -> str:
    there = ", ".join(one for one in (meeting.receiver, meeting.sender, meeting.others) if one)
    who = ours(f"With {there}.") if there else ""
    outcome = ours(meeting.get_outcome_display())
    return " ".join(part for part in (f"{outcome}.", who, meeting.words) if part)
