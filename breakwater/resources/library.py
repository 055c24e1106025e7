"""The tables of the directory: words for needs, names of languages, how figures age. Read and checked once."""

import tomllib
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from breakwater.kernel import tables
from breakwater.resources.models.domains import Domain
from breakwater.resources.models.program import KINDS
from breakwater.resources.rules import Freshness, NeedWords, Phrase, singular

_FOLDER = Path(__file__).parent


class WrongTable(Exception):
    """A table cannot be used; the message names the file and the key."""


def _table(name: str) -> dict[str, Any]:
    told = tomllib.loads((_FOLDER / name).read_text(encoding="utf-8"))
    for key in ("source", "date", "verified"):
        if key not in told:
            raise WrongTable(f"{name} does not say its {key}")
    return told


def _phrases(words: list[str]) -> frozenset[Phrase]:
    return frozenset(tuple(singular(word) for word in phrase.casefold().split()) for phrase in words)


def _needs(told: dict[str, Any]) -> MappingProxyType[str, NeedWords]:
    if unknown := set(told["needs"]) ^ set(Domain.values):
        raise WrongTable(f"needs.toml and the domains do not agree on {', '.join(sorted(unknown))}")
    return MappingProxyType(
        {
            need: NeedWords(
                words=_phrases(told["needs"][need]["words"]),
                without=_phrases(told["needs"][need].get("without", [])),
            )
            for need in Domain.values
        }
    )


def _branches(told: dict[str, Any]) -> MappingProxyType[str, str]:
    if unknown := set(told["codes"].values()) - set(Domain.values):
        raise WrongTable(f"needs.toml files codes under unknown needs: {', '.join(sorted(unknown))}")
    return MappingProxyType(told["codes"])


def _freshness(told: dict[str, Any]) -> tuple[Freshness, ...]:
    kinds = tuple(
        Freshness(
            code=kind["code"],
            within=timedelta(minutes=kind["within_minutes"]) if "within_minutes" in kind else None,
            words=kind["words"],
        )
        for kind in told["kinds"]
    )
    limits = [kind.within for kind in kinds[:-1] if kind.within is not None]
    if len(limits) != len(kinds) - 1 or limits != sorted(limits) or kinds[-1].within is not None:
        raise WrongTable("freshness.toml: limits must grow, and the last kind has none")
    return kinds


def _say_where_from(raw: tables.Table) -> None:
    raw.text("source")
    raw.day("date")
    raw.flag("verified")


def _half_lives(path: Path) -> MappingProxyType[str, timedelta]:
    raw = tables.read(path)
    _say_where_from(raw)
    lives = raw.table("half_lives")
    made = {kind: lives.length(kind) for kind, _ in KINDS}
    lives.close()
    raw.close()
    return MappingProxyType(made)


_words = _table("needs.toml")
NEEDS = _needs(_words)
BRANCHES = _branches(_words)
HIDING_ADDRESSES = _phrases(_words["confidential"]["address"])
HIDING_NAMES = _phrases(_words["confidential"]["names"])
HALF_LIVES = _half_lives(_FOLDER / "trust.toml")
FRESHNESS = _freshness(_table("freshness.toml"))
LANGUAGES = MappingProxyType(dict(_table("languages.toml")["codes"]))
