"""The law of confidentiality, read and checked once, when first imported.

Its numbers and words are data: ``law/*.toml``.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from breakwater.kernel import tables
from breakwater.kernel.tables import Table
from breakwater.trust.desk_law import breach, keeping, right, snooping
from breakwater.trust.models.agencies import Agency
from breakwater.trust.models.circles import Segment
from breakwater.trust.rules.law import (
    ACTS,
    ALL_OF,
    ELEMENTS,
    EVERY_TOPIC,
    NEVER,
    PURPOSES,
    RECIPIENTS,
    SIGNERS,
    TOPICS,
    Accounting,
    Emergency,
    Family,
    Glass,
    Kind,
    Law,
    Refusal,
    Regime,
    Reports,
)
from breakwater.trust.rules.requests import KINDS

_HERE = Path(__file__).parent
_SEGMENTS: tuple[str, ...] = tuple(Segment.values)
_DUTIES = ("attach_notice", "attach_consent", "log_disclosure")
_ANY = "any"
T = TypeVar("T")


def load(path: Path) -> Law:
    """Read one law.

    Raises:
        WrongTable: something in it cannot be used; the message names the file and the key.
    """
    raw = tables.read(path)
    refusals = _each(raw.table("refusals"), _refusal)
    notices = {name: _notice(one) for name, one in raw.tables("notices")}
    emergencies = _each(raw.table("emergencies"), lambda code, one: _emergency(one, refusals))
    kinds = _each(raw.table("consents"), lambda code, one: _kind(code, one, refusals))
    made = Law(
        code=raw.text("code"),
        version=raw.text("version"),
        title=raw.text("title"),
        agency_kinds=_agency_kinds(raw.table("agency_kinds")),
        regimes=_each(
            raw.table("segments"),
            lambda code, one: _regime(code, one, kinds, emergencies, notices, refusals),
        ),
        kinds=kinds,
        emergencies=emergencies,
        concerns=_concerns(raw.table("concerns")),
        reports=_lines(raw.table("reports"), needed=(_ANY,)),
        ways=_lines(raw.table("ways")),
        family=_family(raw.table("family"), refusals),
        glass=_glass(raw.table("break_glass")),
        accounting=_accounting(raw.table("accounting")),
        requests=_each(raw.table("requests"), lambda kind, one: _whole(one, partial(right, kind))),
        retention=_each(raw.table("retention"), keeping),
        breach=_whole(raw.table("breach"), breach),
        snooping=_whole(raw.table("snooping"), snooping),
        notices=MappingProxyType(notices),
        refusals=refusals,
    )
    for segment in set(_SEGMENTS) - set(made.regimes):
        raw.refuse(f"segments.{segment}", "is missing")
    for kind in set(KINDS) - set(made.requests):
        raw.refuse(f"requests.{kind}", "is missing")
    raw.close()
    return made


def _each(table: Table, make: Callable[[str, Table], T]) -> Mapping[str, T]:
    return MappingProxyType({name: make(name, one) for name, one in table.tables()})


def _agency_kinds(table: Table) -> Mapping[str, tuple[str, ...]]:
    found = {kind: table.some_of(kind, _SEGMENTS) for kind in Agency.Kind.values if table.has(kind)}
    table.close()
    return MappingProxyType(found)


def _regime(
    segment: str,
    table: Table,
    kinds: Mapping[str, Kind],
    emergencies: Mapping[str, Emergency],
    notices: Mapping[str, str],
    refusals: Mapping[str, Refusal],
) -> Regime:
    refused = table.table("refused")
    made = Regime(
        segment=segment,
        law=table.text("law"),
        opened_by=table.some_of("opened_by", kinds),
        without=table.one_of("without", refusals),
        emergency=table.one_of("emergency", (NEVER, *emergencies)),
        refused=MappingProxyType({act: refused.one_of(act, refusals) for act in ACTS if refused.has(act)}),
        obligations=table.some_of("obligations", _DUTIES),
        reports=_reports(table.table("reports"), refusals) if table.has("reports") else None,
        notice=table.one_of("notice", notices) if table.has("notice") else "",
    )
    refused.close()
    _dated(table)
    return made


def _kind(code: str, table: Table, refusals: Mapping[str, Refusal]) -> Kind:
    made = Kind(
        code=code,
        label=table.text("label", most=60),
        law=table.text("law"),
        needs=table.some_of("needs", ELEMENTS),
        opens=table.some_of("opens", _SEGMENTS),
        purposes=table.some_of("purposes", PURPOSES) if table.has("purposes") else (),
        signers=table.some_of("signers", SIGNERS) if table.has("signers") else (),
        default_days=table.whole("default_days") if table.has("default_days") else 0,
        longest_days=table.whole("longest_days") if table.has("longest_days") else 0,
        missing=table.one_of("missing", refusals),
        no_end=table.one_of("no_end", refusals) if table.has("no_end") else "",
        all_of=ALL_OF[table.one_of("class", ALL_OF)] if table.has("class") else "",
        all_of_kinds=table.some_of("class_kinds", Agency.Kind.values) if table.has("class_kinds") else (),
    )
    _dated(table)
    return made


def _emergency(table: Table, refusals: Mapping[str, Refusal]) -> Emergency:
    made = Emergency(
        law=table.text("law"),
        facts=table.some_of("facts", FACTS),
        to=table.some_of("to", RECIPIENTS),
        missing=table.one_of("missing", refusals),
    )
    _dated(table)
    return made


def _reports(table: Table, refusals: Mapping[str, Refusal]) -> Reports:
    made = Reports(
        topics=table.some_of("topics", (EVERY_TOPIC, *TOPICS)),
        only_mandated=table.flag("only_mandated"),
        law=table.text("law"),
        without=table.one_of("without", refusals),
    )
    table.close()
    return made


def _concerns(table: Table) -> tuple[timedelta, timedelta]:
    usual, longest = (timedelta(days=table.whole(key)) for key in ("default_days", "longest_days"))
    table.text("law")
    _dated(table)
    return usual, longest


def _family(table: Table, refusals: Mapping[str, Refusal]) -> Family:
    made = Family(
        law=table.text("law"),
        objected=table.one_of("objected", refusals),
        not_asked=table.one_of("not_asked", refusals),
        unable=table.one_of("unable", refusals),
    )
    _dated(table)
    return made


def _lines(table: Table, *, needed: Collection[str] = ()) -> Mapping[str, str]:
    """Words by their key, in the order of the file."""
    found = table.texts("by")
    for key in needed:
        if key not in found:
            table.refuse(f"by.{key}", "is missing")
    _dated(table)
    return MappingProxyType(found)


def _glass(table: Table) -> Glass:
    made = Glass(
        usual=timedelta(minutes=table.whole("default_minutes")),
        longest=timedelta(minutes=table.whole("longest_minutes")),
        reason_characters=table.whole("reason_characters"),
        review=timedelta(hours=table.whole("review_hours")),
        escalate=timedelta(hours=table.whole("escalate_hours")),
        many_in_a_day=table.whole("many_in_a_day"),
    )
    table.text("law")
    _dated(table)
    return made


def _accounting(table: Table) -> Accounting:
    made = Accounting(
        years=table.whole("years"),
        leaves_out=table.some_of("leaves_out", PURPOSES),
        leaves_out_signed=table.flag("leaves_out_signed"),
        law=table.text("law"),
    )
    _dated(table)
    return made


def _notice(table: Table) -> str:
    text = table.text("text", most=4000)
    table.text("law")
    _dated(table)
    return text


def _refusal(code: str, table: Table) -> Refusal:
    made = Refusal(
        code=code,
        title=table.text("title"),
        why=table.text("why"),
        who=table.text("who"),
        remedy=table.text("remedy"),
        status=table.whole("status"),
    )
    table.close()
    return made


def _whole(table: Table, make: Callable[[Table], T]) -> T:
    """What is made of a table that is read to its end."""
    made = make(table)
    _dated(table)
    return made


def _dated(table: Table) -> None:
    """Each row says when it was read and whether the source says just this."""
    table.day("date")
    table.flag("verified")
    table.close()


FACTS = {
    "recipient_name": "Who was told",
    "recipient_affiliation": "Where they work",
    "discloser": "Who told them",
    "nature": "What the emergency was",
    "no_consent": "Why the person could not be asked first",
    "threat": "What the threat is",
    "why_serious": "Why it is serious",
    "why_imminent": "Why it is imminent",
    "source": "Where that is known from",
    "when": "On which day, at what time",
    "how_they_can_lessen_it": "How they can prevent or lessen it",
}
"""What an emergency may ask for, in words."""

LAWS: Mapping[str, Law] = MappingProxyType(
    {one.code: one for one in map(load, sorted((_HERE / "law").glob("*.toml")))}
)


def law_of(agency: Agency) -> Law:
    """The law an agency works under; where none was written down for its jurisdiction, the strictest that was."""
    return LAWS.get(agency.profile) or LAWS["us"]


def segments_of(agency: Agency) -> list[str]:
    """What protects everything that an agency of this kind writes."""
    return list(law_of(agency).agency_kinds.get(agency.kind, ()))
