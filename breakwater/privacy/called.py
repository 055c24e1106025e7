"""What people call the things of which a record is made, for the certificate of its erasure."""

import tomllib
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path


@cache
def called() -> Mapping[str, str]:
    """The words for each table, as they stand in the file beside."""
    found: dict[str, str] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return found


def in_words(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """How many of what, in the order of the words. A certificate may be older than the name of a table."""
    found = Counter[str]()
    for table, many in counts.items():
        found[called().get(table, "Something that Breakwater no longer keeps")] += many
    return sorted(found.items())
