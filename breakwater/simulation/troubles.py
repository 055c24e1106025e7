"""What brings people: kinds of trouble, with the words that workers write about them. Read from ``troubles.toml``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Voice:
    """The same crisis in the person's own words, and as they answer when they are asked.

    Args:
        asked: what they answer in the rapid assessment; ``later`` what has changed by then.
        mood: how often each of nine things bothered them.
        goal: the domain, where they want to get to, and what of theirs it builds on.
        toward: a step of the worker's and one of theirs toward that goal.
        says: what they say to the plan.
        means: what is within reach, what is done about it, and who does it.
        levels: the self-sufficiency matrix; ``later_levels`` by then.
        plan: the entries of each section of their safety plan.
    """

    asked: Mapping[str, str]
    later: Mapping[str, str]
    mood: str
    goal: tuple[str, str, str]
    toward: tuple[str, str]
    says: str
    means: tuple[str, str, str]
    levels: Mapping[str, int]
    later_levels: Mapping[str, int]
    plan: Mapping[str, tuple[str, ...]]

    @property
    def words(self) -> tuple[str, ...]:
        """Every sentence of it."""
        return (
            *self.goal[1:],
            *self.toward,
            self.says,
            *self.means[1:],
            *(one for said in self.plan.values() for one in said),
        )


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
        voice: what the person says and answers.
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
    voice: Voice


def _tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _tuples(one) for name, one in value.items()}
    return tuple(_tuples(one) for one in value) if isinstance(value, list) else value


def _trouble(raw: dict[str, Any]) -> Trouble:
    told = _tuples(raw)
    return Trouble(**told | {"voice": Voice(**told["voice"])})


def _load(path: Path) -> tuple[Trouble, ...]:
    raw = tomllib.loads(path.read_text("utf-8"))
    return tuple(_trouble(one) for one in raw["troubles"])


TROUBLES = _load(Path(__file__).with_name("troubles.toml"))
