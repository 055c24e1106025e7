"""What was seen caught on this machine, so that all breaks can be tried over several evenings.

Kept outside git, a line each: the mark of a break, of the file it is in, and of the tests that must notice. A break is
tried again when one of the three has changed. Other code may have changed meanwhile; ``--again`` tries them all.
"""

import json
from hashlib import sha256
from pathlib import Path

from tests.mutants import ROOT, Mutant

KEPT = ROOT / "var" / "mutants-seen-caught.json"


def mark_of(one: Mutant, root: Path = ROOT) -> str:
    """What being caught follows from."""
    files = [one.file, *(test.partition("::")[0] for test in one.tests)]
    parts = [one.old, one.new, *one.tests, *((root / name).read_text() for name in files)]
    return sha256(json.dumps(parts).encode()).hexdigest()[:20]


def seen_caught(kept: Path = KEPT) -> set[str]:
    """The marks of those that were."""
    return set(json.loads(kept.read_text())) if kept.exists() else set()


def remember(marks: set[str], kept: Path = KEPT) -> None:
    """These too."""
    kept.parent.mkdir(exist_ok=True)
    part = kept.with_suffix(".part")
    part.write_text(json.dumps(sorted(seen_caught(kept) | marks), indent=0))
    part.replace(kept)
