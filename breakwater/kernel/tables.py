"""Tables of a TOML file that know where they stand, so that every wrong value is named by file and key."""

import re
import tomllib
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

from breakwater.kernel.text import Ours

T = TypeVar("T")

_LENGTH = re.compile(
    r"P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?)?"
)


class WrongTable(ValueError):
    """A file of numbers cannot be used. The message names the file, the key and what is wrong there."""


class Table:
    """One table of a file. Each key is taken once; ``close`` refuses what nobody asked for."""

    def __init__(self, where: str, values: dict[str, Any]) -> None:
        self.where = where
        self._values = dict(values)

    def text(self, key: str, *, default: str | None = None, most: int = 400) -> str:
        """A line of text that says something."""
        found = self._take(key, str, default)
        if found != default and not found.strip():
            self.refuse(key, "says nothing")
        if len(found) > most:
            self.refuse(key, f"is longer than {most} characters")
        return Ours(found)

    def one_of(self, key: str, allowed: Collection[str], *, default: str | None = None) -> str:
        """One of a few words."""
        found = self.text(key, default=default)
        if found not in allowed:
            self.refuse(key, f"is {found!r}, not one of {', '.join(allowed)}")
        return found

    def some_of(self, key: str, allowed: Collection[str]) -> tuple[str, ...]:
        """A list of such words, none twice."""
        found = tuple(self._take(key, list))
        if strange := [one for one in found if one not in allowed]:
            self.refuse(key, f"has {strange[0]!r}, not one of {', '.join(allowed) or 'none'}")
        if len(set(found)) < len(found):
            self.refuse(key, "says something twice")
        return found

    def words(self, key: str) -> tuple[str, ...]:
        """A list of texts, whichever they are."""
        found = tuple(self._take(key, list))
        if strange := [one for one in found if not isinstance(one, str)]:
            self.refuse(key, f"has {strange[0]!r}, not text")
        return tuple(Ours(one) for one in found)

    def flag(self, key: str) -> bool:
        """True or false, said openly."""
        return self._take(key, bool)

    def whole(self, key: str) -> int:
        """A whole number above nothing."""
        found = self._take(key, int)
        if isinstance(found, bool) or found <= 0:
            self.refuse(key, f"is {found!r}, not a number above 0")
        return found

    def number(self, key: str, *, default: int | None = None) -> int:
        """A whole number, above or below nothing."""
        found = self._take(key, int, default)
        return self.refuse(key, f"is {found!r}, not a whole number") if isinstance(found, bool) else found

    def wholes(self, key: str) -> tuple[int, ...]:
        """Whole numbers above nothing, each greater than the one before."""
        found = tuple(self._take(key, list))
        if any(type(one) is not int or one <= 0 for one in found) or list(found) != sorted(set(found)):
            self.refuse(key, f"is {list(found)!r}, not whole numbers above 0 in their order")
        return found

    def day(self, key: str, *, default: date | None = None) -> date:
        """A day, written ``2026-11-23``."""
        return self._take(key, date, default)

    def length(self, key: str) -> timedelta:
        """A length of time, written ``PT48H``."""
        return self.read(key, length)

    def read(self, key: str, reader: Any) -> Any:
        """A text that a function makes something of; what it complains about is said with file and key."""
        found = self.text(key)
        try:
            return reader(found)
        except ValueError as wrong:
            return self.refuse(key, str(wrong))

    def pair(self, key: str) -> tuple[int, int]:
        """Two whole numbers."""
        found = self._take(key, list)
        if len(found) != 2 or any(type(one) is not int for one in found):  # noqa: PLR2004 - a pair
            self.refuse(key, f"is {found!r}, not two whole numbers")
        return found[0], found[1]

    def texts(self, key: str) -> dict[str, str]:
        """Names and their words, in their order."""
        within = self.table(key)
        return {name: within.text(name) for name in list(within._values)}

    def days(self, key: str) -> dict[date, str]:
        """Days with their names: a table whose keys are days."""
        within = self.table(key)
        return {within._as_day(name): within.text(name) for name in list(within._values)}

    def table(self, key: str) -> "Table":
        """A table within this one."""
        return Table(f"{self.where}{key}.", self._take(key, dict))

    def tables(self, key: str = "") -> Iterator[tuple[str, "Table"]]:
        """The named tables within a table, or within this one."""
        within = self.table(key) if key else self
        for name in list(within._values):
            yield name, within.table(name)

    def rows(self, key: str) -> Iterator["Table"]:
        """The tables of a list, in their order."""
        for number, values in enumerate(self._take(key, list), start=1):
            yield Table(f"{self.where}{key}[{number}].", values)

    def has(self, key: str) -> bool:
        """Whether a key is there and not taken yet."""
        return key in self._values

    def names(self) -> list[str]:
        """The keys that nobody has taken yet."""
        return list(self._values)

    def is_whole(self, key: str) -> bool:
        """Whether a key that is not taken yet holds a whole number."""
        return type(self._values.get(key)) is int

    def close(self) -> None:
        """Refuse keys that nobody asked for: a misspelled key is a number that silently does not count."""
        for key in self._values:
            self.refuse(key, "is not a key that is known here")

    def refuse(self, key: str, why: str) -> Any:
        """Say what is wrong, and where.

        Raises:
            WrongTable: always.
        """
        raise WrongTable(f"{self.where}{key}: {why}")

    def _as_day(self, key: str) -> date:
        try:
            return date.fromisoformat(key)
        except ValueError:
            return self.refuse(key, "is not a day such as 2026-11-23")

    def _take(self, key: str, kind: type[T], default: T | None = None) -> T:
        if key not in self._values:
            return default if default is not None else self.refuse(key, "is missing")
        found = self._values.pop(key)
        if not isinstance(found, kind):
            self.refuse(key, f"is {found!r}, not {kind.__name__}")
        taken: T = found
        return taken


def read(path: Path) -> Table:
    """The outermost table of a file.

    Raises:
        WrongTable: it is not TOML; the same key twice is not.
    """
    try:
        return Table(f"{path.name}: ", tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as wrong:
        raise WrongTable(f"{path.name}: {wrong}") from wrong


def length(text: str) -> timedelta:
    """A length of time: ``PT15M``, ``PT48H``, ``P7D``, ``P2W``. A day is 24 hours here.

    Raises:
        ValueError: it is not written like this, or is no time at all.
    """
    found = _LENGTH.fullmatch(text)
    parts = {name: int(value) for name, value in found.groupdict().items() if value} if found else {}
    if not parts or text.endswith("T"):
        raise ValueError(f"{text!r} is not a length of time such as PT48H or P7D")
    if not timedelta(**parts):
        raise ValueError(f"{text!r} is no time at all")
    return timedelta(**parts)
