"""Bandit reads the product, finds the holes planted for it, and nothing that nobody gave a reason for."""

import json
import os
import subprocess
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path

from tests.kept import mark_of

ROOT = Path(__file__).resolve().parents[1]
PRODUCT = ROOT / "breakwater"
JUDGED_ELSEWHERE = {
    "B404": "programs are named by us: B602 and B605 still find a shell",
    "B603": "the same",
    "B606": "the same",
    "B607": "the same",
    "B608": "SQL is read as a tree, with a reason for each room, in tests/architecture/test_no_injection.py",
}
ALLOWED = {
    ("B104", "server/cli.py"): "an address is compared, not listened on",
    ("B105", "server/env.py"): "a secret that production refuses by name",
    ("B105", "simulation/agencies.py"): "printed for everyone: the demo county holds no real person",
    ("B105", "kernel/db.py"): "how Django and PostgreSQL call a password: the word, and none",
    ("B106", "server/bench/live.py"): "no password: what no password ever hashes to, so that nobody signs in",
    ("B107", "trust/sign_in.py"): "no password, which opens nothing",
    ("B311", "server/bench/answers.py"): "a repeatable benchmark",
    ("B311", "server/bench/build.py"): "a repeatable benchmark",
    ("B311", "server/bench/copying.py"): "a repeatable benchmark",
    ("B311", "server/bench/lines.py"): "a repeatable benchmark",
    ("B311", "server/bench/places.py"): "a repeatable benchmark",
    (
        "B311",
        "server/streams.py",
    ): "only spreads the moments at which browsers come back, and nobody gains by guessing one",
    ("B311", "simulation/comparing/world.py"): "a repeatable county",
    ("B311", "simulation/county.py"): "a repeatable county",
    ("B308", "trust/views/factors.py"): "a picture of squares, drawn here",
    ("B703", "trust/views/factors.py"): "the same",
    ("B701", "ui/jinja.py"): "autoescape comes in the options, on by default in Django",
    ("B704", "ui/telling.py"): "a clock, of our own words and a time",
}
"""What it says of the product that is no hole, each with its reason. May only shrink."""
HOLES = {
    "B602": "import subprocess\n\ndef go(what):\n    subprocess.run(what, shell=True)\n",
    "B307": "def go(what):\n    return eval(what)\n",
    "B301": "import pickle\n\ndef go(what):\n    return pickle.loads(what)\n",
    "B324": "import hashlib\n\ndef go(what):\n    return hashlib.md5(what)\n",
    "B323": "import ssl\n\nwith_anybody = ssl._create_unverified_context()\n",
    "B314": "import xml.etree.ElementTree as tree\n\ndef go(what):\n    return tree.fromstring(what)\n",
    "B110": "def go(what):\n    try:\n        what()\n    except Exception:\n        pass\n",
}


KEPT = Path("/var/tmp") / f"breakwater-scanned-{os.geteuid()}.json"
"""What was said of each file, under a mark of all that it follows from. To read all of ours takes ten seconds."""


def found(folder):
    """What bandit finds in a folder: which of its tests, and where."""
    files = [path for path in sorted(folder.rglob("*.py")) if "tests" not in path.relative_to(folder).parts]
    assert files, "it reads nothing"
    told = marks_of(files)
    is_ours = folder == PRODUCT
    known = _known() if is_ours else {}
    new = {path: mark for path, mark in told.items() if mark not in known}
    known |= {new[path]: holes for path, holes in _read_now(list(new)).items()}
    if is_ours:
        _keep({mark: known[mark] for mark in told.values()})
    return Counter(
        (hole, path.relative_to(folder).as_posix()) for path, mark in told.items() for hole in known[mark]
    )


def marks_of(files):
    """What stands in each file, and what reads it: Python, bandit as it is locked, and what is asked of it here."""
    reads = mark_of({ROOT / "requirements-dev.lock", Path(__file__)})
    return {
        one: sha256(f"{reads} {os.path.relpath(one, ROOT)} ".encode() + one.read_bytes()).hexdigest()[:20]
        for one in files
    }


def _read_now(files):
    """What bandit says of files, by each of them: what it says of one hangs on that file alone."""
    if not files:
        return {}
    skipped = ",".join(JUDGED_ELSEWHERE)
    asked = [sys.executable, "-m", "bandit", "-q", "-f", "json", "-s", skipped, *map(str, files)]
    ran = subprocess.run(asked, capture_output=True, text=True, check=False)
    told = json.loads(ran.stdout)
    assert told["errors"] == []
    assert {Path(one) for one in told["metrics"] if one != "_totals"} == set(files), (
        "it did not read them all"
    )
    holes = {path: [] for path in files}
    for one in told["results"]:
        holes[Path(one["filename"])].append(one["test_id"])
    return holes


def _known():
    """What it said in former runs, of files that have not changed since; of no file, where nothing is kept."""
    ours = KEPT.is_file() and not KEPT.is_symlink() and KEPT.stat().st_uid == os.geteuid()
    try:
        return dict(json.loads(KEPT.read_text())) if ours else {}
    except ValueError:
        return {}


def _keep(said):
    part = KEPT.with_name(f"{KEPT.name}.{os.getpid()}")
    part.write_text(json.dumps(said))
    part.replace(KEPT)


def test_nothing_is_found_that_nobody_gave_a_reason_for():
    assert found(PRODUCT).keys() == ALLOWED.keys()


def test_what_is_kept_of_a_file_is_forgotten_when_it_changes(tmp_path):
    file = tmp_path / "file.py"
    file.write_text(HOLES["B307"])
    before = marks_of([file])
    file.write_text(HOLES["B301"])
    assert marks_of([file]) != before


def test_it_finds_each_hole_that_is_planted(tmp_path):
    for hole, text in HOLES.items():
        (tmp_path / f"{hole}.py").write_text(text)
    told = found(tmp_path)
    assert [hole for hole in HOLES if (hole, f"{hole}.py") not in told] == []
