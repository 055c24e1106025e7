"""Break one promise after another on a copy of the project, and see whether its tests notice: ``make mutants``.

``python -m tests.mutants SP-06 breakwater/portal/views "part of its words"`` tries those whose property, file, tests or
words hold one of these; without any, all. What was seen caught here and has not changed since is not tried again.
Ends with 1 when a break went unnoticed. A red test says something only when it is green on a whole copy: it is asked
there too.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from tests.mutants import Mutant, mutants
from tests.mutants.copies import Copy, Outcome
from tests.mutants.seen import mark_of, remember, seen_caught

AT_ONCE = 2
_ROUND = 12
"""After so many the whole copy is asked about all that was red, at once: to start the tests costs more than a test."""


def main(arguments: list[str]) -> int:
    """Try them, a line each."""
    asked = _reader().parse_args(arguments)
    words = [*asked.words, *(asked.from_file.read_text().splitlines() if asked.from_file else [])]
    chosen = [one for one in mutants() if is_meant(one, words)]
    known = set() if asked.again else seen_caught()
    todo = [one for one in chosen if mark_of(one) not in known]
    if asked.last_first:
        todo.reverse()
    _say(f"{len(chosen)} breaks, of which {len(chosen) - len(todo)} were seen caught and have not changed.")
    with tempfile.TemporaryDirectory(prefix="bw-mutants-", ignore_cleanup_errors=True) as folder:
        missed = [one for one in _tried(todo, Path(folder), min(asked.at_once, AT_ONCE)) if one]
    _say(f"{len(chosen) - len(missed)} of {len(chosen)} breaks were caught.", *missed)
    return 1 if missed else 0


def is_meant(one: Mutant, words: Iterable[str]) -> bool:
    """Whether somebody who says these words means this one; who says nothing means all."""
    wanted = [word.strip().lower() for word in words if word.strip()]
    told = "\n".join((one.property, one.breaks, one.file, *one.tests)).lower()
    return not wanted or any(word in told for word in wanted)


def verdict(broken: Outcome, unbroken: Outcome | None) -> str:
    """What is to be said of a break, from how its tests went with it and how those that were red go without it."""
    if not broken.ran:
        return "NOT RUN"
    if not broken.red:
        return "UNNOTICED"
    if unbroken is None or not unbroken.ran or set(broken.red) & set(unbroken.red):
        return "RED WHOLE"
    return "caught"


def _reader() -> argparse.ArgumentParser:
    reader = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    reader.add_argument("words", nargs="*", help="parts of properties, files, tests or words")
    reader.add_argument("--from-file", type=Path, help="a file with more of them, a line each")
    reader.add_argument("--again", action="store_true", help="also those that were seen caught")
    reader.add_argument("--last-first", action="store_true", help="from the end of the list upward")
    reader.add_argument("--at-once", type=int, default=AT_ONCE, help=f"how many, at the most {AT_ONCE}")
    return reader


def _tried(todo: list[Mutant], folder: Path, at_once: int) -> Iterator[str]:
    """Try them, round by round; for each, nothing, or what is wrong."""
    began, whole, free = time.monotonic(), Copy(folder / "whole"), SimpleQueue[Copy]()
    for number in range(at_once):
        free.put(Copy(folder / f"broken-{number}"))

    def broken(one: Mutant) -> Outcome:
        copy = free.get()
        try:
            with copy.broken(one):
                return copy.run(one.tests, to_the_first_red=True)
        finally:
            free.put(copy)

    with ThreadPoolExecutor(at_once) as pool:
        for first in range(0, len(todo), _ROUND):
            some = todo[first : first + _ROUND]
            outcomes = list(pool.map(broken, some))
            red = sorted({test for one in outcomes if one.ran for test in one.red})
            unbroken = whole.run(red, to_the_first_red=False) if red else None
            yield from (_told(one, went, unbroken, whole) for one, went in zip(some, outcomes, strict=True))
            _say(f"-- {first + len(some)} of {len(todo)}, after {time.monotonic() - began:.0f} seconds")


def _told(one: Mutant, broken: Outcome, unbroken: Outcome | None, whole: Copy) -> str:
    """Say how it went, and remember what was caught, of the code as it was copied: it may have changed meanwhile."""
    found = verdict(broken, unbroken)
    line = f"{found:9} {one.property:10} {one.breaks}"
    _say(f"{line}\n          by {', '.join(broken.red) or 'nothing'}")
    if found == "caught":
        remember({mark_of(one, whole.at)})
        return ""
    if found != "UNNOTICED":
        _say(broken.last_lines, *([unbroken.last_lines] if unbroken else []))
    return line


def _say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
