"""What brings people: kinds of trouble, with the words that workers write about them. Read from ``troubles.toml``."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """One kind of crisis, as it is told and as it is worked on.

    Args:
        told: what is happening, in several tellings.
        dangers: level and words by whom the danger is to.
        codes: the triage codes it mostly gets.
        asked_by: who mostly asks.
        needs: domain and words; the first is what a referral is about.
        calls: what was said and done, in the order it mostly happens.
        steps: what somebody does next.
        barrier: what stands in the way, and how it was removed.
        settled: how it was known that it holds.
        worked: what whoever opens the next episode should know.
    """

    told: tuple[str, ...]
    dangers: tuple[tuple[str, str, str], ...]
    codes: str
    asked_by: tuple[str, ...]
    needs: tuple[tuple[str, str], ...]
    calls: tuple[str, ...]
    steps: tuple[str, ...]
    barrier: tuple[str, str]
    settled: str
    worked: str


def _tuples(value: Any) -> Any:
    return tuple(_tuples(one) for one in value) if isinstance(value, list) else value


def _load(path: Path) -> tuple[Trouble, ...]:
    raw = tomllib.loads(path.read_text("utf-8"))
    return tuple(Trouble(**{name: _tuples(value) for name, value in one.items()}) for one in raw["troubles"])


TROUBLES = _load(Path(__file__).with_name("troubles.toml"))
