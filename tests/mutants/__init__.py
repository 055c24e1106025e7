"""Deliberate breaks, as data: each must turn its tests red."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One break: what it breaks in words, where, and which tests must notice."""

    breaks: str
    property: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


def mutants() -> list[Mutant]:
    """All of them, as they are listed."""
    listed = tomllib.loads((Path(__file__).parent / "mutants.toml").read_text())["mutant"]
    return [Mutant(**(one | {"tests": tuple(one["tests"])})) for one in listed]


def applied(one: Mutant, text: str) -> str:
    """The text with the break in it.

    Raises:
        LookupError: what it breaks does not stand there exactly once.
    """
    if text.count(one.old) != 1:
        raise LookupError(f"“{one.breaks}”: its old text stands {text.count(one.old)} times in {one.file}")
    return text.replace(one.old, one.new)
